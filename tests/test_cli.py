"""The command line, run as an operator runs it."""

from __future__ import annotations

import json
import shutil
import socket

import pytest
from click.testing import CliRunner

from smsline.cli import main

from .conftest import ROOT, TINY
from .talk import parse

TRANSLATED = ["nl", "ro", "es", "bg", "hu", "pl", "pt", "ru", "uk", "zh", "fr", "tr", "ar"]

KEYS = {"kind", "node", "command", "language", "place", "urgent", "emergency", "suggestions"}


def run(*arguments: str, typed: str | None = None, menus=ROOT, **settings: str):
    environ = {"SMSLINE_MENUS": str(menus / "menus"), "SMSLINE_LOCALES": str(menus / "locales"), **settings}
    return CliRunner().invoke(main, arguments, input=typed, env=environ)


def explain(text: str, *options: str) -> dict:
    return json.loads(run("explain", text, "--json", *options).output)


def test_check_passes_on_the_real_content():
    result = run("check", "--no-reminders")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("0 problems, ")


def test_check_live_refuses_what_nobody_verified_unless_the_operator_says_so(tmp_path):
    shutil.copytree(TINY, tmp_path / "line")
    folder = tmp_path / "line"
    refused = run("check", "--no-reminders", "--live", menus=folder)
    assert refused.exit_code == 1
    assert "3 urgent answers and contacts that nobody has verified, such as rescue." in refused.output
    assert run("check", "--live", menus=folder, SMSLINE_GO_LIVE_UNVERIFIED="yes").exit_code == 0
    for name in ("rescue", "region-help", "country-help"):
        assert run("orgs", "verified", name, "--by", "MV", menus=folder).exit_code == 0
    assert run("check", "--live", menus=folder).exit_code == 0


def test_check_names_a_folder_that_is_not_there(tmp_path):
    result = run("check", menus=tmp_path)
    assert result.exit_code == 1
    assert "Set SMSLINE_MENUS" in result.output


def test_chat_reads_lines_and_prints_a_conversation_with_the_size_of_each_screen():
    result = run("chat", typed="hi\n1\nx\n", menus=TINY)
    assert result.output == (
        "> hi\n< Call 112 in danger.\n< 1 Health\n< 2 Change of work\n< 3 Help near you\n< 4 NL\n"
        "  (GSM-7, 66 units, 1 segment)\n\n"
        "> 1\n< 1 PEP\n< 2 STI test\n< 0 Menu\n  (GSM-7, 23 units, 1 segment)\n\n"
        "> x\n  (no reply)\n\n"
    )
    assert parse(f"A transcript is a test.\n{result.output}").steps[0] == ("hi", result.output.split("\n")[1:6])


def test_a_pilot_with_testers_is_kept_as_a_conversation_and_only_where_it_is_asked_for(tmp_path):
    file = tmp_path / "pilot.txt"
    run("chat", typed="hi\n", menus=TINY)
    assert not file.exists()
    run("chat", "--collect", str(file), typed="hi\n1\nx\n", menus=TINY)
    kept = file.read_text(encoding="utf-8")
    assert kept.startswith("Collected from a tester who agreed to it.\nchannel: sms\ntime: ")
    assert [text for text, _ in parse(kept).steps] == ["hi", "1", "x"]
    assert file.stat().st_mode & 0o077 == 0
    run("chat", "--collect", str(file), typed="hi\n", menus=TINY)
    assert file.read_text(encoding="utf-8").startswith(kept)


def test_a_file_that_cannot_be_written_is_named_before_anything_is_typed(tmp_path):
    result = run("chat", "--collect", str(tmp_path / "no" / "pilot.txt"), typed="hi\n", menus=TINY)
    assert result.exit_code == 1
    assert result.output.startswith(f"--collect {tmp_path}/no/pilot.txt: No such file or directory. Name a")


def test_in_production_chat_shows_the_screens_alone():
    production = {"SMSLINE_ENV": "production", "SMSLINE_SECRET": "s" * 40, "TWILIO_AUTH_TOKEN": "t",
                  "SMSLINE_PUBLIC_URL": "https://sms.example.org"}  # fmt: skip
    assert "units" not in run("chat", typed="hi\n", menus=TINY, **production).output


def test_cost_says_what_a_conversation_costs_in_each_language_and_names_the_dearest_screens():
    rows = run("cost", menus=TINY).output.split("\n")
    english = next(row for row in rows if row.startswith("en ")).split()
    segments, together, price = [float(figure) for figure in english[1:6]], float(english[6]), float(english[7])
    assert together == pytest.approx(sum(segments), abs=0.03)
    assert price == pytest.approx(together * 0.1 + 5 * 0.01, abs=0.01)  # prices of the tiny line's line.yaml
    dearest = rows[rows.index("The 10 dearest screens:") + 1 : -1]
    assert len(dearest) == 10
    assert dearest[0].startswith("EUR 0.20  2 segments, ")


def test_chat_over_ussd_begins_by_dialling_in_a_language():
    result = run("chat", "--channel", "ussd", "--language", "nl", typed="1\n", menus=TINY)
    assert result.output.startswith("> *123#\n< Bel 112 bij gevaar.\n< 1 Gezondheid\n")


def test_chat_in_an_unknown_language_names_the_known_ones():
    result = run("chat", "--language", "xx", menus=TINY)
    assert result.exit_code == 1
    assert "Choose one of en, nl." in result.output


EXPLAINED = [
    ("pep", {"kind": "node", "node": "pep", "urgent": False}),
    ("danger-now", {"kind": "node", "node": "danger-now", "urgent": True, "emergency": True}),
    ("help", {"kind": "command", "command": "help", "emergency": True}),
    ("STOP", {"kind": "command", "command": "stop"}),
    ("erase", {"kind": "command", "command": "erase"}),
    ("x", {"kind": "command", "command": "exit", "emergency": False}),
    ("menu", {"kind": "command", "command": "menu"}),
    ("0", {"kind": "command", "command": "back"}),
    ("9", {"kind": "command", "command": "more"}),
    ("1", {"kind": "none"}),
    ("Română", {"kind": "language", "language": "ro"}),
    ("in romana va rog", {"kind": "language", "language": "ro"}),
    ("utrecht", {"kind": "place", "place": "Utrecht", "language": "und"}),
    ("sti test utrecht", {"kind": "node", "node": "sti-test", "place": "Utrecht"}),
    ("stoppen", {"kind": "suggest", "suggestions": ["change"]}),
    ("asdkj", {"kind": "none", "node": None, "language": "und"}),
    ("", {"kind": "none", "language": "und"}),
]


@pytest.fixture(scope="module")
def explained() -> dict[str, dict]:
    """What each of the texts above was understood as."""
    typed = "".join(f"{text}\n" for text, _ in EXPLAINED)
    rows = run("explain", "-", typed=typed).output.splitlines()
    return {text: json.loads(row) for (text, _), row in zip(EXPLAINED, rows, strict=True)}


@pytest.mark.parametrize(("text", "expected"), EXPLAINED)
def test_explain_says_what_was_understood(explained, text, expected):
    assert set(explained[text]) == KEYS
    assert {key: explained[text][key] for key in expected} == expected


def test_explain_at_a_node_reads_numbers_as_its_screen_does():
    rows = run("explain", "-", "--node", "health", typed="1\n0\n9\n8\n").output.splitlines()
    sti, back, more, none = map(json.loads, rows)
    assert (sti["node"], back["command"], more["command"], none["kind"]) == ("sti", "back", "more", "none")


def test_explain_reads_one_text_a_line_and_prints_one_object_a_line():
    rows = run("explain", "-", typed="pep\n\nhelp\n").output.splitlines()
    assert [json.loads(row)["kind"] for row in rows] == ["node", "none", "command"]


def test_explain_gives_its_reasons_to_staff():
    assert "because pep" in run("explain", "medicine after unprotected sex hiv").output


def test_where_gives_the_place_or_null():
    rows = run("where", "-", typed="3011\nasdkj\nhengelo\nhelp\n").output.splitlines()
    found, nowhere, several, word = map(json.loads, rows)
    assert found["name"] == found["municipality"] == "Rotterdam"
    assert {"latitude", "longitude"} <= set(found)
    assert nowhere is word is None
    assert several["others"]
    assert json.loads(run("where", "3011", "--json").output) == found


def test_forget_asks_for_the_number_and_never_shows_it(tmp_path):
    store = f"sqlite:///{tmp_path}/line.sqlite"
    result = run("forget", typed="+31612345678\n", SMSLINE_STORE=store, SMSLINE_SECRET="s" * 40)
    assert result.output == "Nothing is kept of that number.\n"
    assert run("forget", "+31612345678").exit_code == 2


def test_forget_cannot_know_anybody_without_the_lines_secret():
    result = run("forget", typed="+31612345678\n")
    assert result.exit_code == 1
    assert "SMSLINE_SECRET is not set" in result.output


def test_stats_of_an_empty_store_is_empty(tmp_path):
    result = run("stats", SMSLINE_STORE=f"sqlite:///{tmp_path}/line.sqlite")
    assert (result.exit_code, result.output) == (0, "")


def test_translations_status_counts_each_language():
    lines = run("translations", "status").output.splitlines()
    assert [line.split(":")[0] for line in lines] == TRANSLATED
    assert all(" 0 fuzzy, 0 missing, 0 confirmed by a native speaker" in line for line in lines), lines


def test_translations_new_keep_and_check_are_all_that_a_language_needs(tmp_path):
    shutil.copytree(TINY, tmp_path / "line")
    setup = tmp_path / "line" / "menus" / "line.yaml"
    before = setup.read_text(encoding="utf-8")
    for code in ("th", "it", "pap", "sq", "vi", "ti"):
        result = run("translations", "new", code, menus=tmp_path / "line")
        assert result.exit_code == 0, result.output
        assert f"{code}: 0 complete, 0 fuzzy, " in result.output
    assert set(before.split("\n")) <= set(setup.read_text(encoding="utf-8").split("\n"))
    chat = run("chat", "--language", "th", typed="language\n", menus=tmp_path / "line")
    assert "1 ไทย" in chat.output
    checked = run("translations", "check", "th", menus=tmp_path / "line")
    assert "danger-now.answer: an urgent answer needs a translation that is not fuzzy." in checked.output
    assert run("translations", "check", "nl", menus=tmp_path / "line").output == "0 to look at.\n"
    assert run("translations", "keep", "pep", menus=tmp_path / "line").output.split("\n")[0] == "nl: nothing fuzzy"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("new", "qq"), '"qq" is no language that Babel knows. Use its ISO code, such as th.'),
        (("new", "nl"), "nl is a language of this line already. Run: smsline translations update nl"),
        (("update", "qq"), 'There is no translation into "qq". Choose one of nl.'),
        (("check", "en"), 'There is no translation into "en". Choose one of nl.'),
        (("keep", "asdkj"), 'There is no node and no message "asdkj".'),
    ],
)
def test_a_mistake_of_a_translator_is_one_sentence(arguments, sentence):
    result = run("translations", *arguments, menus=TINY)
    assert (result.exit_code, result.output.strip()) == (1, sentence)


def test_serve_on_a_taken_port_says_so(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = run("serve", "--port", port, SMSLINE_STORE=f"sqlite:///{tmp_path}/line.sqlite")
    assert result.exit_code == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in result.output


def test_serve_in_production_names_what_is_missing():
    result = run("serve", SMSLINE_ENV="production")
    assert result.exit_code == 1
    assert "SMSLINE_SECRET is not set." in result.output
    assert "TWILIO_AUTH_TOKEN is not set." in result.output


def test_forget_reads_the_number_from_a_pipe_where_a_hyphen_says_so(tmp_path):
    store = f"sqlite:///{tmp_path}/line.sqlite"
    for options in (("forget",), ("forget", "-")):
        result = run(*options, typed="06 12345678\n", SMSLINE_STORE=store, SMSLINE_SECRET="s" * 40)
        assert result.output == "Nothing is kept of that number.\n"
