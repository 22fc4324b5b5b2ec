"""New content is looked at where it differs, and what is found is what a whole check finds."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from smsline.content.check import check, check_again
from smsline.content.loading import read_content
from smsline.content.touched import touched

from .conftest import TINY

TODAY = date(2026, 11, 24)

LONG = "Call now. " * 80


@pytest.fixture
def two(tmp_path) -> tuple[Path, Path]:
    """The tiny line as it is, and a copy to change."""
    for name in ("before", "after"):
        shutil.copytree(TINY, tmp_path / name)
    return tmp_path / "before", tmp_path / "after"


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def found_again(before: Path, after: Path) -> list[str]:
    content, _ = read_content(before / "menus", before / "locales", understands=False)
    assert content is not None
    return [str(one) for one in check_again(after / "menus", after / "locales", TODAY, content)]


TREE = "menus/tree.yaml"

WRONG = (
    (TREE, "title: Health", f"title: {'Health and more ' * 3}"),
    (TREE, "answer: |\n", f"answer: |\n    {LONG}\n"),
    (TREE, "{clinic-river.phone}", "{clinic-rive.phone}"),
    ("menus/phrases.yaml", "back: Back", "back: Back to where you were a moment ago"),
)


@pytest.mark.parametrize(("file", "old", "new"), WRONG)
def test_what_is_wrong_with_a_change_is_said_in_the_same_words(two, file, old, new):
    before, after = two
    change(after, file, old, new)
    whole = [str(one) for one in check(after / "menus", after / "locales", TODAY) if not one.reminder]
    again = found_again(before, after)
    assert whole
    assert again == whole


def test_nothing_is_found_where_nothing_changed(two):
    assert found_again(*two) == []


def test_a_changed_number_is_looked_for_wherever_it_is_named(two):
    before, after = two
    change(after, "menus/facts.yaml", "value: 72", "value: 73")
    old, _ = read_content(before / "menus", before / "locales")
    new, _ = read_content(after / "menus", after / "locales")
    assert old is not None
    assert new is not None
    found = touched(old, new)
    assert found.draws("nl", "pep")
    assert found.draws("en", "pep")
    assert not found.draws("en", "start")
    assert not found.every
    assert not found.words


def test_what_callers_text_is_looked_at_only_where_a_list_or_title_changed(two):
    before, after = two
    change(after, TREE, "title: STI test", "title: STI tests")
    old, _ = read_content(before / "menus", before / "locales")
    new, _ = read_content(after / "menus", after / "locales")
    assert old is not None
    assert new is not None
    found = touched(old, new)
    assert found.words
    assert found.draws("en", "health")
    assert not found.draws("en", "change")
