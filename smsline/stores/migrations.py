"""What has to be done to an older SQLite file, in order. A step that was released is never changed."""

from __future__ import annotations

from typing import Any


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


def ended_by_salt(database: Any) -> None:
    """One index for both questions of every minute: which rows have ended, and which salts are in use still."""
    database.execute("update session set position = language where position > language")
    database["session"].create_index(["salt", "position"])
    database.execute("drop index if exists idx_session_position")


STEPS = (sessions_and_tallies, wrong_numbers, salts, spent, todo, invented, ended_by_salt)


def migrations() -> Any:
    """The steps, for sqlite-utils to apply those that a file has not seen."""
    from sqlite_utils import Migrations  # slow to import, and not needed to answer

    found = Migrations("smsline")
    for step in STEPS:
        found()(step)
    return found
