"""Texts are compared without capitals, accents and noise."""

from __future__ import annotations

import pytest

from smsline.engine.fold import fold, key, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Română", "romana"),
        ("ȘTIRE ştire", "stire stire"),
        ("heeeelp", "help"),
        ("I can't", "i cant"),
        ("İSTANBUL ışık", "istanbul isik"),
        ("łódź", "lodz"),
        ("１２", "12"),
        ("مدرسة", "مدرسه"),
        ("Straße", "strasse"),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


def test_words_are_parted_by_anything_that_is_no_letter():
    assert words("'s-Gravenhage, 2511AB!") == ["s", "gravenhage", "2511ab"]
    assert key("'s-Gravenhage") == key("s gravenhage") == "sgravenhage"


def test_a_chinese_letter_is_a_word_and_arabic_digits_are_digits():
    assert words("你好") == ["你", "好"]
    assert words("٣") == ["3"]


def test_a_long_or_empty_text_is_no_problem():
    assert words("") == []
    assert words("\x00\u200b👍") == []
    assert len(fold("ab" * 5000)) == 1600
