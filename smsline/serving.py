"""Runs the app under gunicorn: content loaded once, workers forked from it.

Sync workers: one request at a time each, which keeps the slowest answer near the usual one and SQLite free
of lock games. A proxy in front (nginx, Caddy, the platform's own) speaks TLS and holds slow clients.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.sync import SyncWorker
from twilio.request_validator import RequestValidator

from smsline.app import create_app
from smsline.counters import Counters
from smsline.errors import SmslineError
from smsline.kept import Kept
from smsline.logs import count_log, keep_log
from smsline.service import Service
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
    """Gunicorn's log as a part of ours, without tracebacks, which could quote a request."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers, self.error_log.propagate = [], True

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        log.error("server-failed")


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

    row = 0
    """Where it counts what it sees."""
    processor: int | None = None
    """Where it runs; None where that cannot be chosen."""

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


def _give_place(arbiter: Arbiter, worker: _Worker) -> None:
    """A worker counts where none that lives does, in the place of one that ended if there is any, and runs where the
    fewest do."""
    others = [*arbiter.WORKERS.values()]
    worker.row = Counters.free(other.row for other in others)
    busy = Counter(other.processor for other in others)
    worker.processor = min(PROCESSORS, key=lambda one: busy[one], default=None)


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn without its own command line and files."""

    def __init__(self, settings: Settings, app: Flask, kept: Kept) -> None:
        self.settings, self.app, self.kept = settings, app, kept
        self.service: Service = app.extensions["smsline"]
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
            "pre_fork": _give_place,
            "post_fork": lambda _, worker: self.service.counters.use(worker.row),
            "post_worker_init": self._begin,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def _begin(self, worker: _Worker) -> None:
        """What a worker begins with. The threads that keep house may run wherever there is room."""
        keep_house(self.service, self.settings, self.kept)
        if worker.processor is not None:
            with contextlib.suppress(OSError):  # it may have been taken from this machine since the start
                os.sched_setaffinity(0, {worker.processor})

    def load(self) -> Flask:
        return self.app

    def run(self) -> None:
        _Arbiter(self).run()


def run(settings: Settings) -> None:
    """Serve until stopped. In development it prints what to paste."""
    if settings.store == "memory:" and settings.workers > 1:
        what = "SMSLINE_STORE is memory:, which one process alone can read. Set SMSLINE_WORKERS=1, or sqlite:///path."
        raise SmslineError(what)
    _free(settings)
    keep_log(settings.log)
    kept = Kept.of(settings)
    app = create_app(settings, kept=kept)
    count_log(app.extensions["smsline"].counters)
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
