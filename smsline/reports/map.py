"""A map of the country from our own postcodes: one dot each, so that coast, rivers and towns show by themselves.

Nothing is loaded from anywhere. The projection is plain: at 52 degrees north a degree of longitude is cos 52° of one of
latitude, which bends nothing that anybody would see in a country of 300 km.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import NamedTuple

from smsline.engine.model import Place
from smsline.engine.places import Gazetteer

WIDTH, HEIGHT = 560, 680

WEST, EAST, SOUTH, NORTH = 3.25, 7.3, 50.7, 53.6
"""Degrees that the map shows: the European part of the country."""

_scale = min(WIDTH / ((EAST - WEST) * cos(radians(52.2))), HEIGHT / (NORTH - SOUTH))


class Dot(NamedTuple):
    """Something to show: its name, what it is called, where (latitude, longitude), and how it stands."""

    name: str
    title: str
    point: tuple[float, float]
    state: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map: the land as one path of an SVG, and each dot with its place in it."""

    width: int
    height: int
    land: str
    dots: tuple[tuple[Dot, float, float], ...]


def drawn(gazetteer: Gazetteer, dots: Iterable[Dot]) -> Drawn:
    """The map with some dots; dots at one place stand beside each other."""
    seen: dict[tuple[float, float], int] = {}
    placed = []
    for dot in sorted(dots, key=lambda one: (one.state, one.name)):
        x, y = on_paper(*dot.point)
        beside = seen[x, y] = seen.get((x, y), -1) + 1
        placed.append((dot, round(x + 9 * (beside % 3), 1), round(y + 9 * (beside // 3), 1)))
    return Drawn(WIDTH, HEIGHT, land(gazetteer), tuple(placed))


@dataclass(frozen=True, slots=True)
class Circle:
    """A figure of a place on the map: where and how large (pixels), and whether it is of several places together."""

    x: float
    y: float
    radius: float
    title: str
    count: int
    joined: bool


LARGEST_CIRCLE = 28
"""Pixels of the radius of the largest figure; the areas of the others are in proportion."""


def circles(
    points: Mapping[str, tuple[str, float, float]], figures: Iterable[tuple[str, str, int]]
) -> tuple[Circle, ...]:
    """Figures by (province, municipality) on the map, joined and large ones below.

    One of no municipality stands in the middle of those of its province. `points` has province, latitude and longitude
    of each municipality; what is in none is left out.
    """
    rows = list(figures)
    most, found = max((count for _, _, count in rows), default=1), []
    for province, town, count in rows:
        some = (
            [points[town][1:]] if town in points else [point[1:] for point in points.values() if point[0] == province]
        )
        if some:
            x, y = on_paper(sum(one[0] for one in some) / len(some), sum(one[1] for one in some) / len(some))
            radius = round(max(4.0, LARGEST_CIRCLE * (count / most) ** 0.5), 1)
            title = f"{town}: {count}" if town in points else f"{province}, {town}: {count}"
            found.append(Circle(x, y, radius, title, count, town not in points))
    return tuple(sorted(found, key=lambda one: (not one.joined, -one.radius)))


def land(gazetteer: Gazetteer) -> str:
    """The postcodes as a path: a point for each, to be drawn with a round pen."""
    return _path(place for place in gazetteer.postcodes.values())


def lands(gazetteer: Gazetteer, states: Mapping[str, str]) -> dict[str, str]:
    """The same in parts, by how each municipality stands; those of which nothing is said under ""."""
    found: dict[str, list[Place]] = {}
    for place in gazetteer.postcodes.values():
        found.setdefault(states.get(place.municipality, ""), []).append(place)
    return {state: _path(places) for state, places in found.items()}


def _path(places: Iterable[Place]) -> str:
    points = {on_paper(place.latitude, place.longitude) for place in places}
    return "".join(f"M{x:g} {y:g}h0" for x, y in sorted(points))


def on_paper(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a point is on the map, from its left and its top."""
    return (
        round((longitude - WEST) * cos(radians(52.2)) * _scale, 1),
        round((NORTH - latitude) * _scale, 1),
    )
