"""Where a store is: read as it was meant, refused in one sentence, and never printed with its password."""

from __future__ import annotations

import pytest

from smsline.address import Address, address, shown
from smsline.errors import SmslineError
from smsline.settings import read_settings


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("redis://10.0.0.5", Address((("10.0.0.5", 6379),))),
        ("redis://redis.internal:6380/3", Address((("redis.internal", 6380),), number=3)),
        ("redis://:p%40ss%2Fword@host/", Address((("host", 6379),), password="p@ss/word")),
        ("rediss://line:pw@host:6379/0", Address((("host", 6379),), tls=True, user="line", password="pw")),
        ("redis://[::1]:6379", Address((("::1", 6379),))),
        ("redis+sentinel://one/line", Address((("one", 26379),), "line")),
        (
            "redis+sentinel://:pw@one:26379,two:26380,three/line/2?sentinel=else%26where",
            Address(
                (("one", 26379), ("two", 26380), ("three", 26379)), "line", 2, password="pw", sentinel="else&where"
            ),
        ),
        ("rediss+sentinel://one,two/line", Address((("one", 26379), ("two", 26379)), "line", tls=True)),
    ],
)
def test_an_address_is_read_as_it_was_meant(url, meant):
    assert address(url) == meant
    assert read_settings({"SMSLINE_STORE": url}).store == url


@pytest.mark.parametrize(
    "url",
    [
        "redis://", "redis://:secret@", "redis://:secret@host:port", "redis://:secret@host:0", "redis://:secret@host:65536",
        "redis://:secret@host/first", "redis://:secret@host/1/2", "redis://:secret@host/-1", "redis://:secret@host/²",
        "redis://:secret@one,two/0", "redis://:secret@host?ssl=yes", "redis://:secret@host?sentinel=secret",
        "redis://:secret@host#0", "redis://:secret@ho st", "redis://:sec/ret@host", "redis://:secret@[::1",
        "redis+sentinel://:secret@one,two", "redis+sentinel://:secret@one,/line", "redis+sentinel://:secret@one/line/x",
        "redis+sentinel://:secret@one/line?sentinel", "redis+sentinel://:secret@one/line?password=secret",
    ],
)  # fmt: skip
def test_what_is_none_is_refused_in_one_sentence_that_shows_nothing_of_it(url):
    with pytest.raises(SmslineError, match="SMSLINE_STORE should be like redis://:password@host:6379/0 or") as refused:
        read_settings({"SMSLINE_STORE": url})
    assert "\n" not in str(refused.value)
    assert "sec" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("sqlite:///smsline.sqlite", "sqlite:///smsline.sqlite"),
        ("sqlite:///shop?/line.sqlite", "sqlite:///shop?/line.sqlite"),
        ("memory:", "memory:"),
        ("smsline.sqlite", "smsline.sqlite"),
        ("redis://host:6379/0", "redis://host:6379/0"),
        ("redis://:secret@host:6379/0", "redis://…@host:6379/0"),
        ("redis://:sec@ret@host", "redis://…@host"),
        ("redis://host?password=secret", "redis://host"),
        ("redis+sentinel://:secret@one,two/line?sentinel=secret", "redis+sentinel://…@one,two/line"),
        ("postgres://me:secret@host/db?password=secret", "postgres://…@host/db"),
        ("reddis:me:secret@host", "reddis://…@host"),
    ],
)
def test_of_a_store_is_shown_where_it_is_and_no_password(url, what):
    assert shown(url) == what


def test_an_address_in_an_error_or_a_trace_shows_no_password():
    assert "secret" not in repr(address("redis+sentinel://:secret@one/line?sentinel=secret"))


def test_a_kind_of_store_that_is_not_known_is_named_without_its_password():
    with pytest.raises(SmslineError, match=r'SMSLINE_STORE is "mysql://…@host/db"\. Write sqlite:///path') as refused:
        read_settings({"SMSLINE_STORE": "mysql://me:secret@host/db"})
    assert "secret" not in str(refused.value)
