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

COLUMNS = ("table", "first", "second", "third", "count", "segments", "note")

WEIGHED = ("all", "week", "channel", "language")
"""Tables whose figures are whole texts, so that the segments sent with them mean something."""

UNNAMED = frozenset(("topic", "unclear", "language-kind", "subject-language", "gap", "province-gap", "place-found",
                     "place-missed"))  # fmt: skip
"""Tables whose hidden figures are not even named: that somebody asked this there is already something."""


@dataclass(frozen=True)
class Report:
    """A report: the content and the counts that it is made from, and whether they are invented."""

    content: Content
    counted: Counted
    invented: bool

    @property
    def period(self) -> Period:
        """Its months."""
        return self.counted.period


def read(content: Content, store: Store, period: Period) -> Report:
    """The report of a period. `StoreError` where the store cannot be read."""
    found = counted(content.line, store.days(), store.months(), period)
    return Report(content, found, store.is_invented())


def as_csv(report: Report) -> str:
    """One row for each figure; a hidden one has no count."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for table in dict.fromkeys(str(cell[0]) for cell in report.counted.figures):
        for parts, count in report.counted.table(table).items():
            if count is not None or table not in UNNAMED:
                rows.writerow(_row(report, table, parts, count))
    return text.getvalue()


def _row(report: Report, table: str, parts: Cell, count: int | None) -> list[object]:
    names = [harmless(str(part)) for part in parts] + [""] * (3 - len(parts))
    segments = report.counted.segments.get((table, *parts), "") if table in WEIGHED else ""
    notes = ["invented"] * report.invented + ["hidden"] * (count is None)
    return [table, *names, "" if count is None else count, segments, " ".join(notes)]


def as_html(report: Report, covered: Coverage, language: str, town: str = "") -> str:
    """A file of its own, that prints."""
    return whole("report.html", language, **shown(report, covered, language, town))


def shown(report: Report, covered: Coverage, language: str, town: str = "") -> dict[str, object]:
    """What the page shows."""
    names, found = Names(report.content, language), report.counted
    part = residents(report.content, found, names, town, report.period.today) if town else None
    seen = not found.is_empty and not found.is_blank
    some = chapters(found, covered, names, part) if seen else [part] if part else []
    return {
        "period": report.period, "called": report.period.name(language), "invented": report.invented,
        "notes": [*_notes(found, language)], "chapters": some, "figure": names.number, "width": WIDTH,
        "height": HEIGHT, "land": land(report.content.line.gazetteer), "made": names.day(report.period.today),
    }  # fmt: skip


def _notes(found: Counted, language: str) -> Iterator[str]:
    """What has to be known before the figures: that there are none, or that they go on."""
    period: Period = found.period
    if not found.begins:
        yield say("Nothing has been counted yet: nobody has texted the line, or it has another store.")
    elif found.is_empty:
        yield say("Nothing was counted in these months. There are counts from {first} to {last}.",
                  first=in_words(found.begins, language), last=in_words(found.ends, language))  # fmt: skip
    elif found.is_blank:
        yield say("Something was counted in these months, and all of it is too little to show: each figure is under "
                  "five. Choose more months.")  # fmt: skip
    if period.running:
        now = in_words(f"{period.today:%Y-%m}", language)
        yield say("{month} is not over: its figures go up until it is. Compare it with no other month.", month=now)
    if period.to_come:
        months = ", ".join(in_words(month, language) for month in period.to_come)
        yield say("Not begun yet: {months}.", months=months)
