"""Bad content gets one sentence each, with file and line and what to do, all at once; nothing of it is served."""

# ruff: noqa: E501

from __future__ import annotations

import shutil
from datetime import date

import pytest

from smsline.content.check import check
from smsline.content.loading import load, read_content
from smsline.errors import ContentError

from .conftest import TINY

TODAY = date(2026, 11, 24)


@pytest.fixture
def copy(tmp_path):
    """The tiny line, to be spoiled."""
    shutil.copytree(TINY, tmp_path / "line")
    return tmp_path / "line"


def spoil(copy, file: str, old: str, new: str) -> list[str]:
    """The problems after one change."""
    path = copy / "menus" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return [str(problem) for problem in check(copy / "menus", copy / "locales", TODAY) if not problem.reminder]


def line_of(copy, file: str, text: str) -> int:
    rows = (copy / "menus" / file).read_text(encoding="utf-8").split("\n")
    return next(number for number, row in enumerate(rows, 1) if text in row)


def test_the_tiny_line_has_no_problem(copy):
    assert not [p for p in check(copy / "menus", copy / "locales", TODAY) if not p.reminder]


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "says"),
    [
        ("tree.yaml", "next: [sti-test]", "next: [sti-tests]", "sti-tests", 'pep: next goes to "sti-tests", which is not here. Did you mean sti-test?'),
        ("tree.yaml", "    - sti-test", "    - sti-tset", "sti-tset", 'health: option 2 goes to "sti-tset", which is not here. Did you mean sti-test?'),
        ("tree.yaml", "  title: PEP\n", "", "pep:\n", "pep has no title."),
        ("tree.yaml", "near:\n", "pep:\n  title: Again\n  answer: x\n\nnear:\n", "pep:", "pep stands here a second time (first in line 16)"),
        ("tree.yaml", "{rescue.phone} now", "{rescue.fone} now", "fone", "danger-now: {rescue.fone} is not known. Did you mean {rescue.phone}?"),
        ("tree.yaml", "{pep-limit}. Call", "{pep-limits}. Call", None, "pep: {pep-limits} is not known. Did you mean {pep-limit}?"),
        ("tree.yaml", "Go now.", "Go within 72 hours.", None, "72 stands in the text. Make it a fact"),
        ("tree.yaml", "help: prep_pep", "help: prep_pop", "prep_pop", "pep: prep_pop is no service of services.yaml. Did you mean prep_pep?"),
        ("tree.yaml", "keywords: [PILL]", "keywords: [INFO]", "[INFO]", "carriers answer INFO themselves"),
        ("tree.yaml", "urgent: yes", "urgent: maybe", "maybe", 'urgent is "maybe". Write yes or no.'),
        ("tree.yaml", "checked: 2026-11-01", "checked: 1 November", "1 November", "Write it like 2026-11-24."),
        ("tree.yaml", "  words: [condom broke", "  wrods: [condom broke", "wrods", "pep: wrods is not known here. Did you mean words?"),
        ("tree.yaml", "options: [sti-test, danger-now]", "options: [" + ", ".join(["pep"] * 9) + "]", "pep, pep", "near has 9 options, at most 8"),
        ("tree.yaml", "health:\n  title: Health", "health:\n  title: [Health", None, "is not readable"),
        ("facts.yaml", "value: 72", "value: many", "many", 'pep-limit: value is "many", which is no number.'),
        ("facts.yaml", "unit: hours", "unit: hour", "hour,", 'unit is "hour". Choose one of'),
        ("facts.yaml", "until: 2026-12-31", "until: 2026-13-31", "2026-13", "Write it like 2026-11-24."),
        ("organisations/all.yaml", "  services: [social_work]\n", "", "region-help:", "region-help has no services."),
        ("organisations/all.yaml", "postcode: 3011 AA", "postcode: 30111", "30111", "clinic-river: 30111 is no Dutch postcode. Write it like 1012 AB."),
        ("organisations/all.yaml", '"+31 10 236 52 12"', '"010 12"', "010 12", "clinic-river: 010 12 is no valid phone number."),
        ("organisations/all.yaml", "verified: 2026-11-01", "verified: last week", "last week", "Write it like 2026-11-24."),
        ("organisations/all.yaml", "Mo-Fr 09:00-16:30; PH off", "weekdays", "weekdays", "is not readable as opening hours"),
        ("organisations/all.yaml", "areas: [Rijnmond]", "areas: [Rijnmnd]", "Rijnmnd", "region-help: Rijnmnd is not known under areas. Did you mean Rijnmond?"),
        ("organisations/all.yaml", "name: River Clinic", "name: " + "River Clinic " * 4, "name: River", "has 51 letters, at most 40"),
        ("organisations/all.yaml", "languages: [nl, en]", "languages: [nl, qq]", "qq]", "clinic-river: qq is no language code."),
        ("organisations/all.yaml", "source: https://example.org/clinic", "web: not a url\n  source: x", "not a url", "is no web address"),
        ("organisations/all.yaml", "source: https://example.org/clinic", "email: x\n  source: x", "email: x", "is no e-mail address"),
        ("facts.yaml", "checked: 2026-11-01, owner", "checked: 2031-11-01, owner", "2031", "which is still to come"),
        ("tree.yaml", "keywords: [PILL]", "keywords: [9]", "[9]", "is a number on a screen"),
        ("line.yaml", "emergency: rescue", "emergency: resque", None, 'emergency is "resque"'),
        ("line.yaml", "nl: {name", "qqq: {name", "qqq:", "qqq is no language that Babel knows."),
        ("phrases.yaml", "  ask: Where", "  aks: Where", None, "phrases: ask is missing."),
        ("services.yaml", "instead: [social_work]", "instead: [social_wrok]", "wrok", "sti_test: social_wrok is no service of this file."),
        ("places.yaml", "the old street: Rotterdam", "the old street: Rotterdim", "Rotterdim", "Rotterdim is no place"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_with_file_and_line(copy, file, old, new, at, says):
    problems = spoil(copy, file, old, new)
    named = [problem for problem in problems if says in problem]
    assert len(named) == 1, problems
    assert named[0].startswith(f"menus/{file}")
    if at:
        assert named[0].startswith(f"menus/{file}:{line_of(copy, file, at.strip())}") or says.startswith("pep stands")


def test_a_name_that_two_files_have_is_named_with_both_places(copy):
    (copy / "menus" / "zebra.yaml").write_text("pep:\n  title: x\n  answer: y\n", encoding="utf-8")
    problems = [str(p) for p in check(copy / "menus", copy / "locales", TODAY)]
    assert "menus/zebra.yaml:1  pep is also in menus/tree.yaml:16. Rename or remove one." in problems


def test_all_problems_are_named_at_once_and_nothing_is_served(copy):
    spoil(copy, "tree.yaml", "next: [sti-test]", "next: [nowhere]")
    problems = spoil(copy, "facts.yaml", "value: 72", "value: many")
    assert len(problems) >= 2
    with pytest.raises(ContentError) as refused:
        load(copy / "menus", copy / "locales")
    assert {"menus/facts.yaml", "menus/tree.yaml"} <= {problem.file for problem in refused.value.problems}


def test_a_screen_that_is_too_long_is_measured(copy):
    problems = spoil(copy, "tree.yaml", "title: STI test", "title: An STI test without giving a name")
    assert "menus/tree.yaml:31  sti-test.title in en: 33 letters, at most 28." in problems


def test_a_file_that_cannot_be_read_is_the_only_problem(copy):
    assert len(spoil(copy, "tree.yaml", "  title: Health", '  title: "Health')) == 1


def test_a_wrong_fact_is_named_once_and_not_again_where_it_is_used(copy):
    problems = spoil(copy, "facts.yaml", "value: 72, unit: hours", "value: many, unit: hourz")
    assert len(problems) == 2, problems


def test_a_letter_that_costs_is_a_reminder(copy):
    path = copy / "menus" / "tree.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("It is your choice.", "It is your ideë."), encoding="utf-8"
    )
    reminders = [str(p) for p in check(copy / "menus", copy / "locales", TODAY) if p.reminder]
    assert any('"ë" makes it cost more in en' in reminder for reminder in reminders)


def test_what_is_due_is_a_reminder(copy):
    later = [str(p) for p in check(copy / "menus", copy / "locales", date(2027, 6, 1))]
    assert any("price: true until 2026-12-31, which is over." in reminder for reminder in later)
    assert any("pep-limit: last checked 2026-11-01, more than six months ago." in reminder for reminder in later)
    assert any("clinic-river: last verified 2026-11-01, more than six months ago." in reminder for reminder in later)
    assert any("region-help: nobody has rung" in reminder for reminder in later)


def test_yaml_never_turns_what_staff_typed_into_something_else(copy):
    spoil(copy, "tree.yaml", "It is your choice.", "010")
    content, _ = read_content(copy / "menus", copy / "locales")
    assert content is not None
    assert content.messages["change.answer"].text == "010"


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"start: \x00", b"- a\n- b\n"])
def test_a_file_that_is_no_menu_is_one_sentence(copy, raw):
    (copy / "menus" / "broken.yaml").write_bytes(raw)
    problems = [str(p) for p in check(copy / "menus", copy / "locales", TODAY) if p.file == "menus/broken.yaml"]
    assert len(problems) == 1
