"""What staff changed on the pages: numbered, with who and when, what stood before, and a copy of each file.

A folder beside the store: `000012/change.json`, `000012/before/menus/health.yaml`, and `audit.log` with one line a
change. To undo is to make the opposite change, through the same door.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from smsline.content.edits import Edit
from smsline.engine.model import HOME
from smsline.errors import SmslineError
from smsline.staff.job import Job, edit_of

AUDIT = "audit.log"

OPEN = "open"
"""What stands beside a change while its files are being written."""


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

    def add(self, job: Job, edits: tuple[Edit, ...], before: Mapping[str, str], after: Mapping[str, str]) -> int:
        """Keep a change, before it is made, with the files as they were and will be. `SmslineError` where that fails.

        It is open until `written` says that all files are.
        """
        number = max(self._numbers(), default=0) + 1
        change = Change(number, datetime.now(HOME), job.who, job.kind, job.what, edits, job.undoes)
        own = self.folder / f"{number:06}"
        try:
            for name, texts in (("before", before), ("after", after)):
                for file, text in texts.items():
                    copy = own / name / file
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.write_text(text, encoding="utf-8")
            (own / OPEN).touch()
            (own / "change.json").write_text(json.dumps(_plain(change), ensure_ascii=False), encoding="utf-8")
            with (self.folder / AUDIT).open("a", encoding="utf-8") as audit:
                audit.write(f"{change.when.isoformat(timespec='seconds')} {job.who} {job.kind} {job.what} #{number}\n")
        except OSError as error:
            raise SmslineError(f"{self.folder} cannot be written: {error.strerror}. Nothing was saved.") from error
        return number

    def written(self, number: int) -> None:
        """All files of a change are written."""
        shutil.rmtree(self.folder / f"{number:06}" / "after", ignore_errors=True)
        (self.folder / f"{number:06}" / OPEN).unlink(missing_ok=True)

    def drop(self, number: int, who: str) -> None:
        """A change that could not be made after all: its number stays, and the audit says so."""
        own = self.folder / f"{number:06}"
        for path in own.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        with (self.folder / AUDIT).open("a", encoding="utf-8") as audit:
            audit.write(f"{datetime.now(HOME).isoformat(timespec='seconds')} {who} not written #{number}\n")

    def begun(self) -> list[int]:
        """Changes whose process was ended while it wrote."""
        return [int(mark.parent.name) for mark in sorted(self.folder.glob(f"*/{OPEN}"))]

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
