"""When somebody is answered no more for a while: too many texts, two machines, texts that no person wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smsline.engine.fold import words
from smsline.engine.line import Limits, Line
from smsline.engine.pace import RHYTHM, UNCLEAR, WINDOW, paced
from smsline.engine.segments import measure
from smsline.engine.session import ECHO
from smsline.stores.packing import faded

from .conftest import Phone

KILL = "he will kill me"


class Caller(Phone):
    """Somebody who texts the rule itself, at chosen times."""

    rule = staticmethod(paced)

    def __init__(self, line: Line, channel: str = "sms", **limits: int) -> None:
        super().__init__(replace(line, limits=replace(line.limits, **limits)), channel)

    def text(self, text: str, after: float = 0, known: bytes | None = None) -> str:
        """A text so many seconds after the one before, and the reply."""
        self.time += timedelta(seconds=after)
        return super().text(text, known=known)

    @property
    def kinds(self) -> list[str]:
        """What happened at the last text."""
        return [event.kind for event in self.turns[-1].events]


# --- too many texts -----------------------------------------------------------------------------------------------


def test_a_hundred_texts_in_ten_minutes_are_answered_the_next_is_told_to_wait_and_then_there_is_silence(tiny):
    caller = Caller(tiny)
    assert Limits().texts == 100
    assert all(caller.text("good morning", 4).startswith("Call 112 in danger.\n1 Health") for _ in range(100))
    assert caller.text("good morning", 4).startswith("Too many texts just now. In danger call 112.")
    assert [caller.text("good morning", 4) for _ in range(20)] == [""] * 20
    assert caller.kinds == ["limited"]


@pytest.mark.parametrize("language", ["en", "nl", "ro"])
def test_what_is_said_to_who_texts_too_often_is_one_segment_with_the_emergency_number(line, language):
    caller = Caller(line, texts=1)
    caller.text(language)
    told = caller.text("menu")
    assert "112" in told
    assert measure(told).segments == 1


@pytest.mark.parametrize(("second", "answered"), [(WINDOW - 1, False), (WINDOW, True)])
def test_ten_minutes_after_the_first_text_the_count_begins_anew(tiny, second, answered):
    caller = Caller(tiny, texts=3)
    for text in ("good morning", "good morning", "good morning", "good morning"):
        caller.text(text, 1)
    assert caller.text("good morning", second - 3).startswith("Call 112") is answered


def test_a_caller_is_told_to_wait_once_in_ten_minutes(tiny):
    caller = Caller(tiny, daily=1)
    caller.text("good morning")
    told = caller.text("good morning", 60)
    assert told.startswith("Too many texts")
    assert caller.text("good morning", WINDOW - 1) == ""
    assert caller.text("good morning", 1) == told
    assert caller.text("good morning", 1) == ""


def test_five_hundred_texts_in_a_day_are_answered_until_the_next_day_begins(tiny):
    caller = Caller(tiny)
    assert Limits().daily == 500
    assert all(caller.text("good morning", 11).startswith("Call 112") for _ in range(500))
    assert caller.text("good morning", 11).startswith("Too many texts")
    caller.time = datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)
    assert not caller.text("good morning").startswith("Call 112")
    assert caller.text("good morning", 1).startswith("Call 112")


@pytest.mark.parametrize(("texts", "daily"), [(2, 500), (100, 2)])
def test_urgent_texts_and_cries_are_answered_however_many_there_were(tiny, texts, daily):
    caller = Caller(tiny, texts=texts, daily=daily)
    for _ in range(5):
        caller.text("good morning", 20)
    for _ in range(50):
        assert "112" in caller.text(KILL, 1)
        assert caller.node == "danger-now"
        assert "112" in caller.text("HELP!!", 1)
        assert caller.text("good morning", 1) == ""


def test_every_request_of_a_ussd_session_gets_a_screen(tiny):
    caller = Caller(tiny, "ussd", texts=2, daily=2)
    caller.text("good morning")
    assert all(caller.text(f"qqqq wwww {number}", 1) for number in range(50))


def test_a_text_that_is_not_answered_moves_nobody(tiny):
    caller = Caller(tiny, texts=2)
    caller.text("good morning")
    health = caller.text("1")
    for text in ("1", "pep", "0", "nl", "Utrecht", "1"):
        caller.text(text, 2)
    assert caller.node == "health"
    assert caller.text("menu 2 qqqq", WINDOW).endswith(health.partition("\n")[2])
    assert caller.text("1", 1).startswith("Go now. PEP")


def test_a_message_delivered_again_counts_once_and_gets_its_reply_again(tiny):
    caller = Caller(tiny, texts=2)
    first = caller.text("good morning", known=b"a" * 16)
    assert [caller.text("good morning", 1, b"a" * 16) for _ in range(10)] == [first] * 10
    assert caller.text("1", 1, b"b" * 16).startswith("1 PEP")
    assert caller.text("0", 1, b"c" * 16).startswith("Too many")
    assert caller.text("1", 1, b"b" * 16).startswith("1 PEP")


def test_a_message_that_was_told_to_wait_and_is_delivered_again_is_told_so_again(tiny):
    caller = Caller(tiny, texts=1)
    caller.text("good morning")
    told = caller.text("1", 1, b"b" * 16)
    before = caller.session.pace
    assert caller.text("1", 1, b"b" * 16) == told
    assert caller.session.pace.texts == before.texts


# --- loops of two machines ----------------------------------------------------------------------------------------


def unclear(caller: Caller, times: int, gap: float) -> list[bool]:
    """Whether texts that nobody understands are answered, each another one."""
    return [bool(caller.text(f"qqqq wwww {'zx' * number}", gap)) for number in range(1, times + 1)]


@pytest.mark.parametrize("gap", [0, 1, RHYTHM])
def test_two_machines_stop_within_five_turns(line, gap):
    caller = Caller(line)
    assert unclear(caller, 20, gap) == [True] * UNCLEAR + [False] * (20 - UNCLEAR)
    assert UNCLEAR < 5
    assert caller.kinds == ["loop"]


def test_who_is_slow_is_never_taken_for_a_machine(line):
    assert all(unclear(Caller(line), 40, RHYTHM + 5))
    assert all(unclear(Caller(line), 20, RHYTHM + 1))


def test_a_text_that_is_understood_begins_the_count_anew(line):
    caller = Caller(line)
    assert all(unclear(caller, UNCLEAR, 2))
    assert caller.text("pep", 2).startswith("Go now")
    assert unclear(caller, UNCLEAR + 1, 2) == [True] * UNCLEAR + [False]


def test_after_a_pause_who_was_taken_for_a_machine_is_answered_again(line):
    caller = Caller(line)
    unclear(caller, 10, 2)
    assert caller.text("qqqq", RHYTHM) == ""
    assert caller.text("qqqq", RHYTHM + 1)


def test_in_the_midst_of_a_loop_an_urgent_text_is_answered_and_what_is_understood_too(line):
    caller = Caller(line)
    unclear(caller, 10, 2)
    assert "112" in caller.text(KILL, 2)
    unclear(caller, 10, 2)
    assert caller.text("pep", 2).startswith("Go now")


def test_over_ussd_a_loop_gets_its_screens(line):
    assert all(unclear(Caller(line, "ussd"), 20, 1))


def test_a_loop_that_began_with_an_urgent_text_stops_too(line):
    caller = Caller(line)
    assert "112" in caller.text("my friend took too much")
    answered = [bool(caller.text("maybe", 2)) for _ in range(100)]
    assert caller.turns[1].events[0].kind == "not-understood"
    assert sum(answered) <= UNCLEAR


# --- texts that no person wrote -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "nl", "ro"])
@pytest.mark.parametrize("text", ["menu", "pep", "debts", "danger-now", "help"])
def test_our_own_screen_that_comes_back_gets_no_reply_and_moves_nobody(line, language, text):
    caller = Caller(line)
    caller.text(language)
    screen = caller.text(text)
    before = caller.session.state
    assert caller.text(screen, 3) == ""
    assert caller.kinds == ["machine"]
    assert caller.session.state == before


@pytest.mark.parametrize(("letters", "answered"), [(ECHO - 1, True), (ECHO, False)])
def test_a_piece_of_our_screen_is_an_echo_from_forty_letters_on(line, letters, answered):
    caller = Caller(line)
    screen = " ".join(words(caller.text("pep")))
    piece = next(screen[at:] for at in range(20) if " " not in screen[at + ECHO - 2 : at + ECHO] + screen[at])
    assert bool(caller.text(piece[:letters], 3)) is answered


def test_our_own_screen_with_an_urgent_phrase_in_it_is_answered(line):
    caller = Caller(line)
    screen = caller.text("debts")
    assert "112" in caller.text(f"{KILL}\n{screen}", 3)
    assert caller.node == "danger-now"


def test_over_ussd_our_own_screen_gets_the_same_screen(line):
    caller = Caller(line, "ussd")
    assert caller.text(caller.text("pep"), 3)


MACHINES = (
    "I'm driving. Sent from my phone",
    "Automatic reply: I am away until Monday",
    "Your message was delivered",
    "Dit is een automatisch bericht.",
    "Je bericht is afgeleverd.",
    "Răspuns automat: sunt plecată",
    "Mesajul a fost livrat",
)


@pytest.mark.parametrize("text", MACHINES)
def test_what_machines_send_gets_no_reply_in_any_language(line, text):
    caller = Caller(line)
    assert caller.text(text) == ""
    assert caller.kinds == ["machine"]
    assert caller.session is None
    caller.text("good morning")
    before = caller.session.state
    assert caller.text(text, 60) == ""
    assert caller.session.state == before


@pytest.mark.parametrize("text", MACHINES)
@pytest.mark.parametrize("urgent", [KILL, "hij gaat me vermoorden", "ma omoara"])
def test_the_same_words_with_an_urgent_phrase_are_answered(line, text, urgent):
    caller = Caller(line)
    assert "112" in caller.text(f"{text}. {urgent}")
    assert caller.node == "danger-now"


def test_over_ussd_what_machines_send_gets_a_screen(line):
    assert Caller(line, "ussd").text("automatic reply")


PEOPLE = (
    "he threw me out of office, I want to report him",
    "someone sent me your verification code is 1234 what should I do",
    "I am driving and will be late, where is the STI test",
    "ik rij nu en dan met een klant mee, is dat veilig",
    "ik ben aan het rijden en een klant volgt me",
    "ik ben aan het rijden en heb net een kapot condoom",
    "sunt la volan si un client ma urmareste",
    "sunt la volan si ma doare burta",
)


@pytest.mark.parametrize("text", PEOPLE)
def test_what_a_person_writes_is_answered_though_a_machine_could_begin_so(line, text):
    assert Caller(line).text(text)


def test_a_chosen_language_outlives_a_notice_of_a_machine(line):
    caller = Caller(line)
    caller.text("nederlands")
    caller.session = faded(caller.session)
    assert caller.text("automatic reply", 4000) == ""
    assert caller.text("good morning", 20).startswith("Automatische lijn")
