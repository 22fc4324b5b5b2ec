"""A session as a store keeps it: small, whole or none, and read by versions that know more fields."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import date

import pytest
from msgspec import msgpack

from smsline.engine.model import NOWHERE, Pace, Reply, Session, Spot, State, Turn
from smsline.stores import Key, Tally, Until, open_store
from smsline.stores.packing import pack, unpack

SEEN = State(Spot("pep"), "ro", 1_795_600_000, place="Tilburg", offered=("pep", "sti"))
KEY = Key(b"caller", 0)
SESSION = Session(SEEN, (Spot("start"),), ((bytes(16), SEEN),), True, (bytes(16),), Pace(texts=3), ("clinic",))


def test_what_is_packed_is_unpacked():
    assert unpack(pack(SESSION)) == SESSION


def test_a_session_with_all_it_can_remember_is_a_row_of_half_a_kilobyte():
    full = Session(SEEN, (Spot("start"),) * 8, tuple((bytes([n]) * 16, SEEN) for n in range(8)), pace=SESSION.pace)
    assert 300 < len(pack(full)) < 640


def test_a_row_that_lacks_the_last_fields_gets_their_defaults():
    earlier = msgpack.encode(msgpack.decode(pack(SESSION))[:4])
    assert unpack(earlier) == Session(SEEN, SESSION.trail, SESSION.recent, True)


def changed(field: int, value: object) -> bytes:
    row = msgpack.decode(pack(SESSION))
    row[0][field] = value
    return msgpack.encode(row)


@pytest.mark.parametrize(
    "row",
    [b"", b"[]", b"\xff" * 20, msgpack.encode([]), msgpack.encode({}), msgpack.encode(None), b"\x91" * 100_000,
     pack(SESSION)[:-1], pack(SESSION) + b"\x00", changed(0, ["start", "no such view"]), changed(1, 5),
     changed(2, "soon"), changed(5, 7), "[3, [], [], []]"],
)  # fmt: skip
def test_what_was_not_packed_is_no_session(row):
    assert unpack(row) is None


STATE = ["start", "node", "ro", 1_795_600_000, 0, None, None, [], True]
PACE = [1_795_600_000, 3, 20782, 9, 0, 1_795_500_000, 1_795_600_000]


def earlier(path, row: object) -> str:
    """A store as a version left it that wrote JSON."""
    open_store(f"sqlite:///{path}")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("delete from _sqlite_migrations where name = 'sessions_as_bytes'")
        insert = "insert into session (key, data, position, language, salt) values (?, ?, 50, 100, 0)"
        connection.execute(insert, (KEY.hash, json.dumps(row)))
    return f"sqlite:///{path}"


@pytest.mark.parametrize(
    ("row", "left"),
    [
        ([3, STATE, [], [], True, [], PACE, []], Pace(day=20782, daily=9, warned=1_795_500_000)),
        ([2, STATE, [["start", "node"]], [["00", *STATE]], True, []], Pace()),
        ([1, STATE, [], [], True], Pace()),
    ],
)  # fmt: skip
def test_rows_of_an_earlier_version_keep_the_language_and_the_texts_of_the_day(tmp_path, row, left):
    found = []

    def step(session: Session | None) -> Turn:
        found.append(session)
        return Turn(Reply(""), session)

    store = open_store(earlier(tmp_path / "line.sqlite", row))
    store.turn([KEY], step, lambda turn: Tally(date(2026, 11, 24), "sms", 0), lambda turn: Until(50, 100))
    assert found == [Session(State(NOWHERE, "ro", 1_795_600_000), chosen=True, pace=left)]


def test_a_row_of_an_earlier_version_that_cannot_be_read_is_gone(tmp_path):
    assert not open_store(earlier(tmp_path / "line.sqlite", [3, "torn"])).forget([KEY])
