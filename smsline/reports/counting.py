"""What was counted in a period, as it may be shown: all figures of a report, blanked together.

A report has many tables of the same texts, and what one of them hides another could give back. So all figures are in
one dictionary with what adds up to what, and `anonymity.together` blanks them at once. Each figure is a cell whose
first part names its table. A reader also knows who can be shown where, and so where a figure can be from at all: what
tables are made of is among the figures too (`SECRET`), and is never shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from smsline.anonymity import Cell, Sum, rolled_up, together
from smsline.engine.line import Line
from smsline.engine.model import START, Menu
from smsline.engine.session import CRY
from smsline.reports.period import Period
from smsline.stores import Day, Month
from smsline.stores.tallies import PAGED

ANSWER, MENU, NEAR, UNCLEAR, PAGE, OTHER = "answer", "menu", "near", "not-understood", "page", "other"
KINDS = (ANSWER, MENU, NEAR, UNCLEAR, PAGE, OTHER)
"""What a text led to: an answer, a choice of answers, who helps near, nothing, the next page, something else."""

FAILED = ("broken", "limited", "only-text", "shrunk", "loop", "machine", "abroad")
"""Events that say that something did not go as it should; `shrunk` stands beside the event of its text."""

GONE = ""
"""The subject of a topic that no menu leads to, or that is no longer on the line."""

UNKNOWN = "unknown"
"""Who can be shown in a place, or for a kind of help, that there is no more."""

REST = ""
"""In place of a municipality: the others of its province, joined since they are few look-ups each."""

_kinds = {"visited": ANSWER, "urgent": ANSWER, "found": NEAR, "not-found": NEAR, "not-understood": UNCLEAR, PAGED: PAGE}

NOT_TEXTS = ("called", "shrunk")
"""Events that are no text of their own."""


@dataclass(frozen=True)
class Counted:
    """The figures of a period: None is "fewer than five, or hidden with one that is"; what is missing is nothing.

    A reader is not told which of the two. `segments` are those sent with the texts of a figure, where it is shown.
    """

    period: Period
    figures: Mapping[Cell, int | None]
    segments: Mapping[Cell, int] = field(default_factory=dict)

    def __getitem__(self, cell: Cell) -> int | None:
        """A figure; None where it is hidden, and where there is nothing: the two look alike everywhere."""
        return self.figures.get(cell)

    def table(self, name: str) -> dict[Cell, int | None]:
        """The figures of a table by what is left of their cells: largest first, blank ones last; times in order."""
        rows = {cell[1:]: count for cell, count in self.figures.items() if cell[0] == name}
        if name == "week" or name.startswith("month"):
            return dict(sorted(rows.items(), key=lambda row: str(row[0][0])))
        return dict(sorted(rows.items(), key=lambda row: (row[1] is None, -(row[1] or 0), repr(row[0]))))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted in the period."""
        return not self.figures

    @property
    def is_blank(self) -> bool:
        """Whether something was counted, and nothing of it may be shown."""
        return bool(self.figures) and all(count is None for count in self.figures.values())

    def joined(self, province: str, town: str) -> bool:
        """Whether the look-ups of a municipality stand with those of others of its province."""
        return not {("place-found", province, town), ("place-missed", province, town)} & self.figures.keys()


States = Mapping[str, Mapping[str, str]]
"""Who can be shown, by kind of help and municipality: as `Coverage.states`."""

NO_STATES: States = {}


def counted(
    line: Line, days: Iterable[Day], months: Iterable[Month], period: Period, states: States = NO_STATES
) -> Counted:
    """All figures of a period, from what the store has of it. `states` is who can be shown where now."""
    texts, segments = _texts(line, days, period)
    found = texts + _lookups(line, months, period, states)
    figures = together(found, _sums(found), {cell for cell in found if cell[0] in SECRET})
    shown = {cell: count for cell, count in figures.items() if cell[0] not in SECRET}
    return Counted(period, shown, {cell: sent for cell, sent in segments.items() if shown.get(cell) is not None})


def subject_of(line: Line, node: str) -> str:
    """The choice on the first screen that leads to a topic."""
    while (above := line.parents.get(node, GONE)) not in (START, GONE):
        node = above
    return node if above == START else GONE


# --- from rows to figures ------------------------------------------------------------------------------------------


def _texts(line: Line, days: Iterable[Day], period: Period) -> tuple[Counter[Cell], Counter[Cell]]:
    """What was texted, and the segments that were sent with it."""
    found: Counter[Cell] = Counter()
    sent: Counter[Cell] = Counter()
    for row in days:
        for cell in _cells(line, row, period):
            found[cell] += row.times
            sent[cell] += row.segments
    return found, sent


def _cells(line: Line, row: Day, period: Period) -> Iterator[Cell]:
    """The figures that a row of the daily tally is part of."""
    if row.event in NOT_TEXTS:
        yield "beside", row.event
        return
    kind = _kinds.get(row.event, OTHER)
    if kind == ANSWER and isinstance(line.nodes.get(row.node), Menu):
        kind = MENU
    yield ("all",)
    yield "week", period.week(row.day)
    if len(period.months) > 1:
        yield "month", f"{row.day:%Y-%m}"
        yield "fragment", period.week(row.day), f"{row.day:%Y-%m}"
    yield "channel", row.channel
    yield "kind", kind
    if kind != PAGE:  # another page is counted without its language
        yield ("told",)
        yield "language", row.language
        yield "language-kind", row.language, kind
    if kind == ANSWER:
        subject = CRY.node if row.node == CRY.node else subject_of(line, row.node)
        yield "topic", subject, row.node
        yield "subject", subject
        yield "subject-language", subject, row.language
    elif kind == UNCLEAR:
        yield "unclear", row.node
    elif kind == OTHER:
        yield "other", row.event


def _lookups(line: Line, months: Iterable[Month], period: Period, states: States) -> Counter[Cell]:
    """Where help was sought, with what, and for whom nobody was near.

    How many looked for somebody near in a place stands nowhere: beside those who found nobody it would tell of the few
    who did. Municipalities are joined where neither are many.
    """
    provinces = provinces_of(line)
    rows = [(row, *_placed(row.municipality, provinces)) for row in months]
    halves: dict[bool, Counter[Cell]] = {True: Counter(), False: Counter()}
    for row, province, town in rows:
        halves[row.found][province, town] += row.times
    alone = rolled_up(halves[True] | halves[False], [_rest])  # of each place the larger of its two figures
    found: Counter[Cell] = Counter()
    for row, province, town in rows:
        now = states.get(row.service, {}).get(row.municipality, UNKNOWN)
        for cell in _places(row, province, town if (province, town) in alone else REST, now):
            found[cell] += row.times
        if len(period.months) > 1:
            found["month-found" if row.found else "month-missed", row.month] += row.times
    return found


def _placed(town: str, provinces: Mapping[str, str]) -> tuple[str, str]:
    """Province and municipality of a row, which may name a province alone; one that is no more is in none."""
    if town in provinces:
        return provinces[town], town
    return (town, REST) if town in provinces.values() else ("", town)


def provinces_of(line: Line) -> dict[str, str]:
    """The province of each municipality."""
    return {place.municipality: place.province for place in line.gazetteer.by_key.values() if place.municipality}


def _rest(cell: Cell) -> Cell | None:
    """The other municipalities of a province."""
    province, town = cell
    return (province, REST) if town != REST else None


def _places(row: Month, province: str, town: str, now: str) -> Iterator[Cell]:
    """The figures that a row of the monthly tally is part of; `now` is who can be shown there."""
    how = "found" if row.found else "missed"
    yield ("lookups",)
    yield (how,)
    yield f"service-{how}", row.service
    yield f"place-{how}", province, town
    yield f"province-{how}", province
    if row.found:
        yield "found-in", row.service, province, town
    else:
        yield "gap", row.service, province, town
        yield "province-gap", row.service, province
        yield "now", now
        yield "missed-now", row.service, now
        yield "missed-in", row.service, province, town, now


# --- what adds up to what --------------------------------------------------------------------------------------------

SECRET = frozenset(("fragment", "found-in", "missed-in"))
"""Tables that are never shown: days of a week that are in one month, and look-ups by kind of help and place. Where
nobody is on the list nobody was found, so these have few figures, and some tables would give them away."""

SUMS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("week", "all", ()), ("month", "all", ()), ("channel", "all", ()), ("kind", "all", ()),
    ("fragment", "week", (1,)), ("fragment", "month", (2,)),
    ("language", "told", ()), ("language-kind", "language", (1,)), ("language-kind", "kind", (2,)),
    ("topic", "subject", (1,)), ("subject-language", "subject", (1,)),
    *((f"{table}-{how}", how, ()) for table in ("service", "place", "province") for how in ("found", "missed")),
    ("place-found", "province-found", (1,)), ("place-missed", "province-missed", (1,)),
    ("gap", "service-missed", (1,)), ("gap", "place-missed", (2, 3)), ("gap", "province-gap", (1, 2)),
    ("province-gap", "service-missed", (1,)), ("province-gap", "province-missed", (2,)),
    ("now", "missed", ()), ("missed-now", "now", (2,)), ("missed-now", "service-missed", (1,)),
    ("missed-in", "missed-now", (1, 4)), ("missed-in", "gap", (1, 2, 3)),
    ("found-in", "service-found", (1,)), ("found-in", "place-found", (2, 3)),
    ("month-found", "found", ()), ("month-missed", "missed", ()),
)  # fmt: skip
"""Tables whose figures are the parts of those of another: which table, of which other, and which parts of its cells
name the figure there."""

SAME = (("subject", ANSWER), ("unclear", UNCLEAR), ("other", OTHER))
"""Tables that divide one kind of text."""


def _sums(found: Counter[Cell]) -> Iterator[Sum]:
    """How the figures of all tables add up."""
    by: dict[str, list[Cell]] = defaultdict(list)
    for cell in found:
        by[str(cell[0])].append(cell)
    for parts, total, at in SUMS:
        groups: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in by[parts]:
            groups[(total, *(cell[place] for place in at))].append(cell)
        yield from (Sum(tuple(cells), above) for above, cells in groups.items())
    for table, kind in SAME:
        yield Sum(tuple(by[table]), ("kind", kind))
    for _, language in by["language"]:
        asked = (("subject-language", subject, language) for _, subject in by["subject"])
        yield Sum(tuple(asked), ("language-kind", language, ANSWER))
    yield Sum((("told",), ("kind", PAGE)), ("all",))
    yield Sum((("found",), ("missed",)), ("lookups",))
    if found["kind", NEAR] == found["lookups",]:
        yield Sum((("lookups",),), ("kind", NEAR))
