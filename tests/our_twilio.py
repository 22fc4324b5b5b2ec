"""A Twilio of our own, over real HTTP: what a test asks of the API that takes messages away."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import NamedTuple

from smsline.settings import Settings, read_settings

from .server import TOKEN, listening

ACCOUNT = "AC00000000000000000000000000000001"


class Call(NamedTuple):
    """A request as our Twilio got it."""

    method: str
    path: str
    auth: str
    body: str


@dataclass
class Twilio:
    """A Twilio of our own: what it was asked, and how it answers."""

    url: str = ""
    status: int = 200
    calls: list[Call] = field(default_factory=list)
    hangs: Event = field(default_factory=Event)
    closes: Event = field(default_factory=Event)
    drips: Event = field(default_factory=Event)


@contextmanager
def twilio_server() -> Iterator[Twilio]:
    """Redacts until the block ends, or hangs, hangs up, or answers letter by letter."""
    twilio, over = Twilio(), Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            auth = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            twilio.calls.append(Call(self.command, self.path, auth, body))
            if twilio.hangs.is_set():
                over.wait(20)
            if twilio.closes.is_set():
                self.close_connection = True
                return
            self.send_response(twilio.status)
            if twilio.drips.is_set():
                self.end_headers()
                for _ in range(20):
                    self.wfile.write(b" ")
                    over.wait(0.1)
                return
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_DELETE = do_GET = do_PUT = do_POST

        def log_message(self, *_: object) -> None:
            pass

    with listening(Handler) as twilio.url:
        yield twilio
        over.set()


def settings_of(twilio: Twilio, **more: str) -> Settings:
    environ = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "SMSLINE_TWILIO_API": twilio.url}
    return read_settings({**environ, **more})
