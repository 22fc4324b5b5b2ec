"""The report on a page: what was asked, answered and missed in some months, for a municipality where one is named."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, g, render_template, request

from smsline.errors import SmslineError
from smsline.reports.period import Period, after, period
from smsline.reports.residents import municipality
from smsline.reports.written import Report, as_csv, read, shown
from smsline.staff.covering import covered_now
from smsline.staff.desk import desk, today
from smsline.staff.guard import Answer, page
from smsline.words import say


def add_to(staff: Blueprint) -> None:
    """Add the pages."""
    page(staff, "/report")(report)
    page(staff, "/report.csv")(report_table)


def report() -> Answer:
    """The form, and the report of what it asks for; where that cannot be, why not."""
    values = {name: request.args.get(name, "").strip() for name in ("from", "to", "municipality")}
    towns = sorted(covered_now().points)
    try:
        asked = _period()
        town = municipality(desk().content, values["municipality"]) if values["municipality"] else ""
        with alone() as first:
            if not first:
                return render_template("report_page.html", values=values, towns=towns, busy=_busy())
            page = shown(_read(asked), g.ui, town)
    except SmslineError as error:
        return render_template("report_page.html", values=values, towns=towns, wrong=str(error)), 400
    values |= {"from": asked.months[0], "to": asked.months[-1], "municipality": town}
    return render_template("report_page.html", values=values, towns=towns, others=_others(asked), **page)


def report_table() -> Answer:
    """The figures for a spreadsheet."""
    try:
        asked = _period()
        with alone() as first:
            if not first:
                return Response(f"{_busy()}\n", 503, {"Retry-After": "3"}, content_type="text/plain; charset=utf-8")
            text = as_csv(_read(asked), g.ui)
    except SmslineError as error:
        return Response(f"{error}\n", 400, content_type="text/plain; charset=utf-8")
    answer = Response(text, content_type="text/csv; charset=utf-8")
    name = f"report-{asked.months[0]}-{asked.months[-1]}.csv"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _busy() -> str:
    return say("Another report is being made just now. Ask again in some seconds.")


def _period() -> Period:
    return period(request.args.get("from", ""), request.args.get("to", ""), today())


def _read(asked: Period) -> Report:
    return read(desk().content, covered_now(), desk().service.store, asked)


@contextmanager
def alone() -> Iterator[bool]:
    """Whether no other worker makes a report: while one does, the others have to answer who texts."""
    with desk().kept.beside("report").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _others(asked: Period) -> list[tuple[str, str, str]]:
    """Periods of a click: as many months before these and after them, and this month; each with its name."""
    size = len(asked.months)
    begins = [after(asked.first, -size), after(asked.first, size)]
    some = [Period(first, after(first, size - 1), asked.today) for first in begins]
    return [(one.months[0], one.months[-1], one.name(g.ui)) for one in some if one.first <= asked.today]
