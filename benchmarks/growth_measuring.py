"""Times taken in turns, and the tables they are written in."""

from __future__ import annotations

import gc
import os
import random
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from pathlib import Path


@dataclass(frozen=True)
class Axis:
    """What was measured along one axis: at each of `sizes` the median microseconds of each curve, and MiB."""

    name: str
    sizes: Sequence[int]
    says: str
    tables: Sequence[Table]
    curves: Mapping[str, Sequence[float]]
    memory: Mapping[str, Sequence[float]]
    why: Mapping[str, str] = field(default_factory=dict)
    """For curves that may grow faster than the logarithm: what grows."""


@dataclass(frozen=True)
class Table:
    """A table of text. The first column is at the left, figures at the right."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        lines = [f"**{self.title}**", "", _row(self.columns), _row(["---", *["---:"] * (len(self.columns) - 1)])]
        return "\n".join([*lines, *map(_row, self.rows)])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def interleaved(calls: Mapping[str, Callable[[], object]], rounds: int, times: int) -> dict[str, list[float]]:
    """Microseconds of each call, `times` in a row in each of `rounds`, in which the order is shuffled."""
    spent: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()  # the first one fills what later ones find
    names = list(calls)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            random.shuffle(names)
            for name in names:
                call, found = calls[name], spent[name]
                for _ in range(times):
                    begin = time.perf_counter()
                    call()
                    found.append((time.perf_counter() - begin) * 1e6)
    finally:
        gc.enable()
    return spent


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def slow(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return sorted(values)[min(len(values) - 1, len(values) * 99 // 100)]


def both(values: Sequence[float]) -> str:
    """Median and 99th percentile, in microseconds."""
    return f"{median(values):,.0f} / {slow(values):,.0f}"


def resident() -> float:
    """MiB of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def short(count: int) -> str:
    """A round figure as it is said: 10,000 or 1 M."""
    return f"{count // 10**6} M" if count >= 10**6 else f"{count:,}"


def growth(curve: Sequence[float]) -> float:
    """How many times slower the largest size is than the smallest."""
    return curve[-1] / curve[0]


def logarithm(sizes: Sequence[int]) -> float:
    """How many times larger the logarithm of the largest size is."""
    return log(sizes[-1]) / log(sizes[0])
