"""Where somebody is: from a text to a place of the Netherlands, to several of one name, or to "abroad".

A place is never guessed from a word that is one in ordinary talk: such names count only alone or after "in".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Literal

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from smsline.engine.endings import stems
from smsline.engine.fold import key, words
from smsline.engine.model import Place
from smsline.engine.sounds import consonants, sound
from smsline.engine.spans import Span, ends_within, is_short, spans

POPULOUS = 8_000
"""Inhabitants from which a name is looked for inside sentences, with endings and with typing errors."""

SMALL = 1_000
"""Inhabitants below which a name that is an ordinary word counts only after "in"."""

SHORT = 3
"""Words of a text in which a bare number may be a postcode, as in "sti test 3011"."""

LONGEST = 30
"""Words of a text that are looked at, from its begin and its end."""

SPELLED = 5
"""Letters from which on a name may have a typing error."""

WELL_KNOWN = 20_000
"""Inhabitants of a place that a short word with a typing error, or one with an ending, may mean."""

TRIED = 12
"""Words that are tried for typing errors in one text."""

NEIGHBOURS = 25.0
"""Kilometres within which another town tells which place of a name is meant, as in "rijswijk den haag"."""

BEYOND = 20.0
"""Kilometres from the middle of the nearest postcode from which a location is not in the Netherlands."""

COUNTRY = Place("NL", "Nederland", "", "", 52.2, 5.3, "country")
"""The place of somebody who is abroad: nobody is near it, and who helps the whole country helps there."""

Abroad = Literal["abroad"]
ABROAD: Abroad = "abroad"

_postcode = re.compile(r"[1-9]\d{3}([a-z]{2})?")
_letters = re.compile("[abcdeghjklmnprstvwxz]{2}")
"""Those that most postcodes have."""

AREA = 2
"""Words of a municipality or province that says which place of a name is meant: "Elst Utrecht"."""

_parted = re.compile(r"[1-9] \d \d \d|[1-9]\d \d\d")
"""A postcode as it is spelled out or read aloud, when it is the whole text."""

_price = re.compile(r"[€$£¥₺₴₽]\s?\d[\d.,]{0,12}|(?<![\d.,])\d[\d.,]{0,12}\s?[€$£¥₺₴₽元块欧]")


@dataclass(frozen=True, slots=True)
class Found:
    """The likeliest place, and the others of that name; of these `rivals` may be meant as well, so that one asks."""

    place: Place
    others: tuple[Place, ...] = ()
    rivals: tuple[Place, ...] = ()


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
    around: frozenset[str] = frozenset()
    """Words such as "I", "live" and "station" that say no more than the name they stand with."""
    abroad: frozenset[str] = frozenset()
    """Cities and countries elsewhere. No name is here and in `names`."""
    ordinary: frozenset[str] = frozenset()
    """Words of ordinary talk, which are no name with a typing error."""
    inhabited: frozenset[str] = frozenset()
    """Keys of the places that many people live in: of others the name alone counts, or after "in"."""
    shared: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    """Names of which it is worth to ask which place is meant, with these places."""
    by_key: Mapping[str, Place] = field(default_factory=dict)
    spelled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names that may be misspelled, by first letter."""
    sounds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The same by first letter of how they sound: sound -> name."""
    consonants: Mapping[str, str] = field(default_factory=dict)
    """The same by what Arabic letters tell of them."""
    provinces: Mapping[str, str] = field(default_factory=dict)

    def find(self, text: str, asked: bool = False) -> Found | None:
        """The place that a text names. `asked`: we asked for one, so a village may stand in a sentence."""
        found = self.read(text, asked)
        return found if isinstance(found, Found) else None

    def read(self, text: str, asked: bool = False) -> Found | Abroad | None:
        """The place that a text names, or that it is abroad. In this order:

        a postcode · a Dutch name as it is written · a foreign one · either with an ending · a Dutch one misspelled.
        """
        tokens = tuple(words(_price.sub(" ", text)))
        if len(tokens) > LONGEST:
            tokens = tokens[: LONGEST // 2] + tokens[-LONGEST // 2 :]
        if _parted.fullmatch(text.strip()):
            tokens = ("".join(tokens),)
        return (
            self._by_postcode(tokens, asked)
            or self._by_name(tokens, asked)
            or self._by_foreign_name(tokens, asked)
            or self._by_ending(tokens, asked)
            or self._by_sound(tokens, asked)
        )

    def near(self, point: tuple[float, float]) -> Place | None:
        """The postcode that a location lies in or nearest to; None outside the country."""

        def away(place: Place) -> float:
            return kilometres(point, (place.latitude, place.longitude))

        found = min(self.postcodes.values(), key=away, default=None)
        return found if found and away(found) <= BEYOND else None

    def beside(self, text: str) -> tuple[str, ...] | None:
        """The words beside a place, here or abroad, that say no more than it; None where a text says more.

        Without those that only stand before a place, or say which one it is.
        """
        for span in spans(tuple(words(text)[:LONGEST])):
            strange = [word for word in span.rest if not self._is_filler(word)]
            if span.name in self.never or len(strange) > AREA:
                continue
            places = self.names.get(span.name, ())
            if not all(self._fitting(places, (word,)) for word in strange):
                continue
            rest = tuple(word for word in span.rest if word not in strange)
            if set(rest) - self.before and (span.name in self.alone or is_short(span.name)):
                continue
            if places or span.name in self.abroad or self._has_large_stem(span.name):
                return tuple(word for word in rest if word not in self.before)
        return None

    def among(self, places: Sequence[Place], text: str) -> Place | None:
        """Which of some places of one name a text means: "limburg", "de grote", "hengelo gld"; None if not one."""
        fit = self._fitting(places, tuple(words(text)[:LONGEST]))
        return fit[0] if len(fit) == 1 else None

    # --- postcodes ---------------------------------------------------------------------------------------------

    def _by_postcode(self, tokens: tuple[str, ...], asked: bool) -> Found | None:
        for index, token in enumerate(tokens):
            if not _postcode.fullmatch(token) or self.money.intersection(tokens[max(0, index - 2) : index + 3]):
                continue
            follows = tokens[index + 1] if index + 1 < len(tokens) else ""
            if len(token) == 6 or (_letters.fullmatch(follows) and (asked or follows not in self.ordinary)):
                return Found(self._nearest_postcode(int(token[:4])))
            if self._stands_as_postcode(token, tokens[:index], tokens[index + 1 :], asked):
                return Found(self._nearest_postcode(int(token)))
        return None

    def _stands_as_postcode(self, token: str, before: tuple[str, ...], behind: tuple[str, ...], asked: bool) -> bool:
        """Whether four figures can be one: not an amount, a year or a room in a sentence about something else."""
        if token.endswith("000") and not asked and (before or behind):
            return False  # a round sum; of postcodes only those of PO boxes are so round
        if token[:2] in ("19", "20"):  # 2011 is in Haarlem, and a year; "i am 1998" says when somebody was born
            if before and before[-1] not in self.before and before[-1] not in self.names:
                return False
            return all(self._is_filler(w) or (w in self.names and w not in self.alone) for w in (*before, *behind))
        said = [word for word in (*before, *behind) if not (asked and self._is_filler(word))]
        return len(said) < SHORT or bool(before and before[-1] in self.before)

    def _nearest_postcode(self, number: int) -> Place:
        """PO boxes and new streets have codes that no list has: the nearest number is almost always near."""
        if number in self.postcodes:
            return self.postcodes[number]
        # A PO box has a code of its own town, so the same first two figures count before the distance.
        return self.postcodes[min(self.postcodes, key=lambda code: (code // 100 != number // 100, abs(code - number)))]

    # --- names as they are written -----------------------------------------------------------------------------

    def _by_name(self, tokens: tuple[str, ...], asked: bool) -> Found | None:
        """The longest name, unless the rest of the text settles which place another one is: "Elst Utrecht"."""
        first: Found | None = None
        for span in spans(tokens):
            places = self.names.get(span.name)
            if not places or span.name in self.never:
                continue
            settled = bool(self._fitting(places, span.rest)) or (
                span.name in self.shared and bool(self._near_named(places, span.rest))
            )
            if not settled and "".join(span.behind) in self.abroad:
                continue  # "Mechelen Belgium"
            if settled or self._may_stand(span, places[0], asked):
                found = self._settled(span.name, span.rest)
                if settled:
                    return found
                first = first or found
        return first

    def _may_stand(self, span: Span, place: Place, asked: bool) -> bool:
        if not span.rest and span.name in self.ordinary and place.kind == "village" and place.population < SMALL:
            return span.name in self.alone  # "rien" is a village, and means nothing
        if all(word in self.before or word in self.provinces for word in span.rest):
            return True
        introduced = self._is_introduced(span)
        if span.name in self.alone or is_short(span.name):  # "in een huis" is about a house, "in een" a village
            return introduced and not span.behind
        if place.population >= POPULOUS or place.kind in ("city", "town"):
            return True
        if span.name in self.ordinary or place.key not in self.inhabited:
            return introduced and all(map(self._is_filler, span.rest))
        return asked or introduced

    def _is_introduced(self, span: Span) -> bool:
        return span.start > 0 and span.tokens[span.start - 1] in self.before

    def _is_filler(self, word: str) -> bool:
        return word in self.before or word in self.around or word in self.provinces

    def _settled(self, name: str, rest: tuple[str, ...]) -> Found:
        """A second word that names a municipality, a province or a town nearby settles which one is meant."""
        places = self.names[name]
        fit = self._fitting(places, rest) or (self._near_named(places, rest) if len(places) > 1 else [])
        shared = [place for place in self.shared.get(name, ()) if not fit or place in fit]
        chosen = shared[0] if shared else (fit or places)[0]
        others = tuple(place for place in (fit or places) if place is not chosen)
        return Found(chosen, others, tuple(shared[1:]))

    def _fitting(self, places: Sequence[Place], rest: tuple[str, ...]) -> list[Place]:
        """Those whose municipality or province stands in the rest of a text, in any language."""
        told = {self.provinces.get(span.name, span.name) for span in spans(rest, most=3)}
        told |= {where for name in told for where in self._areas(name)}
        return [p for p in places if words_of(p.municipality) & told or words_of(p.province) & told]

    def _areas(self, name: str) -> Iterator[str]:
        """A name of a municipality or province in another language or script, as it is called here."""
        for place in self.names.get(name, ())[:2]:
            if place.kind == "province" or place.name == place.municipality:
                yield key(place.name)

    def _near_named(self, places: Sequence[Place], rest: tuple[str, ...]) -> list[Place]:
        named = [self.names[span.name][0] for span in spans(rest, most=3) if span.name in self.names]
        towns = [place for place in named if place.population >= POPULOUS and place.kind != "province"]
        return [place for place in places if any(apart(place, town) <= NEIGHBOURS for town in towns)]

    # --- abroad ------------------------------------------------------------------------------------------------

    def _by_foreign_name(self, tokens: tuple[str, ...], asked: bool) -> Abroad | None:
        found = any(span.name in self.abroad and self._may_stand_abroad(span, asked) for span in spans(tokens))
        return ABROAD if found else None

    def _may_stand_abroad(self, span: Span, asked: bool) -> bool:
        """Where nobody was asked only alone: "I am from Romania and want a test" is about the test."""
        if span.name in self.never:
            return False
        if all(self._is_filler(word) or word in self.abroad for word in span.rest):
            return True
        return asked and (self._is_introduced(span) or (not is_short(span.name) and span.name not in self.ordinary))

    # --- with an ending ----------------------------------------------------------------------------------------

    def _by_ending(self, tokens: tuple[str, ...], asked: bool) -> Found | Abroad | None:
        for span in spans(tokens, most=3):
            stands = asked or self._is_introduced(span) or all(map(self._is_filler, span.rest))
            if not stands or span.name in self.never:
                continue
            for stem in stems(span.name):
                if stem in self.never or stem in self.alone or not ends_within(span, stem):
                    continue
                if stem in self.names and self._is_large(stem, WELL_KNOWN if span.name in self.ordinary else POPULOUS):
                    return self._settled(stem, span.rest)
                if span.name in self.ordinary:
                    continue
                alone = asked or all(map(self._is_filler, span.rest))
                if alone and stem in self.abroad and len(stem) >= (4 if span.name > "\u0400" else SPELLED):
                    return ABROAD
        return None

    def _has_large_stem(self, name: str) -> bool:
        least = WELL_KNOWN if name in self.ordinary else POPULOUS
        known = (stem for stem in stems(name) if stem in self.names and stem not in self.alone)
        return any(self._is_large(stem, least) for stem in known)

    def _is_large(self, name: str, least: int) -> bool:
        """Whether a name is that of a place with so many inhabitants; of a short one only where it is no other word."""
        place = self.names[name][0]
        return place.population >= least and place.kind != "province" and (least == POPULOUS or len(name) >= SPELLED)

    # --- with a typing error -----------------------------------------------------------------------------------

    def _by_sound(self, tokens: tuple[str, ...], asked: bool) -> Found | None:
        """A name with a typing error: the whole text, the text after "in", or any word where one was asked."""
        after = [i + 1 for i, token in enumerate(tokens[:-1]) if token in self.before]
        whole = tuple(token for token in tokens if not self._is_filler(token))
        told = [tokens, whole] if whole else []
        named = [some for i in after for some in (tokens[i:], tokens[i : i + 2], tokens[i : i + 1])]
        stray = [(token,) for token in whole] if asked else []
        tries = [*((some, False) for some in told), *((some, not asked) for some in named), *((s, True) for s in stray)]
        for some, strict in list(dict.fromkeys(tries))[:TRIED]:
            name = self._heard("".join(some), strict)
            if name:
                return self._settled(name, tuple(token for token in tokens if token not in some))
        return None

    def _heard(self, typed: str, strict: bool) -> str | None:
        """The large place whose name is most like what was typed, also without its ending."""
        if len(typed) < SPELLED or typed in self.never or typed in self.alone or typed in self.ordinary:
            return None
        if "\u0600" <= typed[0] <= "\u06ff":
            forms = (typed, *stems(typed))
            return next((self.consonants[told] for told in map(consonants, forms) if told in self.consonants), None)
        name = self._most_like(typed, strict)
        if name or strict:
            return name
        found = (self._most_like(stem, True) for stem in stems(typed) if len(stem) > SPELLED)
        return next((name for name in found if name and self.names[name][0].population >= WELL_KNOWN), None)

    def _most_like(self, typed: str, strict: bool) -> str | None:
        """The name that is nearest in how it is written or sounds; of equally near ones the larger place."""
        if typed[0].isdigit():
            return None
        most = errors(typed, strict)
        rows = extract(typed, self.spelled.get(typed[0], ()), scorer=OSA.distance, score_cutoff=most) if most else []
        like = [(score, name) for name, score, _ in rows if self._is_likely(typed, name, score)]
        heard = sound(typed)
        most = errors(heard, True) if len(heard) >= SPELLED else -1
        rows = extract(heard, self.sounds.get(heard[:1], {}).keys(), scorer=OSA.distance, score_cutoff=max(most, 0))
        like += [(score, self.sounds[heard[0]][told]) for told, score, _ in rows if score <= most]
        return min(like, key=lambda row: (row[0], -self.names[row[1]][0].population))[1] if like else None

    def _is_likely(self, typed: str, name: str, score: float) -> bool:
        """Of a short name one letter makes another word, so the place has to be one that many name."""
        return len(typed) > SPELLED or score == 0 or self.names[name][0].population >= WELL_KNOWN


def errors(typed: str, strict: bool) -> int:
    """How many letters of a name may be wrong."""
    length = len(typed) - strict
    return 0 if length < SPELLED else 1 if length < 8 else 2


def apart(a: Place, b: Place) -> float:
    """Kilometres between two places."""
    return kilometres((a.latitude, a.longitude), (b.latitude, b.longitude))


def words_of(name: str) -> set[str]:
    """A name as one word and, where it has several, as its words that say something."""
    parts = words(name)
    return {"".join(parts), *(part for part in parts if len(part) > 5)}


@lru_cache(maxsize=1 << 16)
def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance between two (latitude, longitude) points in degrees, along a great circle."""
    return measured(a, b)


def measured(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The same of points that hardly ever come again."""
    (lat1, lon1), (lat2, lon2) = a, b
    height = sin(radians(lat2 - lat1) / 2) ** 2
    width = cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 12742.0 * asin(sqrt(height + width))
