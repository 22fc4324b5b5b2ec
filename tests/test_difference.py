"""`smsline diff`: what callers read differently since a revision of git."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from .conftest import TINY
from .test_cli import run


@pytest.fixture
def repository(tmp_path):
    """The tiny line in a git folder of its own, with one commit."""
    for part in ("menus", "locales"):
        shutil.copytree(TINY / part, tmp_path / part)
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *command], check=True)
    return tmp_path


def edited(folder, old: str, new: str, file: str = "menus/tree.yaml") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_without_a_change_nothing_is_different(repository):
    said = "0 stops changed, 0 other changes of who helps, 0 translations turned fuzzy.\n"
    assert run("diff", menus=repository).output == said


def test_a_changed_answer_is_shown_before_and_after_with_size_and_price(repository):
    edited(repository, "Go now.", "Go at once.")
    output = run("diff", "--channel", "sms", "--language", "en", "--name", "pep", menus=repository).output
    assert output.startswith("pep (node) en sms\n- Go now.")
    assert "\n+ Go at once." in output
    assert "segments, EUR 0.20)" in output or "segment, EUR 0.10)" in output
    assert output.endswith("1 stop changed, 0 other changes of who helps, 0 translations turned fuzzy.\n")


def test_a_translation_that_turns_fuzzy_is_named_and_what_its_callers_get(repository):
    edited(repository, "Go now.", "Go at once.")
    output = run("diff", "--language", "nl", "--channel", "sms", menus=repository).output
    assert "nl: pep.answer is not served any more: its source changed (line " in output
    assert "\n+ Go at once." in output  # until it is translated again they get the English one
    assert output.endswith("1 translation turned fuzzy.\n")


def test_a_changed_number_shows_on_every_channel(repository):
    edited(repository, "+31 10 236 52 12", "+31 10 236 52 14", "menus/organisations/all.yaml")
    output = run("diff", menus=repository).output
    for channel in ("sms", "ussd", "whatsapp"):
        assert f"clinic-river (contact) en {channel}\n" in output
    assert "\n- 010 236 5212\n" in output
    assert "\n+ 010 236 5214\n" in output


@pytest.mark.parametrize("revision", ["nosuch", "--help me", "HEAD~5"])
def test_a_revision_that_is_not_there_is_one_sentence(repository, revision):
    result = run("diff", "--", revision, menus=repository)
    assert result.exit_code == 1
    assert result.output.startswith("There is no earlier state to compare with:")


def test_outside_git_it_says_so(tmp_path):
    for part in ("menus", "locales"):
        shutil.copytree(TINY / part, tmp_path / part)
    result = run("diff", menus=tmp_path)
    assert result.exit_code == 1
    assert "There is no earlier state to compare with: fatal: not a git repository" in result.output


def test_a_sentence_that_stands_above_other_screens_is_shown_too(repository):
    edited(repository, "Thank you. Staff", "Thanks. Staff", "menus/phrases.yaml")
    output = run("diff", "--language", "en", menus=repository).output
    assert "phrase.thanks (sentence) en any\n- Thank you. Staff" in output


def test_who_helps_elsewhere_is_said_with_how_many_places(repository):
    edited(repository, "areas: [Rotterdam]", "areas: [Breda]", "menus/organisations/all.yaml")
    output = run("diff", menus=repository).output
    assert "sti_test: other helpers in " in output
    assert "municipalities and provinces, such as " in output


@pytest.mark.parametrize("option", [("--language", "xx"), ("--channel", "fax")])
def test_a_wish_that_cannot_be_is_no_clean_result(repository, option):
    result = run("diff", *option, menus=repository)
    assert result.exit_code == 1
    assert f'"{option[1]}". Choose one of' in result.output
