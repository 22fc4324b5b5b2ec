"""Sessions in one SQLite file: WAL, one transaction a message.

sqlite-utils makes the tables, migrates them and reads the counts; on the path that answers its connection
is used directly, since each of its calls there costs about ten statements. The file, its tables and WAL
are made once, before workers start: two that do it at once lock each other out.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from smsline.engine.model import Event, Turn
from smsline.errors import SmslineError
from smsline.stores import AHEAD, EVER, Day, Key, Month, Salt, Step, StoreError, Tally, Todo, Total, Until, Wrong
from smsline.stores.files import again, file_of, is_corrupt, prepare, set_aside
from smsline.stores.packing import faded, pack, unpack
from smsline.stores.queue import Queue
from smsline.stores.tallies import day_rows, month_rows, wrong_rows

log = logging.getLogger("smsline")

BUSY = 1.0
"""Seconds to wait for another writer before the caller is answered without a session."""

SOME, PAUSE = 200, 0.01
"""Rows that are swept in one transaction, and the seconds before the next one, in which callers are answered."""

LOG, ENOUGH = 20_000, 100
"""Pages of 4 KB that the log of the file may have before a commit has to write them back, and turns after which
`write_back` does it before. With SQLite's own thousand pages every hundredth text would wait for that."""

_LOAD = "select data from session where key = ?"
_SAVE = (
    "insert into session (key, data, position, language, salt) values (?1, ?2, min(?3, ?4), ?4, ?5) "
    "on conflict do update set "
    "data = excluded.data, position = excluded.position, language = excluded.language, salt = excluded.salt"
)
_FADE = "update session set data = ?, position = ? where key = ?"
_DELETE = "delete from session where key = ?"
_SALTED = (
    "with recursive used (salt) as (select min(salt) from session union all "
    "select (select min(salt) from session where salt > used.salt) from used where used.salt is not null) "
    "select salt from used where salt is not null"
)
"""The salts that rows have: a look into the index for each, where `distinct` would read every row."""
_ENDED = "select key, data, language from session where salt = ? and position < ? order by position limit ?"
_DAY = (
    "insert into day (day, channel, language, event, node, count, segments) values (?, ?, ?, ?, ?, 1, ?) "
    "on conflict do update set count = count + 1, segments = segments + excluded.segments"
)
_MONTH = (
    "insert into month (month, service, municipality, found, count) values (?, ?, ?, ?, 1) "
    "on conflict do update set count = count + 1"
)
_SPENT = (
    "insert into spent (day, country, segments) values (?, ?, ?) "
    "on conflict do update set segments = segments + excluded.segments"
)
_TODO = (
    "insert into todo (id, due, tries, since) values (?, ?, 0, ?) "
    "on conflict do update set due = min(due, excluded.due), since = min(since, excluded.since) where tries = 0"
)
_WRONG = "insert into wrong (month, organisation, count) values (?, ?, 1) on conflict do update set count = count + 1"


class SqliteStore:
    """The contract on one file. A connection is opened in each process, never carried over a fork."""

    def __init__(self, path: str, durability: str = "normal", heals: bool = False) -> None:
        self.path, self.durability = Path(path), durability
        self._lock = Lock()
        self._queue = Queue(self.path.with_name(f"{self.path.name}.queue"), BUSY)
        self._connection: sqlite3.Connection | None = None
        self._process = self._turns = 0
        self._file: tuple[int, int] | None = None
        try:
            prepare(self.path)
        except SmslineError as error:
            if not heals or not is_corrupt(error.__cause__):
                raise
            with contextlib.suppress(OSError):
                set_aside(self.path)
            prepare(self.path)

    def turn(
        self, keys: Sequence[Key], step: Step, tally: Callable[[Turn], Tally], until: Callable[[Turn], Until]
    ) -> Turn:
        with self._transaction() as connection:
            known, data = _loaded(connection, keys)
            turn = step(unpack(data) if data else None)
            if known is not None and (turn.session is None or known != keys[0]):
                connection.execute(_DELETE, (known.hash,))
            if turn.session is not None:
                connection.execute(_SAVE, (keys[0].hash, pack(turn.session), *until(turn), keys[0].salt))
            _count(connection, turn.events, tally(turn))
            return turn

    def count(self, events: Iterable[Event], tally: Tally) -> None:
        with self._transaction() as connection:
            _count(connection, tuple(events), tally)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, one at a time. `StoreError` where SQLite fails: the next one opens the file anew."""
        with self._lock:
            try:
                with self._queue:
                    connection = self._begun()
                    try:
                        yield connection
                        connection.execute("commit")
                        self._turns += 1
                    except BaseException:
                        if connection.in_transaction:
                            connection.execute("rollback")
                        raise
            except (sqlite3.Error, OSError) as error:
                self._close()
                if is_corrupt(error):
                    with contextlib.suppress(OSError):
                        set_aside(self.path)
                what = getattr(error, "sqlite_errorname", type(error).__name__)
                raise StoreError(f"The store {self.path} cannot be used: {what}.") from error

    def _begun(self) -> sqlite3.Connection:
        """A connection with a transaction begun; on a new file where the old one turns out to be broken."""
        for attempt in (1, 2):
            try:
                connection = self._open()
                connection.execute("begin immediate")
                connection.execute("select 1 from session limit 1").fetchone()
                return connection
            except sqlite3.DatabaseError as error:
                self._close()
                if attempt == 2 or not is_corrupt(error):
                    raise
                set_aside(self.path)
        raise AssertionError("not reached")

    def forget(self, keys: Sequence[Key]) -> bool:
        with self._transaction() as connection:
            gone = [connection.execute(_DELETE, (key.hash,)).rowcount for key in keys]
            return any(gone)

    def salts(self) -> list[Salt]:
        with self._transaction() as connection:
            rows = connection.execute("select number, since, salt from salt order by number desc").fetchall()
            unsalted = connection.execute("select 1 from session where salt = 0 limit 1").fetchone()
        return [*(Salt(*row) for row in rows), *([Salt(0, 0, b"")] if unsalted else [])]

    def rotate(self, now: int, period: int, fresh: bytes) -> None:
        with self._transaction() as connection:
            newest, since = connection.execute("select max(number), max(since) from salt").fetchone()
            if newest is None:
                connection.execute("insert into salt (number, since, salt) values (1, ?, ?)", (now, fresh))
            elif now - since >= period:
                row = (newest + 1, now + AHEAD, fresh)
                connection.execute("insert into salt (number, since, salt) values (?, ?, ?)", row)
            elif since <= now:
                unused = "delete from salt where number < ? and not exists (select 1 from session where salt = number)"
                connection.execute(unused, (newest,))

    def sweep(self, now: int) -> int:
        with self._transaction() as connection:
            salts = [row[0] for row in connection.execute(_SALTED).fetchall()]
            connection.execute("delete from spent where day < date(?, 'unixepoch', '-40 days')", (now,))
        gone = sum(self._swept(salt, now) for salt in salts)
        self._emptied()
        return gone

    def _swept(self, salt: int, now: int) -> int:
        """A few rows at a time: whoever texts meanwhile waits for one short transaction, however much has ended."""
        gone = 0
        while True:
            with self._transaction() as connection:
                ended = connection.execute(_ENDED, (salt, now, SOME)).fetchall()
                for key, data, language in ended:
                    session = unpack(data) if language >= now else None
                    if session is None:
                        connection.execute(_DELETE, (key,))
                    else:
                        connection.execute(_FADE, (pack(faded(session)), language, key))
            gone += len(ended)
            if len(ended) < SOME:
                return gone
            time.sleep(PAUSE)

    def write_back(self) -> None:
        """Write the log back into the file, beside those who answer; only for the last few pages do they wait."""
        if self._turns < ENOUGH:
            return
        self._turns = 0
        log = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)
        with contextlib.closing(log):
            log.execute("pragma wal_checkpoint(passive)").fetchone()
            with self._lock, self._queue:
                log.execute("pragma wal_checkpoint(passive)").fetchone()

    def _emptied(self) -> None:
        """What was deleted stands in the log of the file until that is written back: now, unless somebody reads."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._open().execute("pragma wal_checkpoint(truncate)")

    def days(self, first: str = EVER, last: str = EVER) -> Iterator[Day]:
        query = "select * from day where day >= ? and day < ? order by day, channel, language, event, node"
        for day, *row in self._rows(query, (first, f"{last or 9}~")):  # every sign of a day comes before ~
            yield Day(self._date(day), *self._sound(row, 2))

    def totals(self, first: date, last: date) -> list[Total]:
        query = (
            "select channel, language, event, sum(count), sum(segments) from day where day between ? and ? "
            "group by channel, language, event"
        )
        days = (first.isoformat(), last.isoformat())
        return [Total(*self._sound(row, 2)) for row in self._rows(query, days)]

    def months(self, first: str = EVER, last: str = EVER) -> Iterator[Month]:
        for row in self._rows(
            "select month, service, municipality, found, count from month where month between ? and ? "
            "order by month, service, municipality", (first, last or "9"),
        ):  # fmt: skip
            month, service, municipality, found, count = self._sound(row, 2)
            yield Month(month, service, municipality, bool(found), count)

    def counted(self) -> tuple[str, str]:
        query = "select min(m), max(m) from (select substr(day, 1, 7) m from day union select month from month)"
        ((first, last),) = self._rows(query)
        return first or "", last or ""

    def _date(self, day: str) -> date:
        try:
            return date.fromisoformat(day)
        except (ValueError, TypeError):
            raise self._damaged() from None

    def _sound(self, row: Sequence[Any], figures: int) -> Sequence[Any]:
        """A row of a tally: text, and at its end so many figures. SQLite itself takes anything anywhere."""
        texts, counts = row[:-figures], row[-figures:]
        if all(isinstance(one, str) for one in texts) and all(isinstance(one, int) for one in counts):
            return row
        raise self._damaged()

    def _damaged(self) -> StoreError:
        return StoreError(f"A row of the counts in the store is damaged: {self.path}. Set the store aside, or mend it.")

    def wrong(self) -> Iterator[Wrong]:
        yield from (Wrong(*row) for row in self._rows("select * from wrong order by month, organisation"))

    def invent(self) -> None:
        with self._transaction() as connection:
            connection.execute("insert or ignore into invented (since) values (date())")

    def is_invented(self) -> bool:
        return bool(self._rows("select 1 from invented"))

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        """What a query finds. It waits for no writer, and no writer for it."""
        with self._lock:
            try:
                return self._open().execute(query, values).fetchall()
            except sqlite3.Error as error:
                self._close()
                raise StoreError(f"The store {self.path} cannot be read: {type(error).__name__}.") from error

    def add_todo(self, known: str, due: int) -> None:
        with self._transaction() as connection:
            connection.execute(_TODO, (known, due, due))

    def todo(self, now: int, most: int, lease: int) -> list[Todo]:
        with self._transaction() as connection:
            due = "select id, tries + 1 from todo where due <= ? order by due limit ?"
            rows = [Todo(*row) for row in connection.execute(due, (now, most)).fetchall()]
            taken = [(now + lease, row.id) for row in rows]
            connection.executemany("update todo set due = ?, tries = tries + 1 where id = ?", taken)
            return rows

    def settle(self, known: str, due: int | None) -> None:
        with self._transaction() as connection:
            if due is None:
                connection.execute("delete from todo where id = ?", (known,))
            else:
                connection.execute("update todo set due = ? where id = ?", (due, known))

    def waiting(self, now: int) -> tuple[int, int]:
        ((count, oldest),) = self._rows("select count(*), min(since) from todo")
        return count, max(0, now - oldest) if oldest else 0

    def spent(self, day: date) -> dict[str, int]:
        return dict(self._rows("select country, segments from spent where day = ?", (day.isoformat(),)))

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or self._process != os.getpid() or self._file != file_of(self.path):
            self._close()
            self._connection = _connect(self.path, self.durability)
            self._process, self._file = os.getpid(), file_of(self.path)
        return self._connection

    def _close(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None


def _loaded(connection: sqlite3.Connection, keys: Sequence[Key]) -> tuple[Key | None, str]:
    for key in keys:
        row = connection.execute(_LOAD, (key.hash,)).fetchone()
        if row:
            return key, row[0]
    return None, ""


def _count(connection: sqlite3.Connection, events: Sequence[Event], tally: Tally) -> None:
    for (day, *rest), segments in day_rows(events, tally):
        connection.execute(_DAY, (day.isoformat(), *rest, segments))
    connection.executemany(_MONTH, month_rows(events, tally))
    connection.executemany(_WRONG, wrong_rows(events, tally))
    if tally.todo:
        connection.execute(_TODO, (*tally.todo, tally.todo[1]))
    if tally.country and tally.segments:
        connection.execute(_SPENT, (tally.day.isoformat(), tally.country, tally.segments))


def _connect(path: Path, durability: str) -> sqlite3.Connection:
    if not path.exists():
        again(path)
    connection = sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)
    connection.execute(f"pragma synchronous = {durability}")
    connection.execute("pragma secure_delete = on")
    connection.execute(f"pragma wal_autocheckpoint = {LOG}")
    return connection
