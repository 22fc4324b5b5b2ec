"""What the conversations of `tests/conversations/` show together: each topic, and each urgent one however it comes."""

from __future__ import annotations

from datetime import datetime

import pytest

from . import talk
from .conftest import ROOT, Phone

FILES = sorted((ROOT / "tests" / "conversations").glob("*.txt"))
ROWS = [row for row in (ROOT / "tests" / "topics.txt").read_text(encoding="utf-8").split("\n") if row and row[0] != "#"]
NODES = {row: {part.split()[0] for part in row.rpartition(": ")[2].split(", ")} for row in ROWS}
URGENT = sorted(
    part.split()[0] for row in ROWS for part in row.rpartition(": ")[2].split(", ") if part.endswith(" urgent")
)

Stop = tuple[str, str, datetime]
"""A screen that was shown: its node, the channel, the time."""


def part_of_day(time: datetime) -> str:
    """Day is from 8 to 20: what most helpers keep, and then some."""
    return "day" if 8 <= time.hour < 20 else "night"


@pytest.fixture(scope="module")
def shown(line) -> dict[str, set[Stop]]:
    """For each conversation, the screens that it really shows; a caller who left sees none."""
    phones: list[Phone] = []

    class Watched(Phone):
        def __init__(self, *arguments: object) -> None:
            self.stops: set[Stop] = set()
            phones.append(self)
            super().__init__(*arguments)

        def text(self, *arguments: object, **named: object) -> str:
            reply = super().text(*arguments, **named)
            if reply and self.session:
                self.stops.add((self.node, self.channel, self.time))
            return reply

    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(talk, "Phone", Watched)
        for path in FILES:
            talk.play(line, talk.parse(path.read_text(encoding="utf-8")))
            found[path.stem] = phones.pop().stops
    return found


def test_there_are_many_conversations():
    assert len(FILES) >= 80


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rpartition(": ")[0].replace(": ", ", "))
def test_two_conversations_visit_each_row_of_topics(shown, row):
    names = [name for name, stops in shown.items() if NODES[row] & {node for node, _, _ in stops}]
    assert len(names) >= 2, names


@pytest.mark.parametrize("node", URGENT)
def test_an_urgent_topic_is_met_over_sms_and_ussd_by_day_and_by_night(shown, node):
    met = {(channel, part_of_day(time)) for stops in shown.values() for at, channel, time in stops if at == node}
    assert {("sms", "day"), ("sms", "night"), ("ussd", "day"), ("ussd", "night")} <= met


def test_the_urgent_topics_are_six():
    assert len(URGENT) == 6
