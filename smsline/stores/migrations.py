"""What has to be done to an older SQLite file, in order. A step that was released is never changed.

A step only adds: a table, or a column that has a default. So the program before works with the file after it, and
whoever goes back to that program needs no other file.
"""

from __future__ import annotations

import json
from typing import Any

from smsline.engine.model import Pace, Session, Spot, State
from smsline.stores.packing import faded, pack


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


def wrong_numbers(database: Any) -> None:
    database["wrong"].create({"month": str, "organisation": str, "count": int}, pk=("month", "organisation"))


def salts(database: Any) -> None:
    database["salt"].create({"number": int, "since": int, "salt": bytes}, pk="number")
    database["session"].add_column("salt", int, not_null_default=0)


def spent(database: Any) -> None:
    database["spent"].create({"day": str, "country": str, "segments": int}, pk=("day", "country"))


def todo(database: Any) -> None:
    database["todo"].create({"id": str, "due": int, "tries": int, "since": int}, pk="id")
    database["todo"].create_index(["due"])


def invented(database: Any) -> None:
    database["invented"].create({"since": str}, pk="since")


def sessions_as_bytes(database: Any) -> None:
    """Rows were JSON. Their language stays and the texts of the day; a place in the menu is found again by texting."""
    rows = database.execute("select key, data from session where typeof(data) = 'text'").fetchall()
    for key, data in rows:
        left = _left(data)
        if left is None:
            database.execute("delete from session where key = ?", (key,))
        else:
            query = "update session set data = ?, position = language where key = ?"
            database.execute(query, (pack(left), key))


def _left(text: str) -> Session | None:
    """What stays of a session in JSON: its format, the state, trail, recent messages, `chosen`, and then the pace."""
    try:
        _, (_, view, language, time, *_), _, _, chosen, *rest = json.loads(text)
        pace = Pace(*map(int, rest[1])) if len(rest) > 1 else Pace()
        return faded(Session(State(Spot("", view), str(language), int(time)), chosen=bool(chosen), pace=pace))
    except (ValueError, TypeError):
        return None


def ended_by_salt(database: Any) -> None:
    """One index for both questions of every minute: which rows have ended, and which salts are in use still."""
    database.execute("update session set position = language where position > language")
    database["session"].create_index(["salt", "position"])
    database.execute("drop index if exists idx_session_position")


STEPS = (sessions_and_tallies, wrong_numbers, salts, spent, todo, invented, sessions_as_bytes, ended_by_salt)


def migrations() -> Any:
    """The steps, for sqlite-utils to apply those that a file has not seen."""
    from sqlite_utils import Migrations  # slow to import, and not needed to answer

    found = Migrations("smsline")
    for step in STEPS:
        found()(step)
    return found
