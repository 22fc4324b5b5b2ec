"""Files of translators that come back to the staff pages, and those that are none."""

from __future__ import annotations

import re

import pytest

from .browser import EDITOR
from .conftest import ROOT
from .server import said

WRONG = {
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "This is no text in UTF-8"),
    "nothing": (b"", "No file came."),
    "a table": (b"id,name\n1,2\n", "Line 1: is not readable here."),
    "a page": (b"<html><script>alert(1)</script></html>", "Line 1: is not readable here."),
    "no sentence": (b'msgid ""\nmsgstr ""\n"Language: ro\\n"\n', "Line"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_file_of_translations_is_refused_with_one_sentence(editor, what):
    content, sentence = WRONG[what]
    token = editor.fields("/staff/translations/ro", "/staff/translations/ro/upload")["token"]
    answer = editor.upload("/staff/translations/ro/upload", token, "ro.po", content)
    assert answer.status == 422
    assert sentence in answer.said
    assert "<script>alert" not in answer.text


def test_the_file_of_another_language_is_refused(editor):
    token = editor.fields("/staff/translations/ro", "/staff/translations/ro/upload")["token"]
    french = editor.get("/staff/translations/fr.po").text.encode()
    answer = editor.upload("/staff/translations/ro/upload", token, "ro.po", french)
    assert "is of the language fr, and stands in the folder of ro" in answer.said


def test_fifty_megabytes_are_refused_and_the_line_goes_on(staff, editor):
    token = editor.fields("/staff/translations/ro", "/staff/translations/ro/upload")["token"]
    answer = editor.upload("/staff/translations/ro/upload", token, "ro.po", b"x" * 50_000_000)
    assert answer.status == 413
    assert "This is larger than 4 MB" in answer.said
    assert said(staff.sms("pep", "+31611111114"))


def test_a_file_with_a_broken_sentence_brings_the_others(staff, editor):
    text = editor.get("/staff/translations/hu.po").text
    title = re.search(r'msgctxt "pep.title"\nmsgid .*\nmsgstr "(.*)"', text).group(1)
    changed = text.replace(f'msgstr "{title}"', 'msgstr "PEP-kezeles HIV utan"', 1)
    answer = re.search(r'msgctxt "pep.answer"\nmsgid (?:.*\n)*?msgstr ""\n"(.*)"', changed).group(1)
    changed = changed.replace(answer, answer.replace("{pep-best}", "2"), 1)
    token = editor.fields("/staff/translations/hu", "/staff/translations/hu/upload")["token"]
    shown = editor.upload("/staff/translations/hu/upload", token, "hu.po", changed.encode())
    assert "What changes: 1" in shown.said
    assert "pep.answer: {pep-best} is missing. Keep it as it is." in shown.said
    take = dict(re.findall(r'<input type="hidden" name="(token|name)" value="([^"]+)"', shown.text))
    done = editor.saved(editor.post("/staff/translations/hu/take", take))
    assert "Saved." in done.said
    now = (staff.locales / "hu" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    assert now == (ROOT / "locales/hu/LC_MESSAGES/messages.po").read_text(encoding="utf-8").replace(
        f'msgstr "{title}"', 'msgstr "PEP-kezeles HIV utan"', 1
    )


def test_a_file_confirms_in_the_name_of_who_brings_it(editor):
    text = editor.get("/staff/translations/bg.po").text
    queen = text.replace('\nmsgctxt "prep.title"', '\n# confirmed 1999-01-01 queen\nmsgctxt "prep.title"', 1)
    token = editor.fields("/staff/translations/bg", "/staff/translations/bg/upload")["token"]
    shown = editor.upload("/staff/translations/bg/upload", token, "bg.po", queen.encode())
    assert "queen" not in shown.said
    assert re.search(rf"prep.title confirmed \d{{4}}-\d\d-\d\d {EDITOR.name}", shown.said)


def test_a_native_speaker_confirms_some_sentences_at_once(staff, editor):
    page, path = "/staff/translations/uk", "/staff/translations/uk/confirm"
    fields = editor.fields(page, path)
    typed = {**fields, "key": "change.title"}
    assert "was:change.title" in fields
    assert "Saved." in editor.saved(editor.post(path, typed)).said
    text = (staff.locales / "uk" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    assert re.search(rf'# confirmed \d{{4}}-\d\d-\d\d {EDITOR.name}\n(?:#.*\n)*msgctxt "change.title"\n', text)
    assert "uk: 676 complete, 0 fuzzy, 0 missing, 1 confirmed" in staff.command("translations", "status")
