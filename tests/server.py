"""A real server for tests: the app under gunicorn, and requests signed as Twilio signs them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from .conftest import ROOT

TOKEN = "a-token-of-the-tests"
PUBLIC = "https://sms.example.org"


@dataclass
class Server:
    """A running line. `log` is all that the process printed."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0

    def __enter__(self) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
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
            [sys.executable, "-c", "from smsline.cli import main; main()", "serve"],
            env=environ,
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )
        for _ in range(200):
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
        signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/sms/twilio", fields)
        return self.request("/sms/twilio", urlencode(fields).encode(), {"X-Twilio-Signature": signature})

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
