"""Forms of the staff pages over HTTP: what was typed is text, is never lost, and is saved or refused in words."""

from __future__ import annotations

import csv
import io
import re
import time
from itertools import count

import pytest

from .browser import EDITOR
from .conftest import ROOT
from .server import said


def test_a_viewer_looks_and_changes_nothing(viewer):
    fields = viewer.fields("/staff/content/pep", "/staff/content/pep") | {"action": "save"}
    answer = viewer.post("/staff/content/pep", fields)
    assert answer.status == 403
    assert "Your account may look, and not change anything." in answer.said
    assert "Save" not in viewer.get("/staff/content/pep").said
    assert viewer.post(
        "/staff/phone", viewer.fields("/staff/phone", "/staff/phone") | {"text": "pep", "action": "send"}
    )


POSTS = ["/staff/content/pep", "/staff/facts/pep-limit", "/staff/organisations/comensha",
         "/staff/organisations/comensha/verified", "/staff/translations/ro/confirm", "/staff/translations/ro/take",
         "/staff/translations/ro/upload", "/staff/history/1/undo", "/staff/logout", "/staff/language"]  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_the_token_of_this_sign_in_changes_nothing(editor, path):
    answer = editor.post(path, {"token": "of-another", "s:pep.title": "Mine", "action": "save"})
    assert answer.status == 403
    assert "Nothing was changed yet; look at it, and send it again." in answer.said
    assert 'name="s:pep.title" value="Mine"' in answer.text


def test_a_form_of_another_site_is_not_even_shown_again(editor):
    typed = {"token": "guessed", "s:pep.title": "Theirs"}
    answer = editor.post("/staff/content/pep", typed, Sec_Fetch_Site="cross-site")
    assert answer.status == 403
    assert "Theirs" not in answer.text


NASTY = "<script>alert(1)</script>\"'{{7*7}}&amp;=cmd|A0"


def test_what_is_typed_is_text_on_every_page(editor):
    fields = editor.fields("/staff/content/pep?language=nl", "/staff/content/pep")
    names = [name for name in fields if name[:2] in ("s:", "t:")]
    form = editor.post("/staff/content/pep", {**fields, **dict.fromkeys(names, NASTY), "action": "look"})
    organisation = editor.fields("/staff/organisations/comensha", "/staff/organisations/comensha")
    names = [name for name in organisation if name[:2] == "s:"]
    other = editor.post(
        "/staff/organisations/comensha", {**organisation, **dict.fromkeys(names, NASTY), "action": "look"}
    )
    phone = editor.fields("/staff/phone", "/staff/phone")
    texted = editor.post("/staff/phone", {**phone, "text": NASTY, "action": "send"})
    searched = editor.get("/staff/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    for answer in (form, other, texted, searched):
        assert answer.status in (200, 409)
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
        assert "49" not in re.findall(r"alert\(1\)[^<]*", answer.text)[0]


def test_control_characters_and_halves_of_letters_break_no_page(editor):
    for typed in ("\x00\x1b\u202e", "%ED%A0%80", "\ufffe" * 50, "a" * 5000):
        phone = editor.fields("/staff/phone", "/staff/phone")
        assert editor.post("/staff/phone", {**phone, "text": typed, "action": "send", "at": typed}).status == 200
        fields = editor.fields("/staff/content/pep?language=nl", "/staff/content/pep")
        assert editor.post("/staff/content/pep", {**fields, "s:pep.answer": typed, "action": "look"}).status == 200


def test_a_table_has_no_formulas(staff, editor):
    name = "organisations/comensha"
    fields = editor.fields(f"/staff/{name}", f"/staff/{name}") | {"s:comensha.note": "=HYPERLINK(1)", "action": "save"}
    answer = editor.saved(editor.post(f"/staff/{name}", fields))
    assert "Saved. The line answers with it." in answer.said
    rows = list(csv.DictReader(io.StringIO(editor.get("/staff/organisations.csv").text)))
    row = next(row for row in rows if row["id"] == "comensha")
    assert row["note"] == "'=HYPERLINK(1)"
    assert row["phone"].startswith("+31 ")
    table = staff.folder / "again.csv"
    table.write_text(editor.get("/staff/organisations.csv").text, encoding="utf-8")
    assert "0 added, 0 changed" in staff.command("orgs", "import", str(table), "--dry-run")


# --- saving over HTTP -------------------------------------------------------------------------------------------


def test_a_fact_that_changed_is_answered_in_every_language(staff, editor):
    """Its figure stands once, so no translation turns fuzzy, and all languages say it anew within seconds."""
    fact = "/staff/facts/pep-limit"
    answer = editor.saved(editor.post(fact, {**editor.fields(fact, fact), "s:pep-limit.value": "70", "action": "save"}))
    assert "Saved." in answer.said
    assert {language: figures(staff, language) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, "70")
    number = re.search(r"/staff/history/(\d+)", answer.text).group(1)
    undo = f"/staff/history/{number}/undo"
    token = editor.fields(f"/staff/history/{number}", undo)["token"]
    assert "Saved." in editor.saved(editor.post(undo, {"token": token})).said
    assert {language: figures(staff, language) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, "72")
    assert (staff.menus / "facts.yaml").read_bytes() == (ROOT / "menus" / "facts.yaml").read_bytes()
    assert "ro: 676 complete, 0 fuzzy" in staff.command("translations", "status")


LANGUAGES = ("en", "nl", "ro", "es", "bg", "hu", "pl", "pt", "ru", "uk", "zh", "fr", "tr", "ar")

senders = count(31611110000)


def figures(staff, language: str) -> str:
    """Which of the two figures the answer on PEP has, in a language, by SMS: it is on the first screen."""
    sender = f"+{next(senders)}"
    staff.sms(language.upper(), sender)
    return " ".join(re.findall(r"(?<!\d)7[02](?!\d)", said(staff.sms("pep", sender))))


def test_a_file_that_changed_on_disk_meanwhile_is_shown_and_not_overwritten(staff, editor):
    fields = editor.fields("/staff/content/abortion?language=nl", "/staff/content/abortion")
    path = staff.menus / "sexual-health.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("title: Abortion", "title: Abortion help", 1), encoding="utf-8")
    answer = editor.post("/staff/content/abortion", {**fields, "s:abortion.title": "Abortions", "action": "save"})
    assert answer.status == 409
    assert "Abortion help" in answer.said
    assert ">Abortions</textarea>" in answer.text
    assert "title: Abortion help" in path.read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")


def test_what_no_number_can_be_is_refused_in_the_words_of_check_and_still_in_the_form(editor):
    name = "organisations/comensha"
    fields = editor.fields(f"/staff/{name}", f"/staff/{name}") | {"s:comensha.phone": "12 34", "action": "save"}
    answer = editor.saved(editor.post(f"/staff/{name}", fields))
    assert answer.status == 409
    assert re.search(r"menus/organisations/national.yaml:\d+ comensha: 12 34 is no valid phone number\.", answer.said)
    assert 'value="12 34"' in answer.text


def test_another_language_is_shown_without_what_was_typed_in_the_first(editor):
    path = "/staff/content/prep"
    dutch = editor.fields(f"{path}?language=nl", path)
    arabic = editor.post(path, {**dutch, "language": "ar", "action": "look"})
    assert dutch["t:prep.title"] not in re.findall(r'name="t:prep.title"[^>]*>([^<]*)<', arabic.text)
    assert "changed this meanwhile" not in arabic.said
    kept = editor.post(path, {**dutch, "language": "ar", "t:prep.title": "Nog niet klaar", "action": "look"})
    assert "Save what you typed in Nederlands first, then choose another language." in kept.said
    assert ">Nog niet klaar</textarea>" in kept.text


def test_who_grew_up_with_one_language_did_not_grow_up_with_the_next(editor):
    path = "/staff/content/prep"
    dutch = editor.fields(f"{path}?language=nl", path)
    assert dutch["native"] == "on"
    arabic = editor.post(path, {**dutch, "language": "ar", "action": "look"})
    assert re.findall(r'<input type="checkbox" name="native"( checked)?>', arabic.text) == [""]


def test_a_language_that_there_is_not_is_none_to_save_in(editor):
    path = "/staff/content/prep"
    fields = editor.fields(f"{path}?language=nl", path)
    for language in ("xx", "../nl", "\x00"):
        answer = editor.saved(editor.post(path, {**fields, "beside": language, "language": language, "action": "save"}))
        assert answer.status == 409
        assert "Nothing was changed." in answer.said


def test_what_is_saved_goes_to_the_language_that_it_was_typed_in(staff, editor):
    path, file = "/staff/content/prep", staff.locales / "ar/LC_MESSAGES/messages.po"
    before = file.read_text(encoding="utf-8")
    fields = editor.fields(f"{path}?language=nl", path)
    typed = {**fields, "language": "ar", "t:prep.title": "PrEP tegen hiv nu", "action": "save"}
    assert "Saved." in editor.saved(editor.post(path, typed)).said
    assert file.read_text(encoding="utf-8") == before
    assert 'msgstr "PrEP tegen hiv nu"' in (staff.locales / "nl/LC_MESSAGES/messages.po").read_text(encoding="utf-8")


def test_after_a_conflict_what_somebody_did_not_touch_stays_as_the_other_wrote_it(staff, editor):
    path = "/staff/content/menstruation"
    mine = editor.fields(f"{path}?language=nl", path)
    theirs = {**mine, "t:menstruation.title": "Ongesteld zijn", "action": "save"}
    answer = editor.saved(editor.post(path, theirs))
    assert "Saved." in answer.said, re.findall(r"said bad.*?</div>", answer.text, re.S)
    typed = {**mine, "s:menstruation.memory": "when the sponge was asked about", "action": "save"}
    answer = editor.post(path, typed)
    assert "Saved." in editor.saved(answer).said
    text = (staff.locales / "nl/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    assert 'msgstr "Ongesteld zijn"' in text


def test_an_optional_sentence_is_looked_at_and_saved(staff, editor):
    path = "/staff/content/prep"
    fields = editor.fields(f"{path}?language=nl", path) | {"s:prep.closed": "At night: wait till morning."}
    looked = editor.post(path, {**fields, "action": "look"})
    assert looked.status == 200
    assert ">At night: wait till morning.</textarea>" in looked.text
    assert "At night: wait till morning." in looked.said


def test_a_file_that_is_broken_meanwhile_is_named_and_what_was_typed_stays(staff, editor):
    path, file = "/staff/content/abortion", staff.menus / "sexual-health.yaml"
    fields = editor.fields(f"{path}?language=nl", path) | {"s:abortion.title": "Mine alone", "action": "save"}
    before = file.read_text(encoding="utf-8")
    file.write_text(before + "oops: [\n", encoding="utf-8")
    answer = editor.post(path, fields)
    assert answer.status == 409
    assert "sexual-health.yaml" in answer.said
    assert 'value="Mine alone"' in answer.text
    file.write_text(before, encoding="utf-8")


def test_what_nobody_can_mean_is_refused_before_it_is_drawn(editor):
    path = "/staff/content/prep"
    fields = editor.fields(f"{path}?language=zh", path)
    began = time.monotonic()
    answer = editor.post(path, {**fields, "t:prep.answer": "长" * 24_000, "action": "part"})
    assert "prep.answer: 24000 letters, at most 4000." in answer.said
    refused = editor.post(path, {**fields, "t:prep.answer": "长" * 24_000, "action": "save"})
    assert (refused.status, "Not saved. What you typed is still here:" in refused.said) == (409, True)
    name = "/staff/organisations/comensha"
    organisation = editor.fields(name, name) | {"s:comensha.name": "x" * 300_000, "action": "look"}
    assert "letters, at most 4000." in editor.post(name, organisation).said
    assert editor.post(path, {**fields, "s:prep.answer": "x" * 2_000_000, "action": "part"}).status == 413
    assert time.monotonic() - began < 20  # a worker that hangs is ended after 30


# --- the log ------------------------------------------------------------------------------------------------------


def test_the_log_says_that_something_was_changed_and_not_by_whom_or_what(staff):
    assert re.search(r"staff-edited #\d+", staff.log)
    for secret in (EDITOR.name, EDITOR.password, "petra", "HYPERLINK"):
        assert secret not in staff.log


# --- cards to print -------------------------------------------------------------------------------------------


def test_cards_are_ordered_with_a_form_and_open_as_a_page_that_prints(viewer):
    form = viewer.get("/staff/cards")
    assert 'action="/staff/cards/sheet"' in form.text
    assert '<option value="bg-abc">' in form.text
    page = viewer.get("/staff/cards/sheet?language=uk&number=0612345678")
    assert page.status == 200
    assert '<html lang="uk" dir="ltr">' in page.text
    assert '<link rel="stylesheet" href="/staff/cards.css">' in page.text
    assert "<style" not in page.text
    assert page.said.count("G5 UK") == 11
    discreet = viewer.get("/staff/cards/sheet?language=nl&number=0612345678&discreet=yes")
    assert "Soa" not in discreet.text
    assert "<title>+31 6 12345678</title>" in discreet.text


@pytest.mark.parametrize(("asked", "said"), [("language=nl&number=12", "That is no number to text."),
                                             ("language=nl&number=", "That is no number to text."),
                                             ("language=nl&number=112", "That is the emergency number."),
                                             ("language=xx&number=3669", 'There is no language "xx".')])  # fmt: skip
def test_what_cannot_be_printed_gives_the_form_again_with_one_sentence(viewer, asked, said):
    answer = viewer.get(f"/staff/cards/sheet?{asked}")
    assert answer.status == 400
    assert said in answer.said
    assert 'action="/staff/cards/sheet"' in answer.text


def test_the_number_of_the_line_is_kept_nowhere(staff, viewer):
    viewer.get("/staff/cards/sheet?language=nl&number=0687654321")
    kept = b"".join(path.read_bytes() for path in staff.folder.rglob("*") if path.is_file())
    assert b"87654321" not in kept


def test_the_label_of_a_card_is_edited_where_a_node_has_a_code(viewer):
    assert 'name="s:sti-test.card"' in viewer.get("/staff/content/sti-test").text
    assert 'name="s:sti-test.code"' not in viewer.get("/staff/content/sti-test").text
    assert ".card" not in viewer.get("/staff/content/pep").text
