"""Which language a text is in, from what the content itself says in each language; nothing is downloaded.

The alphabet narrows it down, letters that few languages write count for them, words and their letters by fours decide,
and the country of the sender is asked only where two are close. Where it cannot be told nobody is guessed at: the line
asks.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from math import log

from smsline.engine.fold import words
from smsline.engine.tally import PART, Tally, parts, tally

LONGEST = 40
"""Words of a text that are looked at."""

LEAST, LEAD, SHARE = 3.0, 1.0, 0.12
"""What a language must reach, and by how much it must lead the next: at least so much, and that share of its own."""

NEAR = 0.75
"""From which part of the best score on the country of the sender may decide."""

OFTEN = 20_000
"""Words and parts in which one that is there once tells something of the language."""

MARK = 4.0
"""What a letter counts that one language alone writes; less where several do."""

FREQUENT = 1 / 5000
"""The part of a language's letters from which on a letter belongs to it."""

WRITTEN = 0.2
"""The part of a language's letters from which on an alphabet is its own; what is quoted in it is less."""


@dataclass(frozen=True, slots=True)
class Speech:
    """How languages are told apart.

    `tally` has the words and their letters by fours, folded; `letters` are those beyond a to z: letter -> which
    languages write it; `scripts` the same of alphabets. `quiet` are whole first texts that tell nothing, folded;
    `countries` the languages of each (ISO 3166).
    """

    tally: Tally = field(default_factory=Tally)
    letters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    scripts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    quiet: frozenset[str] = frozenset()
    countries: Mapping[str, frozenset[str]] = field(default_factory=dict)
    shares: dict[str, Mapping[str, float]] = field(default_factory=dict, compare=False, repr=False)
    """What the parts of words that texts had so far say of each language."""

    def language(self, text: str, country: str = "") -> str | None:
        """The language of a text; None where it cannot be told.

        In the alphabet that many share, a language that has less than a third of the words as whole words is not the
        one: the text may be in a language that the line does not speak.
        """
        tokens = [token for token in words(text)[:LONGEST] if not token.isdigit()]
        if not tokens or "".join(tokens) in self.quiet:
            return None
        marks = _marks(text)
        script = _script(marks, sum(map(len, tokens)))
        among = self.scripts.get(script, frozenset())
        strange = script != "LATIN" and any(_name(mark) == script and mark not in self.letters for mark in marks)
        if len(among) < 2 or (strange and script != "CJK"):
            return next(iter(among), None) if not strange or script == "CJK" else None
        sums, whole = self._spoken(tokens, among)
        for mark in set(marks):
            some = self.letters.get(mark, frozenset()) & among
            for language in some if len(some) < len(among) else ():
                sums[language] += MARK / len(some)
        least = sum(len(token) > 1 for token in tokens) if script == "LATIN" else 0
        return self._first(sorted(((s, c) for c, s in sums.items() if whole[c] * 3 >= least), reverse=True), country)

    def _spoken(self, tokens: list[str], among: frozenset[str]) -> tuple[dict[str, float], dict[str, int]]:
        sums: dict[str, float] = defaultdict(float)
        whole: dict[str, int] = defaultdict(int)
        for token in tokens:
            for language, share in self._shares(self.tally.said.get(token, {})).items():
                sums[language] += share if len(token) > 1 else share / 3
                whole[language] += len(token) > 1
            for part in parts(token, PART):
                for language, share in self._part(part).items():
                    sums[language] += share / 6
        return defaultdict(float, {code: total for code, total in sums.items() if code in among}), whole

    def _part(self, part: str) -> Mapping[str, float]:
        known = self.shares.get(part)
        if known is None:
            known = self._shares(self.tally.of(part))
            if known:  # what nobody wrote would fill the memory
                self.shares[part] = known
        return known

    def _shares(self, by_language: Mapping[str, int]) -> Mapping[str, float]:
        return {code: log(1 + OFTEN * times / self.tally.sizes[code]) for code, times in by_language.items()}

    def _first(self, ranked: list[tuple[float, str]], country: str) -> str | None:
        if not ranked or ranked[0][0] < LEAST:
            return None
        best, second = ranked[0][0], ranked[1][0] if len(ranked) > 1 else 0.0
        if best - second > max(LEAD, SHARE * best):
            return ranked[0][1]
        near = [code for total, code in ranked if total >= NEAR * best]
        return next((code for code in near if code in self.countries.get(country, ())), None)


def learn(
    sentences: Mapping[str, Sequence[str]],
    texts: Mapping[str, Sequence[str]],
    split: Callable[[str], Sequence[str]],
    forms: Mapping[str, Callable[[str], str]],
    quiet: Iterable[str],
    countries: Mapping[str, Iterable[str]],
) -> Speech:
    """From what is said in each language: its letters from `sentences`, its words from `texts` as callers type them.

    `split` gives the words of a text, folded; `forms` write those of a language in Latin letters, as they are typed
    too; `countries` are those of each.
    """
    counts: dict[str, Counter[str]] = {}
    letters: dict[str, set[str]] = defaultdict(set)
    scripts: dict[str, set[str]] = defaultdict(set)
    for language, said_here in sentences.items():
        _learn_letters(language, "".join(said_here), letters, scripts)
    for language, some in texts.items():
        said = counts[language] = Counter(chain.from_iterable(map(split, some)))
        if language in forms:
            latin = forms[language]("\n".join(said)).split("\n")
            for token, times in zip(latin, list(said.values()), strict=True):
                said[token] += times
    places: dict[str, set[str]] = defaultdict(set)
    for language, spoken_in in countries.items():
        for country in spoken_in:
            places[country].add(language)
    silent = frozenset("".join(split(one)) for one in quiet)
    return Speech(tally(counts, PART), _frozen(letters), _frozen(scripts), silent, _frozen(places))


def _learn_letters(language: str, text: str, letters: Mapping[str, set[str]], scripts: Mapping[str, set[str]]) -> None:
    """Which letters and alphabets a language writes."""
    composed = _composed(text)
    length = sum(map(str.isalpha, composed))
    counts = Counter(_beyond_ascii(composed))
    written = {letter: times for letter, times in counts.items() if letter.isalpha()}
    alphabets = Counter[str]()
    for letter, times in written.items():
        alphabets[_name(letter)] += times
        if times > FREQUENT * length:
            letters[letter].add(language)
    scripts["LATIN"].add(language)
    for script, times in alphabets.items():
        if script != "LATIN" and times > WRITTEN * length:
            scripts[script].add(language)


def _frozen(sets: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(some) for name, some in sets.items()}


def _marks(text: str) -> list[str]:
    """The letters of a text beyond a to z, small and composed."""
    if text.isascii():
        return []
    return [letter for letter in _composed(text) if letter.isalpha() and not letter.isascii()]


_beyond_ascii = re.compile(r"[^\x00-\x7f]").findall


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("İ", "ı").lower()


def _script(marks: list[str], letters: int) -> str:
    """The alphabet that most of a text is in. Kana makes Japanese of what else would be Chinese."""
    counts = Counter(_name(mark) for mark in marks)
    if counts["HIRAGANA"] + counts["KATAKANA"]:
        return "HIRAGANA"
    name, times = next(iter(counts.most_common(1)), ("LATIN", 0))
    return name if name != "LATIN" and times * 3 >= letters else "LATIN"


@lru_cache(maxsize=4096)
def _name(letter: str) -> str:
    """The alphabet of a letter, as Unicode names it."""
    return unicodedata.name(letter, "").partition(" ")[0]
