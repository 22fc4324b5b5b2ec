"""Translators' files: what changes becomes fuzzy, and what is fuzzy is never served."""

from __future__ import annotations

import shutil

import pytest

from smsline.content import translations
from smsline.content.loading import load, read_content

from .conftest import TINY


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(TINY, tmp_path / "line")
    return tmp_path / "line"


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def updated(copy):
    content, _ = read_content(copy / "menus", copy / "locales")
    return translations.update(content.messages, copy / "locales", "nl", [])


def test_a_translation_is_served_and_what_lacks_one_is_served_in_the_fallback(copy):
    catalog = load(copy / "menus", copy / "locales").catalog
    assert catalog("nl", "change.answer") == "Het is jouw keuze."
    assert catalog("nl", "phrase.person").startswith("No person reads this.")


def test_a_changed_sentence_makes_its_translation_fuzzy_and_unserved(copy):
    replace(copy / "menus" / "tree.yaml", "It is your choice.", "It is only your choice.")
    assert load(copy / "menus", copy / "locales").catalog("nl", "change.answer") == "It is only your choice."
    assert updated(copy).fuzzy == 1
    po = (copy / "locales/nl/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    assert '#| msgid "It is your choice."' in po
    assert "Het is jouw keuze." in po
    assert load(copy / "menus", copy / "locales").catalog("nl", "change.answer") == "It is only your choice."


def test_a_stale_translation_with_an_old_blank_blocks_nothing(copy):
    replace(copy / "menus" / "tree.yaml", "PEP works up to {pep-limit}. Call {clinic-river.phone}", "PEP works. Call")
    updated(copy)
    assert load(copy / "menus", copy / "locales").catalog("nl", "pep.answer").startswith("Go now. PEP works. Call")


def test_a_list_of_words_stays_in_use_when_the_source_list_grows(copy):
    replace(copy / "menus" / "tree.yaml", "[condom broke,", "[rubber burst, condom broke,")
    updated(copy)
    line = load(copy / "menus", copy / "locales")
    assert {phrase.text for phrase in line.vocabulary.phrases if phrase.language == "nl"} >= {"condoom kapot"}


def test_updating_twice_changes_nothing(copy):
    replace(copy / "menus" / "tree.yaml", "It costs {price}.", "It may cost {price}.")
    updated(copy)
    path = copy / "locales/nl/LC_MESSAGES/messages.po"
    before = path.read_bytes()
    updated(copy)
    assert path.read_bytes() == before


def test_a_sentence_that_is_gone_is_kept_as_obsolete(copy):
    replace(copy / "menus" / "tree.yaml", "  closed: At night go to the hospital. PEP works up to {pep-limit}.\n", "")
    updated(copy)
    assert "#~ msgstr" in (copy / "locales/nl/LC_MESSAGES/messages.po").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Bel nu {rescue.phone}.", "Bel nu.", "danger-now.answer: {rescue.phone} is missing."),
        ("Bel nu {rescue.phone}.", "Bel nu {rescue.phone} {x}.", "danger-now.answer: {x} is not in the source."),
        ("Bel nu {rescue.phone}.", "Bel nu \u202e{rescue.phone}.", "danger-now.answer: has a control or direction"),
        ('msgstr "Bel nu', "msgstr Bel nu", "is not readable"),
    ],
)
def test_a_bad_translation_is_named(copy, old, new, says):
    replace(copy / "locales/nl/LC_MESSAGES/messages.po", old, new)
    _, problems = read_content(copy / "menus", copy / "locales")
    assert any(says in str(problem) and "locales/nl" in str(problem) for problem in problems), problems
