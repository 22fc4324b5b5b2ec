"""A caller says that a number is wrong: counted per organisation and month, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smsline.engine.model import Event
from smsline.service import DOUBTED, Message, Service
from smsline.stores import open_store

from .conftest import NOON


def wrong(turn) -> list[str]:
    return [event.organisation for event in turn.events if event.kind == "wrong-number"]


def test_8_below_one_number_counts_it_and_shows_the_list_again(tiny, phone):
    caller = phone(tiny)
    caller.text("sti-test")
    listed = caller.text("3011")
    assert caller.text("8") == f"Thank you. Staff will look at that number.\n{listed}"
    assert wrong(caller.turns[-1]) == ["clinic-river"]
    assert caller.turns[-1].events == (Event("wrong-number", "en", organisation="clinic-river"),)


def test_8_twice_is_one_report(tiny, phone):
    caller = phone(tiny)
    caller.text("sti-test")
    caller.text("3011")
    first = caller.text("8")
    assert caller.text("8") == first
    assert wrong(caller.turns[-1]) == []


def test_below_several_numbers_it_asks_whose(line, phone):
    caller = phone(line)
    caller.text("sti-test")
    listed = caller.text("2511")
    assert caller.text("8") == "Which number is wrong?\n1 GGD Haaglanden\n2 GGD Kennemerland\n0 Back"
    assert wrong(caller.turns[-1]) == []
    assert caller.text("2") == f"Thank you. Staff will look at that number.\n{listed}"
    assert wrong(caller.turns[-1]) == ["ggd-kennemerland"]
    assert caller.text("0").startswith("Automatic line")


def test_0_goes_back_to_the_list_without_counting(line, phone):
    caller = phone(line)
    caller.text("sti-test")
    listed = caller.text("2511")
    caller.text("8")
    assert caller.text("0") == listed
    assert not any(wrong(turn) for turn in caller.turns)


def test_on_a_small_screen_it_is_the_number_that_stands_there(line, phone):
    caller = phone(line, "ussd")
    caller.text("sti-test")
    assert caller.text("2511").split("\n")[1] == "088 355 0100"
    caller.text("8")
    assert wrong(caller.turns[-1]) == ["ggd-haaglanden"]


def test_where_no_number_stands_8_is_no_choice(tiny, phone):
    caller = phone(tiny)
    caller.text("good morning")
    assert caller.text("8").startswith("That number is not on this screen.")


@pytest.fixture(params=["memory:", "sqlite"])
def service(request, tmp_path, line):
    url = request.param if request.param == "memory:" else f"sqlite:///{tmp_path}/line.sqlite"
    return Service(line, open_store(url), b"s" * 40)


def report(service, caller: int, time=NOON) -> None:
    """One caller looks for an STI test near Den Haag, and says that the first number is wrong."""
    sender = f"+3161234567{caller}"
    for number, text in enumerate(("sti-test", "2511", "8", "1")):
        service.answer(Message(sender, text, f"{caller} {number} {time}", "sms", time))


def first(service, time=NOON) -> str:
    """The organisation that stands first."""
    for text in ("menu", "sti-test", "2511"):
        reply = service.answer(Message("+31600000099", text, f"{text} {time}", "sms", time)).text
    return reply.split("\n")[1]


def test_three_in_a_month_and_it_is_shown_after_the_others(service):
    assert first(service) == "GGD Haaglanden: STI tests"
    for caller in range(DOUBTED - 1):
        report(service, caller)
    assert first(service, NOON + timedelta(minutes=1)) == "GGD Haaglanden: STI tests"
    report(service, DOUBTED - 1)
    assert first(service, NOON + timedelta(minutes=2)) == "GGD Kennemerland: STI tests"
    assert [tuple(row) for row in service.store.wrong()] == [("2026-11", "ggd-haaglanden", DOUBTED)]
    later = NOON + timedelta(days=10)  # the month after
    service.refresh(later)
    assert first(service, later) == "GGD Haaglanden: STI tests"


def test_nothing_else_is_kept_of_a_report(service):
    before = list(service.store.days())
    report(service, 1)
    kinds = {day.event for day in service.store.days()}
    assert before == []
    assert "wrong-number" not in kinds
    assert not any("ggd-haaglanden" in str(row) for row in [*service.store.days(), *service.store.months()])


def test_a_second_wrong_number_on_a_page_of_two_is_asked_for_too(line, phone):
    caller = phone(line)
    caller.text("sti-test")
    caller.text("2511")
    caller.text("8")
    caller.text("1")
    assert caller.text("8") == "Which number is wrong?\n1 GGD Kennemerland\n0 Back"
    caller.text("1")
    assert wrong(caller.turns[-1]) == ["ggd-kennemerland"]
    shown = caller.text("8")
    assert shown.startswith("Thank you.")
    assert wrong(caller.turns[-1]) == []
