"""Who helps, and who of them is nearest in the sense that matters: useful.

The order: those that serve the place before those near it before the whole country, and within that a
number before a web address, everybody before some, their main work before what they also do, open before closed, the
caller's language, distance. Behind them whose number callers say is wrong, and authorities.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from opening_hours import OpeningHours

from smsline.engine.model import Organisation, Place, Service, Shown
from smsline.engine.places import COUNTRY, kilometres

REACH = 40.0
"""Kilometres that count as near: about an hour by public transport."""

OFFICE = "Mo-Fr 09:00-17:00; PH off"

How = Literal["here", "near", "country"]


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
class Nearby:
    """Who was found. `exact`: somebody offers just this and serves that place."""

    helpers: tuple[Helper, ...]
    exact: bool
    local: bool
    """Whether anybody in the directory offers this locally, so that "none near" says something."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Organisations by name, and by the services they offer.

    `years` is how old the source of an unverified contact may be; of what is older only the web address is shown.
    `doubted` are those whose number callers say is wrong.
    """

    organisations: Mapping[str, Organisation]
    services: Mapping[str, Service]
    by_service: Mapping[str, tuple[Organisation, ...]] = field(default_factory=dict)
    years: int = 5
    doubted: frozenset[str] = frozenset()

    def show(self, organisation: Organisation, today: date) -> Shown:
        """How much of it may stand on a phone today."""
        if organisation.show != "yes" or organisation.verified or organisation.read is None:
            return organisation.show
        if organisation.read > today - timedelta(days=365.25 * self.years):
            return "yes"
        return "web only" if organisation.web else "no"

    def shown(self, service: str, today: date, authorities: bool = False) -> list[tuple[Organisation, Shown]]:
        """Those that may be named on a phone, and how."""
        found = [(o, self.show(o, today)) for o in self.by_service.get(service, ()) if authorities or not o.authority]
        return [row for row in found if row[1] != "no"]

    def nearest(self, service: str, place: Place, moment: datetime, language: str, authorities: bool = False) -> Nearby:
        """Who offers `service` for `place`, and, where nobody near can be rung, who offers what comes closest."""
        shown = self.shown(service, moment.date(), authorities)
        helpers = self._ranked(service, shown, place, moment, language)
        here = any(helper.how == "here" for helper in helpers)
        local = any(not organisation.national for organisation, _ in shown)
        wanted = [helper for helper in helpers if helper.how != "country" or not local]
        if not any(_is_for_all(helper) for helper in wanted):
            helpers += self._instead(service, place, moment, language, helpers)
            helpers.sort(key=lambda helper: helper.organisation.authority)
        return Nearby(tuple(_once_each(helpers)), here, local)

    def _instead(
        self, service: str, place: Place, moment: datetime, language: str, have: Iterable[Helper]
    ) -> list[Helper]:
        known = {helper.organisation.name for helper in have}
        second: list[Helper] = []
        for other in self.services[service].instead:
            found = self._ranked(other, self.shown(other, moment.date()), place, moment, language)
            new = [helper for helper in found if helper.organisation.name not in known]
            if any(_is_for_all(helper) for helper in new):
                return new
            second = second or (new if any(helper.show == "yes" for helper in new) else [])
        return second

    def _ranked(
        self,
        service: str,
        shown: Iterable[tuple[Organisation, Shown]],
        place: Place,
        moment: datetime,
        language: str,
    ) -> list[Helper]:
        found: list[tuple[tuple[float, ...], int, Helper]] = []
        for organisation, show in shown:
            how = _how(organisation, place)
            if how:
                area, distance = _distance(organisation, place)
                helper = Helper(organisation, how, distance, area, show)
                order = rank(helper, service, moment, language, organisation.name in self.doubted)
                found.append((order, len(found), helper))
        found.sort(key=lambda row: row[:2])
        return [helper for _, _, helper in found]

    def open_now(self, service: str, place: Place | None, moment: datetime) -> bool:
        """Whether somebody who offers `service`, and serves `place` if it is known, is open.

        Who has no hours in the directory is taken to keep office hours, and so is a service nobody of whom
        is known there: a caller is sent to the night's address at night, not by day.
        """
        shown = [o for o, _ in self.shown(service, moment.date())]
        found = [o for o in shown if place in (None, COUNTRY) or _how(o, place) in ("here", "near")]
        return any(is_open(o.hours or OFFICE, moment) for o in found) or (not found and is_open(OFFICE, moment))


def _how(organisation: Organisation, place: Place) -> How | None:
    if place == COUNTRY:
        return "country" if organisation.national else None
    serves = organisation.provinces if place.kind == "province" else organisation.municipalities
    if (place.municipality or place.province) in serves:
        return "here"
    if organisation.national:
        return "country"
    if organisation.audience == ("residents",):
        return None
    _, distance = _distance(organisation, place)
    return "near" if distance is not None and distance <= REACH else None


def _distance(organisation: Organisation, place: Place) -> tuple[str, float | None]:
    """How far its address is, or the nearest town it serves; and the largest town it serves, to name it by."""
    here = (place.latitude, place.longitude)
    if organisation.point:
        return "", kilometres(organisation.point, here)
    if not organisation.served:
        return "", None
    return organisation.served[0][0], min(kilometres(at, here) for _, at in organisation.served)


RANKED = ("authority", "number doubted", "reach", "not for everybody", "a side line", "closed",
          "other languages", "km")  # fmt: skip

_TIERS = {("here", "yes"): 0, ("near", "yes"): 1, ("here", "web only"): 2, ("country", "yes"): 3,
          ("near", "web only"): 4, ("country", "web only"): 5}  # fmt: skip


def _once_each(helpers: list[Helper]) -> list[Helper]:
    """One of those with the same number: who serves the place, else the country, else who is near."""
    best: dict[str, Helper] = {}
    for helper in helpers:
        number = (helper.organisation.phone if helper.show == "yes" else "") or helper.organisation.name
        order = ("here", "country", "near")
        if number not in best or order.index(helper.how) < order.index(best[number].how):
            best[number] = helper
    kept = {id(helper) for helper in best.values()}
    return [helper for helper in helpers if id(helper) in kept]


def _is_for_all(helper: Helper) -> bool:
    return helper.show == "yes" and "all" in helper.organisation.audience


def rank(helper: Helper, service: str, moment: datetime, language: str, doubted: bool = False) -> tuple[float, ...]:
    """Its place in the list, smallest first; the names of these figures are `RANKED`."""
    organisation = helper.organisation
    return (
        organisation.authority,
        doubted,
        _TIERS[helper.how, helper.show],
        "all" not in organisation.audience,
        organisation.services[0] != service,
        bool(organisation.hours) and not is_open(organisation.hours, moment),
        bool(organisation.languages) and language.partition("-")[0] not in organisation.languages,
        helper.distance if helper.distance is not None else 0.0,
    )


@lru_cache(maxsize=512)
def _parsed(hours: str) -> OpeningHours:
    return OpeningHours(hours, country="NL")


@lru_cache(maxsize=4096)
def is_open(hours: str, moment: datetime) -> bool:
    """Whether hours in the OpenStreetMap notation say open at `moment`, local time, Dutch holidays known."""
    return bool(_parsed(hours).is_open(moment.replace(tzinfo=None)))


def opens(hours: str, moment: datetime) -> datetime | None:
    """When it opens next, local time; None where that is not known, or more than a week away."""
    later = _parsed(hours).next_change(moment.replace(tzinfo=None))
    while later is not None and not _parsed(hours).is_open(later):
        later = _parsed(hours).next_change(later)
    if later is None or later - moment.replace(tzinfo=None) > timedelta(days=7):
        return None
    return later
