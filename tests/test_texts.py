"""Letters that a budget bears, and blanks that are filled from facts and contacts only."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from smsline.content.letters import TYPOGRAPHY, tidy
from smsline.content.loading import read_content
from smsline.content.reader import Problems, read
from smsline.content.setup import read_setup
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


TWILIO = json.loads((Path(__file__).parent / "vectors" / "smart_encoding.json").read_text(encoding="utf-8"))["map"]


def test_typography_is_replaced_as_twilios_smart_encoding_would_replace_it():
    """Where both replace a letter they agree, but for spaces (Twilio makes two of one) and three quotes."""
    both = {letter: plain for letter, plain in TWILIO.items() if ord(letter) in TYPOGRAPHY}
    assert len(both) > 30
    ours = {letter: TYPOGRAPHY[ord(letter)] for letter in both}
    differ = {letter for letter in both if both[letter] != ours[letter] and not letter.isspace()}
    assert differ == {"‚", "‹", "›"}


@pytest.mark.parametrize("kept", ["1½", "می‌خواهم", "пʼять", "año", "‏112", "？", "x̸"])
def test_what_would_lose_or_change_a_word_stays(kept):
    assert tidy(kept) == unicodedata.normalize("NFC", kept)


LANGUAGE = {
    "pl": ("Zażółć gęślą jaźń, Łódź", "Zazolc gesla jazn, Lodz"),
    "hu": ("Segítség, őrült, űr, árvíztűrő", "Segitség, örült, ür, arviztürö"),
    "es": ("¿Año? El médico está aquí, señora, pingüino", "¿Año? El médico esta aqui, señora, pingüino"),
    "pt": ("Não há coração, você, à noite, É", "Nao ha coracao, voce, à noite, É"),
    "fr": ("Ça va être le cœur, à l'hôpital, même où", "Ça va etre le coeur, à l'hopital, meme où"),
    "ro": ("Țară, față, în pădure, Șase, şi", "Tara, fata, in padure, Sase, si"),
}


@pytest.mark.parametrize("code", LANGUAGE)
def test_each_language_is_written_plainly_by_its_own_table(tmp_path, code):
    """Letters that every phone has stay, whatever mark they have: ñ, é, à, ö, ü, Ç."""
    written, sent = LANGUAGE[code]
    setup, problems = setup_of(tmp_path, f"en: {{name: English}}\n  {code}: {{name: X, plain-letters: yes}}")
    assert problems == []
    assert setup.languages.written[code](written) == sent
    assert costly_letter(sent) is None
    assert setup.languages.written["en"](written) == written  # never by default


@pytest.mark.parametrize(
    ("languages", "problem"),
    [
        ("tr: {name: X, plain-letters: yes}", "tr: plain-letters is yes, but letters.yaml has no table for tr."),
        ("ru: {name: X, plain-letters: yes, letters: {я: ya}}", "ru: я cannot be written ya: only single letters"),
        ("es: {name: X, plain-letters: yes, letters: {ñ: n}}", "es: ñ cannot be written n: every phone has this"),
        ("ro: {name: X, plain-letters: yes, letters: {ț: '?'}}", "ro: ț cannot be written ?: write one or two letters"),
        ("ro: {name: X, plain-letters: yes, letters: {ț: ''}}", "ro: ț cannot be written as nothing: write one"),
        ("ro: {name: X, plain-letters: yes, letters: {ț: ţ}}", "ro: ț cannot be written ţ: write one or two letters"),
        ("ro: {name: X, letters: {ț: t}}", "ro: letters are given, but plain-letters is not yes."),
    ],
)
def test_a_table_that_would_lose_a_word_is_a_problem(tmp_path, languages, problem):
    _, problems = setup_of(tmp_path, languages)
    assert [str(one) for one in problems if problem in str(one)], problems


def setup_of(folder, languages: str):
    """The setup of a line.yaml with these languages, and the letters of the real one."""
    path = folder / "menus" / "line.yaml"
    path.parent.mkdir()
    path.write_text(f"languages:\n  {languages}\n", encoding="utf-8")
    problems = Problems()
    tables = read(ROOT / "menus" / "letters.yaml", ROOT, problems)
    return read_setup(read(path, path.parent, problems), tables, problems), problems.found


def test_names_of_towns_are_written_in_the_letters_of_the_language_too(line):
    say = line.catalog
    assert say("ro", "phrase.near-place", place="Súdwest-Fryslân") == "Pentru Sudwest-Fryslan:"
    assert say.name("en", "’s-Gravenzande") == "'s-Gravenzande"
    assert say.name("nl", "Café") == "Café"


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
