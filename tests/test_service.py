"""Whatever is broken behind: the service answers once, keeps what it has, and says in one word what failed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Event as Flag

import pytest

from smsline.metrics import Figures
from smsline.service import SILENT, Message, Rules, Service
from smsline.stores import StoreError, open_store
from smsline.stores.memory import MemoryStore

from .conftest import NOON

HOME, ABROAD = "+31612345678", "+12125550123"


class Faulty(MemoryStore):
    """A store of which one thing fails, or says nothing until it is let go; `meanwhile` is done before each thing."""

    def __init__(self) -> None:
        super().__init__()
        self.fails, self.hangs, self.over = "", "", Flag()
        self.meanwhile = dict[str, Callable[[], object]]()

    def __getattribute__(self, name: str):
        found = super().__getattribute__(name)
        if name in ("fails", "hangs", "over", "meanwhile"):
            return found
        self.meanwhile.pop(name, bool)()
        if name not in (self.fails, self.hangs):
            return found
        if name == self.hangs:
            self.over.wait(20)
            return found
        raise StoreError("The store cannot be used.")


@pytest.fixture
def faulty():
    store = Faulty()
    yield store
    store.over.set()


def begun(line, store) -> Service:
    made = Service(line, store, b"s" * 40, Rules(redacts=True))
    made.refresh(NOON)
    return made


def text(service: Service, said: str, second: int = 0, sender: str = HOME) -> str:
    message = Message(sender, said, f"{said} {second}", "sms", NOON + timedelta(seconds=second), gateway="twilio")
    return service.answer(message).text


# --- a store that fails -------------------------------------------------------------------------------------------


def test_who_stops_with_the_first_text_while_the_store_is_away_hears_that_something_is_broken(line, faulty):
    service = begun(line, faulty)
    faulty.fails = "turn"
    assert text(service, "stop") == line.catalog("en", "phrase.broken")


# --- a list that cannot be written --------------------------------------------------------------------------------


def test_a_turn_that_is_stored_is_answered_though_the_list_of_redactions_cannot_be_written(line, faulty):
    service = begun(line, faulty)
    text(service, "good morning")
    service.unsettled.append(("SM1", 0))
    faulty.fails = "add_todo"
    assert text(service, "1", 5).startswith("1 STI and HIV")
    service.settle()
    assert service.unsettled == [("SM1", 0)]
    faulty.fails, service.resting = "", 0
    service.settle()
    assert service.unsettled == []
    assert "SM1" in {todo.id for todo in faulty.todo(10**10, 9, 60)}


def test_what_comes_while_the_list_is_written_is_not_lost(line, faulty):
    service = begun(line, faulty)
    service.unsettled.append(("SM1", 0))
    faulty.meanwhile["add_todo"] = lambda: service.unsettled.append(("SM2", 0))
    service.settle()
    assert {todo.id for todo in faulty.todo(10**10, 9, 60)} == {"SM1", "SM2"}


# --- a store that says nothing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "ask"),
    [
        ("turn", lambda service: text(service, "pep")),
        ("count", lambda service: service.called(NOON)),
        ("add_todo", lambda service: service.finished("SM1", 0)),
        ("days", lambda service: Figures(service, None, 1).page()),
        ("turn", lambda service: service.delivered(Message(HOME, "good morning", "1", "sms", NOON))),
    ],
)
def test_nothing_waits_longer_for_a_silent_store_than_its_limit(line, faulty, what, ask):
    service = begun(line, faulty)
    faulty.hangs = what
    begin = time.monotonic()
    ask(service)
    assert SILENT <= time.monotonic() - begin < SILENT + 0.9


def test_after_one_has_waited_for_a_silent_store_the_next_do_not(line, faulty):
    service = begun(line, faulty)
    faulty.hangs = "count"
    service.called(NOON)
    begin = time.monotonic()
    assert text(service, "pep").startswith("Go now")
    service.finished("SM1", 0)
    service.called(NOON)
    assert time.monotonic() - begin < 1


# --- content that a session speaks of and that is gone ------------------------------------------------------------


@pytest.mark.parametrize("sender", [HOME, ABROAD])
@pytest.mark.parametrize("times", [1, 101])
def test_a_language_that_is_gone_is_answered_in_the_lines_own(line, sender, times):
    service = begun(line, open_store("memory:"))
    text(service, "nederlands", 0, sender)
    languages = {code: one for code, one in line.languages.items() if code != "nl"}
    service.line = replace(line, languages=languages)
    replies = [text(service, "good morning", number + 1, sender) for number in range(times)]
    assert all(reply.startswith(("Automatic line", "In danger?", "Too many texts")) for reply in replies if reply)
    assert any(replies) or sender == ABROAD


def test_a_stop_that_is_gone_is_not_said_again_to_a_sender_from_abroad(line):
    service = begun(line, open_store("memory:"))
    first = text(service, "good morning", 0, ABROAD)
    nodes = {name: node for name, node in line.nodes.items() if name == "start"}
    service.line = replace(line, nodes=nodes)
    assert text(service, "good morning", 0, ABROAD) in (first, "")


def test_an_engine_that_always_fails_says_what_to_do_to_everybody(line, caplog):
    service = begun(replace(line, nodes={}), open_store("memory:"))
    for sender in (HOME, ABROAD):
        assert "112" in text(service, "he will kill me", 0, sender)
    assert "engine-failed" in caplog.text
    assert HOME not in caplog.text
