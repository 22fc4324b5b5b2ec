"""Counts that identify nobody: what leaves the machine goes through `anonymous`, and through nothing else.

A cell under five could be one person in a small town, so before anything is blanked small cells roll up: places to
their region, times to longer ones. What is still small is blanked, and with it what would give it back by subtraction:
wherever a total is known, none or at least two of its parts are blank. (k-anonymity: Sweeney, 2002; complementary
suppression: Hundepool and others, Statistical Disclosure Control, 2012.)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction

K = 5
"""The smallest count that is shown."""

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


def anonymous(
    counts: Mapping[Cell, int], rolls: Sequence[Roll] = (), totals: Iterable[Callable[[Cell], Hashable]] = ()
) -> dict[Cell, int | None]:
    """The counts as they may be shown; None is a blank cell, "fewer than five or hidden with one that is".

    `totals` are the sums that a reader has or can make: each gives the total that a cell is part of, such as its row or
    its column. In each no single part is blank, and those that are blank are together at least five.
    """
    found = rolled_up({cell: count for cell, count in counts.items() if count > 0}, rolls)
    blank = {cell for cell, count in found.items() if count < K}
    sums = [group for total in totals for group in _parts(found, total)]
    while True:
        more = {_smallest(group, found, blank) for group in sums if _gives_away(group, found, blank)}
        more |= {_smallest(group, found, blank) for cell in _computed(sums, blank) for group in sums if cell in group}
        more.discard(None)
        if not more:
            break
        blank |= {cell for cell in more if cell is not None}
    return {cell: None if cell in blank else count for cell, count in found.items()}


def _parts(found: Mapping[Cell, int], total: Callable[[Cell], Hashable]) -> list[list[Cell]]:
    groups: dict[Hashable, list[Cell]] = defaultdict(list)
    for cell in found:
        groups[total(cell)].append(cell)
    return list(groups.values())


def _smallest(cells: list[Cell], found: Mapping[Cell, int], blank: set[Cell]) -> Cell | None:
    """The smallest part that is still shown: what is lost with it is least."""
    shown = [cell for cell in cells if cell not in blank]
    return min(shown, key=lambda cell: (found[cell], repr(cell)), default=None)


def _gives_away(cells: list[Cell], found: Mapping[Cell, int], blank: set[Cell]) -> bool:
    """Whether the blank parts of a total are known by it: one alone, too few people, or each of them exactly one."""
    hidden = [cell for cell in cells if cell in blank]
    together = sum(found[cell] for cell in hidden)
    return bool(hidden) and (len(hidden) == 1 or together < K or together == len(hidden))


def _computed(sums: list[list[Cell]], blank: set[Cell]) -> list[Cell]:
    """The blank cells that several totals together give away: the totals are equations, and some have one solution."""
    places = {cell: at for at, cell in enumerate(sorted(blank, key=repr))}
    rows = [_equation(group, places) for group in sums]
    solved = _reduced([row for row in rows if any(row)])
    alone = [row.index(Fraction(1)) for row in solved if sum(value != 0 for value in row) == 1]
    cells = list(places)
    return [cells[at] for at in alone]


def _equation(group: list[Cell], places: Mapping[Cell, int]) -> list[Fraction]:
    row = [Fraction(0)] * len(places)
    for cell in group:
        if cell in places:
            row[places[cell]] = Fraction(1)
    return row


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """The rows in reduced echelon form (Gauss and Jordan), those of zeros left out."""
    done: list[list[Fraction]] = []
    for at in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows if row[at]), None)
        if pivot is None:
            continue
        rows = [row for row in rows if row is not pivot]
        pivot = [value / pivot[at] for value in pivot]
        rows = [_less(row, pivot, at) for row in rows]
        done = [*(_less(row, pivot, at) for row in done), pivot]
    return done


def _less(row: list[Fraction], pivot: list[Fraction], at: int) -> list[Fraction]:
    factor = row[at]
    return [value - factor * other for value, other in zip(row, pivot, strict=True)] if factor else row
