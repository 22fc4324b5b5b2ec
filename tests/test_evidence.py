"""Of the nodes that a text may mean those are compared that can be the answer; the answer is the same."""

from __future__ import annotations

import pytest

from smsline.engine.evidence import TOLD, gather
from smsline.engine.fold import words
from smsline.engine.understanding import ASKED
from smsline.engine.vocabulary import ELSEWHERE

TEXTS = (
    "what can i do about my money and my papers", "he will not give my passport back", "hoe moet ik belasting betalen",
    "ma doare burta si nu am asigurare", "raped years ago can i get a permit", "client did not pay me and hit me",
    "i want to stop this work and learn dutch", "可以做检查吗", "где сдать анализы", "is it free",
)  # fmt: skip


@pytest.mark.parametrize("nodes", [TOLD - 1, TOLD, TOLD + 1, 50])
def test_a_text_speaks_for_a_few_nodes_and_those_that_are_always_wanted(nodes):
    said = [(f"node-{number:02}", ["tax"] * (number + 1)) for number in range(nodes)]
    evidence = gather([*said, ("rest", ["nothing", "of", "the", "kind"])])
    every = evidence.of(["tax"], always=[name for name, _ in said])
    assert set(evidence.of(["tax"])) == {f"node-{number:02}" for number in range(max(0, nodes - TOLD), nodes)}
    first = evidence.of(["tax"], always=["node-00", "rest"])
    assert "node-00" in first
    assert "rest" not in first
    assert first.items() <= every.items()


@pytest.mark.parametrize("text", TEXTS)
def test_the_first_nodes_and_the_urgent_ones_are_those_of_a_comparison_of_all(line, text, monkeypatch):
    vocabulary = line.vocabulary
    some = vocabulary.matches(words(text))
    monkeypatch.setattr("smsline.engine.evidence.TOLD", 10**6)
    every = vocabulary.matches(words(text))
    assert len(some) <= len(every)
    assert some[: ASKED + 1] == every[: ASKED + 1]
    wanted = {*vocabulary.urgent, ELSEWHERE}
    assert [one for one in some if one.node in wanted] == [one for one in every if one.node in wanted]
