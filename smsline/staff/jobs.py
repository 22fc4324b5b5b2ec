"""Changes under way: each a file beside the store that a process of its own works on, so that no caller waits for it.

What was typed is kept in it until a day later, to be shown again where it was refused.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from smsline.content.edits import Edit
from smsline.errors import SmslineError
from smsline.kept import Kept
from smsline.staff.job import Job, Outcome, edit_of

UNTIL, LONGEST = 120, 150
"""Seconds after which a change is not begun to be written, and after which its process is not waited for."""

UNKNOWN = "Saving did not come to an end, and it is not known how far it came. Look whether it stands in the history."

A_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Asked:
    """A change under way: who wants it, from which page, with which fields, and what came of it so far."""

    who: str
    path: str
    fields: Mapping[str, str]
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Jobs:
    """The changes in a folder."""

    kept: Kept

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self.kept.beside("jobs")

    def start(self, job: Job, running: str, path: str, fields: Mapping[str, str]) -> str:
        """Begin with a change; its name, which nobody can guess. `SmslineError` where it cannot be written down."""
        name = secrets.token_hex(16)
        menus, locales = self.kept.folders
        asked = {"job": asdict(job), "kept": str(self.kept.path), "menus": str(menus), "locales": str(locales),
                 "running": running, "path": path, "fields": dict(fields), "until": time.time() + UNTIL}  # fmt: skip
        try:
            self._make_room()
            file = self.folder / f"{name}.json"
            self._write(file, asked)
        except OSError as error:
            raise SmslineError(f"{self.folder} cannot be written: {error.strerror}. Nothing was saved.") from error
        command = [sys.executable, "-m", "smsline.staff.saving", str(file)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        file.with_suffix(".pid").write_text(str(process.pid), encoding="utf-8")
        threading.Thread(target=process.wait, daemon=True).start()  # so that its end is seen
        return name

    def keep(self, row: Mapping[str, Any]) -> str:
        """Keep something until somebody has looked at it; its name. `SmslineError` where it cannot be kept."""
        name = secrets.token_hex(16)
        try:
            self._make_room()
            self._write(self.folder / f"{name}.kept", row)
        except OSError as error:
            raise SmslineError(f"{self.folder} cannot be written: {error.strerror}. Nothing was saved.") from error
        return name

    def kept_of(self, name: str) -> dict[str, Any]:
        """What was kept under a name; empty where it is not there any more."""
        if not name.isalnum():
            return {}
        try:
            return dict(json.loads((self.folder / f"{name}.kept").read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    @staticmethod
    def _write(file: Path, row: Mapping[str, Any]) -> None:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
            json.dump(row, handle, ensure_ascii=False)

    def get(self, name: str) -> Asked | None:
        """A change by its name; None where there is none."""
        file = self.folder / f"{name}.json"
        if not name.isalnum():
            return None
        try:
            asked = json.loads(file.read_text(encoding="utf-8"))
            return Asked(asked["job"]["who"], asked["path"], asked["fields"], self._outcome(file))
        except (OSError, ValueError, KeyError):
            return None

    def _outcome(self, file: Path) -> Outcome | None:
        done = file.with_suffix(".done")
        if not done.exists() and (self._runs(file) or done.exists()):
            return None
        try:
            row = json.loads(done.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return Outcome("refused", (UNKNOWN,))
        return Outcome(row["state"], tuple(row["problems"]), _edits(row["theirs"]), row["number"], row["now"])

    @staticmethod
    def _runs(file: Path) -> bool:
        """Whether its process is still there, and not for too long."""
        try:
            if time.time() - file.stat().st_mtime > LONGEST:
                return False
            os.kill(int(file.with_suffix(".pid").read_text(encoding="utf-8")), 0)
        except FileNotFoundError:
            return True  # it is just being started
        except (OSError, ValueError):
            return False
        return True

    def _make_room(self) -> None:
        """What is older than a day goes."""
        self.folder.mkdir(mode=0o700, exist_ok=True, parents=True)
        for path in self.folder.iterdir():
            if time.time() - path.stat().st_mtime > A_DAY:
                path.unlink(missing_ok=True)


def _edits(rows: list[Any]) -> tuple[Edit, ...]:
    return tuple(edit_of(row) for row in rows)
