"""The last content that was accepted, as a copy beside the store: what new workers begin with, and what a language is
answered from while its file is broken.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from smsline.settings import Settings

SQLITE = "sqlite:///"


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
    """A folder with `menus` and `locales`. Without a file as store it is one of this process alone."""

    def __init__(self, settings: Settings) -> None:
        self.folders = (settings.menus, settings.locales)
        beside = settings.store.startswith(SQLITE)
        self.path = Path(
            settings.store.removeprefix(SQLITE) + ".accepted" if beside else tempfile.mkdtemp() + "/accepted"
        )
        self.fresh = self.path.with_name(self.path.name + ".new")

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
            shutil.copytree(folder, self.fresh / name)

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
