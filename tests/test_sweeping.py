"""What a store does every minute: it asks an index, a little at a time, so that callers are answered meanwhile."""

from __future__ import annotations

import sqlite3
import time
from datetime import date

import pytest
import sqlite_utils

from smsline.engine.model import START, Reply, Session, Spot, State, Turn
from smsline.stores import Key, Tally, Until
from smsline.stores.memory import MemoryStore
from smsline.stores.migrations import STEPS
from smsline.stores.sqlite import ENOUGH, SOME, SqliteStore

SESSION = Session(State(Spot(START), "en", 0))


def tally(turn):
    return Tally(date(2026, 11, 24), "sms", 0)


def kept(position, language):
    return lambda turn: Until(position, language)


def text(store, number, until, salt=0):
    """A text from caller `number`."""
    return store.turn([Key(number.to_bytes(16, "big"), salt)], lambda known: Turn(Reply(""), SESSION), tally, until)


@pytest.fixture
def store(tmp_path):
    return SqliteStore(str(tmp_path / "line.sqlite"))


def rows(store):
    with sqlite3.connect(store.path) as connection:
        return connection.execute("select count(*) from session").fetchone()[0]


@pytest.mark.parametrize("many", [SOME - 1, SOME, SOME + 1, 2 * SOME])
def test_all_that_has_ended_is_swept_however_much_it_is(store, many):
    for number in range(many):
        text(store, number, kept(50, 100), salt=number % 3)
    text(store, many, kept(500, 1000))
    assert store.sweep(51) == many
    assert rows(store) == many + 1
    assert store.sweep(101) == many
    assert rows(store) == 1


def test_a_caller_is_answered_while_much_is_swept(store, monkeypatch):
    for number in range(3 * SOME):
        text(store, number, kept(50, 100))
    caller, pauses = SqliteStore(str(store.path)), []

    def pause(seconds):
        pauses.append(seconds)
        text(caller, 10**6 + len(pauses), kept(500, 1000))

    monkeypatch.setattr(time, "sleep", pause)
    assert store.sweep(101) == 3 * SOME
    assert len(pauses) == 3
    assert rows(store) == 3


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize(("now", "swept"), [(50, 0), (51, 1)])
def test_nothing_is_kept_longer_than_the_language_even_where_the_position_would_be(tmp_path, kind, now, swept):
    store = MemoryStore() if kind == "memory" else SqliteStore(str(tmp_path / "line.sqlite"))
    text(store, 1, kept(100, 50))
    assert store.sweep(now) == swept
    assert store.forget([Key((1).to_bytes(16, "big"), 0)]) is not bool(swept)


def test_what_is_asked_every_minute_is_read_from_an_index(store):
    """However many rows there are: no statement goes through all of them."""
    for salt in (0, 1, 2):
        text(store, salt, kept(50, 100), salt)
    store.rotate(0, 1000, b"first")
    store.rotate(2000, 1000, b"second")
    asked = []
    connection = store._open()
    connection.set_trace_callback(asked.append)
    store.salts()
    store.rotate(2500, 1000, b"third")
    store.sweep(60)
    connection.set_trace_callback(None)
    first_row = "select 1 from session limit 1"
    about = [one for one in asked if "session" in one and one != first_row]
    assert len(about) > 4
    plans = [row[3] for one in about for row in connection.execute(f"explain query plan {one}")]
    assert any("idx_session_salt_position" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN session")]


def test_salts_that_rows_have_stay_and_others_go(store):
    for at, fresh in ((0, b"1"), (1000, b"2"), (2120, b"3"), (3240, b"4")):
        store.rotate(at, 1000, fresh)
    text(store, 1, kept(10**5, 10**6), salt=2)
    store.rotate(3370, 1000, b"5")
    assert [salt.number for salt in store.salts()] == [4, 2]


def test_an_older_file_gets_the_index_and_keeps_its_rows(tmp_path):
    path = tmp_path / "line.sqlite"
    database = sqlite_utils.Database(path)
    found = sqlite_utils.Migrations("smsline")
    for step in STEPS[:-1]:
        found()(step)
    found.apply(database)
    database["session"].insert_all(
        {"key": number.to_bytes(16, "big"), "data": "", "position": position, "language": language, "salt": number}
        for number, position, language in ((1, 50, 100), (2, 100, 50), (3, 60, 60))
    )
    database.close()
    store = SqliteStore(str(path))
    with sqlite3.connect(path) as connection:
        indexes = connection.execute(
            "select name from sqlite_master where type = 'index' and sql is not null"
        ).fetchall()
        assert ("idx_session_salt_position",) in indexes
        assert ("idx_session_position",) not in indexes
        known = "select salt, position, language from session order by salt"
        assert connection.execute(known).fetchall() == [(1, 50, 100), (2, 50, 50), (3, 60, 60)]
    assert store.sweep(60) == 2


def in_file_alone(store, folder):
    """Rows that stand in the file itself, and not only in the log beside it."""
    alone = folder / "alone.sqlite"
    alone.write_bytes(store.path.read_bytes())
    with sqlite3.connect(alone) as connection:
        return connection.execute("select count(*) from session").fetchone()[0]


@pytest.mark.parametrize(("turns", "written"), [(ENOUGH - 1, 0), (ENOUGH, ENOUGH)])
def test_the_log_is_written_back_into_the_file_from_so_many_turns_on(store, tmp_path, turns, written):
    for number in range(turns):
        text(store, number, kept(1000, 2000))
    store.write_back()
    assert in_file_alone(store, tmp_path) == written


def test_a_log_that_was_written_back_begins_anew_and_grows_no_more(store):
    log = store.path.with_name(f"{store.path.name}-wal")
    sizes = []
    for _ in range(3):
        for number in range(ENOUGH):
            text(store, number, kept(1000, 2000))
        store.write_back()
        sizes.append(log.stat().st_size)
    assert sizes[2] <= sizes[1] <= sizes[0] + 10 * 4120  # ten pages of 4 KB, each with its head
