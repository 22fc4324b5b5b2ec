"""The report: what was asked in some months, in figures of which none gives anybody away."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import product

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from smsline import demo
from smsline.anonymity import K, Sum, together
from smsline.cli import main
from smsline.content.coverage import coverage
from smsline.content.loading import read_content
from smsline.demo import invent
from smsline.engine.model import HOME, Event
from smsline.errors import SmslineError
from smsline.reports import counting
from smsline.reports.counting import counted
from smsline.reports.period import MOST_MONTHS, Period, after, period
from smsline.reports.residents import municipality
from smsline.reports.written import as_csv, as_html, read
from smsline.service import Message, Service
from smsline.stores import Day, Month, Tally, open_store
from smsline.words import read_words, speak

from .conftest import ROOT

TODAY = date(2026, 11, 26)
YEAR = Period(date(2025, 11, 1), date(2026, 10, 1), TODAY)
NOW = Period(date(2026, 9, 1), date(2026, 11, 1), TODAY)


@pytest.fixture(scope="module")
def content():
    found, _ = read_content(ROOT / "menus", ROOT / "locales", understands=False)
    return found


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


# --- figures that stand beside each other -------------------------------------------------------------------------


def test_what_adds_up_is_hidden_together():
    """Of ten who asked about a and b together, seven asked about a: the three of b would follow."""
    figures = {("all",): 10, ("part", "a"): 7, ("part", "b"): 3}
    sums = [Sum((("part", "a"), ("part", "b")), ("all",))]
    assert together(figures, sums) == {("all",): 10, ("part", "a"): None, ("part", "b"): None}


def test_a_total_whose_parts_all_are_shown_is_not_hidden_alone():
    """Four of a row are hidden with the seven beside them; the other table says eleven, unless it hides some too."""
    figures = {("all",): 30, ("x", "a"): 19, ("x", "b"): 7, ("x", "c"): 4, ("y", "p"): 6, ("y", "q"): 5}
    sums = [Sum((("x", "a"), ("x", "b"), ("x", "c")), ("all",)), Sum((("y", "p"), ("y", "q")), ("x", "b"))]
    figures["x", "b"] = 11
    figures["x", "a"] = 15
    shown = together(figures, sums)
    assert shown["x", "c"] is None
    assert shown["x", "b"] is None
    assert None in (shown["y", "p"], shown["y", "q"])


TOWNS = ("Rotterdam", "Delft", "Gouda", "Utrecht", "Zeist", "Atlantis", "Zeeland")
DAYS = st.lists(
    st.builds(
        Day, st.sampled_from([date(2026, 10, day) for day in (1, 6, 14, 31)]), st.sampled_from(["sms", "ussd"]),
        st.sampled_from(["en", "ro", "und"]),
        st.sampled_from(["visited", "not-understood", "found", "broken", "paged"]),
        st.sampled_from(["start", "sti-test", "pep", "debts", "gone"]), st.integers(1, 12), st.integers(0, 9),
    ), max_size=14,
)  # fmt: skip
MONTHS = st.lists(
    st.builds(Month, st.just("2026-10"), st.sampled_from(["sti_test", "debt_help", "legal_advice"]),
              st.sampled_from(TOWNS), st.booleans(), st.integers(1, 12)), max_size=14,
)  # fmt: skip
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 1), TODAY)


def grid(rows: list, size: int) -> list:
    """Every row that there may be, for a reader who knows which weeks, channels, languages, topics and places occur."""
    return [type(rows[0])(*some, 1, *[0] * (len(rows[0]) - size - 1)) for some in
            product(*({row[at] for row in rows} for at in range(size)))] if rows else []  # fmt: skip


def vectors(line, days, months, figures) -> dict[tuple, dict[int, int]]:
    """For each figure the rows of the store that are in it, each as its number: a row is one unknown of a reader."""
    found: dict[tuple, dict[int, int]] = {}
    provinces = counting.provinces_of(line)
    cells = [[*counting._cells(line, row, OCTOBER)] for row in days]
    for row in months:
        province, town = counting._placed(row.municipality, provinces)
        alone = any((f"place-{how}", province, town) in figures for how in ("found", "missed"))
        now = SERVED.get(row.service, {}).get(row.municipality, counting.UNKNOWN)
        cells.append([*counting._places(row, province, town if alone else counting.REST, now)])
    for number, some in enumerate(cells):
        for cell in some:
            found.setdefault(cell, {})[number] = 1
    return found


def spans(shown: list[dict[int, int]], wanted: dict[int, int]) -> bool:
    """Whether a figure can be computed from others: whether it is a sum of multiples of them."""
    basis: dict[int, dict[int, Fraction]] = {}

    def reduced(row) -> dict[int, Fraction]:
        row = {at: Fraction(value) for at, value in row.items()}
        while row:
            at = min(row)
            if at not in basis:
                return row
            times = row[at] / basis[at][at]
            row = {one: row.get(one, 0) - times * basis[at].get(one, 0) for one in row | basis[at]}
            row = {one: value for one, value in row.items() if value}
        return row

    for row in shown:
        left = reduced(row)
        if left:
            basis[min(left)] = left
    return not reduced(wanted)


def small(line, days, months, figures) -> list[tuple]:
    """The figures under five, by the rows themselves."""
    rows = [*days, *months]
    counts = {
        cell: sum(rows[one].times for one in numbers) for cell, numbers in vectors(line, days, months, figures).items()
    }
    return [cell for cell, count in counts.items() if count < K and cell[0] not in counting.SECRET]


@given(DAYS, MONTHS)
@settings(max_examples=150, deadline=None)
def test_no_hidden_figure_can_be_computed_from_all_that_are_shown(line, days, months):
    """Not even by a reader who puts all tables of the report beside each other and solves them."""
    days = [*{row[:5]: row for row in days}.values()]
    months = [*{row[:4]: row for row in months}.values()]
    found = counted(line, days, months, OCTOBER, SERVED)
    of = vectors(line, grid(days, 5), grid(months, 4), found.figures)
    shown = [of[cell] for cell, count in found.figures.items() if count is not None]
    assert all(count is None or count >= K for count in found.figures.values())
    for cell in small(line, days, months, found.figures):
        assert not spans(shown, of[cell]), cell


SERVED = {"sti_test": {"Rotterdam": "here", "Utrecht": "near"}, "debt_help": {"Rotterdam": "here", "Delft": "here"},
          "legal_advice": {"Utrecht": "here", "Delft": "country"}}  # fmt: skip


@given(MONTHS)
@settings(max_examples=150, deadline=None)
def test_nor_by_a_reader_who_knows_who_can_be_shown_where(line, months):
    """Where nobody offers something nobody was found; and of what was missed it is said who is there now."""
    months = [*{row[:4]: row for row in months}.values()]
    found = counted(line, [], months, OCTOBER, SERVED)
    known = [row for row in months if row.found] + [row for row in grid(months, 4) if not row.found]
    of = vectors(line, [], known, found.figures)
    shown = [of[cell] for cell, count in found.figures.items() if count is not None]
    for cell in small(line, [], months, found.figures):
        assert not spans(shown, of[cell]), cell


def test_where_few_offer_something_a_small_figure_does_not_follow_from_a_town_and_a_kind_of_help(line):
    """Tax help was found in Amsterdam only: ten found something there, seven of them that, and three what else is."""
    months = [Month("2026-10", service, town, True, times) for service, town, times in
              (("tax_help", "Amsterdam", 7), ("resilience_training", "Amsterdam", 3),
               ("children_help", "Rotterdam", 6), ("debt_help", "Tilburg", 20))]  # fmt: skip
    found = counted(line, [], months, OCTOBER)
    shown = (found["service-found", "tax_help"], found["place-found", "Noord-Holland", "Amsterdam"])
    assert shown != (7, 10)


@given(DAYS, MONTHS)
@settings(max_examples=60, deadline=None)
def test_a_figure_is_the_count_of_its_rows(line, days, months):
    days = [*{row[:5]: row for row in days}.values()]
    months = [*{row[:4]: row for row in months}.values()]
    found = counted(line, days, months, OCTOBER, SERVED)
    rows = [*days, *months]
    for cell, numbers in vectors(line, days, months, found.figures).items():
        if cell[0] in counting.SECRET:
            assert cell not in found.figures
            continue
        assert found.figures[cell] in (None, sum(rows[number].times for number in numbers))


def test_segments_stand_only_with_a_figure_that_is_shown(line):
    days = [Day(date(2026, 10, 1), channel, "en", "visited", "pep", times, 2 * times)
            for channel, times in (("sms", 40), ("ussd", 3), ("whatsapp", 2))]  # fmt: skip
    found = counted(line, days, [], OCTOBER)
    assert found["channel", "sms"] == 40
    assert found.segments["channel", "sms"] == 80
    assert ("channel", "ussd") not in found.segments
    assert ("channel", "whatsapp") not in found.segments


def test_a_small_town_stands_with_the_others_of_its_province_in_every_table(line):
    months = [Month("2026-10", "sti_test", town, False, times) for town, times in
              (("Rotterdam", 30), ("Delft", 3), ("Gouda", 4), ("Utrecht", 20))]  # fmt: skip
    found = counted(line, [], months, OCTOBER)
    assert found["place-missed", "Zuid-Holland", "Rotterdam"] == 30
    assert found["place-missed", "Zuid-Holland", counting.REST] == 7
    assert found["gap", "sti_test", "Zuid-Holland", counting.REST] == 7
    assert not [cell for cell in found.figures if "Delft" in cell or "Gouda" in cell]
    assert found.joined("Zuid-Holland", "Delft")
    assert not found.joined("Zuid-Holland", "Rotterdam")


@pytest.mark.parametrize(("times", "alone"), [(4, False), (5, True)])
def test_a_town_stands_alone_from_five_look_ups_with_one_outcome(line, times, alone):
    months = [Month("2026-10", "sti_test", "Delft", False, times), Month("2026-10", "sti_test", "Gouda", False, 30)]
    assert counted(line, [], months, OCTOBER).joined("Zuid-Holland", "Delft") is not alone


def test_a_province_that_was_texted_and_a_town_that_is_no_more(line):
    months = [Month("2026-10", "sti_test", "Zeeland", False, 9), Month("2026-10", "sti_test", "Atlantis", True, 9)]
    found = counted(line, [], months, OCTOBER)
    assert found["place-missed", "Zeeland", counting.REST] == 9
    assert found["place-found", "", "Atlantis"] == 9


# --- months --------------------------------------------------------------------------------------------------------


def test_without_months_it_is_the_last_three_that_are_over():
    assert period("", "", TODAY).months == ("2026-08", "2026-09", "2026-10")
    assert period("", "", date(2026, 1, 31)).months == ("2025-10", "2025-11", "2025-12")


def test_one_month_alone_is_that_month():
    assert period("2026-10", "", TODAY).months == period("", "2026-10", TODAY).months == ("2026-10",)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "10-2026", "2026-1", "oktober", "2026-10-01", "٢٠٢٦-١٠", "1999-10"]
)
def test_what_is_no_month_is_said(text):
    with pytest.raises(SmslineError, match="is no month"):
        period(text, "2026-10", TODAY)


def test_an_end_before_the_begin_is_said():
    with pytest.raises(SmslineError, match="ends before it begins: from 2026-10 to 2026-09"):
        period("2026-10", "2026-09", TODAY)


def test_five_years_are_a_period_and_a_month_more_is_not():
    assert len(period("2021-11", "2026-10", TODAY).months) == MOST_MONTHS
    with pytest.raises(SmslineError, match=f"{MOST_MONTHS + 1} months. Choose at most {MOST_MONTHS}"):
        period("2021-10", "2026-10", TODAY)


def test_weeks_begin_on_mondays_and_are_cut_where_the_period_is():
    """October 2026 begins on a Thursday and ends on a Saturday."""
    assert OCTOBER.weeks()[0] == (date(2026, 10, 1), 4)
    assert OCTOBER.weeks()[1] == (date(2026, 10, 5), 7)
    assert OCTOBER.weeks()[-1] == (date(2026, 10, 26), 6)
    assert OCTOBER.week(date(2026, 10, 4)) == date(2026, 10, 1)
    assert OCTOBER.week(date(2026, 10, 11)) == date(2026, 10, 5)


def test_of_a_week_that_is_not_over_only_its_days_so_far_count():
    assert NOW.weeks()[-1] == (date(2026, 11, 23), 4)  # Monday to Thursday, which is today


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 14))
def test_every_day_of_a_period_is_in_one_of_its_weeks(first, months):
    found = Period(first.replace(day=1), after(first.replace(day=1), months), date(2040, 1, 1))
    begins = {day for day, _ in found.weeks()}
    days = [found.first + timedelta(days=number) for number in range(sum(size for _, size in found.weeks()))]
    assert days[-1] + timedelta(days=1) == after(found.last, 1)
    assert {found.week(day) for day in days} == begins


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
    assert set(re.findall(r"(?:^|\), )(.+?) \(", nobody)) <= {*without}


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
    said = page_of(content, covered, filled(("pep", 4)))
    assert "all of it is too little to show" in said
    assert "<img" not in said


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
