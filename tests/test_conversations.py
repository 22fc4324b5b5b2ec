"""Each file of `tests/conversations/` is played on the real line. `pytest --accept` rewrites the < lines."""

from __future__ import annotations

import pytest

from .conftest import ROOT
from .talk import parse, play, written

FILES = sorted((ROOT / "tests" / "conversations").glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_conversation(line, path, request):
    talk = parse(path.read_text(encoding="utf-8"))
    said = play(line, talk)
    if request.config.getoption("--accept"):
        path.write_text(written(talk.head, said), encoding="utf-8")
    assert said == parse(path.read_text(encoding="utf-8")).steps


def test_there_are_conversations_in_three_languages_and_over_each_channel():
    talks = [parse(path.read_text(encoding="utf-8")) for path in FILES]
    assert len(talks) >= 25
    assert {talk.channel for talk in talks} == {"sms", "ussd", "whatsapp"}
    assert {"nl", "ro"} <= {talk.language for talk in talks}
