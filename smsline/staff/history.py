"""What staff changed on the pages: numbered, with who and when, what stood before, and a copy of each file.

A folder beside the store: `000012/change.json`, `000012/before/menus/health.yaml`, and `audit.log` with one line a
change. To undo is to make the opposite change, through the same door.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from smsline.content.edits import Edit
from smsline.engine.model import HOME
from smsline.errors import SmslineError
from smsline.staff.job import edit_of

log = logging.getLogger("smsline")

AUDIT = "audit.log"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `kind` is edited, verified, confirmed, uploaded or undone; `what` names what it is about."""

    number: int
    when: datetime
    who: str
    kind: str
    what: str
    edits: tuple[Edit, ...]
    undoes: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """The changes in a folder, the newest last."""

    folder: Path

    def add(
        self, who: str, kind: str, what: str, edits: tuple[Edit, ...], before: Mapping[str, str], undoes: int
    ) -> int:
        """Keep a change, before it is made; `before` are the files as they were. `SmslineError` where it cannot be."""
        number = max(self._numbers(), default=0) + 1
        change = Change(number, datetime.now(HOME), who, kind, what, edits, undoes)
        own = self.folder / f"{number:06}"
        try:
            for file, text in before.items():
                copy = own / "before" / file
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(text, encoding="utf-8")
            (own / "change.json").write_text(json.dumps(_plain(change), ensure_ascii=False), encoding="utf-8")
            with (self.folder / AUDIT).open("a", encoding="utf-8") as audit:
                audit.write(f"{change.when.isoformat(timespec='seconds')} {who} {kind} {what} #{number}\n")
        except OSError as error:
            raise SmslineError(f"{self.folder} cannot be written: {error.strerror}. Nothing was saved.") from error
        log.error("staff-%s #%d", kind, number)
        return number

    def drop(self, number: int) -> None:
        """A change that could not be made after all; the audit says so."""
        shutil.rmtree(self.folder / f"{number:06}", ignore_errors=True)
        with (self.folder / AUDIT).open("a", encoding="utf-8") as audit:
            audit.write(f"{datetime.now(HOME).isoformat(timespec='seconds')} not written #{number}\n")

    def get(self, number: int) -> Change | None:
        """A change by its number."""
        try:
            return _read(json.loads((self.folder / f"{number:06}" / "change.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def newest(self, most: int, since: int = 0) -> Iterator[Change]:
        """The changes, the newest first; only those below the number `since`, where there is one."""
        numbers = [one for one in sorted(self._numbers(), reverse=True) if not since or one < since]
        yield from (one for number in numbers[:most] if (one := self.get(number)))

    def last_of(self, file: str, path: tuple[str, ...], most: int = 200) -> Change | None:
        """The last change of a value, among the last ones."""
        found = (one for one in self.newest(most) if any((e.file, e.path) == (file, path) for e in one.edits))
        return next(found, None)

    def _numbers(self) -> list[int]:
        if not self.folder.is_dir():
            return []
        return [int(one.name) for one in self.folder.iterdir() if one.name.isdigit()]


def _plain(change: Change) -> dict[str, Any]:
    return {**asdict(change), "when": change.when.isoformat()}


def _read(row: dict[str, Any]) -> Change:
    return Change(**{**row, "when": datetime.fromisoformat(row["when"]), "edits": tuple(map(edit_of, row["edits"]))})
