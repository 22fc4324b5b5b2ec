"""A real server for tests: the app under gunicorn, requests as each gateway sends them, and a CM.com of our own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode
from xml.etree import ElementTree

from twilio.request_validator import RequestValidator

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-of-the-tests"
PUBLIC = "https://sms.example.org"


VECTORS = Path(__file__).parent / "vectors"
CM_SAMPLE = json.loads((VECTORS / "providers.json").read_text(encoding="utf-8"))["inbound"]["cm"]["json"]


@dataclass
class Cm:
    """A CM.com of our own: what it was sent, and how it answers."""

    url: str = ""
    status: int = 200
    sent: list[dict] = field(default_factory=list)
    hangs: Event = field(default_factory=Event)

    @property
    def replies(self) -> list[str]:
        return [one["messages"]["msg"][0]["body"]["content"] for one in self.sent]


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server of our own on a free port, until the block ends: its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None  # a client that hangs up is what some tests are about
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def cm_server() -> Iterator[Cm]:
    """Takes messages until the block ends; `hangs` set: it takes the request and never answers."""
    cm, over = Cm(), Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            cm.sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if cm.hangs.is_set():
                over.wait(30)
            self.send_response(cm.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with listening(Handler) as url:
        cm.url = f"{url}/v1.0/message"
        yield cm
        over.set()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def store_files(folder: Path) -> list[Path]:
    """The files of the store of a line that runs; the folder with the last good content stands beside them."""
    return [path for path in folder.glob("line.sqlite*") if path.is_file()]


def samples(page: str) -> dict[str, float]:
    """Each figure of the page `/metrics`, by name and labels."""
    found = [row.rsplit(" ", 1) for row in page.splitlines() if not row.startswith("#")]
    assert len(found) == len(dict(found))
    return {name: float(count) for name, count in found}


def said(answer: tuple[int, str]) -> str:
    """The text in the TwiML of an answer; "" where it says nothing."""
    assert answer[0] == 200, answer
    return ElementTree.fromstring(answer[1]).findtext("Message") or ""


@dataclass
class Server:
    """A running line. `log` is all that the process printed."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    program: list[str] = field(
        default_factory=lambda: [sys.executable, "-c", "from smsline.cli import main; main()", "serve"]
    )

    def __enter__(self) -> Server:
        self.port = self.port or free_port()
        environ = {
            **os.environ,
            "SMSLINE_STORE": f"sqlite:///{self.folder}/line.sqlite",
            "SMSLINE_MENUS": str(ROOT / "menus"),
            "SMSLINE_LOCALES": str(ROOT / "locales"),
            "SMSLINE_PUBLIC_URL": PUBLIC,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "SMSLINE_PORT": str(self.port),
            **self.settings,
        }
        self.output = (self.folder / "output.txt").open("wb")
        self.process = subprocess.Popen(
            self.program,
            env=environ,
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )
        for _ in range(1200):
            try:
                self.get("/healthz")
                return self
            except OSError:
                assert self.process.poll() is None, self.log
                time.sleep(0.05)
        raise AssertionError(self.log)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.output.close()

    @property
    def log(self) -> str:
        return (self.folder / "output.txt").read_text(encoding="utf-8")

    @property
    def workers(self) -> set[int]:
        """The ids of the workers that answer."""
        return {int(path.name) for path in self.folder.glob("**/line.sqlite.taken/*")}

    def figures(self) -> dict[str, float]:
        """What `/metrics` shows, by name and labels."""
        status, page = self.get("/metrics")
        assert status == 200, page
        return samples(page)

    def get(self, path: str) -> tuple[int, str]:
        return self.request(path, None)

    def request(self, path: str, body: bytes | None, headers: dict[str, str] | None = None, method: str | None = None):
        """Status and text of a request."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def sms(self, text: str, sender: str = "+31612345678", sid: str | None = None, **more: str):
        """A text message as Twilio sends it, signed for the public URL."""
        fields = {
            "MessageSid": sid or f"SM{time.monotonic_ns():032d}",
            "AccountSid": "AC00000000000000000000000000000001",
            "From": sender,
            "To": "+3197010203040",
            "Body": text,
            "NumMedia": "0",
            "FromCity": "",
            **more,
        }
        return self.signed("/sms/twilio", fields)

    def whatsapp(self, text: str, sender: str = "+31612345678", **more: str):
        """The same from WhatsApp."""
        return self.sms(text, f"whatsapp:{sender}", To="whatsapp:+3197010203040", WaId=sender[1:], **more)

    def call(self, **more: str):
        """Somebody rings the number."""
        fields = {"CallSid": "CA1", "From": "+31612345678", "To": "+3197010203040", "CallStatus": "ringing", **more}
        return self.signed("/voice/twilio", fields)

    def signed(self, path: str, fields: dict[str, str]):
        """A form, signed for the public URL."""
        public = self.settings.get("SMSLINE_PUBLIC_URL", PUBLIC)
        signature = RequestValidator(TOKEN).compute_signature(f"{public}{path}", fields)
        return self.request(path, urlencode(fields).encode(), {"X-Twilio-Signature": signature})

    def json(self, path: str, sent: object):
        """Status and text of a JSON request; `sent` may be bytes as they are."""
        body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        return self.request(path, body, {"Content-Type": "application/json"})

    def cm(self, text: str, sender: str = "0031612345678", path: str = "/sms/cm", **more: object):
        """A text message as CM.com sends it."""
        return self.json(path, {**CM_SAMPLE, "from": {"number": sender}, "message": {"text": text}, **more})

    def infobip(self, session: str, step: str, text: str = "*123#", sender: str = "31612345678"):
        """One request of a USSD session as Infobip sends it, and the answer read."""
        path = f"/ussd/infobip/session/{session}/{step}"
        sent = {"exitCode": 200, "reason": ""} if step == "end" else {"msisdn": sender, "text": text}
        status, body = self.json(path, sent)
        return status, json.loads(body) if status == 200 else body

    def ussd(self, text: str, session: str = "s1", path: str = "/ussd/africastalking", sender: str = "+31612345678"):
        """A USSD request as Africa's Talking sends it."""
        fields = {
            "sessionId": session,
            "phoneNumber": sender,
            "networkCode": "20404",
            "serviceCode": "*384#",
            "text": text,
        }
        return self.request(path, urlencode(fields).encode())
