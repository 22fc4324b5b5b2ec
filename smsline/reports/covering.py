"""The coverage as text, as a table for spreadsheets, and as a page: who can be shown where, and where nobody can."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from smsline.content.check import summary
from smsline.content.coverage import Cell, Coverage
from smsline.content.importing import harmless
from smsline.content.loading import Content
from smsline.reports.map import HEIGHT, WIDTH, lands
from smsline.reports.page import whole
from smsline.words import say

COLUMNS = ("service", "kind", "place", "state", "organisations", "verified", "km", "region", "municipalities_served",
           "municipalities")  # fmt: skip

SHORT = {"here": "", "near": "~", "country": "NL", "nobody": "-"}
"""How a state is written in the table of a terminal: a number alone is who serves the place itself."""


def as_text(content: Content, found: Coverage) -> Iterator[str]:
    """The state of the content, the table by province, and the gaps."""
    yield summary(content)
    yield ""
    yield "Organisations that can be shown, by service and province."
    yield "7: they serve (part of) it; ~7: they are near; NL7: for the whole country; -: nobody; 7/2: two verified."
    yield ""
    width = max(map(len, found.services))
    yield " ".join([f"{'':{width}}", *(f"{_short(name):>8}" for name in found.provinces)])
    for service in found.services:
        cells = (found.cells[service, province] for province in found.provinces)
        yield " ".join([f"{service:{width}}", *(f"{brief(cell):>8}" for cell in cells)])
    yield ""
    yield "Municipalities where nobody serves or is near, of services that are offered somewhere:"
    for service, towns in found.gaps():
        more = f" and {len(towns) - 5} more" if len(towns) > 5 else ""
        named = f": {', '.join(towns[:5])}{more}" if towns else ""
        yield f"{service}: {len(towns)} of {len(found.states[service])}{named}"


def _short(province: str) -> str:
    """A province in eight letters, such as N-Holl."""
    first, _, second = province.partition("-")
    return f"{first[0]}-{second[:6]}" if second else province[:8]


def brief(cell: Cell) -> str:
    """A cell in a few letters."""
    if cell.state == "nobody":
        return "-"
    verified = f"/{cell.verified}" if cell.verified else ""
    return f"{SHORT[cell.state]}{cell.organisations}{verified}"


def as_csv(content: Content, found: Coverage) -> str:
    """One row for each service and place."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for (service, place), cell in found.cells.items():
        kind = "province" if cell.of else "municipality"
        km = "" if cell.km is None else f"{cell.km:.1f}"
        served = (cell.towns, cell.of) if cell.of else ("", "")
        rows.writerow([service, kind, harmless(place), cell.state, cell.organisations, cell.verified, km,
                       harmless(cell.region), *served])  # fmt: skip
    return text.getvalue()


def as_html(content: Content, found: Coverage, today: date, language: str) -> str:
    """A page of its own, that prints."""
    return whole("coverage.html", language, today=today, **shown(content, found, ""))


def shown(content: Content, found: Coverage, service: str) -> dict[str, object]:
    """What the page shows: the map of one service, or of how many services each municipality lacks."""
    labels = {name: content.line.catalog(content.source, f"service.{name}.label") or name for name in found.services}
    return {
        "found": found, "labels": labels, "service": service, "width": WIDTH, "height": HEIGHT, "brief": brief,
        "lands": lands(content.line.gazetteer, found.states[service] if service else lacking(found)),
        "keys": keys(service), "gaps": [*found.gaps()], "state": summary(content).split("\n"),
    }  # fmt: skip


def lacking(found: Coverage) -> dict[str, str]:
    """How much each municipality lacks, of the services that are offered locally somewhere: few, some, many, most."""
    gaps = dict(found.gaps())
    towns = {town for states in found.states.values() for town in states}
    share = {town: sum(town in some for some in gaps.values()) / max(1, len(gaps)) for town in towns}
    return {town: "few" if one < 0.25 else "some" if one < 0.5 else "many" if one < 0.75 else "most"
            for town, one in share.items()}  # fmt: skip


def keys(service: str) -> list[tuple[str, str]]:
    """What the colours of the map say."""
    if service:
        return [("here", say("somebody serves it")), ("near", say("somebody is near")),
                ("country", say("only who serves the whole country")), ("nobody", say("nobody"))]  # fmt: skip
    return [("few", say("lacks less than a quarter of the services")), ("some", say("a quarter to a half")),
            ("many", say("a half to three quarters")), ("most", say("more than three quarters"))]  # fmt: skip
