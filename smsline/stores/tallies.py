"""From events to rows of the two tallies, which are never joined: what is asked, and where help is sought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from smsline.engine.model import Event
from smsline.stores import Tally

DayRow = tuple[date, str, str, str, str]
MonthRow = tuple[str, str, str, bool]


def day_rows(events: Iterable[Event], tally: Tally) -> Iterator[tuple[DayRow, int]]:
    """Day, channel, language, event, node; the segments stand with the first event of a turn."""
    segments = tally.segments
    for event in events:
        yield (tally.day, tally.channel, event.language, event.kind, event.node), segments
        segments = 0


def month_rows(events: Iterable[Event], tally: Tally) -> Iterator[MonthRow]:
    """Month, service, municipality, and whether somebody near was found."""
    for event in events:
        if event.service and event.municipality:
            yield f"{tally.day:%Y-%m}", event.service, event.municipality, event.kind == "found"
