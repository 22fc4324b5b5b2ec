"""All screens that the content can become, and what `check` says of those that do not fit."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date

import pytest

from smsline.content.check import check
from smsline.content.loading import load, read_content
from smsline.content.screens import screens
from smsline.engine.catalog import Text
from smsline.engine.model import Spot, State
from smsline.engine.pages import fits
from smsline.engine.screen import draw_all
from smsline.engine.segments import measure

from .conftest import NOON, ROOT, TINY

TODAY = date(2026, 11, 25)


def changed(folder, whole=TINY, **files: tuple[str, str]):
    """A copy of the tiny line, or of a whole other one, with something replaced in some of its files."""
    for part in ("menus", "locales"):
        shutil.copytree(whole / part, folder / "line" / part)
    for name, (old, new) in files.items():
        path = folder / "line" / "menus" / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder / "line"


def said(folder) -> list[str]:
    return [str(problem) for problem in check(folder / "menus", folder / "locales", TODAY)]


def test_every_screen_of_the_real_content_is_drawn_and_fits():
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    found = list(screens(content, TODAY))
    shown = {name for name, one in content.listed.items() if one.organisation.show != "no"}
    for channel, limits in content.line.channels.items():
        for language in content.line.languages:
            mine = [screen for screen in found if (screen.channel, screen.language) == (channel, language)]
            assert {screen.name for screen in mine} >= {*content.line.nodes, *shown, "phrase.stop", "phrase.broken"}
            assert all(fits(limits, screen.text) for screen in mine)


@pytest.mark.parametrize(("letters", "over"), [(200, 0), (291, 0), (292, 1), (320, 29)])
def test_what_must_be_done_now_stands_on_the_first_screen(tmp_path, letters, over):
    """The first paragraph and its foot ("9 More  0 Back" on a line of its own), 306 septets in all."""
    answer = ("Wait. " * 60)[: letters - 1] + "."
    folder = changed(tmp_path, tree=("  answer: |\n", f"  answer: |\n    {answer}\n\n"))
    named = [row for row in said(folder) if "must be done now, on sms in en" in row]
    assert len(named) == bool(over)
    if over:
        what = rf"menus/tree.yaml:\d+  pep: the first paragraph.*at most 306: {over} too many\. Shorten it\."
        assert re.fullmatch(what, named[0])


def test_one_letter_that_makes_a_screen_dear_is_named_and_that_it_is_too_long(tmp_path):
    folder = changed(tmp_path, tree=("Go now.", "Go now, жива. " + "Wait. " * 45))
    rows = said(folder)
    assert any('pep: "ж" makes it cost more in en. Write it without.' in row for row in rows)
    (over,) = [row for row in rows if "must be done now, on sms in en" in row]
    assert "at most 268: " in over


def test_smaller_budgets_are_held_and_what_is_over_is_named(tmp_path):
    folder = changed(
        tmp_path,
        line=("gsm7-segments: 2", "gsm7-segments: 1"),
        tree=("Go now.", "Go now, do not wait until tomorrow. " * 4),
    )
    content, _ = read_content(folder / "menus", folder / "locales")
    assert content.line.channels["sms"].septets == 160
    assert {measure(screen.text).segments for screen in screens(content, TODAY, ("sms",))} == {1}
    assert any("must be done now, on sms in en" in row and "at most 160: " in row for row in said(folder))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("gsm7-segments: 2", "gsm7-segments: 0", "gsm7-segments is \"0\". Write a whole number from 1 to 8."),
        ("gsm7-segments: 2", "gsm7-segments: 9", "gsm7-segments is \"9\". Write a whole number from 1 to 8."),
        ("septets: 160", "septets: 183", "septets is \"183\". Write a whole number from 100 to 182."),
        ("units: 70", "units: 81", "units is \"81\". Write a whole number from 40 to 80."),
        ("  ussd: {", "  infobip: {units: 90}\n  ussd: {", "units is \"90\". Write a whole number from 40 to 80."),
        ("  ussd: {", "  whatsapp: {letters: 1601}\n  ussd: {", "letters is \"1601\". Write a whole number from"),
        ("  ussd: {", "  hubtel: {units: 70}\n  ussd: {", "screens: hubtel is not known here."),
        ("sent: 0.1", "sent: cheap", "price: sent is \"cheap\". Write an amount like 0.08."),
        ("source: https://example.org/prices, ", "", "price: say in source: and checked: where it was read"),
        ("nl: nl-NL", "nl: nl-XX", "voice: nl-XX cannot be spoken."),
        ("nl: nl-NL", "nl: ro-RO", "voice: ro-RO is the voice of another language than nl."),
        ("{nl: nl-NL, en: en-GB}", "{}", "voice: names no language, so a caller would hear nothing."),
        ("sms: {gsm7-segments: 2, ucs2-segments: 4}", "sms: 2", "screens: sms should have its sizes in braces"),
        ("fallback: [en]", "fallback: [zz]", "nl: fallback names zz, which is no language of this line."),
        ("name: Nederlands", 'name: ""', "nl: has no name:, or one with a line break."),
        ("sent: 0.1", 'sent: "0.\u00b2"', 'price: sent is "0.\u00b2". Write an amount like 0.08.'),
        ("nl: nl-NL", "fr: fr-FR", "voice: fr is no language of this line."),
    ],
)  # fmt: skip
def test_a_mistake_in_line_yaml_is_one_sentence_with_file_and_line(tmp_path, old, new, sentence):
    found = [row for row in said(changed(tmp_path, line=(old, new))) if "menus/line.yaml" in row]
    assert len(found) == 1
    assert re.match(r"menus/line\.yaml:\d+  ", found[0])
    assert sentence in found[0]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("resume: Continue", "resume: " + "Continue " * 9, "phrase.resume in en: 80 letters, at most 28."),
        ("more: More", "more: " + "More " * 30, "phrase.more in en: 149 letters, at most 28."),
        ("not-a-choice: That", "not-a-choice: " + "That is not here. " * 10 + "That",
         "phrase.not-a-choice: no choice fits below it on ussd in en. Shorten it."),
    ],
)  # fmt: skip
def test_what_hides_the_choices_of_a_screen_is_named(tmp_path, old, new, sentence):
    assert any(sentence in row for row in said(changed(tmp_path, phrases=(old, new))))


def test_a_keyword_that_asks_for_a_language_too_is_named(tmp_path):
    rows = said(changed(tmp_path, line=("also: [dutch]", "also: [dutch, pep]")))
    assert any("pep: this name also asks for a language in line.yaml." in row for row in rows)


def test_a_day_that_is_still_to_come_is_named(tmp_path):
    folder = changed(tmp_path)
    path = folder / "menus/organisations/all.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("verified: 2026-11-01", "verified: 2030-01-01"), encoding="utf-8"
    )
    assert any("clinic-river: verified on 2030-01-01, which is still to come." in row for row in said(folder))


def test_a_stale_translation_is_not_blamed_for_a_long_source(tmp_path):
    rows = said(changed(tmp_path, tree=("Go now.", "Go now. " + "Wait there. " * 40)))
    long = [row for row in rows if "must be done now, on sms in nl" in row]
    assert long
    assert all(row.startswith("menus/tree.yaml") for row in long)


def test_a_gateway_may_have_screens_of_its_own_length(tmp_path):
    folder = changed(tmp_path, line=("  ussd: {", "  infobip: {septets: 182, units: 80}\n  ussd: {"))
    channels = load(folder / "menus", folder / "locales").channels
    assert [(channels[name].septets, channels[name].units) for name in ("ussd", "infobip")] == [(160, 70), (182, 80)]
    assert "africastalking" not in channels  # it has those of ussd


def test_in_ucs2_one_organisation_stands_on_a_screen(line):
    place = line.gazetteer.find("den haag").place.key
    titles = [one.title for one in line.directory.organisations.values()]

    def shown(language: str, channel: str) -> int:
        """The most organisations on one screen of a list."""
        state = State(Spot("pep", "near"), language, int(NOON.timestamp()), place=place)
        pages = draw_all(line, state, line.channels[channel])
        return max(sum(f"{title}:" in page for title in titles) for page in pages)

    assert shown("en", "sms") > 1
    assert shown("ru", "sms") == shown("ru", "ussd") == 1
    assert shown("ru", "whatsapp") > 1  # where a letter costs nothing they share a screen


CYRILLIC = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "абцдефгхийклмнопщрстувьхызАБЦДЕФГХИЙКЛМНОПЩРСТУВЬХЫЗ",
)


def in_cyrillic(line):
    """The same line, with English in other letters: as long as before, but every letter of it costs UCS-2.

    What stays as it is: blanks, and what stands in the directory (names, numbers, addresses).
    """

    def other(text):
        return "".join(part if part[:1] == "{" else part.translate(CYRILLIC) for part in re.split(r"(\{[^}]*\})", text))

    english = line.catalog.texts["en"].items()
    texts = {key: Text(other(one.text), tuple((day, other(late)) for day, late in one.later)) for key, one in english}
    catalog = replace(line.catalog, texts={**line.catalog.texts, "en": texts})
    return replace(line, catalog=catalog, languages={"en": line.languages["en"]})


@pytest.mark.parametrize("channel", ["sms", "ussd", "whatsapp"])
def test_an_alphabet_that_needs_ucs2_fits_too_with_one_organisation_to_a_screen(channel):
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    content = replace(content, line=in_cyrillic(content.line))
    limits = content.line.channels[channel]
    found = list(screens(content, TODAY, (channel,)))
    assert len(found) > 500
    assert [screen.text for screen in found if not fits(limits, screen.text)] == []
    wide = [screen for screen in found if measure(screen.text).encoding == "UCS-2"]
    assert len(wide) > 0.8 * len(found)
    titles = tuple(f"{one.organisation.title}:" for one in content.listed.values())
    lists = [screen.text for screen in wide if screen.what.startswith("near")]
    most = max(sum(row.startswith(titles) for row in text.split("\n")) for text in lists)
    assert most == 1 if channel != "whatsapp" else most > 1


@pytest.mark.parametrize("language", ["en", "nl", "ro", "hu", "uk", "zh", "tr", "bg-abc", "ar"])
def test_each_number_of_each_answer_stands_whole_on_some_small_screen(line, language):
    ussd, phones = line.channels["ussd"], {one.phone for one in line.directory.organisations.values() if one.phone}
    numbers = {line.catalog.number(language, phone) for phone in phones}
    checked = 0
    for node in line.nodes:
        said = line.catalog(language, f"{node}.answer", TODAY)
        pages = draw_all(line, State(Spot(node), language, int(NOON.timestamp())), ussd)
        for number in numbers:
            standing = re.compile(rf"(?<!\d){re.escape(number)}(?!\d)")
            if standing.search(said):
                assert any(standing.search(page) for page in pages), (node, number)
                checked += 1
    assert checked > 100
