"""What Twilio keeps of messages is taken away again, by a Twilio of our own: over real HTTP, at chosen times."""

from __future__ import annotations

import sqlite3
import time
from datetime import datetime, timedelta
from threading import Thread
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from smsline.channels.redaction import A_DAY, AT_ONCE, FINAL, LEASE, LONGEST_WAIT, MOST, redact_due
from smsline.metrics import Figures
from smsline.service import REST, SOON, Service
from smsline.stores.sqlite import SqliteStore

from .conftest import NOON
from .our_twilio import ACCOUNT, Call, settings_of, twilio_server
from .server import PUBLIC, TOKEN, Server, samples

SID = "SM00000000000000000000000000000042"
NOW = int(NOON.timestamp())


@pytest.fixture
def twilio():
    with twilio_server() as running:
        yield running


@pytest.fixture
def settings(twilio):
    return settings_of(twilio)


def at(second: int) -> datetime:
    return NOON + timedelta(seconds=second)


# --- one round ----------------------------------------------------------------------------------------------------


def test_a_message_is_redacted_with_an_empty_body_and_is_off_the_list(store, twilio, settings):
    store.add_todo(SID, NOW)
    assert redact_due(store, settings, NOON) == 1
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}.json"
    assert twilio.calls == [Call("POST", path, f"{ACCOUNT}:{TOKEN}", "Body=")]
    assert store.waiting(NOW) == (0, 0)
    assert redact_due(store, settings, at(10**6)) == 0
    assert len(twilio.calls) == 1


@pytest.mark.parametrize("status", [200, 204, 404])
def test_with_delete_the_message_is_taken_away_whole(store, twilio, status):
    twilio.status = status
    store.add_todo(SID, NOW)
    assert redact_due(store, settings_of(twilio, SMSLINE_TWILIO_KEEP="delete"), NOON) == 1
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}.json"
    assert twilio.calls == [Call("DELETE", path, f"{ACCOUNT}:{TOKEN}", "")]
    assert store.waiting(NOW) == (0, 0)


def test_a_message_that_twilio_does_not_have_is_done(store, twilio, settings):
    twilio.status = 404
    store.add_todo(SID, NOW)
    assert redact_due(store, settings, NOON) == 1
    assert store.waiting(NOW) == (0, 0)


@pytest.mark.parametrize(("second", "done"), [(-1, 0), (0, 1)])
def test_nothing_is_redacted_before_it_is_due(store, twilio, settings, second, done):
    store.add_todo(SID, NOW)
    assert redact_due(store, settings, at(second)) == len(twilio.calls) == done


def test_a_round_takes_the_oldest_and_no_more_than_its_share(store, twilio, settings):
    for number in range(MOST + 1):
        store.add_todo(f"SM{number:032d}", NOW - number)
    assert redact_due(store, settings, NOON) == MOST
    assert not any(f"SM{0:032d}" in call.path for call in twilio.calls)
    assert f"SM{MOST:032d}" in twilio.calls[0].path
    assert redact_due(store, settings, NOON) == 1
    assert store.waiting(NOW) == (0, 0)


def test_the_same_message_twice_is_redacted_once(store, twilio, settings):
    for due in (NOW, NOW - 5, NOW + 5):
        store.add_todo(SID, due)
    assert store.waiting(NOW + 3) == (1, 8)  # the soonest of them
    assert redact_due(store, settings, NOON) == 1
    assert redact_due(store, settings, at(60)) == 0
    assert len(twilio.calls) == 1


def test_the_first_of_two_tokens_is_used(store, twilio):
    store.add_todo(SID, NOW)
    redact_due(store, settings_of(twilio, TWILIO_AUTH_TOKEN="first,second"), NOON)
    assert twilio.calls[0].auth == f"{ACCOUNT}:first"


# --- when Twilio does not take it ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 503, 429, 401, 400, 302, 202])
def test_what_twilio_does_not_take_is_tried_again_later_and_later(store, twilio, settings, status, caplog):
    twilio.status = status
    store.add_todo(SID, NOW)
    second = 0
    for wait in (60, 120, 240, 480, 960, 1920, LONGEST_WAIT, LONGEST_WAIT):
        before = len(twilio.calls)
        assert redact_due(store, settings, at(second)) == 0
        assert len(twilio.calls) == before + 1
        assert redact_due(store, settings, at(second + wait - 1)) == 0
        assert len(twilio.calls) == before + 1
        second += wait
    assert store.waiting(NOW + second) == (1, second)
    twilio.status = 200
    assert redact_due(store, settings, at(second)) == 1
    assert store.waiting(NOW + second) == (0, 0)
    assert f"redaction-failed {status}" in caplog.text
    assert SID not in caplog.text


@pytest.mark.parametrize("broken", ["hangs", "closes"])
def test_a_twilio_that_hangs_or_hangs_up_is_tried_again(store, twilio, settings, broken, monkeypatch, caplog):
    monkeypatch.setattr("smsline.channels.redaction.SECONDS", 0.3)
    getattr(twilio, broken).set()
    store.add_todo(SID, NOW)
    begin = time.monotonic()
    assert redact_due(store, settings, NOON) == 0
    assert time.monotonic() - begin < 2
    assert "redaction-failed unreachable" in caplog.text
    getattr(twilio, broken).clear()
    assert redact_due(store, settings, at(59)) == 0
    assert redact_due(store, settings, at(60)) == 1


def test_a_twilio_that_is_not_there_is_tried_again(store, settings, caplog):
    with twilio_server() as gone:
        nobody = settings_of(gone)
    store.add_todo(SID, NOW)
    assert redact_due(store, nobody, NOON) == 0
    assert "redaction-failed unreachable" in caplog.text
    assert redact_due(store, settings, at(60)) == 1


def test_a_twilio_that_answers_letter_by_letter_is_given_up_in_time(store, twilio, settings, monkeypatch):
    monkeypatch.setattr("smsline.channels.redaction.SECONDS", 0.3)
    twilio.drips.set()
    store.add_todo(SID, NOW)
    begin = time.monotonic()
    redact_due(store, settings, NOON)
    assert time.monotonic() - begin < 1


def test_one_that_fails_does_not_keep_the_others_waiting(store, twilio, settings):
    twilio.status = 500
    store.add_todo(SID, NOW)
    redact_due(store, settings, NOON)
    twilio.status = 200
    store.add_todo("SM2", NOW + 10)
    assert redact_due(store, settings, at(10)) == 1
    assert store.waiting(NOW + 10) == (1, 10)


# --- two workers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "again"), [(0, False), (LEASE - 1, False), (LEASE, True)])
def test_what_one_worker_took_is_its_own_for_a_while(store, second, again):
    store.add_todo(SID, NOW)
    assert [todo.id for todo in store.todo(NOW, MOST, LEASE)] == [SID]
    assert [(todo.id, todo.tries) for todo in store.todo(NOW + second, MOST, LEASE)] == ([(SID, 2)] if again else [])


def test_two_workers_that_begin_at_once_redact_each_message_once(tmp_path, twilio, settings):
    stores = [SqliteStore(str(tmp_path / "line.sqlite")) for _ in range(2)]
    for number in range(MOST):
        stores[0].add_todo(f"SM{number:032d}", NOW)
    threads = [Thread(target=redact_due, args=(one, settings, NOON)) for one in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(twilio.calls) == len({call.path for call in twilio.calls}) == MOST
    assert stores[0].waiting(NOW) == (0, 0)


def test_what_a_worker_left_that_died_is_done_by_another(tmp_path, twilio, settings):
    first, second = (SqliteStore(str(tmp_path / "line.sqlite")) for _ in range(2))
    first.add_todo(SID, NOW)
    first.todo(NOW, MOST, LEASE)
    assert redact_due(second, settings, at(LEASE - 1)) == 0
    assert redact_due(second, settings, at(LEASE)) == 1


@pytest.mark.parametrize(
    ("messages", "seconds", "waiting", "oldest"),
    [(1, 100, 0, 0), (4, 3500, 0, 0), (5, 3600, 5, 3600), (9, 7100, 5, 3600), (10, 7200, 10, 7200)],
)
def test_the_page_of_figures_says_how_many_wait_in_fives_and_for_how_many_hours(
    line, store, messages, seconds, waiting, oldest
):
    for number in range(messages):
        store.add_todo(f"SM{number}", int(time.time()) - (0 if number else seconds))
    figures = samples(Figures(Service(line, store, b"s" * 40), None, 1).page().decode())
    assert figures["smsline_redactions_waiting"] == waiting
    assert figures["smsline_redactions_oldest_seconds"] == oldest


# --- over HTTP ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def provider():
    with twilio_server() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory, provider):
    settings = {"TWILIO_ACCOUNT_SID": ACCOUNT, "SMSLINE_TWILIO_API": provider.url}
    with Server(tmp_path_factory.mktemp("redaction"), settings) as running:
        yield running


def listed(server: Server) -> dict[str, int]:
    """Which messages are on the list, and when they are due."""
    with sqlite3.connect(server.folder / "line.sqlite") as database:
        return dict(database.execute("select id, due from todo").fetchall())


def status(server: Server, **fields: str) -> tuple[int, str]:
    sent = {"MessageSid": SID, "AccountSid": ACCOUNT, "MessageStatus": "delivered", "SmsStatus": "delivered"}
    return server.signed("/sms/twilio/status", {**sent, **fields})


def test_the_reply_names_where_its_delivery_is_told(server):
    for text in (server.sms, server.whatsapp):
        told = ElementTree.fromstring(text("good morning")[1]).find("Message")
        assert told.get("statusCallback") == f"{PUBLIC}/sms/twilio/status"
        assert told.text.startswith("Automatic line")


def test_a_message_that_came_is_on_the_list_and_due_in_a_minute(server):
    begin = int(time.time())
    server.sms("good morning", sid="SM00000000000000000000000000000101")
    server.sms("x", sid="SM00000000000000000000000000000102")
    server.sms("STOP", sid="SM00000000000000000000000000000103", OptOutType="STOP")
    for number in (1, 2, 3):
        assert begin + SOON <= listed(server)[f"SM0000000000000000000000000000010{number}"] <= time.time() + SOON


@pytest.mark.parametrize("final", FINAL)
def test_a_reply_is_on_the_list_once_its_status_is_final(server, final):
    known, begin = f"SM{FINAL.index(final):032d}", int(time.time())
    assert status(server, MessageSid=known, MessageStatus=final) == (204, "")
    assert begin + AT_ONCE <= listed(server)[known] <= time.time() + AT_ONCE


def test_what_is_only_sent_waits_a_day_for_its_receipt(server):
    begin = int(time.time())
    assert status(server, MessageSid="SMsent", MessageStatus="sent") == (204, "")
    assert begin + A_DAY <= listed(server)["SMsent"] <= time.time() + A_DAY
    assert status(server, MessageSid="SMsent", MessageStatus="delivered") == (204, "")
    assert listed(server)["SMsent"] <= time.time() + AT_ONCE


@pytest.mark.parametrize("passing", ["queued", "accepted", "sending", "scheduled", "something new"])
def test_a_reply_that_is_on_its_way_is_not_on_the_list_yet(server, passing):
    known = f"SMway{len(passing)}"
    assert status(server, MessageSid=known, MessageStatus=passing, SmsStatus="delivered") == (204, "")
    assert known not in listed(server)


@pytest.mark.parametrize(
    "fields",
    [{"MessageSid": ""}, {"MessageSid": "../../Calls"}, {"MessageSid": "CA1"}, {"MessageSid": "SM"},
     {"MessageSid": "SM" + "1" * 61}, {"MessageSid": "SM1/x"}, {"MessageSid": "SM1?a"},
     {"MessageStatus": "d" * 41}],
)  # fmt: skip
def test_a_status_that_is_none_is_a_4xx_in_one_sentence(server, fields):
    code, body = status(server, **fields)
    assert code == 400
    assert body.count("\n") == 1
    assert SID not in body


@pytest.mark.parametrize("fields", [{}, {"MessageSid": SID}, {"MessageStatus": "delivered"}])
def test_a_status_that_lacks_something_is_a_4xx(server, fields):
    assert server.signed("/sms/twilio/status", fields or {"a": "1"})[0] == 400


def test_a_status_that_is_not_signed_is_refused_and_not_listed(server):
    known = "SM00000000000000000000000000000999"
    fields = urlencode({"MessageSid": known, "MessageStatus": "delivered"}).encode()
    for headers in ({}, {"X-Twilio-Signature": "wrong"}):
        assert server.request("/sms/twilio/status", fields, headers)[0] == 403
    assert server.get("/sms/twilio/status")[0] == 405
    assert known not in listed(server)


@pytest.mark.parametrize("more", [{}, {"TWILIO_ACCOUNT_SID": ACCOUNT, "SMSLINE_TWILIO_KEEP": "keep"}])
def test_without_an_account_and_with_keep_nothing_is_listed_or_asked(tmp_path, twilio, more):
    with Server(tmp_path, {"SMSLINE_TWILIO_API": twilio.url, **more}) as running:
        assert "statusCallback" not in running.sms("good morning")[1]
        assert status(running) == (204, "")
        assert listed(running) == {}
    assert not settings_of(twilio, **{"TWILIO_ACCOUNT_SID": "", **more}).redacts


def test_what_cannot_be_put_on_the_list_is_put_there_when_the_store_is_back(tmp_path, twilio):
    settings = {"TWILIO_ACCOUNT_SID": ACCOUNT, "SMSLINE_TWILIO_API": twilio.url, "SMSLINE_WORKERS": "1"}
    with Server(tmp_path, settings) as running:
        other = sqlite3.connect(tmp_path / "line.sqlite", isolation_level=None)
        other.execute("begin immediate")
        assert "Go now" in running.sms("pep", sid=SID)[1]
        assert status(running, MessageSid="SMlater") == (204, "")
        other.execute("rollback")
        other.close()
        time.sleep(REST + 0.5)
        running.sms("good morning", sid="SMnext")
        end = time.monotonic() + 20  # the line's own thread does it, every five seconds
        while SID not in listed(running) and time.monotonic() < end:
            time.sleep(0.2)
        assert {SID, "SMlater", "SMnext"} <= set(listed(running))
        assert SID not in running.log


def test_from_text_to_redaction_with_message_and_reply(tmp_path, twilio):
    came, went = "SM00000000000000000000000000000201", "SM00000000000000000000000000000202"
    settings = {"TWILIO_ACCOUNT_SID": ACCOUNT, "SMSLINE_TWILIO_API": twilio.url}
    with Server(tmp_path, settings) as running:
        running.sms("good morning", sid=came)
        status(running, MessageSid=went)
        assert set(listed(running)) == {came, went}
        until = time.monotonic() + 20
        while went in listed(running) and time.monotonic() < until:  # the line's own thread does it
            time.sleep(0.2)
        assert [call.path.rpartition("/")[2] for call in twilio.calls] == [f"{went}.json"]
        store = SqliteStore(str(tmp_path / "line.sqlite"))
        assert redact_due(store, settings_of(twilio), datetime.now(NOON.tzinfo) + timedelta(seconds=SOON)) == 1
        assert [(call.method, call.body) for call in twilio.calls] == [("POST", "Body=")] * 2
        assert listed(running) == {}
        assert came not in running.log
        assert went not in running.log
