"""Counts that identify nobody: what leaves the machine goes through `anonymous`, and through nothing else.

A cell under five could be one person in a small town, so before anything is blanked small cells roll up: places to
their region, times to longer ones. What is still small is blanked, and with it what would give it back by subtraction:
wherever a total is known, none or at least two of its parts are blank. (k-anonymity: Sweeney, 2002; complementary
suppression: Hundepool and others, Statistical Disclosure Control, 2012.)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

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
    sums = [_parts(found, total) for total in totals]
    while True:
        more = {cell for parts in sums for cell in _also(parts, found, blank)}
        if not more:
            break
        blank |= more
    return {cell: None if cell in blank else count for cell, count in found.items()}


def _parts(found: Mapping[Cell, int], total: Callable[[Cell], Hashable]) -> list[list[Cell]]:
    groups: dict[Hashable, list[Cell]] = defaultdict(list)
    for cell in found:
        groups[total(cell)].append(cell)
    return list(groups.values())


def _also(groups: list[list[Cell]], found: Mapping[Cell, int], blank: set[Cell]) -> list[Cell]:
    """The smallest shown part of each total whose blank parts could be found by subtraction."""
    more = []
    for cells in groups:
        hidden = [cell for cell in cells if cell in blank]
        shown = sorted((cell for cell in cells if cell not in blank), key=lambda cell: (found[cell], repr(cell)))
        if hidden and shown and (len(hidden) == 1 or sum(found[cell] for cell in hidden) < K):
            more.append(shown[0])
    return more
