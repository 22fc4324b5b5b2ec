"""Whether there is help for the residents of one municipality, and what they looked for in vain."""

from __future__ import annotations

from collections import Counter
from datetime import date

from smsline.content.coverage import Cell, State, of_town
from smsline.content.loading import Content
from smsline.content.reader import meant
from smsline.engine.fold import key
from smsline.errors import SmslineError
from smsline.reports.counting import Counted, provinces_of
from smsline.reports.naming import Names
from smsline.reports.report import Chapter, Table, Value
from smsline.words import say

STATES: tuple[State, ...] = ("here", "near", "country", "nobody")

MOST_NAMES = 4
"""Organisations that are named of one kind of help."""


class PlaceError(SmslineError):
    """A municipality that there is not: one sentence for whoever asked for it."""


def municipality(content: Content, text: str) -> str:
    """The municipality of a name, which may be that of one of its places, as it is written. `PlaceError` for others."""
    known = provinces_of(content.line)
    exact = [town for town in known if key(town) == key(text)]
    places = content.line.gazetteer.names.get(key(text), ())
    found = exact or list(dict.fromkeys(place.municipality for place in places if place.municipality))
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(found)
        raise PlaceError(say('"{name}" is in several municipalities: {some}. Name one.', name=text.strip(), some=some))
    near = meant(text.strip(), known)
    raise PlaceError(say('There is no municipality "{name}".', name=text.strip()[:40]) + near)


def residents(content: Content, counted: Counted, names: Names, town: str, today: date) -> Chapter:
    """The chapter of a municipality: for each kind of help who can be shown today, and how often nobody was near."""
    province, offered = provinces_of(content.line)[town], of_town(content, town, today)
    asked, joined = _asked(counted, province, town), counted.joined(province, town)
    by = Counter(cell.state for cell in offered.values())
    says = [say("Of {n} kinds of help, {here} are offered by somebody who serves {town}, {near} by somebody near it, "
                "{country} only by who serves the whole country, and {nobody} by nobody.",
                n=len(offered), town=town, **{state: by[state] for state in STATES})]  # fmt: skip
    shown, known = {one for cell in offered.values() for one in cell.names}, content.line.directory.organisations
    says.append(say("{n} organisations can be named; {m} of them are verified by a person.",
                    n=len(shown), m=sum(known[one].verified is not None for one in shown)))  # fmt: skip
    if joined and not counted.is_empty:
        says.append(say("Residents of {town} looked for help too seldom to show: what they asked stands with the other "
                        "municipalities of {province}.", town=town, province=province))  # fmt: skip
    elif not asked and not counted.is_empty:
        says.append(say("What residents of {town} looked for is hidden, since other figures would give a small one "
                        "away.", town=town))  # fmt: skip
    columns = (say("Kind of help"), say("Who is there"), say("Organisations"), say("km"),
               say("Times that nobody served it"))  # fmt: skip
    rows = tuple(_row(counted, names, province, town, cell) for cell in offered.values())
    more = say("Times that nobody served it: how often it was sought in these months while nobody served the place. "
               "Empty: nothing, too few to show, or hidden beside one that is.")  # fmt: skip
    table = Table(say("Help for {town}", town=town), columns, rows, more=more)
    return Chapter("residents", say("Is there help for residents of {town}?", town=town), tuple(says), (table,))


def _asked(counted: Counted, province: str, town: str) -> int:
    """How many look-ups of a municipality may be shown."""
    return (counted["place-found", province, town] or 0) + (counted["place-missed", province, town] or 0)


def _row(counted: Counted, names: Names, province: str, town: str, cell: Cell) -> tuple[Value, ...]:
    titles = {one.name: one.title for one in names.content.line.directory.organisations.values()}
    some = [titles[name] for name in cell.names[:MOST_NAMES]]
    more = " …" if len(cell.names) > MOST_NAMES else ""
    who = f"{names.state(cell.state)}: {', '.join(some)}{more}" if some else names.state(cell.state)
    km = None if cell.km is None or cell.state == "here" else round(cell.km)
    return (names.service(cell.service), who, cell.organisations, km,
            counted["gap", cell.service, province, town])  # fmt: skip
