"""Translators' files: what changes becomes fuzzy, and what is fuzzy is never served."""

from __future__ import annotations

import re
import shutil
from gettext import c2py

import pytest

from smsline.content import translating
from smsline.content.loading import load, read_content
from smsline.content.menus import Message
from smsline.content.proofs import doubts, proofs
from smsline.content.reader import Value
from smsline.content.translations import Translation, plurals
from smsline.errors import Problem
from smsline.words import read_words, sentences
from smsline.words import update as update_words

from .conftest import ROOT, TINY


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
    return translating.update(content.messages, copy / "locales", content.line.languages["nl"], [])


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
        (
            "nplurals=2; plural=(n != 1)",
            "nplurals=2; plural=(n > 1)",
            "messages.po:11  has other plural forms than nl has.",
        ),
        (
            "nplurals=2; plural=(n != 1)",
            "nplurals=3; plural=(n != 1)",
            "Write: Plural-Forms: nplurals=2; plural=(n != 1);",
        ),
        ("nplurals=2; plural=(n != 1)", "nplurals=2; plural=(n is 1)", "has other plural forms than nl has."),
        ("Language: nl", "Language: ro", "messages.po:9  is of the language ro, and stands in the folder of nl."),
        ("# Sentences", "\ufeff# Sentences", "messages.po:1  begins with a byte-order mark. Save it as UTF-8"),
        ('msgctxt "start.text"', 'msgctxt "start.title"', "start.title stands here a second time, after line"),
    ],
)
def test_a_bad_translation_is_named(copy, old, new, says):
    replace(copy / "locales/nl/LC_MESSAGES/messages.po", old, new)
    _, problems = read_content(copy / "menus", copy / "locales")
    assert any(says in str(problem) and "locales/nl" in str(problem) for problem in problems), problems
    told = list[Problem]()
    line = load(copy / "menus", copy / "locales", told=told)  # the others are served
    assert list(line.languages) == ["en"]
    assert told
    assert all(problem.file.startswith("locales/nl/") for problem in told)


def test_a_file_that_is_no_text_is_named(copy):
    (copy / "locales/nl/LC_MESSAGES/messages.po").write_bytes(b"\xff\xfe\x00m")
    _, problems = read_content(copy / "menus", copy / "locales")
    assert [problem for problem in problems if "is not readable" in str(problem) and "locales/nl" in str(problem)]


def test_a_language_that_line_yaml_does_not_name_is_said_and_the_others_are_served(copy):
    shutil.copytree(copy / "locales/nl", copy / "locales/qq")
    _, problems = read_content(copy / "menus", copy / "locales")
    assert [str(problem) for problem in problems if "qq" in str(problem)] == [
        "locales/qq/LC_MESSAGES/messages.po  qq is no language of line.yaml. Add it there, or take this file away."
    ]
    assert set(load(copy / "menus", copy / "locales").languages) == {"en", "nl"}


# --- plural forms (unicode.org/cldr, as languages are counted in gettext) -------------------------------------------

COUNTS = (0, 1, 2, 3, 5, 11, 20, 21, 100, 101)

FORMS = {
    "nl": "1011111111", "en": "1011111111", "bg": "1011111111", "es": "1011111111", "hu": "1011111111",
    "tr": "1011111111", "pt_BR": "0011111111", "fr": "0011111111", "ro": "1011112221", "pl": "2011222222",
    "ru": "2011222020", "uk": "2011222020", "zh": "0000000000", "ar": "0123344455", "th": "0000000000",
    "it": "1011111111", "sq": "1011111111", "vi": "0000000000", "ti": "0011111111",
}  # fmt: skip
"""Which form each of the counts has."""


@pytest.mark.parametrize("locale", FORMS)
def test_plural_forms_are_those_of_the_language_also_where_babel_has_others(locale):
    count, expression = plurals(locale)
    form = c2py(expression)
    said = "".join(str(int(form(number))) for number in COUNTS)
    assert said == FORMS[locale], (said, expression)
    assert count == 1 + max(map(int, said))


# --- what translators run -------------------------------------------------------------------------------------------


def test_keep_takes_the_translation_of_a_node_as_right_again(copy):
    replace(copy / "menus" / "tree.yaml", "It is your choice.", "It is only your choice.")
    assert updated(copy).fuzzy == 1
    content, _ = read_content(copy / "menus", copy / "locales")
    language = content.line.languages["nl"]
    assert translating.keep(content.messages, copy / "locales", language, "pep") == []
    assert translating.keep(content.messages, copy / "locales", language, "change") == ["change.answer"]
    assert load(copy / "menus", copy / "locales").catalog("nl", "change.answer") == "Het is jouw keuze."
    assert updated(copy).fuzzy == 0


def test_what_a_native_speaker_confirmed_is_counted_until_its_source_changes(copy):
    replace(copy / "locales/nl/LC_MESSAGES/messages.po", '#: menus/tree.yaml\nmsgctxt "change.answer"',
            '# confirmed 2026-12-01\n#: menus/tree.yaml\nmsgctxt "change.answer"')  # fmt: skip
    assert updated(copy).confirmed == 1
    assert updated(copy).confirmed == 1
    replace(copy / "menus" / "tree.yaml", "It is your choice.", "It is only your choice.")
    assert updated(copy).confirmed == 0
    replace(copy / "menus" / "tree.yaml", "It is only your choice.", "It is your choice.")
    assert updated(copy).confirmed == 0


# --- what is odd in a translation -----------------------------------------------------------------------------------

TEXT = Message("pep.answer", "Go now. {pep-limit} at most, 2 pills, call {clinic.phone}.", Value("x", 1))


@pytest.mark.parametrize(
    ("locale", "text", "says"),
    [
        ("nl", "Ga nu. {pep-limit} hooguit, 2 pillen, bel {clinic.phone}.", []),
        ("nl", "Ga nu. {pep-limit} hooguit, twee pillen, bel {clinic.phone}.", ["2 is missing."]),
        ("nl", "Ga nu. {pep-limit} hooguit, 2 of 3 pillen, bel {clinic.phone}.", ["3 is not in the source."]),
        ("nl", "Ga nu. {pep-limit} hooguit, 2 pillеn, bel {clinic.phone}.", ["has letters of two", '"е" is a letter']),
        ("nl", "Ga nu.  {pep-limit} hooguit, 2 pillen, bel {clinic.phone}.", ["has a space too many"]),
        ("nl", "Ga nu.\n\n{pep-limit} hooguit, 2 pillen, bel {clinic.phone}.", ["has another number of parts."]),
        ("ru", "Идите. {pep-limit} - срок, 2 таблетки PEP, звоните {clinic.phone}.", []),
        ("ru", "Идите. {pep-limit} - срок, 2 тaблетки, звоните {clinic.phone}.", ['"тaблетки" has letters of two']),
        ("ar", "اذهب الآن. {pep-limit}، حبتان 2، اتصل\n{clinic.phone}", []),
        ("ar", "اذهب الآن. {pep-limit}، حبتان 2، اتصل {clinic.phone}", ["should stand alone on its line"]),
        ("ar", "اذهب الآن. {pep-limit}، حبتان ٢، اتصل\n{clinic.phone}", ["2 is missing.", "٢ is written with other"]),
        ("ar", "PEP الآن. {pep-limit}، حبتان 2، اتصل\n{clinic.phone}", ["begins with a letter of another script"]),
        ("ar", "اذهب الآنَ. {pep-limit}، حبتان 2، اتصل\n{clinic.phone}", ["has vowel signs"]),
        ("zh", "现在去。{pep-limit}，2片，打{clinic.phone}。", []),
    ],
)  # fmt: skip
def test_what_a_translator_may_have_overlooked_is_named(locale, text, says):
    found = list(doubts(TEXT, Translation(TEXT.text, text, fuzzy=False), locale))
    assert len(found) == len(says), found
    assert all(any(one in doubt for doubt in found) for one in says), found


def test_no_real_translation_has_anything_odd():
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    assert [str(one) for code in content.translated for one in proofs(content, ROOT / "locales", code)] == []


@pytest.mark.parametrize("code", ["nl", "ro", "es", "bg", "hu", "pl", "pt", "ru", "uk", "zh", "fr", "tr", "ar"])
def test_each_language_is_complete_and_says_nearly_nothing_in_english(code):
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    translated, messages = content.translated[code], content.messages
    count = translating.count(messages, translated, code)
    assert (count.complete, count.fuzzy, count.missing) == (len(messages), 0, 0)
    same = [key for key, message in messages.items() if translated[key].text == message.text]
    assert len(same) * 20 <= len(messages), same


def test_the_words_of_the_staff_pages_are_all_in_dutch(tmp_path):
    """Whoever adds a sentence to a page translates it in the same change: `smsline translations staff`."""
    for name in ("staff.pot", "nl/LC_MESSAGES/staff.po"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "locales" / name, tmp_path / name)
    before = {name: (tmp_path / name).read_bytes() for name in ("staff.pot", "nl/LC_MESSAGES/staff.po")}
    update_words(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    words = read_words(ROOT / "locales")["nl"]
    known = [str(one.id) for one in sentences() if one.id]
    assert len(known) > 200
    assert [text for text in known if not words.get(text)] == []
    blanks = re.compile(r"\{\w+\}").findall
    assert [text for text in known if sorted(blanks(text)) != sorted(blanks(words[text]))] == []
