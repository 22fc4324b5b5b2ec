"""What was asked, answered and missed in a period, as chapters of sentences, tables and charts.

The chapters are in the order in which a council asks: is there help for our residents, what is asked, in which
languages, what is asked that nobody near offers, and what it costs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from smsline.content.coverage import Coverage
from smsline.engine.languages import UNKNOWN
from smsline.reports.charts import Chart, bars, columns
from smsline.reports.counting import FAILED, KINDS, PAGE, REST, UNCLEAR, Counted
from smsline.reports.map import Circle, circles
from smsline.reports.naming import Names
from smsline.words import say

Value = int | str | None
"""What stands in a table: a figure, a word, or None for a figure that is hidden, which looks like none at all."""

NOBODY = "nobody"

MOST_ROWS = 60
"""Rows of a list on a page; the rest is in the table for spreadsheets."""


@dataclass(frozen=True)
class Table:
    """A table with its chart: what it is of, what its columns are called, and its rows, a name and values each."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    chart: Chart | None = None
    more: str = ""
    """What is said below, such as how many rows are left out."""


@dataclass(frozen=True)
class Chapter:
    """A part of the report. `circles` are those of its map."""

    name: str
    title: str
    says: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    circles: tuple[Circle, ...] = ()


def chapters(counted: Counted, covered: Coverage, names: Names, residents: Chapter | None) -> list[Chapter]:
    """All chapters; those about nothing are left out, except where that nothing happened is the news."""
    some = [in_short(counted, names)]
    some += [residents] if residents else []
    some += [make(counted, names) for make in (texts, topics, unclear)]
    some += [lookups(counted, covered, names), gap(counted, covered, names)]
    some += [failures(counted, names), cost(counted, names)]
    return [one for one in some if one.says or any(table.rows for table in one.tables)]


# --- chapters ------------------------------------------------------------------------------------------------------


def in_short(counted: Counted, names: Names) -> Chapter:
    """The answers to what is asked first, each where its figures may be shown."""
    return Chapter("short", say("In short"), (*_short(counted, names), *_sought(counted, names)))


def _short(counted: Counted, names: Names) -> Iterator[str]:
    everything, spoken = counted["all",], _shown(counted, "language")
    if everything:
        known = sum(language != UNKNOWN for (language,), _ in spoken)
        yield say("{n} texts came in, in at least {m} languages.", n=names.number(everything), m=known)
    yield from _first(say("Most asked"), [(names.topic(node), n) for (_, node), n in _shown(counted, "topic")], names)
    lost, told = counted["kind", UNCLEAR], counted["told",]
    if lost and told:
        yield say("{n} texts were not understood: {share}.", n=names.number(lost), share=names.share(lost, told))
    if broken := counted["other", "broken"]:
        yield say("{n} times a fault of the line was answered with the emergency number.", n=names.number(broken))
    if (sent := counted.segments.get(("all",))) and names.content.price.sent:
        price = names.about(_amount(counted, names))
        yield say("{n} SMS segments were sent, for about {amount}.", n=names.number(sent), amount=price)


def _sought(counted: Counted, names: Names) -> Iterator[str]:
    """How often nobody who serves the place could be shown; and for what nobody can, or only somebody near."""
    missed, found = counted["missed",], counted["found",]
    if missed and found:
        part, share = names.number(missed), names.share(missed, missed + found)
        yield say("{n} of {m} look-ups found nobody who serves the place ({share}). Callers then got who is near, who "
                  "serves the whole country, or what comes closest.",
                  n=part, m=names.number(missed + found), share=share)  # fmt: skip
    for state, what in ((NOBODY, say("By the list of today nobody at all offers it there")),
                        ("near", say("By the list of today somebody is near, but serves another place"))):  # fmt: skip
        gaps = [(names.service(one), n) for (one, now), n in _shown(counted, "missed-now") if now == state]
        yield from _first(what, gaps, names)


def _first(what: str, rows: list[tuple[str, int]], names: Names) -> Iterator[str]:
    """The first three of a list in one sentence."""
    if rows:
        yield f"{what}: {', '.join(f'{name} ({names.number(count)})' for name, count in rows[:3])}."


def texts(counted: Counted, names: Names) -> Chapter:
    """How many, when, over what, in which languages, and what they led to."""
    weeks = [(day, size, counted["week", day]) for day, size in counted.period.weeks()]
    week = say("Texts by week")
    chart = columns("weeks", week, [_begun(names.short_day(day), size, names) for day, size, _ in weeks],
                    [count for _, _, count in weeks])  # fmt: skip
    rows = tuple((_begun(names.day(day), size, names), count) for day, size, count in weeks)
    by_week = Table(week, (say("Week that begins on"), say("Texts")), rows, chart)
    said = say("Another page of an answer is counted without its language, so languages are together fewer texts.")
    return Chapter("texts", say("Texts"), (), (
        *_by_month(counted, names),
        by_week,
        _ranked(counted, "channel", (say("Texts by channel"), say("Channel"), say("Texts")), names.channel),
        _ranked(counted, "language", (say("Texts by language"), say("Language"), say("Texts")), names.spoken, said),
        _kinds(counted, names),
    ))  # fmt: skip


def _begun(day: str, size: int, names: Names) -> str:
    """The first day of a week; of one that is cut, with how many days it has."""
    return day if size == 7 else f"{day} ({names.days(size)})"


def _by_month(counted: Counted, names: Names) -> Iterator[Table]:
    """Months side by side, to see whether it grows; none where there is one month only."""
    if not counted.table("month"):
        return
    columns = (say("Month"), say("Texts"), say("Segments sent"), say("Price"), say("somebody serves the place"),
               say("nobody does"))  # fmt: skip
    rows = tuple((names.month(month), *_month(counted, names, month)) for month in counted.period.begun)
    yield Table(say("Month by month"), columns, rows, more=_empty())


def _month(counted: Counted, names: Names, month: str) -> tuple[Value, ...]:
    texts, sent = counted["month", month], counted.segments.get(("month", month))
    price = names.about(sent * names.content.price.sent) if sent and names.content.price.sent else None
    return texts, sent, price, counted["month-found", month], counted["month-missed", month]


def _kinds(counted: Counted, names: Names) -> Table:
    """What texts of each language led to."""
    shown = [kind for kind in KINDS if kind != PAGE]
    rows = [(names.spoken(language), *(counted["language-kind", language, kind] for kind in shown))
            for (language,), _ in _shown(counted, "language")]  # fmt: skip
    rows = [(say("all"), *(counted["kind", kind] for kind in shown)), *rows]
    return Table(say("What they led to"), (say("Language"), *map(names.kind, shown)), tuple(rows), more=_empty())


def topics(counted: Counted, names: Names) -> Chapter:
    """What was asked."""
    languages = [language for (language,), _ in _shown(counted, "language") if language != UNKNOWN]
    rows = [(names.topic(subject), *(counted["subject-language", subject, one] for one in languages))
            for (subject,), _ in _shown(counted, "subject")]  # fmt: skip
    asked = [(names.topic(node), names.topic(subject), n) for (subject, node), n in _shown(counted, "topic")]
    what = (say("Topics"), say("Topic"), say("Subject"), say("Answers"))
    return Chapter("topics", say("What was asked"), (), (
        _ranked(counted, "subject", (say("Answers by subject"), say("Subject"), say("Answers")), names.topic),
        Table(say("Answers by subject and language"), (say("Subject"), *map(names.spoken, languages)), tuple(rows),
              more=_empty()),
        Table(what[0], what[1:], tuple(asked[:MOST_ROWS]), more=_rest(len(asked))),
    ))  # fmt: skip


def unclear(counted: Counted, names: Names) -> Chapter:
    """What was not understood: where callers were, and in which language; never what they texted."""
    says = say("What callers texted is never kept. This is where they were when they were not understood.")
    by = [(names.spoken(language), n) for (language, kind), n in _shown(counted, "language-kind") if kind == UNCLEAR]
    where = [(names.stop(node), n) for (node,), n in _shown(counted, "unclear")]
    if not by and not where:
        return Chapter("unclear", "")
    return Chapter("unclear", say("What was not understood"), (says,), (
        Table(say("Not understood, by language"), (say("Language"), say("Texts")), tuple(by), more=_unnamed()),
        Table(say("Not understood, by where callers were"), (say("Topic"), say("Texts")), tuple(where[:MOST_ROWS]),
              more=_rest(len(where))),
    ))  # fmt: skip


def lookups(counted: Counted, covered: Coverage, names: Names) -> Chapter:
    """Where help was sought and with what."""
    found, missed = say("somebody serves the place"), say("nobody does")
    states = ("near", "country", NOBODY)
    services = {str(cell[0]) for how in ("found", "missed") for cell, n in counted.table(f"service-{how}").items() if n}
    figures = {one: (counted["service-found", one], counted["service-missed", one]) for one in services}
    ranked = sorted(services, key=lambda one: (-sum(n or 0 for n in figures[one]), one))
    rows = [(names.service(one), *figures[one], *(counted["missed-now", one, state] for state in states),
             _offered(covered, names, one)) for one in ranked]  # fmt: skip
    title = say("Look-ups by kind of help")
    chart = bars("services", title, [names.service(one) for one in ranked],
                 {found: [figures[one][0] for one in ranked], missed: [figures[one][1] for one in ranked]})  # fmt: skip
    columns = (say("Kind of help"), found, missed, *(say("of these: {now}", now=names.state(one)) for one in states),
               say("Who serves it now"))  # fmt: skip
    says = say("Whom the line names where nobody serves the place is by the list of today: somebody near, who serves "
               "the whole country, or nobody who offers it.")  # fmt: skip
    return Chapter("lookups", say("Where help was sought"), (says,), (
        Table(title, columns, tuple(rows), chart, more=_empty()), _places(counted, names, found, missed),
    ))  # fmt: skip


def _offered(covered: Coverage, names: Names, service: str) -> str:
    """Who offers a kind of help by the list of today."""
    states = covered.states.get(service)
    if states is None:
        return say("no longer a kind of help")
    here = sum(state == "here" for state in states.values())
    if here:
        return say("{n} of {m} municipalities", n=here, m=len(states))
    return names.state("country" if "country" in states.values() else "nobody")


def _places(counted: Counted, names: Names, found: str, missed: str) -> Table:
    """By municipality; where neither figure may be shown, a place is not named."""
    cells = {cell for how in ("found", "missed") for cell in counted.table(f"place-{how}")}
    rows = [(names.town(str(town)), names.province(str(province)),
             counted["place-found", province, town], counted["place-missed", province, town])
            for province, town in sorted(cells, key=repr)]  # fmt: skip
    shown = sorted((row for row in rows if row[2] or row[3]), key=lambda row: -((row[2] or 0) + (row[3] or 0)))
    says = say("Municipalities with few look-ups stand together as the others of their province.")
    columns = (say("Municipality"), say("Province"), found, missed)
    return Table(say("Look-ups by municipality"), columns, tuple(shown[:MOST_ROWS]),
                 more=" ".join(filter(None, [says, _left(len(shown)), _empty()])))  # fmt: skip


def gap(counted: Counted, covered: Coverage, names: Names) -> Chapter:
    """Where, and for what, nobody who serves the place could be shown, and how that is now."""
    if not counted["missed",] and not any(n for _, n in _shown(counted, "province-gap")):
        return Chapter("gap", "")
    says = (
        say("Counted is each time that nobody on the list serves the place. The caller then got who is near, or who "
            "serves the whole country, or what comes closest."),
        say("What is for the whole country by its nature, such as legal advice, is counted too: its figure is large, "
            "and no gap. The column Now says who can be shown there by the list of today."),
    )  # fmt: skip
    drawn = circles(covered.points, [(province, names.town(town) if town == REST else town, n)
                                     for (province, town), n in _shown(counted, "place-missed")])  # fmt: skip
    tables = (_by_province(counted, covered, names), _list(counted, covered, names))
    return Chapter("gap", say("The care gap"), says, tables, drawn)


def _by_province(counted: Counted, covered: Coverage, names: Names) -> Table:
    provinces = list(covered.provinces)
    rows = [
        (names.service(service), *(counted["province-gap", service, province] for province in provinces))
        for (service,), _ in _shown(counted, "service-missed")
    ]
    shown = tuple(row for row in rows if any(row[1:]))
    return Table(say("Nobody who serves the place, by kind of help and province"),
                 (say("Kind of help"), *map(names.province, provinces)), shown, more=_empty())  # fmt: skip


def _list(counted: Counted, covered: Coverage, names: Names) -> Table:
    rows: list[tuple[Value, ...]] = []
    by_place: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for (service, province, town), n in _shown(counted, "gap"):
        by_place[province, town].append((service, n))
    for (province, town), times in _shown(counted, "place-missed"):
        gaps = by_place[province, town]
        place = (names.town(town), names.province(province))
        rows += [(names.service(one), *place, n, _now(counted, covered, names, one, province, town)) for one, n in gaps]
        if rest := times - sum(n for _, n in gaps):
            rows.append((say("other kinds of help") if gaps else say("all kinds of help"), *place, rest, ""))
    columns = (say("Kind of help"), say("Municipality"), say("Province"), say("Times"), say("Now"))
    return Table(say("Nobody who serves the place, by kind of help and municipality"), columns, tuple(rows[:MOST_ROWS]),
                 more=_left(len(rows)))  # fmt: skip


def _now(counted: Counted, covered: Coverage, names: Names, service: str, province: str, town: str) -> str:
    """Who can be shown there now; of the other municipalities of a province, how many of them have somebody."""
    if service not in covered.states:
        return say("no longer a kind of help")
    if town != REST:
        state = covered.states[service].get(town)
        return names.state(state) if state else names.province("")
    others = [one for one, (within, *_) in covered.points.items()
              if within == province and counted.joined(province, one)]  # fmt: skip
    here = sum(covered.states[service].get(one) == "here" for one in others)
    return say("{n} of {m} municipalities", n=here, m=len(others)) if others else names.province("")


def failures(counted: Counted, names: Names) -> Chapter:
    """What did not go as it should, and what else was texted."""
    counts = {event: n for (event,), n in [*_shown(counted, "other"), *_shown(counted, "beside")]}
    faults = tuple((names.event(event), counts.get(event)) for event in FAILED)
    rest = tuple((names.event(event), n) for event, n in counts.items() if event not in FAILED)
    says = say("While the store cannot be reached, callers are answered from their text alone, and nothing is counted.")
    columns = (say("What happened"), say("Times"))
    return Chapter("failures", say("Failures, and what else was texted"), (says,), (
        Table(say("Failures"), columns, faults, more=_empty()),
        Table(say("What else was texted"), columns, rest, more=_unnamed()),
    ))  # fmt: skip


def cost(counted: Counted, names: Names) -> Chapter:
    """Segments, and what they cost by the price list in the content."""
    price, sent = names.content.price, counted.segments.get(("all",))
    says = []
    if sent and price.sent:
        says.append(say("{n} segments were sent. At {price} a segment, and {other} for each SMS that came in, that is "
                        "about {amount}. The prices are those of menus/line.yaml; WhatsApp is not in it.",
                        n=names.number(sent), price=names.money(price.sent), other=names.money(price.received),
                        amount=names.about(_amount(counted, names))))  # fmt: skip
    elif sent:
        says.append(say("{n} segments were sent. What one costs is not known: write price: into menus/line.yaml.",
                        n=names.number(sent)))  # fmt: skip
    return Chapter("cost", say("Segments and price"), tuple(says), (
        _segments(counted, "channel", say("Segments by channel"), say("Channel"), names.channel),
        _segments(counted, "language", say("Segments by language"), say("Language"), names.spoken),
    ))  # fmt: skip


def _amount(counted: Counted, names: Names) -> float:
    """What the segments of the period cost, sent and received; a text that comes in is one."""
    price = names.content.price
    return counted.segments.get(("all",), 0) * price.sent + (counted["channel", "sms"] or 0) * price.received


def _segments(counted: Counted, table: str, title: str, of: str, name: Callable[[str], str]) -> Table:
    rows = [(name(one), counted.segments.get((table, one), 0)) for (one,), _ in _shown(counted, table)]
    rows.sort(key=lambda row: -row[1])
    return Table(title, (of, say("Segments sent")), tuple(row for row in rows if row[1]), more=_unnamed())


# --- parts of chapters ---------------------------------------------------------------------------------------------


def _shown(counted: Counted, table: str) -> list[tuple[tuple[str, ...], int]]:
    """The figures of a table that may be shown, the largest first."""
    return [(tuple(map(str, cell)), n) for cell, n in counted.table(table).items() if n is not None]


def _ranked(
    counted: Counted, table: str, called: tuple[str, str, str], name: Callable[[str], str], more: str = ""
) -> Table:
    """A table of one kind of names with its chart: title, name of the first column, name of the figures."""
    rows = tuple((name(one), n) for (one,), n in _shown(counted, table))
    chart = bars(table, called[0], [row[0] for row in rows], {called[2]: [row[1] for row in rows]})
    return Table(called[0], called[1:], rows, chart, " ".join(filter(None, [more, _unnamed()])))


def _empty() -> str:
    return say("Empty: nothing, too few to show, or hidden beside one that is.")


def _unnamed() -> str:
    return say("Not in the list: nothing, too few to show, or hidden beside one that is.")


def _rest(shown: int) -> str:
    """What of a list is not on the page."""
    return " ".join(filter(None, [_left(shown), _unnamed()]))


def _left(shown: int) -> str:
    if shown <= MOST_ROWS:
        return ""
    return say("{n} more are in the table for spreadsheets.", n=shown - MOST_ROWS)
