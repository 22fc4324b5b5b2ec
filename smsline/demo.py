"""An invented year for a store of its own, so that the report can be seen before anybody has texted.

Who texts, what and how often is invented here, and is no estimate of anything. What the line would have answered is
not: topics are those of the content, and whether somebody near was found is what its directory says.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

from smsline.address import shown
from smsline.content.loading import Content
from smsline.engine.languages import UNKNOWN
from smsline.engine.line import Line
from smsline.engine.model import HOME, START, Event, EventKind, Lookup, Menu, Place
from smsline.errors import SmslineError
from smsline.stores import Store, Tally, open_store
from smsline.stores.files import says_invented, settled

SEED = 2026
"""The same year each time."""

LANGUAGES = {"en": 24, "ro": 17, "nl": 13, "es": 12, "bg": 8, "hu": 7, "pl": 6, "pt": 5, "ru": 3, "uk": 2, "zh": 2,
             "fr": 1, "tr": 1, "ar": 1}  # fmt: skip
"""How many of a hundred callers speak what."""

CHANNELS = {"sms": 76, "whatsapp": 22, "ussd": 2}

FEWEST, MOST = 6.0, 26.0
"""Callers on an average day, at the begin of the year and at its end."""

LOOKS, GETS_LOST, TURNS_PAGE, BREAKS = 0.45, 0.12, 0.3, 0.004
"""How many callers look for help near them, text what is not understood, read another page, or meet a fault of ours."""

LAST_WORDS: Mapping[EventKind, float] = {
    "stopped": 3, "erased": 4, "exit": 5, "only-text": 3, "language": 6, "limited": 0.3, "machine": 1, "loop": 0.2,
}  # fmt: skip
"""What else happens, of a hundred callers."""

Some = TypeVar("Some")


@dataclass
class Year:
    """Someone who invents: the line, and what is drawn by lot."""

    content: Content
    lot: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311  nothing is secret here
    near: dict[tuple[str, str], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        line = self.line
        self.topics = [name for name, node in line.nodes.items() if not isinstance(node, Menu)]
        self.asked = [self.lot.lognormvariate(0, 0.8) for _ in self.topics]
        towns = {place.municipality: place for place in sorted(line.gazetteer.by_key.values(), key=_people)
                 if place.municipality and place.population}  # fmt: skip
        self.towns = list(towns.values())
        self.people = [place.population**0.9 for place in self.towns]

    @property
    def line(self) -> Line:
        """The line that is asked."""
        return self.content.line

    def callers(self, day: date, share: float) -> int:
        """How many text on a day: more each month, and at weekends."""
        often = FEWEST + (MOST - FEWEST) * share
        return max(0, round(self.lot.gauss(often * (1.3 if day.weekday() > 3 else 0.9), often**0.5)))

    def one_of(self, some: Sequence[Some], weights: Sequence[float]) -> Some:
        """One by lot."""
        return self.lot.choices(some, weights)[0]

    def chance(self, share: float) -> bool:
        """Whether something happens that happens so often."""
        return self.lot.random() < share

    def caller(self) -> Iterator[Event]:
        """What one caller does, text by text."""
        language = self.one_of([*LANGUAGES], [*LANGUAGES.values()])
        if self.chance(0.4):
            yield Event("visited", UNKNOWN, START)
        yield Event("visited", language, START)
        for _ in range(self.lot.choice((1, 1, 2, 3))):
            yield from self._asks(language)
        if self.chance(GETS_LOST):
            yield Event("not-understood", language, START if self.chance(0.6) else self.one_of(self.topics, self.asked))
        if self.chance(sum(LAST_WORDS.values()) / 100):
            yield Event(self.one_of([*LAST_WORDS], [*LAST_WORDS.values()]), language)
        if self.chance(BREAKS):
            yield Event("broken", language)

    def _asks(self, language: str) -> Iterator[Event]:
        """A topic, by its menu or in her own words, and perhaps who helps near."""
        topic = self.one_of(self.topics, self.asked)
        node = self.line.nodes[topic]
        if self.chance(0.6) and topic in self.line.parents:
            yield Event("visited", language, self.line.parents[topic])
        yield Event("urgent" if node.urgent else "visited", language, topic)
        if not isinstance(node, Menu) and node.help and (isinstance(node, Lookup) or self.chance(LOOKS)):
            place = self.one_of(self.towns, self.people)
            kind: EventKind = "found" if self.is_near(node.help, place, node.authorities) else "not-found"
            yield Event(kind, language, topic, node.help, place.municipality)

    def is_near(self, service: str, place: Place, authorities: bool) -> bool:
        """Whether the line names somebody who offers this there."""
        known = self.near.get((service, place.key))
        if known is None:
            noon = datetime.combine(date(2026, 1, 1), time(12), HOME)
            known = self.near[service, place.key] = self.line.directory.is_served(service, place, noon, authorities)
        return known


def invent(store: Store, content: Content, first: date, last: date) -> int:
    """Fill a store with the days from `first` to `last`; how many texts that are."""
    year, texts = Year(content), 0
    whole = (last - first).days + 1
    for number in range(whole):
        day = first + timedelta(days=number)
        for _ in range(year.callers(day, number / whole)):
            channel = year.one_of([*CHANNELS], [*CHANNELS.values()])
            for event in year.caller():
                costly = event.language in ("bg", "ru", "uk", "zh", "ar")
                segments = year.lot.choice((2, 3, 4) if costly else (1, 2, 2)) if channel == "sms" else 0
                store.count((event,), Tally(day, channel, segments))
                texts += 1
            if year.chance(TURNS_PAGE):
                store.count((), Tally(day, channel, 2 if channel == "sms" else 0, answered=True))
                texts += 1
    return texts


def filled(url: str, own: str, content: Content, first: date, last: date) -> int:
    """Make the store of an invented year, or make it anew; how many texts are in it. Half a year is never there.

    `own` is the line's own store. `SmslineError` where the name is that of anything else than an invented year.
    """
    path = _free(url, own)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        store = open_store(f"sqlite:///{fresh}")
        store.invent()
        texts = invent(store, content, first, last)
        settled(fresh)
        for part in ("-wal", "-shm"):  # of the one that is replaced
            if path.exists():
                path.with_name(path.name + part).unlink(missing_ok=True)
        os.replace(fresh, path)
    finally:
        for part in ("", "-wal", "-shm", ".queue"):
            fresh.with_name(fresh.name + part).unlink(missing_ok=True)
    return texts


def _free(url: str, own: str) -> Path:
    """The file of an invented year that may be written."""
    if not url.startswith("sqlite:///"):
        raise SmslineError(f'The store of an invented year is a file. "{shown(url)}" is none: write sqlite:///path.')
    path = Path(url.removeprefix("sqlite:///"))
    if path.exists():
        if not says_invented(path):
            what = f"{path} is there already, and is no invented year. Nothing was changed: name another with --store."
            raise SmslineError(what)
    elif own.startswith("sqlite:///") and path.resolve() == Path(own.removeprefix("sqlite:///")).resolve():
        raise SmslineError(f"{url} is the line's own store, by SMSLINE_STORE. Name another with --store.")
    return path


def _people(place: Place) -> int:
    return place.population
