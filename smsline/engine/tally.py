"""Which words are said by whom, and how often, and the same of parts of words: how languages and topics are told apart.

Nothing is trained; these are counts of the content. Those of a part are added up when a text has it, and kept by who
asked: a text has few of half a million parts, and the line should start at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

PART = 4
"""Letters of a part of a word, with the edges of the word as letters of their own."""


@dataclass(frozen=True, slots=True)
class Tally:
    """`said`: word -> who -> how often. `having`: letters in a row, edges included -> the words that have them.

    `sizes`: who -> how much that is in all, where a part counts `share` of a word.
    """

    said: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    having: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sizes: Mapping[str, float] = field(default_factory=dict)

    def of(self, part: str) -> Mapping[str, int]:
        """How often a part stands in the words of each."""
        sums: dict[str, int] = defaultdict(int)
        for word in self.having.get(part, ()):
            for who, times in self.said.get(word, {}).items():
                sums[who] += times
        return sums


def parts(word: str, size: int) -> list[str]:
    """A word's letters in rows of `size`, with its edges as letters; none where that would be the word itself."""
    edged = f"<{word}>"
    return [edged[start : start + size] for start in range(len(edged) - size + 1) if len(edged) > size]


def indexed(words: Iterable[str], size: int) -> dict[str, list[str]]:
    """The words that have each part. Figures have none: 16 has nothing of 2016."""
    having: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for part in () if word.isdigit() else parts(word, size):
            having[part].append(word)
    return dict(having)


def tally(
    counts: Mapping[str, Mapping[str, int]],
    size: int,
    share: float = 1.0,
    having: Mapping[str, Sequence[str]] | None = None,
) -> Tally:
    """From who -> word -> how often. `having` is an index of these words or of more, where one was made already."""
    said: dict[str, dict[str, int]] = defaultdict(dict)
    for who, by_word in counts.items():
        for word, times in by_word.items():
            said[word][who] = times
    sizes = dict.fromkeys(counts, 0.0)
    for word, by in said.items():
        weight = 1 + share * (0 if word.isdigit() or len(word) + 2 <= size else len(word) + 3 - size)
        for who, times in by.items():
            sizes[who] += times * weight
    return Tally(dict(said), indexed(said, size) if having is None else having, sizes)
