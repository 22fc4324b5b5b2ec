"""Coverage on a page: who can be shown where, and a map of the gaps, of one service or of all together."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from smsline.content.coverage import Coverage, coverage
from smsline.reports.covering import as_csv, shown
from smsline.reports.page import looks
from smsline.staff.desk import desk, today
from smsline.staff.guard import Answer, page


def add_to(staff: Blueprint) -> None:
    """Add the pages."""
    page(staff, "/coverage")(covered)
    page(staff, "/coverage.csv")(covered_table)
    page(staff, "/coverage.css")(covered_looks)


def covered() -> Answer:
    """The table and the map."""
    found = covered_now()
    wanted = request.args.get("service", "")
    return render_template(
        "coverage_page.html", **shown(desk().content, found, wanted if wanted in found.services else "")
    )


def covered_table() -> Answer:
    """The same for a spreadsheet."""
    answer = Response(as_csv(desk().content, covered_now()), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = "attachment; filename=coverage.csv"
    return answer


def covered_looks() -> Answer:
    """How the table and the map look, as in the report that stands alone."""
    return Response(looks("gaps.css"), content_type="text/css; charset=utf-8")


def covered_now() -> Coverage:
    """Worked out once for each state of the content and each day: it takes a second."""
    known = desk()
    state = (known.service.loaded, id(known.content), today())
    if known.covered is None or known.covered[0] != state:
        known.covered = (state, coverage(known.content, today()))
    return known.covered[1]
