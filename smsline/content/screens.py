"""Every screen that the content can become: each stop in every language on every channel, with each organisation.

`smsline check` measures them and `smsline cost` prices them, so "it fits" and "it costs" are facts.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from smsline.content import translations
from smsline.content.loading import Content
from smsline.engine.contacts import contact
from smsline.engine.directory import Helper
from smsline.engine.line import Line
from smsline.engine.model import HOME, START, Answer, Channel, Lookup, Menu, Node, Organisation, Spot, State, View
from smsline.engine.pages import fits, most, shortened
from smsline.engine.screen import draw_all, draw_contact, first_of
from smsline.engine.segments import costly_letter, measure
from smsline.errors import Problem

MOST_PAGES = 6
"""Screens of one answer; what is longer is two answers. A small screen has more of them, and may."""

AHEAD = 366
"""Days for which a screen is drawn as it will be when one of its figures has ended."""

SAID = ("stop", "erase", "broken")
"""Phrases that are a whole reply, on one screen."""

PERSON = "phrase.person"
"""Where to reach somebody: after it no choice has to follow at once."""

NOTICES = ("not-understood", "person", "not-a-choice", "only-text")

SHOWN: tuple[tuple[str, View], ...] = (("cry", "phrase"), (START, "languages"), (START, "resume"))

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


def screens(content: Content, today: date, channels: Container[str] | None = None) -> Iterator[Screen]:
    """All screens, or those of some channels, each once."""
    line = content.line
    for name, channel in line.channels.items():
        if channels is not None and name not in channels:
            continue
        for language in line.languages:
            seen: set[tuple[str, str]] = set()
            for owner, what, pages in _drawn(content, language, channel, today):
                for number, text in enumerate(pages):
                    if (owner, text) not in seen:
                        seen.add((owner, text))
                        yield Screen(owner, language, name, what, number, len(pages), text)


Drawn = Iterator[tuple[str, str, list[str]]]
"""Owner, what of it, and its pages."""


def _drawn(content: Content, language: str, channel: Channel, today: date) -> Drawn:
    line, noon = content.line, _at(today, NOON)
    for name, node in line.nodes.items():
        for moment in _moments(line, language, name, today):
            for view in _views(node):
                yield name, view, draw_all(line, _state(name, view, language, moment), channel)
    for notice in NOTICES:
        state = replace(_state(START, "node", language, noon), notice=notice)
        yield f"phrase.{notice}", "notice", draw_all(line, state, channel)
    for phrase in SAID:
        text = line.catalog(language, f"phrase.{phrase}")
        yield f"phrase.{phrase}", "phrase", [shortened(channel, text) if channel.dialogue else text]
    for name, view in SHOWN:
        yield (
            name if view != "phrase" else f"phrase.{name}",
            view,
            draw_all(line, _state(name, view, language, noon), channel),
        )
    yield from _lists(line, language, channel, noon)
    yield from _contacts(content, language, channel, today)


def _views(node: Node) -> tuple[View, ...]:
    if isinstance(node, Lookup):
        return ("ask",)
    return ("node", "ask") if isinstance(node, Answer) and node.help else ("node",)


def _state(name: str, view: View, language: str, moment: datetime, place: str | None = None) -> State:
    return State(Spot(name, view), language, int(moment.timestamp()), place=place, root=False)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, HOME)


def _moments(line: Line, language: str, name: str, today: date) -> list[datetime]:
    """Day and night, since an answer may have another wording when all is closed; and after its figures have ended."""
    texts = (line.catalog.texts[language].get(f"{name}.{part}") for part in ("answer", "closed", "text"))
    soon = today + timedelta(days=AHEAD)
    ends = {day for text in texts if text for day, _ in text.later if today <= day <= soon}
    late = [_at(end + timedelta(days=1), NOON) for end in sorted(ends)]
    return [_at(today, NOON), *([_at(today, NIGHT)] if f"{name}.closed" in line.catalog.texts[language] else []), *late]


def _lists(line: Line, language: str, channel: Channel, noon: datetime) -> Drawn:
    """Who helps near, for each kind of help, in every province and the largest cities."""
    seen = set()
    for name, node in line.nodes.items():
        kind = (getattr(node, "help", None), node.authorities, line.catalog(language, f"{name}.none"))
        if kind[0] and kind not in seen:
            seen.add(kind)
            for place in samples(line):
                yield name, f"near {place}", draw_all(line, _state(name, "near", language, noon, place), channel)


def samples(line: Line) -> list[str]:
    """One place of each province, and the four largest cities."""
    places = [place for place in line.gazetteer.by_key.values() if place.kind in ("city", "town")]
    places.sort(key=lambda place: -place.population)
    largest = {place.province: place.key for place in reversed(places)}
    return list(dict.fromkeys([*(place.key for place in places[:4]), *largest.values()]))


def _contacts(content: Content, language: str, channel: Channel, today: date) -> Drawn:
    """Each organisation that may be shown, for each thing it helps with, open and closed."""
    line = content.line
    place = next(iter(line.gazetteer.by_key.values()))
    for name, listed in content.listed.items():
        organisation = listed.organisation
        for service in organisation.services if organisation.show != "no" else ():
            for hour in (NOON, NIGHT):
                state = _state(START, "near", language, _at(today, hour))
                text = contact(line, state, _farthest(organisation), service, place, _at(today, hour))
                yield name, "contact", draw_contact(line, state, channel, text)


def _farthest(organisation: Organisation) -> Helper:
    """The organisation as it reads longest: far away, or named by the town with the longest name that it serves."""
    area = max((town for town, _ in organisation.served), key=len, default="")
    return Helper(organisation, "near" if area else "country", 188.8 if organisation.point else None, area)


# --- what is wrong with them ----------------------------------------------------------------------------------


def faults(content: Content, locales: Path, today: date) -> Iterator[Problem]:
    """Screens that do not fit, by how many letters and because of which letter; and what should be on the first one."""
    plain = {language for language in content.line.languages if _is_plain(content.line, language)}
    for screen in screens(content, today):
        channel, at = content.line.channels[screen.channel], _where(content, locales, screen)
        wrong = _too_long(content, screen, channel)
        letter = costly_letter(screen.text) if screen.language in plain and screen.what != "languages" else None
        if wrong:
            because = f' The letter "{letter}" makes it UCS-2, which holds fewer.' if letter else ""
            yield Problem(*at, f"{screen.name}: {wrong}{because}")
        elif letter and channel.parts:
            yield Problem(
                *at, f'{screen.name}: "{letter}" makes it cost more in {screen.language}. Write it without.', True
            )
    yield from _first(content, locales, today)


def _is_plain(line: Line, language: str) -> bool:
    """Whether a language is written in GSM-7, so that one costly letter is a mistake and not its alphabet."""
    texts = [text.text for text in line.catalog.texts[language].values()]
    return 2 * sum(costly_letter(text) is None for text in texts) > len(texts)


def _too_long(content: Content, screen: Screen, channel: Channel) -> str:
    """What is too long about a screen; empty where nothing is."""
    where = f"on {screen.channel} in {screen.language}"
    if not fits(channel, screen.text):
        return f"a screen {where} is {_over(screen.text, channel)} Shorten it."
    if screen.name == "phrase.broken" and _emergency(content.line) not in screen.text:
        return f"the emergency number does not fit {where}. Put it into the first sentences."
    if screen.page == 0 and screen.what == "notice" and screen.name != PERSON and "1 " not in screen.text:
        return f"no choice fits below it {where}. Shorten it."
    if screen.page == 0 and screen.what.startswith("near ") and not _reaches(content, screen.text):
        return f"nobody to reach on the first screen of {screen.what} {where}. Shorten what is said before it."
    if screen.page == 0 and screen.what == "contact":
        if channel.dialogue:
            ways = _ways(content.listed[screen.name].organisation)
            return "" if any(way in screen.text for way in ways) else f"name and number do not fit a screen {where}."
        if screen.pages > 1:
            return f"its contact fills {screen.pages} screens {where}. Shorten its name or its address."
    if screen.page == 0 and screen.pages > MOST_PAGES and not channel.dialogue and not screen.what.startswith("near"):
        return f"{screen.pages} screens {where}, at most {MOST_PAGES}. Make two answers."
    return ""


def _ways(one: Organisation) -> list[str]:
    return [way for way in (one.phone, one.whatsapp, one.email, one.web, one.address) if way]


def _reaches(content: Content, text: str) -> bool:
    return any(way in text for listed in content.listed.values() for way in _ways(listed.organisation))


def _emergency(line: Line) -> str:
    return line.directory.organisations[line.emergency].phone


def _over(text: str, channel: Channel) -> str:
    """How long a text is, and by how much that is too long."""
    units, room = measure(text).units, most(channel, text)
    return f"{units} letters, at most {room}: {max(1, units - room)} too many."


def _first(content: Content, locales: Path, today: date) -> Iterator[Problem]:
    """What must be done now stands on the first screen, and so does a whole menu; on a small one, whom to call."""
    line = content.line
    numbers = [one.organisation.phone for one in content.listed.values() if one.organisation.phone]
    for name, channel in line.channels.items():
        for language in line.languages:
            for node in line.nodes.values():
                state = _state(node.name, _views(node)[0], language, _at(today, NOON))
                screen = Screen(node.name, language, name, "first", 0, 1, "")
                at, where = _where(content, locales, screen), f"on {name} in {language}"
                text = first_of(line, state, channel)
                if not channel.dialogue and not fits(channel, text):
                    what = "the menu" if isinstance(node, Menu) else "the first paragraph, what must be done now,"
                    yield Problem(*at, f"{node.name}: {what} {where} is {_over(text, channel)} Shorten it.")
                first = draw_all(line, state, channel)[0]
                if channel.dialogue and node.urgent and not any(number in first for number in numbers):
                    yield Problem(*at, f"{node.name}: no number to call on the first screen {where}. Put it first.")


def _where(content: Content, locales: Path, screen: Screen) -> tuple[str, int]:
    """File and line of what a screen says: of its translation, where there is one."""
    if screen.name in content.listed:
        value = content.listed[screen.name].at
        return value.file, value.line
    keys = [screen.name, *(f"{screen.name}.{part}" for part in ("answer", "text", "title"))]
    translated = content.translated.get(screen.language, {})
    key = next((key for key in keys if key in content.messages), "")
    said = key in translated and translations.valid(content.messages[key], translated[key])
    if said and (screen.name not in content.line.nodes or screen.what == "first"):
        file = translations.path_of(locales, screen.language).relative_to(locales.parent).as_posix()
        return file, translated[key].line
    at = content.menus.where.get(screen.name) or content.messages[key].at
    return at.file, at.line
