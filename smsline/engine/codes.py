"""Short codes of printed cards, such as G1: found in a text however they are typed.

Which code leads where is content; here is only what one looks like, and what may stand beside it in a text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from smsline.engine.fold import skeleton
from smsline.engine.vocabulary import Vocabulary
from smsline.engine.wishes import asked

FORM = re.compile(r"[A-HJ-NP-Z][1-9][0-9]?")
"""A letter and one or two figures. Not I and O, which read like figures: O1 would be a number on a screen."""

GREETINGS = ("start", "ok", "menu")
"""Commands that say no more than a code beside them does: "hi G1"."""

_ALIKE = str.maketrans({
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "г": "g", "ґ": "g", "һ": "h", "н": "h", "ј": "j", "к": "k",
    "м": "m", "р": "p", "ԛ": "q", "ѕ": "s", "т": "t", "ѵ": "v", "ԝ": "w", "х": "x", "у": "y",
    "α": "a", "β": "b", "γ": "g", "ε": "e", "ζ": "z", "η": "h", "κ": "k", "μ": "m", "ν": "n", "ρ": "p", "τ": "t",
    "υ": "y", "χ": "x",
})  # fmt: skip
"""Letters that look like a Latin one, and those that sound like G, which none looks like."""

_run = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Coded:
    """The node that a code leads to, and the words beside it."""

    node: str
    rest: tuple[str, ...] = ()
    apart: bool = False
    """Whether a blank stands in it, so that beside other words it may be none: "g 2 hours ago" speaks of a drug."""


def found(vocabulary: Vocabulary, tokens: Sequence[str]) -> Coded | None:
    """The code that a text begins or ends with: "G1", "g 1", "g01", "г1 ro", "ro g1", "g1ro"; None where none does."""
    runs = tuple(run for token in tokens for run in _run.findall(token))
    for code, rest in ((runs[:2], runs[2:]), (runs[-2:], runs[:-2])):
        node = vocabulary.codes.get(_spelled(code))
        if node:
            return Coded(node, rest, code[0] in tokens)
    return None


def _spelled(runs: Sequence[str]) -> str:
    """Two parts of a text as a code is compared; empty where they are none."""
    if len(runs) < 2 or len(runs[0]) > 1 or not runs[1].isdigit():
        return ""
    return runs[0].translate(_ALIKE) + runs[1].lstrip("0")


def wished(vocabulary: Vocabulary, rest: Sequence[str]) -> str | None:
    """The language that the words beside a code ask for: its code, also as Cyrillic sounds, or a name of it."""
    telling = "".join(word for word in rest if word not in vocabulary.fillers)
    if not telling:
        return None
    named = asked(vocabulary, rest) or vocabulary.languages.get(telling)
    return named or (None if telling.isascii() else vocabulary.languages.get(skeleton(telling)))


def is_filling(vocabulary: Vocabulary, coded: Coded) -> bool:
    """Whether the words beside a code say no more than it does: "please", a greeting, what its node is called."""
    whole = "".join(coded.rest)
    same = vocabulary.keywords.get(whole) == coded.node or vocabulary.commands.get(whole) in GREETINGS
    return same or all(word in vocabulary.fillers for word in coded.rest)
