"""The figures of a report and its months: none under five is shown, and none follows from those that are."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsline.anonymity import K, Sum, together
from smsline.errors import SmslineError
from smsline.reports import counting
from smsline.reports.counting import counted
from smsline.reports.period import MOST_MONTHS, Period, after, period
from smsline.stores import Day, Month

TODAY = date(2026, 11, 26)
NOW = Period(date(2026, 9, 1), date(2026, 11, 1), TODAY)
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 1), TODAY)


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
