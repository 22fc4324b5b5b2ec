"""What the line is compared with, as WSGI apps; and the line itself with a part taken away.

gunicorn --preload -w 2 -k sync benchmarks.apps:hello
"""

from __future__ import annotations

import os
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


def line() -> Flask:
    """The line, as its settings say."""
    from smsline.app import create_app
    from smsline.settings import read_settings

    return create_app(read_settings(os.environ))


def validator_alone() -> Flask:
    """The line without our short check of a signature: twilio's validator judges each request."""
    from smsline.channels import twilio

    twilio.signs = lambda *_: False
    return line()


def without_store() -> Flask:
    """The line with sessions in the memory of each worker: what it costs before anything is kept."""
    from smsline.app import create_app
    from smsline.settings import read_settings
    from smsline.stores.memory import MemoryStore

    return create_app(read_settings(os.environ), MemoryStore())


def direct() -> Flask:
    app = without_store()

    class D:
        def call(self, do, seconds):
            return do()

    app.extensions["smsline"].aside = D()
    return app


def normal_direct() -> Flask:
    app = line()

    class D:
        def call(self, do, seconds):
            return do()

    app.extensions["smsline"].aside = D()
    return app


def frozen() -> Flask:
    import gc

    app = direct()
    gc.collect()
    gc.freeze()
    return app


def nogc() -> Flask:
    import gc

    app = direct()
    gc.collect()
    gc.freeze()
    gc.disable()
    return app


def pinned() -> Flask:
    app = without_store()
    a = app.extensions["smsline"].aside
    old = a.call
    done = []

    class D:
        def call(self, do, seconds):
            if not done:
                done.append(1)
                os.sched_setaffinity(0, {os.getpid() % 2})
            return old(do, seconds)

    app.extensions["smsline"].aside = D()
    return app
