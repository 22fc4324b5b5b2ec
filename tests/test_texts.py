"""Letters that a budget bears, and blanks that are filled from facts and contacts only."""

from __future__ import annotations

import pytest

from smsline.content.letters import tidy
from smsline.content.loading import read_content
from smsline.engine.segments import costly_letter

from .conftest import ROOT, TINY


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("\u201cyes\u201d \u2018no\u2019", "\"yes\" 'no'"),
        ("9\u201317 \u2014 wait\u2026", "9-17 - wait..."),
        ("a\u00a0b\u202fc\td", "a b c d"),
        ("e\u0301e\u0301n", "één"),
        ("\u0132sland \u0133s", "IJsland ijs"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
    ],
)
def test_what_changes_no_word_is_replaced(written, sent):
    assert tidy(written) == sent


def test_letters_are_flattened_only_by_a_languages_own_table():
    assert tidy("față, țară") == "față, țară"
    assert tidy("față, țară", {"ă": "a", "ț": "t"}) == "fata, tara"


def test_no_sentence_of_a_language_with_plain_letters_costs_double(line):
    for code in ("en", "nl", "ro"):
        for key, text in line.catalog.texts[code].items():
            if key == "phrase.voice":  # spoken, and a voice needs every letter
                continue
            assert costly_letter(text.text) is None, (code, key, costly_letter(text.text))


def test_nothing_is_left_open_but_what_the_phone_fills(line):
    for by_key in line.catalog.texts.values():
        for key, text in by_key.items():
            if not key.startswith(("phrase.", "service.")) and not key.endswith(".none"):
                assert "{" not in text.text, key


def test_a_blank_is_never_evaluated():
    content, _ = read_content(TINY / "menus", TINY / "locales")
    for evil in ("rescue.__class__", "rescue.phone.x", "0", "", "rescue.areas", "pep-limit.__init__"):
        assert not content.filler.known(evil)


def test_only_what_may_be_shown_fills_a_blank():
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    hidden = [name for name, one in content.listed.items() if one.organisation.show == "no" and one.organisation.phone]
    assert hidden
    assert not any(content.filler.known(f"{name}.phone") for name in hidden)
