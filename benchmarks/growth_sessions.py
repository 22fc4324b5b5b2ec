"""How a store of sessions grows: a turn, and what is done every minute, with 10 thousand to 10 million of them."""

from __future__ import annotations

import os
import random
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from growth_measuring import Axis, Table, both, interleaved, median, resident, short

from smsline.engine.conversation import converse
from smsline.engine.line import Line
from smsline.engine.model import HOME, Incoming, Reply, Session, Turn
from smsline.stores import Key, StoreError, Tally, Until
from smsline.stores.packing import faded, pack, unpack
from smsline.stores.sqlite import SqliteStore

PERIOD = 30 * 24 * 60 * 60
NOW = int(datetime(2026, 11, 24, 12, tzinfo=HOME).timestamp())
HOUR, MONTH = 60 * 60, 30 * 24 * 60 * 60
DAY, REPLY = date(2026, 11, 24), Reply("")

AWAKE = 100
"""One of so many sessions is in a conversation: the position is kept for an hour, the language for a month."""

TALKS = (("hi", "1", "1", "0", "pep", "9", "0", "6"), ("soa test", "3011"), ("help", "1"), ("buna", "2", "1"),
         ("menu", "3", "9"), ("belasting", "0", "2"))  # fmt: skip

ENDED = {"little": 20, "much": 20_000}
"""Rows whose position has ended when a sweep begins; of a small store at most a tenth of it."""


def packed(line: Line) -> list[tuple[str, str]]:
    """Sessions of real conversations as a store has them: in the middle of one, and an hour later."""
    found = []
    for turn in range(40):
        session: Session | None = None
        for step, text in enumerate(TALKS[turn % len(TALKS)][: 2 + turn % 7]):
            moment = datetime.fromtimestamp(NOW + step, UTC).astimezone(HOME)
            incoming = Incoming(text, line.channels["sms"], secrets.token_bytes(16), moment)
            session = converse(line, session, incoming).session
        if session:
            found.append((pack(session), pack(faded(session))))
    return found


def filled(path: Path, count: int, sessions: list[tuple[str, str]]) -> float:
    """A store with so many sessions of random senders, as the store itself makes them; the seconds that took."""
    begin = time.perf_counter()
    SqliteStore(str(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in ("journal_mode = off", "synchronous = off", "cache_size = -1500000"):
            connection.execute(f"pragma {setting}").fetchall()
        indexes = connection.execute(
            "select name, sql from sqlite_master where type = 'index' and tbl_name = 'session' and sql is not null"
        ).fetchall()
        connection.execute("begin")
        for name, _ in indexes:
            connection.execute(f'drop index "{name}"')
        connection.execute("create temp table sample (number integer primary key, awake text, asleep text)")
        connection.executemany("insert into sample (awake, asleep) values (?, ?)", sessions)
        connection.execute(
            "with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < :count) "
            "insert into session (key, data, position, language, salt) select randomblob(16), "
            "iif(i % :awake = 0, awake, asleep), "
            "iif(i % :awake = 0, :now + 60 + i * 3500 / :count, :now + 4000 + i * 2500000 / :count), "
            ":now + 4000 + i * 2500000 / :count, iif(i * 2 < :count, 1, 2) "
            "from n join sample on number = i % :some + 1",
            {"count": count, "awake": AWAKE, "now": NOW, "some": len(sessions)},
        )
        for _, create in indexes:
            connection.execute(create)
        salts = [(1, NOW - MONTH, secrets.token_bytes(32)), (2, NOW - HOUR, secrets.token_bytes(32))]
        connection.executemany("insert into salt (number, since, salt) values (?, ?, ?)", salts)
        connection.execute("commit")
        connection.execute("pragma journal_mode = wal").fetchall()
    return time.perf_counter() - begin


@dataclass
class Filled:
    """A store, real sessions to write into it, and senders that it has: those of the salt in use."""

    path: Path
    sessions: list[Session]
    keys: list[bytes]
    stores: dict[str, SqliteStore]

    def known(self, durability: str) -> None:
        """A text of somebody whose session is kept."""
        self.text(durability, random.choice(self.keys))

    def new(self, durability: str) -> None:
        """A text of somebody new."""
        self.text(durability, secrets.token_bytes(16))

    def text(self, durability: str, sender: bytes) -> None:
        """One turn, without the engine: load, save, count."""
        end, session = NOW + HOUR + random.randrange(HOUR), random.choice(self.sessions)
        self.stores[durability].turn(
            [Key(sender, 2), Key(sender[::-1], 1)], lambda known: Turn(REPLY, session), _tally,
            lambda turn: Until(end, end + MONTH),
        )  # fmt: skip

    def end(self, many: int) -> None:
        """Let the position of some sessions end, all over the file."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            (last,) = connection.execute("select max(rowid) from session").fetchone()
            some = ((NOW - 1, random.randint(1, last)) for _ in range(many))
            connection.executemany("update session set position = ? where rowid = ?", some)


def _tally(turn: Turn) -> Tally:
    return Tally(DAY, "sms", 1)


def opened(path: Path, count: int, sessions: list[tuple[str, str]]) -> Filled:
    """A store that was filled, with some of its senders."""
    with closing(sqlite3.connect(path)) as connection:
        some = [random.randint(count // 2 + 2, count) for _ in range(4000)]
        keys = [connection.execute("select key from session where rowid = ?", (row,)).fetchone()[0] for row in some]
    known = [session for awake, _ in sessions if (session := unpack(awake))]
    stores = {durability: SqliteStore(str(path), durability) for durability in ("normal", "full")}
    return Filled(path, known, keys, stores)


def swept(store: Filled, many: int) -> tuple[float, list[float]]:
    """Seconds of a sweep in a process of its own, and the microseconds of each text that came meanwhile."""
    store.end(many)
    read, write = os.pipe()
    sweeper, spent = os.fork(), list[float]()
    if not sweeper:
        begin = time.perf_counter()
        store.stores["normal"].sweep(NOW)
        os.write(write, str(time.perf_counter() - begin).encode())
        os._exit(0)
    while os.waitpid(sweeper, os.WNOHANG) == (0, 0):
        start = time.perf_counter()
        with suppress(StoreError):  # it counts as the second that the caller waited
            store.known("normal")
        spent.append((time.perf_counter() - start) * 1e6)
        time.sleep(0.002)
    os.close(write)
    with os.fdopen(read) as told:
        return float(told.read()), spent


def minutely(stores: dict[int, Filled], rounds: int) -> dict[str, list[float]]:
    """The two other questions of every minute, at each size."""
    calls: dict[str, Callable[[], object]] = {}
    for count, store in stores.items():
        normal = store.stores["normal"]
        calls[f"salts {count}"] = normal.salts
        calls[f"rotate {count}"] = partial(normal.rotate, NOW, PERIOD, b"-" * 32)
    return interleaved(calls, rounds, 5)


NAMES = {"known normal": "a text, known sender, `normal`", "new normal": "a text, new sender, `normal`",
         "known full": "a text, known sender, `full`", "new full": "a text, new sender, `full`",
         "salts": "the salts, every minute", "rotate": "rotate, every minute"}  # fmt: skip


def sessions_axis(line: Line, folder: Path, sizes: Sequence[int], rounds: int) -> Axis:
    """Stores of each size side by side in a folder."""
    sessions, stores, seconds = packed(line), dict[int, Filled](), dict[int, float]()
    for count in sizes:
        path = folder / f"{count}.sqlite"
        seconds[count] = filled(path, count, sessions)
        stores[count] = opened(path, count, sessions)
    files = [stores[count].path.stat().st_size / 2**20 for count in sizes]
    calls = {
        f"{kind} {mode} {count}": partial(getattr(store, kind), mode)
        for count, store in stores.items() for kind in ("known", "new") for mode in ("normal", "full")
    }  # fmt: skip
    spent = interleaved(calls, rounds, 200) | minutely(stores, rounds)
    memory = [_memory(store) for store in stores.values()]
    columns = ["median / 99 % in us", *map(short, sizes)]
    turns = [[says, *(both(spent[f"{name} {count}"]) for count in sizes)] for name, says in NAMES.items()]
    curves = {says: [median(spent[f"{name} {count}"]) for count in sizes] for name, says in NAMES.items()}
    sweeps, quick = _sweeps(stores)
    takes = [[short(count), f"{size:,.0f}", f"{size * 2**20 / count:.0f}", f"{mib:.0f}", f"{seconds[count]:.0f}"]
             for count, size, mib in zip(sizes, files, memory, strict=True)]  # fmt: skip
    return Axis(
        "sessions", sizes, _says(sessions),
        [Table("A turn, and what every minute asks", columns, turns),
         Table("The sweep of every minute, and texts that come while it runs",
               ["sessions, of which ended", "sweep in ms", "a text meanwhile, median / 99 % in us", "longest in ms"],
               sweeps),
         Table("What it takes", ["sessions", "file in MiB", "bytes a session",
                                 "a process with the content after 2,000 texts, in MiB", "filled here in s"], takes)],
        curves | quick, {"the file": files, "a process": memory},
    )  # fmt: skip


def _says(sessions: list[tuple[str, str]]) -> str:
    awake, asleep = (sum(map(len, some)) / len(sessions) for some in zip(*sessions, strict=True))
    return (
        f"A store file with random senders, half of them under an older salt. One of {AWAKE} is in the middle of a "
        f"conversation (packed: {awake:.0f} bytes), the others have only their language left ({asleep:.0f} bytes), as "
        "in a store that keeps the position for an hour and the language for a month. A turn here is that of the store "
        "alone: load, save, count, in one transaction."
    )


def _sweeps(stores: dict[int, Filled]) -> tuple[list[list[str]], dict[str, list[float]]]:
    rows, curves = [], dict[str, list[float]]()
    for name, most in ENDED.items():
        for count, store in stores.items():
            many = min(most, count // 10)
            found = [swept(store, many) for _ in range(5 if name == "little" else 2)]
            seconds, texts = median([one for one, _ in found]), [text for _, some in found for text in some]
            rows.append([f"{short(count)}, {many:,}", f"{seconds * 1e3:,.0f}", both(texts), f"{max(texts) / 1e3:.1f}"])
            if name == "little":
                curves.setdefault("a sweep, 20 ended", []).append(seconds * 1e6)
    return rows, curves


def _memory(store: Filled) -> float:
    """MiB of a process that has answered 2,000 texts."""
    read, write = os.pipe()
    if not os.fork():
        for _ in range(1000):
            store.known("normal")
            store.new("normal")
        os.write(write, str(resident()).encode())
        os._exit(0)
    os.close(write)
    os.wait()
    with os.fdopen(read) as told:
        return float(told.read())
