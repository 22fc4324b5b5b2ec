"""The files that `docs/` gives to an operator work: nginx in front of a real line, and the unit of systemd."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
import urllib3
from twilio.request_validator import RequestValidator

from smsline.doctor.web import web
from smsline.settings import read_settings

from .conftest import ROOT, TINY
from .server import TOKEN, Server, free_port

HOST = "localhost"
FORM = "application/x-www-form-urlencoded"


class Proxy:
    """A real nginx with the configuration of the documents; only name, ports, certificate and folders are ours."""

    def __init__(self, folder: Path, line: Server, port: int) -> None:
        self.folder, self.line, self.port, self.plain = folder, line, port, free_port()
        self.public = f"https://{HOST}:{port}"
        name = f"subjectAltName=DNS:{HOST}"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "31", "-subj", f"/CN={HOST}",
                   "-addext", name, "-keyout", folder / "key", "-out", folder / "cert"]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        text = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8").replace("sms.example.org", HOST)
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
        for old, new in (("listen 80;", f"listen 127.0.0.1:{self.plain};"),
                         ("listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;"),
                         ("127.0.0.1:8000;", f"127.0.0.1:{line.port};"),
                         (f"/etc/letsencrypt/live/{HOST}/fullchain.pem", str(folder / "cert")),
                         (f"/etc/letsencrypt/live/{HOST}/privkey.pem", str(folder / "key"))):  # fmt: skip
            assert old in text
            text = text.replace(old, new)
        temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log info; worker_processes 1; "
            f"events {{}} http {{ {temporary} access_log {folder}/access.log;\n{text}\n}}"
        )

    def __enter__(self) -> Proxy:
        self.process = subprocess.Popen([which("nginx"), "-p", self.folder, "-c", self.folder / "nginx.conf"])
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                assert self.process.poll() is None
                time.sleep(0.05)
        self.pool = urllib3.HTTPSConnectionPool("127.0.0.1", self.port, ca_certs=str(self.folder / "cert"),
                                                server_hostname=HOST, assert_hostname=HOST)  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    def post(self, path: str, body: str, **headers: str):
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.pool.request("POST", path, body=body, headers={"Host": HOST, "Content-Type": FORM, **more},
                                 retries=False, redirect=False)  # fmt: skip

    def get(self, path: str, **headers: str):
        return self.pool.request("GET", path, headers={"Host": HOST, **headers}, retries=False, redirect=False)

    def sms(self, text: str):
        fields = {"MessageSid": f"SM{time.monotonic_ns():032d}", "From": "+31612345678", "To": "+3197010203040",
                  "Body": text, "NumMedia": "0"}  # fmt: skip
        signature = RequestValidator(TOKEN).compute_signature(f"{self.public}/sms/twilio", fields)
        return self.post("/sms/twilio", urlencode(fields), X_Twilio_Signature=signature)

    @contextmanager
    def slow(self, sent: int):
        """A client that says 60,000 bytes will come, and sends some of them."""
        context = ssl.create_default_context(cafile=str(self.folder / "cert"))
        with socket.create_connection(("127.0.0.1", self.port)) as plain, \
                context.wrap_socket(plain, server_hostname=HOST) as client:  # fmt: skip
            head = f"POST /sms/twilio HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {FORM}\r\nContent-Length: 60000\r\n\r\n"
            client.sendall(head.encode() + b"a" * sent)
            yield client


def which(program: str) -> str | None:
    """Where a program is; servers are where only root looks."""
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    for program in ("nginx", "openssl"):
        if not which(program):
            pytest.skip(f"{program} is not installed")
    port = free_port()
    settings = {"SMSLINE_MENUS": f"{TINY}/menus", "SMSLINE_LOCALES": f"{TINY}/locales",
                "SMSLINE_METRICS_TOKEN": "m" * 20, "SMSLINE_PUBLIC_URL": f"https://{HOST}:{port}"}  # fmt: skip
    with (
        Server(tmp_path_factory.mktemp("line"), settings) as line,
        Proxy(tmp_path_factory.mktemp("nginx"), line, port) as running,
    ):
        yield running


def test_a_text_that_twilio_signed_is_answered_and_any_other_is_not(proxy):
    answer = proxy.sms("hi")
    assert answer.status == 200
    assert "Call 112 in danger." in answer.data.decode()
    assert proxy.post("/sms/twilio", "Body=hi").status == 403
    assert proxy.get("/healthz").data == b"ok\n"


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [("/sms/twilio", 64 * 1024, 403), ("/sms/twilio", 64 * 1024 + 1, 413), ("/staff/login", 5 * 2**20 + 1, 413)],
)
def test_a_body_that_is_too_large_is_refused_before_the_line(proxy, path, size, status):
    assert proxy.post(path, "a" * size).status == status


def test_slow_clients_are_held_at_the_proxy_in_memory_and_the_line_answers_others(proxy):
    def at_the_line() -> int:
        """Connections of the line that are open (proc(5), /proc/net/tcp: state 1)."""
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(row[1].endswith(f":{proxy.line.port:04X}") and row[3] == "01" for row in rows)

    with proxy.slow(50_000), proxy.slow(50_000), proxy.slow(50_000):
        assert proxy.sms("hi").status == 200
        assert at_the_line() == 0
        assert [*(proxy.folder / "client_body").rglob("*")] == []
    with proxy.slow(60_000) as whole:
        assert whole.recv(100).startswith(b"HTTP/1.1 403")


def test_metrics_are_for_the_machine_itself_and_staff_get_their_pages(proxy):
    for path in ("/metrics", "//metrics", "/%6detrics"):
        assert proxy.get(path, Authorization=f"Bearer {'m' * 20}").status == 404
    assert proxy.line.request("/metrics", None, {"Authorization": f"Bearer {'m' * 20}"})[0] == 200
    assert b"<form" in proxy.get("/staff/login").data


def test_without_tls_a_text_is_not_redirected_and_staff_are(proxy):
    plain = f"http://127.0.0.1:{proxy.plain}"
    assert urllib3.request("POST", f"{plain}/sms/twilio", headers={"Host": HOST}, retries=False).status == 404
    staff = urllib3.request("GET", f"{plain}/staff/", headers={"Host": HOST}, retries=False, redirect=False)
    assert staff.headers["Location"] == f"https://{HOST}/staff/"


def of_doctor(proxy, monkeypatch, **more: str) -> list[str]:
    """What `smsline doctor --online` says of the way through the proxy."""
    monkeypatch.setenv("SSL_CERT_FILE", str(proxy.folder / "cert"))
    environ = {"SMSLINE_PUBLIC_URL": proxy.public, "TWILIO_AUTH_TOKEN": TOKEN, **more}
    return [str(row) for row in web(read_settings(environ))]


def test_the_doctor_proves_the_way_through_tls_and_proxy(proxy, monkeypatch):
    assert of_doctor(proxy, monkeypatch) == [
        f"ok    the line answers at {proxy.public}",
        "ok    the certificate is valid for 30 more days",
        "ok    a request signed for SMSLINE_PUBLIC_URL with TWILIO_AUTH_TOKEN passes, and one without does not",
    ]
    plain = f"http://{HOST}:{proxy.plain}"
    assert "another server answers (404)" in of_doctor(proxy, monkeypatch, SMSLINE_PUBLIC_URL=plain)[0]


def test_whoever_tries_the_staff_pages_too_fast_is_refused_and_a_gateway_is_not(proxy):
    assert 503 in {proxy.get("/staff/static/none").status for _ in range(200)}
    assert {proxy.get("/healthz").status for _ in range(100)} == {200}


def test_nothing_of_a_request_is_written_down_not_even_when_the_line_is_off(proxy, monkeypatch):
    signal_of = proxy.line.process.send_signal
    secret = "a-secret-path-0123456789"
    proxy.post(f"/sms/cm/{secret}", "a" * 70_000)
    signal_of(signal.SIGTERM)
    proxy.line.process.wait(20)
    assert proxy.post(f"/sms/cm/{secret}", "Body=hi").status == 502
    assert f"the proxy at {proxy.public} does not reach the line (502). Start it;" in of_doctor(proxy, monkeypatch)[0]
    written = b"".join(
        path.read_bytes() for path in proxy.folder.rglob("*") if path.is_file() and "conf" not in path.name
    )
    assert b"PRIVATE KEY" in written
    for what in (secret, "/sms", "/staff", "127.0.0.1"):
        assert what.encode() not in written


# --- systemd ------------------------------------------------------------------------------------------------------


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    text = (ROOT / "docs" / "smsline.service").read_text(encoding="utf-8")
    program = "/opt/smsline/current/.venv/bin/python"
    assert program in text
    (tmp_path / "smsline.service").write_text(text.replace(program, sys.executable))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", tmp_path / "smsline.service"],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_is_told_when_the_line_answers_and_a_reload_makes_new_workers_of_the_same_parent(tmp_path):
    """`Type=notify` (sd_notify(3)), and `ExecReload` (HUP)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(10)
        tiny = {"SMSLINE_MENUS": f"{TINY}/menus", "SMSLINE_LOCALES": f"{TINY}/locales"}
        with Server(tmp_path, {**tiny, "NOTIFY_SOCKET": str(tmp_path / "notify")}) as line:
            assert b"READY=1" in systemd.recv(1000)
            before = workers(line, set())
            line.process.send_signal(signal.SIGHUP)
            assert not workers(line, before) & before
            assert line.process.poll() is None
            assert line.sms("hi")[0] == 200


def workers(line: Server, before: set[str]) -> set[str]:
    """The two workers of a line, once there are two, and others than before."""
    children = Path(f"/proc/{line.process.pid}/task/{line.process.pid}/children")
    for _ in range(400):
        found = set(children.read_text().split())
        if len(found) == 2 and not found & before:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


# --- the platform -------------------------------------------------------------------------------------------------


def test_a_procfile_releases_without_a_disk_and_without_a_store(tmp_path):
    """Platforms run the release step on a machine of its own, whose disk is gone afterwards."""
    steps = dict(row.split(": ", 1) for row in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines())
    assert steps == {"release": "python -m smsline check --live", "web": "python -m smsline serve"}
    environ = {"SMSLINE_MENUS": f"{TINY}/menus", "SMSLINE_LOCALES": f"{TINY}/locales", "PATH": "/bin",
               "SMSLINE_STORE": f"sqlite:///{tmp_path}/none/line.sqlite", "SMSLINE_GO_LIVE_UNVERIFIED": "yes",
               "SMSLINE_STAFF": f"{tmp_path}/none/staff"}  # fmt: skip
    program = [sys.executable, *steps["release"].split()[1:]]
    done = subprocess.run(program, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [*tmp_path.iterdir()] == []
