"""A language that somebody asks for: alone, among words like "please" and "speak", or beside what else is texted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from smsline.engine.vocabulary import Phrase, Vocabulary

MOST = 8
"""Words of a text that asks for nothing but a language."""

NAME = 3
"""Words of a language's name, at most: "на русском", "limba romana"."""


def asked(vocabulary: Vocabulary, tokens: Sequence[str]) -> str | None:
    """The language that a whole text asks for, by its code or a name of it."""
    if len(tokens) > MOST:
        return None
    whole = vocabulary.languages.get("".join(tokens))
    return whole or next((code for code, _, before, after in _named(vocabulary, tokens) if before and after), None)


def beside(vocabulary: Vocabulary, tokens: Sequence[str], phrase: Phrase | None) -> str | None:
    """The language that a text begins or ends with asking for: "polish please, i need a doctor".

    What comes before a name alone may be a preposition ("a letter in dutch"), so it takes a word after it or two before
    it. `phrase` is what the text was understood by; where that names the language ("dutch lessons"), none is asked for.
    """
    for code, name, begins, ends in _named(vocabulary, tokens):
        around = _fillers(vocabulary, tokens, name)
        if (begins or ends) and (around[1] or around[0] > 1) and not (phrase and {*tokens[name]} & {*phrase.tokens}):
            return code
    return None


def _named(vocabulary: Vocabulary, tokens: Sequence[str]) -> Iterator[tuple[str, slice, bool, bool]]:
    """Each name of a language in a text: its code, where it stands, whether only filling is before it, and after it.

    "in nl" may be the country.
    """
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + NAME, len(tokens)) + 1):
            code = vocabulary.languages.get("".join(tokens[start:end]))
            if code and any(len(token) > 2 or not token.isascii() for token in tokens[start:end]):
                before, after = _fillers(vocabulary, tokens, slice(start, end))
                yield code, slice(start, end), before == start, end + after == len(tokens)


def _fillers(vocabulary: Vocabulary, tokens: Sequence[str], name: slice) -> tuple[int, int]:
    """How many words that may stand around a language do so before a name and after it."""
    before, after = reversed(tokens[: name.start]), tokens[name.stop :]
    return (sum(1 for _ in takewhile(vocabulary.fillers.__contains__, before)),
            sum(1 for _ in takewhile(vocabulary.fillers.__contains__, after)))  # fmt: skip
