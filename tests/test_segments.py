"""How long a text is: the limits with both sides, and vectors that independent libraries agree on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smsline.engine.segments import costly_letter, measure

CASES = json.loads((Path(__file__).parent / "vectors" / "segments.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_text_is_as_long_as_independent_libraries_say(case):
    size = measure(case["text"])
    assert (size.encoding, size.units, size.segments) == (case["encoding"], case["units"], case["segments"])


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("я" * 70, "UCS-2", 70, 1),
        ("я" * 71, "UCS-2", 71, 2),
        ("я" * 134, "UCS-2", 134, 2),
        ("я" * 135, "UCS-2", 135, 3),
        ("{" * 80, "GSM-7", 160, 1),
        ("a" * 152 + "{" + "a" * 152, "GSM-7", 306, 3),  # the pair would be cut, so a septet of the part is lost
        ("я" * 66 + "😀" + "я" * 66, "UCS-2", 134, 3),
    ],
)
def test_both_sides_of_each_limit(text, encoding, units, segments):
    size = measure(text)
    assert (size.encoding, size.units, size.segments) == (encoding, units, segments)


def test_the_letter_that_costs_is_named():
    assert costly_letter("Belgie") is None
    assert costly_letter("financiën") == "ë"
