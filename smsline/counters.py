"""What only the processes that answer see: how long turns took, and what went wrong.

All of them count in one piece of memory that is made before they are: each in a row of its own, so that nobody waits
and nothing is left behind. A worker in the place of one that ended goes on in its row, so no count ever falls.
(prometheus_client shares counts too, in a file for each process that ever was, and in a folder that has to be cleared.)
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable
from mmap import mmap
from threading import Lock

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""How many seconds a turn may have taken to be counted with one of these; slower ones come last."""

OF_TURNS = ("engine-failed", "turn-unstored", "delivery-failed", "request-refused", "request-failed",
            "request-unreadable", "reply-failed", "server-failed", "store-failed", "redaction-failed")  # fmt: skip
"""What may go wrong with one text: what a turn could not be stored with was answered from the text alone, and what was
refused was not signed as it should be."""

OF_THE_HOUSE = ("store-corrupt", "sweep-failed", "refresh-failed", "content-failed", "content-refused",
                "content-set-aside", "write-failed", "staff-failed", "staff-accounts", "thread-failed")  # fmt: skip
"""What goes wrong without anybody texting."""

INCIDENTS = (*OF_TURNS, *OF_THE_HOUSE)
"""What is counted of what goes wrong: most by the first word of its line in the log."""

ROWS = 256
"""Processes that count at once; any more share the last row, and may then lose a count."""

_places = {kind: place for place, kind in enumerate(INCIDENTS, len(BOUNDS) + 1)}
_WIDTH = len(BOUNDS) + 1 + len(INCIDENTS)


class Counters:
    """The counts of all processes that have this one in common. The first row is that of the process that made it."""

    def __init__(self) -> None:
        self.since = time.time()
        """When it was made, in seconds since 1970, UTC."""
        self._cells = memoryview(mmap(-1, ROWS * _WIDTH * 8)).cast("Q")
        self._begin = 0
        self._adding = Lock()  # a worker has threads beside the one that answers

    @staticmethod
    def free(taken: Iterable[int]) -> int:
        """The first row that is neither taken nor the first of all."""
        used = {*taken}
        return next((row for row in range(1, ROWS) if row not in used), ROWS - 1)

    def use(self, row: int) -> None:
        """Count in this row from here on."""
        self._begin = row * _WIDTH

    def turn(self, seconds: float) -> None:
        """A text was answered in so many seconds."""
        self._add(bisect_left(BOUNDS, seconds))

    def incident(self, kind: str) -> None:
        """Something went wrong; what is none of `INCIDENTS` is not counted."""
        if kind in _places:
            self._add(_places[kind])

    def _add(self, place: int) -> None:
        with self._adding:
            self._cells[self._begin + place] += 1

    def turns(self) -> list[int]:
        """How many turns took at most as long as each of `BOUNDS` and longer than the one before; then the others."""
        return [self._sum(place) for place in range(len(BOUNDS) + 1)]

    def incidents(self) -> dict[str, int]:
        """How often each of `INCIDENTS` was."""
        return {kind: self._sum(place) for kind, place in _places.items()}

    def _sum(self, place: int) -> int:
        return sum(self._cells[place::_WIDTH])
