"""What `/metrics` shows, to whom, and what each response says to browsers and caches."""

from __future__ import annotations

import os
import sqlite3
from datetime import date, datetime, timedelta
from http.client import HTTPConnection
from typing import get_args

import pytest
from flask import Response
from prometheus_client.parser import text_string_to_metric_families

from smsline.app import add_gateway, create_app
from smsline.channels import Gateway, unsigned
from smsline.engine.model import HOME, Event, EventKind
from smsline.engine.segments import measure
from smsline.kept import Kept
from smsline.metrics import OUTCOMES, Figures
from smsline.service import Message, Service
from smsline.settings import read_settings
from smsline.stores import Tally, open_store
from smsline.stores.tallies import PAGED

from .conftest import ROOT
from .server import PUBLIC, Server, samples, store_files

READER = "a-token-for-the-scraper"
PRODUCTION = {"SMSLINE_ENV": "production", "SMSLINE_SECRET": "s" * 40, "SMSLINE_GATEWAYS": "twilio",
              "SMSLINE_PUBLIC_URL": PUBLIC}  # fmt: skip


NOW = datetime.now(HOME)
"""What is shown is of this year and of today, so the texts of these tests are of now."""


@pytest.fixture(params=["memory:", "sqlite"])
def service(request, tmp_path, line):
    url = request.param if request.param == "memory:" else f"sqlite:///{tmp_path}/line.sqlite"
    made = Service(line, open_store(url), b"s" * 40)
    made.refresh(NOW)
    return made


def text(service: Service, said: str, caller: int = 0, known: str = "") -> str:
    sender = f"+3161234{caller:04d}"
    return service.answer(Message(sender, said, known or f"{caller} {said}", "sms", NOW)).text


def shown(service: Service) -> dict[str, float]:
    """Each figure of the page of a service, by name and labels."""
    return samples(Figures(service, None, 1).page().decode())


# --- who may read it ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("metrics")) as running:
        yield running


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    settings = {**PRODUCTION, "SMSLINE_METRICS_TOKEN": READER}
    with Server(tmp_path_factory.mktemp("production"), settings) as running:
        yield running


def test_in_development_everybody_may_read_it(server):
    status, body = server.get("/metrics")
    assert status == 200
    assert "smsline_store_up 1" in body


def test_in_production_only_who_has_the_token_may_read_it(production):
    status, body = production.request("/metrics", None, {"Authorization": f"Bearer {READER}"})
    assert status == 200
    assert "smsline_store_up 1" in body


@pytest.mark.parametrize(
    "given",
    [None, "", "Bearer", "Bearer ", f"Bearer {READER}x", f"Bearer {READER[:-1]}", READER, f"Basic {READER}",
     f"Bearer  {READER}", "Bearer \xe9\xff", "Bearer " + "a" * 5000],
)  # fmt: skip
def test_in_production_nobody_else_may(production, given):
    status, body = production.request("/metrics", None, {} if given is None else {"Authorization": given})
    assert status == 403
    assert "smsline_" not in body


def test_in_production_without_a_token_nobody_may(tmp_path):
    with Server(tmp_path, PRODUCTION) as running:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
            assert running.request("/metrics", None, headers)[0] in (403, 404)


def test_a_token_in_development_is_asked_for_too(tmp_path):
    with Server(tmp_path, {"SMSLINE_METRICS_TOKEN": READER}) as running:
        assert running.get("/metrics")[0] == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_wrong_method_is_refused(server, method):
    assert server.request("/metrics", b"", method=method)[0] == 405


# --- what stands in it --------------------------------------------------------------------------------------------


def test_what_came_of_texts_is_counted_by_channel_and_language(service):
    for caller in range(6):
        text(service, "good morning", caller)
        text(service, "he will kill me", caller)
        text(service, "qqqq", caller)
    figures = shown(service)
    assert figures['smsline_events_total{channel="sms",event="urgent"}'] == 5
    assert figures['smsline_turns_total{channel="sms",language="en",outcome="answered"}'] == 10
    assert figures['smsline_turns_total{channel="sms",language="en",outcome="not-understood"}'] == 5


def test_each_thing_that_happens_has_an_outcome_or_is_no_text():
    beside = {"called", "shrunk", "wrong-number"}
    assert {*OUTCOMES} == ({*get_args(EventKind)} | {PAGED}) - beside


def test_over_http_the_page_is_plain_text_of_that_version_and_ends_with_a_line(server):
    server.sms("good morning")
    status, headers, body = asked(server, "GET", "/metrics")
    assert status == 200
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert body.endswith("\n")
    assert {family.name for family in text_string_to_metric_families(body)} >= {"smsline_turns", "smsline_turn_seconds"}


@pytest.mark.parametrize(("callers", "seen"), [(1, 0), (4, 0), (5, 5), (9, 5), (10, 10)])
def test_a_count_goes_up_in_steps_of_five(service, callers, seen):
    for caller in range(callers):
        text(service, "he will kill me", caller)
    figures = shown(service)
    assert figures['smsline_events_total{channel="sms",event="urgent"}'] == seen
    assert figures['smsline_turns_total{channel="sms",language="en",outcome="answered"}'] == seen


def test_a_sum_is_made_of_what_is_shown_so_nothing_can_be_subtracted_from_it(service):
    for caller in range(4):
        text(service, "good morning", caller)
        text(service, "buna dimineata", 10 + caller)
    assert sum(day.times for day in service.store.days()) == 8
    assert not any(
        count for name, count in shown(service).items() if name.startswith(("smsline_events", "smsline_turns_total"))
    )


def test_the_first_text_in_a_language_brings_no_row_that_was_not_there(service):
    before = shown(service)
    assert before['smsline_turns_total{channel="sms",language="ro",outcome="answered"}'] == 0
    assert "Linie automata" in text(service, "buna dimineata")
    text(service, "9")
    text(service, "qqqq")
    service.called(NOW)
    assert shown(service).keys() == before.keys()


def count(service: Service, day: date, *languages: str, country: str = "NL", segments: int = 1) -> None:
    """A text of a day in each of the languages."""
    for language in languages:
        service.store.count((Event("visited", language, "pep"),), Tally(day, "sms", segments, country))


def starting(figures: dict[str, float], name: str) -> dict[str, float]:
    return {known: value for known, value in figures.items() if known.startswith(name)}


def test_counts_are_those_of_this_year(service):
    count(service, date(NOW.year, 1, 1), *["en"] * 5)
    count(service, date(NOW.year - 1, 12, 31), *["en"] * 10)
    assert shown(service)['smsline_turns_total{channel="sms",language="en",outcome="answered"}'] == 5


def test_texts_of_today_are_joined_until_none_are_under_five(service):
    count(service, NOW.date() - timedelta(days=1), *["fr"] * 10)
    count(service, NOW.date(), *["en"] * 12, *["nl"] * 7, *["ro"] * 2)
    assert starting(shown(service), "smsline_turns_today") == {
        'smsline_turns_today{channel="sms",language="en"}': 10,
        'smsline_turns_today{channel="sms",language="other"}': 5,
    }


def test_segments_of_today_are_those_of_the_country_that_got_most_and_it_is_not_named(service):
    count(service, NOW.date(), *["en"] * 5, segments=4)
    count(service, NOW.date(), *["ro"] * 15, country="RO", segments=3)
    figures = shown(service)
    assert figures["smsline_segments_today"] == 40  # of 45, in steps of twenty
    assert figures["smsline_segments_limit"] == 20_000
    assert not any("RO" in name for name in figures)


@pytest.mark.parametrize(("turns", "seen"), [(4, 0), (5, 5), (9, 5), (10, 10)])
def test_how_long_texts_took_is_shown_in_steps_of_five_of_each_bound(service, turns, seen):
    for _ in range(turns):
        service.counters.turn(0.002)
    for _ in range(4):
        service.counters.turn(3.0)
    figures = shown(service)
    assert figures['smsline_turn_seconds_bucket{le="0.001"}'] == 0
    assert figures['smsline_turn_seconds_bucket{le="0.0025"}'] == seen
    assert figures['smsline_turn_seconds_bucket{le="+Inf"}'] == figures["smsline_turn_seconds_count"] == seen
    assert "smsline_turn_seconds_sum" not in figures


@pytest.mark.parametrize(("kind", "times", "seen"), [("engine-failed", 4, 0), ("engine-failed", 5, 5),
                                                     ("content-refused", 1, 1)])  # fmt: skip
def test_what_goes_wrong_with_a_text_is_in_steps_and_what_goes_wrong_in_the_house_is_not(service, kind, times, seen):
    for _ in range(times):
        service.counters.incident(kind)
    assert shown(service)[f'smsline_incidents_total{{kind="{kind}"}}'] == seen


def test_workers_that_answer_from_different_content_are_seen(service, tmp_path):
    kept = Kept(tmp_path / "line.sqlite.accepted", ROOT / "menus", ROOT / "locales")
    kept.tell("a" * 64)
    kept.beside("taken").joinpath(str(os.getppid())).write_text("b" * 64)
    kept.beside("taken").joinpath("999999999").write_text("c" * 64)  # nobody: that worker is gone
    figures = samples(Figures(service, kept, 3).page().decode())
    assert starting(figures, "smsline_content_info") == {
        'smsline_content_info{version="aaaaaaaaaaaa"}': 1,
        'smsline_content_info{version="bbbbbbbbbbbb"}': 1,
    }
    assert (figures["smsline_workers"], figures["smsline_workers_wanted"]) == (2, 3)


@pytest.mark.parametrize(("texts", "seen"), [(9, 0), (10, 20), (19, 20), (20, 40)])
def test_segments_go_up_in_steps_of_five_long_texts(service, texts, seen):
    for caller in range(texts):
        assert measure(text(service, "good morning", caller)).segments == 2
    assert shown(service)['smsline_segments_total{channel="sms"}'] == seen


def test_the_segments_of_one_text_are_not_shown(service):
    text(service, "he will kill me")
    assert shown(service)['smsline_segments_total{channel="sms"}'] == 0


@pytest.mark.parametrize("more", ["9", "0", "7", "thanks"])
def test_all_segments_that_were_sent_are_counted(service, more):
    sent = sum(measure(text(service, said)).segments for said in ["condom broke", "good morning", "pep", more])
    assert sum(day.segments for day in service.store.days()) == sent
    assert service.store.spent(NOW.date()) == {"NL": sent}


def test_what_was_spent_by_country_has_every_segment(service):
    sent = sum(measure(text(service, said)).segments for said in ("condom broke", "9", "0", "menu", "qqqq"))
    assert service.store.spent(NOW.date()) == {"NL": sent}


def test_no_number_no_text_and_no_id_stands_in_it(server):
    marks = ("687654321", "qzxmarkedtextqzx", "SMmarked")
    for _ in range(6):
        server.sms(marks[1], sender="+31687654321", sid=f"{marks[2]}{_}")
        server.ussd(marks[1], session=marks[2], sender="+31687654321")
    body = server.get("/metrics")[1]
    assert 'channel="sms"' in body
    assert not any(mark in body for mark in marks)


# --- when the store is away ---------------------------------------------------------------------------------------


def test_a_writer_that_holds_the_store_does_not_keep_anybody_from_reading_it(tmp_path):
    with Server(tmp_path) as running:
        other = sqlite3.connect(tmp_path / "line.sqlite", isolation_level=None)
        other.execute("begin immediate")
        assert "smsline_store_up 1" in running.get("/metrics")[1]
        other.execute("rollback")
        other.close()


def test_when_the_file_is_broken_the_page_says_that_the_store_is_down(tmp_path):
    with Server(tmp_path) as running:
        for file in store_files(tmp_path):
            file.write_bytes(b"broken " * 1000)
        status, body = running.get("/metrics")
        assert status == 200
        figures = samples(body)
        assert figures["smsline_store_up"] == 0
        assert "smsline_turn_seconds_count" in figures
        assert not any(name.startswith(("smsline_events", "smsline_turns", "smsline_segments")) for name in figures)


def test_a_file_that_was_taken_away_comes_back_though_somebody_read_the_page(tmp_path, line):
    url = f"sqlite:///{tmp_path}/line.sqlite"
    first = Service(line, open_store(url), b"s" * 40)
    for file in store_files(tmp_path):
        file.unlink()
    shown(first)
    first.store._close()  # as after any error, or in a worker that was replaced
    text(first, "good morning")
    assert text(first, "1").startswith("1 STI and HIV")


# --- headers ------------------------------------------------------------------------------------------------------

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def asked(server: Server, method: str, path: str, body: bytes | None = None, **headers: str):
    """Status, headers and text of a request."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("status", "method", "path"),
    [(200, "GET", "/healthz"), (200, "GET", "/metrics"), (200, "HEAD", "/metrics"), (403, "POST", "/sms/twilio"),
     (403, "POST", "/voice/twilio"), (403, "POST", "/sms/twilio/status"), (404, "GET", "/nothing"),
     (405, "GET", "/sms/twilio"), (405, "PUT", "/healthz"),
     (415, "POST", "/ussd/africastalking"), (200, "OPTIONS", "/metrics")],
)  # fmt: skip
def test_each_response_says_that_it_belongs_into_no_cache_and_no_frame(server, status, method, path):
    code, headers, _ = asked(server, method, path)
    assert code == status
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_a_reply_says_so_too(server):
    code, headers, _ = asked(server, "POST", "/ussd/africastalking", b"sessionId=1&phoneNumber=%2B31600000001&text=",
                             **{"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert code == 200
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_in_production_so_does_a_page_that_nobody_may_read(production):
    code, headers, _ = asked(production, "GET", "/metrics")
    assert code == 403
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_when_something_is_broken_the_response_says_so_and_nothing_of_the_request():
    settings = read_settings({"SMSLINE_STORE": "memory:", "SMSLINE_MENUS": str(ROOT / "menus"),
                              "SMSLINE_LOCALES": str(ROOT / "locales")})  # fmt: skip
    app = create_app(settings)

    def breaks(request):
        raise RuntimeError(request.get_data(as_text=True))

    broken = Gateway("broken", "/broken", unsigned, breaks, lambda reply: Response(reply.text))
    add_gateway(app, broken, app.extensions["smsline"], settings)
    response = app.test_client().post("/broken", data="a secret")
    assert (response.status_code, response.text) == (500, "Something is broken here.\n")
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
