"""What all phrases together say of a text: which nodes its words, and parts of its words, speak for.

A phrase that is nearly the text says most, but most texts are nearly no phrase. Each part of a text (a word, four
letters in a row) counts for the nodes that have it more often than the others do: the log of how much more, as in a
naive Bayes classifier, without what speaks against (a text lacks nearly all words of every node). Parts of words carry
inflections, compounds and typing errors. Nothing is trained: the counts are those of the content.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import log, sqrt

PART = 4
"""Letters of a part of a word, with the edges of the word as letters of their own."""

PARTLY = 0.3
"""What a part of a word counts, where the word counts 1."""

SMOOTH = 800.0
"""Parts that every node is thought to have besides its own, so that a small node does not shout."""

FEW = 3
"""Words that every text is thought to have besides its own, so that one word alone does not shout."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`counts`: part -> node -> how often its phrases have it; words stand as <word>. `sizes`: node -> of how many."""

    counts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    sizes: Mapping[str, float] = field(default_factory=dict)
    every: float = 1.0

    def of(self, tokens: Sequence[str]) -> dict[str, float]:
        """How much a text speaks for each node: 0 for nothing, some 5 where each of its words does."""
        sums: dict[str, float] = defaultdict(float)
        for token in tokens:
            for node, weight in self._word(token).items():
                sums[node] += weight
        return {node: total / sqrt(len(tokens) + FEW) for node, total in sums.items()}

    def _word(self, token: str) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        for part, share in () if token.isdigit() else ((f"<{token}>", 1.0), *((part, PARTLY) for part in parts(token))):
            by_node = self.counts.get(part, {})
            usual = sum(by_node.values()) / self.every
            for node, times in by_node.items():
                sums[node] += share * log(1 + times / self.sizes[node] / usual)
        return sums


def parts(token: str) -> list[str]:
    """A word's letters by fours, its edges included."""
    edged = f"<{token}>"
    return [edged[start : start + PART] for start in range(len(edged) - PART + 1) if len(edged) > PART]


def gather(phrases: Iterable[tuple[str, Sequence[str]]]) -> Evidence:
    """From (node, words of a phrase) rows."""
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for node, tokens in phrases:
        said[node].update(tokens)
    apart = cache(parts)
    counts: dict[str, dict[str, float]] = defaultdict(dict)
    sizes = dict.fromkeys(said, SMOOTH)
    for node, by_token in said.items():
        size = 0.0
        for token, times in by_token.items():
            if token.isdigit():
                continue
            counts[f"<{token}>"][node] = times
            partly = PARTLY * times
            some = apart(token)
            size += times + partly * len(some)
            for part in some:
                by_node = counts[part]
                by_node[node] = by_node.get(node, 0.0) + partly
        sizes[node] += size
    return Evidence(dict(counts), sizes, sum(sizes.values()) - SMOOTH * len(sizes) or 1.0)
