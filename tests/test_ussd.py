"""A USSD session: dialling again, steps back, missing requests, and screens as small as a gateway lets them be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from smsline.engine.conversation import converse
from smsline.engine.model import Incoming, Session
from smsline.engine.pages import fits

from .conftest import NOON

OPTIONS = "12345678"


class Path:
    """A session of a gateway that tells all that was typed each time. Ids are what they are hashes of in real life."""

    def __init__(self, line, session: Session | None = None, name: str = "s1") -> None:
        self.line, self.session, self.name, self.time = line, session, name, NOON

    def known(self, typed: str) -> bytes:
        return f"{self.name} {typed}".encode()

    def sends(self, typed: str) -> str:
        parts = typed.split("*") if typed else []
        earlier = ["*".join(parts[:count]) for count in range(len(parts))]
        path = tuple((self.known(one), one.rpartition("*")[2]) for one in earlier)
        turn = converse(self.line, self.session, Incoming(
            parts[-1] if parts else "", self.line.channels["ussd"], self.known(typed), self.time, not parts, path=path,
        ))  # fmt: skip
        self.session = turn.session
        return turn.reply.text


def test_each_part_of_a_path_is_one_step(tiny):
    phone = Path(tiny)
    assert phone.sends("").startswith("Call 112 in danger.")
    assert phone.sends("1").startswith("1 PEP")
    assert phone.sends("1*1").startswith("Go now.")
    assert phone.sends("1*1*0").startswith("1 PEP")


def test_a_step_back_shows_that_screen_again_and_0_leads_on_from_there(tiny):
    phone = Path(tiny)
    home, health, pep = (phone.sends(typed) for typed in ("", "1", "1*1"))
    assert phone.sends("1") == health
    assert phone.sends("1*0") == home
    assert phone.sends("1*1") == pep  # the same step came once more


def test_after_a_step_back_another_number_counts_where_the_phone_is(tiny):
    phone = Path(tiny)
    for typed in ("", "1", "1*1"):
        phone.sends(typed)
    assert phone.sends("1*2").startswith("Where are you?")  # the STI test of the health menu, not option 2 of PEP


def test_a_star_inside_an_answer_belongs_to_it(tiny):
    phone = Path(tiny)
    for typed in ("", "1"):
        phone.sends(typed)
    assert phone.sends("1*pep*").startswith("Go now.")
    assert phone.sends("1*pep**0").startswith("1 PEP")  # an empty answer before it


def test_an_empty_answer_is_told_so_and_does_nothing(tiny):
    phone = Path(tiny)
    for typed in ("", "1"):
        phone.sends(typed)
    assert phone.sends("1*").startswith("Sorry, I did not understand.")
    assert phone.sends("1**1").startswith("Go now.")


def test_where_the_session_was_lost_the_whole_path_is_answered_anew(tiny):
    phone = Path(tiny)
    for typed in ("", "1"):
        phone.sends(typed)
    phone.session = None
    assert phone.sends("1*1").startswith("Go now.")
    assert phone.sends("1*1*0").startswith("1 PEP")


def test_a_longer_code_that_was_dialled_leads_where_its_numbers_lead(tiny):
    assert Path(tiny).sends("1*1").startswith("Go now.")


def test_a_new_session_is_not_answered_from_where_an_older_one_was(tiny):
    old = Path(tiny)
    for typed in ("", "1"):
        old.sends(typed)
    assert Path(tiny, old.session, "s2").sends("2") == Path(tiny).sends("2")


@pytest.mark.parametrize(("minutes", "asked"), [(0, True), (5, True), (6, False)])
def test_dialling_again_within_five_minutes_asks_only_whether_to_go_on(tiny, phone, minutes, asked):
    caller = phone(tiny, "ussd")
    home = caller.text("", begins=True)
    caller.text("1")
    caller.time += timedelta(minutes=minutes)
    assert caller.text("", begins=True) == ("1 Continue\n2 Start" if asked else home)


def test_going_on_shows_the_page_where_it_stopped(tiny, phone):
    caller = phone(tiny, "ussd")
    caller.text("", begins=True)
    caller.text("pep")
    page = caller.text("9")
    assert caller.text("", begins=True) == "1 Continue\n2 Start"
    assert caller.text("1") == page


def test_instead_of_going_on_a_caller_may_begin_or_ask_anything(tiny, phone):
    caller = phone(tiny, "ussd")
    home = caller.text("", begins=True)
    for instead, shown in (("2", home), ("menu", home), ("back", home)):
        caller.text("1")
        assert caller.text("", begins=True) == "1 Continue\n2 Start"
        assert caller.text(instead) == shown
    caller.text("1")
    caller.text("", begins=True)
    for number in ("0", "3", "7", "9"):  # only what stands on the screen works
        assert caller.text(number).startswith("That number is not on this screen.")
        assert caller.text(number).endswith("\n1 Continue\n2 Start")
    assert caller.text("pep").startswith("Go now.")


def test_after_a_safety_topic_nothing_is_asked_and_nothing_told(tiny, phone):
    caller = phone(tiny, "ussd")
    home = caller.text("", begins=True)
    caller.text("in-danger-now")
    assert caller.text("", begins=True) == home


def test_only_ussd_asks_whether_to_go_on(tiny, phone):
    caller = phone(tiny, "sms")
    caller.text("hi")
    caller.text("1")
    assert caller.text("hi").startswith("Call 112 in danger.")


def test_a_session_ends_only_where_nothing_can_follow(line, phone):
    caller = phone(line, "ussd")
    caller.text("", begins=True)
    for text in ("1", "pep", "9", "0", "3011", "nonsense", "8", "nl", "hulp", "stoppen"):
        caller.text(text)
        assert not caller.turns[-1].reply.ends, text
    for text in ("x", "stop", "erase"):
        caller.text(text)
        assert caller.turns[-1].reply.ends, text


@pytest.mark.parametrize(("septets", "units"), [(160, 70), (182, 80), (100, 40)])
def test_screens_are_as_small_as_the_gateway_lets_them_be(line, phone, septets, units):
    """Each screen of a walk fits, and says 9 and 0 where they work."""
    channel = structs.replace(line.channels["ussd"], septets=septets, units=units)
    caller = phone(replace(line, channels={"ussd": channel}), "ussd", language="ro")
    for text in ("buletin", "condom broke", "sti test", "utrecht", "tax"):
        screen = caller.text(text)
        seen = [screen]
        while "9 Mai mult" in seen[-1]:
            seen.append(caller.text("9"))
        assert all(fits(channel, one) for one in seen)
        assert all("0 " in one.split("\n")[-1] for one in seen)
        assert caller.text("9").startswith("Numarul acesta nu e pe ecran")


@pytest.mark.parametrize("language", ["en", "nl", "ro"])
@pytest.mark.parametrize("node", ["thinking-of-stopping", "change", "sti-test", "debts"])
def test_what_a_notice_pushes_off_the_screen_stands_under_9(line, phone, language, node):
    """The first screen with a notice and those under 9 have every row that the screens without it have."""
    more = line.catalog(language, "phrase.more")

    def rows(caller, screen):
        seen = [screen]
        while f"9 {more}" in seen[-1]:
            seen.append(caller.text("9"))
        return {row for one in seen for row in one.split("\n") if row[:1] in OPTIONS and row}

    for channel in ("ussd", "sms"):
        plain, noticed = (phone(line, channel, language=language) for _ in range(2))
        without = rows(plain, plain.text(node))
        noticed.text(node)
        assert rows(noticed, noticed.text("qwzxqwzx")) >= without, channel


def test_0_goes_back_through_the_pages_of_a_screen_with_a_notice(line, phone):
    caller = phone(line, "ussd")
    caller.text("thinking-of-stopping")
    first = caller.text("qwzxqwzx")
    caller.text("9")
    assert caller.text("0") == first


@pytest.mark.parametrize("language", ["en", "nl", "ro"])
def test_the_two_choices_after_a_drop_can_be_reached_whatever_is_said_above_them(line, phone, language):
    caller = phone(line, "ussd", language=language)
    caller.text("debts")
    caller.text("", begins=True)
    for _ in range(2):  # the second time it says how to reach a person, which fills a screen
        screen = caller.text("qwzxqwzx")
        seen = [screen]
        while "\n9 " in seen[-1]:
            seen.append(caller.text("9"))
        again = f"2 {line.catalog(language, 'phrase.start-again')}"
        assert any(again in one for one in seen)
    assert caller.text("1") != screen
    assert caller.node == "debts"


def test_a_question_is_no_place_to_go_on_from_but_what_lies_below_it_is(line, phone):
    caller = phone(line, "ussd")
    home = caller.text("", begins=True)
    caller.text("quit")  # "Do you mean:"
    assert caller.text("", begins=True) == home
    debts = caller.text("debts")
    caller.text("quit")
    assert caller.text("", begins=True) == "1 Continue\n2 Start"
    assert caller.text("1") == debts


def test_after_a_step_back_from_danger_nothing_is_offered_to_go_on(tiny):
    path = Path(tiny)
    home = path.sends("")
    path.sends("1")
    path.sends("1*in-danger-now")
    path.sends("1")  # the gateway steps back
    again = Path(tiny, path.session, "s2")
    assert again.sends("") == home


def test_numbers_that_the_line_never_saw_are_steps_of_their_own(tiny):
    """The store was away for one request: that screen was answered without it, and the path tells of it later."""
    phone = Path(tiny)
    for typed in ("", "1"):
        phone.sends(typed)
    before = phone.session
    pep = phone.sends("1*1")
    assert pep.startswith("Go now.")
    phone.session = before
    there = Path(tiny)
    for typed in ("", "1", "1*1"):
        there.sends(typed)
    assert phone.sends("1*1*1") == there.sends("1*1*1")
