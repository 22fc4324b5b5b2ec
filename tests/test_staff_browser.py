"""The staff pages as a person uses them, in a real Chromium: what an outreach worker does in a day."""

from __future__ import annotations

import re
import sys
import time
from datetime import datetime

import pytest
from playwright.sync_api import expect

from smsline.engine.model import HOME

from .browser import EDITOR, VIEWER, needs_chromium, serious
from .server import said
from .talk import parse

pytestmark = needs_chromium

SOON = 90_000
"""Milliseconds until a change is on the line, on a machine that does other things too. Mostly it is some seconds."""

expect.set_options(timeout=SOON)

LIVE = "Saved. The line answers with it."


@pytest.fixture
def opened(staff, visit):
    """A page of somebody who has signed in; at the end nothing was asked for elsewhere."""
    pages = []

    def of(account=EDITOR, **settings):
        page, elsewhere = visit(staff.address, **settings)
        page.set_default_timeout(SOON)
        staff.sign_in(page, account)
        pages.append(elsewhere)
        return page

    yield of
    assert pages
    assert not [one for some in pages for one in some]


def part(page, name: str):
    """A field by the name that the form has for it."""
    return page.locator(f'[name="{name}"]')


def test_a_phone_number_changed(staff, opened, capsys):
    """Found in *due*, changed, checked, live in all languages, seen in the history, undone. Counted and timed."""
    page, clicks = opened(), 0
    began = time.monotonic()

    def click(where) -> None:
        nonlocal clicks
        clicks += 1
        where.click()

    click(page.get_by_role("link", name="Organisations", exact=True))
    ring = page.locator("#due-ggd-drenthe-mensenhandel")
    assert "0592 306 300" in ring.inner_text()
    click(ring.get_by_role("link", name="Something changed"))
    part(page, "s:ggd-drenthe-mensenhandel.phone").fill("+31 592 30 63 77")
    expect(page.locator("#look")).to_contain_text("0592 306 377")
    click(page.get_by_label("Somebody rang or wrote today, and all this is right"))
    click(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("status")).to_contain_text(LIVE)
    live, clicked = time.monotonic() - began, clicks
    languages = ("en", "nl", "ro", "es", "bg", "hu", "pl", "pt", "ru", "uk", "zh", "fr", "tr", "ar")
    for number, code in enumerate(languages):
        assert "0592306377" in near(staff, code, f"+316222200{number:02}"), code
    click(page.get_by_role("link", name=re.compile("look at it, or undo it")))
    assert page.locator("ins").first.inner_text() == "77"
    assert page.locator("del").first.inner_text() == "00"
    click(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("status")).to_contain_text(LIVE)
    in_all, seconds = clicks, time.monotonic() - began
    click(page.get_by_role("link", name="Organisations", exact=True))
    assert "0592 306 300" in page.locator("#due-ggd-drenthe-mensenhandel").inner_text()
    assert "0592306300" in near(staff, "nl", "+31622221000")
    with capsys.disabled():
        sys.stdout.write(f"\na phone number changed: live after {clicked} clicks, {live:.1f} s, "
                         f"undone after {in_all} clicks, {seconds:.1f} s\n")  # fmt: skip


def near(staff, language: str, sender: str) -> str:
    """Who helps after trafficking in Assen, in a language, by SMS: numbers without blanks."""
    for text in (language.upper(), "forced-or-exploited", "1"):
        staff.sms(text, sender)
    return re.sub(r"(?<=\d) (?=\d)", "", said(staff.sms("Assen", sender)))


def test_the_phone_in_arabic_reads_from_right_to_left(opened):
    page = opened()
    page.get_by_role("navigation").get_by_role("link", name="Phone").click()
    page.get_by_label("Language", exact=True).select_option("ar")
    page.get_by_label("Text", exact=True).fill("فحص الأمراض المنقولة جنسيا")
    page.get_by_role("button", name="Send").click()
    answer = page.locator(".in .bubble").last
    assert re.search("[\u0600-\u06ff]", answer.inner_text())
    assert answer.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert "UCS-2" in page.locator(".in .size").last.inner_text()
    page.get_by_text("Why this answer").last.click()
    expect(page.locator(".in details").last).to_contain_text("node: sti-test")
    talk = parse(page.get_by_label("Copy as a conversation test").input_value())
    assert talk.language == "ar"
    assert talk.steps[0][1] == [f"< {row}" for row in answer.inner_text().split("\n")]


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "ussd", "africastalking", "infobip"])
def test_the_phone_on_each_channel_and_anew(opened, channel):
    page = opened(VIEWER)
    page.goto("/staff/phone")
    page.get_by_label("Channel").select_option(channel)
    page.get_by_label("Day and time").fill("2026-11-24T03:00")
    page.get_by_role("button", name="Play it like this").click()
    for text in ("1", "PEP"):
        page.get_by_label("Text", exact=True).fill(text)
        page.get_by_label("Text", exact=True).press("Enter")
        expect(page.locator(".out").last).to_contain_text(text)
    rows = page.locator(".in .size")
    assert rows.count() == (3 if channel not in ("sms", "whatsapp") else 2)
    assert "EUR" in rows.last.inner_text() or channel != "sms"
    assert "hospital" in page.locator(".in .bubble").last.inner_text()  # it is night
    page.get_by_role("button", name="Begin anew").click()
    assert page.locator(".out").count() == (1 if channel not in ("sms", "whatsapp") else 0)


def test_an_answer_in_dutch_is_changed_and_the_line_answers_with_it(staff, opened):
    page = opened()
    page.goto("/staff/content")
    page.get_by_role("link", name="Periods and work").click()
    field = part(page, "t:menstruation.answer")
    old = field.input_value()
    field.fill(old.replace(old.split()[0], "Let op:", 1) if "Let op:" not in old else old)
    expect(page.locator("#look")).to_contain_text("Let op:")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text(LIVE)
    assert "Let op:" in said(staff.sms("NL", "+31633333331")) + said(staff.sms("menstruation", "+31633333331"))
    assert "nl: 676 complete, 0 fuzzy" in staff.command("translations", "status")


def test_a_changed_source_says_what_turns_fuzzy_and_both_saved_are_right(staff, opened):
    page = opened()
    page.goto("/staff/content/hpv-smear?language=nl")
    part(page, "s:hpv-smear.title").fill("HPV and smears")
    expect(page.locator("#look")).to_contain_text("hpv-smear.title nl ro es bg hu pl pt ru uk zh fr tr ar")
    part(page, "t:hpv-smear.title").fill("HPV en uitstrijkje!")
    expect(page.get_by_label(re.compile("I grew up with Nederlands"))).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text(LIVE)
    status = staff.command("translations", "status")
    assert "nl: 676 complete, 0 fuzzy" in status
    dutch = (staff.locales / "nl/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    assert re.search(rf'# confirmed [\d-]+ {EDITOR.name}\n(?:#.*\n)*msgctxt "hpv-smear.title"', dutch)
    assert "ro: 675 complete, 1 fuzzy" in status
    page.goto("/staff/translations/ro")
    expect(page.locator("tbody")).to_contain_text("hpv-smear.title")
    page.get_by_role("link", name="hpv-smear.title").click()
    expect(page.locator("fieldset").first).to_contain_text("It was made for: HPV and smear test")
    page.get_by_label("is right as it stands").first.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text(LIVE)
    assert "ro: 676 complete, 0 fuzzy" in staff.command("translations", "status")


def test_a_refused_edit_says_why_and_keeps_what_was_typed(opened):
    page = opened()
    page.goto("/staff/content/overdose?language=nl")
    long = "Bel nu. " * 90 + part(page, "t:overdose.answer").input_value()
    part(page, "t:overdose.answer").fill(long)
    expect(page.locator("#look .bad")).to_contain_text("too many. Shorten it.")
    page.get_by_role("button", name="Save").click()
    alert = page.locator("main > .bad")
    expect(alert).to_contain_text("Not saved. What you typed is still here:")
    expect(alert).to_contain_text(re.compile(r"locales/nl/LC_MESSAGES/messages\.po:\d+ +overdose: "))
    assert (
        part(page, "t:overdose.answer").input_value() == long.strip()
        or long in part(page, "t:overdose.answer").input_value()
    )


def test_a_second_editor_is_shown_the_first_ones_change(staff, opened):
    first, second = opened(), opened()
    for page in (first, second):
        page.goto("/staff/content/drugs-and-alcohol?language=nl")
    old = part(first, "t:drugs-and-alcohol.title").input_value()
    part(first, "t:drugs-and-alcohol.title").fill("Drugs, drank")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("status")).to_contain_text(LIVE)
    part(second, "t:drugs-and-alcohol.title").fill("Drank en drugs")
    second.get_by_role("button", name="Save").click()
    expect(second.locator("main > .bad")).to_contain_text("Somebody has changed this meanwhile")
    expect(second.locator(".overtaken")).to_contain_text("Drugs, drank")
    assert part(second, "t:drugs-and-alcohol.title").input_value() == "Drank en drugs"
    file = staff.locales / "nl" / "LC_MESSAGES" / "messages.po"
    assert 'msgstr "Drugs, drank"' in file.read_text(encoding="utf-8")
    part(second, "t:drugs-and-alcohol.title").fill(old)
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("status")).to_contain_text(LIVE)
    assert f'msgstr "{old}"' in file.read_text(encoding="utf-8")


def test_an_organisation_was_right_today(staff, opened):
    page = opened()
    page.goto("/staff/organisations")
    first = page.locator(".rings > li").first
    name = first.get_attribute("id").removeprefix("due-")
    first.get_by_role("button", name=re.compile("It was right today")).click()
    expect(page.get_by_role("status")).to_contain_text(LIVE)
    assert page.locator(f"#due-{name}").count() == 0
    files = "".join(path.read_text(encoding="utf-8") for path in (staff.menus / "organisations").glob("*.yaml"))
    today = f"{datetime.now(HOME):%Y-%m-%d}"
    assert re.search(rf"^{name}:\n(?:  .*\n)*?  verified: {today}\n  verified-by: {EDITOR.name}\n", files, re.M)


def test_a_file_of_translations_comes_back(staff, opened, tmp_path):
    page = opened()
    page.goto("/staff/translations")
    with page.expect_download() as download:
        page.get_by_role("link", name="pl.po").click()
    path = tmp_path / "pl.po"
    download.value.save_as(path)
    text = path.read_text(encoding="utf-8")
    title = re.search(r'msgctxt "pep.title"\nmsgid .*\nmsgstr "(.*)"', text).group(1)
    path.write_text(text.replace(f'msgstr "{title}"', 'msgstr "PEP po ryzyku"', 1), encoding="utf-8")
    page.get_by_role("link", name="Polski").click()
    page.get_by_label("The .po file, at most 4 MB").set_input_files(path)
    page.get_by_role("button", name="Look what it changes").click()
    expect(page.locator("tbody")).to_contain_text("PEP po ryzyku")
    page.get_by_role("button", name="Take these over").click()
    expect(page.get_by_role("status")).to_contain_text(LIVE)
    assert "PEP po ryzyku" in (staff.locales / "pl/LC_MESSAGES/messages.po").read_text(encoding="utf-8")


def test_cards_are_ordered_and_print(opened):
    """The looks come from a route of ours, since pages have none inside them; two sheets come out."""
    page = opened(VIEWER)
    page.get_by_role("navigation").get_by_role("link", name="Cards").click()
    page.get_by_label("Language", exact=True).select_option("ar")
    page.get_by_label("The number of the line").fill("12")
    page.get_by_role("button", name="Open the page that prints").click()
    expect(page.locator(".bad")).to_contain_text("That is no number to text.")
    page.get_by_label("The number of the line").fill("06 12345678")
    page.get_by_role("button", name="Open the page that prints").click()
    expect(page.locator(".card")).to_have_count(10)
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert round(page.locator(".card").first.bounding_box()["width"] * 25.4 / 96) == 85
    assert serious(page) == []
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 2


PAGES = ["/staff/", "/staff/phone", "/staff/content", "/staff/content/pep?language=ar", "/staff/content/phrase.ask",
         "/staff/search?q=huisarts", "/staff/facts", "/staff/facts/pep-limit", "/staff/organisations",
         "/staff/organisations/comensha", "/staff/map", "/staff/coverage", "/staff/cards",
         "/staff/cards/sheet?language=en&number=12", "/staff/translations",
         "/staff/translations/ar?show=all",
         "/staff/history", "/staff/nowhere"]  # fmt: skip

WIDTHS = {"laptop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_shuts_anybody_out(staff, opened, visit, width):
    """axe-core finds nothing serious, and a phone has to be moved up and down only."""
    page = opened(viewport=WIDTHS[width])
    for path in PAGES:
        page.goto(path)
        assert serious(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
    outside, _ = visit(staff.address, viewport=WIDTHS[width])
    outside.goto("/staff/login")
    assert serious(outside) == []


def test_the_pages_speak_dutch(opened):
    page = opened(locale="nl-NL")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("lijn"))
    assert page.locator("html").get_attribute("lang") == "nl"
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How the line is")
    page.get_by_role("button", name="NL", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("lijn"))


def test_without_javascript_one_reads_looks_and_saves(staff, opened):
    page = opened(java_script_enabled=False)
    page.goto("/staff/content/prep?language=nl")
    page.locator("select[name=language]").select_option("ro")
    page.get_by_role("button", name="Show", exact=True).click()
    field = part(page, "t:prep.title")
    old = field.input_value()
    field.fill("PrEP contra HIV!")
    page.get_by_role("button", name="Look at the screens").click()
    assert part(page, "t:prep.title").input_value() == "PrEP contra HIV!"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text(LIVE)
    assert old != "PrEP contra HIV!"
    text = (staff.locales / "ro/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    assert 'msgstr "PrEP contra HIV!"' in text
