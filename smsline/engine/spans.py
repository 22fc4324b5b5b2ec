"""The words of a text that may be a name together, with what stands around them.

It knows no names; it only cuts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

PARTS = 6
"""Words of one name."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a text that may be a name: those from `start` to `end`, and what stands around them."""

    name: str
    tokens: tuple[str, ...]
    start: int
    end: int

    @property
    def before(self) -> tuple[str, ...]:
        return self.tokens[: self.start]

    @property
    def behind(self) -> tuple[str, ...]:
        return self.tokens[self.end :]

    @property
    def rest(self) -> tuple[str, ...]:
        return (*self.before, *self.behind)


def spans(tokens: tuple[str, ...], most: int = PARTS) -> Iterator[Span]:
    """The names that a text may have, longest first."""
    for size in range(min(most, len(tokens)), 0, -1):
        for start in range(len(tokens) - size + 1):
            end = start + size
            yield Span("".join(tokens[start:end]), tokens, start, end)


def ends_within(span: Span, stem: str) -> bool:
    """Whether an ending is a part of the last word, and not all of it: "den haagban", but not "romania da"."""
    return span.end - span.start == 1 or len(span.name) - len(stem) < len(span.tokens[span.end - 1]) - 1


def is_short(name: str) -> bool:
    """Whether a name is so short that it stands in other talk by chance. Two Chinese letters are a name."""
    return len(name) < (2 if "\u3400" <= name[:1] <= "\u9fff" else 4)
