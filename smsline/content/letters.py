"""Letters that cost: what every phone lacks is replaced where that changes no word; and the forms in Latin letters.

One letter outside GSM-7 makes a whole text UCS-2, and a segment of 160 letters one of 70. Typography is replaced in
every language; letters of an alphabet only where the language asks for it, by its own table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from smsline.content.reader import Problems, Value, flag_of, text_of
from smsline.engine.segments import costly_letter

NAMES = "names"
"""The table of `letters.yaml` for Dutch names of towns and organisations, used with that of every language."""

COSTLY = (
    # letters, what stands for them, why it changes no word
    ("‘’‚‛′´`ˈ", "'", "a curly apostrophe or quote reads like the straight one"),
    ("“”„‟″«»‹›", '"', "so does a double quote, in whatever country's form"),
    ("‐‑‒–—―−", "-", "a hyphen, dash or minus of any length"),
    ("…", "...", "three points in one letter"),
    ("•·‣", "-", "the point before a row of a list"),
    (
        "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\u2028\u2029",
        " ",
        "a space of another width, or one that does not break",
    ),
    ("\u00ad\u200b\u2060\ufeff", "", "nothing that can be seen: where a word may be parted, or a mark of the file"),
    ("ĳ", "ij", "one letter for two, as old keyboards wrote them"),
    ("Ĳ", "IJ", "the same"),
    ("ﬁ", "fi", "a printer's form of two letters, from copied text"),
    ("ﬂ", "fl", "the same"),
    ("ﬀ", "ff", "the same"),
)
"""Letters outside GSM-7 that are replaced in every language, since one of them makes a text cost more than double.

Not here, since they carry meaning: fractions (1½ is not 11/2), joiners (Persian, emoji), marks of direction (Arabic),
the apostrophe letter of Ukrainian (ʼ), full-width signs (Chinese), and every letter of an alphabet.
"""

TYPOGRAPHY = str.maketrans({letter: plain for letters, plain, _ in COSTLY for letter in letters})


def tidy(text: str, letters: Mapping[str, str] | None = None) -> str:
    """A text with composed letters and plain typography; `letters` are what a language writes plainly."""
    text = unicodedata.normalize("NFC", text).translate(TYPOGRAPHY)
    table = letters or {}
    for letter in {*text}.intersection(table) if not text.isascii() else ():
        text = text.replace(letter, table[letter])
    return text


def letters_of(code: str, value: Value, plain: Mapping[str, dict[str, str]], problems: Problems) -> dict[str, str]:
    """The letters that a language writes plainly: its own table, and that of Dutch names. Never by default."""
    own = value.get("letters")
    if not flag_of(value.get("plain-letters"), problems, f"{code}: plain-letters"):
        if own:
            problems.add(own, f"{code}: letters are given, but plain-letters is not yes. Add it, or remove them.")
        return {}
    if code not in plain and own is None:
        what = f"{code}: plain-letters is yes, but letters.yaml has no table for {code}. Add one, or say no."
        problems.add(value.get("plain-letters") or value, what)
    return {**plain.get(NAMES, {}), **plain.get(code, {}), **(table_of(code, own, problems) if own else {})}


def table_of(code: str, value: Value, problems: Problems) -> dict[str, str]:
    """A table of letters: small and capital. What would lose a word is a problem, and is left out."""
    table: dict[str, str] = {}
    if value.pairs is None:
        problems.add(value, f"{code}: should have a row for each letter, such as ă: a.")
    for letter, item in value.named():
        plain = text_of(item, problems, f"{code}: {letter}")
        wrong = _loss(letter, plain)
        if wrong:
            problems.add(item, f"{code}: {letter} cannot be written {plain or 'as nothing'}: {wrong}")
            continue
        for one, other in ((letter, plain), (letter.upper(), plain.upper())):
            if len(one) == 1 and costly_letter(one):
                table[one] = other
    return table


def _loss(letter: str, plain: str) -> str:
    """Why a letter must not be written so; empty where it may."""
    if len(letter) != 1 or not unicodedata.name(letter, "").startswith("LATIN "):
        return "only single letters of the Latin alphabet have a plain form. Remove the row."
    if not costly_letter(letter):
        return "every phone has this letter, so it costs nothing. Remove the row."
    if not 1 <= len(plain) <= 2 or not plain.isalpha() or costly_letter(plain):
        return "write one or two letters that every phone has, never a question mark."
    return ""


# --- forms in Latin letters ------------------------------------------------------------------------------------


def latin_of(code: str, value: Value, problems: Problems) -> dict[str, str]:
    """The rows of a romanisation: one or two letters, with ^ before what begins a word and $ after what ends one."""
    rows: dict[str, str] = {}
    for letters, item in value.named():
        plain = "" if item.text == "-" else text_of(item, problems, f"{code}: {letters}")
        if any(costly_letter(letter) for letter in plain) or not 1 <= len(letters.strip("^$")) <= 2:
            problems.add(item, f"latin: {code}: {letters} cannot be written {plain}. Use letters that every phone has.")
        else:
            rows[letters] = plain
    return rows


def romaniser(rows: Mapping[str, str]) -> Callable[[str], str]:
    """What writes a text in Latin letters, by the rows of its language; the longest row that fits comes first."""
    ordered = sorted(rows, key=lambda letters: (-len(letters.strip("^$")), "^" not in letters and "$" not in letters))
    parts = [re.escape(row.strip("^$")) for row in ordered]
    edged = [
        ("(?<![\\w'’ʼ])" if row[0] == "^" else "") + part + ("\\b" if row[-1] == "$" else "")
        for row, part in zip(ordered, parts, strict=True)
    ]
    found = re.compile("|".join(f"({one})" for one in edged), re.IGNORECASE)

    def letter(match: re.Match[str]) -> str:
        said, plain = match.group(), rows[ordered[(match.lastindex or 1) - 1]]
        if said == said.lower():
            return plain
        following = match.string[match.end() : match.end() + 1]
        return plain.upper() if following.isupper() or (len(said) > 1 and said.isupper()) else plain.capitalize()

    return lambda text: found.sub(letter, text)
