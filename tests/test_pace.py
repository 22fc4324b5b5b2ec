"""When somebody is answered no more for a while: too many texts, machines, countries, and what a day may cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from smsline.engine.fold import words
from smsline.engine.line import Limits
from smsline.engine.model import Incoming, Session, Turn
from smsline.engine.pace import DAY, RHYTHM, UNCLEAR, WINDOW, paced
from smsline.engine.segments import measure
from smsline.engine.session import ECHO
from smsline.errors import SmslineError
from smsline.service import LEAVES, Message, Rules, Service, codes, country_of
from smsline.settings import COUNTRIES, read_settings
from smsline.stores import open_store
from smsline.stores.packing import faded

from .conftest import NOON
from .server import Server, cm_server

KILL = "he will kill me"


class Caller:
    """Somebody who texts the rule itself, at chosen times."""

    def __init__(self, line, channel: str = "sms", **limits: int) -> None:
        self.line = replace(line, limits=replace(line.limits, **limits))
        self.channel, self.time, self.count = self.line.channels[channel], NOON, 0
        self.session: Session | None = None
        self.turns: list[Turn] = []

    def text(self, text: str, after: float = 0, known: bytes | None = None) -> str:
        """A text so many seconds after the one before, and the reply."""
        self.time += timedelta(seconds=after)
        self.count += 1
        known = known or self.count.to_bytes(16, "big")
        turn = paced(self.line, self.session, Incoming(text, self.channel, known, self.time))
        self.session = turn.session
        self.turns.append(turn)
        return turn.reply.text

    @property
    def node(self) -> str:
        assert self.session is not None
        return self.session.state.here.node

    @property
    def kinds(self) -> list[str]:
        """What happened at the last text."""
        return [event.kind for event in self.turns[-1].events]


# --- too many texts -----------------------------------------------------------------------------------------------


def test_a_hundred_texts_in_ten_minutes_are_answered_the_next_is_told_to_wait_and_then_there_is_silence(tiny):
    caller = Caller(tiny)
    assert Limits().texts == 100
    assert all(caller.text("hi", 4).startswith("Call 112 in danger.\n1 Health") for _ in range(100))
    assert caller.text("hi", 4).startswith("Too many texts just now. In danger call 112.")
    assert [caller.text("hi", 4) for _ in range(20)] == [""] * 20
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
    for text in ("hi", "hi", "hi", "hi"):
        caller.text(text, 1)
    assert caller.text("hi", second - 3).startswith("Call 112") is answered


def test_a_caller_is_told_to_wait_once_in_ten_minutes(tiny):
    caller = Caller(tiny, daily=1)
    caller.text("hi")
    told = caller.text("hi", 60)
    assert told.startswith("Too many texts")
    assert caller.text("hi", WINDOW - 1) == ""
    assert caller.text("hi", 1) == told
    assert caller.text("hi", 1) == ""


def test_five_hundred_texts_in_a_day_are_answered_until_the_next_day_begins(tiny):
    caller = Caller(tiny)
    assert Limits().daily == 500
    assert all(caller.text("hi", 11).startswith("Call 112") for _ in range(500))
    assert caller.text("hi", 11).startswith("Too many texts")
    caller.time = datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)
    assert not caller.text("hi").startswith("Call 112")
    assert caller.text("hi", 1).startswith("Call 112")


@pytest.mark.parametrize(("texts", "daily"), [(2, 500), (100, 2)])
def test_urgent_texts_and_cries_are_answered_however_many_there_were(tiny, texts, daily):
    caller = Caller(tiny, texts=texts, daily=daily)
    for _ in range(5):
        caller.text("hi", 20)
    for _ in range(50):
        assert "112" in caller.text(KILL, 1)
        assert caller.node == "danger-now"
        assert "112" in caller.text("HELP!!", 1)
        assert caller.text("hi", 1) == ""


def test_every_request_of_a_ussd_session_gets_a_screen(tiny):
    caller = Caller(tiny, "ussd", texts=2, daily=2)
    caller.text("hi")
    assert all(caller.text(f"qqqq wwww {number}", 1) for number in range(50))


def test_a_text_that_is_not_answered_moves_nobody(tiny):
    caller = Caller(tiny, texts=2)
    caller.text("hi")
    health = caller.text("1")
    for text in ("1", "pep", "0", "nl", "Utrecht", "1"):
        caller.text(text, 2)
    assert caller.node == "health"
    assert caller.text("menu 2 qqqq", WINDOW).endswith(health.partition("\n")[2])
    assert caller.text("1", 1).startswith("Go now. PEP")


def test_a_message_delivered_again_counts_once_and_gets_its_reply_again(tiny):
    caller = Caller(tiny, texts=2)
    first = caller.text("hi", known=b"a" * 16)
    assert [caller.text("hi", 1, b"a" * 16) for _ in range(10)] == [first] * 10
    assert caller.text("1", 1, b"b" * 16).startswith("1 PEP")
    assert caller.text("0", 1, b"c" * 16).startswith("Too many")
    assert caller.text("1", 1, b"b" * 16).startswith("1 PEP")


def test_a_message_that_was_told_to_wait_and_is_delivered_again_is_told_so_again(tiny):
    caller = Caller(tiny, texts=1)
    caller.text("hi")
    told = caller.text("1", 1, b"b" * 16)
    before = caller.session.pace
    assert caller.text("1", 1, b"b" * 16) == told
    assert caller.session.pace.texts == before.texts


def test_a_machine_that_answers_stop_to_everything_is_not_answered_for_ever(line):
    sender = Sender(limited(line, open_store("memory:"), 20_000), "+31600000001")
    said = [bool(sender.text("STOP", 1)) for _ in range(40)]
    assert said == [True] * LEAVES + [False] * (40 - LEAVES)


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
    caller.text("hi")
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


# --- countries ----------------------------------------------------------------------------------------------------

LISTED = codes(COUNTRIES.split(","))


@pytest.fixture(params=["memory:", "sqlite"])
def store(request, tmp_path):
    return open_store(request.param if request.param == "memory:" else f"sqlite:///{tmp_path}/line.sqlite")


@pytest.fixture
def service(line, store):
    """The line with the countries of the default."""
    made = Service(line, store, b"s" * 40, Rules(codes=LISTED))
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
    told = abroad.text("hi")
    assert told.startswith("In danger? Call 112")
    assert measure(told).segments == 1
    assert [abroad.text(text, 60) for text in ("pep", "1", "HELP", KILL)] == [""] * 4
    assert abroad.text("pep", DAY - 4 * 60 - 1) == ""
    assert abroad.text("pep", 1) == told
    assert abroad.text("pep", 1) == ""


@pytest.mark.parametrize("number", ["+31612345678", "+40712345678", "+380501234567", "+573001234567"])
def test_senders_of_listed_countries_are_answered_as_usual(service, number):
    caller = Sender(service, number)
    assert caller.text("hi").startswith("Automatic line")
    assert caller.text("1", 5).startswith("1 STI and HIV")


@pytest.mark.parametrize("sender", ["12345", "KPN", "3669"])
def test_a_short_code_or_a_name_as_sender_is_answered(service, sender):
    assert country_of(sender) == ""
    caller = Sender(service, sender)
    assert caller.text("hi").startswith("Automatic line")
    assert caller.text("1", 5).startswith("1 STI and HIV")


def test_who_dials_is_answered_from_anywhere(service):
    assert all(Sender(service, "+12025550123", "ussd").text("hi") for _ in range(3))


def test_a_country_that_is_listed_later_is_answered_from_the_first_screen_on(service):
    abroad = Sender(service, "+12025550123")
    abroad.text("hi")
    service.rules = replace(service.rules, codes=LISTED | {"1"})
    assert abroad.text("1", 60).startswith("Automatic line")


@pytest.mark.parametrize(
    ("sender", "country"),
    [("+31612345678", "31"), ("+12025550123", "1"), ("+380501234567", "380"), ("+77011234567", "7"),
     ("31612345678", ""), ("+", ""), ("", "")],
)  # fmt: skip
def test_the_country_of_a_sender_is_its_calling_code(sender, country):
    assert country_of(sender) == country


def test_a_short_code_over_cm_is_answered(tmp_path):
    with cm_server() as provider, Server(tmp_path, {"SMSLINE_CM_URL": provider.url}) as running:
        for text in ("hi", "pep"):
            assert running.cm(text, sender="12345")[0] == 200
        assert [reply[:6] for reply in provider.replies][1:] == ["Go now"]


def test_who_is_told_to_wait_hears_so_though_cm_took_it_only_the_second_time(tmp_path):
    settings = {"SMSLINE_TEXTS": "1"}
    with cm_server() as provider, Server(tmp_path, {**settings, "SMSLINE_CM_URL": provider.url}) as running:
        running.cm("hi", timeUtc="2026-11-24T04:00:01")
        provider.status = 500
        assert running.cm("pep", timeUtc="2026-11-24T04:00:02")[0] == 503
        provider.status = 200
        assert running.cm("pep", timeUtc="2026-11-24T04:00:02")[0] == 200
        assert [reply[:8] for reply in provider.replies[1:]] == ["Too many"] * 2


# --- what a day may cost ------------------------------------------------------------------------------------------


def limited(line, store, segments: int) -> Service:
    made = Service(line, store, b"s" * 40, Rules(codes=LISTED, segments_a_day=segments))
    made.refresh(NOON)
    return made


LONG = "condom broke"


def test_when_a_countrys_segments_are_spent_its_answers_are_one_segment_long(line, store):
    service = limited(line, store, 2)
    before = Sender(service, "+31600000001").text(LONG)
    assert measure(before).segments == 2
    for number, text in enumerate(
        (LONG, "hi", "pep", "debts", "tax", "nl", "ro", "STOP", "erase", "help", "qqqq", KILL)
    ):
        said = Sender(service, f"+3160000010{number}").text(text)
        assert said
        assert measure(said).segments == 1, text
    assert Sender(service, "+40712345678").text(LONG) == before  # another country's are as before


@pytest.mark.parametrize(("more", "segments"), [(0, 1), (1, 2)])
def test_answers_shrink_when_all_is_spent_and_not_one_segment_before(line, store, more, segments):
    service = limited(line, store, 2 + more)
    assert measure(Sender(service, "+31600000001").text(LONG)).segments == 2
    assert measure(Sender(service, "+31600000002").text(LONG)).segments == segments


def test_urgent_texts_are_answered_when_all_is_spent(line, store):
    service = limited(line, store, 1)
    caller = Sender(service, "+31600000001")
    for text in ("hi", "hi", KILL, "HELP"):
        said = caller.text(text, 5)
    assert "112" in said
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
    Sender(service, "+31600000009").text("hi")
    short = read(service)
    assert all(measure(page).segments == 1 for page in short)
    assert len(short) > len(whole)
    assert set(words(" ".join(whole))) <= set(words(" ".join(short)))


def test_the_next_day_answers_are_as_long_as_before(line, store):
    service = limited(line, store, 2)
    caller = Sender(service, "+31600000001")
    before = caller.text(LONG)
    assert caller.text("hi", 5) != before
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


def said(answer: tuple[int, str]) -> str:
    assert answer[0] == 200, answer
    return ElementTree.fromstring(answer[1]).findtext("Message") or ""


def test_the_setting_limits_a_sender_over_http_and_nobody_else(server):
    first = [said(server.sms("hi", sender="+31600000301")) for _ in range(6)]
    assert all(reply.startswith("Automatic line") for reply in first)
    assert said(server.sms("hi", sender="+31600000301")).startswith("Too many texts just now. In danger call 112.")
    assert said(server.sms("hi", sender="+31600000301")) == ""
    assert "112" in said(server.sms(KILL, sender="+31600000301"))
    assert said(server.sms("hi", sender="+31600000302")).startswith("Automatic line")
    assert said(server.whatsapp("hi", sender="+31600000301")).startswith("Automatic line")


def test_a_sender_from_abroad_gets_how_to_call_for_help_and_then_silence_over_http(server):
    assert said(server.sms("hi", sender="+12025550123")).startswith("In danger? Call 112")
    assert said(server.sms("pep", sender="+12025550123")) == ""


def test_after_stop_that_twilio_answered_nothing_is_said_and_nothing_remembered(server):
    sender = "+31600000303"
    server.sms("hi", sender=sender)
    assert said(server.sms("STOP", sender=sender, OptOutType="STOP")) == ""
    assert said(server.sms("1", sender=sender)).startswith("Automatic line")


@pytest.mark.parametrize(("word", "sender"), [("HELP", "+31600000304"), ("START", "+31600000305")])
def test_after_help_and_start_that_twilio_answered_nothing_is_said_and_the_chat_goes_on(server, word, sender):
    server.sms("hi", sender=sender)
    assert said(server.sms(word, sender=sender, OptOutType=word)) == ""
    assert said(server.sms("1", sender=sender)).startswith("1 STI and HIV")


@pytest.mark.parametrize("word", ["STOP", "HELP", "START"])
def test_what_twilio_answered_gets_no_reply_from_us_whoever_sent_it(server, word):
    assert said(server.sms(word, sender="+31600000306", OptOutType=word)) == ""
    assert said(server.sms(word, sender="+12025550124", OptOutType=word)) == ""


@pytest.mark.parametrize("word", ["STOPP", "x", "STOP HELP", "1", "S" * 41])
def test_another_word_for_what_twilio_answered_is_a_4xx_in_one_sentence(server, word):
    status, body = server.sms("hi", sender="+31600000307", OptOutType=word)
    assert status == 400
    assert "OptOutType" in body
    assert body.count("\n") == 1


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("SMSLINE_TEXTS", "0", "whole number from 1"),
        ("SMSLINE_TEXTS", "many", "whole number from 1"),
        ("SMSLINE_TEXTS_A_DAY", "-1", "whole number from 1"),
        ("SMSLINE_SEGMENTS_A_DAY", "0", "whole number from 1"),
        ("SMSLINE_SEGMENTS_A_DAY", "1e9", "whole number from 1"),
        ("SMSLINE_KEY_DAYS", "0", "whole number from 1"),
        ("SMSLINE_COUNTRIES", "NL,XX", 'names "XX", which is no country'),
        ("SMSLINE_COUNTRIES", "Netherlands", "Write codes such as NL,RO"),
        ("SMSLINE_COUNTRIES", "NL RO", "Write codes such as NL,RO"),
        ("SMSLINE_COUNTRIES", "31", "Write codes such as NL,RO"),
        ("SMSLINE_TWILIO_KEEP", "forget", "redact, delete or keep"),
        ("TWILIO_ACCOUNT_SID", "SK1", "begin with AC"),
        ("TWILIO_ACCOUNT_SID", "AC1/../x", "begin with AC"),
        ("SMSLINE_TWILIO_API", "api.twilio.com", "should be a web address"),
        ("SMSLINE_METRICS_TOKEN", "tok\u20acn", "SMSLINE_METRICS_TOKEN should be as"),
        ("SMSLINE_METRICS_TOKEN", ",", "SMSLINE_METRICS_TOKEN should be as"),
        ("SMSLINE_DURABILITY", "best", "normal or full"),
        pytest.param("SMSLINE_COUNTRIES", ",", "SMSLINE_COUNTRIES"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_setting_is_one_sentence(name, value, what):
    with pytest.raises(SmslineError, match=what) as refused:
        read_settings({name: value})
    assert "\n" not in str(refused.value)


def test_countries_may_be_written_in_small_letters_and_with_blanks():
    settings = read_settings({"SMSLINE_COUNTRIES": " nl, ro ,UA"})
    assert codes(settings.countries) == {"31", "40", "380"}


def test_the_defaults_answer_where_people_come_from():
    settings = read_settings({})
    assert codes(settings.countries) >= {"31", "32", "40", "48", "55", "57", "66", "84", "234", "359", "380"}
    assert settings.limits == Limits()
    assert (settings.key_days, settings.segments_a_day) == (30, 20_000)


def test_a_fault_of_ours_is_never_answered_with_silence(line):
    """Only what says goodbye is counted: an urgent text gets the emergency number however often the engine fails."""
    service = limited(replace(line, nodes={}), open_store("memory:"), 20_000)  # an engine that fails at everything
    sender = Sender(service, "+31600000001")
    assert all("112" in sender.text("he will kill me", 1) for _ in range(20))


def test_a_chosen_language_outlives_a_notice_of_a_machine(line):
    caller = Caller(line)
    caller.text("nederlands")
    caller.session = faded(caller.session)
    assert caller.text("automatic reply", 4000) == ""
    assert caller.text("hi", 20).startswith("Automatische lijn")


@pytest.mark.parametrize(
    ("sender", "answered"), [("+18095550123", True), ("+18765550123", True), ("+12125550123", False)]
)
def test_countries_that_share_a_calling_code_are_told_apart_by_their_area_codes(line, sender, answered):
    known = country_of(sender) in codes(COUNTRIES.split(","))
    assert known is answered
