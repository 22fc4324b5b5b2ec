"""Texts are compared without capitals, accents and noise."""

from __future__ import annotations

import pytest

from smsline.engine.fold import key, skeleton, words


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
    assert " ".join(words(text)) == folded


def test_words_are_parted_by_anything_that_is_no_letter():
    assert words("'s-Gravenhage, 2511AB!") == ["s", "gravenhage", "2511ab"]
    assert key("'s-Gravenhage") == key("s gravenhage") == "sgravenhage"


def test_a_chinese_letter_is_a_word_and_arabic_digits_are_digits():
    assert words("你好") == ["你", "好"]
    assert words("٣") == ["3"]


def test_a_long_or_empty_text_is_no_problem():
    assert words("") == []
    assert words("\x00\u200b👍") == []
    assert len(key("ab" * 5000)) == 1600


def test_traditional_chinese_is_compared_as_simplified():
    assert words("我們需要醫生幫忙") == words("我们需要医生帮忙")
    assert words("2日本語") == ["2", "日", "本", "语"]


@pytest.mark.parametrize(
    ("cyrillic", "typed"),
    [
        ("помощ", ["pomosht", "pomo6t"]),  # Bulgarian
        ("искам", ["iskam"]),
        ("живея", ["zhiveya", "jiveq", "jiveia"]),
        ("чакам", ["4akam", "chakam"]),
        ("полиция", ["policia", "politsiya", "policiq"]),
        ("хочу", ["hochu", "khochu", "xo4u"]),  # Russian
        ("помощь", ["pomosch", "pomoshch"]),
        ("изнасиловали", ["iznasilovali"]),
        ("допоможіть", ["dopomozhit", "dopomojit"]),  # Ukrainian
        ("їжак", ["yizhak", "ijak"]),
    ],
)
def test_cyrillic_and_the_ways_to_type_it_have_one_skeleton(cyrillic, typed):
    assert {skeleton(key(one)) for one in (cyrillic, *typed)} == {skeleton(key(cyrillic))}


@pytest.mark.parametrize(("one", "other"), [("бия", "пия"), ("мама", "моми"), ("лекар", "пекар")])
def test_other_words_have_another_skeleton(one, other):
    assert skeleton(key(one)) != skeleton(key(other))


@pytest.mark.parametrize("text", ["I", "İ", "ı", "i"])
def test_all_turkish_i_are_one(text):
    assert key(text) == "i"
