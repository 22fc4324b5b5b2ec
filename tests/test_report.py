"""The report: what a policy officer reads of some months, on a page, in a table and from the command."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from datetime import date, datetime

import pytest
from click.testing import CliRunner

from smsline import demo
from smsline.anonymity import K
from smsline.cli import main
from smsline.content.coverage import coverage
from smsline.demo import invent
from smsline.engine.model import HOME, Event
from smsline.errors import SmslineError
from smsline.reports.counting import counted
from smsline.reports.period import Period
from smsline.reports.residents import municipality
from smsline.reports.written import as_csv, as_html, read
from smsline.service import Message, Service
from smsline.stores import Day, Tally, open_store
from smsline.words import read_words, speak

from .conftest import ROOT

TODAY = date(2026, 11, 26)
YEAR = Period(date(2025, 11, 1), date(2026, 10, 1), TODAY)
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 1), TODAY)
NOW = Period(date(2026, 9, 1), date(2026, 11, 1), TODAY)


@pytest.fixture(scope="module")
def covered(content):
    return coverage(content, TODAY)


@pytest.fixture(scope="module")
def invented(content, tmp_path_factory):
    """A store with an invented year, up to yesterday."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('demo')}/demo.sqlite")
    store.invent()
    invent(store, content, date(2025, 11, 1), date(2026, 11, 25))
    return store


def run(*words: str, **environ: str):
    return CliRunner().invoke(main, [*words], env={"SMSLINE_MENUS": str(ROOT / "menus"),
                                                   "SMSLINE_LOCALES": str(ROOT / "locales"), **environ})  # fmt: skip


def words_of(page: str) -> str:
    """A page as it reads."""
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&#39;", "'").replace("&amp;", "&")


def filled(*rows: tuple[str, int], where: str = "memory:", day: date = date(2026, 10, 7)):
    """A store where topics were asked so often, over SMS, in English."""
    store = open_store(where)
    for node, times in rows:
        for _ in range(times):
            store.count((Event("visited", "en", node),), Tally(day, "sms", 2))
    return store


# --- what a policy officer reads -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_report_has_a_text_version_of_each_chart(content, covered, invented, language):
    speak(read_words(ROOT / "locales")[language])
    page = as_html(read(content, covered, invented, YEAR), language, "Rotterdam")
    charts = re.findall(r'<img src="data:image/svg\+xml;base64,[^"]+" alt="([^"]{10,})">', page)
    assert len(charts) == 5
    after_each = re.split(r"<img ", page)[1:]
    assert all("<tbody>\n<tr>" in part for part in after_each)
    assert not re.search(r"https?://(?!www\.w3\.org)|<script", page)
    assert page.count('class="invented"') == 1


def test_dutch_is_dutch_in_its_figures_and_names_too(content, covered, invented):
    speak(read_words(ROOT / "locales")["nl"])
    said = words_of(as_html(read(content, covered, invented, YEAR), "nl"))
    assert "november 2025" in said
    assert "Roemeens" in said
    assert re.search(r"\b\d{1,2}\.\d{3}\b", said)
    assert content.line.catalog("nl", "service.sti_test.label") in said


def test_of_what_was_missing_it_is_said_who_can_be_shown_now(content, covered, invented):
    """Legal advice is missing near most people, and is for the whole country: nobody should take that for a gap."""
    report = read(content, covered, invented, YEAR)
    said, found = words_of(as_html(report, "en")), report.counted
    states = {state: found["now", state] for state in ("near", "country", "nobody")}
    assert sum(states.values()) == found["missed",]
    assert found["missed-now", "legal_advice", "country"] > 500
    (nobody,) = re.findall(r"By the list of today nobody at all offers it there: (.*?\))\.", said)
    without = [content.line.catalog("en", f"service.{name}.label") for name, by in covered.states.items()
               if "nobody" in by.values()]  # fmt: skip
    assert without
    named = re.findall(r"(?:^|\), )(.+?) \(", nobody)
    assert named
    assert {*named} <= {*without}


@pytest.mark.parametrize(("name", "town"), [("rotterdam", "Rotterdam"), ("DEN HAAG", "Den Haag"),
                                            ("Scheveningen", "Den Haag"), ("súdwest-fryslân", "Súdwest-Fryslân")]
)  # fmt: skip
def test_a_municipality_may_be_named_by_a_place_in_it(content, name, town):
    assert municipality(content, name) == town


def test_a_name_that_is_in_several_municipalities_is_asked_back(content):
    with pytest.raises(SmslineError, match=r'"Elst" is in several municipalities: Overbetuwe, .*\. Name one\.'):
        municipality(content, "Elst")


@pytest.mark.parametrize("name", ["Tilbrg", "Rotterdanm"])
def test_an_unknown_municipality_is_said_and_not_guessed(content, name):
    with pytest.raises(SmslineError, match=f'There is no municipality "{name}". Did you mean (Tilburg|Rotterdam)'):
        municipality(content, name)


def test_residents_of_a_town_see_who_is_there_and_for_what_nobody_was(content, covered):
    store = open_store("memory:")
    for _ in range(9):
        store.count((Event("not-found", "ro", "sti-test", "sti_test", "Tilburg"),), Tally(date(2026, 10, 7), "sms", 2))
    said = words_of(as_html(read(content, covered, store, OCTOBER), "en", "Tilburg"))
    assert "Is there help for residents of Tilburg?" in said
    assert re.search(r"STI tests somebody is near: [\w -]+ \d+ \d+ 9 ", said)
    assert "too seldom to show" not in said


def test_a_town_with_few_look_ups_is_not_told_apart(content, covered):
    store = open_store("memory:")
    for town, times in (("Tilburg", 4), ("Breda", 9)):
        for _ in range(times):
            event = Event("not-found", "ro", "sti-test", "sti_test", town)
            store.count((event,), Tally(date(2026, 10, 7), "sms", 2))
    said = words_of(as_html(read(content, covered, store, OCTOBER), "en", "Tilburg"))
    assert "Residents of Tilburg looked for help too seldom to show" in said
    assert not re.search(r"STI tests somebody is near: [\w -]+ \d+ \d+ 4 ", said)
    assert "other municipalities Noord-Brabant" in said


# --- a store of a few days -----------------------------------------------------------------------------------------


def test_a_few_days_of_texts_from_the_first_text_to_the_report(line, content, covered):
    """Six callers a day for five days, as a gateway would bring them; then the questions of a council."""
    service = Service(line, open_store("memory:"), b"k" * 32)
    texts = ("hallo", "soa test", "tilburg", "ik heb schulden", "hoe laat vertrekt de zeppelin", "salut")
    for day in range(2, 7):
        for caller in range(6):
            for number, text in enumerate(texts[: 5 if caller < 5 else 6]):
                time = datetime(2026, 10, day, 12, number, tzinfo=HOME)
                message = Message(f"+3161234567{caller}", text, f"{day}-{caller}-{number}", "sms", time)
                assert service.answer(message).text
    report = read(content, covered, service.store, OCTOBER)
    said = words_of(as_html(report, "en", "Tilburg"))
    assert f"{report.counted['all',]} texts came in" in said
    assert report.counted["all",] == 5 * (5 * 5 + 6)
    assert report.counted["place-missed", "Noord-Brabant", "Tilburg"] == 30
    assert report.counted["topic", "money", "debts"] == 30
    assert report.counted["kind", "not-understood"] is not None
    assert "zeppelin" not in said
    assert "3161234567" not in said + as_csv(report, "en")
    assert "not over" not in said


# --- nothing to show -----------------------------------------------------------------------------------------------


def page_of(content, covered, store, asked=OCTOBER) -> str:
    return words_of(as_html(read(content, covered, store, asked), "en"))


def test_a_store_without_counts_says_so_and_shows_no_empty_chart(content, covered):
    page = as_html(read(content, covered, open_store("memory:"), OCTOBER), "en")
    assert "Nothing has been counted yet" in page
    assert "<img" not in page
    assert "<table" not in page


def test_a_period_without_counts_names_the_months_that_have_some(content, covered):
    store = filled(("pep", 9), day=date(2026, 8, 1))
    store.count((Event("visited", "en", "pep"),), Tally(date(2026, 9, 30), "sms", 1))
    said = page_of(content, covered, store)
    assert "Nothing was counted in these months. There are counts from August 2026 to September 2026." in said


def test_where_all_is_too_little_to_show_it_is_said(content, covered):
    page = as_html(read(content, covered, filled(("pep", 4)), OCTOBER), "en")
    assert "all of it is too little to show" in page
    assert "<img" not in page
    assert "<table" not in page


@pytest.mark.parametrize(("times", "blank"), [(4, True), (5, False)])
def test_from_five_texts_there_is_something_to_show(line, times, blank):
    days = [Day(date(2026, 10, 7), "sms", "en", "visited", "pep", times, 2)]
    assert counted(line, days, [], OCTOBER).is_blank is blank


def test_a_month_that_is_not_over_and_one_that_has_not_begun_are_said(content, covered):
    asked = Period(date(2026, 10, 1), date(2026, 12, 1), TODAY)
    said = page_of(content, covered, filled(("pep", 9)), asked)
    assert "November 2026 is not over" in said
    assert "Not begun yet: December 2026." in said


def test_a_month_is_over_the_day_after(content, covered):
    asked = Period(date(2026, 10, 1), date(2026, 10, 1), date(2026, 10, 31))
    assert "October 2026 is not over" in page_of(content, covered, filled(("pep", 9)), asked)
    assert "not over" not in page_of(content, covered, filled(("pep", 9)))


# --- the table -----------------------------------------------------------------------------------------------------


def test_the_table_has_every_figure_that_may_be_shown_and_names_no_other(content, covered, invented):
    report = read(content, covered, invented, NOW)
    rows = [*csv.DictReader(io.StringIO(as_csv(report, "en")))]
    assert {row["note"] for row in rows} == {"invented, a month is not over"}
    assert {(row["from"], row["to"]) for row in rows} == {("2026-09", "2026-11")}
    assert all(int(row["count"]) >= K for row in rows)
    assert all(row["label"] for row in rows if row["first"])
    listed = {(row["table"], row["first"], row["second"], row["third"]): row["count"] for row in rows}
    shown = {cell: count for cell, count in report.counted.figures.items() if count is not None}
    assert len(listed) == len(rows) == len(shown)
    for cell, count in shown.items():
        assert listed[(*map(str, cell), *[""] * (4 - len(cell)))] == str(count)


def test_labels_are_in_the_language_of_the_page(content, covered, invented):
    speak(read_words(ROOT / "locales")["nl"])
    rows = csv.DictReader(io.StringIO(as_csv(read(content, covered, invented, NOW), "nl")))
    labels = {row["label"] for row in rows}
    assert {"Roemeens", "oktober 2026", "Noord-Brabant"} <= labels


def test_weeks_and_months_stand_in_order(content, covered, invented):
    rows = [*csv.DictReader(io.StringIO(as_csv(read(content, covered, invented, YEAR), "en")))]
    for table in ("week", "month", "month-missed"):
        times = [row["first"] for row in rows if row["table"] == table]
        assert times == sorted(times)
        assert len(times) >= 12


# --- commands ------------------------------------------------------------------------------------------------------


def test_demo_fills_a_store_of_its_own_and_the_report_says_that_it_is_invented(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    filled = run("demo")
    assert filled.exit_code == 0, filled.output
    assert re.search(r"^\d{5} invented texts from \d{4}-\d\d-01 to ", filled.output)
    page = run("report", SMSLINE_STORE="sqlite:///smsline-demo.sqlite")
    assert page.exit_code == 0
    assert "Invented figures: nobody texted this." in page.output
    assert {path.name.removesuffix("-wal").removesuffix("-shm") for path in tmp_path.iterdir()} == {
        "smsline-demo.sqlite"
    }


def test_a_line_goes_on_when_its_invented_year_is_made_anew(tmp_path, content):
    url, days = f"sqlite:///{tmp_path}/demo.sqlite", (date(2026, 10, 1), date(2026, 10, 9))
    before = demo.filled(url, "memory:", content, *days)
    running = open_store(url)
    running.count((Event("visited", "en", "pep"),), Tally(TODAY, "sms", 1))
    assert demo.filled(url, "memory:", content, *days) == before
    running.count((Event("visited", "en", "pep"),), Tally(TODAY, "sms", 1))
    assert sum(row.times for row in running.days()) == before + 1


def test_half_a_year_is_never_there(tmp_path, content, monkeypatch):
    path = tmp_path / "demo.sqlite"
    calls = iter(range(400))
    monkeypatch.setattr(demo.Year, "callers", lambda self, day, share: 1 if next(calls) < 200 else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        demo.filled(f"sqlite:///{path}", "memory:", content, date(2025, 11, 1), date(2026, 11, 25))
    assert [*tmp_path.iterdir()] == []


def test_where_there_is_no_store_that_is_said_and_none_is_made(tmp_path):
    found = run("report", SMSLINE_STORE=f"sqlite:///{tmp_path}/typo.sqlite")
    assert found.exit_code == 0
    assert "Nothing has been counted yet" in found.stdout
    assert found.stderr.startswith(f"There is no store sqlite:///{tmp_path}/typo.sqlite yet")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("column", ["day", "count"])
def test_a_damaged_row_is_one_sentence(tmp_path, column):
    path = tmp_path / "line.sqlite"
    filled(("pep", 9), where=f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute(f"update day set {column} = '2026-10-45'")
    found = run("report", "--from", "2026-10", SMSLINE_STORE=f"sqlite:///{path}")
    assert (found.exit_code, found.output.count("\n")) == (1, 1)
    assert "A row of the counts in the store is damaged" in found.output


@pytest.mark.parametrize("what", ["a store of callers", "something else"])
def test_demo_changes_no_file_that_is_no_invented_year(tmp_path, what):
    path = tmp_path / "line.sqlite"
    if what == "a store of callers":
        filled(("pep", 3), where=f"sqlite:///{path}")
    else:
        path.write_bytes(b"a letter")
    before = path.read_bytes()
    refused = run("demo", "--store", f"sqlite:///{path}")
    assert refused.exit_code == 1
    assert "is no invented year. Nothing was changed" in refused.output
    assert path.read_bytes() == before


@pytest.mark.parametrize("way", ["line.sqlite", "../{folder}/line.sqlite", "./line.sqlite"])
def test_demo_does_not_make_the_store_of_the_line(tmp_path, way):
    own = f"sqlite:///{tmp_path}/line.sqlite"
    refused = run("demo", "--store", f"sqlite:///{tmp_path}/{way.format(folder=tmp_path.name)}", SMSLINE_STORE=own)
    assert (refused.exit_code, "the line's own store" in refused.output) == (1, True)
    assert not (tmp_path / "line.sqlite").exists()


def test_demo_needs_a_file():
    refused = run("demo", "--store", "memory:")
    assert (refused.exit_code, "write sqlite:///path" in refused.output) == (1, True)


@pytest.mark.parametrize(("words", "said"), [
    (("--from", "2026-13"), '"2026-13" is no month. Write it as 2026-10, the year first.'),
    (("--from", "2026-12", "--to", "2026-10"), "The period ends before it begins: from 2026-12 to 2026-10."),
    (("--municipality", "Nergenshuizen"), 'There is no municipality "Nergenshuizen".'),
    (("--language", "xx"), 'There are no pages in "xx". Choose one of en, nl.'),
])  # fmt: skip
def test_a_mistake_is_one_sentence(tmp_path, words, said):
    open_store(f"sqlite:///{tmp_path}/line.sqlite")
    found = run("report", *words, SMSLINE_STORE=f"sqlite:///{tmp_path}/line.sqlite")
    assert found.exit_code == 1
    assert found.output.strip().startswith(said)
    assert found.output.count("\n") == 1


def test_a_sentence_of_a_mistake_is_in_the_language_that_was_asked_for(tmp_path):
    found = run("report", "--language", "nl", "--from", "2026-13", SMSLINE_STORE=f"sqlite:///{tmp_path}/line.sqlite")
    assert '"2026-13" is geen maand' in found.output
