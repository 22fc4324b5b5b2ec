"""Which words mean what: the phrases that staff and translators wrote, indexed for loose comparing.

Built once when content is loaded. A word weighs more the fewer nodes use it (inverse document frequency),
so "the" and "de" say nothing without a list of such words in any language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import log
from typing import NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from smsline.engine.evidence import Evidence, gather
from smsline.engine.fold import HAN, skeleton
from smsline.engine.speech import Speech

UNKNOWN = 2.5
"""What a word weighs that no phrase has."""

FAINT = 0.4
"""The part of a phrase that a text must have to be compared further."""

TELLING = 1.2
"""From this weight on a word says something about the subject."""

TRANSLITERATED = 0.9
"""How alike a Cyrillic word is to one in Latin letters that sounds the same."""

TOGETHER = 0.15
"""What the evidence of all phrases counts beside the likeness of the best one, which is 0 to 1."""

WORDED, PHRASED, FIGURED = 0.25, 0.4, 0.9
"""How like a long text is to a phrase that it has all of: one of one word, of several, with a figure. The rest is how
much of the text that is: a word alone says little of a sentence unless it is urgent, an age says all."""

FOREIGN = 0.8
"""What a phrase of another language counts, where that of the text is known."""

RARE = 0.35
"""What a word weighs at least, in units where a word of one node only weighs about 5."""


ELSEWHERE = "elsewhere"
"""The name under which phrases stand that are no question to the line: small talk, adverts, notices."""


class Phrase(NamedTuple):
    """One way to say what a node is about. `weight` is the sum of its words' weights.

    `language` is empty where several have it.
    """

    node: str
    language: str
    text: str
    tokens: tuple[str, ...]
    distinct: tuple[str, ...] = ()
    weight: float = 0.0
    exact: bool = False
    """With a figure in it a phrase counts only word for word, as in `_in_order`."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a node fits a text: 0 not at all, 1 so that it may be meant, 2 and more surely.

    `phrase` is the one that is most like the text, if any is, with the part of it that was found; `evidence` is what
    all phrases of the node say together.
    """

    node: str
    score: float
    phrase: Phrase | None = None
    phrase_cover: float = 0.0
    text_cover: float = 0.0
    missed: float = 0.0
    """The weight of the heaviest word of the phrase that the text lacks."""
    evidence: float = 0.0

    @property
    def likeness(self) -> float:
        """How like the phrase the text is, 0 to 1."""
        return self.score - TOGETHER * self.evidence


class _Worth(dict[str, float]):
    """What each word of a text is worth in a phrase; others nothing."""

    def __missing__(self, word: str) -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrases, and the words that are exact: commands, languages, keywords. All keys are folded."""

    phrases: tuple[Phrase, ...]
    weights: Mapping[str, float]
    postings: Mapping[str, Sequence[int]]
    urgent: frozenset[str]
    commands: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    fillers: frozenset[str] = frozenset()
    keywords: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    """The node that each short code of a printed card leads to."""
    machines: tuple[str, ...] = ()
    """What notices of machines begin with, folded, words parted by blanks."""
    notices: frozenset[str] = frozenset()
    """The same of those that are one only as a whole text."""
    not_so: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """What is said to be not so, by its first word, longest first."""
    long_ago: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """What says that something is long ago, in the same way."""
    told: Mapping[str, str] = field(default_factory=dict)
    """The language of an exact word that only one language has."""
    spelled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The words that may be misspelled, by first letter."""
    stems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same words by their first four letters."""
    sounds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Cyrillic words by their skeleton, for texts in Latin letters."""
    speech: Speech = field(default_factory=Speech)
    """How languages are told apart."""
    evidence: Evidence = field(default_factory=Evidence)
    """What all phrases say together."""
    near: dict[str, list[tuple[str, float]]] = field(default_factory=dict, compare=False, repr=False)
    """The words of phrases that texts had so far, with those that are like them."""

    def matches(self, tokens: Sequence[str], language: str | None = None) -> list[Match]:
        """The nodes that fit, best first. Another language than the caller's counts a little less.

        Of nodes that no phrase of is like the text the first few are there, and the urgent ones.
        """
        ordered, tokens = tokens, list(dict.fromkeys(paired(self._cyrillic(tokens, language))))
        likeness: dict[str, float] = {}
        for token in tokens:
            for word, alike in self._known(token):
                likeness[word] = max(likeness.get(word, 0.0), alike)
        whole = sum(self.weights.get(token, UNKNOWN) for token in tokens) or 1.0
        best: dict[str, list[Match]] = defaultdict(list)
        for phrase, got in self._candidates(likeness):
            if not phrase.exact or _in_order(phrase.tokens, ordered):
                missed = max((self.weights[word] for word in phrase.distinct if word not in likeness), default=0.0)
                best[phrase.node].append(self._match(phrase, got, missed, whole, language))
        found = {node: _summed(group) for node, group in best.items()}
        always = {*found, *self.urgent, ELSEWHERE}
        for node, spoken in self.evidence.of(tokens, always).items():
            like = found.get(node)
            more = TOGETHER * spoken
            found[node] = (
                replace(like, score=like.score + more, evidence=spoken) if like else Match(node, more, evidence=spoken)
            )
        return sorted(found.values(), key=lambda match: (-match.score, match.node))

    def _cyrillic(self, tokens: Sequence[str], language: str | None) -> Sequence[str]:
        """Latin words of a language that is written in Cyrillic, as the words that sound so and that most phrases have.

        Where the language is not known only those that no phrase has.
        """
        known = language in self.speech.scripts.get("CYRILLIC", ())
        if language is not None and not known:
            return tokens
        return [self._sounding(token) if known or token not in self.postings else token for token in tokens]

    def _sounding(self, token: str) -> str:
        same = self.sounds.get(skeleton(token), ()) if token.isascii() and token.isalpha() and len(token) > 1 else ()
        return max(same, key=lambda word: len(self.postings[word]), default=token)

    def meant(self, clauses: Iterable[Sequence[str]]) -> list[str]:
        """The words of a text without what it says is not so: "nobody forces me, how much tax" asks about tax."""
        return [token for clause in clauses for token in self._meant(clause)]

    def _meant(self, tokens: Sequence[str]) -> list[str]:
        left, at = [], 0
        while at < len(tokens):
            said = _standing(self.not_so, tokens, at)
            left += [] if said else [tokens[at]]
            at += len(said) or 1
        return left

    def past(self, tokens: Sequence[str]) -> bool:
        """Whether a text says that something is long ago."""
        return any(_standing(self.long_ago, tokens, at) for at in range(len(tokens)))

    def _candidates(self, likeness: Mapping[str, float]) -> Iterator[tuple[Phrase, float]]:
        """The phrases that share a word which says something; where the text has none as it is spelled, any word; each
        with what the text has of its weight.

        One that is not like the text even with all words that say nothing is left out first, where it costs least.
        """
        worth = _Worth({word: self.weights[word] * alike for word, alike in likeness.items()})
        telling = [word for word in likeness if self.weights[word] >= TELLING]
        if not any(likeness[word] == 1.0 for word in telling):
            telling = list(likeness)
        faint = sum(worth.values()) - sum(worth[word] for word in telling)
        most: dict[int, float] = defaultdict(lambda: faint)
        for word in telling:
            value = worth[word]
            for index in self.postings[word]:
                most[index] += value
        phrases = self.phrases
        for index, value in most.items():
            phrase = phrases[index]
            if value >= FAINT * phrase.weight:
                got = sum(map(worth.__getitem__, phrase.distinct))
                if got >= FAINT * phrase.weight:
                    yield phrase, got

    def _match(self, phrase: Phrase, got: float, missed: float, whole: float, language: str | None) -> Match:
        cover, text_cover = got / phrase.weight, min(1.0, got / whole)
        some = PHRASED if len(phrase.distinct) > 1 or phrase.node in self.urgent else WORDED
        alone = FIGURED if phrase.exact and not missed else some
        score = cover * (alone + (1 - alone) * text_cover)
        if language and phrase.language not in ("", language):
            score *= FOREIGN
        return Match(phrase.node, score, phrase, cover, text_cover, missed)

    def _known(self, token: str) -> list[tuple[str, float]]:
        """The same as `_alike`, kept for words that phrases have: they come again and again."""
        if token not in self.postings:
            return self._alike(token)
        if token not in self.near:
            self.near[token] = self._alike(token)
        return self.near[token]

    def _alike(self, token: str) -> list[tuple[str, float]]:
        """Words of the vocabulary that `token` may be: itself, an inflection, a typing error."""
        alike = [(token, 1.0)] if token in self.postings else []
        if not alike and token.isascii() and len(token) > 3 and not token.isdigit():
            alike += [(word, TRANSLITERATED) for word in self.sounds.get(skeleton(token), ())]
        if len(token) < 4 or not token.isalpha():
            return alike
        known = 0.75 if alike else 1.0
        most = 1 if len(token) < 8 else 2
        names = self.spelled.get(token[0], ())
        for word, distance, _ in extract(token, names, scorer=OSA.distance, score_cutoff=most, limit=8):
            if distance and len(word) > 3:
                alike.append((word, known * (1.0 - 0.12 * distance)))
        alike += [(word, known * 0.85) for word in self.stems.get(token[:4], ()) if _inflected(token, word)]
        return alike


def _standing(phrases: Mapping[str, tuple[tuple[str, ...], ...]], tokens: Sequence[str], at: int) -> tuple[str, ...]:
    """The longest of some phrases that stands in a text at a word."""
    return next((one for one in phrases.get(tokens[at], ()) if tuple(tokens[at : at + len(one)]) == one), ())


def paired(tokens: Sequence[str]) -> Sequence[str]:
    """Words, and each two Chinese letters that stand together: which of them do is what a sentence of them says."""
    if max(tokens, default="") < HAN:
        return tokens
    pairs = [one + other for one, other in pairwise(tokens) if len(one) == len(other) == 1 and min(one, other) >= HAN]
    return [*tokens, *pairs]


def _in_order(phrase: tuple[str, ...], tokens: Sequence[str]) -> bool:
    """Whether a text has the words of a phrase in their order, at most one other between two of them.

    "im only 17" says "im 17"; "i work 17 hours" does not say "i am 17".
    """
    for start, token in enumerate(tokens):
        at = start
        if token != phrase[0]:
            continue
        for word in phrase[1:]:
            following = tokens[at + 1 : at + 3]
            if word not in following:
                break
            at += 1 + following.index(word)
        else:
            return True
    return False


def _summed(group: list[Match]) -> Match:
    """The best phrase of a node, a little better where other phrases of it fit too."""
    group.sort(key=lambda match: -match.score)
    first = group[0]
    more = sum(match.score for match in group[1:3])
    score = first.score + 0.12 * (1.0 - min(1.0, first.score)) * more
    return replace(first, score=score)


def _inflected(token: str, word: str) -> bool:
    """Whether two words share their beginning, all but a short ending."""
    shorter, longer = sorted((token, word), key=len)
    stem = max(4, len(shorter) - 2)
    return shorter != longer and len(longer) - len(shorter) <= 3 and longer[:stem] == shorter[:stem]


def build(
    said: Iterable[tuple[str, str, str]],
    urgent: frozenset[str],
    split: Callable[[str], Sequence[str]],
    speech: Speech,
    **exact: Mapping[str, str] | Mapping[str, tuple[tuple[str, ...], ...]] | frozenset[str] | tuple[str, ...],
) -> Vocabulary:
    """A vocabulary from (node, language, phrase) rows, and what is exact. `split` gives the words of a text, folded.

    `speech` was learned from the same phrases and others, so that it has an index of all their words.
    """
    rows = _rows(said, split)
    evidence = gather(((node, every) for node, _, _, _, every in rows), speech.tally.having)
    nodes = len({row[0] for row in rows}) or 1
    weights = {token: max(RARE, log(nodes / len(by))) for token, by in evidence.tally.said.items()}
    figures = frozenset(token for token in weights if token.isdigit())
    phrases: list[Phrase] = []
    postings: dict[str, list[int]] = defaultdict(list)
    for index, (node, language, text, tokens, every) in enumerate(rows):
        distinct = tuple(dict.fromkeys(every))
        for token in distinct:
            postings[token].append(index)
        weight = sum(map(weights.__getitem__, distinct))
        phrases.append(Phrase(node, language, text, tokens, distinct, weight, not figures.isdisjoint(tokens)))
    loose = [token for token in postings if len(token) > 3 and token.isalpha()]
    return Vocabulary(
        tuple(phrases),
        weights,
        dict(postings),
        urgent,
        spelled=_beginning(loose, 1),
        sounds=_sounding(loose),
        stems=_beginning(loose, 4),
        speech=speech,
        evidence=evidence,
        **exact,  # type: ignore[arg-type]
    )


def _rows(
    said: Iterable[tuple[str, str, str]], split: Callable[[str], Sequence[str]]
) -> list[tuple[str, str, str, tuple[str, ...], Sequence[str]]]:
    """Each phrase of a node once, with its words, and with its pairs; one that several languages have is of none."""
    found: dict[tuple[str, tuple[str, ...]], str] = {}
    language_of: dict[tuple[str, ...], str] = {}
    for node, language, text in said:
        tokens = tuple(split(text))
        if tokens:
            found.setdefault((node, tokens), text)
            if language_of.setdefault(tokens, language) != language:
                language_of[tokens] = ""
    return [(node, language_of[tokens], text, tokens, paired(tokens)) for (node, tokens), text in found.items()]


def _sounding(tokens: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Cyrillic words by their skeleton."""
    found: dict[str, list[str]] = defaultdict(list)
    for token in tokens:
        if "\u0400" <= token[0] <= "\u04ff":
            found[skeleton(token)].append(token)
    return {sound: tuple(some) for sound, some in found.items()}


def beginning_with(phrases: Iterable[Sequence[str]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Phrases of several words by their first word, longest first."""
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for phrase in phrases:
        if phrase:
            found[phrase[0]].add(tuple(phrase))
    return {word: tuple(sorted(some, key=lambda one: (-len(one), one))) for word, some in found.items()}


def _beginning(tokens: Iterable[str], letters: int) -> dict[str, tuple[str, ...]]:
    """Words by their first letters."""
    found: dict[str, list[str]] = defaultdict(list)
    for token in tokens:
        found[token[:letters]].append(token)
    return {start: tuple(some) for start, some in found.items()}
