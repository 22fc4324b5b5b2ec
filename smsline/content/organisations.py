"""The directory: organisations, services and regions, from files to nouns.

Every row stays in the directory, also what may not be shown: staff complete it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import opening_hours
import phonenumbers
from babel import Locale, UnknownLocaleError

from smsline.content.reader import Problems, Value, date_of, flag_of, meant, only, text_of, texts_of
from smsline.engine.model import Organisation, Service, Shown
from smsline.engine.places import Gazetteer

FIELDS = (
    "name", "full-name", "services", "audience", "scope", "areas", "address", "city", "postcode", "phone",
    "phone-abroad", "whatsapp", "sms", "email", "web", "open", "languages", "anonymous", "free", "authority",
    "character", "show", "confidence", "source", "source-date", "verified", "verified-by", "note",
)  # fmt: skip
LISTS = ("services", "audience", "areas", "languages")
"""Fields that hold several values."""

AUDIENCES = (
    "all", "women", "men", "trans", "minors", "undocumented", "trafficking_victims", "residents", "refugees",
    "eu_migrants", "migrants", "under_25",
)  # fmt: skip
SCOPES = ("national", "regional", "local")
SHOWN = ("yes", "web only", "no")
CONFIDENCE = ("high", "medium", "low", "memory")
CHARACTERS = ("christian",)
"""What a caller is told of whose organisation it is; each is a phrase."""

LONGEST_NAME = 40

_inside = re.compile(r"11[23]|14 ?0|0[89]0")
"""How numbers begin that work inside the country only."""

_dialled = re.compile(r"112|113|14 ?0\d{2,3}|0[89]00[ -]?\d(?: ?\d){3,6}")
_web = re.compile(r"(https?://)?[\w-]+(\.[\w-]+)+(/\S*)?")
_email = re.compile(r"[^@\s]+@[\w-]+(\.[\w-]+)+")
_postcode = re.compile(r"([1-9]\d{3}) ?[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Listed:
    """An organisation, where it stands, and what only staff see."""

    organisation: Organisation
    at: Value
    full_name: str
    confidence: str
    source: str


def read_services(file: Value | None, problems: Problems) -> dict[str, Service]:
    """The fixed kinds of help, with what comes closest to each."""
    found = {}
    for name, value in file.named() if file else ():
        only(value, ("label", "instead", "none"), problems, name)
        instead = texts_of(value.get("instead"), problems, f"{name}: instead")
        for other in instead:
            if file is not None and (other.text or "") not in file:
                near = meant(other.text or "", file.pairs or ())
                problems.add(other, f"{name}: {other.text} is no service of this file." + near)
        found[name] = Service(name, tuple(other.text or "" for other in instead))
    return found


def read_regions(file: Value | None, problems: Problems) -> dict[str, tuple[str, ...]]:
    """The municipalities of each region that has a name of its own."""
    found = {}
    for name, value in file.named() if file else ():
        only(value, ("municipalities", "source", "checked"), problems, name)
        towns = texts_of(value.get("municipalities"), problems, f"{name}: municipalities")
        found[name] = tuple(town.text or "" for town in towns)
    return found


def is_language(code: str) -> bool:
    """Whether Babel knows a language by this code."""
    try:
        Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def dialled(text: str, abroad: bool = False) -> str:
    """A number as people dial it in the Netherlands, short and service numbers as they are; empty: it is none.

    `abroad` is how a foreign phone dials it.
    """
    if not abroad and _dialled.fullmatch(text):
        return text.replace("-", " ")
    try:
        number = phonenumbers.parse(text) if text.startswith("+") else None
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        return ""
    form = phonenumbers.PhoneNumberFormat
    inside = number.country_code == 31 and not abroad
    return phonenumbers.format_number(number, form.NATIONAL if inside else form.INTERNATIONAL)


class Areas:
    """What an area is called, and which municipalities it covers."""

    def __init__(self, gazetteer: Gazetteer, regions: Mapping[str, tuple[str, ...]]) -> None:
        places = [place for place in gazetteer.by_key.values() if place.province]
        self.everywhere = frozenset(place.municipality for place in places if place.municipality)
        self.by_name: dict[str, frozenset[str]] = {}
        self.province = {place.municipality: place.province for place in places if place.municipality}
        for place in reversed(places):  # the likeliest place of a name is set last
            self.by_name[place.name] = frozenset((place.municipality,))
        for province in {place.province for place in places}:
            within = frozenset(p.municipality for p in places if p.province == province and p.municipality)
            self.by_name[province] = self.by_name[f"provincie {province}"] = within
        self.by_name |= {name: frozenset(towns) for name, towns in regions.items()}
        self.by_name |= {name: frozenset((name,)) for name in self.everywhere}
        self.by_name["NL"] = frozenset()
        self.points = {name: _mean(gazetteer, name) for name in self.everywhere}


def read_organisations(
    files: Iterable[Value], services: Mapping[str, Service], areas: Areas, gazetteer: Gazetteer, problems: Problems
) -> dict[str, Listed]:
    """All organisations of the folder, by name."""
    found: dict[str, Listed] = {}
    for file in files:
        for name, value in file.named():
            if name in found:
                first = found[name].at
                problems.add(value, f"{name} is also in {first.file}:{first.line}. Rename or remove one.")
            elif value.pairs is None:
                problems.add(value, f"{name} should have fields below it, such as name.")
            else:
                found[name] = read_one(name, value, services, areas, gazetteer, problems)
    return found


def read_one(
    name: str,
    value: Value,
    services: Mapping[str, Service],
    areas: Areas,
    gazetteer: Gazetteer,
    problems: Problems,
) -> Listed:
    """One organisation from its named values, and what is wrong with it."""
    only(value, FIELDS, problems, name)
    return _listed(_Row(name, value, problems), tuple(services), areas, gazetteer)


@dataclass(frozen=True, slots=True)
class _Row:
    """One organisation of a file, and how its fields are read."""

    name: str
    value: Value
    problems: Problems

    def wrong(self, text: str, field: str = "") -> None:
        self.problems.add((self.value.get(field) if field else None) or self.value, f"{self.name}{text}")

    def text(self, field: str) -> str:
        return text_of(self.value.get(field), self.problems, f"{self.name}: {field}")

    def texts(self, field: str) -> tuple[str, ...]:
        listed = texts_of(self.value.get(field), self.problems, f"{self.name}: {field}")
        return tuple(item.text or "" for item in listed)

    def flag(self, field: str) -> bool | None:
        return flag_of(self.value.get(field), self.problems, f"{self.name}: {field}")

    def some_of(self, field: str, known: Iterable[str]) -> tuple[str, ...]:
        """The entries of a list that are known; a problem for each other one."""
        chosen, known = [], list(known)
        for item in texts_of(self.value.get(field), self.problems, f"{self.name}: {field}"):
            if item.text in known:
                chosen.append(item.text or "")
            else:
                near = meant(item.text or "", known)
                self.problems.add(item, f"{self.name}: {item.text} is not known under {field}." + near)
        return tuple(chosen)

    def one_of(self, field: str, known: tuple[str, ...]) -> str:
        text = self.text(field)
        if text not in known:
            self.wrong(f': {field} is "{text}". Choose one of {", ".join(known)}.', field)
            return known[-1]
        return text


def _listed(row: _Row, services: tuple[str, ...], areas: Areas, gazetteer: Gazetteer) -> Listed:
    named = row.some_of("areas", areas.by_name)
    organisation = Organisation(
        name=row.name,
        title=row.text("name"),
        services=row.some_of("services", services),
        national=row.one_of("scope", SCOPES) == "national" or "NL" in named,
        areas=named,
        municipalities=(towns := frozenset(town for area in named for town in areas.by_name[area])),
        provinces=frozenset(areas.province[town] for town in towns if town in areas.province),
        audience=row.some_of("audience", AUDIENCES) or ("all",),
        phone=_phone(row, "phone"),
        inside=bool(_inside.match(row.text("phone"))),
        abroad=_phone(row, "phone-abroad"),
        whatsapp=_phone(row, "whatsapp"),
        email=row.text("email"),
        web=row.text("web"),
        city=row.text("city"),
        address=row.text("address"),
        point=_point(row, gazetteer),
        served=_served(row.text("city"), named, areas, gazetteer),
        hours=_hours(row),
        languages=row.texts("languages"),
        anonymous=row.flag("anonymous"),
        free=row.flag("free"),
        authority=bool(row.flag("authority")),
        character=row.one_of("character", CHARACTERS) if row.text("character") else "",
        show=cast("Shown", row.one_of("show", SHOWN)),
        read=_read(row),
        verified=date_of(row.value.get("verified"), row.problems, f"{row.name}: verified"),
    )
    _complete(row, organisation)
    return Listed(organisation, row.value, row.text("full-name") or organisation.title, row.text("confidence"),
                  row.text("source"))  # fmt: skip


_week = r"(Mo|Tu|We|Th|Fr|Sa|Su)"
_spans = r"\d\d:\d\d-\d\d:\d\d(,\d\d:\d\d-\d\d:\d\d)*"
_weekly = re.compile(rf"24/7|{_week}([-,]{_week})* {_spans}(; {_week}([-,]{_week})* {_spans})*(; PH off)?")
"""The part of the notation that a phone can show: days, times, and whether public holidays are kept."""


def _complete(row: _Row, organisation: Organisation) -> None:
    """What an organisation must have."""
    for field in ("name", "address", "city", "web", "email"):
        if any(not letter.isprintable() or letter in "{}" for letter in row.text(field)):
            row.wrong(f": {field} should be one line of letters.", field)
    if row.text("confidence") not in ("", *CONFIDENCE):
        row.wrong(f': confidence is "{row.text("confidence")}". Choose one of {", ".join(CONFIDENCE)}.', "confidence")
    if organisation.show != "no" and not organisation.national and not organisation.municipalities:
        row.wrong(" serves no area. Say which in areas:, or scope: national.")
    if row.text("verified-by") and not row.text("verified"):
        row.wrong(" has verified-by: but no verified:. Write the day.", "verified-by")
    if not organisation.title:
        row.wrong(" has no name. Write it as it stands on the door.")
    if len(organisation.title) > LONGEST_NAME:
        row.wrong(f": the name has {len(organisation.title)} letters, at most {LONGEST_NAME}. Use full-name.", "name")
    for code in organisation.languages:
        if not is_language(code):
            row.wrong(f": {code} is no language code. Write them like nl, en, ro.", "languages")
    if organisation.web and not _web.fullmatch(organisation.web):
        row.wrong(f": {organisation.web} is no web address. Write it like example.org/help.", "web")
    if organisation.email and not _email.fullmatch(organisation.email):
        row.wrong(f": {organisation.email} is no e-mail address.", "email")
    if organisation.show != "no" and not row.text("source"):
        row.wrong(" has no source. Say where it was read.")
    if not organisation.services:
        row.wrong(" has no services. Say what it helps with, from services.yaml.")
    if organisation.show == "yes" and not (organisation.phone or organisation.email or organisation.whatsapp):
        row.wrong(" is shown, but has no phone, whatsapp or email. Add one, or show: web only.")
    if organisation.show == "web only" and not (organisation.web or organisation.address):
        row.wrong(" is shown by its web address, but has none. Add web:, or show: no.")


def _phone(row: _Row, field: str) -> str:
    """A number as people dial it in the Netherlands."""
    text = row.text(field)
    shown = dialled(text, abroad=field == "phone-abroad")
    if text and not shown:
        row.wrong(f": {text} is no valid {field} number. Write it like +31 20 555 58 22.", field)
    return shown


def _point(row: _Row, gazetteer: Gazetteer) -> tuple[float, float] | None:
    """Where the postcode of its address is."""
    text = row.text("postcode")
    if not text:
        return None
    match = _postcode.fullmatch(text)
    place = gazetteer.postcodes.get(int(match.group(1))) if match else None
    if place is None:
        row.wrong(f": {text} is no Dutch postcode. Write it like 1012 AB.", "postcode")
        return None
    return place.latitude, place.longitude


def _served(
    city: str, named: tuple[str, ...], areas: Areas, gazetteer: Gazetteer
) -> tuple[tuple[str, tuple[float, float]], ...]:
    """The town it is in and the towns it serves, largest first, with their points; none for the whole country."""
    towns = [city] if city else []
    for area in named:
        towns += sorted(areas.by_name.get(area, ())) if area not in areas.everywhere else [area]
    found = {}
    people = {}
    for town in towns:
        place = gazetteer.find(town) if town != "NL" else None
        people[town] = place.place.population if place else 0
        if areas.points.get(town):
            found[town] = areas.points[town]
        elif place and place.place.kind != "province":
            found[town] = (place.place.latitude, place.place.longitude)
    return tuple(sorted(found.items(), key=lambda item: -people[item[0]]))


def _mean(gazetteer: Gazetteer, municipality: str) -> tuple[float, float]:
    """The middle of a municipality: the mean of its postcodes, else of its places."""
    points = [p for p in gazetteer.postcodes.values() if p.municipality == municipality]
    points = points or [p for p in gazetteer.by_key.values() if p.municipality == municipality]
    return sum(p.latitude for p in points) / len(points), sum(p.longitude for p in points) / len(points)


def _hours(row: _Row) -> str:
    text = row.text("open")
    if text and not (_weekly.fullmatch(text) and opening_hours.validate(text)):
        row.wrong(f': "{text}" is not readable as opening hours. Write them like Mo-Fr 09:00-17:00; PH off.', "open")
        return ""
    return text


def _read(row: _Row) -> date | None:
    """The last day on which its source can be from: of 2026 the last of the year, of 2026-08 of that month."""
    text = row.text("source-date")
    if not text:
        return None
    try:
        day = date.fromisoformat({4: f"{text}-12-31", 7: f"{text}-01"}.get(len(text), text))
        return day if len(text) != 7 else (day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        row.wrong(f': source-date is "{text}". Write 2026, 2026-08 or 2026-08-31.', "source-date")
        return None
