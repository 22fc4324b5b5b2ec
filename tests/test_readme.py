"""What the README shows is real output. `pytest --accept` rewrites it."""

from __future__ import annotations

import re

import pytest

from smsline.channels.twilio import render
from smsline.cli import main
from smsline.content.check import summary
from smsline.content.cost import cost_report
from smsline.content.loading import read_content
from smsline.engine.model import Reply
from smsline.serving import hello
from smsline.settings import SETTINGS, read_settings

from .conftest import NOON, ROOT, Phone
from .talk import parse, play, written

README = ROOT / "README.md"
BLOCK = re.compile(r"```(state|hello|twiml|conversation|cost)\n(.*?)```", re.DOTALL)


def shown(line, kind: str, text: str) -> str:
    """What the block should hold."""
    if kind == "conversation":
        talk = parse(text)
        return written(talk.head, play(line, talk))
    if kind == "hello":
        return hello(read_settings({})) + "\n"
    if kind == "twiml":
        reply = Phone(line, time=NOON).text("hi")
        return render(Reply(reply)).get_data(as_text=True) + "\n"
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    assert content is not None
    if kind == "cost":
        return "\n".join(cost_report(content, NOON.date())).partition("\n\nThe 10")[0] + "\n"
    return summary(content) + "\n"


def test_each_block_is_real_output(line, request):
    text = README.read_text(encoding="utf-8")
    assert len(BLOCK.findall(text)) >= 7
    fresh = BLOCK.sub(lambda block: f"```{block[1]}\n{shown(line, block[1], block[2])}```", text)
    if request.config.getoption("--accept"):
        README.write_text(fresh, encoding="utf-8")
        text = fresh
    assert text == fresh


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row.name)
def test_each_setting_stands_with_its_default_and_help(row):
    found = next(line for line in README.read_text(encoding="utf-8").split("\n") if line.startswith(f"| `{row.name}`"))
    assert row.help in found
    assert not row.default or f"`{row.default}`" in found


@pytest.mark.parametrize("command", sorted(main.commands))
def test_each_command_has_a_help_and_stands_in_the_readme(command):
    assert main.commands[command].help
    assert f"`smsline {command}" in README.read_text(encoding="utf-8")
