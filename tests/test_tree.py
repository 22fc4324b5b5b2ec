"""The whole tree: every topic has its fixed name, is reached, comes back and fits, in every language and channel."""

from __future__ import annotations

import pytest

from smsline.engine.model import START, Lookup
from smsline.engine.pages import fits

from .conftest import ROOT, Phone

ROWS = [row for row in (ROOT / "tests" / "topics.txt").read_text(encoding="utf-8").split("\n") if row and row[0] != "#"]
TOPICS = {part.split()[0]: part for row in ROWS for part in row.rpartition(": ")[2].split(", ")}


def steps_to(line) -> dict[str, list[str]]:
    """For each node that numbers lead to, the shortest numbers from the first screen."""
    found, waiting = {START: []}, [START]
    while waiting:
        name = waiting.pop(0)
        node = line.nodes[name]
        shift = 2 if getattr(node, "help", None) else 1  # "1 Help near you" stands first under an answer
        for number, option in enumerate(() if isinstance(node, Lookup) else node.options, shift):
            if option.target in line.nodes and option.target not in found:
                found[option.target] = [*found[name], str(number)]
                waiting.append(option.target)
    return found


def test_every_topic_is_here_and_is_what_it_should_be(line):
    assert len(TOPICS) == 120
    for name, said in TOPICS.items():
        assert name in line.nodes, name
        assert isinstance(line.nodes[name], Lookup) == ("look-up" in said), name
        assert line.nodes[name].urgent == ("urgent" in said), name


@pytest.mark.parametrize("channel", ["sms", "ussd"])
def test_each_topic_is_at_most_three_numbers_away_and_urgent_ones_two(line, channel):
    steps = steps_to(line)
    for name in TOPICS:
        assert len(steps[name]) <= (2 if line.nodes[name].urgent else 3), name
        caller = Phone(line, channel)
        caller.text("good morning")
        for number in steps[name]:
            caller.text(number)
        assert caller.node == name, (name, steps[name])


@pytest.mark.parametrize("language", ["en", "nl", "ro"])
@pytest.mark.parametrize("channel", ["sms", "ussd", "whatsapp"])
def test_each_name_is_a_keyword_everywhere_fits_and_comes_back(line, channel, language):
    for name in TOPICS:
        for written in (name, name.replace("-", " "), name.upper()):
            caller = Phone(line, channel, language=language)
            home = caller.text("menu")
            page = caller.text(written)
            assert caller.node == name, written
            pages = [page]
            while "\n9 " in pages[-1]:
                pages.append(caller.text("9"))
            assert all(fits(line.channels[channel], page) for page in pages)
            assert len(set(pages)) == len(pages), name
            assert [caller.text("0") for _ in pages] == [*reversed(pages[:-1]), home]


def test_the_first_number_of_an_urgent_answer_is_open_day_and_night(line):
    around_the_clock = {o.phone for o in line.directory.organisations.values() if o.hours == "24/7" and o.phone}
    for name in TOPICS:
        if line.nodes[name].urgent:
            text = line.catalog("en", f"{name}.answer")
            places = {text.index(o.phone): o.phone for o in line.directory.organisations.values()
                      if o.phone and o.phone in text}  # fmt: skip
            assert places[min(places)] in around_the_clock, name
