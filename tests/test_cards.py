"""Printed cards: what a card says is what the line does, for years."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from smsline.cli import main
from smsline.content.check import check_again
from smsline.content.loading import read_content
from smsline.content.menus import CARRIERS
from smsline.content.printed import first_word, label, spelled, texts
from smsline.engine.model import START
from smsline.reports.cards import Order, as_html, number_of, refused

from .browser import needs_chromium, serious
from .conftest import ROOT, TINY

TODAY = date(2026, 11, 24)

NUMBER = "097010240123"

LANGUAGES = ("en", "nl", "ro", "es", "bg", "hu", "pl", "pt", "ru", "uk", "zh", "fr", "tr", "ar",
         "bg-abc", "ru-abc", "uk-abc", "tr-abc")  # fmt: skip
"""Every language of the line, and the forms in Latin letters."""


@pytest.fixture(scope="module")
def content(whole):
    return whole


def card(content, language: str = "en", number: str = NUMBER, discreet: bool = False) -> str:
    order = Order(language, number, discreet)
    assert refused(content, order, TODAY) == ""
    return as_html(content, order)


def seen(page: str) -> str:
    """What a reader of the page sees, its title too."""
    return " ".join(re.sub(r"<(style|svg).*?</\1>|<[^>]*>", " ", page, flags=re.S).split())


# --- first words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_word_is_none_that_carriers_take(content, language):
    assert first_word(content.line, language).upper() not in CARRIERS


@pytest.mark.parametrize(("word", "why"), [("salut", '"salut" does not open start in that language'),
                                           ("hello", '"hello" does not open start in that language'),
                                           ("INFO", "carriers answer INFO themselves")])  # fmt: skip
def test_a_first_word_that_does_not_tell_its_language_is_named(tmp_path, word, why):
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    path = tmp_path / "locales" / "ro" / "LC_MESSAGES" / "messages.po"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('msgid "hello"\nmsgstr "bună"', f'msgid "hello"\nmsgstr "{word}"'), encoding="utf-8")
    known, _ = read_content(ROOT / "menus", ROOT / "locales", understands=False)
    found = [str(one) for one in check_again(ROOT / "menus", tmp_path / "locales", TODAY, known)]
    assert any(re.match(r"locales/ro/LC_MESSAGES/messages.po:\d+  phrase.card-word in ro: ", one) and why in one
               for one in found)  # fmt: skip


# --- numbers --------------------------------------------------------------------------------------------------

SHOWN = {
    "+31612345678": "+31 6 12345678", "06-12345678": "+31 6 12345678", "0031 6 1234 5678": "+31 6 12345678",
    "(06) 123 456 78": "+31 6 12345678", "097010240123": "+31 970 102 40123", "+40722123456": "+40 722 123 456",
    "100": "100", "3669": "3669", "123456": "123456", " 3669 ": "3669",
}  # fmt: skip


@pytest.mark.parametrize("typed", SHOWN)
def test_a_number_is_shown_as_anybody_can_dial_it(typed):
    assert number_of(typed) == SHOWN[typed]


@pytest.mark.parametrize("typed", ["", "12", "0123", "hello", "06-FLOWERS",
                                   "+999123", "3669<b>", "0612345678; ext 5"])  # fmt: skip
def test_what_is_no_number_is_one_sentence(content, typed):
    assert number_of(typed) == ""
    said = run("cards", "--number", typed)
    assert said.exit_code == 1
    assert said.output == ("That is no number to text. Write it like +31612345678 or 0612345678, "
                           "or a short code of 3 to 6 figures.\n")  # fmt: skip


@pytest.mark.parametrize("typed", ["+31600000000", "+316123456789", "061234567"])
def test_a_number_that_its_country_does_not_have_is_printed_and_doubted(typed):
    said = run("cards", "--number", typed)
    assert said.exit_code == 0
    assert said.stderr == "The plan of its country has no such number. Text it yourself before you print.\n"
    assert said.stdout.startswith("<!doctype html>")
    assert run("cards", "--number", "+31612345678").stderr == ""


def test_the_emergency_number_is_not_that_of_the_line(content):
    assert "emergency number" in refused(content, Order("en", "112"), TODAY)


# --- the page -------------------------------------------------------------------------------------------------


def run(*arguments: str, menus: Path = ROOT):
    environ = {"SMSLINE_MENUS": str(menus / "menus"), "SMSLINE_LOCALES": str(menus / "locales")}
    return CliRunner().invoke(main, arguments, env=environ)


def test_cards_are_one_page_that_loads_nothing():
    found = run("cards", "--language", "nl", "--number", NUMBER)
    assert found.exit_code == 0
    assert found.output.count('<div class="card">') == 10
    assert "Sms hoi naar: +31 970 102 40123 Of sms een code. NL = antwoord in deze taal:" in seen(found.output)
    assert not re.search(r"https?://|<script|<link|<img|url\(", found.output)
    assert " style=" not in found.output


def test_an_unknown_language_names_those_that_there_are(content):
    found = run("cards", "--language", "xx", "--number", NUMBER)
    assert found.exit_code == 1
    assert found.output == f'There is no language "xx". Choose one of {", ".join(content.line.languages)}.\n'


def test_a_language_that_is_not_translated_is_not_printed():
    content, _ = read_content(TINY / "menus", TINY / "locales")
    assert refused(content, Order("nl", NUMBER), TODAY).startswith("Not translated into nl yet: phrase.card-word, ")
    assert refused(content, Order("en", NUMBER), TODAY) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_code_stands_with_its_language_and_its_label(content, language):
    page = seen(card(content, language))
    mark = "" if language == "en" else f" {language.upper().replace('-', ' ')}"
    for code, node in content.menus.codes.printed.items():
        assert page.count(f"{code}{mark} {label(content, language, node)}".replace("'", "&#39;")) == 11
    assert "112" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_open_card_promises_what_the_first_screen_says(content, language):
    page = seen(card(content, language))
    for name in ("no-name", "card-rate", "card-automatic", "card-delete", "in-danger"):
        said = " ".join(spelled(content, language, f"phrase.{name}").split())
        assert said.replace("'", "&#39;") in page


def test_paper_has_all_letters_of_a_language_where_texts_do_without(content):
    """What a phone gets costs more with one of these letters; the word that is to be texted has none."""
    assert spelled(content, "ro", "phrase.card-what") in seen(card(content, "ro"))
    assert "ă" in spelled(content, "ro", "phrase.card-what") + spelled(content, "ro", "phrase.card-subjects")
    assert "ă" not in content.line.catalog("ro", "phrase.card-subjects")
    assert first_word(content.line, "ro").isascii()


def test_from_right_to_left_numbers_and_codes_stay_from_left_to_right(content):
    page = card(content, "ar")
    assert '<html lang="ar" dir="rtl">' in page
    assert page.count('<bdi dir="ltr">+31 970 102 40123</bdi>') == 11
    assert page.count('<bdi dir="ltr" class="code"><b>G1</b> AR</bdi>') == 11


@pytest.mark.parametrize(("language", "lang"), [("en", "en"), ("pt", "pt-BR"), ("bg-abc", "bg-Latn"), ("zh", "zh")])
def test_the_language_of_the_page_is_said(content, language, lang):
    assert f'<html lang="{lang}" dir="ltr">' in card(content, language)


REVEALING = ("smsline", "sex", "seks", "health", "hiv", "sti", "soa", "112", "danger", "anonymous", "staff")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_discreet_page_names_no_subject(content, language):
    page, line = card(content, language, discreet=True), content.line
    text = page.lower()
    for word in REVEALING:
        assert word not in re.sub(r"<style>.*?</style>", "", text, flags=re.S), word
    for word in ("smsline", "sex", "health"):
        assert word not in text, word  # not in its looks either
    said = seen(page)
    phrases = ("card-what", "card-subjects", "card-rate", "card-automatic", "card-delete", "no-name", "in-danger")
    hidden = [spelled(content, language, f"phrase.{name}") for name in phrases]
    hidden += [spelled(content, language, f"{node}.{part}") for node in line.nodes for part in ("title", "card")]
    hidden += [one.title for one in line.directory.organisations.values()]
    subjects = re.findall(r"\w{4,}", spelled(content, language, "phrase.card-subjects"))
    for one in filter(None, (*hidden, *subjects)):
        assert one not in said, one
    assert f"<title>{number_of(NUMBER)}</title>" in page
    codes = " ".join(f"{text}" for text, node in texts(content, language) if node != START)
    assert codes in said


# --- on paper -------------------------------------------------------------------------------------------------

OVER = """() => [...document.querySelectorAll(".card, .sheet")].filter(
    one => one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth).length"""

OUTSIDE = """() => [...document.querySelectorAll(".card, .poster")].flatMap(sheet => {
    const whole = sheet.getBoundingClientRect();
    return [...sheet.querySelectorAll("p, li, bdi, span")].filter(one => {
        const part = one.getBoundingClientRect();
        return part.width && (part.left < whole.left + 8 || part.right > whole.right - 8 || part.bottom > whole.bottom);
    }).map(one => one.textContent); })"""

PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b")


@needs_chromium
@pytest.mark.parametrize("discreet", [False, True], ids=["open", "discreet"])
@pytest.mark.parametrize("number", [NUMBER, "123456"])
def test_a_poster_and_ten_cards_fit_on_two_sheets_in_every_language(chromium, content, number, discreet):
    with chromium.new_page(viewport={"width": 900, "height": 1200}) as page:
        page.emulate_media(media="print")
        for language in LANGUAGES:
            page.set_content(card(content, language, number, discreet))
            assert page.evaluate(OVER) == 0, language
            assert page.evaluate(OUTSIDE) == [], language
            assert len(PAGE_OF_PDF.findall(page.pdf(prefer_css_page_size=True))) == 2, language


@needs_chromium
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_cards_are_85_by_55_millimetres_and_shut_nobody_out(chromium, content, language):
    with chromium.new_page(viewport={"width": 900, "height": 1200}) as page:
        page.set_content(card(content, language))
        assert serious(page) == []
        boxes = [one.bounding_box() for one in page.locator(".card").all()]
        millimetre = 96 / 25.4
        assert {(round(box["width"] / millimetre), round(box["height"] / millimetre)) for box in boxes} == {(85, 55)}
        assert len({(round(box["x"]), round(box["y"])) for box in boxes}) == 10
        number = page.locator(".poster .number bdi")
        assert number.evaluate("one => getComputedStyle(one).direction") == "ltr"
        assert number.inner_text() == "+31 970 102 40123"
