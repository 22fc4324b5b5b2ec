"""How a Redis is reached: over TLS, and through sentinels that know which one is the primary."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import ExitStack

import pytest

from smsline.stores import StoreError, open_store

from .redis_server import Redis, needs_redis
from .server import free_port
from .test_redis import page, until

pytestmark = needs_redis


@pytest.fixture
def own(tmp_path):
    """A Redis of this test alone, which it may end."""
    with Redis(tmp_path / "redis", password="sesame") as running:
        yield running


# --- TLS ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")
def test_over_tls_a_certificate_is_believed_that_an_authority_of_ones_own_signed_and_no_other(tmp_path, monkeypatch):
    key, file, port = tmp_path / "key.pem", tmp_path / "authority.pem", free_port()
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
               "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(file)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    how = ("--tls-port", port, "--tls-cert-file", file, "--tls-key-file", key, "--tls-auth-clients", "no")
    with Redis(tmp_path / "redis", tuple(map(str, how))):
        with pytest.raises(StoreError, match="it cannot be reached"):
            open_store(f"rediss://localhost:{port}")
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert page(open_store(f"rediss://localhost:{port}")) == "1"
        with pytest.raises(StoreError, match="it cannot be reached"):
            open_store(f"rediss://127.0.0.1:{port}")  # the certificate is of another name
        with pytest.raises(StoreError, match="it cannot be reached"):
            open_store(f"redis://localhost:{port}")


# --- sentinels ------------------------------------------------------------------------------------------------------


def watching(port: int) -> str:
    """The file of a sentinel."""
    return f"sentinel monitor line 127.0.0.1 {port} 1\nsentinel auth-pass line sesame\n"


def test_when_the_sentinels_name_another_primary_the_chat_goes_on_there(own, tmp_path):
    """The replica is made the primary by hand: a sentinel decides nothing while the clock of its machine jumps."""
    own.client.config_set("repl-diskless-sync-delay", 0)  # else a replica waits for others that might come
    follows = ("--replicaof", f"127.0.0.1 {own.port}", "--masterauth", "sesame")
    with ExitStack() as running:
        replica = running.enter_context(Redis(tmp_path / "replica", follows, password="sesame"))
        assert until(lambda: replica.client.info("replication")["master_link_status"] == "up")
        sentinel = running.enter_context(Redis(tmp_path / "sentinel", sentinel=watching(own.port)))
        nobody = free_port()  # a sentinel that is down is passed over
        store = open_store(f"redis+sentinel://:sesame@127.0.0.1:{nobody},127.0.0.1:{sentinel.port}/line/0")
        assert page(store) == "1"
        assert until(lambda: own.client.wait(1, 1000) == 1)
        own.kill()
        with pytest.raises(StoreError):
            page(store)
        replica.client.replicaof("NO", "ONE")
        sentinel.client.sentinel_remove("line")
        sentinel.client.sentinel_monitor("line", "127.0.0.1", replica.port, 1)
        sentinel.client.sentinel_set("line", "auth-pass", "sesame")
        assert page(store) == "2"
        assert store.info()["tcp_port"] == replica.port


@pytest.mark.parametrize("password", ["their-own", "guess"])
def test_sentinels_may_have_a_password_of_their_own(own, tmp_path, password):
    with Redis(tmp_path / "sentinel", sentinel=watching(own.port), password="their-own") as sentinel:
        url = f"redis+sentinel://:sesame@127.0.0.1:{sentinel.port}/line?sentinel={password}"
        if password == "their-own":
            assert page(open_store(url)) == "1"
        else:
            with pytest.raises(StoreError, match="no sentinel that can be asked knows a primary of that name"):
                open_store(url)


def test_a_name_that_no_sentinel_knows_is_said(own, tmp_path):
    with (
        Redis(tmp_path / "sentinel", sentinel=watching(own.port)) as sentinel,
        pytest.raises(
            StoreError, match=f"The store other of the sentinels 127.0.0.1:{sentinel.port} cannot be used: no"
        ),
    ):
        open_store(f"redis+sentinel://:sesame@127.0.0.1:{sentinel.port}/other")
