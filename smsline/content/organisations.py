"""The directory: organisations, services and regions, from files to nouns.

Every row stays in the directory, also what may not be shown: staff complete it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

import phonenumbers
from opening_hours import OpeningHours, ParserError

from smsline.content.reader import Problems, Value, date_of, flag_of, meant, only, text_of, texts_of
from smsline.engine.directory import Directory
from smsline.engine.model import Organisation, Service
from smsline.engine.places import Gazetteer

_FIELDS = (
    "name", "full-name", "services", "audience", "scope", "areas", "address", "city", "postcode", "phone",
    "whatsapp", "sms", "email", "web", "open", "languages", "anonymous", "free", "authority", "character",
    "show", "confidence", "source", "source-date", "verified", "note",
)  # fmt: skip
AUDIENCES = (
    "all", "women", "men", "trans", "minors", "undocumented", "trafficking_victims", "residents", "refugees",
    "eu_migrants", "migrants", "under_25",
)  # fmt: skip
SCOPES = ("national", "regional", "local")
SHOWN = ("yes", "web only", "no")
LONGEST_NAME = 40

_dialled = re.compile(r"112|113|14 ?0\d{2,3}|0[89]00[ -]?\d(?: ?\d){3,6}")
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
            if file is not None and other.text not in file:
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


class Areas:
    """What an area is called, and which municipalities it covers."""

    def __init__(self, gazetteer: Gazetteer, regions: Mapping[str, tuple[str, ...]]) -> None:
        places = list(gazetteer.by_key.values())
        self.everywhere = frozenset(place.municipality for place in places if place.municipality)
        self.by_name: dict[str, frozenset[str]] = {}
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
                found[name] = _listed(name, value, services, areas, gazetteer, problems)
    return found


def _listed(
    name: str, value: Value, services: Mapping[str, Service], areas: Areas, gazetteer: Gazetteer, problems: Problems
) -> Listed:
    only(value, _FIELDS, problems, name)

    def text(field: str) -> str:
        return text_of(value.get(field), problems, f"{name}: {field}")

    title = text("name")
    if not title:
        problems.add(value, f"{name} has no name. Write it as it stands on the door.")
    elif len(title) > LONGEST_NAME:
        problems.add(value, f"{name}: the name has {len(title)} letters, at most {LONGEST_NAME}. Use full-name.")
    served = _choices(name, "services", value, tuple(services), problems)
    if not served:
        problems.add(value, f"{name} has no services. Say what it helps with, from services.yaml.")
    named = _areas(name, value, areas, problems)
    municipalities = frozenset(town for area in named for town in areas.by_name.get(area, ()))
    verified = date_of(value.get("verified"), problems, f"{name}: verified")
    organisation = Organisation(
        name=name,
        title=title,
        services=tuple(served),
        national=_one_of(name, "scope", value, SCOPES, problems) == "national" or "NL" in named,
        areas=tuple(named),
        municipalities=municipalities,
        audience=tuple(_choices(name, "audience", value, AUDIENCES, problems)) or ("all",),
        phone=_phone(name, "phone", value, problems),
        whatsapp=_phone(name, "whatsapp", value, problems),
        email=text("email"),
        web=text("web"),
        city=text("city"),
        address=text("address"),
        point=_point(name, value, gazetteer, problems),
        served=_served(text("city"), named, areas, gazetteer),
        hours=_hours(name, value, problems),
        languages=tuple(item.text or "" for item in texts_of(value.get("languages"), problems, f"{name}: languages")),
        anonymous=flag_of(value.get("anonymous"), problems, f"{name}: anonymous"),
        free=flag_of(value.get("free"), problems, f"{name}: free"),
        authority=bool(flag_of(value.get("authority"), problems, f"{name}: authority")),
        show=cast("Literal['yes', 'web only', 'no']", _one_of(name, "show", value, SHOWN, problems)),
        year=_year(name, value, problems),
        verified=verified,
    )
    if organisation.show == "yes" and not (organisation.phone or organisation.email or organisation.whatsapp):
        problems.add(value, f"{name} is shown, but has no phone, whatsapp or email. Add one, or show: web only.")
    if organisation.show == "web only" and not (organisation.web or organisation.address):
        problems.add(value, f"{name} is shown by its web address, but has none. Add web:, or show: no.")
    return Listed(organisation, value, text("full-name") or title, text("confidence"), text("source"))


def _choices(name: str, field: str, value: Value, known: tuple[str, ...], problems: Problems) -> list[str]:
    chosen = []
    for item in texts_of(value.get(field), problems, f"{name}: {field}"):
        if item.text in known:
            chosen.append(item.text or "")
        else:
            near = meant(item.text or "", known)
            problems.add(item, f"{name}: {item.text} is not known under {field}." + near)
    return chosen


def _one_of(name: str, field: str, value: Value, known: tuple[str, ...], problems: Problems) -> str:
    text = text_of(value.get(field), problems, f"{name}: {field}")
    if text in known:
        return text
    problems.add(value.get(field) or value, f"{name}: {field} is \"{text}\". Choose one of {', '.join(known)}.")
    return known[-1]


def _areas(name: str, value: Value, areas: Areas, problems: Problems) -> list[str]:
    named = []
    for item in texts_of(value.get("areas"), problems, f"{name}: areas"):
        if item.text in areas.by_name:
            named.append(item.text or "")
        else:
            near = meant(item.text or "", areas.by_name)
            problems.add(item, f"{name}: the area {item.text} is no town, province or region here." + near)
    return named


def _phone(name: str, field: str, value: Value, problems: Problems) -> str:
    """A number as people dial it in the Netherlands; short and service numbers as they are."""
    item = value.get(field)
    text = text_of(item, problems, f"{name}: {field}")
    if not text or item is None:
        return ""
    if _dialled.fullmatch(text):
        return text.replace("-", " ")
    try:
        number = phonenumbers.parse(text, None if text.startswith("+") else "NL")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not text.startswith("+") or not phonenumbers.is_valid_number(number):
        problems.add(item, f"{name}: {text} is no valid {field} number. Write it like +31 20 555 58 22.")
        return ""
    national = number.country_code == 31
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if national else form.INTERNATIONAL)


def _point(name: str, value: Value, gazetteer: Gazetteer, problems: Problems) -> tuple[float, float] | None:
    """Where the postcode of its address is."""
    item = value.get("postcode")
    if item is None:
        return None
    match = _postcode.fullmatch(text_of(item, problems, f"{name}: postcode"))
    place = gazetteer.postcodes.get(int(match.group(1))) if match else None
    if place is None:
        problems.add(item, f"{name}: {item.text} is no Dutch postcode. Write it like 1012 AB.")
        return None
    return place.latitude, place.longitude


def _served(
    city: str, named: list[str], areas: Areas, gazetteer: Gazetteer
) -> tuple[tuple[str, tuple[float, float]], ...]:
    """The town it is in and the towns it serves, with their points; none for the whole country."""
    towns = [city] if city else []
    for area in named:
        towns += sorted(areas.by_name.get(area, ())) if area not in areas.everywhere else [area]
    found = {}
    for town in towns:
        place = gazetteer.find(town) if town != "NL" else None
        if areas.points.get(town):
            found[town] = areas.points[town]
        elif place and place.place.kind != "province":
            found[town] = (place.place.latitude, place.place.longitude)
    return tuple(found.items())


def _mean(gazetteer: Gazetteer, municipality: str) -> tuple[float, float]:
    """The middle of a municipality: the mean of its postcodes, else of its places."""
    points = [p for p in gazetteer.postcodes.values() if p.municipality == municipality]
    points = points or [p for p in gazetteer.by_key.values() if p.municipality == municipality]
    return sum(p.latitude for p in points) / len(points), sum(p.longitude for p in points) / len(points)


def _hours(name: str, value: Value, problems: Problems) -> str:
    item = value.get("open")
    text = text_of(item, problems, f"{name}: open")
    if not text or item is None:
        return ""
    try:
        OpeningHours(text, country="NL")
    except ParserError:
        what = f"{name}: \"{text}\" is not readable as opening hours. Write them like Mo-Fr 09:00-17:00; PH off."
        problems.add(item, what)
        return ""
    return text


def _year(name: str, value: Value, problems: Problems) -> int | None:
    item = value.get("source-date")
    text = text_of(item, problems, f"{name}: source-date")
    if not text or item is None:
        return None
    try:
        return date.fromisoformat({4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text)).year
    except ValueError:
        problems.add(item, f"{name}: source-date is \"{text}\". Write 2026, 2026-08 or 2026-08-31.")
        return None


def directory_of(listed: Mapping[str, Listed], services: Mapping[str, Service]) -> Directory:
    """The directory that the engine reads."""
    organisations = {name: one.organisation for name, one in listed.items()}
    by_service = {
        service: tuple(o for o in organisations.values() if service in o.services) for service in services
    }
    return Directory(organisations, services, by_service)



