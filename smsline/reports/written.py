"""The report of a period as a page, as one file of HTML, and as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from smsline.anonymity import Cell
from smsline.content.coverage import Coverage
from smsline.content.importing import harmless
from smsline.content.loading import Content
from smsline.reports.counting import Counted, counted
from smsline.reports.map import HEIGHT, WIDTH, land
from smsline.reports.naming import Names
from smsline.reports.page import whole
from smsline.reports.period import Period, in_words
from smsline.reports.report import chapters
from smsline.reports.residents import residents
from smsline.stores import Store
from smsline.words import say

COLUMNS = ("table", "first", "second", "third", "label", "count", "segments", "from", "to", "note")

WEIGHED = ("all", "week", "month", "channel", "language")
"""Tables whose figures are whole texts, so that the segments sent with them mean something."""


@dataclass(frozen=True)
class Report:
    """A report: the content and the counts that it is made from, who can be shown where now, and what the store holds.

    `begins` and `ends` are the months of the first and the last count, empty where there is none; `invented` says that
    nobody texted any of it.
    """

    content: Content
    covered: Coverage
    counted: Counted
    begins: str
    ends: str
    invented: bool

    @property
    def period(self) -> Period:
        """Its months."""
        return self.counted.period


def read(content: Content, covered: Coverage, store: Store, period: Period) -> Report:
    """The report of a period. `StoreError` where the store cannot be read."""
    first, last = period.months[0], period.months[-1]
    found = counted(content.line, store.days(first, last), store.months(first, last), period, covered.states)
    return Report(content, covered, found, *store.counted(), store.is_invented())


def as_csv(report: Report, language: str) -> str:
    """One row for each figure that may be shown; labels are in the language of the page."""
    text, names = io.StringIO(newline=""), Names(report.content, language)
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for table in dict.fromkeys(str(cell[0]) for cell in report.counted.figures):
        for parts, count in report.counted.table(table).items():
            if count is not None:
                rows.writerow(_row(report, names, table, parts, count))
    return text.getvalue()


def _row(report: Report, names: Names, table: str, parts: Cell, count: int) -> list[object]:
    cells = [harmless(str(part)) for part in parts] + [""] * (3 - len(parts))
    segments = report.counted.segments.get((table, *parts), "") if table in WEIGHED else ""
    period = report.period
    notes = ["invented"] * report.invented + ["a month is not over"] * period.running
    label = harmless(names.label(table, tuple(map(str, parts))))
    return [table, *cells, label, count, segments, period.months[0], period.months[-1], ", ".join(notes)]


def as_html(report: Report, language: str, town: str = "") -> str:
    """A file of its own, that prints."""
    return whole("report.html", language, **shown(report, language, town))


def shown(report: Report, language: str, town: str = "") -> dict[str, object]:
    """What the page shows."""
    names, found = Names(report.content, language), report.counted
    part = residents(report.content, found, names, town, report.period.today) if town else None
    seen = not found.is_empty and not found.is_blank
    some = chapters(found, report.covered, names, part) if seen else [part] if part else []
    return {
        "period": report.period, "called": report.period.name(language), "invented": report.invented,
        "notes": [*_notes(report, language)], "chapters": some, "figure": names.number, "width": WIDTH,
        "height": HEIGHT, "land": land(report.content.line.gazetteer), "made": names.day(report.period.today),
    }  # fmt: skip


def _notes(report: Report, language: str) -> Iterator[str]:
    """What has to be known before the figures: that there are none, or that they go on."""
    period, found = report.period, report.counted
    if not report.begins:
        yield say("Nothing has been counted yet: nobody has texted the line, or it has another store.")
    elif found.is_empty:
        yield say("Nothing was counted in these months. There are counts from {first} to {last}.",
                  first=in_words(report.begins, language), last=in_words(report.ends, language))  # fmt: skip
    elif found.is_blank:
        yield say("Something was counted in these months, and all of it is too little to show. Choose more months.")
    if period.running:
        now = in_words(f"{period.today:%Y-%m}", language)
        yield say("{month} is not over: its figures go up until it is. Compare it with no other month.", month=now)
    if period.to_come:
        months = ", ".join(in_words(month, language) for month in period.to_come)
        yield say("Not begun yet: {months}.", months=months)
