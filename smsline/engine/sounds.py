"""How a Dutch name sounds: one coarse spelling for what callers write who know it by ear, in three scripts.

Only for comparing with names that are known; "Неймеген", "nimegen" and "Nijmegen" are one, on purpose.
"""

from __future__ import annotations

import re

from smsline.engine.fold import respelled

_CYRILLIC = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "e", "ж": "s", "з": "s",
    "и": "i", "і": "i", "ї": "i", "й": "i", "ј": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "у": "u", "ф": "v", "х": "g", "ц": "s", "ч": "sg", "ш": "sg", "щ": "sg", "ъ": "",
    "ы": "i", "ь": "", "э": "e", "ю": "u", "я": "a",
})  # fmt: skip

_ARABIC = str.maketrans({
    "ا": "", "و": "", "ي": "", "ء": "", "ع": "", "ه": "", "ب": "b", "پ": "p", "ت": "t", "ط": "t", "ث": "t", "ج": "g",
    "ح": "g", "خ": "g", "غ": "g", "گ": "g", "چ": "s", "د": "d", "ض": "d", "ذ": "s", "ر": "r", "ز": "s", "س": "s",
    "ص": "s", "ش": "s", "ظ": "s", "ف": "v", "ڤ": "v", "ق": "k", "ك": "k", "ک": "k", "ل": "l", "م": "m", "ن": "n",
})  # fmt: skip

_RULES = tuple((re.compile(typed), plain) for typed, plain in (
    ("sz", "s"), ("sch|sh|sk|sc(?=h|i|e)", "sg"), ("ch|gh|kh", "g"), ("th|dt", "t"), ("ph", "v"), ("ck", "k"),
    ("c(?=[eiy])", "s"), ("[cq]", "k"), ("x", "ks"), ("z", "s"), ("[wf]", "v"), ("ij|ei|ey|ay|ai|ie|y|j", "i"),
    ("ou|au|oe|ui|eu|uu", "u"), ("h", "g"), (r"(.)\1+", r"\1"),
))  # fmt: skip


def sound(name: str) -> str:
    """The coarse spelling of a folded name in Latin or Cyrillic letters."""
    return respelled(name, _CYRILLIC, _RULES)


def consonants(name: str) -> str:
    """What Arabic letters tell of a name: its consonants, each group of alike ones as one letter."""
    return re.sub(r"(.)\1+", r"\1", name.translate(_ARABIC))


def consonants_of(name: str) -> set[str]:
    """The same of a name in Latin letters. A w is heard as a v, or not at all; so is an h that opens it."""
    ways = (name, name.replace("w", ""), name.replace("h", ""), name.replace("h", "").replace("w", ""))
    return {re.sub(r"(.)\1+", r"\1", re.sub("[aeiou]", "", sound(way))) for way in ways}
