"""Who can be shown where: services against provinces and the largest municipalities, and where there is nobody.

It counts what a caller would get today, by the same rules as the line (`Directory.nearest`), so a contact that is too
old to be shown is none here either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from smsline.content.check import everywhere
from smsline.content.loading import Content
from smsline.engine.model import HOME, Place

LARGEST = 40
"""Municipalities that have a column of their own: half of the country lives in them."""

State = Literal["here", "near", "country", "nobody"]
"""Somebody serves the place; somebody near does; only who serves the whole country; nobody offers it."""

NOON = time(12)

_SETTLED = ("municipality", "city", "town", "village")


@dataclass(frozen=True, slots=True)
class Cell:
    """One service in one place: how many organisations serve it, and how many of them a person has verified.

    `names` are theirs. `km` is the distance to the nearest that is near or here, where that is known; `region` what it
    serves, such as Haaglanden. Of a province, `towns` of its municipalities have somebody, `of` are all.
    """

    service: str
    place: str
    state: State
    organisations: int
    verified: int
    km: float | None = None
    region: str = ""
    names: tuple[str, ...] = ()
    towns: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The table: services, places, and the cell of each pair; by municipality, how each service stands there.

    `points` are where municipalities are, (latitude, longitude) in degrees, with their provinces.
    """

    services: tuple[str, ...]
    provinces: tuple[str, ...]
    municipalities: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    states: dict[str, dict[str, State]]
    points: dict[str, tuple[str, float, float]]

    def gaps(self) -> Iterator[tuple[str, list[str]]]:
        """Each service that is offered locally somewhere, with the municipalities where nobody serves or is near."""
        for service in self.services:
            states = self.states[service]
            if "here" in states.values():
                yield service, sorted(town for town, state in states.items() if state in ("country", "nobody"))


def coverage(content: Content, today: date) -> Coverage:
    """The coverage of a day."""
    towns = {place.municipality: place for place in everywhere(content.line) if place.municipality}
    moment = datetime.combine(today, NOON, HOME)
    services = tuple(content.line.directory.services)
    local = {(service, town): _cell(content, service, place, moment) for service in services
             for town, place in towns.items()}  # fmt: skip
    largest = _largest(content, towns)
    provinces = tuple(sorted({place.province for place in towns.values()}))
    cells = {(service, town): local[service, town] for service in services for town in largest}
    for service in services:
        for province in provinces:
            within = [local[service, town] for town, place in towns.items() if place.province == province]
            cells[service, province] = _province(content, service, province, within, today)
    states = {service: {town: local[service, town].state for town in towns} for service in services}
    points = {town: (place.province, place.latitude, place.longitude) for town, place in towns.items()}
    return Coverage(services, provinces, largest, cells, states, points)


def of_town(content: Content, municipality: str, today: date) -> dict[str, Cell]:
    """Who can be shown to residents of one municipality, by service."""
    place = next(place for place in everywhere(content.line) if place.municipality == municipality)
    moment = datetime.combine(today, NOON, HOME)
    return {service: _cell(content, service, place, moment) for service in content.line.directory.services}


def _largest(content: Content, towns: dict[str, Place]) -> tuple[str, ...]:
    """The largest municipalities, by the largest place of the name or within: as well as our data can tell."""
    people: Counter[str] = Counter()
    for place in content.line.gazetteer.by_key.values():
        if place.municipality in towns and place.kind in _SETTLED:
            people[place.municipality] = max(people[place.municipality], place.population)
    return tuple(town for town, _ in people.most_common(LARGEST))


def _cell(content: Content, service: str, place: Place, moment: datetime) -> Cell:
    """Who serves a municipality."""
    line = content.line
    found = line.directory.nearest(service, place, moment, line.default, authorities=True)
    own = [one for one in found.helpers if service in one.organisation.services]
    here = [one for one in own if one.how == "here"]
    state: State = (
        "here" if here else "near" if any(one.how == "near" for one in own) else "country" if own else "nobody"
    )
    nearest = min((one for one in own if one.how != "country" and one.distance is not None),
                  key=lambda one: one.distance or 0.0, default=None)  # fmt: skip
    shown = [one.organisation for one in (here or [one for one in own if one.how == state])]
    regions = [area for one in shown[:1] for area in one.areas if area not in content.areas.everywhere and area != "NL"]
    verified = sum(one.verified is not None for one in shown)
    km, names = nearest.distance if nearest else None, tuple(one.name for one in shown)
    return Cell(service, place.municipality, state, len(shown), verified, km, ", ".join(regions), names)


def _province(content: Content, service: str, province: str, within: list[Cell], today: date) -> Cell:
    """Who serves a province: each organisation once, whatever part of it is meant."""
    shown = [one for one, _ in content.line.directory.shown(service, today, authorities=True)]
    local = [one for one in shown if province in one.provinces and not one.national]
    some = local or [one for one in shown if one.national]
    served = [cell for cell in within if cell.state == "here"]
    near = {name for cell in within if cell.state == "near" for name in cell.names}
    if near and not local:
        some = [one for one in shown if one.name in near]
    state: State = "here" if local else "near" if near else "country" if some else "nobody"
    return Cell(service, province, state, len(some), sum(one.verified is not None for one in some),
                names=tuple(one.name for one in some), towns=len(served), of=len(within))  # fmt: skip
