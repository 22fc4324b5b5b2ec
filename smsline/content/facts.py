"""Facts: each figure once, with its source, shown as the caller's language writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite, nan

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from smsline.content.organisations import dialled
from smsline.content.reader import Problems, Value, date_of, only, text_of, texts_of
from smsline.engine.catalog import plain
from smsline.engine.model import Fact

_TIME = {
    "minutes": "duration-minute", "hours": "duration-hour", "days": "duration-day", "weeks": "duration-week",
    "months": "duration-month", "years": "duration-year", "km": "length-kilometer",
}  # fmt: skip
UNITS = (*_TIME, "percent", "EUR", "number", "age", "year", "date", "phone")
MOST = 1e12
"""No figure of ours is larger."""

_FIELDS = ("value", "unit", "source", "checked", "until", "owner", "memory")


@dataclass(frozen=True, slots=True)
class Sourced:
    """A fact, where it stands, who owns it and when it was last compared with its source.

    `fact.until` is the day it ends, or the one on which it is over-old: then it may have changed. `ends` is the first
    of the two, as it stands in the file.
    """

    fact: Fact
    at: Value
    sources: tuple[str, ...]
    checked: date | None
    owner: str
    memory: str
    ends: date | None = None


def read_facts(file: Value | None, years: int, problems: Problems) -> dict[str, Sourced]:
    """The facts of a file; one with a mistake is left out and named. One is over-old `years` after it was checked."""
    found = {}
    for name, value in file.named() if file else ():
        sourced = _fact(name, value, years, problems)
        if sourced:
            found[name] = sourced
    return found


def _fact(name: str, value: Value, years: int, problems: Problems) -> Sourced | None:
    only(value, _FIELDS, problems, name)
    unit = text_of(value.get("unit"), problems, f"{name}: unit")
    if unit not in UNITS:
        problems.add(value, f'{name}: unit is "{unit}". Choose one of {", ".join(UNITS)}.')
    number = _number(name, unit, value, problems)
    sources = tuple(item.text or "" for item in texts_of(value.get("source"), problems, f"{name}: source"))
    checked = date_of(value.get("checked"), problems, f"{name}: checked")
    if not sources or checked is None:
        problems.add(value, f"{name}: a fact needs a source: and the day it was checked:.")
    until = date_of(value.get("until"), problems, f"{name}: until")
    owner = text_of(value.get("owner"), problems, f"{name}: owner")
    memory = text_of(value.get("memory"), problems, f"{name}: memory")
    if number is None or unit not in UNITS:
        return None
    if not owner:
        problems.add(value, f"{name}: has no owner:. Name the role that looks it up again, such as health editor.")
    old = checked + timedelta(days=365.25 * years) if checked and checked.year < 2200 else None
    last = min((day for day in (until, old) if day), default=None)
    return Sourced(Fact(name, number, unit, last), value, sources, checked, owner, memory, until)


def _number(name: str, unit: str, value: Value, problems: Problems) -> float | date | str | None:
    if unit == "date":
        day = date_of(value.get("value"), problems, f"{name}: value")
        if day is None and not value.get("value"):
            problems.add(value, f"{name}: value is missing.")
        return day
    text = text_of(value.get("value"), problems, f"{name}: value")
    if unit == "phone":
        number = dialled(text)
        if not number:
            problems.add(value, f'{name}: value is "{text}", which is no phone number. Write it like +31 20 555 58 22.')
        return number or None
    try:
        figure = float(text)
    except ValueError:
        figure = nan
    if not isfinite(figure):
        problems.add(value, f'{name}: value is "{text}", which is no number. Write 20000 or 2.5.')
    elif not 0 <= figure < MOST or not _is_of(unit, figure):
        problems.add(value, f'{name}: value is "{text}", which cannot be {unit}.')
    else:
        return figure
    return None


def _is_of(unit: str, figure: float) -> bool:
    """Whether a figure can be one of its unit: years and ages are whole."""
    if unit == "year":
        return 1900 <= figure <= 2200 and figure == int(figure)
    return unit != "age" or figure == int(figure)


def shown(fact: Fact, locale: Locale, alone: bool = False) -> str:
    """The fact in a language: "72 hours", "EUR 20,000", "21%"; `alone` without its unit."""
    if isinstance(fact.value, str):
        return fact.value
    if isinstance(fact.value, date):
        return plain(format_date(fact.value, "long", locale=locale))
    if fact.unit == "year":
        return str(int(fact.value))
    if alone or fact.unit in ("number", "age"):
        return plain(format_decimal(fact.value, locale=locale))
    if fact.unit == "percent":
        return plain(format_percent(fact.value / 100, format="#,##0.##%", locale=locale))
    if fact.unit == "EUR":
        return plain(_euros(fact.value, locale))
    return plain(_with_unit(fact.value, _TIME[fact.unit], locale))


def _with_unit(value: float, unit: str, locale: Locale) -> str:
    """A figure with its unit, in the longest form that has the plural of this figure.

    Where a form lacks it, Babel 2.18 writes the unit's id or a wrong plural without a word: Arabic has no long weeks.
    """
    patterns = locale._data["unit_patterns"].get(unit, {})
    for length in ("long", "short", "narrow"):
        if locale.plural_form(value) in (patterns.get(length) or {}):
            return format_unit(value, unit, length=length, locale=locale)
    return f"{format_decimal(value, locale=locale)} {unit.partition('-')[2]}"


def _euros(value: float, locale: Locale) -> str:
    """An amount with EUR written out: the sign costs two septets and old phones lack it."""
    pattern = str(locale.currency_formats["standard"].pattern).split(";")[0].replace("¤", "¤¤")
    if value == int(value):
        pattern = pattern.replace(".00", "")
    if pattern.startswith("¤¤") and not pattern.startswith(("¤¤ ", "¤¤\xa0")):
        pattern = "¤¤ " + pattern[2:]
    return str(format_currency(value, "EUR", format=pattern, locale=locale, currency_digits=False))
