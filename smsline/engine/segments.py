"""How long a text is on the air: encoding, units and segments.

Sources: 3GPP TS 23.038, section 6.2.1 (default alphabet and extension table); TS 23.040, section 9.2.3.24 (a
concatenated part spends 6 of its 140 octets on a header: 153 septets or 67 UCS-2 units); TS 23.090 and GSM 04.80,
annex A (a USSD string is 160 octets: 182 septets or 80 UCS-2 units).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

Encoding = Literal["GSM-7", "UCS-2"]

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet without ESC, in the order of the table."""

EXTENSION = "\f^{}\\[~]|€"
"""Two septets each: ESC and a code."""

SINGLE = {"GSM-7": 160, "UCS-2": 70}
PART = {"GSM-7": 153, "UCS-2": 67}
USSD = {"GSM-7": 182, "UCS-2": 80}
"""The most that a USSD screen can hold at all; gateways and handsets are safe with 160 and 70."""

_gsm7 = re.compile("[" + re.escape(BASIC + EXTENSION) + "]*").fullmatch
_extended = re.compile("[" + re.escape(EXTENSION) + "]").search
_astral = re.compile("[\U00010000-\U0010ffff]").findall
_outside = re.compile("[^" + re.escape(BASIC + EXTENSION) + "]").search

_ESC, _HIGH, _LOW = "\x1b", b"\xd8\xd9\xda\xdb", b"\xdc\xdd\xde\xdf"


class Size(NamedTuple):
    """Units are septets in GSM-7 and 16-bit units in UCS-2."""

    encoding: Encoding
    units: int
    segments: int


BITS = 20
SEPTET, UNIT, OUTSIDE, PAIR = 1, 1 << BITS, 1 << 2 * BITS, 1 << 3 * BITS
"""What an extent counts, as the fields of one number, so that extents are added by one addition: a screen is drawn with
each turn, and this is most of its work. OUTSIDE are texts that are not GSM-7 as a whole, PAIR those with a letter that
takes two, so that how many parts they have depends on where they are cut."""

GLUE = SEPTET + UNIT
"""A blank or a line break between two pieces."""

FIELD = (1 << BITS) - 1
NOT_GSM = FIELD * OUTSIDE

PIECES = 20_000
"""Pieces whose extent is remembered: those of the content come again and again."""


@lru_cache(PIECES)
def extent(text: str) -> int:
    """What a piece adds to a text, in whichever encoding the whole of it is sent. Extents add up."""
    units = len(text) + len(_astral(text))
    if not _gsm7(text):
        return units * UNIT + OUTSIDE + (PAIR if units > len(text) else 0)
    septets = len(_escaped(text)) if _extended(text) else units
    return septets * SEPTET + units * UNIT + (PAIR if septets > units else 0)


def measure(text: str) -> Size:
    """The size of `text` as an SMS. An escape pair or a surrogate pair is never cut over two parts."""
    if _gsm7(text):
        septets = _escaped(text) if _extended(text) else text
        return Size("GSM-7", len(septets), _septet_parts(septets))
    pairs = text.encode("utf-16-be", "surrogatepass")
    return Size("UCS-2", len(pairs) // 2, _unit_parts(pairs))


def room(segments: int, encoding: Encoding) -> int:
    """The most units that a text of so many segments can have."""
    return SINGLE[encoding] if segments == 1 else segments * PART[encoding]


def costly_letter(text: str) -> str | None:
    """The first letter that is not in GSM-7, and so makes the text UCS-2."""
    found = _outside(text)
    return found.group() if found else None


def _escaped(text: str) -> str:
    """One letter for each septet: ESC stands before what is in the extension table."""
    for letter in EXTENSION:
        text = text.replace(letter, _ESC + letter)
    return text


def _septet_parts(septets: str) -> int:
    if len(septets) <= SINGLE["GSM-7"]:
        return 1
    parts, start = 0, 0
    while start < len(septets):
        start += PART["GSM-7"]
        if start < len(septets) and septets[start - 1] == _ESC:
            start -= 1  # the pair would be cut: it begins the next part
        parts += 1
    return parts


def _unit_parts(pairs: bytes) -> int:
    """Parts of a text in UTF-16, two octets a unit, the high one first."""
    if len(pairs) <= 2 * SINGLE["UCS-2"]:
        return 1
    parts, start = 0, 0
    while start < len(pairs):
        start += 2 * PART["UCS-2"]
        if start < len(pairs) and pairs[start - 2] in _HIGH and pairs[start] in _LOW:
            start -= 2
        parts += 1
    return parts
