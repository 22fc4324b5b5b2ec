"""The commands that open a store, where it is a Redis."""

from __future__ import annotations

from datetime import datetime

import pytest

from smsline.doctor.finding import Finding, mend, ok
from smsline.doctor.store import store as doctored
from smsline.engine.model import HOME, Event
from smsline.kept import Kept
from smsline.service import Service
from smsline.settings import read_settings
from smsline.stores import Tally, open_store

from .conftest import TINY
from .redis_server import Redis, needs_redis
from .server import free_port
from .test_cli import run
from .test_service import begun, text
from .test_stores import KEY, counting, kept, tally

pytestmark = needs_redis

SECRET = "s" * 40
NOW = datetime.now(HOME)


@pytest.fixture
def store(redis):
    return open_store(redis.url)


def asked(redis, *command: str, **settings: str):
    return run(*command, menus=TINY, SMSLINE_STORE=redis.url, SMSLINE_SECRET=SECRET, **settings)


def test_forget_deletes_what_a_running_line_keeps_of_a_number(redis, store, tiny):
    service: Service = begun(tiny, store)
    text(service, "menu", int((NOW - datetime(2026, 11, 24, 12, tzinfo=HOME)).total_seconds()))
    assert redis.client.keys("smsline:session:*")
    for said in ("Deleted.\n", "Nothing is kept of that number.\n"):
        assert asked(redis, "forget", typed="06 12345678\n").output == said
    assert not [*redis.client.keys("smsline:session:*"), *redis.client.keys("smsline:rest:*")]


def test_stats_and_the_report_count_what_stands_in_redis(redis, store):
    for _ in range(7):
        store.turn(KEY, counting, tally, kept)
    assert "2026-11-24 sms en visited start 7\n" in asked(redis, "stats", "--exact").output
    report = asked(redis, "report", "--from", "2026-11", "--to", "2026-11", "--format", "csv")
    assert report.exit_code == 0, report.output
    assert "Nothing has been counted yet" not in report.output
    assert asked(redis, "coverage", "--format", "csv").exit_code == 0


def test_an_organisation_that_callers_say_is_wrong_is_due_first(redis, store):
    due = asked(redis, "orgs", "due", "--all").output
    last = due.rpartition("verified ")[2].split(" ")[0]
    store.count((Event("wrong-number", "en", organisation=last),), Tally(NOW.date(), "sms", 0))
    assert f"({last})" in asked(redis, "orgs", "due").output.split("\n")[0]


def test_an_invented_year_fills_no_redis(redis):
    result = asked(redis, "demo", "--store", "redis://:sesame@host/1")
    sentence = 'The store of an invented year is a file. "redis://…@host/1" is none: write sqlite:///path.\n'
    assert (result.exit_code, result.output) == (1, sentence)


def test_a_line_refuses_an_invented_redis_in_production(redis, store):
    store.invent()
    settings = {"SMSLINE_ENV": "production", "SMSLINE_PUBLIC_URL": "https://sms.example.org", "TWILIO_AUTH_TOKEN": "t"}
    result = asked(redis, "serve", "--port", str(free_port()), **settings)
    assert result.exit_code == 1
    assert f"{redis.url} holds an invented year" in result.output


def looked(url: str) -> list[Finding]:
    """What `smsline doctor` says of a store."""
    return [*doctored(read_settings({"SMSLINE_STORE": url}))]


def test_doctor_says_how_a_redis_keeps_what_it_has(redis):
    assert looked(redis.url) == [
        ok("the store can be read and written"),
        ok("Redis writes what it is told to its disk"),
        ok("Redis takes nothing away when its memory is full"),
    ]


@pytest.mark.parametrize(
    ("setting", "value", "sound", "sentence"),
    [
        ("appendonly", "no", "yes", "Redis loses all since its last snapshot when it dies. Set its appendonly to yes."),
        ("maxmemory-policy", "allkeys-lru", "noeviction",
         "Redis takes counts away when its memory is full (maxmemory-policy allkeys-lru). Set it to noeviction."),
    ],
)  # fmt: skip
def test_doctor_names_what_is_to_mend_at_a_redis(redis, setting, value, sound, sentence):
    redis.client.config_set(setting, value)
    try:
        assert f"MEND  {sentence}" in map(str, looked(redis.url))
    finally:
        redis.client.config_set(setting, sound)
    assert {one.state for one in looked(redis.url)} == {"ok"}


def test_doctor_names_a_replica(redis, tmp_path):
    with Redis(tmp_path / "replica", ("--replicaof", f"127.0.0.1 {redis.port}")) as replica:
        found = looked(replica.url)
    assert mend("this Redis is a replica, which takes no changes", "Name the primary, or the sentinels.") in found


def test_doctor_names_a_redis_that_is_gone_without_its_password():
    (found,) = looked("redis://:sesame@127.0.0.1:1")
    what = "MEND  The store 127.0.0.1:1 cannot be used: it cannot be reached. See docs/operations.md, Several machines."
    assert str(found) == what


def test_what_stands_beside_a_file_stands_beside_the_accounts_of_staff(tmp_path):
    settings = read_settings({"SMSLINE_STORE": "redis://host", "SMSLINE_STAFF": str(tmp_path / "accounts")})
    beside = Kept.of(settings)
    assert beside.path == tmp_path / "smsline.accepted"
    assert beside.beside("history") == tmp_path / "smsline.history"
