"""Where somebody is: from a text to a place of the Netherlands.

A place is never guessed from a word that is one in ordinary talk: such names count only alone or after "in".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from smsline.engine.fold import words
from smsline.engine.model import Place

POPULOUS = 8_000
"""Inhabitants from which a name is looked for inside sentences, and with typing errors."""

SHORT = 3
"""Words of a text in which a bare number may be a postcode, as in "sti test 3011"."""

ABROAD = 20.0
"""Kilometres from the middle of the nearest postcode from which a location is not in the Netherlands."""

_postcode = re.compile(r"(?<!\d)([1-9]\d{3})(?!\d)")


@dataclass(frozen=True, slots=True)
class Found:
    """The likeliest place, and the others of that name."""

    place: Place
    others: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names and postcodes of the country. Names are folded, likeliest place first."""

    names: Mapping[str, tuple[Place, ...]]
    postcodes: Mapping[int, Place]
    never: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    money: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    """Words such as "in" and "near", after which a place follows."""
    by_key: Mapping[str, Place] = field(default_factory=dict)
    spelled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names that may be misspelled, by first letter."""
    provinces: Mapping[str, str] = field(default_factory=dict)

    def find(self, text: str, asked: bool = False) -> Found | None:
        """The place that a text names. `asked`: we asked for one, so a village may stand in a sentence."""
        tokens = words(text)[:40]
        return self._by_postcode(tokens, asked) or self._by_name(tokens, asked) or self._by_sound(tokens, asked)

    def near(self, point: tuple[float, float]) -> Place | None:
        """The postcode that a location lies in or nearest to; None outside the country."""

        def away(place: Place) -> float:
            return kilometres(point, (place.latitude, place.longitude))

        found = min(self.postcodes.values(), key=away, default=None)
        return found if found and away(found) <= ABROAD else None

    def _by_postcode(self, tokens: list[str], asked: bool) -> Found | None:
        for index, token in enumerate(tokens):
            match = _postcode.match(token)
            if not match or not re.fullmatch(r"\d{4}([a-z]{2})?", token):
                continue
            follows = tokens[index + 1] if index + 1 < len(tokens) else ""
            lettered = len(token) == 6 or bool(re.fullmatch("[a-z]{2}", follows))
            if follows in self.money or (index and tokens[index - 1] in self.money):
                continue
            year = token[:2] in ("19", "20")
            plain = not lettered and not self._introduced(tokens, index)
            if plain and not asked and len(tokens) > (1 if year else SHORT):
                continue  # an amount, a year or a room in a sentence about something else
            return Found(self._nearest_postcode(int(match.group(1))))
        return None

    def _nearest_postcode(self, number: int) -> Place:
        """PO boxes and new streets have codes that no list has: the nearest number is almost always near."""
        if number in self.postcodes:
            return self.postcodes[number]
        # A PO box has a code of its own town, so the same first two figures count before the distance.
        return self.postcodes[min(self.postcodes, key=lambda code: (code // 100 != number // 100, abs(code - number)))]

    def _by_name(self, tokens: list[str], asked: bool) -> Found | None:
        for size in range(min(6, len(tokens)), 0, -1):
            for start in range(len(tokens) - size + 1):
                name = "".join(tokens[start : start + size])
                places = self.names.get(name)
                if places and self._may_stand(name, places[0], tokens, start, size, asked):
                    return self._settled(places, tokens[:start] + tokens[start + size :])
        return None

    def _may_stand(self, name: str, place: Place, tokens: list[str], start: int, size: int, asked: bool) -> bool:
        if name in self.never:
            return False
        rest = tokens[:start] + tokens[start + size :]
        if not rest or all(word in self.before or word in self.provinces for word in rest):
            return True
        if name in self.alone or len(name) < 4:  # "in een huis" speaks of a house, "in een" of a village
            return self._introduced(tokens, start) and start + size == len(tokens)
        if self._introduced(tokens, start):
            return True
        return asked or place.population >= POPULOUS or place.kind in ("city", "town")

    def _introduced(self, tokens: list[str], start: int) -> bool:
        return start > 0 and tokens[start - 1] in self.before

    def _by_sound(self, tokens: list[str], asked: bool) -> Found | None:
        """A name with a typing error: the whole text, the text after "in", or any word where one was asked."""
        starts = [i + 1 for i, token in enumerate(tokens) if token in self.before]
        tries = (
            ["".join(tokens)] + ["".join(tokens[i:]) for i in starts] + [t for i in starts for t in tokens[i : i + 1]]
        )
        if asked:
            tries += tokens
        for name in tries:
            if len(name) >= 5 and name not in self.never and name not in self.alone:
                spelled = misspelled(name, self.spelled.get(name[0], ()))
                if spelled:
                    return self._settled(self.names[spelled], ())
        return None

    def _settled(self, places: Sequence[Place], rest: Iterable[str]) -> Found:
        """A second word that names a municipality or a province settles which one is meant."""
        told = {self.provinces.get(word, word) for word in rest}
        fit = [p for p in places if words_of(p.municipality) & told or words_of(p.province) & told]
        chosen = fit[0] if fit else places[0]
        return Found(chosen, tuple(p for p in (fit or places) if p is not chosen))


def words_of(name: str) -> set[str]:
    """A name as one word and, where it has several, as its words that say something."""
    parts = words(name)
    return {"".join(parts), *(part for part in parts if len(part) > 5)}


def misspelled(name: str, names: Sequence[str]) -> str | None:
    """The name that is one typing error away, two from eight letters on (optimal string alignment)."""
    most = 1 if len(name) < 8 else 2
    found = extractOne(name, names, scorer=OSA.distance, score_cutoff=most)
    return found[0] if found else None


@lru_cache(maxsize=1 << 16)
def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance between two (latitude, longitude) points in degrees, along a great circle."""
    (lat1, lon1), (lat2, lon2) = a, b
    height = sin(radians(lat2 - lat1) / 2) ** 2
    width = cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 12742.0 * asin(sqrt(height + width))
