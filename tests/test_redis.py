"""The store of several machines, on a Redis that runs."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from msgspec import structs

from smsline.engine.model import Event
from smsline.errors import SmslineError
from smsline.service import SILENT
from smsline.stores import Key, Salt, StoreError, Tally, open_store
from smsline.stores.redis import ATTEMPTS, WAIT

from .redis_server import Redis, needs_redis
from .server import ROOT
from .test_stores import DAY, ELSE, KEY, NOW, StoreContract, counting, forgetting, kept, tally

pytestmark = needs_redis

NAME, REST = "smsline:session:" + KEY[0].hash.hex(), "smsline:rest:" + KEY[0].hash.hex()


class TestRedis(StoreContract):
    @pytest.fixture
    def store(self, redis):
        self.redis, self.passed = redis, 0
        return open_store(redis.url)

    def pass_time(self, store, seconds):
        self.redis.pass_time(seconds - self.passed)
        self.passed = seconds
        super().pass_time(store, seconds)


@pytest.fixture
def store(redis):
    return open_store(redis.url)


@pytest.fixture
def own(tmp_path):
    """A Redis of this test alone, which it may end."""
    with Redis(tmp_path / "redis", password="sesame") as running:
        yield running


def page(store, key=KEY) -> str:
    """The turns that this sender has had, with this one."""
    return store.turn(key, counting, tally, kept).reply.text


def until(what, seconds: float = 20) -> bool:
    """Wait until something is so, as long as it may take on a slow machine; a store that fails is not so yet."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(StoreError):
            if what():
                return True
        time.sleep(0.1)
    return False


# --- what a turn costs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [counting, forgetting])
def test_a_turn_is_two_round_trips_a_read_of_all_keys_and_one_script(store, redis, step):
    keys = [Key(b"b" * 16, 2), *KEY]
    page(store)
    client = redis.client
    client.ping()
    with redis.client.monitor() as monitor:
        store.turn(keys, step, tally, kept)
        client.echo("the end")
        sent = []
        while "the end" not in (one := monitor.next_command())["command"]:
            if one["client_type"] != "lua":
                sent.append(one["command"].split(" ")[0])
    assert sent == ["MGET", "EVALSHA"]


def test_all_keys_of_a_session_end_when_it_does_and_counts_stay(store, redis):
    today = datetime.fromtimestamp(NOW, UTC).replace(hour=0, minute=0, second=0)
    store.turn(KEY, counting, lambda turn: Tally(today.date(), "sms", 2, "NL"), kept)
    ends = {name: redis.client.expiretime(name) for name in redis.client.scan_iter()}
    assert ends.pop(NAME) == NOW + 100_000
    assert ends.pop(REST) == NOW + 200_000
    assert ends.pop(f"smsline:spent:{today.date()}") == (today + timedelta(days=41)).timestamp()
    assert set(ends.values()) == {-1}


def test_a_redis_that_has_forgotten_its_scripts_is_told_them_again(store, redis):
    page(store)
    redis.client.script_flush()
    assert page(store) == "2"


def test_rows_of_a_line_that_began_before_it_could_read_a_salt_are_found_until_they_end(store):
    store.rotate(NOW, 1_000_000, b"1" * 32)
    assert [salt.number for salt in store.salts()] == [1]
    store.turn([Key(b"u" * 16, 0)], counting, tally, kept)
    assert store.salts()[1:] == [Salt(0, 0, b"")]
    for gone, numbers in ((200_000, [1, 0]), (200_001, [1])):
        store.rotate(NOW + gone, 1_000_000, b"2" * 32)
        assert [salt.number for salt in store.salts()] == numbers


def test_what_was_deleted_is_in_no_file_once_those_are_written_anew(own):
    store, client = open_store(own.url), own.client
    page(store)
    store.forget(KEY)

    def files() -> bytes:
        return b"".join(file.read_bytes() for file in own.folder.rglob("*") if file.is_file())

    assert NAME.encode() in files()
    client.bgrewriteaof()
    assert until(lambda: not client.info("persistence")["aof_rewrite_in_progress"])
    assert until(lambda: NAME.encode() not in files())


def test_the_user_that_the_manual_describes_may_do_all_that_is_needed_and_no_more(own):
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (row,) = (row for row in manual.split("\n") if row.startswith("user smsline on"))
    own.client.execute_command("ACL", "SETUSER", *row.replace(">PASSWORD", ">sesame").split(" ")[1:])
    store = open_store(own.url.replace(":sesame", "smsline:sesame"))
    store.rotate(NOW, 100, b"1" * 32)
    events = (Event("wrong-number", "en", organisation="ggd"), Event("found", "en", "pep", "prep_pep", "Utrecht"))
    everything = Tally(DAY, "sms", 2, "NL", ("SM1", NOW))
    store.turn(KEY, lambda session: structs.replace(counting(session), events=events), lambda turn: everything, kept)
    store.turn([*ELSE, *KEY], counting, tally, kept)
    store.turn(ELSE, forgetting, tally, kept)
    assert all(([*store.days()], [*store.months()], [*store.wrong()], store.salts()))
    assert store.counted() == ("2026-11", "2026-11")
    assert store.spent(DAY) in ({"NL": 2}, {})  # forgotten after forty days
    for due in (NOW, None):
        assert store.todo(NOW, 9, 100)
        store.settle("SM1", due)
    assert store.waiting(NOW) == (0, 0)
    store.rotate(NOW + 100, 100, b"2" * 32)
    store.rotate(NOW + 500_000, 1_000_000, b"3" * 32)
    store.invent()
    assert store.is_invented()
    assert not store.forget(KEY)
    with pytest.raises(StoreError, match="its user may not do all that is needed"), store._asked() as client:
        client.get("else")


# --- races ----------------------------------------------------------------------------------------------------------


class Meddled:
    """A step during which another machine answers the same caller, so many times."""

    def __init__(self, other, times: int) -> None:
        self.other, self.times, self.runs = other, times, 0

    def __call__(self, session):
        self.runs += 1
        if self.runs <= self.times:
            page(self.other)
        return counting(session)


@pytest.mark.parametrize("times", [1, ATTEMPTS - 1])
def test_after_a_lost_race_the_step_runs_again_from_what_the_other_left_and_is_counted_once(store, redis, times):
    step = Meddled(open_store(redis.url), times)
    assert store.turn(KEY, step, tally, kept).reply.text == str(times + 1)
    assert step.runs == times + 1
    assert [(day.event, day.times) for day in store.days()] == [("found", times + 1), ("visited", times + 1)]


def test_who_always_loses_is_told_so_and_nothing_of_the_turn_is_kept(store, redis):
    step = Meddled(open_store(redis.url), ATTEMPTS)
    with pytest.raises(StoreError, match="others changed the same row"):
        store.turn(KEY, step, tally, kept)
    assert [day.times for day in store.days()] == [ATTEMPTS, ATTEMPTS]


@pytest.mark.parametrize("other", ["forget", "end"])
def test_a_row_that_goes_meanwhile_is_a_lost_race_too(store, redis, other):
    page(store)
    runs = []

    def step(session):
        runs.append(session)
        if len(runs) == 1:
            store.forget(KEY) if other == "forget" else redis.client.delete(NAME)
        return counting(session)

    assert store.turn(KEY, step, tally, kept).reply.text == "1"
    assert len(runs) == 2
    assert (runs[1] is None) == (other == "forget")


# --- what is damaged ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["[99]", "", b"\xff\xfe", "[" * 10_000])
def test_what_is_no_session_is_none_and_is_written_over(store, redis, value):
    redis.client.set(NAME, value)
    assert page(store) == "1"
    assert page(store) == "2"


def test_a_key_of_another_kind_is_a_store_error_and_no_other_caller_has_one(store, redis):
    redis.client.set(f"smsline:day:{DAY}", "no hash")
    with pytest.raises(StoreError):
        page(store)
    redis.client.delete(f"smsline:day:{DAY}")
    assert page(store, ELSE) == "1"


@pytest.mark.parametrize(("row", "count"), [("sms\ten\tvisited", "1"), ("sms\ten\tvisited\tstart", "many")])
def test_a_damaged_row_of_counts_is_said(store, redis, row, count):
    store.count((Event("visited", "en", "start"),), Tally(DAY, "sms", 2))
    redis.client.hset(f"smsline:day:{DAY}", row, count)
    with pytest.raises(StoreError, match="has a row that is damaged"):
        list(store.days())


@pytest.mark.parametrize("salt", ["", "1", "soon 00", "1 salt"])
def test_a_damaged_salt_is_said(store, redis, salt):
    redis.client.hset("smsline:salts", 1, salt)
    with pytest.raises(StoreError, match="has a row that is damaged"):
        store.salts()


# --- when Redis is gone ---------------------------------------------------------------------------------------------


def test_a_redis_that_was_restarted_knows_every_caller_and_the_next_turn_finds_it(own):
    store = open_store(own.url)
    assert page(store) == "1"
    own.kill()
    own.start()
    assert page(store) == "2"


def test_a_redis_that_is_gone_is_a_store_error_that_shows_no_password_and_heals(own):
    store = open_store(own.url)
    page(store)
    own.kill()
    for what in (lambda: page(store), lambda: list(store.days()), lambda: store.forget(KEY), store.salts):
        with pytest.raises(StoreError, match=f"The store 127.0.0.1:{own.port} cannot be used") as refused:
            what()
        assert "sesame" not in str(refused.value)
    own.start()
    assert page(store) == "2"


def test_a_redis_that_says_nothing_is_given_up_before_the_caller_is_and_heals(own):
    store = open_store(own.url)
    page(store)
    own.falls_silent()
    with pytest.raises(StoreError, match="it does not answer"):
        page(store)
    assert 3 * WAIT < SILENT  # for a connection, the read and the script
    own.speaks_again()
    assert page(store) == "2"


def test_a_line_begins_without_its_redis_and_a_command_does_not(own):
    own.kill()
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(own.url)
    store = open_store(own.url, heals=True)
    own.start()
    assert page(store) == "1"


@pytest.mark.parametrize("heals", [True, False])
@pytest.mark.parametrize("password", ["", ":guess@", "somebody:sesame@"])
def test_a_password_that_is_wrong_or_missing_is_said_at_once_and_not_shown(own, password, heals):
    url = own.url.replace(":sesame@", password)
    with pytest.raises(StoreError, match="it does not take the name or password in SMSLINE_STORE") as refused:
        open_store(url, heals=heals)
    assert "guess" not in str(refused.value)
    assert "sesame" not in str(refused.value)


def test_a_database_that_is_not_there_is_said(own):
    with pytest.raises(StoreError, match="is the number of its database in SMSLINE_STORE right"):
        open_store(own.url.rpartition("/")[0] + "/99")


def test_a_replica_takes_no_changes_and_is_used_once_it_is_the_primary(redis, tmp_path):
    with Redis(tmp_path / "replica", ("--replicaof", f"127.0.0.1 {redis.port}")) as replica:
        store = open_store(replica.url)
        with pytest.raises(StoreError, match=r"it is a replica, which takes no changes|still reading"):
            page(store)
        replica.client.replicaof("NO", "ONE")
        assert page(store) == "1"


def test_a_redis_whose_memory_is_full_is_a_store_error_but_for_who_leaves(own):
    store = open_store(own.url)
    page(store)
    page(store, ELSE)
    own.client.config_set("maxmemory", 1)
    with pytest.raises(StoreError, match="its memory is full"):
        page(store)
    store.turn(ELSE, forgetting, tally, kept)
    assert store.waiting(NOW) == (0, 0)
    assert [*store.days()]
    own.client.config_set("maxmemory", 0)
    assert page(store) == "2"
    assert page(store, ELSE) == "1"


@pytest.mark.parametrize(("version", "taken"), [("6.0.16", False), ("6.2.0", True), ("7.2.4", True)])
def test_a_redis_that_is_too_old_is_said_in_one_sentence(version, taken):
    answer = f"redis_version:{version}\r\n".encode()

    class Old(StreamRequestHandler):
        """Says its version, and yes to everything else."""

        def handle(self):
            while first := self.rfile.readline():
                words = [self.rfile.read(int(self.rfile.readline()[1:]) + 2) for _ in range(int(first[1:]))]
                said = b"$%d\r\n%s\r\n" % (len(answer), answer) if words[0] == b"INFO\r\n" else b"+OK\r\n"
                self.wfile.write(said)

    with ThreadingTCPServer(("127.0.0.1", 0), Old) as old:
        Thread(target=old.serve_forever, daemon=True).start()
        url = f"redis://127.0.0.1:{old.server_address[1]}"
        if taken:
            open_store(url)
        else:
            with pytest.raises(SmslineError, match=r"is Redis 6\.0\.16\. Install Redis 6\.2 or newer, or Valkey\."):
                open_store(url)
        old.shutdown()
