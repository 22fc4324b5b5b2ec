"""Counts that identify nobody: what leaves the machine goes through `anonymous`, and through nothing else.

A cell under five could be one person in a small town, so before anything is blanked small cells roll up: places to
their region, times to longer ones. What is still small is blanked, and with it what would give it back by subtraction:
wherever a total is known, none or at least two of its parts are blank. (k-anonymity: Sweeney, 2002; complementary
suppression: Hundepool and others, Statistical Disclosure Control, 2012.)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

K = 5
"""The smallest count that is shown."""


def in_steps(count: int, step: int = K) -> int:
    """A count that goes up five at a time, for figures that are read again and again while they grow.

    What is blank in one table moves as counts grow, and a counter that falls is read as one that began anew. So each
    count is rounded down by itself, and every sum is made from what is left: nothing can be subtracted from it.
    """
    return count - count % step


Cell = tuple[Hashable, ...]
Roll = Callable[[Cell], Cell | None]
"""A cell one level up, such as a town's in its region; None where it is at the top already."""


def rolled_up(counts: Mapping[Cell, int], rolls: Sequence[Roll]) -> dict[Cell, int]:
    """Small cells joined with their neighbours one level up, level by level, with as few as are needed.

    Where one cell of a group moves up, so do its smallest neighbours until what is up there is large enough: else the
    cell above would be the small one itself under another name.
    """
    found = Counter(counts)
    for roll in rolls:
        groups: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in found:
            above = roll(cell)
            if above is not None:
                groups[above].append(cell)
        for above, cells in groups.items():
            cells.sort(key=lambda cell: (found[cell], repr(cell)))
            if found[cells[0]] >= K:
                continue
            for cell in cells:
                if found[above] >= K and found[cell] >= K:
                    break
                found[above] += found.pop(cell)
    return dict(found)


class Sum(NamedTuple):
    """Figures that add up: the parts, and the figure that is their sum; None where a reader knows that anyway."""

    parts: tuple[Cell, ...]
    total: Cell | None = None


def anonymous(
    counts: Mapping[Cell, int], rolls: Sequence[Roll] = (), totals: Iterable[Callable[[Cell], Hashable]] = ()
) -> dict[Cell, int | None]:
    """The counts as they may be shown; None is a blank cell, "fewer than five or hidden with one that is".

    `totals` are the sums that a reader has or can make: each gives the total that a cell is part of, such as its row or
    its column. In each no single part is blank, and those that are blank are together at least five.
    """
    found = rolled_up({cell: count for cell, count in counts.items() if count > 0}, rolls)
    return together(found, [part for total in totals for part in _parts(found, total)])


def together(
    figures: Mapping[Cell, int], sums: Iterable[Sum], never: Collection[Cell] = frozenset()
) -> dict[Cell, int | None]:
    """Figures of several tables that are shown together, and how they add up: as `anonymous`, in all tables at once.

    A figure that is the sum of others is one of them, and is blanked too where its parts would else be known. What is
    `never` shown is what a reader knows to be there: parts from which figures are made. A large one may follow.
    """
    found = {cell: count for cell, count in figures.items() if count > 0}
    known = [one for one in (_present(one, found) for one in sums) if one.parts]
    of: dict[Cell, list[Sum]] = defaultdict(list)
    for one in known:
        for cell in (*one.parts, one.total):
            if cell is not None:
                of[cell].append(one)
    blank: set[Cell | None] = {cell for cell, count in found.items() if count < K or cell in never}
    harmless = {cell for cell in never if found.get(cell, 0) >= K}
    while True:
        more = {_smallest(one, found, blank) for one in known if _gives_away(one, found, blank, harmless)} - {None}
        if not more:  # the slow look comes when the quick one finds no more
            solved = [cell for cell in _computed(known, blank) if cell not in harmless]
            more = {_smallest(one, found, blank) for cell in solved for one in of[cell]} - {None}
        if not more:
            break
        blank |= more
    return {cell: None if cell in blank else count for cell, count in found.items()}


def _present(one: Sum, found: Mapping[Cell, int]) -> Sum:
    """A sum without the parts that are nothing."""
    return Sum(tuple(cell for cell in one.parts if cell in found), one.total)


def _parts(found: Mapping[Cell, int], total: Callable[[Cell], Hashable]) -> list[Sum]:
    groups: dict[Hashable, list[Cell]] = defaultdict(list)
    for cell in found:
        groups[total(cell)].append(cell)
    return [Sum(tuple(cells)) for cells in groups.values()]


def _smallest(one: Sum, found: Mapping[Cell, int], blank: set[Cell | None]) -> Cell | None:
    """The smallest part that is still shown, since what is lost with it is least; else the total."""
    shown = [cell for cell in one.parts if cell not in blank]
    total = None if one.total in blank else one.total
    return min(shown, key=lambda cell: (found[cell], repr(cell)), default=total)


def _gives_away(one: Sum, found: Mapping[Cell, int], blank: set[Cell | None], harmless: set[Cell]) -> bool:
    """Whether what is blank in a sum is known by it.

    A total whose parts all are shown; of a total that is shown, one part alone, or parts that are too few people
    together, or each of them exactly one.
    """
    hidden = [cell for cell in one.parts if cell in blank]
    if one.total is not None and one.total in blank:
        return not hidden
    people = sum(found[cell] for cell in hidden)
    alone = len(hidden) == 1 and hidden[0] not in harmless
    return bool(hidden) and (alone or people < K or people == len(hidden) > 1)


Row = dict[Cell, Fraction]
"""An equation of blank figures: what each is multiplied with. What they add up to does not matter here."""


def _computed(sums: Iterable[Sum], blank: set[Cell | None]) -> list[Cell]:
    """The blank cells that several sums together give away: the sums are equations, and some have one solution."""
    rows: list[Row] = []
    for one in sums:
        row = {cell: Fraction(1) for cell in one.parts if cell in blank}
        if one.total is not None and one.total in blank:
            row[one.total] = Fraction(-1)
        if row:
            rows.append(row)
    return [next(iter(row)) for row in _reduced(rows) if len(row) == 1]


def _reduced(rows: Iterable[Row]) -> list[Row]:
    """The rows in reduced echelon form (Gauss and Jordan), those of zeros left out.

    Most of each is zero and not written down, so the rows in which a figure stands are kept beside them.
    """
    done: dict[Cell, Row] = {}
    having: dict[Cell, set[Cell]] = defaultdict(set)
    for row in sorted(rows, key=len):
        for pivot in [cell for cell in row if cell in done]:
            row = _less(row, done[pivot], pivot)
        if not row:
            continue
        pivot = min(row, key=lambda cell: len(having[cell]))
        row = {cell: value / row[pivot] for cell, value in row.items()}
        for other in [*having[pivot]]:
            before, after = done[other], _less(done[other], row, pivot)
            done[other] = after
            for cell in before.keys() - after.keys():
                having[cell].discard(other)
            for cell in after.keys() - before.keys():
                having[cell].add(other)
        done[pivot] = row
        for cell in row:
            having[cell].add(pivot)
    return [*done.values()]


def _less(row: Row, pivot: Row, at: Cell) -> Row:
    """A row without one figure, by taking the right multiple of another from it."""
    times, left = row[at], dict(row)
    for cell, value in pivot.items():
        rest = left.get(cell, Fraction(0)) - times * value
        if rest:
            left[cell] = rest
        else:
            left.pop(cell, None)
    return left
