"""Who helps near: the list of organisations, in pieces for screens, and whose number stands on which of them."""

from __future__ import annotations

from smsline.engine.contacts import contact, sentence_to_say, speaks
from smsline.engine.directory import Nearby
from smsline.engine.line import Line
from smsline.engine.model import Answer, Channel, Lookup, Place, State
from smsline.engine.offers import Helper
from smsline.engine.pages import Piece, fits, rows_of
from smsline.engine.places import COUNTRY
from smsline.engine.segments import costly_letter

WRONG = "8"
"""What a caller texts below a list of organisations, one of whose numbers is wrong."""

MOST_HELPERS, MOST_DIALLED = 6, 3
"""Organisations that one list names: more is no help, on a small screen least of all."""

CUT = ".."
"""What stands for the rest of a name on the smallest screens."""


def near(line: Line, state: State, channel: Channel) -> list[list[Piece]]:
    """Who helps near the place of the session, nearest first; what is in one list may share a screen."""
    say, found = line.catalog, _found(line, state, channel)
    place, helpers = line.gazetteer.by_key[state.place or ""], found.helpers
    rows = [contact(line, state, helper, _service(line, state), place, state.moment) for helper in helpers]
    foreign = next((i for i, helper in enumerate(helpers) if not speaks(helper.organisation, state.language)), None)
    if foreign is not None:
        rows[foreign] += "\n" + sentence_to_say(line, state.language)
    # on a small screen the way to reach the first one stands at once
    opening = "" if channel.dialogue and found.exact else _opening(line, state, found)
    groups = _shared(channel, opening, rows, foot_of(line, state.language))
    wrong = [f"{WRONG} {say(state.language, 'phrase.wrong-title')}"] if any(map(_number, helpers)) else []
    groups[-1] += rows_of([say(state.language, "phrase.other-place"), *wrong])
    return groups


def numbered(line: Line, state: State, channel: Channel, page: str) -> list[str]:
    """The organisations of the list whose number stands on a page of it; all with a number, where none does."""
    every = [helper for helper in _found(line, state, channel).helpers if _number(helper)]
    shown = page.replace(" ", "")
    here = [helper for helper in every if _number(helper).replace(" ", "") in shown]
    return [helper.organisation.name for helper in here or every]


def _service(line: Line, state: State) -> str:
    node = line.nodes[state.here.node]
    return node.help if isinstance(node, Answer | Lookup) and node.help else ""


def _found(line: Line, state: State, channel: Channel) -> Nearby:
    place, authorities = line.gazetteer.by_key[state.place or ""], line.nodes[state.here.node].authorities
    most = MOST_DIALLED if channel.dialogue else MOST_HELPERS
    return line.directory.shortlist(_service(line, state), place, state.moment, state.language, most, authorities)


def _number(helper: Helper) -> str:
    """The number that stands on the phone, if one does."""
    return (helper.organisation.phone or helper.organisation.whatsapp) if helper.show == "yes" else ""


def _opening(line: Line, state: State, found: Nearby) -> str:
    """Whose neighbourhood this is; or that nobody there offers it, and what follows instead."""
    say, place = line.catalog, line.gazetteer.by_key[state.place or ""]
    if found.exact or not found.local or place == COUNTRY:
        return for_place(line, state, place)
    opening = say(state.language, f"{state.here.node}.none", place=place.name)
    return opening or say(state.language, f"service.{_service(line, state)}.none", place=place.name)


def for_place(line: Line, state: State, place: Place) -> str:
    """What stands above the help for a place; for somebody abroad, that the line knows help in this country only."""
    if place == COUNTRY:
        return line.catalog(state.language, "phrase.abroad")
    return line.catalog(state.language, "phrase.near-place", place=place.name)


def told_apart(line: Line, state: State) -> list[tuple[str, str]]:
    """The places that are offered, by key, each with what tells it: its province, else its municipality; its name where
    it has one of its own, as of the towns that "centraal" may be in."""
    places = [line.gazetteer.by_key[key] for key in state.offered]
    if len({place.name for place in places}) > 1:
        return [(place.key, place.name) for place in places]
    across = len({place.province for place in places}) == len(places)
    return [(p.key, p.province if across else p.municipality.partition(" (")[0]) for p in places]


def _shared(channel: Channel, opening: str, rows: list[str], foot: str) -> list[list[Piece]]:
    """Contacts that may share a screen. One in UCS-2 fills a screen by itself, so it has one of its own."""
    narrow = channel.units < channel.septets
    if not rows:
        return [rows_of([opening])]
    groups: list[list[Piece]] = [[]]
    alone = False
    for index, row in enumerate(rows):
        costly = narrow and costly_letter(row) is not None
        if index and (costly or alone):
            groups.append([])
        small = channel.dialogue and (not index or costly)
        parts = reach_first(channel, row, foot) if small else [row]
        groups[-1] += rows_of(parts if index else _opened(channel, opening, row, parts, foot))
        alone = costly or (not index and narrow and costly_letter(opening) is not None)
    return groups


def _opened(channel: Channel, opening: str, row: str, parts: list[str], foot: str) -> list[str]:
    """The first contact with what is said before it; where only one fits the screen, how to reach somebody does."""
    if not opening:
        return parts
    for whole in (parts, reach_first(channel, row, foot)):
        if fits(channel, f"{opening}\n{whole[0]}\n{foot}"):
            return [opening, *whole]
    reach, *rest = reach_first(channel, row, foot)
    return [reach, opening, *rest]


def reach_first(channel: Channel, contact_rows: str, foot: str) -> list[str]:
    """A contact in two: its name and how to reach it, and the rest. On the smallest screens what it does waits too."""
    named, *rows = contact_rows.split("\n")
    title, _, label = named.partition(": ")
    if label and rows and not fits(channel, f"{named}\n{rows[0]}\n{foot}"):
        named, rows = title, [rows[0], label, *rows[1:]]
    if rows and not fits(channel, f"{named}\n{rows[0]}\n{foot}"):
        site = rows[0].partition("/")[0]
        reach = next((way for way in (rows[0], site) if _cut(channel, named, f"{way}\n{foot}")), rows[0])
        rows = [reach, named, *([rows[0]] if reach != rows[0] else []), *rows[1:]]
        named = _cut(channel, named, f"{reach}\n{foot}")
    first = "\n".join(part for part in (named, *rows[:1]) if part)
    return [part for part in (first, "\n".join(rows[1:])) if part]


def _cut(channel: Channel, name: str, below: str) -> str:
    """As many words of a name as fit above something; empty where not even the first does."""
    words = name.split(" ")
    names = (" ".join(words[:count]) + CUT for count in range(len(words) - 1, 0, -1))
    return next((cut for cut in names if fits(channel, f"{cut}\n{below}")), "")


def foot_of(line: Line, language: str) -> str:
    """The last line of a screen that goes on, as it stands in the letters of a language."""
    return f"9 {line.catalog(language, 'phrase.more')}  0 {line.catalog(language, 'phrase.back')}"
