"""Which words are said by whom, and how often, and the same of parts of words: how languages and topics are told apart.

Nothing is trained; these are counts of the content. Those of a part are added up when a text has it, and kept by who
asked: a text has few of half a million parts, and the line should start at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tally:
    """`said`: word -> who -> how often. `having`: letters in a row, edges included -> the words that have them."""

    said: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    having: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def of(self, part: str) -> Mapping[str, int]:
        """How often a part stands in the words of each."""
        sums: dict[str, int] = defaultdict(int)
        for word in self.having.get(part, ()):
            for who, times in self.said[word].items():
                sums[who] += times
        return sums


def parts(word: str, size: int) -> list[str]:
    """A word's letters in rows of `size`, with its edges as letters; none where that would be the word itself."""
    edged = f"<{word}>"
    return [edged[start : start + size] for start in range(len(edged) - size + 1) if len(edged) > size]


def count(word: str, size: int) -> int:
    """How many parts a word has."""
    return len(word) + 3 - size if len(word) + 2 > size else 0


def tally(counts: Mapping[str, Mapping[str, int]], size: int, least: int = 1) -> Tally:
    """From who -> word -> how often. Figures are whole words: 16 has nothing of 2016.

    What is said less often than `least` has no parts: it is mostly a typing error.
    """
    said: dict[str, dict[str, int]] = {}
    for who, by_word in counts.items():
        for word, times in by_word.items():
            said.setdefault(word, {})[who] = times
    having: dict[str, list[str]] = defaultdict(list)
    for word, by in said.items():
        if word.isdigit() or (least > 1 and sum(by.values()) < least):
            continue
        for part in parts(word, size):
            having[part].append(word)
    return Tally(said, dict(having))
