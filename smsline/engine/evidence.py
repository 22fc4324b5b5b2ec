"""What all phrases together say of a text: which nodes its words, and parts of its words, speak for.

A phrase that is nearly the text says most, but most texts are nearly no phrase. Each part of a text (a word, four
letters in a row) counts for the nodes that have it more often than the others do: the log of how much more, as in a
naive Bayes classifier, without what speaks against (a text lacks nearly all words of every node). Parts of words carry
inflections, compounds and typing errors. Nothing is trained: the counts are those of the content.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from math import log, sqrt

from smsline.engine.tally import PART, Tally, parts, tally

PARTLY = 0.3
"""What a part of a word counts, where the word counts 1."""

SMOOTH = 800.0
"""Parts that every node is thought to have besides its own, so that a small node does not shout."""

FEW = 3
"""Words that every text is thought to have besides its own, so that one word alone does not shout."""


TOLD = 8
"""Nodes that are told for which a text speaks most: twice as many as are ever compared, named or offered."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`tally`: who says which words, by node. `sizes`: node -> how much it has of all.

    `weighed` are the weights of the words and parts that texts had so far.
    """

    tally: Tally = field(default_factory=Tally)
    sizes: Mapping[str, float] = field(default_factory=dict)
    every: float = 1.0
    weighed: dict[tuple[str, bool], Mapping[str, float]] = field(default_factory=dict, compare=False, repr=False)

    def of(self, tokens: Sequence[str], always: Collection[str] = ()) -> dict[str, float]:
        """How much a text speaks for nodes: 0 for nothing, some 5 where each of its words does.

        Of those for which it speaks at all only the first few are told, and the ones that are `always` wanted.
        """
        sums: dict[str, float] = defaultdict(float)
        for token in tokens:
            if token.isdigit():
                continue
            for part in (token, *parts(token, PART)):
                for node, weight in self._weight(part, part is token).items():
                    sums[node] += weight
        length = sqrt(len(tokens) + FEW)
        least = min(nlargest(TOLD + len(always), sums.values()), default=0.0)
        return {node: total / length for node, total in sums.items() if total >= least or node in always}

    def _weight(self, part: str, whole: bool) -> Mapping[str, float]:
        known = self.weighed.get((part, whole))
        if known is not None:
            return known
        by_node = self.tally.said.get(part, {}) if whole else self.tally.of(part)
        weights = self._weigh(by_node, 1.0 if whole else PARTLY)
        if by_node:  # what nobody wrote would fill the memory
            self.weighed[part, whole] = weights
        return weights

    def _weigh(self, by_node: Mapping[str, int], share: float) -> Mapping[str, float]:
        """The log of how much more often each node has it than all have."""
        usual = sum(by_node.values()) / self.every
        return {node: share * log(1 + times / self.sizes[node] / usual) for node, times in by_node.items()}


def gather(phrases: Iterable[tuple[str, Sequence[str]]], having: Mapping[str, Sequence[str]] | None = None) -> Evidence:
    """From (node, words of a phrase) rows. `having` is an index of their parts, where one was made already."""
    said: dict[str, list[str]] = defaultdict(list)
    for node, tokens in phrases:
        said[node].extend(tokens)
    found = tally({node: Counter(tokens) for node, tokens in said.items()}, PART, PARTLY, having)
    return Evidence(
        found, {node: size + SMOOTH for node, size in found.sizes.items()}, sum(found.sizes.values()) or 1.0
    )
