"""Who offers what, where, on maps: whom a place may be helped by is found without a look at all the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from smsline.engine.model import Organisation, Place, Shown
from smsline.engine.outward import Map, Spot, mapped
from smsline.engine.places import COUNTRY, kilometres, measured

REACH = 40.0
"""Kilometres that count as near: about an hour by public transport."""

How = Literal["here", "near", "country"]

Kind = tuple[bool, bool, bool]
"""What never changes of the rank of who offers something: an authority, not for everybody, a side line."""


Area = tuple[bool, str]
"""A municipality, or a province (True), by name: Utrecht is both."""


@dataclass(frozen=True, slots=True)
class Helper:
    """An organisation, why it is named, and how far it is in km: its address, or the nearest town it serves.

    `area` is the largest town it serves, to name it by; `show` how much of it may stand on a phone today.
    """

    organisation: Organisation
    how: How
    distance: float | None
    area: str = ""
    show: Shown = "yes"


@dataclass(frozen=True, slots=True)
class Offers:
    """Those who offer one service; on the maps they are numbers, and those that no phone may show are left out.

    `here` are those who serve an area, `near` those who help whoever is near, `country` those who help everywhere;
    `local` all but the last, `hours` those that have these opening hours and are no authority.
    """

    organisations: tuple[Organisation, ...] = ()
    here: Mapping[Area, Mapping[Kind, Map]] = field(default_factory=dict)
    near: Mapping[Kind, Map] = field(default_factory=dict)
    country: Mapping[Kind, Map] = field(default_factory=dict)
    local: tuple[Organisation, ...] = ()
    hours: Mapping[str, tuple[Organisation, ...]] = field(default_factory=dict)

    def maps(self, how: How, place: Place) -> Mapping[Kind, Map]:
        """Where those are who may help a place in a way."""
        if how == "country":
            return self.country
        if is_abroad(place):
            return {}
        return self.near if how == "near" else self.here.get(area_of(place), {})

    def outward(self, how: How, kind: Kind, place: Place) -> Iterator[tuple[Organisation, float | None]]:
        """Those of a kind who help a place in this way and no better one, the nearest first, and how far they are."""
        here = (place.latitude, place.longitude)

        def away(number: int) -> float:
            return _away(self.organisations[number], here)

        for far, number in self.maps(how, place)[kind].outward(here, away):
            if how == "near" and far > REACH:
                return
            one = self.organisations[number]
            if how == "here" or not _is_its_own(place, one):
                yield one, far if one.point or one.served else None


def is_abroad(place: Place) -> bool:
    """Whether it is that of somebody abroad, for whom nobody is near."""
    return place.kind == COUNTRY.kind


def area_of(place: Place) -> Area:
    """The municipality that a place is in, or the province that it is."""
    return place.kind == "province", place.municipality or place.province


def serves(organisation: Organisation, place: Place) -> How | None:
    """How an organisation helps at a place; None where it does not."""
    if is_abroad(place):
        return "country" if organisation.national else None
    if _is_its_own(place, organisation):
        return "here"
    if organisation.national:
        return "country"
    if organisation.audience == ("residents",):
        return None
    away = distance(organisation, place)
    return "near" if away is not None and away <= REACH else None


def _is_its_own(place: Place, organisation: Organisation) -> bool:
    """Whether an organisation serves the municipality that a place is in, or a part of the province that it is."""
    is_province, name = area_of(place)
    return not is_abroad(place) and name in (organisation.provinces if is_province else organisation.municipalities)


def distance(organisation: Organisation, place: Place) -> float | None:
    """How many kilometres away its address is, or the nearest town it serves; None where it has neither."""
    if organisation.point or organisation.served:
        return _away(organisation, (place.latitude, place.longitude))
    return None


def _away(organisation: Organisation, here: tuple[float, float]) -> float:
    if organisation.point:
        return measured(organisation.point, here)
    return min(kilometres(at, here) for _, at in organisation.served)


# --- the maps ------------------------------------------------------------------------------------------------


class _Sketch:
    """What will be a map."""

    def __init__(self) -> None:
        self.spots: list[Spot] = []
        self.nowhere: list[int] = []

    def add(self, number: int, spots: list[Spot]) -> None:
        if spots:
            self.spots += spots
        else:
            self.nowhere.append(number)


def offers_of(organisations: Iterable[Organisation], services: Iterable[str]) -> dict[str, Offers]:
    """Who offers each service, in the order of the directory."""
    found: dict[str, list[Organisation]] = {service: [] for service in services}
    for organisation in organisations:
        for service in organisation.services:
            found[service].append(organisation)
    return {service: _offers(service, tuple(some)) for service, some in found.items()}


def _offers(service: str, organisations: tuple[Organisation, ...]) -> Offers:
    here: dict[Area, dict[Kind, _Sketch]] = defaultdict(_sketches)
    near, country = _sketches(), _sketches()
    local, hours = list[Organisation](), defaultdict[str, list[Organisation]](list)
    for number, one in enumerate(organisations):
        if one.show == "no":
            continue
        kind = (one.authority, "all" not in one.audience, one.services[0] != service)
        points = [one.point] if one.point else [at for _, at in one.served]
        spots = [(latitude, longitude, number) for latitude, longitude in points]
        for area in (*((False, town) for town in one.municipalities), *((True, name) for name in one.provinces)):
            here[area][kind].add(number, spots)
        if one.national:
            country[kind].add(number, spots)
        elif one.audience != ("residents",) and spots:
            near[kind].add(number, spots)
        local += [] if one.national else [one]
        hours[one.hours] += [] if one.authority else [one]
    return Offers(organisations, {area: _drawn(some) for area, some in here.items()}, _drawn(near), _drawn(country),
                  tuple(local), {text: tuple(some) for text, some in hours.items() if some})  # fmt: skip


def _sketches() -> dict[Kind, _Sketch]:
    return defaultdict(_Sketch)


def _drawn(sketches: Mapping[Kind, _Sketch]) -> dict[Kind, Map]:
    """The best kind first."""
    return {kind: mapped(sketch.spots, sketch.nowhere) for kind, sketch in sorted(sketches.items())}
