"""Two machines that answer the same callers, with one Redis: what callers see, and what is counted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest

from smsline.stores import open_store

from .redis_server import Redis, needs_redis
from .server import Server, said
from .test_redis import until

pytestmark = needs_redis

FREELY = {"SMSLINE_TEXTS": "1000000", "SMSLINE_TEXTS_A_DAY": "1000000", "SMSLINE_SEGMENTS_A_DAY": "100000000"}
"""Limits that a test does not meet."""


@contextmanager
def machines(folder: Path, url: str, count: int = 2) -> Iterator[list[Server]]:
    """So many app processes with workers of their own, each with a folder of its own, as on a machine of its own."""
    with ExitStack() as running:
        found = []
        for number in range(count):
            own = folder / f"machine-{number}"
            own.mkdir()
            settings = {"SMSLINE_STORE": url, "SMSLINE_SECRET": "s" * 40, "SMSLINE_STAFF": str(own / "staff"), **FREELY}
            found.append(running.enter_context(Server(own, settings)))
        yield found


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A Redis of these tests alone, which they may end."""
    if not needs_redis.args[0]:
        with Redis(tmp_path_factory.mktemp("store") / "redis", password="sesame") as running:
            yield running


@pytest.fixture(scope="module")
def pair(own, tmp_path_factory):
    with machines(tmp_path_factory.mktemp("machines"), own.url) as running:
        yield running


@pytest.fixture(autouse=True)
def whole(own):
    """Whatever a test did to it, the next one finds a Redis that answers."""
    yield
    own.speaks_again()
    if own.process.poll() is not None:
        own.start()


def counts(own: Redis) -> Counter[tuple[str, str, str]]:
    """What was counted, by event, language and node."""
    found: Counter[tuple[str, str, str]] = Counter()
    for day in open_store(own.url).days():
        found[day.event, day.language, day.node] += day.times
    return found


def test_a_chat_that_begins_at_one_machine_goes_on_at_the_other(pair):
    first, second = pair
    said(first.sms("nederlands", "+31600000001"))
    assert said(second.sms("1", "+31600000001")).startswith("1 Soa en hiv")
    assert said(first.sms("0", "+31600000001")) == said(second.sms("menu", "+31600000001"))


def test_a_message_that_is_delivered_again_at_the_other_is_answered_alike_and_counted_once(pair, own):
    first, second = pair
    said(first.sms("nederlands", "+31600000002"))
    before = counts(own)
    reply = said(first.sms("1", "+31600000002", sid="SM" + "a" * 32))
    once = counts(own)
    assert once != before
    for machine in (second, first, second):
        assert said(machine.sms("1", "+31600000002", sid="SM" + "a" * 32)) == reply
    changed = counts(own) - once
    assert {event for event, _, _ in changed} <= {"paged"}  # that a reply went out is counted, and no topic


def test_who_leaves_at_one_machine_is_unknown_at_the_other(pair):
    first, second = pair
    said(first.sms("nederlands", "+31600000003"))
    said(second.sms("x", "+31600000003"))
    assert "Write in your own language" in said(first.sms("menu", "+31600000003"))


@pytest.mark.parametrize("callers", [1, 8])
def test_texts_at_once_at_both_are_each_applied_exactly_once(pair, own, callers):
    senders = [f"+3161{callers}0000{number:02}" for number in range(callers)]
    for sender in senders:
        said(pair[0].sms("nederlands", sender))
    before, texts = counts(own)["visited", "nl", "start"], 96

    def text(number: int) -> str:
        return said(pair[number % 2].sms("menu", senders[number // 2 % callers], sid=f"SM{callers:02}{number:030}"))

    with ThreadPoolExecutor(8) as at_once:
        replies = set(at_once.map(text, range(texts)))
    assert len(replies) == 1
    assert counts(own)["visited", "nl", "start"] - before == texts


def test_a_redis_that_is_restarted_under_load_loses_nothing_that_was_answered_from_it(pair, own):
    """In Dutch answers only who is known; the others read the first screen, which names several languages."""
    senders = [f"+316200000{number:02}" for number in range(8)]
    for sender in senders:
        said(pair[0].sms("nederlands", sender))
    before, known, over = counts(own)["visited", "nl", "start"], [], Event()

    def texts(number: int) -> int:
        count = 0
        while not over.is_set():
            reply = said(pair[count % 2].sms("menu", senders[number]))
            assert reply, "every caller always gets an answer"
            known.append("Write in your own language" not in reply)
            count += 1
        return count

    with ThreadPoolExecutor(len(senders)) as at_once:
        done = [at_once.submit(texts, number) for number in range(len(senders))]
        try:
            for _ in range(3):
                time.sleep(1)
                own.kill()
                time.sleep(0.5)
                own.start()
                here = len(known)
                assert until(lambda here=here: any(known[here:])), "nobody was known again"
        finally:
            over.set()
    assert sum(one.result() for one in done) == len(known)
    failed = sum(machine.log.count("store-failed") for machine in pair)  # applied or not: its answer was lost
    stored = counts(own)["visited", "nl", "start"] - before
    assert sum(known) <= stored <= sum(known) + failed


@pytest.mark.parametrize("how", ["gone", "silent"])
def test_without_redis_the_text_alone_is_answered_at_once_and_afterwards_the_caller_is_known_again(pair, own, how):
    machine, sender = pair[0], f"+3163000000{len(how)}"
    said(machine.sms("nederlands", sender))
    own.kill() if how == "gone" else own.falls_silent()
    failed = machine.log.count("store-failed")
    texts = (("pep", "PEP"), ("menu", "Write in your own language"), ("he will kill me", "112")) * 10
    for text, answer in texts:
        assert answer in said(machine.sms(text, sender))
    assert 0 < machine.log.count("store-failed") - failed < len(texts) / 2  # the others waited for nothing
    own.start() if how == "gone" else own.speaks_again()
    assert until(lambda: "1 Gezondheid" in said(machine.sms("menu", sender)))


def test_a_line_that_begins_while_redis_is_gone_answers_and_knows_callers_once_it_is_there(own, tmp_path):
    own.kill()
    with machines(tmp_path, own.url, 1) as (machine,):
        assert "PEP" in said(machine.sms("pep", "+31640000001"))
        assert "smsline_store_up 0" in machine.get("/metrics")[1]
        own.start()
        assert until(lambda: "smsline_store_up 1" in machine.get("/metrics")[1])
        assert until(lambda: "1 Gezondheid" in [said(machine.sms(text)) for text in ("nederlands", "menu")][1])
        assert "sesame" not in machine.log


def test_a_line_with_a_wrong_password_does_not_begin_and_says_why_without_it(own, tmp_path):
    with (
        pytest.raises(AssertionError, match="it does not take the name or password in SMSLINE_STORE") as refused,
        machines(tmp_path, own.url.replace("sesame", "open-it"), 1),
    ):
        pass
    assert "open-it" not in str(refused.value)


def test_no_number_and_no_text_stands_in_redis_or_its_files_or_a_log(pair, own):
    for machine in pair:
        said(machine.sms("zebrafinch quokka help me", "+31687654321"))
        said(machine.sms("zebrafinch", "+31687654321"))
    client = own.client
    names = [*client.scan_iter()]
    assert any(name.startswith("smsline:session:") for name in names)
    files = [file.read_bytes() for file in own.folder.rglob("*") if file.is_file()]
    assert any(b"smsline:session:" in file for file in files)
    told = [*files, *(machine.log.encode() for machine in pair), *(name.encode() for name in names)]
    for secret in (b"87654321", b"zebrafinch", b"quokka", b"sesame"):
        assert not any(secret in one for one in told if b"requirepass" not in one), secret
