"""The last content that was accepted, as a copy beside the store: what new workers begin with, and what a language is
answered from while its file is broken. Beside it the workers share what they found of newer content.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from smsline.settings import Settings

SQLITE = "sqlite:///"

ACCEPTED = "accepted"
"""The name under which the workers share which content was the last to be taken up."""


def fingerprint(*folders: Path) -> str:
    """What tells two states of the content apart: names, sizes and times of all files."""
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".yaml", ".po") and path.is_file():
                row = path.stat()
                found.update(f"{path} {row.st_size} {row.st_mtime_ns}\n".encode())
    return found.hexdigest()


class Kept:
    """A folder with `menus` and `locales`, beside the store where that is a file, else beside the accounts of staff.

    Where everything is in memory it is one of this process alone.
    """

    def __init__(self, path: Path, menus: Path, locales: Path) -> None:
        self.path, self.folders = path, (menus, locales)
        self.fresh = path.with_name(path.name + ".new")

    @classmethod
    def of(cls, settings: Settings) -> Kept:
        """Where a server with these settings has it."""
        if settings.store == "memory:":
            path = Path(tempfile.mkdtemp()) / "accepted"
        elif settings.store.startswith(SQLITE):
            path = Path(settings.store.removeprefix(SQLITE) + ".accepted")
        else:
            path = settings.staff.with_name("smsline.accepted")
        return cls(path, settings.menus, settings.locales)

    def beside(self, name: str) -> Path:
        """Where something else stands that lasts as long as the store does."""
        return self.path.with_name(self.path.name.removesuffix("accepted") + name)

    @staticmethod
    def parts(folder: Path) -> tuple[Path, Path]:
        """The two folders of the content within one of ours."""
        return folder / "menus", folder / "locales"

    def state(self) -> str:
        """What tells the content of the folders now from another."""
        return fingerprint(*self.folders)

    def copy(self) -> None:
        """Copy what stands in the folders now, to be checked and then put in the place of the last."""
        shutil.rmtree(self.fresh, ignore_errors=True)
        for folder, name in zip(self.folders, ("menus", "locales"), strict=True):
            shutil.copytree(folder, self.fresh / name, ignore=shutil.ignore_patterns(".*"))

    def copied(self) -> bool:
        """Copy, and say whether that was possible."""
        try:
            self.copy()
        except OSError:
            return False
        return True

    def restore(self, languages: Iterable[str]) -> set[str]:
        """Put the last good file of some languages, by the names of their folders, into the copy; which have none."""
        lost = set()
        for name in languages:
            shutil.rmtree(self.fresh / "locales" / name, ignore_errors=True)
            if (self.path / "locales" / name).is_dir():
                shutil.copytree(self.path / "locales" / name, self.fresh / "locales" / name)
            else:
                lost.add(name)
        return lost

    def swap(self) -> None:
        """The copy is the last content that was accepted from here on."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.fresh.rename(self.path)

    @contextmanager
    def verdicts(self) -> Iterator[dict[str, str]]:
        """What was found of each state of the content, for one process at a time: empty where nothing is wrong."""
        with self.beside("content").open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            known = _pairs(file.read())
            before = dict(known)
            yield known
            if known != before:
                file.seek(0)
                file.truncate()
                file.write(json.dumps(known))

    def verdict(self) -> str | None:
        """What was found of the content as it stands now; None where nobody has looked yet. Nobody is waited for."""
        try:
            return _pairs(self.beside("content").read_text(encoding="utf-8")).get(self.state())
        except OSError:
            return None

    def forget_verdicts(self) -> None:
        """What an earlier server found and took up is over."""
        self.beside("content").unlink(missing_ok=True)
        shutil.rmtree(self.beside("taken"), ignore_errors=True)

    def tell(self, state: str) -> None:
        """Say which content this worker answers from."""
        folder = self.beside("taken")
        with contextlib.suppress(OSError):
            folder.mkdir(exist_ok=True)
            (folder / str(os.getpid())).write_text(state, encoding="utf-8")

    def all_have(self, states: Container[str]) -> bool:
        """Whether every worker that is there answers from one of these."""
        return all(state in states for state, _ in self.taken().values())

    def taken(self) -> dict[int, tuple[str, float]]:
        """Which content each worker that is there answers from, and since when (seconds since 1970, UTC), by its id."""
        found = {}
        for path in self.beside("taken").glob("*"):
            try:
                os.kill(int(path.name), 0)
                found[int(path.name)] = path.read_text(encoding="utf-8"), path.stat().st_mtime
            except (OSError, ValueError):
                path.unlink(missing_ok=True)  # that one is gone
        return found


def _pairs(text: str) -> dict[str, str]:
    """What the workers share; nothing where a crash left half of it."""
    try:
        known = json.loads(text)
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}
