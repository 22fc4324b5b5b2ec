"""Files: that nobody else on the machine can read what is for the line alone, and that it can read its content."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from smsline.doctor.finding import Finding, mend, ok, warn
from smsline.errors import SmslineError
from smsline.settings import Settings
from smsline.staff.accounts import read_accounts

BESIDE = ("-wal", "-shm", ".history", ".jobs", ".accepted", ".accepted.new", ".content", ".delays", ".taken",
          ".report", ".lock", ".queue")  # fmt: skip
"""How the names go on of what stands beside a store."""

GROUP, OTHERS = (0o010, 0o070), (0o001, 0o007)
"""What lets somebody through a folder, and what lets him read, write or enter what is in it."""


def files(settings: Settings) -> Iterator[Finding]:
    """Who runs this, and what others may read."""
    if os.geteuid() == 0:
        do = "Run the line, and this, as a user of its own that owns the store and nothing else."
        yield warn("this is run by root, who may read and write everything", do)
    yield from _private(_ours(settings))
    yield from _accounts(settings)


def _ours(settings: Settings) -> Iterator[Path]:
    yield settings.staff
    if settings.store.startswith("sqlite:///"):
        store = Path(settings.store.removeprefix("sqlite:///"))
        yield from (store, *(store.with_name(store.name + end) for end in BESIDE))
        yield from store.parent.glob(f"{store.name}.before-*")
        yield from store.parent.glob(f"{store.name}.corrupt-*")


def _private(paths: Iterable[Path]) -> Iterator[Finding]:
    there = [path.absolute() for path in paths if os.path.exists(path)]  # no error where we may not look
    open_ones = [path for path in there if _others_reach(path)]
    for path in open_ones:
        mode = path.stat().st_mode & 0o777
        yield mend(f"{path} can be read by others (mode {mode:o})", f"chmod -R go= {path}")
    if there and not open_ones:
        yield ok("nobody else on this machine can read the store, what stands beside it, and the accounts")


def _others_reach(path: Path) -> bool:
    """Whether its own mode and that of its folder let somebody else in."""
    mode, folder = path.stat().st_mode, path.parent.stat().st_mode
    return any(folder & through and mode & at for through, at in (GROUP, OTHERS))


def _accounts(settings: Settings) -> Iterator[Finding]:
    try:
        accounts = read_accounts(settings.staff)
    except SmslineError as error:
        yield mend("the accounts of the staff pages cannot be used", str(error))
        return
    if accounts:
        yield ok(f"{len(accounts)} of the staff have an account")
    else:
        yield ok("nobody has an account, so production has no pages for staff")


def unreadable(*folders: Path) -> Iterator[Finding]:
    """The first file of each folder of the content that we may not read."""
    do = "Let the user of the line read it, or change SMSLINE_MENUS or SMSLINE_LOCALES."
    for folder in folders:
        enters = os.access(folder, os.R_OK | os.X_OK)
        inside = folder.rglob("*") if enters else ()
        closed = next((path for path in inside if not os.access(path, os.R_OK)), None if enters else folder)
        if closed:
            yield mend(f"{closed} cannot be read", do)
