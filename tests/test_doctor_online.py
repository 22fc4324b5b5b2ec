"""`smsline doctor --online`: what it says of the public URL and of Twilio's settings, over real HTTP."""

from __future__ import annotations

import base64
import json
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from smsline.doctor.provider import provider
from smsline.doctor.web import certificate, web
from smsline.settings import Settings, read_settings
from smsline.stores.sqlite import SqliteStore

from .conftest import TINY
from .our_twilio import ACCOUNT
from .server import TOKEN, Server, free_port, listening

NUMBER = "+3197010203040"


def settings_of(url: str, **more: str) -> Settings:
    return read_settings({"SMSLINE_PUBLIC_URL": url, "TWILIO_AUTH_TOKEN": TOKEN, **more})


def of_web(url: str, **more: str) -> list[str]:
    return [str(row) for row in web(settings_of(url, **more))]


# --- the way in ---------------------------------------------------------------------------------------------------


@contextmanager
def line(folder, port: int = 0, **settings: str) -> Iterator[tuple[Server, str]]:
    """A tiny line that runs, known by its own address, and that address."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    tiny = {"SMSLINE_MENUS": f"{TINY}/menus", "SMSLINE_LOCALES": f"{TINY}/locales", "SMSLINE_METRICS_TOKEN": "m" * 20}
    with Server(folder, {**tiny, "SMSLINE_PUBLIC_URL": url, **settings}, port) as running:
        yield running, url


PASSES = "ok    a request signed for SMSLINE_PUBLIC_URL with TWILIO_AUTH_TOKEN passes, and one without does not"


def test_a_signed_request_through_the_public_url_is_let_in_and_nobody_is_answered(tmp_path):
    with line(tmp_path) as (running, url):
        assert of_web(url) == [f"ok    the line answers at {url}", PASSES]
        assert of_web(url, TWILIO_AUTH_TOKEN=f"replaced,{TOKEN}")[1] == PASSES
        store = SqliteStore(str(tmp_path / "line.sqlite"))
        assert [*store.days()] == [*store.months()] == []
        assert store._rows("select * from session") == []
        assert "request" not in running.log


def test_another_token_than_that_of_the_running_line_is_said(tmp_path):
    with line(tmp_path) as (_, url):
        assert of_web(url, TWILIO_AUTH_TOKEN="another")[1].startswith(
            "MEND  the running line has another TWILIO_AUTH_TOKEN or SMSLINE_PUBLIC_URL than these settings."
        )


@pytest.mark.parametrize("scheme", ["", "https"])
def test_another_public_url_than_that_of_the_running_line_is_named(tmp_path, scheme):
    port = free_port()
    theirs = f"{scheme}://127.0.0.1:{port}" if scheme else "http://127.0.0.1:8000"
    with line(tmp_path, port, SMSLINE_PUBLIC_URL=theirs) as (_, url):
        said = of_web(url)[1]
    assert said.startswith(f"MEND  the running line has SMSLINE_PUBLIC_URL={theirs}. Set it to {url} in")


def test_metrics_that_anybody_can_read_are_said(tmp_path):
    with line(tmp_path, SMSLINE_METRICS_TOKEN="") as (_, url):
        assert of_web(url)[-1].startswith("MEND  anybody can read /metrics.")


def answering(status: int, body: bytes = b"hello", location: str = "") -> type[BaseHTTPRequestHandler]:
    """A server that is not the line, with one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    return Handler


ELSEWHERE = [
    (answering(200), "another server answers (200). Let DNS and proxy lead to this line"),
    (answering(404), "another server answers (404)"),
    (answering(403), "another server answers (403)"),
    (answering(502), "does not reach the line (502). Start it; then compare SMSLINE_HOST and SMSLINE_PORT"),
    (
        answering(301, location="https://sms.example.org/healthz"),
        "redirects to https://sms.example.org. A redirect loses",
    ),
    (answering(308, location="/healthz/"), "redirects to another path. A redirect loses the texts"),
    (answering(200, b"ok\n"), "/sms/twilio answers 200 to a request without a signature, not the 403 of the line."),
]


@pytest.mark.parametrize(("handler", "what"), ELSEWHERE)
def test_what_is_not_the_line_is_told_apart(handler, what):
    with listening(handler) as url:
        rows = of_web(url)
    assert [row for row in rows if row.startswith("MEND") and what in row]


def test_where_nobody_answers_it_says_where_to_look():
    url = f"http://127.0.0.1:{free_port()}"
    (said,) = of_web(url)
    assert said.startswith(f"MEND  {url} cannot be reached: no connection. Look at its DNS name, the firewall, and")
    assert "its name is not known" in of_web("http://line.invalid")[0]


@contextmanager
def secure(folder, days: int, name: str = "localhost") -> Iterator[str]:
    """A server with a certificate that is valid for so many days."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), "-subj", f"/CN={name}",
               "-addext", f"subjectAltName=DNS:{name}", "-keyout", folder / "key", "-out", folder / "cert"]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), answering(200, b"ok\n"))
    server.handle_error = lambda *_: None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("days", "state", "left"), [(14, "MEND", 13), (15, "ok", 14)])
def test_a_certificate_is_renewed_two_weeks_before_its_end(tmp_path, monkeypatch, days, state, left):
    with secure(tmp_path, days) as url:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
        assert certificate(url)[:2] == (state, f"the certificate is valid for {left} more days")


def test_a_certificate_that_nobody_believes_is_said_with_why(tmp_path, monkeypatch):
    with secure(tmp_path, 30) as url:
        assert f"{url} cannot be reached: its certificate is not believed (self-signed certificate)" in of_web(url)[0]
    with secure(tmp_path, 30, "elsewhere") as url:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
        assert "Hostname mismatch" in certificate(url).what


# --- the provider -------------------------------------------------------------------------------------------------

URL = "https://sms.example.org"

ROW = {"sid": "PN00000000000000000000000000000001", "phone_number": NUMBER, "friendly_name": NUMBER,
       "sms_url": f"{URL}/sms/twilio", "sms_method": "POST", "sms_fallback_url": "https://handler.twilio.com/twiml/EH1",
       "voice_url": f"{URL}/voice/twilio", "voice_method": "POST", "sms_application_sid": "",
       "voice_application_sid": "", "trunk_sid": None}  # fmt: skip

ACTIVE = {"sid": ACCOUNT, "status": "active", "type": "Full", "auth_token": TOKEN}


@contextmanager
def api(account: dict = ACTIVE, rows: list[dict] | None = None, status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """A Twilio of our own that tells what is set up, to who knows the token: its address, and what it was asked."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(f"{self.command} {self.path}")
            auth = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            known = auth == f"{ACCOUNT}:{TOKEN}"
            found = account if self.path.endswith(f"{ACCOUNT}.json") else {"incoming_phone_numbers": rows or []}
            body = json.dumps(found).encode() if known else b"{}"
            self.send_response(status if known else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_POST = do_DELETE = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with listening(Handler) as url:
        yield url, seen


def of_twilio(url: str, **more: str) -> list[str]:
    environ = {"TWILIO_ACCOUNT_SID": ACCOUNT, "SMSLINE_TWILIO_API": url, **more}
    return [str(row) for row in provider(settings_of(URL, **environ))]


LEADS = f"ok    number {ROW['sid']} leads to this line, by POST, with a fallback elsewhere"


def test_numbers_that_lead_here_are_named_by_their_ids_and_nothing_is_changed():
    other = {**ROW, "sid": "PN2", "sms_url": "https://other.example.org/sms", "phone_number": "+3197010203041"}
    with api(rows=[ROW, other]) as (url, seen):
        rows = of_twilio(url)
    assert rows == ["ok    the clock of this machine is right", "ok    the account at Twilio is active", LEADS]
    assert seen == ["HEAD /", f"GET /2010-04-01/Accounts/{ACCOUNT}.json",
                    f"GET /2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json?PageSize=1000"]  # fmt: skip
    for secret in (NUMBER[1:], TOKEN):
        assert secret not in "\n".join(rows)


def test_while_one_token_is_replaced_the_other_reads():
    with api(rows=[ROW]) as (url, _):
        assert of_twilio(url, TWILIO_AUTH_TOKEN=f"replaced,{TOKEN}")[-1] == LEADS


WRONG = [
    (
        {"sms_url": f"{URL}/sms"},
        "MEND  number PN1 calls another address for a text than https://sms.example.org/sms/twilio.",
    ),
    ({"sms_url": "http://sms.example.org/sms/twilio"}, "MEND  number PN1 calls another address for a text"),
    ({"sms_url": f"{URL}/sms/twilio/"}, "MEND  number PN1 calls another address for a text"),
    ({"sms_method": "GET"}, "MEND  number PN1 does not send texts by POST. Set POST"),
    ({"sms_fallback_url": ""}, "MEND  number PN1 has no fallback URL, so callers get nothing while the line is off."),
    ({"sms_fallback_url": f"{URL}/fallback.xml"}, "MEND  number PN1 has its fallback URL on the machine of the line."),
    ({"sms_application_sid": "AP1"}, "MEND  number PN1 has a TwiML application, which counts instead"),
    ({"voice_url": ""}, "warn  number PN1 does not speak to who rings it. Under A call comes in: "),
    ({"voice_method": "GET"}, "warn  number PN1 does not speak to who rings it."),
    ({"trunk_sid": "TK1"}, "warn  number PN1 does not speak to who rings it."),
]


@pytest.mark.parametrize(("change", "what"), WRONG)
def test_each_wrong_setting_of_a_number_is_one_row(change, what):
    with api(rows=[{**ROW, "sid": "PN1", **change}]) as (url, _):
        said = of_twilio(url)[2:]
    assert len(said) == 1
    assert said[0].startswith(what)


def test_overrides_behind_the_webhook_are_none_of_our_business():
    with api(rows=[{**ROW, "sms_url": f"{URL}/sms/twilio#rc=3&rp=ct,rt"}]) as (url, _):
        assert of_twilio(url)[-1] == LEADS


def test_an_account_without_a_number_that_leads_here_is_said():
    with api(rows=[{**ROW, "sms_url": ""}]) as (url, _):
        assert of_twilio(url)[-1].startswith("MEND  none of the 1 numbers of the account leads to this line. At the")


ACCOUNTS = [({**ACTIVE, "status": "suspended"}, "MEND  the account at Twilio is not active."),
            ({**ACTIVE, "type": "Trial"}, "MEND  the account at Twilio is a trial")]  # fmt: skip


@pytest.mark.parametrize(("account", "what"), ACCOUNTS)
def test_an_account_that_cannot_text_is_said(account, what):
    with api(account, [ROW]) as (url, _):
        assert of_twilio(url)[1].startswith(what)


def test_a_twilio_that_cannot_be_read_is_said_with_why():
    with api(rows=[ROW]) as (url, _):
        wrong = of_twilio(url, TWILIO_AUTH_TOKEN="another")
        assert wrong[1].startswith("MEND  Twilio does not know TWILIO_ACCOUNT_SID with this TWILIO_AUTH_TOKEN.")
        assert of_twilio(url, TWILIO_ACCOUNT_SID="") == ["ok    the clock of this machine is right"]
    with api(status=404) as (url, _):
        assert of_twilio(url)[1].startswith("MEND  Twilio has no account TWILIO_ACCOUNT_SID.")
    with api(status=503) as (url, _):
        assert "cannot be read: it answered 503" in of_twilio(url)[1]
    with listening(answering(200, b"no json")) as url:
        assert "MEND  the account at Twilio is not active" in of_twilio(url)[1]
    nobody = of_twilio(f"http://127.0.0.1:{free_port()}")
    assert nobody[0].startswith("warn  Twilio's API says no time")
    assert "cannot be read: no answer" in nobody[1]
