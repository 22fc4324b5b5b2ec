"""The report and the coverage on the pages for staff, as a policy officer uses them; what is said of bad requests."""

from __future__ import annotations

import csv
import fcntl
import io
import re
import sys
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from smsline.cli import main
from smsline.engine.model import HOME
from smsline.reports.period import after
from smsline.settings import read_settings
from smsline.stores import open_store

from .browser import VIEWER, Staff, needs_chromium, serious
from .visitor import Visitor

TODAY = datetime.now(HOME).date()
LAST = after(TODAY.replace(day=1), -1)  # the last month that is over
FIRST = after(LAST, -5)
MONTHS = f"from={FIRST:%Y-%m}&to={LAST:%Y-%m}"


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    """A line whose store has an invented year."""
    folder = tmp_path_factory.mktemp("invented")
    store = f"sqlite:///{folder}/demo.sqlite"
    assert CliRunner().invoke(main, ["demo", "--store", store]).exit_code == 0
    with Staff(folder, {"SMSLINE_STORE": store}) as running:
        yield running


@pytest.fixture(scope="module")
def officer(invented) -> Visitor:
    """A policy officer with a viewer's account, signed in."""
    visitor = Visitor(invented.address)
    assert visitor.sign_in(VIEWER.name, VIEWER.password).status == 200
    return visitor


def test_a_viewer_reads_the_report(officer):
    page = officer.get(f"/staff/report?{MONTHS}&municipality=utrecht")
    assert page.status == 200
    assert "Is there help for residents of Utrecht?" in page.said
    assert "texts came in" in page.said
    assert "The care gap" in page.said


def test_without_months_it_shows_the_last_three_that_are_over_and_leads_to_others(officer):
    page = officer.get("/staff/report")
    assert f'value="{after(LAST, -2):%Y-%m}"' in page.text
    assert f'value="{LAST:%Y-%m}"' in page.text
    assert f"from={after(LAST, -5):%Y-%m}&amp;to={after(LAST, -3):%Y-%m}" in page.text
    assert "is not over" not in page.said
    assert "is not over" in officer.get(f"/staff/report?from={after(LAST, 1):%Y-%m}").said


def test_the_table_of_the_page_is_that_of_the_command(officer, invented):
    page = officer.get(f"/staff/report.csv?{MONTHS}")
    assert page.headers["Content-Disposition"] == f"attachment; filename=report-{FIRST:%Y-%m}-{LAST:%Y-%m}.csv"
    months = ("--from", f"{FIRST:%Y-%m}", "--to", f"{LAST:%Y-%m}", "--format", "csv")
    assert page.text == invented.command("report", *months)
    assert {row["note"] for row in csv.DictReader(io.StringIO(page.text))} == {"invented"}


@pytest.mark.parametrize(
    "path", ["/staff/", "/staff/report", "/staff/coverage", "/staff/phone", "/staff/report?from=x"]
)
def test_every_page_says_that_the_figures_are_invented(officer, path):
    assert officer.get(path).said.count("Invented figures: nobody texted this.") == 1


def test_a_line_of_its_own_says_nothing_of_that_and_has_no_figures_yet(viewer):
    page = viewer.get("/staff/report")
    assert "Invented" not in page.said
    assert "Nothing has been counted yet" in page.said
    assert "<img" not in page.text


@pytest.mark.parametrize(("query", "said"), [
    ("from=2026-13", '"2026-13" is no month. Write it as 2026-10, the year first.'),
    ("from=2026-10&to=2026-09", "The period ends before it begins: from 2026-10 to 2026-09."),
    ("from=2001-01&to=2026-09", "Choose at most 60."),
    ("municipality=Nergenshuizen", 'There is no municipality "Nergenshuizen".'),
    ("from=%00&to=%F0%9F%98%80", "is no month."),
    ("municipality=<b>x</b>", 'There is no municipality "<b>x</b>".'),
])  # fmt: skip
def test_what_cannot_be_is_one_sentence_above_what_was_typed(officer, query, said):
    page = officer.get(f"/staff/report?{query}")
    assert page.status == 400
    assert said in page.said
    assert 'name="municipality"' in page.text
    assert "<b>x" not in page.text
    assert officer.get(f"/staff/report.csv?{query}").status == (200 if "municipality" in query else 400)


def test_what_was_typed_is_still_there(officer):
    page = officer.get("/staff/report?from=2026-10&to=2026-09&municipality=Breda")
    assert all(f'value="{typed}"' in page.text for typed in ("2026-10", "2026-09", "Breda"))


def test_one_report_is_made_at_a_time_so_that_a_worker_is_left_for_who_texts(officer, invented):
    with (invented.folder / "demo.sqlite.report").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        page = officer.get("/staff/report")
        assert "Another report is being made just now" in page.said
        assert 'http-equiv="refresh"' in page.text
        assert officer.get("/staff/report.csv").status == 503
    assert "texts came in" in officer.get("/staff/report").said


def test_in_production_the_line_does_not_start_on_an_invented_year(invented):
    from smsline.app import create_app
    from smsline.errors import SmslineError

    settings = {**invented.settings, "SMSLINE_ENV": "production", "SMSLINE_SECRET": "s" * 32, "TWILIO_AUTH_TOKEN": "t",
                "SMSLINE_PUBLIC_URL": "https://sms.example.org", "SMSLINE_GO_LIVE_UNVERIFIED": "yes"}  # fmt: skip
    with pytest.raises(SmslineError, match="holds an invented year"):
        create_app(read_settings(settings))


# --- in a browser --------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(invented, visit):
    """A page of the policy officer; at the end nothing was asked for elsewhere."""
    pages = []

    def of(**settings):
        page, elsewhere = visit(invented.address, **settings)
        page.set_default_timeout(60_000)
        invented.sign_in(page, VIEWER)
        pages.append(elsewhere)
        return page

    yield of
    assert pages
    assert not [one for some in pages for one in some]


@needs_chromium
def test_the_questions_of_a_council(opened, capsys):
    """Is there help for residents of Breda? Which languages are spoken? What is asked that nobody offers? In clicks."""
    page, clicks = opened(), 1
    page.get_by_role("link", name="Report", exact=True).click()
    page.get_by_label("Municipality (may be empty)").fill("Breda")
    page.get_by_role("button", name="Show").click()
    clicks += 1
    help_there = page.get_by_role("region", name="Help for Breda").get_by_role("row", name="STI tests")
    assert re.search(r"somebody serves it|somebody is near|only who serves", help_there.inner_text())
    page.get_by_role("link", name="Texts", exact=True).click()
    clicks += 1
    languages = page.get_by_role("region", name="Texts by language")
    assert "Romanian" in languages.inner_text()
    page.get_by_role("link", name="The care gap", exact=True).click()
    clicks += 1
    gap = page.get_by_role("region", name="by kind of help and municipality")
    first = gap.get_by_role("row").nth(1).inner_text()
    assert re.search(r"\d+\s+(somebody|only|nobody|\d+ of \d+ municipalities)", first)
    with capsys.disabled():
        sys.stdout.write(f"\nthree questions of a council were answered in {clicks} clicks\n")


@needs_chromium
def test_each_chart_is_a_picture_that_can_be_taken_along(opened, tmp_path):
    page = opened()
    page.goto(f"/staff/report?{MONTHS}")
    charts = page.locator("figure img")
    assert charts.count() == 5
    for number in range(5):
        assert charts.nth(number).evaluate("one => one.complete && one.naturalWidth") > 500
        assert charts.nth(number).get_attribute("alt")
    with page.expect_download() as taken:
        page.locator("figure a[download]").first.click()
    taken.value.save_as(tmp_path / "weeks.svg")
    svg = (tmp_path / "weeks.svg").read_text(encoding="utf-8")
    assert svg.startswith("<?xml")
    assert "<script" not in svg
    assert taken.value.suggested_filename == "weeks.svg"


@needs_chromium
@pytest.mark.parametrize(("width", "locale"), [(1280, "en-GB"), (390, "nl-NL")])
def test_the_report_shuts_nobody_out(opened, width, locale):
    page = opened(viewport={"width": width, "height": 900}, locale=locale)
    for path in (f"/staff/report?{MONTHS}&municipality=Tilburg", "/staff/report?from=x", "/staff/coverage"):
        page.goto(path)
        assert not serious(page), path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert page.locator("html").get_attribute("lang") == locale[:2]


@needs_chromium
def test_on_paper_there_is_the_report_alone_and_each_sheet_says_that_it_is_invented(opened):
    page = opened()
    page.goto(f"/staff/report?{MONTHS}")
    page.emulate_media(media="print")
    assert not page.locator("header").is_visible()
    assert not page.get_by_role("button", name="Show").is_visible()
    assert page.locator(".invented").is_visible()
    mark = page.get_by_text("Invented figures", exact=True)
    assert mark.evaluate("one => getComputedStyle(one).position") == "fixed"  # so it is on every sheet
    assert mark.is_visible()
    assert page.locator("figure img").first.is_visible()
    assert page.pdf(format="A4").count(b"/Type /Page\n") > 3


@needs_chromium
def test_the_report_in_one_file_looks_so_too(invented, chromium, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(invented.command("report", "--language", "nl", "--municipality", "Tilburg"), encoding="utf-8")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    assert not serious(page)
    assert page.locator("figure img").first.evaluate("one => one.naturalWidth") > 500
    assert "Is er hulp voor inwoners van Tilburg?" in page.locator("main").inner_text()
    context.close()


def test_the_invented_year_ends_yesterday(invented):
    days = [row.day for row in open_store(invented.settings["SMSLINE_STORE"]).days()]
    assert max(days) == TODAY - timedelta(days=1)
    assert min(days) == after(TODAY.replace(day=1), -12)
