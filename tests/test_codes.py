"""Short codes: texted from anywhere, in every language, and never given again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from smsline.cli import main
from smsline.content.changing import Files
from smsline.content.check import check, check_again
from smsline.content.codes import MOST_CODES
from smsline.content.edits import Edit
from smsline.content.loading import read_content
from smsline.content.printed import label, opened, texts
from smsline.engine.codes import FORM
from smsline.engine.explaining import explained
from smsline.engine.model import Incoming
from smsline.reports.cards import Order, refused

from .conftest import NOON, ROOT, TINY, Phone
from .test_cards import LANGUAGES, NUMBER, TODAY, card


@pytest.fixture(scope="module")
def content(whole):
    return whole


# --- codes are texted -----------------------------------------------------------------------------------------


def test_the_codes_are_these(content):
    assert content.menus.codes.printed == {
        "G1": "sti-test", "G2": "condom-broke", "G3": "find-a-doctor", "G4": "talk-to-someone",
        "G5": "forced-or-exploited", "G6": "free-lawyer", "G7": "debts", "G8": "change",
    }  # fmt: skip
    assert [label(content, "en", node) for node in content.menus.codes.printed.values()] == [
        "Free STI test", "Condom broke", "Find a doctor", "Talk to someone", "Somebody forces me", "Free legal advice",
        "Debts", "Change or leave work",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_on_a_card_does_as_it_says_as_the_very_first_text(content, language):
    for text, node in texts(content, language):
        assert opened(content.line, text, TODAY) == (node, language), text


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "ussd"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_works_on_every_channel_and_in_every_language(line, channel, language):
    phone = Phone(line, channel, language=language)
    for code, node in (("G1", "sti-test"), ("g5", "forced-or-exploited"), ("G 8", "change")):
        phone.text(code)
        assert phone.node == node
        assert phone.session.state.language == language


WAYS = ("G1", "g1", "g 1", "G 1.", '"G1"', "«g1»", "'g1'", "(G1)", "#G1", "G-1", "G.1", "G1!", "G1?", "Ｇ１", "ｇ１",
        "G١", "G۱", "Г1", "г1", "г 1", "ґ1", "Γ1", "γ1", "G01", "\u200fG1\u200f", "G1😀", "gggg1", "G1 please",
        "hi G1", "code G1", "G1 Free STI test", "G1 xx", "G1 G1")  # fmt: skip


@pytest.mark.parametrize("text", WAYS)
def test_a_code_is_typed_in_many_ways(line, text):
    phone = Phone(line)
    phone.text(text)
    assert phone.node == "sti-test"


IN_ROMANIAN = ("G1 RO", "ro g1", "G1RO", "G1 română", "romana G1", "RO-G1", "G1,RO", "Г1 РО", "G1 in romanian please")


@pytest.mark.parametrize("text", IN_ROMANIAN)
def test_a_language_beside_a_code_counts_as_chosen(line, text):
    phone = Phone(line)
    phone.text(text)
    assert phone.node == "sti-test"
    assert (phone.session.state.language, phone.session.chosen) == ("ro", True)


@pytest.mark.parametrize(("text", "language"), [("G1 BG ABC", "bg-abc"), ("tr-abc g1", "tr-abc"), ("Г1 бг", "bg"),
                                                ("G١ العربية", "ar"), ("G1中文", "zh"), ("Г5 укр", "uk")])  # fmt: skip
def test_a_language_is_asked_for_in_its_own_letters_or_in_latin_ones(line, text, language):
    phone = Phone(line, language="nl")
    phone.text(text)
    assert phone.session.state.language == language


def test_a_code_alone_leaves_the_language_that_was_chosen(line):
    phone = Phone(line, language="pl")
    phone.text("G7")
    assert (phone.node, phone.session.state.language) == ("debts", "pl")


@pytest.mark.parametrize("text", ["G9", "G0", "G11", "1G", "5G", "G", "vitamin b12",
                                  "g 2 hours ago", "took g 2 times"])  # fmt: skip
def test_what_is_no_code_leads_to_none(line, text):
    phone = Phone(line)
    phone.text(text)
    assert phone.node not in line.vocabulary.codes.values()


def test_a_code_wins_over_a_place_that_was_asked_for(line):
    phone = Phone(line)
    phone.text("soa test")
    assert phone.session.state.here.view == "ask"
    phone.text("G6")
    assert (phone.node, phone.session.state.here.view) == ("free-lawyer", "ask")


@pytest.mark.parametrize("before", ["hi", "LANGUAGE", "PEP", "help", "xyzzy"])
def test_a_code_works_from_any_screen(line, before):
    phone = Phone(line)
    phone.text(before)
    phone.text("G4")
    assert phone.node == "talk-to-someone"


@pytest.mark.parametrize("text", ["G1 Utrecht", "utrecht g1", "G1 3511", "G1 3511 AB"])
def test_beside_a_place_a_code_says_who_helps_there(line, text):
    phone = Phone(line)
    phone.text(text)
    here = phone.session.state
    assert (here.here.node, here.here.view) == ("sti-test", "near")
    assert line.gazetteer.by_key[here.place].municipality == "Utrecht"


@pytest.mark.parametrize("text", ["g1 he wants to kill me", "g7 no, he forces me"])
def test_danger_is_heard_beside_a_code(line, text):
    phone = Phone(line)
    assert "112" in phone.text(text)
    assert phone.turns[-1].events[0].kind == "urgent"


@pytest.mark.parametrize("text", ["help G1", "G7 hulp", "SOS G8"])
def test_beside_a_cry_the_emergency_number_stands_above_the_node(line, text):
    phone = Phone(line, language="en")
    assert "112" in phone.text(text)
    assert phone.node in line.vocabulary.codes.values()


def test_of_two_codes_the_line_asks_which_the_urgent_one_first(line):
    phone = Phone(line)
    phone.text("G1 G5")
    assert phone.session.state.offered == ("forced-or-exploited", "sti-test")


def test_a_safety_node_by_code_is_as_by_keyword(line):
    by_code, by_word = Phone(line, language="en"), Phone(line, language="en")
    assert by_code.text("G5") == by_word.text("FORCED")
    assert by_code.turns[-1].events == by_word.turns[-1].events
    assert by_code.turns[-1].events[0].kind == "urgent"


def test_why_says_that_it_is_a_code(line):
    assert "because a code of the cards" in CliRunner().invoke(main, ["explain", "G1"]).output
    incoming = Incoming("G1 RO", line.channels["sms"], bytes(16), NOON)
    found = explained(line, None, incoming, None)
    assert (found["kind"], found["node"], found["language"]) == ("node", "sti-test", "ro")


# --- codes are registered -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path) -> Path:
    """The tiny line, with a code for `pep` that cards have."""
    shutil.copytree(TINY, tmp_path / "line")
    given(tmp_path / "line", "pep", "A1")
    (tmp_path / "line" / "menus" / "codes.yaml").write_text("A1: pep\n", encoding="utf-8")
    return tmp_path / "line"


def given(folder: Path, node: str, code: str) -> None:
    """Give a node a code in its file."""
    path = folder / "menus" / "tree.yaml"
    text = path.read_text(encoding="utf-8")
    assert f"\n{node}:\n" in text
    path.write_text(text.replace(f"\n{node}:\n", f"\n{node}:\n  code: {code}\n"), encoding="utf-8")


def register(folder: Path, text: str) -> None:
    (folder / "menus" / "codes.yaml").write_text(text, encoding="utf-8")


def wrong(folder: Path) -> list[str]:
    return [str(one) for one in check(folder / "menus", folder / "locales", TODAY) if not one.reminder]


def leads(folder: Path) -> dict[str, str]:
    found, _ = read_content(folder / "menus", folder / "locales")
    return dict(found.line.vocabulary.codes)


def test_a_code_that_is_registered_is_right(folder):
    assert wrong(folder) == []
    assert leads(folder) == {"a1": "pep"}


def test_without_a_register_no_code_may_be_printed(folder):
    (folder / "menus" / "codes.yaml").unlink()
    (said,) = wrong(folder)
    assert re.match(
        r"menus/tree.yaml:\d+  pep: the code A1 is not in menus/codes.yaml, .* Add the line: A1: pep$", said
    )
    assert leads(folder) == {"a1": "pep"}  # served all the same
    content, _ = read_content(folder / "menus", folder / "locales")
    assert refused(content, Order("en", NUMBER), TODAY) == said


def test_a_code_never_leads_to_another_node(folder):
    register(folder, "A1: sti-test\n")
    (said,) = wrong(folder)
    assert said.endswith("pep: A1 was given to sti-test, and cards with it are about. Give pep a new code.")
    assert leads(folder) == {"a1": "sti-test"}


def test_a_code_that_is_retired_still_leads_to_its_node(folder):
    register(folder, "A1: pep\nB12: sti-test\n")
    assert wrong(folder) == []
    assert leads(folder) == {"a1": "pep", "b12": "sti-test"}
    content, _ = read_content(folder / "menus", folder / "locales")
    assert "B12" not in card(content)


def test_what_the_register_names_must_exist(folder):
    register(folder, "A1: pep\nA2: pepp\n")
    (said,) = wrong(folder)
    assert said == ('menus/codes.yaml:2  A2 leads to "pepp", which is not here, and cards with it are about. '
                    "Name the node that answers it now. Did you mean pep?")  # fmt: skip


@pytest.mark.parametrize("code", ["a1", "A", "1", "12", "A0", "A123", "AB1", "A 1", "O1", "I1", "А1", "A1B", "Ａ1"])
def test_a_code_has_one_form(folder, code):
    assert FORM.fullmatch(code) is None
    given(folder, "sti-test", f'"{code}"')
    assert any(f'sti-test: "{code}" is no code. Write a capital letter' in said for said in wrong(folder))


@pytest.mark.parametrize("code", ["A1", "Z99", "B12", "H9"])
def test_a_code_is_a_letter_and_one_or_two_figures(code):
    assert FORM.fullmatch(code)


def test_two_nodes_have_no_code_in_common(folder):
    given(folder, "sti-test", "A1")
    assert any("A1 is the code of" in said or "A1 was given to pep" in said for said in wrong(folder))
    register(folder, "")
    assert any("A1 is the code of" in said for said in wrong(folder))


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_eight_codes_fit_on_a_card_and_nine_do_not(folder, more, fits):
    numbers = range(2, MOST_CODES + 1 + more)
    nodes = "".join(
        f"extra-{n}:\n  title: Extra\n  code: A{n}\n  answer: Call.\n  source: x\n  checked: 2026-11-01\n"
        for n in numbers
    )
    (folder / "menus" / "more.yaml").write_text(nodes, encoding="utf-8")
    register(folder, "A1: pep\n" + "".join(f"A{n}: extra-{n}\n" for n in numbers))
    said = [one for one in wrong(folder) if "nodes have a code" in one]
    assert (said == []) is fits
    if not fits:
        assert "9 nodes have a code, at most 8 fit on a card." in said[0]


def test_a_code_that_is_a_keyword_is_named(folder):
    path = folder / "menus" / "tree.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("keywords: [PILL", "keywords: [A1, PILL"), encoding="utf-8")
    assert any("pep: A1 is also a keyword, a command or a language: pep." in said for said in wrong(folder))


def again(before: Path, after: Path) -> list[str]:
    known, _ = read_content(before / "menus", before / "locales", understands=False)
    return [str(one) for one in check_again(after / "menus", after / "locales", TODAY, known)]


def test_since_the_accepted_content_no_code_may_have_moved(folder, tmp_path):
    """The line of the register and that of the node were moved together, so the files alone agree."""
    shutil.copytree(folder, tmp_path / "after")
    path = tmp_path / "after" / "menus" / "tree.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  code: A1\n", ""), encoding="utf-8")
    given(tmp_path / "after", "sti-test", "A1")
    register(tmp_path / "after", "A1: sti-test\n")
    assert wrong(tmp_path / "after") == []
    said = "menus/codes.yaml  A1 was given to pep, and cards with it are about. Write again: A1: pep"
    assert again(folder, tmp_path / "after") == [said]
    register(tmp_path / "after", "")
    assert said in again(folder, tmp_path / "after")


def test_since_the_accepted_content_a_code_may_be_added_and_retired(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "after")
    path = tmp_path / "after" / "menus" / "tree.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  code: A1\n", ""), encoding="utf-8")
    given(tmp_path / "after", "sti-test", "A2")
    register(tmp_path / "after", "A1: pep\nA2: sti-test\n")
    assert again(folder, tmp_path / "after") == []


def test_an_edited_answer_keeps_its_code_and_its_label(tmp_path):
    shutil.copytree(ROOT / "menus", tmp_path / "menus")
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    with Files(tmp_path / "menus", tmp_path / "locales") as files:
        files.apply([Edit("menus/sexual-health.yaml", ("sti-test", "title"), "STI test", "STI check"),
                     Edit("menus/money.yaml", ("debts", "card"), None, "In debt")])  # fmt: skip
        files.write()
    text = (tmp_path / "menus" / "sexual-health.yaml").read_text(encoding="utf-8")
    assert "sti-test:\n  title: STI check\n  code: G1\n  card: Free STI test\n" in text
    assert "debts:\n  title: Debts\n  code: G7\n  card: In debt\n" in (tmp_path / "menus" / "money.yaml").read_text()
