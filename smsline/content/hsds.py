"""The directory as services of HSDS 3, the Human Services Data Specification of Open Referral (docs.openreferral.org).

One service for each kind of help that an organisation offers and that may be shown, with all of it nested inside. Ids
are made of our names, so the same service has the same id in each export.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from opening_hours import OpeningHours, State

from smsline.content.loading import Content
from smsline.content.organisations import Listed
from smsline.engine.model import Organisation

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

MONDAY = datetime(2026, 11, 23)  # noqa: DTZ001 - of a week without a holiday; opening hours know local time only

ONE_DAY = timedelta(days=1)

_ID = "https://smsline.example/"

Record = dict[str, Any]


def services(content: Content) -> list[Record]:
    """Everything that callers may be shown."""
    return [
        _service(content, listed, kind)
        for listed in content.listed.values()
        if listed.organisation.show != "no"
        for kind in listed.organisation.services
    ]


def _id(*names: str) -> str:
    return str(uuid5(NAMESPACE_URL, _ID + "/".join(names)))


def _service(content: Content, listed: Listed, kind: str) -> Record:
    one, label = listed.organisation, content.line.catalog(content.source, f"service.{kind}.label")
    place = list(_places(listed))
    record = {
        "id": _id(one.name, kind),
        "name": f"{one.title}: {label}",
        "status": "active",
        "url": _url(one.web),
        "email": one.email,
        "eligibility_description": "" if "all" in one.audience else ", ".join(one.audience).replace("_", " "),
        "fees_description": "free" if one.free else "",
        "alert": "" if one.verified else "Nobody has verified this contact yet.",
        "assured_date": one.verified.isoformat() if one.verified else "",
        "organization": _organization(listed),
        "phones": list(_phones(one)) if one.show == "yes" else [],
        "languages": [{"id": _id(one.name, "language", code), "code": code} for code in one.languages],
        "schedules": list(_schedules(one)),
        "service_areas": list(_areas(one)),
        "service_at_locations": [
            {"id": _id(one.name, kind, "location"), "service_id": _id(one.name, kind), "location": location}
            for location in place
        ],
        "attributes": [_attribute(one, kind, label)],
    }
    return {key: value for key, value in record.items() if value not in ("", [])}


def _url(web: str) -> str:
    return web if not web or web.startswith("http") else f"https://{web}"


def _organization(listed: Listed) -> Record:
    one = listed.organisation
    record = {"id": _id(one.name), "name": listed.full_name, "alternate_name": one.title,
              "description": f"{listed.full_name}. Source: {listed.source}", "website": _url(one.web)}  # fmt: skip
    return {key: value for key, value in record.items() if value}


def _phones(one: Organisation) -> Iterator[Record]:
    inside = "works from inside the Netherlands only" if one.inside else ""
    for number, kind, note in ((one.phone, "voice", inside), (one.abroad, "voice", "from a foreign phone"),
                               (one.whatsapp, "WhatsApp", "")):  # fmt: skip
        if number:
            record = {"id": _id(one.name, "phone", number), "number": number, "type": kind, "description": note}
            yield {key: value for key, value in record.items() if value}


def _schedules(one: Organisation) -> Iterator[Record]:
    """Opening times of a usual week; the notation that knows holidays too stands in the description."""
    if not one.hours:
        return
    week: dict[tuple[str, str], list[str]] = {}
    for begin, end, state, _ in OpeningHours(one.hours).intervals(MONDAY - ONE_DAY, MONDAY + 8 * ONE_DAY):
        for day in range(7) if state == State.OPEN else ():
            midnight = MONDAY + day * ONE_DAY
            if begin <= midnight and end >= midnight + ONE_DAY:
                week.setdefault(("00:00", "23:59"), []).append(DAYS[day])
            elif midnight <= begin < midnight + ONE_DAY:
                week.setdefault((f"{begin:%H:%M}", f"{end:%H:%M}"), []).append(DAYS[day])
    for (opens, closes), days in week.items():
        yield {"id": _id(one.name, "hours", opens, closes), "freq": "WEEKLY", "byday": ",".join(days),
               "opens_at": opens, "closes_at": closes, "description": one.hours}  # fmt: skip


def _areas(one: Organisation) -> Iterator[Record]:
    for area in ["NL"] if one.national else one.areas:
        name = "Netherlands" if area == "NL" else area
        yield {"id": _id(one.name, "area", area), "name": name, "extent_type": "text", "extent": name}


def _places(listed: Listed) -> Iterator[Record]:
    """Where it has a whole address: street, town and postcode."""
    one, postcode = listed.organisation, listed.at.get("postcode")
    street, comma, city = one.address.rpartition(", ")
    if not one.point or not comma or postcode is None:
        return
    address = {"id": _id(one.name, "address"), "address_1": street, "city": city,
               "state_province": min(one.provinces, default=""), "postal_code": postcode.text, "country": "NL",
               "address_type": "physical"}  # fmt: skip
    yield {"id": _id(one.name, "place"), "location_type": "physical", "name": one.title, "latitude": one.point[0],
           "longitude": one.point[1], "addresses": [address]}  # fmt: skip


def _attribute(one: Organisation, kind: str, label: str) -> Record:
    """The kind of help, in the words of this line."""
    term = {"id": _id("term", kind), "code": kind, "name": label, "description": f"{label} ({kind})", "language": "en",
            "taxonomy": "smsline"}  # fmt: skip
    return {"id": _id(one.name, kind, "term"), "link_entity": "service", "link_id": _id(one.name, kind),
            "taxonomy_term": term}  # fmt: skip
