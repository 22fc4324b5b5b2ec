"""Runs the app under gunicorn: content loaded once, workers forked from it.

Sync workers: one request at a time each, which keeps the slowest answer near the usual one and SQLite free
of lock games. A proxy in front (nginx, Caddy, the platform's own) speaks TLS and holds slow clients.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import click
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.sync import SyncWorker
from twilio.request_validator import RequestValidator

from smsline.app import create_app
from smsline.errors import SmslineError
from smsline.kept import Kept
from smsline.settings import Settings
from smsline.staff.accounts import add, made_up, read_accounts
from smsline.upkeep import keep_house

log = logging.getLogger("smsline")

PATIENCE = 5
"""Seconds that a client may be silent while it sends a request; a proxy in front reads slow ones."""

LONGEST = 10
"""Seconds that a request may take to come in."""

TIMEOUT = 30
"""Seconds after which a worker that hangs is replaced."""


ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
"""Signals that end a server."""


PROCESSORS = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
"""Where workers may run. The thread that answers and the one at the store take turns, so a worker keeps to one: else
each text would twice wait for a processor that sleeps, and that has nothing of it in its cache."""


class _Log(Logger):  # type: ignore[misc]
    """Gunicorn's log without tracebacks, which could quote a request."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        self.error_log.error("server-failed")


_REFUSAL = (
    b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nCache-Control: no-store\r\n"
    b"X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
    b"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n\r\n"
)
"""What a request gets that never reached the app, with the headers of every page."""


class _Hurried:
    """The socket of a client that may be silent for `PATIENCE` seconds, and take `LONGEST` in all to send a request.

    `whole` says that the request was read to its end. Then nothing more can come that would take our answer back (RFC
    9112, section 9.6), and nobody has to wait until the client closes its side.
    """

    def __init__(self, client: Any) -> None:
        self._client, self._until = client, time.monotonic() + LONGEST
        self.whole = self._ends = False

    def shutdown(self, how: int) -> None:
        self._client.shutdown(how)
        self._ends = True

    def recv(self, size: int, *flags: int) -> bytes:
        if self._ends and self.whole:
            return b""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._client.settimeout(min(PATIENCE, left))
        return bytes(self._client.recv(size, *flags))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


class _Arbiter(Arbiter):  # type: ignore[misc]
    """Gunicorn's parent of the workers, whose signals to end reach a worker that was just made too.

    Until a worker has handlers of its own it has those of its parent, and a signal would be lost there: the end of the
    server would wait for half a minute. So these signals wait while one is made, and the worker lets them in.
    """

    def spawn_worker(self) -> int:
        let_in = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        pid = super().spawn_worker()
        signal.pthread_sigmask(signal.SIG_SETMASK, let_in)
        return int(pid)


class _Worker(SyncWorker):  # type: ignore[misc]
    """A worker that waits for a slow client no longer than `PATIENCE`, and says nothing of a request that is none."""

    def init_signals(self) -> None:
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        super().handle(listener, _Hurried(client), addr)

    def handle_request(self, listener: Any, req: Any, client: Any, addr: Any) -> None:
        super().handle_request(listener, req, client, addr)
        client.whole = getattr(req.body.reader, "length", None) == 0

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        ours = isinstance(exc, SystemExit) or not type(exc).__module__.startswith("gunicorn.http")
        log.error("%s %s", "request-failed" if ours else "request-unreadable", type(exc).__name__)
        try:
            client.sendall(_REFUSAL % (b"500 Internal Server Error" if ours else b"400 Bad Request"))
        except OSError:
            log.error("reply-failed")


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn without its own command line and files."""

    def __init__(self, settings: Settings, app: Callable[..., Any], kept: Kept) -> None:
        self.settings, self.app, self.kept = settings, app, kept
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": self.settings.workers,
            "preload_app": True,
            "timeout": TIMEOUT,
            "worker_class": _Worker,
            "logger_class": _Log,
            "forwarded_allow_ips": "",  # no header of a client says what our path is
            "accesslog": None,  # an access log has paths and addresses; ours has neither
            "errorlog": "-",
            "loglevel": "warning",
            "proc_name": "smsline",
            "control_socket_disable": True,
            "pre_fork": _assign,
            "post_worker_init": self._begin,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def _begin(self, worker: Any) -> None:
        """What a worker begins with. The threads that keep house may run wherever there is room."""
        keep_house(worker.wsgi.extensions["smsline"], self.settings, self.kept)
        if PROCESSORS:
            os.sched_setaffinity(0, {worker.processor})

    def load(self) -> Callable[..., Any]:
        return self.app

    def run(self) -> None:
        _Arbiter(self).run()


def _assign(arbiter: Any, worker: Any) -> None:
    """Give a worker the processor that fewest others have."""
    taken = [one.processor for one in arbiter.WORKERS.values()]
    worker.processor = min(PROCESSORS, key=taken.count, default=0)


def run(settings: Settings) -> None:
    """Serve until stopped. In development it prints what to paste."""
    if settings.store == "memory:" and settings.workers > 1:
        what = "SMSLINE_STORE is memory:, which one process alone can read. Set SMSLINE_WORKERS=1, or sqlite:///path."
        raise SmslineError(what)
    _free(settings)
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # its warnings quote addresses
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(message)s")
    kept = Kept.of(settings)
    app = create_app(settings, kept=kept)
    if not settings.production:
        click.echo(f"{hello(settings)}\n\n{welcomed(settings)}\n\nCtrl-C stops it.")
        sys.stdout.flush()
    _Server(settings, app, kept).run()


def _free(settings: Settings) -> None:
    """`SmslineError` where the port is taken, before anything is loaded."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((settings.host, settings.port))
        except OSError as error:
            what = f"Port {settings.port} of {settings.host} cannot be used: {error.strerror}."
            raise SmslineError(f"{what} Choose another with smsline serve --port N.") from error


def hello(settings: Settings) -> str:
    """How to text the line from a terminal: a signed request, and the phone."""
    local = f"http://127.0.0.1:{settings.port}"
    fields = {
        "MessageSid": "SM00000000000000000000000000000001", "AccountSid": "AC00000000000000000000000000000001",
        "From": "+31600000000", "To": "+3197000000000", "Body": "hi", "NumMedia": "0",
    }  # fmt: skip
    validator = RequestValidator(settings.twilio_tokens[0])
    signature = validator.compute_signature(f"{settings.public_url}/sms/twilio", fields)
    return (
        f"The line answers on {local} (development).\n\n"
        "A text message, signed as Twilio signs it:\n\n"
        f"  curl -s {local}/sms/twilio -H 'X-Twilio-Signature: {signature}' -d '{urlencode(fields)}'\n\n"
        "A dialled USSD code:\n\n"
        f"  curl -s {local}/ussd/africastalking -d 'sessionId=1&phoneNumber=%2B31600000000&text='\n\n"
        "A phone in the terminal:\n\n"
        "  .venv/bin/smsline chat"
    )


def welcomed(settings: Settings) -> str:
    """Where the pages for staff are; with an account that is made where there is none."""
    where = f"Pages for staff:\n\n  http://127.0.0.1:{settings.port}/staff/"
    if read_accounts(settings.staff):
        return f"{where}  (accounts: smsline staff list)"
    password = made_up()
    add(settings.staff, "editor", "editor", password)
    return f"{where}  name: editor  password: {password}"
