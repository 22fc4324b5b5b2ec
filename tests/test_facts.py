"""A fact is shown as the caller's language writes it."""

from __future__ import annotations

from datetime import date

import pytest
from babel import Locale

from smsline.content.facts import shown
from smsline.engine.model import Fact
from smsline.engine.segments import measure


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [
        (72, "hours", "en", "72 hours"),
        (72, "hours", "nl", "72 uur"),
        (72, "hours", "ro", "72 de ore"),
        (5, "days", "ro", "5 zile"),
        (20000, "EUR", "en", "EUR 20,000"),
        (20000, "EUR", "nl", "EUR 20.000"),
        (20000, "EUR", "ro", "20.000 EUR"),
        (2.5, "EUR", "en", "EUR 2.50"),
        (21, "percent", "en", "21%"),
        (21, "percent", "nl", "21%"),
        (2026, "year", "en", "2026"),
        (1225, "number", "en", "1,225"),
        (date(2027, 3, 4), "date", "nl", "4 maart 2027"),
    ],
)
def test_a_fact_in_a_language(value, unit, language, text):
    found = shown(Fact("x", value, unit), Locale.parse(language))
    assert found == text
    assert measure(found).encoding == "GSM-7"


def test_the_figure_alone():
    assert shown(Fact("x", 72, "hours"), Locale("nl"), alone=True) == "72"
