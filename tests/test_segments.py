"""How long a text is: the limits with both sides, and vectors that independent libraries agree on."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest
import smsutil

from smsline.engine.segments import BASIC, EXTENSION, Size, costly_letter, measure, room

GSM7 = json.loads((Path(__file__).parent / "vectors" / "gsm7.json").read_text(encoding="utf-8"))
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


POOLS = ("abc d.", BASIC, BASIC + EXTENSION, EXTENSION + "a", "ășțłé ab", "жя ", "я😀", "😀👍🏽🇳🇱", "مح 1", "你好a")


def generated(number: int) -> str:
    """A text of a few kinds of letters, often just at a limit; the same for the same number."""
    random = Random(number)
    pool = "".join(random.sample(POOLS, random.randint(1, 2)))
    limit = random.choice((1, 67, 70, 134, 153, 160, 201, 268, 306, 459, 612))
    return "".join(random.choices(pool, k=max(1, limit + random.randint(-4, 4))))


def test_ten_thousand_texts_are_as_long_as_an_independent_library_says():
    """smsutil splits letter by letter, in octets; we walk from cut to cut."""
    seen = Counter()
    for number in range(10_000):
        text = generated(number)
        size, split = measure(text), smsutil.split(text)
        octets = 1 if size.encoding == "GSM-7" else 2  # it counts a septet as one
        assert (size.units * octets, size.segments) == (split.total_bytes, len(split.parts)), (number, text)
        assert (size.encoding == "GSM-7") == (split.encoding == "gsm0338"), (number, text)
        seen[size.encoding, size.segments] += 1
    assert all(seen[encoding, parts] > 100 for encoding in ("GSM-7", "UCS-2") for parts in (1, 2, 3, 4))


@pytest.mark.parametrize("letter", GSM7["cost_1"])
def test_each_letter_of_the_default_alphabet_is_one_septet(letter):
    assert measure(letter * 160) == Size("GSM-7", 160, 1)


@pytest.mark.parametrize("letter", GSM7["cost_2"])
def test_each_letter_of_the_extension_table_is_two(letter):
    assert measure(letter * 80) == Size("GSM-7", 160, 1)
    assert measure(letter * 81) == Size("GSM-7", 162, 2)


@pytest.mark.parametrize(
    ("segments", "encoding", "units"),
    [(1, "GSM-7", 160), (2, "GSM-7", 306), (8, "GSM-7", 1224), (1, "UCS-2", 70), (2, "UCS-2", 134), (4, "UCS-2", 268)],
)
def test_the_most_that_fits_into_so_many_segments(segments, encoding, units):
    letter = "a" if encoding == "GSM-7" else "я"
    assert room(segments, encoding) == units
    assert measure(letter * units) == Size(encoding, units, segments)
    assert measure(letter * (units + 1)).segments == segments + 1


def test_the_letter_that_costs_is_named():
    assert costly_letter("Belgie") is None
    assert costly_letter("financiën") == "ë"
