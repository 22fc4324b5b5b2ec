"""What stands before the ending of a name: "amszterdamban", "w Utrechcie", "из Эйндховена", "istanbul'da".

No grammar of any language: the endings are a table, and whoever asks decides whether a name came out.
"""

from __future__ import annotations

from collections.abc import Iterator

SHORTEST = 4
"""Letters of a name at least."""

_LATIN = (
    # Hungarian: in, from, to, at, near; and who lives there
    ("ban", ""), ("ben", ""), ("ba", ""), ("be", ""), ("bol", ""), ("tol", ""), ("nal", ""), ("nel", ""),
    ("hoz", ""), ("hez", ""), ("ra", ""), ("re", ""), ("on", ""), ("en", ""), ("rol", ""), ("ig", ""), ("i", ""),
    # Turkish: in, from, to; "I am in", "we are in"
    *((f"{case}{who}", "") for case in ("da", "de", "ta", "te") for who in ("", "n", "yim", "yiz", "ki", "ydim")),
    ("ya", ""), ("ye", ""), ("a", ""), ("e", ""), ("nin", ""), ("in", ""), ("un", ""), ("li", ""),
    # Polish: in, from, to; the last letter of a name changes
    ("dzie", "da"), ("dzie", "d"), ("dze", "ga"), ("cie", "t"), ("cie", "ta"), ("ie", ""), ("ie", "a"), ("iu", ""),
    ("u", ""), ("em", ""), ("y", "a"), ("i", "a"), ("ze", "ga"), ("rze", "r"), ("ce", "ka"), ("le", "la"), ("e", "a"),
    ("ze", "a"),
    # Romanian, with its article
    ("ului", ""), ("ul", ""), ("ei", "a"),
)  # fmt: skip

_CYRILLIC = (
    ("е", ""), ("у", ""), ("а", ""), ("ом", ""), ("ем", ""), ("і", ""), ("ю", ""), ("ові", ""), ("и", ""),
    ("е", "а"), ("и", "а"), ("і", "а"), ("у", "а"), ("ой", "а"), ("ою", "а"), ("ы", "а"), ("зі", "га"), ("е", "о"),
    ("ах", "ы"), ("и", "я"), ("ії", "ія"), ("ии", "ия"), ("ию", "ия"), ("ію", "ія"), ("ві", "в"), ("ові", "ів"),
    ("еві", "ів"), ("єві", "їв"), ("єва", "їв"), ("ова", "ів"), ("та", ""), ("ски", ""), ("ском", ""), ("е", "ь"),
    ("и", "ь"), ("і", "ь"), ("ю", "ь"),
)  # fmt: skip

_ARABIC = ("بال", "وال", "فال", "لل", "ال", "ب", "ل", "و", "ف")
"""In, and, to, the: written as one word with the name."""


def stems(word: str) -> Iterator[str]:
    """What a folded word may have been before its ending, the shortest ending first."""
    first = word[:1]
    if "\u0600" <= first <= "\u06ff":
        for before in _ARABIC:
            if word.startswith(before) and len(word) - len(before) >= SHORTEST - 1:
                yield word[len(before) :]
        return
    endings = _BY_LENGTH["\u0400" <= first <= "\u04ff"]
    for ending, nominative in endings:
        if word.endswith(ending) and len(word) - len(ending) + len(nominative) >= SHORTEST:
            yield word[: -len(ending)] + nominative


_BY_LENGTH = {
    cyrillic: tuple(sorted(dict.fromkeys(table), key=lambda row: len(row[0]) - len(row[1])))
    for cyrillic, table in ((False, _LATIN), (True, _CYRILLIC))
}
