"""How texts are compared: without capitals, accents, marks and noise. Done in this one place.

Only for comparing; what callers read is never folded. After Unicode's NFKC and case folding, letters
that do not decompose are mapped by hand (Polish l with stroke, Turkish dotless i, Arabic te marbuta), and traditional
Chinese becomes simplified.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from smsline.engine.hant import SIMPLIFIED

_LETTERS = str.maketrans({
    "ł": "l", "đ": "d", "ø": "o", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ĳ": "ij", "ə": "a",
    "ة": "ه", "ى": "ي", "ٱ": "ا", "ـ": None, "ʼ": None, "'": None, "’": None, "‘": None, "`": None, "´": None,
})  # fmt: skip

_marks = re.compile(f"[{''.join(chr(code) for code in range(0x10000) if unicodedata.combining(chr(code)))}]")
"""Every mark that stands on a letter."""

_other_digit = re.compile(r"(?![0-9])\d")

HAN = "\u3400"
"""The first Chinese letter; no other alphabet of the line stands behind it."""

_han = re.compile(f"[{HAN}-\u9fff]")
_thrice = re.compile(r"(.)\1\1").search
_repeated = re.compile(f"([^\\W\\d_]| {_han.pattern} )\\1{{2,}}").sub
"""A letter three times and more: an elongated word."""

_apart = re.compile(r"[,.;:!?…\n،؛؟、，。；：！？]+").split
_ended = re.compile(r"[.!?…\n؟。！？]+").split

LONGEST = 1600
"""Letters that are read of one text: what Twilio delivers at most (twilio.com/docs, error 21617)."""


ASTRAL = 0x10000
"""From which code on letters are found anew each time: nobody fills the memory with them."""


class _Plain(dict[int, str]):
    """Each letter as it is compared, found once: what `str.translate` asks for. What is no letter parts words."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).casefold().translate(_LETTERS).translate(SIMPLIFIED)
        letters = _marks.sub("", unicodedata.normalize("NFD", folded)).translate(_LETTERS)
        digits = _other_digit.sub(lambda digit: str(unicodedata.decimal(digit.group())), letters)
        plain = "".join(f" {one} " if _han.match(one) else one if one.isalnum() else " " for one in digits)
        if code < ASTRAL:
            self[code] = plain
        return plain


_plain = _Plain({ord("\N{SQUARED SOS}"): " sos "})


def words(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, no accents, no apostrophes, "heeeelp" as "help".

    A Chinese letter is a word; other decimal digits become 0 to 9.
    """
    plain = text[:LONGEST].translate(_plain)
    if _thrice(plain) or (not plain.isascii() and max(plain) >= HAN):
        plain = _repeated(r"\1", plain)
    return plain.split()


def clauses(text: str) -> list[list[str]]:
    """The words of a text by the parts that its commas and full stops make, since "no, he forces me" denies nothing."""
    return [part for part in map(words, _apart(text[:LONGEST])) if part]


def sentences(text: str) -> list[str]:
    """The sentences of a text that have more than one word; none where it is only one."""
    some = [part for part in _ended(text[:LONGEST]) if len(words(part)) > 1]
    return some if len(some) > 1 else []


def key(text: str) -> str:
    """All words as one, for names: "'s-Gravenhage" and "s gravenhage" are the same."""
    return "".join(words(text))


# --- one spelling for Cyrillic and its Latin forms -------------------------------------------------------------

_CYRILLIC = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "e", "ж": "j", "з": "z", "и": "i",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "g", "ц": "c", "ч": "4", "ш": "6", "щ": "6", "ъ": "a", "ы": "i", "ь": "",
    "э": "e", "ю": "u", "я": "a",
})  # fmt: skip

_TYPED = tuple((re.compile(typed), plain) for typed, plain in (
    ("shch|sch|sht|6t|sh|w(?=[tc])", "6"), ("tch|ch", "4"), ("zh", "j"), ("kh|x|h", "g"), ("ts|tz", "c"), ("q", "a"),
    ("w", "v"), ("y", "i"), (r"(.)\1+", r"\1"), ("(?<=.)i(?=[aeou])|(?<=[aeou])i|^i(?=[aeou])", ""), (r"(.)\1+", r"\1"),
))  # fmt: skip
"""How Bulgarian, Russian and Ukrainian are typed in Latin letters, and what that becomes; the first rules go first."""


def skeleton(word: str) -> str:
    """One coarse spelling of a folded word, the same for Cyrillic and the ways to type it: пари, pari; чакам, 4akam."""
    return respelled(word, _CYRILLIC, _TYPED)


def respelled(word: str, letters: Mapping[int, str], rules: Iterable[tuple[re.Pattern[str], str]]) -> str:
    """A word in other letters, and then by rules, the first of which go first."""
    spelled = word.translate(letters)
    for pattern, plain in rules:
        spelled = pattern.sub(plain, spelled)
    return spelled
