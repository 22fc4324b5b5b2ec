"""How long a text is on the air: encoding, units and segments.

Source: 3GPP TS 23.038, section 6.2.1 (default alphabet and extension table) and TS 23.040, section
9.2.3.24 (a concatenated part spends 6 of its 140 octets on a header: 153 septets or 67 UCS-2 units).
"""

from __future__ import annotations

import re
from collections.abc import Callable
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

_gsm7 = re.compile("[" + re.escape(BASIC + EXTENSION) + "]*").fullmatch
_extended = re.compile("[" + re.escape(EXTENSION) + "]").findall
_outside = re.compile("[^" + re.escape(BASIC + EXTENSION) + "]").search


@dataclass(frozen=True, slots=True)
class Size:
    """Units are septets in GSM-7 and 16-bit units in UCS-2."""

    encoding: Encoding
    units: int
    segments: int


def measure(text: str) -> Size:
    """The size of `text` as an SMS. An escape pair or a surrogate pair is never cut over two parts."""
    if _gsm7(text):
        double = len(_extended(text))
        units = len(text) + double
        cost = _septets if double else None
        return Size("GSM-7", units, _segments(text, units, "GSM-7", cost))
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    cost = _code_units if units > len(text) else None
    return Size("UCS-2", units, _segments(text, units, "UCS-2", cost))


def costly_letter(text: str) -> str | None:
    """The first letter that is not in GSM-7, and so makes the text UCS-2."""
    found = _outside(text)
    return found.group() if found else None


def _septets(letter: str) -> int:
    return 2 if letter in EXTENSION else 1


def _code_units(letter: str) -> int:
    return 2 if letter > "\uffff" else 1


def _segments(text: str, units: int, encoding: Encoding, cost: Callable[[str], int] | None) -> int:
    if units <= SINGLE[encoding]:
        return 1
    size = PART[encoding]
    if cost is None:
        return -(-units // size)
    segments, used = 1, 0
    for letter in text:
        width = cost(letter)
        if used + width > size:
            segments, used = segments + 1, 0
        used += width
    return segments
