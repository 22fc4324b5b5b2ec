"""What the line is compared with, and the line itself with a part taken away or put in its place.

gunicorn --preload -w 2 -k sync benchmarks.apps:hello
python -m benchmarks.apps validator_alone
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from flask import Flask, Response, request

TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response><Message>{}</Message></Response>'


def bare(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    """WSGI and nothing else: reads the body, answers a fixed TwiML. The floor of the server itself."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    body = TWIML.format("hello").encode()
    start("200 OK", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body]


hello = Flask("hello")
"""The reference, 1.0: Flask parses the form and answers TwiML. Nothing is checked, nothing is kept."""


@hello.post("/sms/twilio")
def say() -> Response:
    return Response(TWIML.format(escape(request.form["Body"], quote=False)), mimetype="application/xml")


def validator_alone() -> None:
    """Without our short check of a signature: twilio's validator judges each request."""
    from smsline.channels import twilio

    twilio.signs = lambda *_: False


def without_store() -> None:
    """With sessions in the memory of each worker: what a text costs before anything is kept."""
    import smsline.app
    from smsline.stores.memory import MemoryStore

    smsline.app.open_store = lambda *_, **__: MemoryStore()


def hello_on_our_server() -> None:
    """The reference on the server that the line has."""
    from types import SimpleNamespace

    import smsline.serving
    from smsline.counters import Counters

    hello.extensions["smsline"] = SimpleNamespace(counters=Counters())
    smsline.serving.create_app = lambda *_, **__: hello
    smsline.serving.keep_house = lambda *_: None


def without_queue() -> None:
    """Workers wait for each other as SQLite lets them."""
    from contextlib import nullcontext

    from smsline.stores import sqlite

    sqlite.Queue = lambda *_: nullcontext()


def log_of_1000() -> None:
    """SQLite's own limit of its log."""
    from smsline.stores import sqlite

    sqlite.LOG = 1000


def log_of_20000() -> None:
    from smsline.stores import sqlite

    sqlite.LOG = 20_000


def any_processor() -> None:
    """Workers run wherever there is room."""
    import smsline.serving

    smsline.serving.PROCESSORS = []


def without_aside() -> None:
    """The thread that answers asks the store itself: what it costs that a disk may hang without a caller being lost."""
    from smsline.stores.aside import Aside

    Aside.call = lambda _, do, seconds: do()


def line() -> Flask:
    """The line as an app, for other servers."""
    from smsline.app import create_app
    from smsline.settings import read_settings

    return create_app(read_settings(os.environ))


if __name__ == "__main__":
    from smsline.serving import run
    from smsline.settings import read_settings

    globals()[sys.argv[1]]()
    run(read_settings(os.environ))
