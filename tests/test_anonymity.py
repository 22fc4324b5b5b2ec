"""What leaves the machine identifies nobody, whatever was counted."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsline.anonymity import K, anonymous, rolled_up

TOWNS = {"Rotterdam": "Zuid-Holland", "Delft": "Zuid-Holland", "Gouda": "Zuid-Holland", "Utrecht": "Utrecht (province)",
         "Zeist": "Utrecht (province)", "Venlo": "Limburg"}  # fmt: skip
WEEKS = {f"{year} week {week}": f"{year} month {week // 4}" for year in (2026, 2027) for week in range(1, 9)}


def province(cell):
    return (TOWNS[cell[0]], cell[1]) if cell[0] in TOWNS else None


def country(cell):
    return ("Netherlands", cell[1]) if cell[0] in TOWNS.values() else None


def month(cell):
    return (cell[0], WEEKS[cell[1]]) if cell[1] in WEEKS else None


def year(cell):
    return (cell[0], cell[1][:4]) if cell[1] in WEEKS.values() else None


ROLLS = (province, country, month, year)


def row(cell):
    return cell[0]


def column(cell):
    return cell[1]


def everything(cell):
    return "all"


TOTALS = (row, column, everything)

COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 60))
PLACED = st.dictionaries(st.tuples(st.sampled_from([*TOWNS]), st.sampled_from([*WEEKS])), COUNTS, max_size=40)
TABLES = st.dictionaries(st.tuples(st.sampled_from("abcde"), st.sampled_from("vwxyz")), COUNTS, max_size=25)


def parts(counts, total) -> list[list[tuple]]:
    """The cells of each total."""
    groups = defaultdict(list)
    for cell in counts:
        groups[total(cell)].append(cell)
    return [*groups.values()]


def known_sums(shown, totals) -> list[list[tuple]]:
    """The blank cells of each total that a reader can make something of: one with a part that is shown."""
    found = []
    for total in totals:
        for cells in parts(shown, total):
            blank = [cell for cell in cells if shown[cell] is None]
            if blank and len(blank) < len(cells):
                found.append(blank)
    return found


def solved(equations: list[list[tuple]]) -> set[tuple]:
    """The blank cells that follow from sums of blank cells, by elimination (Gauss and Jordan)."""
    cells = sorted({cell for cells in equations for cell in cells})
    rows = [[Fraction(cell in equation) for cell in cells] for equation in equations]
    at = 0
    for place in range(len(cells)):
        pivot = next((number for number in range(at, len(rows)) if rows[number][place]), None)
        if pivot is None:
            continue
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][place] for value in rows[at]]
        for number in range(len(rows)):
            if number != at and rows[number][place]:
                times = rows[number][place]
                rows[number] = [a - times * b for a, b in zip(rows[number], rows[at], strict=True)]
        at += 1
    return {cells[values.index(1)] for values in rows if sum(map(bool, values)) == 1}


# --- what is shown ------------------------------------------------------------------------------------------------


def test_four_are_blank_and_five_are_shown():
    assert K == 5
    assert anonymous({("a",): 4, ("b",): 5}) == {("a",): None, ("b",): 5}


@given(st.one_of(PLACED.map(lambda counts: (counts, ROLLS)), TABLES.map(lambda counts: (counts, ()))),
       st.sets(st.sampled_from(TOTALS)))  # fmt: skip
def test_no_count_under_five_is_ever_shown_and_no_other_changes(table, totals):
    counts, rolls = table
    rolled = rolled_up({cell: count for cell, count in counts.items() if count}, rolls)
    for cell, count in anonymous(counts, rolls, totals).items():
        assert count is None or count >= K
        assert count is None or count == rolled[cell]


@given(TABLES, st.sets(st.sampled_from(TOTALS)))
def test_in_each_total_none_or_two_parts_are_blank_and_together_at_least_five(counts, totals):
    shown = anonymous(counts, (), totals)
    for blank in known_sums(shown, totals):
        assert len(blank) >= 2
        assert sum(counts[cell] for cell in blank) >= K


@given(PLACED, st.sets(st.sampled_from(TOTALS)))
def test_that_holds_after_small_cells_were_joined_too(counts, totals):
    rolled = rolled_up({cell: count for cell, count in counts.items() if count}, ROLLS)
    for blank in known_sums(anonymous(counts, ROLLS, totals), totals):
        assert len(blank) >= 2
        assert sum(rolled[cell] for cell in blank) >= K


@given(TABLES, st.sampled_from([(row,), (column,), (everything,)]))
def test_with_one_kind_of_totals_no_blank_cell_can_be_computed(counts, totals):
    assert not solved(known_sums(anonymous(counts, (), totals), totals))


SMALL = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), COUNTS, max_size=9)


@given(SMALL)
@settings(max_examples=300)
def test_with_rows_and_columns_of_a_small_table_no_blank_cell_can_be_computed(counts):
    assert not solved(known_sums(anonymous(counts, (), (row, column)), (row, column)))


BRIDGE = {"aw", "ax", "ay", "bw", "bx", "cy", "cz", "dy", "dz"}


def test_no_blank_cell_can_be_computed_from_several_totals_together():
    """Rows a and b less columns w and x leave the cell (a, y): all else in them cancels out."""
    counts = {(one, other): 3 if one + other in BRIDGE else 10 for one in "abcd" for other in "wxyz"}
    shown = anonymous(counts, (), (row, column))
    assert not solved(known_sums(shown, (row, column)))


@pytest.mark.parametrize("blank", [5, 6])
def test_blank_cells_are_together_more_than_one_each(blank):
    """A cell that is there is at least one, so five cells that are five together are one each."""
    counts = {(f"town {number}",): 1 for number in range(blank)} | {("city",): 10}
    shown = anonymous(counts, (), (everything,))
    hidden = [cell for cell, count in shown.items() if count is None]
    assert sum(counts[cell] for cell in hidden) > len(hidden)


def test_no_blank_cell_can_be_computed_from_the_total_of_all_and_a_row():
    """All less row b leaves row a, which is blank as a whole and one cell."""
    counts = {("a", "x"): 3, ("b", "x"): 10, ("b", "y"): 10, ("b", "z"): 50}
    shown = anonymous(counts, (), TOTALS)
    assert not solved(known_sums(shown, TOTALS))


def test_a_lone_small_part_takes_the_smallest_other_with_it():
    counts = {("a", "x"): 3, ("a", "y"): 9, ("a", "z"): 7}
    assert anonymous(counts, (), (row,)) == {("a", "x"): None, ("a", "y"): 9, ("a", "z"): None}


def test_two_small_parts_that_are_under_five_together_take_another_with_them():
    two = {("a", "x"): 2, ("a", "y"): 2, ("a", "z"): 30}
    assert anonymous(two, (), (row,)) == dict.fromkeys(two)
    enough = {**two, ("a", "y"): 3}
    assert anonymous(enough, (), (row,))["a", "z"] == 30


def test_without_totals_nothing_but_the_small_is_blank():
    assert anonymous({("a", "x"): 1, ("a", "y"): 100}) == {("a", "x"): None, ("a", "y"): 100}


# --- joining ------------------------------------------------------------------------------------------------------


@given(PLACED)
def test_joining_loses_no_count(counts):
    rolled = rolled_up(counts, ROLLS)
    assert sum(rolled.values()) == sum(counts.values())
    assert all(count >= 0 for count in rolled.values())


@given(PLACED)
def test_joining_moves_a_count_to_where_it_belongs_and_nowhere_else(counts):
    counts = {cell: count for cell, count in counts.items() if count}
    rolled = rolled_up(counts, ROLLS)
    assert all(rolled[cell] == counts[cell] for cell in rolled if cell in counts)
    for level, names in ((0, {**TOWNS}), (1, WEEKS)):
        before, after = Counter(), Counter()
        for cell, count in counts.items():
            before[cell[level]] += count
        for cell, count in rolled.items():
            after[cell[level]] += count
        assert all(after[name] <= before[name] for name in names)


@given(PLACED)
def test_a_town_that_is_large_enough_stays_unless_its_province_needs_it(counts):
    counts = {cell: count for cell, count in counts.items() if count}
    rolled = rolled_up(counts, (province,))
    for group in parts(counts, province):
        if all(counts[cell] >= K for cell in group):
            assert all(rolled[cell] == counts[cell] for cell in group)
        else:
            above = rolled[province(group[0])]
            assert above >= K or not any(cell in rolled for cell in group)


@given(PLACED)
def test_what_stays_small_has_nothing_left_to_be_joined_with(counts):
    counts = {cell: count for cell, count in counts.items() if count}
    rolled = rolled_up(counts, (province, country))
    for cell, count in rolled.items():
        assert count >= K or cell[0] == "Netherlands"
        if count < K:
            assert not any(other[0] in TOWNS.values() for other in rolled if other[1] == cell[1])


def test_a_small_town_is_counted_with_its_province_and_takes_the_smallest_neighbour_along():
    week = "2026 week 1"
    counts = {("Delft", week): 2, ("Gouda", week): 6, ("Rotterdam", week): 40}
    assert rolled_up(counts, (province,)) == {("Zuid-Holland", week): 8, ("Rotterdam", week): 40}
    assert rolled_up({**counts, ("Delft", week): 5}, (province,)) == {**counts, ("Delft", week): 5}


# --- the ends -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counts", [{}, {("a", "x"): 0}])
def test_where_nothing_was_counted_nothing_is_shown(counts):
    assert anonymous(counts) == {}
    assert anonymous(counts, ROLLS, TOTALS) == {}


@given(st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), st.integers(1, K - 1), min_size=1))
def test_where_all_is_small_all_is_blank(counts):
    assert anonymous(counts, (), TOTALS) == dict.fromkeys(counts)


@given(PLACED, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(counts, chance: random.Random):
    rows = list(counts.items())
    chance.shuffle(rows)
    assert anonymous(dict(rows), ROLLS, TOTALS) == anonymous(counts, ROLLS, TOTALS)
    assert rolled_up(dict(rows), ROLLS) == rolled_up(counts, ROLLS)


@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_the_totals_does_not_matter(counts, chance: random.Random):
    totals = list(TOTALS)
    chance.shuffle(totals)
    assert anonymous(counts, (), totals) == anonymous(counts, (), TOTALS)


@given(PLACED)
def test_what_was_counted_is_not_changed(counts):
    before = Counter(counts)
    anonymous(counts, ROLLS, TOTALS)
    assert Counter(counts) == before
