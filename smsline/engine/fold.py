"""How texts are compared: without capitals, accents, marks and noise. Done in this one place.

Only for comparing; what callers read is never folded. After Unicode's NFKC and case folding, letters
that do not decompose are mapped by hand (Polish l with stroke, Turkish dotless i, Arabic te marbuta).
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({
    "ł": "l", "đ": "d", "ø": "o", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ĳ": "ij", "ə": "a",
    "ة": "ه", "ى": "ي", "ٱ": "ا", "ـ": None, "ʼ": None, "'": None, "’": None, "‘": None, "`": None, "´": None,
})  # fmt: skip

_repeated = re.compile(r"([^\W\d])\1{2,}")
_words = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+").findall

LONGEST = 1600
"""Letters that are read of one text: what Twilio delivers at most (twilio.com/docs, error 21617)."""


def fold(text: str) -> str:
    """`text` as it is compared: lower case, no accents, no apostrophes, "heeeelp" as "help"."""
    text = text[:LONGEST]
    if text.isascii():
        folded = text.lower().replace("'", "").replace("`", "")
    else:
        folded = unicodedata.normalize("NFKC", text).casefold().replace("i̇", "i").translate(_LETTERS)
        letters = unicodedata.normalize("NFD", folded)
        folded = "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(_LETTERS)
    return _repeated.sub(r"\1", folded)


def words(text: str) -> list[str]:
    """The words of a text, folded. A Chinese letter is a word; other decimal digits become 0 to 9."""
    return [_digits(word) for word in _words(fold(text.replace("\N{SQUARED SOS}", " sos ")))]


def key(text: str) -> str:
    """All words as one, for names: "'s-Gravenhage" and "s gravenhage" are the same."""
    return "".join(words(text))


def _digits(word: str) -> str:
    if word.isascii() or not any(letter.isdecimal() for letter in word):
        return word
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in word)
