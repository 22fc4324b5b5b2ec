"""The file of a store: made before workers start, opened by each, and set aside where it is broken."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from smsline.errors import SmslineError
from smsline.stores import StoreError
from smsline.stores.migrations import migrations

log = logging.getLogger("smsline")

WAIT = 1.0
"""Seconds to wait for another one who looks whether a file is whole."""


def file_of(path: Path) -> tuple[int, int] | None:
    """Which file has that name now: somebody may have taken the one that is open away."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_corrupt(error: BaseException | None) -> bool:
    """Whether an error of SQLite says that the file is no store, or none any more."""
    if str(error).startswith("no such table"):
        return True
    return getattr(error, "sqlite_errorname", "") in ("SQLITE_CORRUPT", "SQLITE_NOTADB")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """For one worker at a time."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_aside(path: Path) -> None:
    """Move a broken file away and begin a new one. Workers that find it at once do so one after the other."""
    with _locked(path):
        if _is_whole(path):
            return  # another worker was first
        _begin_anew(path)


def _begin_anew(path: Path) -> None:
    """Move what is there of a file away, for whoever has the lock, and make a new one."""
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    there = [part for part in ("", "-wal", "-shm") if path.with_name(path.name + part).exists()]
    if there:
        log.error("store-corrupt set-aside")
    for part in there:
        os.replace(path.with_name(path.name + part), path.with_name(f"{path.name}.corrupt-{stamp}{part}"))
    try:
        prepare(path)
    except SmslineError as error:
        raise StoreError(str(error)) from error


def _is_whole(path: Path) -> bool:
    try:
        connection = sqlite3.connect(path, timeout=WAIT)
        try:
            found = connection.execute("pragma quick_check(1)").fetchone()
            connection.execute("select 1 from session limit 1")
            return bool(found and found[0] == "ok")
        finally:
            connection.close()
    except sqlite3.Error:
        return False


def again(path: Path) -> None:
    """Make a file that somebody took away while the line runs.

    A log that was left behind is that of the other file: with it SQLite could not read the new one, now or ever.
    """
    try:
        with _locked(path):
            if not path.exists():
                _begin_anew(path)
    except OSError as error:
        raise StoreError(f"The store {path} cannot be made: {error.strerror}.") from error


def _database(path: Path) -> Any:
    import sqlite_utils  # slow to import, and not needed to answer

    return sqlite_utils.Database(path)


def prepare(path: Path) -> None:
    """Make the file and its tables where they are not there yet, and bring older ones up to date.

    `SmslineError`, with what SQLite said as its cause.
    """
    try:
        if not path.parent.is_dir():
            raise SmslineError(f"The folder {path.parent} of the store is not there. Make it, or change SMSLINE_STORE.")
        database = _database(path)
        database.enable_wal()
        migrations().apply(database)
        database.close()
        os.chmod(path, 0o600)
    except (sqlite3.Error, OSError) as error:
        what = f"The store {path} cannot be made or opened: {error}. Check SMSLINE_STORE and its folder."
        raise SmslineError(what) from error


def settled(path: Path) -> None:
    """Write what stands in the log of a file back into it, so that the file alone is the store."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")


def says_invented(path: Path) -> bool:
    """Whether a file is a store that holds an invented year; nothing is written, whatever file it is."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("select 1 from invented").fetchone() is not None
    except sqlite3.Error:
        return False
