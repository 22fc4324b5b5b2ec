"""Reads the places and postcodes of the Netherlands (`smsline/data/`, CC BY 4.0, see its README)."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

from smsline.content.reader import Problems, Value, only, text_of, texts_of
from smsline.engine.fold import key
from smsline.engine.model import Place
from smsline.engine.places import COUNTRY, POPULOUS, SMALL, SPELLED, WELL_KNOWN, Gazetteer
from smsline.engine.sounds import consonants_of, sound

DATA = Path(__file__).parent.parent / "data"
LARGE = 100_000

INHABITED = 300
"""Inhabitants from which a village is meant as likely as another of that name, where it has no postcode of its own."""

OVERWHELMING = 100
"""How many times larger a place is than another of that name, that one does not ask which is meant."""

LONG = 10
"""Letters from which on the name of a neighbourhood may have a typing error."""

LETTERS = 4
"""Consonants that tell a name in Arabic letters."""

MOST_ASKED = 4
"""Places of one name that a question offers."""

SPOKEN = ("ar", "bg", "en", "es", "fr", "hu", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "zh")
"""Languages in which the names of countries are known, whether or not the line answers in them."""

_ORDER = {"city": 0, "town": 0, "village": 1, "municipality": 2, "neighbourhood": 3, "province": 5}


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_gazetteer(words: Value | None, problems: Problems) -> Gazetteer:
    """The gazetteer, with what staff say of names in `menus/places.yaml`."""
    lists = _word_lists(words, problems)
    foreign = lists.pop("abroad") | foreign_names()
    called, by_key, own = _named()
    postcodes = {int(row["postcode4"]): _postcode(row) for row in _rows("nl_postcodes.csv")}
    large = {place.municipality for place in by_key.values() if place.population >= LARGE}
    inhabited = _inhabited(called, by_key.values(), postcodes.values(), large)
    names = {
        name: tuple(sorted(places, key=lambda place: _rank(place, own[place.key] == name, large)))
        for name, places in called.items()
    }
    names = {name: found for name, found in names.items() if name not in foreign or _stays(found[0], inhabited)}
    by_hand = _by_hand(words, names, problems)
    names |= {name: (*some, *(p for p in names.get(name, ()) if p not in some)) for name, some in by_hand.items()}
    several = {name: some for name, some in by_hand.items() if len(some) > 1}
    return Gazetteer(
        names, postcodes, **lists, **_misspelled(names, own, large), abroad=foreign - names.keys(),
        inhabited=inhabited | {place.key for some in by_hand.values() for place in some},
        shared=_shared(names, inhabited) | several,
        by_key=by_key | {place.key: place for place in postcodes.values()} | {COUNTRY.key: COUNTRY},
        provinces=_short(words),
    )  # fmt: skip


def _named() -> tuple[dict[str, list[Place]], dict[str, Place], dict[str, str]]:
    """The places of the table by each of their names, folded, and by their key; and the folded name of each key."""
    names: dict[str, list[Place]] = defaultdict(list)
    by_key: dict[str, Place] = {}
    own: dict[str, str] = {}
    for row in _rows("nl_places.csv"):
        place = _place(row)
        by_key[place.key] = place
        for name in (row["name"], *row["aliases"].split("|")):
            folded = key(name)
            if folded and place not in names[folded]:
                names[folded].append(place)
            own.setdefault(place.key, folded)
    return names, by_key, own


def _stays(place: Place, inhabited: frozenset[str]) -> bool:
    """Whether a name that cities elsewhere have too is a Dutch one: America is, and Zurich, a hamlet, is Swiss."""
    return place.key in inhabited and (place.kind != "village" or place.population >= SMALL)


def _inhabited(
    names: Mapping[str, Iterable[Place]], places: Iterable[Place], postcodes: Iterable[Place], large: set[str]
) -> frozenset[str]:
    """Places with a postcode of their own or some hundred inhabitants, and neighbourhoods of the large cities."""
    rows = {(key(place.name), place.municipality) for place in postcodes}
    official = {p.key for name, town in rows for p in names.get(name, ()) if p.municipality == town}
    return frozenset(
        place.key
        for place in places
        if place.population >= INHABITED
        or (place.kind == "village" and place.key in official)
        or place.kind in ("municipality", "province")
        or (place.kind == "neighbourhood" and place.municipality in large)
    )


def _shared(names: Mapping[str, tuple[Place, ...]], inhabited: frozenset[str]) -> dict[str, tuple[Place, ...]]:
    """The names that are worth a question, with the places that may be meant.

    Both are inhabited, and the largest is not so much larger that a question would only cost everybody a text: nobody
    asks Hoorn (68,852) whether it is Hoorn on Terschelling (430). Where the table has no number, it may be meant.
    """
    found = {}
    for name, places in names.items():
        towns = [p for p in places if p.key in inhabited and p.kind in ("city", "town", "village")]
        own = [p for p in towns if p.name == towns[0].name]
        if len(own) > 1 and places[0] is own[0]:
            near = [p for p in own if not p.population or p.population * OVERWHELMING >= own[0].population]
            apart = {place.municipality: place for place in reversed(near)}
            if len(apart) > 1:
                found[name] = tuple(place for place in near if apart[place.municipality] is place)[:MOST_ASKED]
    return found


TWICE = {("Bergen", "Noord-Holland"): "Bergen (NH)", ("Bergen", "Limburg"): "Bergen (L)"}
"""The one name that two municipalities have, as Statistics Netherlands (CBS) tells them apart."""


@cache
def foreign_names() -> frozenset[str]:
    """Cities and countries elsewhere, folded, in the languages of callers. The countries are those of Babel (CLDR)."""
    cities = {key(name) for row in _rows("abroad.csv") for name in (row["name"], *row["names"].split("|"))}
    countries = {
        key(name)
        for language in SPOKEN
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in ("NL", "ZZ", "AW", "CW", "SX", "BQ")
    }
    return frozenset(cities | countries) - {""}


def _municipality(row: dict[str, str]) -> str:
    return TWICE.get((row["municipality"], row["province"]), row["municipality"])


def _place(row: dict[str, str]) -> Place:
    return Place(
        key=f"{row['name']}/{_municipality(row)}/{row['kind']}",
        name=row["name"],
        municipality=_municipality(row),
        province=row["province"],
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        kind=row["kind"],
        population=int(row["population"] or 0),
    )


def _postcode(row: dict[str, str]) -> Place:
    return Place(
        key=row["postcode4"],
        name=row["place"],
        municipality=_municipality(row),
        province=row["province"],
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        kind="postcode",
    )


def _rank(place: Place, is_own: bool, large: set[str]) -> tuple[int, bool, int]:
    """Inhabited places, then neighbourhoods of large cities, then hamlets; a city before its province.

    Of two alike, one whose own name it is comes before one that is only called so too.
    """
    order = _ORDER.get(place.kind, 4)
    if place.kind == "village" and place.population < INHABITED:
        order = 4
    if place.kind == "neighbourhood" and place.municipality not in large:
        order = 4
    return order, order > 0 and not is_own, -place.population


def _misspelled(names: Mapping[str, tuple[Place, ...]], own: Mapping[str, str], large: set[str]) -> dict[str, Any]:
    """The names that may be misspelled: as they are written, as they sound, and as Arabic letters tell them."""
    spelled: dict[str, list[str]] = defaultdict(list)
    sounds: dict[str, dict[str, str]] = defaultdict(dict)
    heard: dict[str, str] = {}
    populous = [name for name, places in names.items() if _is_populous(places[0], name, large)]
    for name in sorted(populous, key=lambda name: -names[name][0].population):
        place = names[name][0]
        is_own = own[place.key] == name
        if len(name) >= SPELLED and (is_own or place.population >= WELL_KNOWN):
            spelled[name[0]].append(name)
        if place.kind == "neighbourhood":
            continue
        said = sound(name)
        if is_own and len(said) >= SPELLED:
            sounds[said[0]].setdefault(said, name)
        for form in consonants_of(name) if is_own else ():
            if len(form) >= LETTERS:
                heard.setdefault(form, name)
    return {
        "spelled": {letter: tuple(some) for letter, some in spelled.items()},
        "sounds": dict(sounds),
        "consonants": heard,
    }


def _is_populous(place: Place, name: str, large: set[str]) -> bool:
    """Whether a name may be misspelled: of a neighbourhood a long one only, which is no other word by one letter."""
    if place.kind == "neighbourhood":
        return place.municipality in large and len(name) >= LONG
    return place.population >= POPULOUS and place.kind in ("city", "town", "village", "municipality")


LISTS = ("never", "alone", "before", "around", "money", "abroad", "ordinary")


def _word_lists(file: Value | None, problems: Problems) -> dict[str, Any]:
    if file is not None:
        only(file, (*LISTS, "provinces", "called", "also"), problems, "places.yaml")
    lists = {}
    for name in LISTS:
        listed = texts_of(file.get(name) if file else None, problems, name)
        lists[name] = frozenset(key(item.text or "") for item in listed)
    return lists


def _short(file: Value | None) -> dict[str, str]:
    """Short names of provinces, folded: zh -> zuidholland."""
    provinces = file.get("provinces") if file else None
    pairs = (provinces.pairs or {}) if provinces else {}
    return {key(short): key(value.text or "") for short, value in pairs.items()}


def _by_hand(
    file: Value | None, names: Mapping[str, tuple[Place, ...]], problems: Problems
) -> dict[str, tuple[Place, ...]]:
    """What callers call a place: `called: {de wallen: Amsterdam}`, or `also: {Den Haag: [haia, lahey]}`.

    A name that several rows of `also` have, such as centraal, is asked about.
    """
    found: dict[str, tuple[Place, ...]] = {}
    called, also = (file.get(name) if file else None for name in ("called", "also"))
    rows = [(name, value, text_of(value, problems, name)) for name, value in (called.named() if called else ())]
    for target, value in also.named() if also else ():
        rows += [(item.text or "", item, target) for item in texts_of(value, problems, target)]
    for name, value, target in rows:
        place = _target(names, target)
        if place is None:
            problems.add(value, f"{name}: {target} is no place of the gazetteer. Write it like Elst, Rhenen.")
        else:
            found[key(name)] = (*(one for one in found.get(key(name), ()) if one is not place), place)
    return found


def _target(names: Mapping[str, tuple[Place, ...]], target: str) -> Place | None:
    """The place that is called so, or of these the one in that municipality: "Elst, Rhenen"."""
    name, _, municipality = target.partition(",")
    places = names.get(key(name), ())
    return next((p for p in places if not municipality or key(p.municipality) == key(municipality)), None)
