"""Who is nearest is found on maps; that it is who the plain definition names, which looks at all of them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from smsline.engine.directory import OFFICE, TIERS, directory_of, is_open, rank
from smsline.engine.model import HOME, Organisation, Place, Service
from smsline.engine.offers import REACH, Helper, distance, serves
from smsline.engine.outward import FAN, mapped
from smsline.engine.places import COUNTRY, kilometres

SERVICES = {"test": Service("test", ("work", "talk")), "work": Service("work", ("talk",)), "talk": Service("talk")}
TOWNS = [
    Place("a", "Aa", "Aa", "North", 52.0, 4.5, "town"),
    Place("b", "Bee", "Bee", "North", 52.1, 4.6, "town"),
    Place("c", "Cee", "Cee", "South", 51.0, 5.9, "town"),
    Place("n", "North", "", "North", 52.05, 4.55, "province"),
    Place("s", "South", "", "South", 51.1, 5.8, "province"),
    COUNTRY,
]
DAY = date(2026, 11, 24)
HOURS = ("", "", "24/7", "Mo-Fr 09:00-17:00; PH off", "Tu 20:00-23:30", "Sa 10:00-12:00")


# --- the definition ------------------------------------------------------------------------------------------


def plainly_ranked(directory, service, place, moment, language, authorities):
    rows = []
    everybody = list(directory.organisations.values())
    for number, one in enumerate(everybody):
        show = directory.show(one, moment.date())
        if service not in one.services or show == "no" or (one.authority and not authorities):
            continue
        how = serves(one, place)
        if how:
            area = one.served[0][0] if one.served and not one.point else ""
            helper = Helper(one, how, distance(one, place), area, show)
            doubted = one.name in directory.doubted
            tie = (one.name, 0) if doubted else ("", number)
            rows.append((rank(helper, service, moment, language, doubted), tie, helper))
    rows.sort(key=lambda row: row[:2])
    return [helper for *_, helper in rows]


def for_all(helper):
    return helper.show == "yes" and "all" in helper.organisation.audience


def plainly(directory, service, place, moment, language, authorities):
    """All helpers, and whether somebody serves the place."""
    helpers = plainly_ranked(directory, service, place, moment, language, authorities)
    served = any(helper.how == "here" for helper in helpers)
    local = any(
        not one.national
        for one in directory.organisations.values()
        if service in one.services and directory.show(one, moment.date()) != "no" and (authorities or not one.authority)
    )
    if not any(for_all(one) for one in helpers if one.how != "country" or not local):
        known = {helper.organisation.name for helper in helpers}
        second = []
        for other in directory.services[service].instead:
            new = plainly_ranked(directory, other, place, moment, language, authorities=False)
            new = [helper for helper in new if helper.organisation.name not in known]
            if any(map(for_all, new)):
                second = new
                break
            second = second or (new if any(helper.show == "yes" for helper in new) else [])
        helpers = sorted(helpers + second, key=lambda helper: helper.organisation.authority)
    return plainly_once(helpers), served


def plainly_once(helpers):
    order, best = ("here", "country", "near"), {}
    for helper in helpers:
        one = helper.organisation
        number = (one.phone if helper.show == "yes" else "") or one.name
        if number not in best or order.index(helper.how) < order.index(best[number].how):
            best[number] = helper
    kept = {id(helper) for helper in best.values()}
    return tuple(helper for helper in helpers if id(helper) in kept)


def plainly_short(helpers, most):
    first, rest = list(helpers[:most]), helpers[most:]
    if not any(helper.show == "yes" for helper in first):
        first = [*first[: most - 1], *[helper for helper in rest if helper.show == "yes"][:1]]
    lost = [helper for helper in rest if helper.how == "here" and helper.show == "yes" and helper not in first]
    return (*first[: most - 1], lost[0]) if lost else tuple(first)


def plainly_open(directory, service, place, moment):
    shown = [
        one
        for one in directory.organisations.values()
        if service in one.services and not one.authority and directory.show(one, moment.date()) != "no"
    ]
    found = [one for one in shown if place in (None, COUNTRY) or serves(one, place) in ("here", "near")]
    return any(is_open(one.hours or OFFICE, moment) for one in found) or (not found and is_open(OFFICE, moment))


# --- the same answers ----------------------------------------------------------------------------------------


def some_organisation(lot, number):
    national = lot.random() < 0.2
    towns = lot.sample(("Aa", "Bee", "Cee"), lot.choice((0, 1, 1, 2))) if not national or lot.random() < 0.2 else []
    points = [(round(lot.uniform(51, 52.3), 1), round(lot.uniform(4.4, 6.0), 1)) for _ in range(lot.choice((0, 1, 2)))]
    return Organisation(
        name=f"{lot.choice('klmnop')}{number}", title=f"The {number}", national=national, areas=tuple(towns),
        services=tuple(lot.sample(list(SERVICES), lot.choice((1, 1, 2, 3)))),
        municipalities=frozenset(towns),
        provinces=frozenset({"Aa": "North", "Bee": "North", "Cee": "South"}[town] for town in towns),
        audience=lot.choice((("all",), ("all",), ("women",), ("residents",), ("all", "men"))),
        phone=lot.choice(("", *(f"0800-{lot.randrange(30)}" for _ in range(3)))),
        web=lot.choice(("", "example.org")), hours=lot.choice(HOURS),
        point=points[0] if len(points) == 1 else None,
        served=tuple((f"town {at}", at) for at in points) if len(points) > 1 else (),
        languages=lot.choice(((), (), ("nl",), ("en", "nl"))), authority=lot.random() < 0.1,
        show=lot.choice(("yes", "yes", "yes", "web only", "no")),
        read=lot.choice((None, DAY - timedelta(days=100), DAY - timedelta(days=3000))),
        verified=lot.choice((None, None, DAY)),
    )  # fmt: skip


def some_directory(lot, most):
    some = [some_organisation(lot, number) for number in range(lot.randrange(most))]
    found = directory_of({one.name: one for one in some}, SERVICES, 5)
    names = [one.name for one in some]
    return replace(found, doubted=frozenset(lot.sample(names, min(len(names), lot.choice((0, 0, 1, 5))))) | {"gone"})


@pytest.mark.parametrize("seed", range(60))
def test_it_is_who_the_plain_definition_names(seed):
    lot = random.Random(seed)
    directory = some_directory(lot, most=3 if seed < 10 else 120)
    for _ in range(40):
        place, service, language = lot.choice(TOWNS), lot.choice(list(SERVICES)), lot.choice(("en", "nl", "ro"))
        moment = datetime(2026, 11, lot.randrange(23, 30), lot.randrange(24), 30, 59, tzinfo=HOME)
        authorities = lot.random() < 0.5
        helpers, served = plainly(directory, service, place, moment, language, authorities)
        found = directory.nearest(service, place, moment, language, authorities)
        assert (found.helpers, found.exact) == (helpers, served)
        assert directory.is_served(service, place, moment, authorities) == served
        for most in (1, 3, 6):
            short = directory.shortlist(service, place, moment, language, most, authorities)
            assert short.helpers == plainly_short(helpers, most)
            assert (short.exact, short.local) == (found.exact, found.local)
        for where in (place, None):
            assert directory.open_now(service, where, moment) == plainly_open(directory, service, where, moment)


def test_the_real_directory_names_the_same(line):
    moment = datetime(2026, 11, 24, 20, 15, tzinfo=HOME)
    for service in line.directory.services:
        for text in ("3011", "Groningen", "Maastricht", "Limburg", "Urk"):
            place = line.gazetteer.find(text, asked=True).place
            helpers, _ = plainly(line.directory, service, place, moment, "ro", True)
            assert line.directory.nearest(service, place, moment, "ro", True).helpers == helpers
            short = line.directory.shortlist(service, place, moment, "ro", 6, True)
            assert short.helpers == plainly_short(helpers, 6)


def test_the_tiers_are_all_ways_to_help():
    assert {*TIERS} == {(how, show) for how in ("here", "near", "country") for show in ("yes", "web only")}


# --- the map -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [0, 1, FAN, FAN + 1, FAN * FAN, FAN * FAN + 1, 1000])
def test_everything_comes_once_and_the_nearest_first(many):
    lot = random.Random(many)
    points = [[(round(lot.uniform(50, 54), 1), round(lot.uniform(3, 7), 1)) for _ in range(lot.choice((1, 1, 3)))]
              for _ in range(many)]  # fmt: skip
    nowhere = [many, many + 1]
    drawn = mapped(((*at, number) for number, some in enumerate(points) for at in some), nowhere)
    for here in ((52.0, 5.0), points[0][0] if points else (0.0, 0.0), (40.0, -70.0), (-33.0, 151.0)):

        def away(number, here=here):
            return min(kilometres(at, here) for at in points[number])

        plain = sorted([(away(number), number) for number in range(many)] + [(0.0, number) for number in nowhere])
        assert list(drawn.outward(here, away)) == plain


def test_what_is_far_is_not_looked_at():
    spots = [(50 + number / 1000, 5.0, number) for number in range(4000)]
    asked = []

    def away(number):
        asked.append(number)
        return kilometres(spots[number][:2], (52.0, 5.0))

    first = next(mapped(spots).outward((52.0, 5.0), away))
    assert first == (0.0, 2000)
    assert len(asked) <= 4 * FAN


def test_near_ends_at_the_reach():
    inside, beyond = (52.0 + (REACH - 0.1) / 111.2, 4.5), (52.0 + (REACH + 0.1) / 111.1, 4.5)
    some = [Organisation(name, name, ("talk",), False, (), frozenset(), phone=name, point=at, show="yes")
            for name, at in (("inside", inside), ("beyond", beyond))]  # fmt: skip
    directory = directory_of({one.name: one for one in some}, SERVICES, 5)
    found = directory.nearest("talk", TOWNS[0], datetime(2026, 11, 24, 12, tzinfo=HOME), "en")
    assert [helper.organisation.name for helper in found.helpers] == ["inside"]
