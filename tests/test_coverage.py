"""Who can be shown where: the same as a caller would get, counted."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import replace
from datetime import date, datetime

import pytest

from smsline.content.coverage import LARGEST, coverage
from smsline.content.loading import read_content
from smsline.engine.model import HOME
from smsline.reports.covering import COLUMNS, as_csv, as_html, as_text, brief, lacking

from .conftest import TINY

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def found(content):
    return coverage(content, TODAY)


def test_each_service_stands_against_each_province_and_the_largest_municipalities(found, content):
    assert len(found.provinces) == 12
    assert len(found.municipalities) == LARGEST
    assert {"Amsterdam", "Rotterdam", "Den Haag", "Utrecht", "Groningen"} <= set(found.municipalities)
    places = (*found.provinces, *found.municipalities)
    assert set(found.cells) == {(service, place) for service in content.line.directory.services for place in places}


def test_a_cell_is_what_a_caller_would_get(found, content):
    """A test for STI in Den Haag: the GGD there serves it; in Groningen only who serves the whole country."""
    here = found.cells["sti_test", "Den Haag"]
    assert (here.state, "ggd-haaglanden" in here.names) == ("here", True)
    noon = datetime(2026, 11, 24, 12, tzinfo=HOME)
    for town in ("Groningen", "Utrecht", "Den Haag", "Enschede"):
        place = content.line.gazetteer.find(town, asked=True).place
        near = content.line.directory.nearest("sti_test", place, noon, "en", authorities=True)
        assert (found.cells["sti_test", town].state == "here") == near.exact, town


def test_a_province_says_how_many_of_its_municipalities_somebody_serves(found):
    flevoland = found.cells["sti_test", "Flevoland"]
    assert (flevoland.state, flevoland.towns, flevoland.of) == ("here", 6, 6)
    assert found.cells["emergency", "Flevoland"].state == "country"


def test_gaps_are_of_services_that_are_offered_locally_somewhere(found):
    gaps = dict(found.gaps())
    assert "emergency" not in gaps  # it is for the whole country, everywhere
    assert 0 < len(gaps["sti_test"]) < len(found.states["sti_test"])
    assert "Den Haag" not in gaps["sti_test"]


def test_what_is_too_old_to_be_shown_counts_for_nothing(content):
    later = coverage(content, date(2040, 1, 1))
    old = [
        one for one in content.line.directory.organisations.values() if one.show == "yes" and not one.web and one.read
    ]
    names = {one.name for one in old}
    assert names & {name for cell in coverage(content, TODAY).cells.values() for name in cell.names}
    assert not names & {name for cell in later.cells.values() for name in cell.names}


def test_who_is_verified_is_counted(tmp_path):
    shutil.copytree(TINY, tmp_path / "line")
    content, _ = read_content(tmp_path / "line" / "menus", tmp_path / "line" / "locales", understands=False)
    cell = coverage(content, TODAY).cells["sti_test", "Rotterdam"]
    assert (cell.state, cell.organisations, cell.verified) == ("here", 1, 1)
    assert brief(cell) == "1/1"
    assert brief(replace(cell, state="nobody")) == "-"
    assert brief(replace(cell, state="country", verified=0, organisations=3)) == "NL3"


def test_as_a_table_each_row_has_all_columns_and_no_formula(found, content):
    rows = list(csv.DictReader(io.StringIO(as_csv(content, found))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(found.cells)
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "@")]


def test_as_text_it_opens_with_the_state_of_the_content(found, content):
    rows = "\n".join(as_text(content, found)).split("\n")
    assert rows[0].startswith("answers and look-ups: ")
    assert any(row.startswith("sti_test") for row in rows)
    table = rows[rows.index("Organisations that can be shown, by service and province.") :]
    assert max(map(len, table)) < 140


def test_as_a_page_it_loads_nothing_and_has_the_map_in_words_too(found, content):
    page = as_html(content, found, TODAY, "en")
    assert "http://" not in page and "https://" not in page and "<script" not in page  # noqa: PT018
    drawn = {*lacking(found).values()}
    assert len(drawn) >= 2
    assert {state for state in drawn if f'<path class="{state}"' in page} == drawn
    assert "Municipalities where nobody serves or is near" in page
