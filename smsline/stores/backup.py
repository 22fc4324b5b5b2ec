"""The counts of a SQLite store in a file of their own, taken while the line runs, and brought back while it does not.

No row of a caller is ever written into such a file, so nothing has to be taken out of it; and none comes back from
one, whatever file it is: that would undo an ERASE.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smsline.errors import SmslineError
from smsline.stores.files import is_corrupt, prepare, says_invented, set_aside
from smsline.stores.migrations import STEPS, migrations

COUNTS = ("day", "month", "wrong", "spent", "invented")
"""Tables that a backup has: counts, and the mark of those that are invented."""

CALLERS = ("session", "salt", "todo")
"""Tables that no backup has."""

PATIENCE = 5.0
"""Seconds to wait for somebody who has the store for himself, as whoever mends it has."""


def back_up(store: Path, file: Path) -> None:
    """Write the counts of a store into a new file, readable by its owner only: whole, or not at all.

    They are those of one moment, between two turns, and nobody waits for it. `SmslineError` where there is no store,
    the file is there already, or it cannot be written.
    """
    if not store.exists():
        raise SmslineError(f"The store {store} is not there, so there is nothing to back up. Check SMSLINE_STORE.")
    look_at(store, False)
    if file.exists():
        raise SmslineError(f"{file} is there already. Name a file that is not.")
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        _make(unfinished)
        with _opened(unfinished) as connection, _beside(connection, store):
            _copy(connection, "beside", "main")
        os.rename(unfinished, file)
    except (sqlite3.Error, OSError) as error:
        raise SmslineError(f"{file} was not written: {error}. The store is as it was.") from error
    finally:
        for part in ("", "-journal"):
            unfinished.with_name(unfinished.name + part).unlink(missing_ok=True)


def restore(file: Path, store: Path, production: bool) -> Path | None:
    """Put the counts of a backup in the place of those of a store; where those are now, if there were any.

    Sessions stay as they are. A store that is not there is made, and one that is broken set aside. `SmslineError`
    where the file is no backup, is of a newer version or of an invented year, or somebody has the store open.
    """
    look_at(file, production)
    if store.exists() and store.samefile(file):
        raise SmslineError(f"{file} is the store itself. Name a backup of it.")
    try:
        _begin(store)
        with _opened(store) as connection:
            connection.execute("pragma main.locking_mode = exclusive")
            connection.execute("begin exclusive")
            connection.execute("commit")
            before = _counts_aside(connection, store)
            with _beside(connection, file):
                _copy(connection, "beside", "main")
            return before
    except (sqlite3.Error, OSError) as error:
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            what = f"Somebody has {store} open, as a line that runs has. Stop it first. No count was changed."
            raise SmslineError(what) from error
        raise SmslineError(f"The counts were not restored: {error}. The store is as it was.") from error


def look_at(file: Path, production: bool) -> None:
    """`SmslineError` where a file is no backup and no store, is damaged, or not for this version; none is changed."""
    if not file.is_file():
        raise SmslineError(f"{file} is not there. Name a file that smsline backup made.")
    try:
        with contextlib.closing(_read_only(file)) as connection:
            sound = connection.execute("pragma quick_check(1)").fetchone() == ("ok",)
            taken = {name for (name,) in connection.execute("select name from _sqlite_migrations")}
    except sqlite3.Error:
        sound, taken = False, set()
    if not sound or not taken:
        raise SmslineError(f"{file} is no backup and no store of smsline, is damaged, or may not be read.")
    if taken - {step.__name__ for step in STEPS}:
        raise SmslineError(f"{file} is of a newer version of smsline than this one. Use that version.")
    if production and says_invented(file):
        raise SmslineError(f"{file} holds an invented year, which production refuses. Name another.")


def _begin(store: Path) -> None:
    """Make the store where it is not there or broken, as the line itself does at its start."""
    try:
        prepare(store)
    except SmslineError as error:
        if not is_corrupt(error.__cause__):
            raise
        set_aside(store)


def _counts_aside(connection: sqlite3.Connection, store: Path) -> Path | None:
    """Put what was counted until now into a file beside the store; None where nothing was."""
    if not any(connection.execute(f"select 1 from {table} limit 1").fetchone() for table in COUNTS):  # noqa: S608
        return None
    aside = store.with_name(f"{store.name}.before-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}")
    _make(aside)
    with _beside(connection, aside, "rw"):
        _copy(connection, "main", "beside")
    return aside


def _make(file: Path) -> None:
    """A new store in which nothing stands, in one file. `FileExistsError` where it is there."""
    import sqlite_utils  # slow to import

    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    database = sqlite_utils.Database(file)
    migrations().apply(database)
    database.close()


def _copy(connection: sqlite3.Connection, one: str, other: str) -> None:
    """The counts of one file in the place of those of another, in one transaction.

    A file of an earlier version lacks a table or a column; what it has goes into those of the same name.
    """
    connection.execute("begin")
    for table in COUNTS:
        columns = [row[0] for row in connection.execute("select name from pragma_table_info(?, ?)", (table, one))]
        connection.execute(f"delete from {other}.{table}")  # noqa: S608  names of ours
        if columns:
            named = ", ".join(columns)
            connection.execute(f"insert into {other}.{table} ({named}) select {named} from {one}.{table}")  # noqa: S608
    connection.execute("commit")


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(_address(file, "rw"), uri=True, timeout=PATIENCE)) as connection:
        connection.isolation_level = None
        connection.execute("pragma secure_delete = on")
        yield connection


@contextmanager
def _beside(connection: sqlite3.Connection, file: Path, mode: str = "ro") -> Iterator[None]:
    """Another file, opened by the same connection under the name `beside`."""
    connection.execute("attach ? as beside", (_address(file, mode),))
    yield
    connection.execute("detach beside")


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(_address(file, "ro"), uri=True)


def _address(file: Path, mode: str) -> str:
    return f"{file.absolute().as_uri()}?mode={mode}"
