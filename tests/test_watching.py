"""Seeing the line run: a server of two workers, watched as Prometheus, a platform and an operator watch it."""

from __future__ import annotations

import json
import os
import signal
import time
from http.server import BaseHTTPRequestHandler

import pytest
from click.testing import CliRunner

from smsline.cli import main
from smsline.readiness import Readiness
from smsline.service import Message, Service
from smsline.stores import StoreError
from smsline.stores.memory import MemoryStore

from .conftest import NOON
from .server import PUBLIC, Server, cm_server, free_port, listening, samples

READER = "a-token-for-the-scraper"
PRODUCTION = {"SMSLINE_ENV": "production", "SMSLINE_SECRET": "s" * 40, "SMSLINE_PUBLIC_URL": PUBLIC,
              "SMSLINE_METRICS_TOKEN": READER}  # fmt: skip
REFUSED = 'smsline_incidents_total{kind="request-refused"}'


def until(is_so) -> bool:
    """Whether it becomes so within a minute."""
    for _ in range(600):
        if is_so():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def line_of_two(tmp_path):
    """A line of two workers, whose store stands in a folder of its own."""
    (tmp_path / "store").mkdir()
    with Server(tmp_path, {"SMSLINE_STORE": f"sqlite:///{tmp_path}/store/line.sqlite"}) as running:
        assert until(lambda: len(running.workers) == 2)
        yield running


def away(running: Server) -> None:
    """Take the store away, with its folder, so that nobody makes another."""
    (running.folder / "store").rename(running.folder / "elsewhere")


def back(running: Server) -> None:
    (running.folder / "elsewhere").rename(running.folder / "store")


def ready(running: Server) -> set[int]:
    """What the workers say, of which one or the other answers: each repeats for a second what it found."""
    return {running.get("/readyz")[0] for _ in range(20)}


# --- figures of all workers ---------------------------------------------------------------------------------------


def test_any_worker_shows_the_figures_of_all_also_of_one_that_was_killed(line_of_two):
    def send_unsigned(times: int) -> None:
        for _ in range(times):
            assert line_of_two.request("/sms/twilio", b"Body=pep")[0] == 403

    send_unsigned(50)
    assert {line_of_two.figures()[REFUSED] for _ in range(20)} == {50}
    before = line_of_two.workers
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    assert until(lambda: len(line_of_two.workers - before) == 2)
    assert {line_of_two.figures()[REFUSED] for _ in range(20)} == {50}
    send_unsigned(25)
    assert {line_of_two.figures()[REFUSED] for _ in range(20)} == {75}


def test_how_long_texts_take_is_counted_by_all_workers(line_of_two):
    for caller in range(100):
        assert line_of_two.sms("good morning", sender=f"+3161234{caller:04d}")[0] == 200
    (count,) = {line_of_two.figures()["smsline_turn_seconds_count"] for _ in range(20)}
    assert 100 - 4 * 14 <= count <= 100  # at most four of each of fourteen bounds are not shown yet


def test_it_says_how_many_workers_there_are_and_which_content_they_answer_from(line_of_two):
    figures = line_of_two.figures()
    assert figures["smsline_workers"] == figures["smsline_workers_wanted"] == 2
    versions = [name for name in figures if name.startswith("smsline_content_info")]
    assert len(versions) == 1
    taken = figures[versions[0].replace("info", "taken_up_seconds")]
    assert figures["smsline_start_time_seconds"] - 1 <= taken <= time.time() + 1


def test_what_is_refused_and_what_a_gateway_does_not_take_is_counted_apart(tmp_path):
    with cm_server() as provider, Server(tmp_path, {"SMSLINE_CM_URL": provider.url}) as running:
        provider.status = 500
        assert {running.cm("pep")[0] for _ in range(10)} == {503}
        assert {running.get("/nothing")[0] for _ in range(10)} == {404}
        figures = running.figures()
    assert figures['smsline_incidents_total{kind="delivery-failed"}'] == 10
    assert figures[REFUSED] == 0


def test_whoever_may_not_read_the_figures_is_no_refused_text(tmp_path):
    with Server(tmp_path, PRODUCTION) as running:
        assert {running.get("/metrics")[0] for _ in range(10)} == {403}
        page = running.request("/metrics", None, {"Authorization": f"Bearer {READER}"})[1]
    assert samples(page)[REFUSED] == 0


# --- ready --------------------------------------------------------------------------------------------------------


def test_it_is_ready_but_while_the_store_is_away_and_answers_all_the_time(line_of_two):
    assert line_of_two.get("/readyz") == (200, "ready\n")
    away(line_of_two)
    assert until(lambda: ready(line_of_two) == {503})
    body = line_of_two.get("/readyz")[1]
    assert body.startswith("The store does not answer: ")
    assert body.count("\n") == 1
    assert "line.sqlite" not in body
    assert line_of_two.get("/healthz") == (200, "ok\n")
    assert "PEP" in line_of_two.sms("pep")[1]
    back(line_of_two)
    assert until(lambda: ready(line_of_two) == {200})


def test_turns_without_the_store_are_counted_though_the_store_cannot(line_of_two):
    away(line_of_two)
    for caller in range(25):
        assert line_of_two.sms("pep", sender=f"+3161234{caller:04d}")[0] == 200
    figures = line_of_two.figures()
    assert figures["smsline_store_up"] == 0
    assert figures['smsline_incidents_total{kind="turn-unstored"}'] == 25


def test_it_is_not_ready_just_after_a_text_could_not_be_stored_though_the_store_is_read(line):
    class Full(MemoryStore):
        """As on a full disk."""

        def turn(self, *_):
            raise StoreError("The store is full.")

    service = Service(line, Full(), b"s" * 40)
    readiness = Readiness(service)
    service.answer(Message("+31612345678", "pep", "1", "sms", NOON))
    assert readiness.lacking().startswith("The store failed a moment ago: ")
    service.resting = readiness._until = 0.0  # two seconds later
    assert readiness.lacking() == ""


def test_whoever_asks_again_and_again_asks_the_store_once_a_second(line):
    class Asked(MemoryStore):
        times = 0

        def is_invented(self) -> bool:
            self.times += 1
            return super().is_invented()

    store = Asked()
    readiness = Readiness(Service(line, store, b"s" * 40))
    assert [readiness.lacking() for _ in range(50)] == [""] * 50
    assert store.times == 1
    readiness._until = 0.0  # a second later
    assert readiness.lacking() == ""
    assert store.times == 2


# --- the log ------------------------------------------------------------------------------------------------------


def test_each_line_of_the_log_is_an_object_where_it_is_to_be_and_has_nothing_of_a_request(tmp_path):
    with Server(tmp_path, {**PRODUCTION, "SMSLINE_LOG": "json"}) as running:
        assert until(lambda: len(running.workers) == 2)
        running.request("/sms/twilio?qzxmarked=1", b"Body=qzxmarked")
        running.sms("qzxmarked pep", sender="+31687654321")
        os.kill(min(running.workers), signal.SIGKILL)
        assert until(lambda: "SIGKILL" in running.log)
    rows = [json.loads(row) for row in running.log.splitlines()]
    assert {tuple(row) for row in rows} == {("time", "level", "event", "detail", "worker")}
    (killed,) = (row for row in rows if "SIGKILL" in row["detail"])
    assert (killed["event"], killed["level"], killed["worker"]) == ("server-failed", "error", running.process.pid)
    assert "qzxmarked" not in running.log
    assert "87654321" not in running.log


def test_else_it_is_text_with_the_time_first(tmp_path):
    with Server(tmp_path, PRODUCTION) as running:
        assert until(lambda: len(running.workers) == 2)
        os.kill(min(running.workers), signal.SIGKILL)
        assert until(lambda: "SIGKILL" in running.log)
    (row,) = running.log.splitlines()
    assert row[:4].isdigit()
    assert row.partition(" ")[2].partition(" ")[2].startswith("server-failed Worker (pid:")


# --- `smsline status` ---------------------------------------------------------------------------------------------


def status(port: int, *more: str, **settings: str):
    return CliRunner().invoke(main, ["status", *more], env={"SMSLINE_PORT": str(port), **settings})


def test_the_status_of_a_line_that_runs_is_in_plain_words(line_of_two):
    for caller in range(12):
        line_of_two.sms("good morning", sender=f"+3161234{caller:04d}")
        line_of_two.ussd("", session=f"s{caller}", sender=f"+3161235{caller:04d}")
    for caller in range(3):
        line_of_two.sms("buna dimineata", sender=f"+3161236{caller:04d}")
    result = status(line_of_two.port)
    assert result.exit_code == 0, result.output
    rows = result.output.splitlines()
    assert rows[0].startswith("ready, smsline 0.1.0, 2 workers, since 20")
    assert rows[1].startswith("content ")
    assert rows[1].endswith(", the same in all workers")
    assert "store answers" in rows
    assert "texts today, sms: 15 (other 15)" in rows  # three in Romanian would follow from twelve in English
    assert "texts today, ussd: 10 (en 10)" in rows
    assert "segments today: 20 of 20000, to the country that got most" in rows
    assert any(row.startswith("answers since the start: half within ") for row in rows)
    assert "went wrong since the start: nothing" in rows
    assert rows[-1] == "to be redacted at Twilio: under five texts, the oldest for less than an hour"


def test_the_status_says_what_to_do_where_the_store_is_away(line_of_two):
    away(line_of_two)
    assert until(lambda: ready(line_of_two) == {503})
    result = status(line_of_two.port)
    assert result.exit_code == 1
    assert "MEND  The store " in result.output
    assert "smsline doctor" in result.output


def test_the_status_needs_the_token_where_the_figures_do(tmp_path):
    with Server(tmp_path, PRODUCTION) as running:
        assert until(lambda: len(running.workers) == 2)
        refused = status(running.port)
        assert (refused.exit_code, "set SMSLINE_METRICS_TOKEN" in refused.output) == (1, True)
        assert status(running.port, SMSLINE_METRICS_TOKEN=READER).exit_code == 0
        elsewhere = status(1, "--url", f"http://127.0.0.1:{running.port}/", SMSLINE_METRICS_TOKEN=READER)
        assert elsewhere.output.startswith("ready, ")


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:1", "http://[", "https://x..y"])
def test_where_nothing_answers_the_status_says_so(url):
    result = status(free_port(), *(["--url", url] if url else []))
    assert result.exit_code == 1
    assert result.output.startswith("Nothing answers on ")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("url", ["sms.example.org", "ftp://sms.example.org"])
def test_an_address_that_is_none_gets_one_sentence(url):
    result = status(1, "--url", url)
    assert (result.exit_code, result.output) == (1, f'--url is "{url}". Write it as https://sms.example.org.\n')


@pytest.mark.parametrize("page", ["<html>", "ready", "other_metric 1\n", ""])
def test_where_something_else_answers_the_status_says_so(page):
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    with listening(Other) as url:
        result = status(1, "--url", url)
    assert (result.exit_code, result.output) == (
        1, f"What answers on {url} is not this line. Name it: smsline status --url URL.\n"
    )  # fmt: skip
