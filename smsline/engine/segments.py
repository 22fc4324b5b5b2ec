"""How long a text is on the air: encoding, units and segments.

Sources: 3GPP TS 23.038, section 6.2.1 (default alphabet and extension table); TS 23.040, section 9.2.3.24 (a
concatenated part spends 6 of its 140 octets on a header: 153 septets or 67 UCS-2 units); TS 23.090 and GSM 04.80,
annex A (a USSD string is 160 octets: 182 septets or 80 UCS-2 units).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

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
_outside = re.compile("[^" + re.escape(BASIC + EXTENSION) + "]").search

_ESC, _HIGH, _LOW = "\x1b", b"\xd8\xd9\xda\xdb", b"\xdc\xdd\xde\xdf"


@dataclass(frozen=True, slots=True)
class Size:
    """Units are septets in GSM-7 and 16-bit units in UCS-2."""

    encoding: Encoding
    units: int
    segments: int


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
