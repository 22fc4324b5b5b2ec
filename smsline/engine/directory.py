"""Who helps, and who of them is nearest in the sense that matters: useful.

The order: those that serve the place before those near it before the whole country, and within that a
number before a web address, everybody before some, their main work before what they also do, open before closed, the
caller's language, distance. Behind them whose number callers say is wrong, and authorities.

A look-up takes them one by one in that order, from maps, and no more than are named: a directory of a million
organisations answers as fast as one of a hundred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import count, islice
from typing import Generic, TypeVar

from opening_hours import OpeningHours

from smsline.engine.model import Organisation, Place, Service, Shown
from smsline.engine.offers import Helper, How, Kind, Offers, distance, is_abroad, offers_of, serves

OFFICE = "Mo-Fr 09:00-17:00; PH off"

Tier = tuple[How, Shown]

TIERS: tuple[Tier, ...] = (("here", "yes"), ("near", "yes"), ("here", "web only"), ("country", "yes"),
                           ("near", "web only"), ("country", "web only"))  # fmt: skip
"""How somebody helps and is shown, the best first."""

SERVING = tuple(tier for tier in TIERS if tier[0] == "here")
AROUND = tuple(tier for tier in TIERS if tier[0] != "country")
RUNG = tuple(tier for tier in TIERS if tier[1] == "yes")


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
    `numbers` are those that several organisations have; `doubted` whose number callers say is wrong.
    """

    organisations: Mapping[str, Organisation]
    services: Mapping[str, Service]
    offers: Mapping[str, Offers] = field(default_factory=dict)
    numbers: Mapping[str, tuple[Organisation, ...]] = field(default_factory=dict)
    years: int = 5
    doubted: frozenset[str] = frozenset()

    def show(self, organisation: Organisation, today: date) -> Shown:
        """How much of it may stand on a phone today."""
        if organisation.show != "yes" or organisation.verified or organisation.read is None:
            return organisation.show
        if organisation.read > today - timedelta(days=365.25 * self.years):
            return "yes"
        return "web only" if organisation.web else "no"

    def shown(self, service: str, today: date, authorities: bool = False) -> Iterator[tuple[Organisation, Shown]]:
        """Those that may be named on a phone, and how."""
        for organisation in self.offers[service].organisations:
            show = self.show(organisation, today)
            if show != "no" and (authorities or not organisation.authority):
                yield organisation, show

    def nearest(self, service: str, place: Place, moment: datetime, language: str, authorities: bool = False) -> Nearby:
        """Who offers `service` for `place`, and, where nobody near can be rung, who offers what comes closest."""
        search = Search(self, service, place, moment, language, authorities)
        return Nearby(tuple(_once_each(search.lists())), search.is_served(), search.is_local())

    def shortlist(
        self, service: str, place: Place, moment: datetime, language: str, most: int, authorities: bool = False
    ) -> Nearby:
        """The first of the same, as a phone names them: at most so many.

        Among them is somebody who can be rung, and whoever serves the place though in doubt.
        """
        search = Search(self, service, place, moment, language, authorities)
        lists = search.lists()
        first = list(islice(_once_each(lists), most))
        if not any(helper.show == "yes" for helper in first):
            first = [*first[: most - 1], *islice(_once_each(lists, RUNG), 1)]
        named, serving = {helper.organisation.name for helper in first}, _once_each(lists, (("here", "yes"),))
        lost = next((helper for helper in serving if helper.organisation.name not in named), None)
        return Nearby((*first[: most - 1], lost) if lost else tuple(first), search.is_served(), search.is_local())

    def is_served(self, service: str, place: Place, moment: datetime, authorities: bool = False) -> bool:
        """Whether somebody offers just this and serves that place."""
        return Search(self, service, place, moment, "", authorities).is_served()

    def open_now(self, service: str, place: Place | None, moment: datetime) -> bool:
        """Whether somebody who offers `service`, and serves `place` if it is known, is open.

        Who has no hours in the directory is taken to keep office hours, and so is a service nobody of whom
        is known there: a caller is sent to the night's address at night, not by day.
        """
        open_some = [some for hours, some in self.offers[service].hours.items() if is_open(hours or OFFICE, moment)]
        if place is None or is_abroad(place):
            day = moment.date()
            known: Iterable[object] = self.shown(service, day)
            is_somebody = any(self.show(one, day) != "no" for some in open_some for one in some)
        else:
            search = Search(self, service, place, moment, "", False)
            known = search.some(AROUND)
            around = (one.organisation.hours or OFFICE for one in search.some(AROUND))
            is_somebody = bool(open_some) and any(is_open(hours, moment) for hours in around)
        return is_somebody or (is_open(OFFICE, moment) and not any(True for _ in known))


def directory_of(organisations: Mapping[str, Organisation], services: Mapping[str, Service], years: int) -> Directory:
    """A directory, with its maps."""
    numbers: dict[str, list[Organisation]] = defaultdict(list)
    for one in organisations.values():
        if one.show == "yes" and one.phone:
            numbers[one.phone].append(one)
    shared = {number: tuple(some) for number, some in numbers.items() if len(some) > 1}
    return Directory(organisations, services, offers_of(organisations.values(), services), shared, years)


Thing = TypeVar("Thing")


class Kept(Generic[Thing]):
    """What an iterator gives, again and again: it goes on only as far as anybody has asked."""

    def __init__(self, things: Iterator[Thing]) -> None:
        self._before: list[Thing] = []
        self._rest = things

    def __iter__(self) -> Iterator[Thing]:
        for at in count():
            if at == len(self._before):
                fresh = next(self._rest, None)
                if fresh is None:
                    return
                self._before.append(fresh)
            yield self._before[at]


@dataclass(frozen=True, slots=True)
class Search:
    """One look-up. Those who offer the service `but` as well stand in another list already."""

    directory: Directory
    service: str
    place: Place
    moment: datetime
    language: str
    authorities: bool
    but: str = ""
    found: dict[tuple[How, Kind], Kept[Helper]] = field(default_factory=dict, init=False)
    closed: dict[str, bool] = field(default_factory=dict, init=False)
    """By opening hours: many have the same."""

    def helper(self, organisation: Organisation) -> Helper | None:
        """An organisation as this list names it; None where it does not."""
        how = serves(organisation, self.place) if self.service in organisation.services else None
        return self._helper(organisation, how, distance(organisation, self.place)) if how else None

    def _helper(self, organisation: Organisation, how: How, away: float | None) -> Helper | None:
        if self.but in organisation.services or (organisation.authority and not self.authorities):
            return None
        show = self.directory.show(organisation, self.moment.date())
        area = organisation.served[0][0] if organisation.served and not organisation.point else ""
        return Helper(organisation, how, away, area, show) if show != "no" else None

    def lists(self) -> tuple[Search, ...]:
        """This one; where it names nobody near who can be rung by everybody, also what comes closest."""
        wanted = [tier for tier in RUNG if tier[0] != "country" or not self.is_local()]
        if any(True for _ in self.some(wanted, for_all=True)):
            return (self,)
        names = self.directory.services[self.service].instead
        others = [replace(self, service=name, but=self.service, authorities=False) for name in names]
        for for_all in (True, False):
            for other in others:
                if any(True for _ in other.some(RUNG, for_all)):
                    return self, other
        return (self,)

    def is_served(self) -> bool:
        return any(True for _ in self.some(SERVING))

    def is_local(self) -> bool:
        today = self.moment.date()
        return any(
            self.directory.show(one, today) != "no" and (self.authorities or not one.authority)
            for one in self.directory.offers[self.service].local
        )

    def some(self, tiers: Iterable[Tier], for_all: bool = False) -> Iterator[Helper]:
        """Those of some tiers, or of them those who help everybody, in no order that matters."""
        for tier in tiers:
            for kind in self._kinds(tier):
                if not (for_all and kind[1]):
                    yield from self._outward(tier, kind)
        yield from (one for one in self._doubted(tiers) if not for_all or "all" in one.organisation.audience)

    def each(self, authority: bool, tiers: Iterable[Tier]) -> Iterator[Helper]:
        """The authorities of some tiers, or all others, in the order of `rank`."""
        for tier in tiers:
            for kind in self._kinds(tier):
                if kind[0] == authority:
                    yield from self._ranked(tier, kind)
        doubted = [helper for helper in self._doubted(tiers) if helper.organisation.authority == authority]
        yield from sorted(doubted, key=lambda one: rank(one, self.service, self.moment, self.language, doubted=True))

    def _kinds(self, tier: Tier) -> Iterable[Kind]:
        maps = self.directory.offers[self.service].maps(tier[0], self.place)
        return maps if self.authorities else [kind for kind in maps if not kind[0]]

    def _outward(self, tier: Tier, kind: Kind) -> Iterator[Helper]:
        """Those of one tier and kind whom nobody doubts, the nearest first."""
        how = tier[0]
        if (how, kind) not in self.found:
            some = self.directory.offers[self.service].outward(how, kind, self.place)
            found = (self._helper(one, how, away) for one, away in some if one.name not in self.directory.doubted)
            self.found[how, kind] = Kept(filter(None, found))
        return (one for one in self.found[how, kind] if one.show == tier[1])

    def _ranked(self, tier: Tier, kind: Kind) -> Iterator[Helper]:
        """The same, before the others those who are open now, and who speak the language."""
        later: tuple[list[Helper], ...] = ([], [], [])
        for helper in self._outward(tier, kind):
            behind = 2 * self._is_closed(helper.organisation) + is_strange(helper.organisation, self.language)
            if behind:
                later[behind - 1].append(helper)
            else:
                yield helper
        for some in later:
            yield from some

    def _is_closed(self, organisation: Organisation) -> bool:
        hours = organisation.hours
        if hours not in self.closed:
            self.closed[hours] = is_closed(organisation, self.moment)
        return self.closed[hours]

    def _doubted(self, tiers: Iterable[Tier]) -> Iterator[Helper]:
        """By name: where nothing else tells them apart, that is their order."""
        for name in sorted(self.directory.doubted):
            one = self.directory.organisations.get(name)
            helper = self.helper(one) if one else None
            if helper and (helper.how, helper.show) in tiers:
                yield helper


def _once_each(lists: tuple[Search, ...], tiers: Iterable[Tier] = TIERS) -> Iterator[Helper]:
    """One of those with the same number: who serves the place, else the country, else who is near."""
    order, seen = ("here", "country", "near"), dict[str, int]()
    for authority in (False, True):
        for search in lists:
            for helper in search.each(authority, tiers):
                number = (helper.organisation.phone if helper.show == "yes" else "") or helper.organisation.name
                worth = order.index(helper.how)
                same = (_named(lists, one) for one in lists[0].directory.numbers.get(number, ()) if worth)
                if any(one and one.show == "yes" and order.index(one.how) < worth for one in same):
                    continue
                if worth < seen.get(number, len(order)):
                    seen[number] = worth
                    yield helper


def _named(lists: tuple[Search, ...], organisation: Organisation) -> Helper | None:
    return next(filter(None, (search.helper(organisation) for search in lists)), None)


RANKED = ("authority", "number doubted", "reach", "not for everybody", "a side line", "closed",
          "other languages", "km")  # fmt: skip


def rank(helper: Helper, service: str, moment: datetime, language: str, doubted: bool = False) -> tuple[float, ...]:
    """Its place in the list, smallest first; the names of these figures are `RANKED`."""
    organisation = helper.organisation
    return (
        organisation.authority,
        doubted,
        TIERS.index((helper.how, helper.show)),
        "all" not in organisation.audience,
        organisation.services[0] != service,
        is_closed(organisation, moment),
        is_strange(organisation, language),
        helper.distance if helper.distance is not None else 0.0,
    )


def is_closed(organisation: Organisation, moment: datetime) -> bool:
    return bool(organisation.hours) and not is_open(organisation.hours, moment)


def is_strange(organisation: Organisation, language: str) -> bool:
    """Whether it speaks other languages than the caller's, as far as it says which."""
    return bool(organisation.languages) and language.partition("-")[0] not in organisation.languages


@lru_cache(maxsize=512)
def _parsed(hours: str) -> OpeningHours:
    return OpeningHours(hours, country="NL")


def is_open(hours: str, moment: datetime) -> bool:
    """Whether hours in the OpenStreetMap notation say open at `moment`, local time, Dutch holidays known."""
    return _is_open(hours, moment.replace(second=0, microsecond=0, tzinfo=None))


@lru_cache(maxsize=4096)
def _is_open(hours: str, minute: datetime) -> bool:
    """The notation knows no seconds, so all who ask in one minute are answered alike."""
    return bool(_parsed(hours).is_open(minute))


def opens(hours: str, moment: datetime) -> datetime | None:
    """When it opens next, local time; None where that is not known, or more than a week away."""
    later = _parsed(hours).next_change(moment.replace(tzinfo=None))
    while later is not None and not _parsed(hours).is_open(later):
        later = _parsed(hours).next_change(later)
    if later is None or later - moment.replace(tzinfo=None) > timedelta(days=7):
        return None
    return later
