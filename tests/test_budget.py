"""From where somebody is answered, and what a day may cost: by the service, and over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from smsline.engine.fold import words
from smsline.engine.pace import DAY
from smsline.engine.segments import measure
from smsline.service import LEAVES, Message, Rules, Service, country_of
from smsline.settings import COUNTRIES
from smsline.stores import open_store

from .conftest import NOON
from .server import Server, cm_server, said

KILL = "he will kill me"


# --- countries ----------------------------------------------------------------------------------------------------

LISTED = frozenset(COUNTRIES.split(","))


@pytest.fixture
def service(line, store):
    """The line with the countries of the default."""
    made = Service(line, store, b"s" * 40, Rules(countries=LISTED))
    made.refresh(NOON)
    return made


class Sender:
    """Somebody with a number, who texts a service."""

    def __init__(self, service: Service, number: str, channel: str = "sms") -> None:
        self.service, self.number, self.channel, self.time, self.count = service, number, channel, NOON, 0

    def text(self, text: str, after: float = 0) -> str:
        self.time += timedelta(seconds=after)
        self.count += 1
        known = f"{self.number} {self.count}"
        return self.service.answer(Message(self.number, text, known, self.channel, self.time)).text


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize("number", ["+12025550123", "+881612345678", "+6421123456"])
def test_a_sender_of_a_country_that_is_not_listed_gets_how_to_call_for_help_once_a_day(service, number, channel):
    abroad = Sender(service, number, channel)
    told = abroad.text("good morning")
    assert told.startswith("In danger? Call 112")
    assert measure(told).segments == 1
    assert [abroad.text(text, 60) for text in ("pep", "1", "HELP", KILL)] == [""] * 4
    assert abroad.text("pep", DAY - 4 * 60 - 1) == ""
    assert abroad.text("pep", 1) == told
    assert abroad.text("pep", 1) == ""


@pytest.mark.parametrize("number", ["+31612345678", "+40712345678", "+380501234567", "+573001234567"])
def test_senders_of_listed_countries_are_answered_as_usual(service, number):
    caller = Sender(service, number)
    assert caller.text("good morning").startswith("Automatic line")
    assert caller.text("1", 5).startswith("1 STI and HIV")


@pytest.mark.parametrize("sender", ["12345", "KPN", "3669"])
def test_a_short_code_or_a_name_as_sender_is_answered(service, sender):
    assert country_of(sender) == ""
    caller = Sender(service, sender)
    assert caller.text("good morning").startswith("Automatic line")
    assert caller.text("1", 5).startswith("1 STI and HIV")


def test_who_dials_is_answered_from_anywhere(service):
    assert all(Sender(service, "+12025550123", "ussd").text("good morning") for _ in range(3))


def test_a_country_that_is_listed_later_is_answered_from_the_first_screen_on(service):
    abroad = Sender(service, "+12025550123")
    abroad.text("good morning")
    service.rules = replace(service.rules, countries=LISTED | {"US"})
    assert abroad.text("1", 60).startswith("Automatic line")


@pytest.mark.parametrize(
    ("sender", "country"),
    [("+31612345678", "NL"), ("+12025550123", "US"), ("+380501234567", "UA"), ("+77011234567", "KZ"),
     ("+79161234567", "RU"), ("+35850123456", "FI"), ("+881612345678", "001"), ("+1", "US"),
     ("31612345678", ""), ("+", ""), ("", "")],
)  # fmt: skip
def test_the_country_of_a_sender_is_read_from_its_number(sender, country):
    assert country_of(sender) == country


def test_a_short_code_over_cm_is_answered(tmp_path):
    with cm_server() as provider, Server(tmp_path, {"SMSLINE_CM_URL": provider.url}) as running:
        for text in ("good morning", "pep"):
            assert running.cm(text, sender="12345")[0] == 200
        assert [reply[:6] for reply in provider.replies][1:] == ["Go now"]


def test_who_is_told_to_wait_hears_so_though_cm_took_it_only_the_second_time(tmp_path):
    settings = {"SMSLINE_TEXTS": "1"}
    with cm_server() as provider, Server(tmp_path, {**settings, "SMSLINE_CM_URL": provider.url}) as running:
        running.cm("good morning", timeUtc="2026-11-24T04:00:01")
        provider.status = 500
        assert running.cm("pep", timeUtc="2026-11-24T04:00:02")[0] == 503
        provider.status = 200
        assert running.cm("pep", timeUtc="2026-11-24T04:00:02")[0] == 200
        assert [reply[:8] for reply in provider.replies[1:]] == ["Too many"] * 2


# --- what a day may cost ------------------------------------------------------------------------------------------


def limited(line, store, segments: int) -> Service:
    made = Service(line, store, b"s" * 40, Rules(countries=LISTED, segments_a_day=segments))
    made.refresh(NOON)
    return made


LONG = "condom broke"


def test_when_a_countrys_segments_are_spent_its_answers_are_one_segment_long(line, store):
    service = limited(line, store, 2)
    before = Sender(service, "+31600000001").text(LONG)
    assert measure(before).segments == 2
    for number, text in enumerate(
        (LONG, "good morning", "pep", "debts", "tax", "nl", "ro", "STOP", "erase", "help", "qqqq", KILL)
    ):
        told = Sender(service, f"+3160000010{number}").text(text)
        assert told
        assert measure(told).segments == 1, text
    assert Sender(service, "+40712345678").text(LONG) == before  # another country's are as before


@pytest.mark.parametrize(("more", "segments"), [(0, 1), (1, 2)])
def test_answers_shrink_when_all_is_spent_and_not_one_segment_before(line, store, more, segments):
    service = limited(line, store, 2 + more)
    assert measure(Sender(service, "+31600000001").text(LONG)).segments == 2
    assert measure(Sender(service, "+31600000002").text(LONG)).segments == segments


def test_urgent_texts_are_answered_when_all_is_spent(line, store):
    service = limited(line, store, 1)
    caller = Sender(service, "+31600000001")
    for text in ("good morning", "good morning", KILL, "HELP"):
        told = caller.text(text, 5)
    assert "112" in told
    assert "112" in caller.text("he locked me up and took my passport", 5)


def test_in_answers_of_one_segment_9_leads_to_all_the_rest(line, store, tmp_path):
    def read(service: Service) -> list[str]:
        caller = Sender(service, "+31600000001")
        pages = [caller.text(LONG, 20)]
        while "9 More" in pages[-1]:
            pages.append(caller.text("9", 20))
        return pages

    whole = read(limited(line, open_store("memory:"), 20_000))
    service = limited(line, store, 1)
    Sender(service, "+31600000009").text("good morning")
    short = read(service)
    assert all(measure(page).segments == 1 for page in short)
    assert len(short) > len(whole)
    assert set(words(" ".join(whole))) <= set(words(" ".join(short)))


def test_the_next_day_answers_are_as_long_as_before(line, store):
    service = limited(line, store, 2)
    caller = Sender(service, "+31600000001")
    before = caller.text(LONG)
    assert caller.text("good morning", 5) != before
    assert measure(caller.text(LONG, 5)).segments == 1
    service.refresh(NOON + timedelta(days=1))
    assert measure(caller.text(LONG, DAY)).segments == 2


def test_what_another_worker_spent_is_known_after_the_next_refresh(line, tmp_path):
    one, other = (limited(line, open_store(f"sqlite:///{tmp_path}/line.sqlite"), 2) for _ in range(2))
    assert measure(Sender(one, "+31600000001").text(LONG)).segments == 2
    other.refresh(NOON)
    assert measure(Sender(other, "+31600000002").text(LONG)).segments == 1


# --- over HTTP ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("pace"), {"SMSLINE_TEXTS": "6"}) as running:
        yield running


def test_the_setting_limits_a_sender_over_http_and_nobody_else(server):
    first = [said(server.sms("good morning", sender="+31600000301")) for _ in range(6)]
    assert all(reply.startswith("Automatic line") for reply in first)
    assert said(server.sms("good morning", sender="+31600000301")).startswith(
        "Too many texts just now. In danger call 112."
    )
    assert said(server.sms("good morning", sender="+31600000301")) == ""
    assert "112" in said(server.sms(KILL, sender="+31600000301"))
    assert said(server.sms("good morning", sender="+31600000302")).startswith("Automatic line")
    assert said(server.whatsapp("good morning", sender="+31600000301")).startswith("Automatic line")


def test_a_sender_from_abroad_gets_how_to_call_for_help_and_then_silence_over_http(server):
    assert said(server.sms("good morning", sender="+12025550123")).startswith("In danger? Call 112")
    assert said(server.sms("pep", sender="+12025550123")) == ""


def test_after_stop_that_twilio_answered_nothing_is_said_and_nothing_remembered(server):
    sender = "+31600000303"
    server.sms("good morning", sender=sender)
    assert said(server.sms("STOP", sender=sender, OptOutType="STOP")) == ""
    assert said(server.sms("1", sender=sender)).startswith("Automatic line")


@pytest.mark.parametrize(("word", "sender"), [("HELP", "+31600000304"), ("START", "+31600000305")])
def test_after_help_and_start_that_twilio_answered_nothing_is_said_and_the_chat_goes_on(server, word, sender):
    server.sms("good morning", sender=sender)
    assert said(server.sms(word, sender=sender, OptOutType=word)) == ""
    assert said(server.sms("1", sender=sender)).startswith("1 STI and HIV")


@pytest.mark.parametrize("word", ["STOP", "HELP", "START"])
def test_what_twilio_answered_gets_no_reply_from_us_whoever_sent_it(server, word):
    assert said(server.sms(word, sender="+31600000306", OptOutType=word)) == ""
    assert said(server.sms(word, sender="+12025550124", OptOutType=word)) == ""


@pytest.mark.parametrize("word", ["STOPP", "x", "STOP HELP", "1", "S" * 41])
def test_another_word_for_what_twilio_answered_is_a_4xx_in_one_sentence(server, word):
    status, body = server.sms("good morning", sender="+31600000307", OptOutType=word)
    assert status == 400
    assert "OptOutType" in body
    assert body.count("\n") == 1


def test_a_fault_of_ours_is_never_answered_with_silence(line):
    """Only what says goodbye is counted: an urgent text gets the emergency number however often the engine fails."""
    service = limited(replace(line, nodes={}), open_store("memory:"), 20_000)  # an engine that fails at everything
    sender = Sender(service, "+31600000001")
    assert all("112" in sender.text("he will kill me", 1) for _ in range(20))


@pytest.mark.parametrize(
    ("sender", "answered"),
    [("+18095550123", True), ("+18765550123", True), ("+12125550123", False), ("+18685550123", False)],
)
def test_countries_that_share_a_calling_code_are_told_apart(line, sender, answered):
    assert (country_of(sender) in LISTED) is answered


def test_a_machine_that_answers_stop_to_everything_is_not_answered_for_ever(line):
    sender = Sender(limited(line, open_store("memory:"), 20_000), "+31600000001")
    answered = [bool(sender.text("STOP", 1)) for _ in range(40)]
    assert answered == [True] * LEAVES + [False] * (40 - LEAVES)
