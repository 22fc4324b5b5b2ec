"""Words that mean one thing in one language and another in a second: "dor" is pain in Portuguese, in Romanian longing.

The same rule is asked by the line, for a text of one word from somebody whose language is not known, and by
`smsline check`, for all words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from smsline.engine.vocabulary import ELSEWHERE, TELLING, Vocabulary

OFTEN, MOSTLY = 2, 0.5
"""In how many phrases of a language a word must stand to mean a node, and which part of them must be of that node."""


def meanings(vocabulary: Vocabulary, word: str) -> dict[str, tuple[str, ...]]:
    """The nodes that a word means in one language each and not in the others, with those languages.

    Empty where no two languages differ. In a language a word means the nodes that have it as a whole phrase, else the
    one that most of its phrases with the word speak of.
    """
    if vocabulary.weights.get(word, 0.0) < TELLING:
        return {}
    by_language, alone = _used(vocabulary, word)
    meant: dict[str, set[str]] = defaultdict(set)
    for language in by_language.keys() | alone.keys():
        for node in alone.get(language) or _mostly(by_language[language]):
            meant[node].add(language)
    apart = any(not alone[one] & _meant_in(meant, other) for one in alone for other in by_language if other != one
                and _meant_in(meant, other))  # fmt: skip
    return {node: tuple(sorted(languages)) for node, languages in meant.items()} if apart else {}


def _used(vocabulary: Vocabulary, word: str) -> tuple[dict[str, Counter[str]], dict[str, set[str]]]:
    """By language the nodes whose phrases have a word, and those that have it as a whole phrase."""
    within: dict[str, Counter[str]] = defaultdict(Counter)
    alone: dict[str, set[str]] = defaultdict(set)
    for index in vocabulary.postings.get(word, ()):
        phrase = vocabulary.phrases[index]
        if not phrase.language or phrase.node == ELSEWHERE:
            continue
        within[phrase.language][phrase.node] += 1
        if phrase.tokens == (word,):
            alone[phrase.language].add(phrase.node)
    return within, dict(alone)


def _mostly(nodes: Counter[str]) -> list[str]:
    """The node that most phrases with a word are of, if there is one."""
    node, times = nodes.most_common(1)[0]
    return [node] if times >= OFTEN and times >= MOSTLY * nodes.total() else []


def _meant_in(meant: Mapping[str, set[str]], language: str) -> set[str]:
    return {node for node, languages in meant.items() if language in languages}
