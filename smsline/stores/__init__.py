"""Sessions and counts: one contract, several back ends.

`turn(key, step)` loads, steps, saves and counts in one transaction; there is no public load or save, so
nobody can forget the lock. `step` is pure: a store may run it again after a lost race.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from smsline.address import SCHEMES, address, shown
from smsline.engine.model import Event, Session, Turn
from smsline.errors import SmslineError

Step = Callable[[Session | None], Turn]


class Key(NamedTuple):
    """A sender as a store knows it: a keyed hash, and the number of the salt that went into it."""

    hash: bytes
    salt: int


class Salt(NamedTuple):
    """What the hashes of a time are salted with; in use from `since` (seconds since 1970, UTC) on."""

    number: int
    since: int
    salt: bytes


class Day(NamedTuple):
    """One row of the daily tally: how often, and how many segments were sent with it."""

    day: date
    channel: str
    language: str
    event: str
    node: str
    times: int
    segments: int


class Total(NamedTuple):
    """Rows of the daily tally added up over days and topics."""

    channel: str
    language: str
    event: str
    times: int
    segments: int


class Month(NamedTuple):
    """One row of the monthly tally of look-ups. It is never joined with the daily one."""

    month: str
    service: str
    municipality: str
    found: bool
    times: int


class Wrong(NamedTuple):
    """How often callers said in a month that an organisation's number is wrong. Nothing else is kept of it."""

    month: str
    organisation: str
    times: int


class Todo(NamedTuple):
    """A message that is still to be redacted at the gateway, and how often that was tried."""

    id: str
    tries: int


class Tally(NamedTuple):
    """What one turn adds to the counts."""

    day: date
    channel: str
    segments: int
    country: str = ""
    """The country that segments were sent to (ISO 3166), where the number tells one."""
    todo: tuple[str, int] | None = None
    """A message at the gateway that is to be redacted, and from when on."""
    answered: bool = False
    """Whether something was said, so that a turn without events was another page."""


class Until(NamedTuple):
    """How long a session is kept, in seconds since 1970, UTC: the position, and the language (the whole row)."""

    position: int
    language: int


EVER = ""
"""No month, where one could be named: from the begin, or to the end."""

AHEAD = 120
"""Seconds before a new salt is in use: by then every worker has read it."""


class StoreError(SmslineError):
    """The store cannot be opened, read or written just now."""


class Store(Protocol):
    """What keeps sessions. Keys are keyed hashes of senders; nothing else of a sender ever gets here.

    A sender has one key for each salt that is not destroyed yet, the one in use first. A row found under an older one
    is kept under the first from then on.
    """

    def turn(
        self, keys: Sequence[Key], step: Step, tally: Callable[[Turn], Tally], until: Callable[[Turn], Until]
    ) -> Turn:
        """Load, step, save and count, all or nothing. The session is kept as long as `until` says."""

    def count(self, events: Iterable[Event], tally: Tally) -> None:
        """Count what happened without a session."""

    def forget(self, keys: Sequence[Key]) -> bool:
        """Delete a session; whether there was one."""

    def salts(self) -> list[Salt]:
        """The salts that are not destroyed, the newest first."""

    def rotate(self, now: int, period: int, fresh: bytes) -> None:
        """Begin with the salt `fresh` where the newest is older than `period` seconds, and destroy those without rows.

        It is in use two minutes later, when every worker knows it. Where rows end by themselves, a salt is without them
        when the last that it was used for would have ended.
        """

    def days(self, first: str = EVER, last: str = EVER) -> Iterator[Day]:
        """The daily tally: all of it, or from the `first` to the `last` month, written 2026-10."""

    def totals(self, first: date, last: date) -> list[Total]:
        """The daily tally from the `first` to the `last` day, added up over days and topics, in no order."""

    def months(self, first: str = EVER, last: str = EVER) -> Iterator[Month]:
        """The monthly tally, the same."""

    def counted(self) -> tuple[str, str]:
        """The first and the last month of which there is a tally; empty where there is none."""

    def invent(self) -> None:
        """Say that what is counted here is invented, for good."""

    def is_invented(self) -> bool:
        """Whether it is. `StoreError` where it cannot be read."""

    def spent(self, day: date) -> dict[str, int]:
        """Segments sent on a day, by country. `StoreError` where it cannot be read."""

    def wrong(self) -> Iterator[Wrong]:
        """The monthly tally of numbers that callers say are wrong. `StoreError` where it cannot be read."""

    def add_todo(self, known: str, due: int) -> None:
        """Put a message on the list of what is to be redacted, at `due` (seconds, UTC) or later; twice is once."""

    def todo(self, now: int, most: int, lease: int) -> list[Todo]:
        """What is due, oldest first. Nobody else gets it for `lease` seconds."""

    def settle(self, known: str, due: int | None) -> None:
        """It is done; or, with a time, to be tried again then."""

    def waiting(self, now: int) -> tuple[int, int]:
        """How many wait to be redacted, and for how many seconds the oldest has."""

    def write_back(self) -> None:
        """Bring what was answered to where it stays, where a store does not do so itself with each turn."""

    def sweep(self, now: int) -> int:
        """Delete the rows that ended before `now` (seconds, UTC), and of the others positions that did; how many.

        Where they end by themselves there is nothing to do.
        """


def is_missing(url: str) -> bool:
    """Whether a setting names a file that is not there: nobody who only reads a store should make one."""
    return url.startswith("sqlite:///") and not os.path.exists(url.removeprefix("sqlite:///"))


def open_store(url: str, durability: str = "normal", heals: bool = False) -> Store:
    """The store that a setting names. `SmslineError` where there is none such.

    Where it `heals`, a broken file is set aside and a new one begun, and a Redis that is away is waited for: what the
    line does, and no other command.
    """
    if url == "memory:":
        from smsline.stores.memory import MemoryStore

        return MemoryStore()
    if url.startswith("sqlite:///"):
        from smsline.stores.sqlite import SqliteStore

        return SqliteStore(url.removeprefix("sqlite:///"), durability, heals)
    if url.startswith(SCHEMES):
        from smsline.stores.redis import RedisStore  # slow to import

        return RedisStore(address(url), heals)
    raise SmslineError(f'SMSLINE_STORE is "{shown(url)}". Write sqlite:///path, redis://host or memory:.')
