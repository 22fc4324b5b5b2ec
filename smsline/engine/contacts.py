"""How an organisation is shown on a phone: name, what it does, the number alone on its line, the rest.

What nobody has verified is said to be so, with the year of its source.
"""

from __future__ import annotations

import re
from datetime import datetime

from babel.dates import get_day_names

from smsline.engine.directory import is_open, opens
from smsline.engine.line import Line
from smsline.engine.model import Organisation, Place, State
from smsline.engine.offers import Helper
from smsline.engine.places import COUNTRY

RIGHT = "\N{RIGHT-TO-LEFT MARK}"
"""Before a name in Latin letters: else the line would turn with its first letter."""

_DAYS = {"Mo": 0, "Tu": 1, "We": 2, "Th": 3, "Fr": 4, "Sa": 5, "Su": 6}
_day = re.compile(r"\b(Mo|Tu|We|Th|Fr|Sa|Su)\b")


def contact(line: Line, state: State, helper: Helper, service: str, place: Place, moment: datetime) -> str:
    """The lines of one organisation."""
    organisation = helper.organisation
    say = line.catalog
    label = say(state.language, f"service.{_offered(line, organisation, service)}.label")
    title = say.name(state.language, organisation.title)
    turned = RIGHT if say.locales[state.language].text_direction == "rtl" and not label.isascii() else ""
    rows = [turned + (f"{title}: {label}" if label else title)]
    rows += _reach(line, state.language, helper)
    if organisation.address:
        rows.append(say.name(state.language, organisation.address))
    rows.append(_details(line, state, helper, place, moment))
    return "\n".join(row for row in rows if row)


def _offered(line: Line, organisation: Organisation, service: str) -> str:
    """The service that this organisation is listed for: the one sought, else what comes closest to it."""
    wanted = (service, *line.directory.services[service].instead)
    return next((name for name in wanted if name in organisation.services), organisation.services[0])


def _reach(line: Line, language: str, helper: Helper) -> list[str]:
    """One way to reach it: a number, else a web address (where only that was read), else e-mail."""
    organisation = helper.organisation
    if helper.show == "web only":
        return [organisation.web]
    number = line.catalog.number(language, organisation.phone or organisation.whatsapp)
    return [number or organisation.email or organisation.web]


def sentence_to_say(line: Line, language: str) -> str:
    """What to say in Dutch to somebody who may not speak the caller's language."""
    return line.catalog(language, "phrase.say-dutch", spoken=line.languages[language].dutch)


def speaks(organisation: Organisation, language: str) -> bool:
    """Whether somebody there is said to speak the caller's language. Dutch is spoken everywhere."""
    spoken = language.partition("-")[0]
    return spoken == "nl" or spoken in organisation.languages


def _details(line: Line, state: State, helper: Helper, place: Place, moment: datetime) -> str:
    organisation, language, say = helper.organisation, state.language, line.catalog
    parts = [_where(line, language, helper, place), _hours(line, language, organisation, moment)]
    if organisation.inside and helper.show == "yes":
        abroad = say.number(language, organisation.abroad)
        parts.append(say(language, "phrase.from-abroad", number=abroad) if abroad else say(language, "phrase.inside"))
    if organisation.languages:
        spoken = " ".join(code.upper() for code in organisation.languages[:6])
        parts.append(say(language, "phrase.speaks", languages=spoken))
    if "all" not in organisation.audience:
        parts.append(say(language, f"phrase.for-{organisation.audience[0]}"))
    if organisation.character:
        parts.append(say(language, f"phrase.{organisation.character}"))
    if organisation.anonymous:
        parts.append(say(language, "phrase.no-name"))
    if organisation.free:
        parts.append(say(language, "phrase.free"))
    if organisation.authority:
        parts.append(say(language, "phrase.government"))
    if not organisation.verified:
        year = str(organisation.read.year) if organisation.read else ""
        parts.append(say(language, "phrase.not-checked" if year else "phrase.not-checked-undated", year=year))
    return " ".join(part for part in parts if part)


def _where(line: Line, language: str, helper: Helper, place: Place) -> str:
    organisation, say = helper.organisation, line.catalog
    if organisation.point and helper.distance is not None and place != COUNTRY:
        return say(language, "phrase.away", km=say.kilometres(language, helper.distance))
    if helper.how == "here" and not organisation.national:
        return say(language, "phrase.serves", area=place.municipality or place.province)
    if helper.how == "near":
        return say(language, "phrase.serves", area=helper.area)
    return say(language, "phrase.whole-country")


def _hours(line: Line, language: str, organisation: Organisation, moment: datetime) -> str:
    """The week's hours with day names of the caller's language, and whether it is open now."""
    if not organisation.hours:
        return ""
    if organisation.hours == "24/7":
        return line.catalog(language, "phrase.day-and-night")
    names = get_day_names("abbreviated", locale=line.catalog.locales[language])
    week = organisation.hours.replace("; PH off", "")
    week = _day.sub(lambda found: names[_DAYS[found.group()]].rstrip("."), week).replace(";", ",")
    week = re.sub(r"\b0(\d:)", r"\1", week)
    if is_open(organisation.hours, moment):
        return line.catalog(language, "phrase.open-now", hours=week)
    later = opens(organisation.hours, moment)
    if later is None:
        return line.catalog(language, "phrase.closed-now", hours=week)
    day = "" if later.date() == moment.date() else names[later.weekday()].rstrip(".")
    key = "phrase.opens-later" if day else "phrase.opens-at"
    return line.catalog(language, key, hours=week, day=day, time=f"{later:%-H:%M}")
