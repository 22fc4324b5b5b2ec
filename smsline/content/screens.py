"""Every screen that the content can become: each stop in every language on every channel, with each organisation.

`smsline check` measures them and `smsline cost` prices them, so "it fits" and "it costs" are facts.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from msgspec import structs

from smsline.content.loading import Content
from smsline.content.touched import ALL, Touched
from smsline.engine.contacts import contact
from smsline.engine.line import Line
from smsline.engine.model import HOME, START, Answer, Channel, Lookup, Node, Organisation, Spot, State, View
from smsline.engine.offers import Helper
from smsline.engine.pages import shortened
from smsline.engine.places import COUNTRY
from smsline.engine.screen import draw_all, draw_contact

AHEAD = 366
"""Days for which a screen is drawn as it will be when one of its figures has ended."""

SAID = ("stop", "erase", "broken")
"""Phrases that are a whole reply, on one screen."""

NOTICES = ("not-understood", "person", "not-a-choice", "only-text")

SHOWN: tuple[tuple[str, View], ...] = (
    ("cry", "phrase"), ("cry", "unsure"), (START, "unsure"), (START, "languages"), (START, "resume"),
)  # fmt: skip

NOON, NIGHT = time(12), time(3)


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen as it is sent. `name` is that of a node, a phrase (`phrase.stop`) or an organisation.

    `what` says more: the view of a node, `near` with a place, `contact`, `notice` or `phrase`. `channel` is the name in
    `line.yaml`; `pages` is how many screens there are of this.
    """

    name: str
    language: str
    channel: str
    what: str
    page: int
    pages: int
    text: str


def screens(
    content: Content,
    today: date,
    channels: Container[str] | None = None,
    languages: Container[str] | None = None,
    new: Touched = ALL,
) -> Iterator[Screen]:
    """All screens, or those of some channels and languages, or only the `new` ones; each once."""
    line = content.line
    for name, channel in line.channels.items():
        if channels is not None and name not in channels:
            continue
        for language in among(line, languages):
            seen: set[tuple[str, str]] = set()
            for owner, what, pages in _drawn(content, language, channel, today, new):
                for number, text in enumerate(pages):
                    if (owner, text) not in seen:
                        seen.add((owner, text))
                        yield Screen(owner, language, name, what, number, len(pages), text)


def among(line: Line, languages: Container[str] | None) -> list[str]:
    return [language for language in line.languages if languages is None or language in languages]


Drawn = Iterator[tuple[str, str, list[str]]]
"""Owner, what of it, and its pages."""


def _drawn(content: Content, language: str, channel: Channel, today: date, new: Touched) -> Drawn:
    line, noon = content.line, moment_of(today, NOON)
    for name in line.nodes:
        if new.draws(language, name):
            for view, pages in drawn_of(line, name, language, channel, today):
                yield name, view, pages
    if new.draws(language, START):
        yield from _sentences(line, language, channel, noon)
    yield from _lists(line, language, channel, noon, new)
    yield from _contacts(content, language, channel, today, new)


def drawn_of(line: Line, name: str, language: str, channel: Channel, today: date) -> Iterator[tuple[View, list[str]]]:
    """The screens of one node: each view of it with its pages, by day and where it matters by night and later."""
    for moment in _moments(line, language, name, today):
        for view in views(line.nodes[name]):
            yield view, draw_all(line, state_of(name, view, language, moment), channel)


def _sentences(line: Line, language: str, channel: Channel, noon: datetime) -> Drawn:
    """The screens of the line's own sentences, and the first screen as it is shown otherwise."""
    for notice in NOTICES:
        state = structs.replace(state_of(START, "node", language, noon), notice=notice)
        yield f"phrase.{notice}", "notice", draw_all(line, state, channel)
    for phrase in SAID:
        text = line.catalog(language, f"phrase.{phrase}")
        yield f"phrase.{phrase}", "phrase", [shortened(channel, text) if channel.dialogue else text]
    for name, view in SHOWN:
        owner, state = name if view != "phrase" else f"phrase.{name}", state_of(name, view, language, noon)
        if view != "unsure":
            yield owner, view, draw_all(line, state, channel)
        elif language in line.unsure[:1] and not channel.dialogue:
            asked = structs.replace(state, offered=tuple(code for code in line.unsure if code in line.languages))
            yield name if name == START else f"phrase.{name}", view, draw_all(line, asked, channel)


def views(node: Node) -> tuple[View, ...]:
    if isinstance(node, Lookup):
        return ("ask",)
    return ("node", "ask") if isinstance(node, Answer) and node.help else ("node",)


def state_of(name: str, view: View, language: str, moment: datetime, place: str | None = None) -> State:
    return State(Spot(name, view), language, int(moment.timestamp()), place=place, root=False)


def moment_of(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, HOME)


def _moments(line: Line, language: str, name: str, today: date) -> list[datetime]:
    """Day and night, since an answer may have another wording when all is closed; and after its figures have ended."""
    texts = (line.catalog.texts[language].get(f"{name}.{part}") for part in ("answer", "closed", "text"))
    soon = today + timedelta(days=AHEAD)
    ends = {day for text in texts if text for day, _ in text.later if today <= day <= soon}
    late = [moment_of(end + timedelta(days=1), NOON) for end in sorted(ends)]
    return [
        moment_of(today, NOON),
        *([moment_of(today, NIGHT)] if f"{name}.closed" in line.catalog.texts[language] else []),
        *late,
    ]


def _lists(line: Line, language: str, channel: Channel, noon: datetime, new: Touched) -> Drawn:
    """Who helps near, for each kind of help, in every province and the largest cities."""
    seen, places = set(), samples(line)
    for name, node in line.nodes.items():
        kind = (getattr(node, "help", None), node.authorities, line.catalog(language, f"{name}.none"))
        if kind[0] and kind not in seen:
            seen.add(kind)
            for place in places if new.draws(language, name) or kind[0] in new.services else ():
                yield name, f"near {place}", draw_all(line, state_of(name, "near", language, noon, place), channel)


def samples(line: Line) -> list[str]:
    """One place of each province, the four largest cities, and the whole country for somebody abroad."""
    places = [place for place in line.gazetteer.by_key.values() if place.kind in ("city", "town")]
    places.sort(key=lambda place: -place.population)
    largest = {place.province: place.key for place in reversed(places)}
    return list(dict.fromkeys([*(place.key for place in places[:4]), *largest.values(), COUNTRY.key]))


def _contacts(content: Content, language: str, channel: Channel, today: date, new: Touched) -> Drawn:
    """Each organisation that may be shown, for each thing it helps with, open and closed."""
    line = content.line
    place = next(iter(line.gazetteer.by_key.values()))
    for name, listed in content.listed.items():
        organisation = listed.organisation
        shown = organisation.show != "no" and new.draws(language, name)
        for service in organisation.services if shown else ():
            for hour in (NOON, NIGHT):
                state = state_of(START, "near", language, moment_of(today, hour))
                text = contact(line, state, farthest(organisation), service, place, moment_of(today, hour))
                yield name, "contact", draw_contact(line, state, channel, text)


def farthest(organisation: Organisation) -> Helper:
    """The organisation as it reads longest: far away, or named by the town with the longest name that it serves."""
    area = max((town for town, _ in organisation.served), key=len, default="")
    return Helper(organisation, "near" if area else "country", 188.8 if organisation.point else None, area)
