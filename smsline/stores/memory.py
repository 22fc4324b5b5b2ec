"""Sessions in this process alone: for trying out, and for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from threading import Lock

from smsline.engine.model import Turn
from smsline.stores import Day, Month, Step, Tally, Until, Wrong
from smsline.stores.packing import faded, pack, unpack
from smsline.stores.tallies import day_rows, month_rows, wrong_rows


class MemoryStore:
    """The contract on dictionaries, with one lock."""

    def __init__(self) -> None:
        self._sessions: dict[bytes, tuple[str, Until]] = {}
        self._days: Counter[tuple[date, str, str, str, str]] = Counter()
        self._segments: Counter[tuple[date, str, str, str, str]] = Counter()
        self._months: Counter[tuple[str, str, str, bool]] = Counter()
        self._wrong: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def turn(self, key: bytes, step: Step, tally: Callable[[Turn], Tally], until: Callable[[Turn], Until]) -> Turn:
        with self._lock:
            kept = self._sessions.get(key)
            turn = step(unpack(kept[0]) if kept else None)
            if turn.session is None:
                self._sessions.pop(key, None)
            else:
                self._sessions[key] = (pack(turn.session), until(turn))
            added = tally(turn)
            for row, segments in day_rows(turn.events, added):
                self._days[row] += 1
                self._segments[row] += segments
            self._months.update(month_rows(turn.events, added))
            self._wrong.update(wrong_rows(turn.events, added))
            return turn

    def forget(self, key: bytes) -> bool:
        with self._lock:
            return self._sessions.pop(key, None) is not None

    def days(self) -> Iterator[Day]:
        for row, count in sorted(self._days.items()):
            yield Day(*row, count, self._segments[row])

    def months(self) -> Iterator[Month]:
        for row, count in sorted(self._months.items()):
            yield Month(*row, count)

    def wrong(self) -> Iterator[Wrong]:
        for row, count in sorted(self._wrong.items()):
            yield Wrong(*row, count)

    def sweep(self, now: int) -> int:
        with self._lock:
            ended = [row for row in self._sessions.items() if min(row[1][1]) < now]
            for key, (data, until) in ended:
                session = unpack(data)
                if session is None or until.language < now:
                    del self._sessions[key]
                else:
                    self._sessions[key] = pack(faded(session)), Until(until.language, until.language)
            return len(ended)
