"""Fills the blanks of a text from facts and organisations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel import Locale

from smsline.content.facts import Sourced, shown
from smsline.content.organisations import Listed
from smsline.engine.catalog import Text, from_right
from smsline.engine.model import Fact

BLANK = re.compile(r"\{([a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)?)\}")

CONTACT = ("phone", "name", "web", "whatsapp", "email")
"""What a blank can take from an organisation."""

OPEN = frozenset(
    ("place", "hours", "languages", "year", "area", "km", "day", "time", "number", "spoken", "word", "tag")
)
"""Blanks that are filled on the phone, in the line's own phrases only."""


@dataclass(frozen=True, slots=True)
class Filler:
    """Knows the facts and the organisations, and nothing else: content is never evaluated."""

    facts: Mapping[str, Sourced]
    organisations: Mapping[str, Listed]

    def known(self, blank: str) -> bool:
        """Whether a blank can be filled from facts or organisations."""
        name, _, part = blank.partition(".")
        if name in self.facts:
            return part in ("", "value")
        found = self.organisations.get(name)
        if found is None or part not in CONTACT or found.organisation.show == "no":
            return False
        return bool(self._contact(found, part))

    def names(self) -> list[str]:
        """All blanks that can be filled, to suggest the nearest one."""
        contacts = [f"{name}.{part}" for name, found in self.organisations.items() for part in CONTACT
                    if found.organisation.show != "no" and self._contact(found, part)]  # fmt: skip
        return [*self.facts, *(f"{name}.value" for name in self.facts), *contacts]

    def fill(self, text: str, locale: Locale, changed: str, also: Mapping[str, str]) -> Text:
        """The text in a language; what cannot be filled here stays open."""
        ends = sorted({fact.until for fact in self._facts_in(text) if fact.until})
        later = tuple((day, self._filled(text, locale, also, day, changed)) for day in ends)
        return Text(self._filled(text, locale, also, None, changed), later)

    def _facts_in(self, text: str) -> list[Fact]:
        names = (blank.partition(".")[0] for blank in BLANK.findall(text))
        return [self.facts[name].fact for name in names if name in self.facts]

    def _filled(self, text: str, locale: Locale, also: Mapping[str, str], ended: date | None, changed: str) -> str:
        def one(match: re.Match[str]) -> str:
            blank = match.group(1)
            name, _, part = blank.partition(".")
            if blank in also:
                return also[blank]
            if name in self.facts:
                fact = self.facts[name].fact
                late = ended is not None and fact.until is not None and fact.until <= ended
                return changed if late else shown(fact, locale, alone=part == "value")
            if name in self.organisations and part in CONTACT:
                said = self._contact(self.organisations[name], part)
                dials = part in ("phone", "whatsapp") and locale.text_direction == "rtl"
                return from_right(said) if dials else said
            return match.group()

        return BLANK.sub(one, text)

    @staticmethod
    def _contact(found: Listed, part: str) -> str:
        organisation = found.organisation
        if organisation.show == "web only" and part not in ("web", "name"):
            return ""
        return organisation.title if part == "name" else str(getattr(organisation, part))
