"""The web service: `create_app(settings)`, its routes and their guards.

Every route is guarded or on a short public list; `tests/test_house.py` sees to it. An error page says one
sentence and nothing of the request.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, request
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, RequestEntityTooLarge, ServiceUnavailable
from werkzeug.wrappers import Response as WerkzeugResponse

from smsline.address import shown
from smsline.channels import Gateway, africastalking, cm, infobip, redaction, twilio, voice
from smsline.errors import SmslineError
from smsline.kept import Kept
from smsline.metrics import Figures
from smsline.readiness import Readiness
from smsline.service import Rules, Service
from smsline.settings import Settings
from smsline.staff.pages import PUBLIC as STAFF_PUBLIC
from smsline.staff.pages import add_staff
from smsline.stores import Store, StoreError, open_store
from smsline.upkeep import begin

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("smsline")

GATEWAYS = {one.GATEWAY.name: one.GATEWAY for one in (twilio, cm, africastalking, infobip)}

PUBLIC = ("/healthz", "/readyz", *STAFF_PUBLIC)
"""Routes that anybody may call."""

LONGEST_BODY = 64 * 1024
MOST_FIELDS = 200


def create_app(settings: Settings, store: Store | None = None, kept: Kept | None = None) -> Flask:
    """The app: content loaded, store opened, routes of the gateways that are on."""
    content, loaded = begin(settings, kept)
    line = replace(content.line, limits=settings.limits)
    store = store or open_store(settings.store, settings.durability, heals=True)
    if settings.production and _is_invented(store):
        raise SmslineError(
            f"{shown(settings.store)} holds an invented year, which callers would be counted with. Set another."
        )
    service = Service(line, store, settings.secret, Rules(
        settings.key_days * 24 * 60 * 60, settings.countries, settings.segments_a_day, settings.redacts,
    ))  # fmt: skip
    service.content, service.loaded = content, loaded
    service.refresh(datetime.now(UTC))
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # a redirect would say the query back
    app.extensions["smsline"] = service
    app.config.update(MAX_CONTENT_LENGTH=LONGEST_BODY, MAX_FORM_MEMORY_SIZE=LONGEST_BODY, MAX_FORM_PARTS=MOST_FIELDS)
    _add_watching(app, Figures(service, kept, settings.workers), settings)
    for name in settings.gateways:
        add_gateway(app, _ready(GATEWAYS[name], settings), service, settings)
    if "twilio" in settings.gateways:
        signed = _guard(twilio.GATEWAY, service, settings)
        status = guarded(signed, lambda: _status(service, settings))
        app.add_url_rule(redaction.PATH, "status", status, methods=["POST"])
        said = guarded(signed, lambda: _speak(service))
        app.add_url_rule(voice.PATH, "voice", said, methods=["POST"])
    add_staff(app, service, settings, kept)
    app.wsgi_app = _headed(app.wsgi_app)  # type: ignore[method-assign,assignment]
    app.register_error_handler(HTTPException, _refuse)
    app.register_error_handler(Exception, _fail)
    return app


def _add_watching(app: Flask, figures: Figures, settings: Settings) -> None:
    """The routes for those who watch the line, and for what stands in front of it."""
    readiness = Readiness(figures.service)
    app.add_url_rule("/healthz", "healthz", _healthz)
    app.add_url_rule("/readyz", "readyz", lambda: _readyz(readiness))
    read = guarded(lambda request: _may_read(request, settings), lambda: _metrics(figures))
    app.add_url_rule("/metrics", "metrics", read)


def add_gateway(app: Flask, gateway: Gateway, service: Service, settings: Settings) -> None:
    """The route of a gateway, behind its guard; where it signs nothing, with the secret in the path."""
    secret = f"/{settings.path_token}" if gateway.secret_path and settings.path_token else ""
    view = guarded(_guard(gateway, service, settings), partial(_answer, gateway, service, settings))
    app.add_url_rule(gateway.path + secret + gateway.below, gateway.name, view, methods=["POST"])


def _guard(gateway: Gateway, service: Service, settings: Settings) -> Callable[[Request], bool]:
    def guard(request: Request) -> bool:
        good = gateway.guard(request, settings)
        if not good:
            service.counters.incident("request-refused")
        return good

    return guard


def _is_invented(store: Store) -> bool:
    """Whether callers would be counted among invented ones; a store that is away keeps no line from answering."""
    try:
        return store.is_invented()
    except StoreError:
        log.error("store-failed")
        return False


def guarded(guard: Callable[[Request], bool], answer: Callable[[], Response]) -> Callable[..., Response]:
    """A view that answers only whoever the guard lets in."""

    def view(**_: str) -> Response:
        _read()
        if not guard(request):
            raise Forbidden("The request is not signed as it should be.")
        return answer()

    view.guarded = True  # type: ignore[attr-defined]
    return view


def _read() -> None:
    """Read the body whole and once. 4xx where it is too long, breaks off, or is sent in pieces that are none."""
    try:
        sent = request.get_data(cache=True)
        if max(sent.count(b"&"), sent.count(b'":')) >= MOST_FIELDS:
            raise RequestEntityTooLarge("The request has too many fields.")
    except HTTPException:
        raise
    except Exception:  # what the server under us raises
        raise BadRequest("The request could not be read.") from None


def _answer(gateway: Gateway, service: Service, settings: Settings) -> Response:
    """The reply in the response, or as a call of its own: then it is remembered once it went out."""
    message = gateway.parse(request)
    if isinstance(message, Response):
        return message
    begin = time.perf_counter()
    reply = service.answer(message)
    service.counters.turn(time.perf_counter() - begin)
    if gateway.deliver and reply.text:
        try:
            gateway.deliver(message, reply, settings)
        except ServiceUnavailable:
            service.counters.incident("delivery-failed")
            raise
        service.delivered(message)
    return gateway.render(reply)


def _speak(service: Service) -> Response:
    voice.call_of(request)  # a call without an id is none
    service.called(datetime.now(UTC))
    return voice.render(service.line)


def _ready(gateway: Gateway, settings: Settings) -> Gateway:
    """Twilio tells us when a reply was delivered, where what it keeps is to be redacted then."""
    if gateway.name != "twilio" or not settings.redacts:
        return gateway
    return replace(gateway, render=partial(twilio.render, status=settings.public_url + redaction.PATH))


def _status(service: Service, settings: Settings) -> Response:
    done = redaction.finished(request)
    if done and settings.redacts:
        service.finished(done[0], int(time.time()) + done[1])
    return Response("", status=204)


def _may_read(request: Request, settings: Settings) -> bool:
    given = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.metrics_token}".encode()
    return compare_digest(given, wanted) if settings.metrics_token else not settings.production


def _metrics(figures: Figures) -> Response:
    return Response(figures.page(), content_type="text/plain; version=0.0.4; charset=utf-8")


HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
"""Nothing of ours belongs into a cache, a frame or another page; of the pages for staff their looks may be kept."""


def _headed(app: WSGIApplication) -> WSGIApplication:
    """The app with these headers on whatever it answers, where it has not set them otherwise."""

    def headed(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *failed: Any) -> Any:
            known = {name for name, _ in headers}
            return start(status, headers + [row for row in HEADERS if row[0] not in known], *failed)

        return app(environ, begin)

    return headed


def _healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


def _readyz(readiness: Readiness) -> Response:
    lacking = readiness.lacking()
    return Response(f"{lacking or 'ready'}\n", status=503 if lacking else 200, mimetype="text/plain")


def _refuse(error: HTTPException) -> WerkzeugResponse:
    """A 4xx in one sentence; never the request."""
    response = error.get_response()
    response.data = f"{error.name}. {error.description or ''}\n"
    response.mimetype = "text/plain"
    return response


def _fail(error: Exception) -> Response:
    """Anything else: kind of error in the log, nothing of the request anywhere."""
    log.error("request-failed %s", type(error).__name__)
    return Response("Something is broken here.\n", status=500, mimetype="text/plain")
