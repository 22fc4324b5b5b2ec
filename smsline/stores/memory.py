"""Sessions in this process alone: for trying out, and for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from threading import Lock

from smsline.engine.model import Event, Turn
from smsline.stores import AHEAD, EVER, Day, Key, Month, Salt, Step, Tally, Todo, Total, Until, Wrong
from smsline.stores.packing import faded, pack, unpack
from smsline.stores.tallies import added_up, day_rows, month_rows, wrong_rows


class MemoryStore:
    """The contract on dictionaries, with one lock."""

    def __init__(self) -> None:
        self._sessions: dict[Key, tuple[bytes, Until]] = {}
        self._salts: list[Salt] = []
        self._days: Counter[tuple[date, str, str, str, str]] = Counter()
        self._segments: Counter[tuple[date, str, str, str, str]] = Counter()
        self._months: Counter[tuple[str, str, str, bool]] = Counter()
        self._wrong: Counter[tuple[str, str]] = Counter()
        self._todo: dict[str, list[int]] = {}
        self._spent: Counter[tuple[date, str]] = Counter()
        self._invented = False
        self._lock = Lock()

    def turn(
        self, keys: Sequence[Key], step: Step, tally: Callable[[Turn], Tally], until: Callable[[Turn], Until]
    ) -> Turn:
        with self._lock:
            known = next((key for key in keys if key in self._sessions), None)
            turn = step(unpack(self._sessions[known][0]) if known else None)
            if known:
                del self._sessions[known]
            if turn.session is not None:
                self._sessions[keys[0]] = (pack(turn.session), until(turn))
            self._count(turn.events, tally(turn))
            return turn

    def count(self, events: Iterable[Event], tally: Tally) -> None:
        with self._lock:
            self._count(events, tally)

    def _count(self, events: Iterable[Event], tally: Tally) -> None:
        events = tuple(events)
        for row, segments in day_rows(events, tally):
            self._days[row] += 1
            self._segments[row] += segments
        self._months.update(month_rows(events, tally))
        self._wrong.update(wrong_rows(events, tally))
        if tally.todo:
            self._add_todo(*tally.todo)
        if tally.country and tally.segments:
            self._spent[tally.day, tally.country] += tally.segments

    def invent(self) -> None:
        self._invented = True

    def is_invented(self) -> bool:
        return self._invented

    def forget(self, keys: Sequence[Key]) -> bool:
        with self._lock:
            gone = [self._sessions.pop(key, None) for key in keys]
            return any(row is not None for row in gone)

    def salts(self) -> list[Salt]:
        return sorted(self._salts, reverse=True)

    def rotate(self, now: int, period: int, fresh: bytes) -> None:
        with self._lock:
            newest = max(self._salts, default=None)
            if newest is None:
                self._salts = [Salt(1, now, fresh)]
            elif now - newest.since >= period:
                self._salts.append(Salt(newest.number + 1, now + AHEAD, fresh))
            elif newest.since <= now:
                used = {newest.number, *(key.salt for key in self._sessions)}
                self._salts = [salt for salt in self._salts if salt.number in used]

    def days(self, first: str = EVER, last: str = EVER) -> Iterator[Day]:
        for row, count in sorted(self._days.items()):
            if first <= f"{row[0]:%Y-%m}" <= (last or "9"):
                yield Day(*row, count, self._segments[row])

    def totals(self, first: date, last: date) -> list[Total]:
        return added_up(day for day in self.days() if first <= day.day <= last)

    def months(self, first: str = EVER, last: str = EVER) -> Iterator[Month]:
        for row, count in sorted(self._months.items()):
            if first <= row[0] <= (last or "9"):
                yield Month(*row, count)

    def counted(self) -> tuple[str, str]:
        known = sorted({f"{row[0]:%Y-%m}" for row in self._days} | {row[0] for row in self._months})
        return (known[0], known[-1]) if known else ("", "")

    def add_todo(self, known: str, due: int) -> None:
        with self._lock:
            self._add_todo(known, due)

    def _add_todo(self, known: str, due: int) -> None:
        row = self._todo.setdefault(known, [due, 0, due])
        if not row[1]:
            row[0], row[2] = min(row[0], due), min(row[2], due)

    def todo(self, now: int, most: int, lease: int) -> list[Todo]:
        with self._lock:
            due = sorted((row[0], known) for known, row in self._todo.items() if row[0] <= now)[:most]
            for _, known in due:
                self._todo[known][0] = now + lease
                self._todo[known][1] += 1
            return [Todo(known, self._todo[known][1]) for _, known in due]

    def settle(self, known: str, due: int | None) -> None:
        with self._lock:
            if due is None:
                self._todo.pop(known, None)
            elif known in self._todo:
                self._todo[known][0] = due

    def waiting(self, now: int) -> tuple[int, int]:
        with self._lock:
            oldest = min((row[2] for row in self._todo.values()), default=now)
            return len(self._todo), max(0, now - oldest)

    def spent(self, day: date) -> dict[str, int]:
        return {country: count for (sent, country), count in self._spent.items() if sent == day}

    def wrong(self) -> Iterator[Wrong]:
        for row, count in sorted(self._wrong.items()):
            yield Wrong(*row, count)

    def write_back(self) -> None:
        """Nothing is written anywhere."""

    def sweep(self, now: int) -> int:
        with self._lock:
            today = datetime.fromtimestamp(now, UTC).date()
            ended = [row for row in self._sessions.items() if min(row[1][1]) < now]
            for key, (data, until) in ended:
                session = unpack(data)
                if session is None or until.language < now:
                    del self._sessions[key]
                else:
                    self._sessions[key] = pack(faded(session)), Until(until.language, until.language)
            self._spent = Counter({row: sent for row, sent in self._spent.items() if (today - row[0]).days <= 40})
            return len(ended)
