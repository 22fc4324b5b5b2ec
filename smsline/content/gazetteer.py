"""Reads the places and postcodes of the Netherlands (`smsline/data/`, CC BY 4.0, see its README)."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

from smsline.content.reader import Problems, Value, only, text_of, texts_of
from smsline.engine.fold import key
from smsline.engine.model import Place
from smsline.engine.places import POPULOUS, Gazetteer

DATA = Path(__file__).parent.parent / "data"
LARGE = 100_000

_ORDER = {"city": 0, "town": 0, "village": 1, "municipality": 2, "neighbourhood": 3, "province": 5}


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_gazetteer(words: Value | None, problems: Problems) -> Gazetteer:
    """The gazetteer, with what staff say of names in `menus/places.yaml`."""
    lists = _word_lists(words, problems)
    names: dict[str, list[Place]] = defaultdict(list)
    by_key: dict[str, Place] = {}
    for row in _rows("nl_places.csv"):
        place = _place(row)
        by_key[place.key] = place
        for name in (row["name"], *row["aliases"].split("|")):
            folded = key(name)
            if folded and place not in names[folded]:
                names[folded].append(place)
    _by_hand(words, names, problems)
    large = {place.municipality for place in by_key.values() if place.population >= LARGE}
    ordered = {
        name: tuple(sorted(places, key=lambda place: _rank(place, large))) for name, places in names.items() if places
    }
    postcodes = {int(row["postcode4"]): _postcode(row) for row in _rows("nl_postcodes.csv")}
    by_key |= {place.key: place for place in postcodes.values()}
    return Gazetteer(ordered, postcodes, **lists, by_key=by_key, spelled=_spelled(ordered), provinces=_short(words))


TWICE = {("Bergen", "Noord-Holland"): "Bergen (NH)", ("Bergen", "Limburg"): "Bergen (L)"}
"""The one name that two municipalities have, as Statistics Netherlands (CBS) tells them apart."""


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


def _rank(place: Place, large: set[str]) -> tuple[int, int]:
    """Inhabited places, then neighbourhoods of large cities, then hamlets; a city before its province."""
    order = _ORDER.get(place.kind, 4)
    if place.kind == "village" and not place.population:
        order = 4
    if place.kind == "neighbourhood" and place.municipality not in large:
        order = 4
    return order, -place.population


def _spelled(names: dict[str, tuple[Place, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, places in names.items():
        if len(name) >= 5 and any(p.population >= POPULOUS and p.kind != "province" for p in places):
            found[name[0]].append(name)
    return {letter: tuple(sorted(some)) for letter, some in found.items()}


def _word_lists(file: Value | None, problems: Problems) -> dict[str, frozenset[str]]:
    if file is not None:
        only(file, ("never", "alone", "before", "money", "provinces", "called"), problems, "places.yaml")
    lists = {}
    for name in ("never", "alone", "before", "money"):
        listed = texts_of(file.get(name) if file else None, problems, name)
        lists[name] = frozenset(key(item.text or "") for item in listed)
    return lists


def _short(file: Value | None) -> dict[str, str]:
    """Short names of provinces, folded: zh -> zuidholland."""
    provinces = file.get("provinces") if file else None
    pairs = (provinces.pairs or {}) if provinces else {}
    return {key(short): key(value.text or "") for short, value in pairs.items()}


def _by_hand(file: Value | None, names: dict[str, list[Place]], problems: Problems) -> None:
    """What callers call a place: `called: {de wallen: Amsterdam}`."""
    called = file.get("called") if file else None
    for name, value in called.named() if called else ():
        target = names.get(key(text_of(value, problems, name)))
        if target:
            names[key(name)].insert(0, target[0])
        else:
            problems.add(value, f"{name}: {value.text} is no place of the gazetteer.")
