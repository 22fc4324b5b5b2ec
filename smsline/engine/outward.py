"""Things on a map, the nearest first, without a look at all of them.

A packed R-tree: points that are near each other share a box, boxes that are near share a larger one. Whoever walks
outward opens the nearest box first, so that what is far is never touched (Hjaltason and Samet, Distance browsing in
spatial databases, 1999; packed as by Leutenegger and others, STR: a simple and efficient algorithm, 1997).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush, merge
from itertools import count
from math import asin, ceil, cos, radians, sin, sqrt
from operator import itemgetter
from typing import NamedTuple, TypeVar

FAN = 8
"""Points or boxes in a box."""

NEARLY = 1 - 1e-9
"""What the distance of a box is multiplied with, so that rounding never makes it more than that of a point in it."""

Spot = tuple[float, float, int]
"""Latitude and longitude in degrees, and the number of the thing that is there."""


class Box(NamedTuple):
    """A part of the map, in degrees, with what is in it: smaller boxes, or numbers of things."""

    south: float
    west: float
    north: float
    east: float
    boxes: Sequence[Box]
    things: Sequence[int]

    def away(self, latitude: float, longitude: float) -> float:
        """Kilometres: nothing in the box is nearer. Each part of the great circle is as short as it can be."""
        height = max(self.south - latitude, latitude - self.north, 0.0)
        width = max(self.west - longitude, longitude - self.east, 0.0)
        if not (height or width):
            return 0.0
        narrow = cos(radians(latitude)) * cos(radians(max(abs(self.south), abs(self.north))))
        part = sin(radians(height) / 2) ** 2 + narrow * sin(radians(width) / 2) ** 2
        return 12742.0 * asin(sqrt(part)) * NEARLY


class Map(NamedTuple):
    """Things by number, at one point or at several; those that are `nowhere` count as if they were here."""

    all_of_it: Box | None
    nowhere: Sequence[int]

    def outward(self, point: tuple[float, float], away: Callable[[int], float]) -> Iterator[tuple[float, int]]:
        """Kilometres and number of each thing, the nearest first; of equally near ones the lowest number.

        `away` is how far a thing is: the nearest of its points.
        """
        here: Iterator[tuple[float, int]] = ((0.0, number) for number in self.nowhere)
        if self.all_of_it is None:
            return here
        there = _walked(self.all_of_it, point, away)
        return merge(here, there) if self.nowhere else there


def _walked(box: Box, point: tuple[float, float], away: Callable[[int], float]) -> Iterator[tuple[float, int]]:
    fresh, seen = count(), set[int]()
    heap: list[tuple[float, bool, int, Box | None]] = [(0.0, False, next(fresh), box)]
    while heap:
        kilometres, _, number, opened = heappop(heap)
        if opened is None:
            yield kilometres, number
            continue
        for part in opened.boxes:
            heappush(heap, (part.away(*point), False, next(fresh), part))
        for thing in opened.things:
            if thing not in seen:
                seen.add(thing)
                heappush(heap, (away(thing), True, thing, None))


Part = TypeVar("Part", Spot, Box)


def mapped(spots: Iterable[Spot], nowhere: Iterable[int] = ()) -> Map:
    """A map of things, each at all its spots, and of those that have none."""
    boxes = [_leaf(some) for some in _tiles(list(spots))]
    while len(boxes) > 1:
        boxes = [_around(some) for some in _tiles(boxes)]
    return Map(boxes[0] if boxes else None, tuple(nowhere))


def _tiles(parts: list[Part]) -> Iterator[list[Part]]:
    """Neighbours in groups: strips from south to north, each parted from west to east."""
    parts.sort(key=itemgetter(0))
    strip = FAN * ceil(sqrt(len(parts) / FAN))
    for begin in range(0, len(parts), strip or 1):
        row = sorted(parts[begin : begin + strip], key=itemgetter(1))
        for start in range(0, len(row), FAN):
            yield row[start : start + FAN]


def _leaf(spots: Sequence[Spot]) -> Box:
    latitudes, longitudes, numbers = zip(*spots, strict=True)
    return Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes), (), numbers)


def _around(boxes: Sequence[Box]) -> Box:
    souths, wests, norths, easts, _, _ = zip(*boxes, strict=True)
    return Box(min(souths), min(wests), max(norths), max(easts), tuple(boxes), ())
