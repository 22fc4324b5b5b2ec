"""Sessions in one SQLite file: WAL, one transaction a message.

sqlite-utils makes the tables, migrates them and reads the counts; on the path that answers its connection
is used directly, since each of its calls there costs about ten statements. The file, its tables and WAL
are made once, before workers start: two that do it at once lock each other out.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from smsline.engine.model import Turn
from smsline.errors import SmslineError
from smsline.stores import Day, Month, Step, StoreError, Tally, Until, Wrong
from smsline.stores.packing import faded, pack, unpack
from smsline.stores.tallies import day_rows, month_rows, wrong_rows

BUSY = 2.0
"""Seconds to wait for another writer before the caller is answered without a session."""

_LOAD = "select data from session where key = ?"
_SAVE = "insert or replace into session (key, data, position, language) values (?, ?, ?, ?)"
_DELETE = "delete from session where key = ?"
_DAY = (
    "insert into day (day, channel, language, event, node, count, segments) values (?, ?, ?, ?, ?, 1, ?) "
    "on conflict do update set count = count + 1, segments = segments + excluded.segments"
)
_MONTH = (
    "insert into month (month, service, municipality, found, count) values (?, ?, ?, ?, 1) "
    "on conflict do update set count = count + 1"
)
_WRONG = "insert into wrong (month, organisation, count) values (?, ?, 1) on conflict do update set count = count + 1"


class SqliteStore:
    """The contract on one file. A connection is opened in each process, never carried over a fork."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        _prepare(self.path)

    def turn(self, key: bytes, step: Step, tally: Callable[[Turn], Tally], until: Callable[[Turn], Until]) -> Turn:
        with self._transaction() as connection:
            return self._step(connection, key, step, tally, until)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, one at a time. `StoreError` where SQLite fails: the next one opens the file anew."""
        with self._lock:
            try:
                connection = self._open()
                connection.execute("begin immediate")
                try:
                    yield connection
                    connection.execute("commit")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("rollback")
                    raise
            except sqlite3.Error as error:
                self._close()
                raise StoreError(f"The store {self.path} cannot be used: {type(error).__name__}.") from error

    def _step(
        self,
        connection: sqlite3.Connection,
        key: bytes,
        step: Step,
        tally: Callable[[Turn], Tally],
        until: Callable[[Turn], Until],
    ) -> Turn:
        row = connection.execute(_LOAD, (key,)).fetchone()
        turn = step(unpack(row[0]) if row else None)
        if turn.session is not None:
            connection.execute(_SAVE, (key, pack(turn.session), *until(turn)))
        elif row:
            connection.execute(_DELETE, (key,))
        added = tally(turn)
        for (day, *rest), segments in day_rows(turn.events, added):
            connection.execute(_DAY, (day.isoformat(), *rest, segments))
        connection.executemany(_MONTH, month_rows(turn.events, added))
        connection.executemany(_WRONG, wrong_rows(turn.events, added))
        return turn

    def forget(self, key: bytes) -> bool:
        with self._transaction() as connection:
            return connection.execute(_DELETE, (key,)).rowcount > 0

    def sweep(self, now: int) -> int:
        with self._transaction() as connection:
            gone = connection.execute("delete from session where language < ?", (now,)).rowcount
            ended = connection.execute("select key, data, language from session where position < ?", (now,)).fetchall()
            for key, data, language in ended:
                session = unpack(data)
                if session is None:
                    connection.execute(_DELETE, (key,))
                else:
                    connection.execute(_SAVE, (key, pack(faded(session)), language, language))
            return int(gone) + len(ended)

    def days(self) -> Iterator[Day]:
        for row in _database(self.path)["day"].rows_where(order_by="day, channel, language, event, node"):
            day = date.fromisoformat(row["day"])
            yield Day(day, row["channel"], row["language"], row["event"], row["node"], row["count"], row["segments"])

    def months(self) -> Iterator[Month]:
        for row in _database(self.path)["month"].rows_where(order_by="month, service, municipality"):
            yield Month(row["month"], row["service"], row["municipality"], bool(row["found"]), row["count"])

    def wrong(self) -> Iterator[Wrong]:
        try:
            database = _database(self.path)
            rows = list(database["wrong"].rows_where(order_by="month, organisation"))
            database.close()
        except sqlite3.Error as error:
            raise StoreError(f"The store {self.path} cannot be read: {type(error).__name__}.") from error
        for row in rows:
            yield Wrong(row["month"], row["organisation"], row["count"])

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or self._process != os.getpid():
            self._connection = _connect(self.path)
            self._process = os.getpid()
        return self._connection

    def _close(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None


def _connect(path: Path) -> sqlite3.Connection:
    if not path.exists():
        _again(path)
    try:
        connection = sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma secure_delete = on")
    except sqlite3.Error as error:
        raise StoreError(f"The store {path} cannot be opened: {error}.") from error
    return connection


def _again(path: Path) -> None:
    """Make a file that somebody took away while the line runs."""
    try:
        _prepare(path)
    except SmslineError as error:
        raise StoreError(str(error)) from error


def _database(path: Path) -> Any:
    import sqlite_utils  # slow to import, and not needed to answer

    return sqlite_utils.Database(path)


def _prepare(path: Path) -> None:
    """Make the file and its tables where they are not there yet, and bring older ones up to date."""
    try:
        if not path.parent.is_dir():
            raise SmslineError(f"The folder {path.parent} of the store is not there. Make it, or change SMSLINE_STORE.")
        database = _database(path)
        database.enable_wal()
        _migrations().apply(database)
        database.close()
        os.chmod(path, 0o600)
    except (sqlite3.Error, OSError) as error:
        what = f"The store {path} cannot be made or opened: {error}. Check SMSLINE_STORE and its folder."
        raise SmslineError(what) from error


def _migrations() -> Any:
    """What has to be done to an older file, in order. A step that was released is never changed."""
    from sqlite_utils import Migrations

    steps = Migrations("smsline")

    @steps()
    def sessions_and_tallies(database: Any) -> None:
        database["session"].create({"key": bytes, "data": str, "position": int, "language": int}, pk="key")
        database["session"].create_index(["position"])
        rows = {
            "day": str,
            "channel": str,
            "language": str,
            "event": str,
            "node": str,
            "count": int,
            "segments": int,
        }
        database["day"].create(rows, pk=("day", "channel", "language", "event", "node"))
        months = {"month": str, "service": str, "municipality": str, "found": int, "count": int}
        database["month"].create(months, pk=("month", "service", "municipality", "found"))

    @steps()
    def wrong_numbers(database: Any) -> None:
        database["wrong"].create({"month": str, "organisation": str, "count": int}, pk=("month", "organisation"))

    return steps
