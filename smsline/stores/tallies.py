"""From events to rows of the tallies, which are never joined.

What is asked, where help is sought, and whose number is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from smsline.engine.model import Event
from smsline.stores import Day, Tally, Total

PAGED = "paged"
"""What a reply is counted as that leads nowhere new: another page, a screen again."""

DayRow = tuple[date, str, str, str, str]
MonthRow = tuple[str, str, str, bool]
WrongRow = tuple[str, str]


def day_rows(events: Iterable[Event], tally: Tally) -> Iterator[tuple[DayRow, int]]:
    """Day, channel, language, event, node; the segments stand with the first event of a turn."""
    segments, counted = tally.segments, False
    for event in (event for event in events if not event.organisation):
        yield (tally.day, tally.channel, event.language, event.kind, event.node), segments
        segments, counted = 0, True
    if segments or (tally.answered and not counted):
        yield (tally.day, tally.channel, "", PAGED, ""), segments


def month_rows(events: Iterable[Event], tally: Tally) -> Iterator[MonthRow]:
    """Month, service, municipality, and whether somebody near was found."""
    for event in events:
        if event.service and event.municipality:
            yield f"{tally.day:%Y-%m}", event.service, event.municipality, event.kind == "found"


def wrong_rows(events: Iterable[Event], tally: Tally) -> Iterator[WrongRow]:
    """Month and organisation, where a caller said that its number is wrong."""
    for event in events:
        if event.organisation:
            yield f"{tally.day:%Y-%m}", event.organisation


def added_up(days: Iterable[Day]) -> list[Total]:
    """Rows of the daily tally, over days and topics."""
    times: Counter[tuple[str, str, str]] = Counter()
    segments: Counter[tuple[str, str, str]] = Counter()
    for row in days:
        times[row.channel, row.language, row.event] += row.times
        segments[row.channel, row.language, row.event] += row.segments
    return [Total(*kind, count, segments[kind]) for kind, count in times.items()]
