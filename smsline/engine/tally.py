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
            for who, times in self.said[word].items():
                sums[who] += times
        return sums


def parts(word: str, size: int) -> list[str]:
    """A word's letters in rows of `size`, with its edges as letters; none where that would be the word itself."""
    edged = f"<{word}>"
    return [edged[start : start + size] for start in range(len(edged) - size + 1) if len(edged) > size]


def tally(counts: Mapping[str, Mapping[str, int]], size: int, share: float = 1.0, least: int = 1) -> Tally:
    """From who -> word -> how often. Figures are whole words: 16 has nothing of 2016.

    What is said less often than `least` has no parts: it is mostly a typing error.
    """
    said: dict[str, dict[str, int]] = defaultdict(dict)
    for who, by_word in counts.items():
        for word, times in by_word.items():
            said[word][who] = times
    having: dict[str, list[str]] = defaultdict(list)
    sizes = dict.fromkeys(counts, 0.0)
    for word, by in said.items():
        some = () if word.isdigit() or (least > 1 and sum(by.values()) < least) else parts(word, size)
        for part in some:
            having[part].append(word)
        for who, times in by.items():
            sizes[who] += times * (1 + share * len(some))
    return Tally(dict(said), dict(having), sizes)
