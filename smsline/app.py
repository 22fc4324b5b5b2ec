"""The web service: `create_app(settings)`, its routes and their guards.

Every route is guarded or on a short public list; `tests/test_house.py` sees to it. An error page says one
sentence and nothing of the request.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hmac import compare_digest

from flask import Flask, Request, Response, request
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as WerkzeugResponse

from smsline.address import shown
from smsline.channels import Gateway, africastalking, cm, infobip, redaction, twilio, voice
from smsline.errors import SmslineError
from smsline.kept import Kept
from smsline.metrics import exposed
from smsline.service import Rules, Service
from smsline.settings import Settings
from smsline.staff.pages import PUBLIC as STAFF_PUBLIC
from smsline.staff.pages import add_staff
from smsline.stores import Store, StoreError, open_store
from smsline.upkeep import begin

log = logging.getLogger("smsline")

GATEWAYS = {one.GATEWAY.name: one.GATEWAY for one in (twilio, cm, africastalking, infobip)}

PUBLIC = ("/healthz", *STAFF_PUBLIC)
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
    service.store.sweep(int(time.time()))
    service.refresh(datetime.now(UTC))
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # a redirect would say the query back
    app.extensions["smsline"] = service
    app.config.update(MAX_CONTENT_LENGTH=LONGEST_BODY, MAX_FORM_MEMORY_SIZE=LONGEST_BODY, MAX_FORM_PARTS=MOST_FIELDS)
    app.add_url_rule("/healthz", "healthz", _healthz)
    read = guarded(lambda request: _may_read(request, settings), lambda: _metrics(service))
    app.add_url_rule("/metrics", "metrics", read)
    for name in settings.gateways:
        add_gateway(app, _ready(GATEWAYS[name], settings), service, settings)
    if "twilio" in settings.gateways:
        status = guarded(_guard(twilio.GATEWAY, settings), lambda: _status(service, settings))
        app.add_url_rule(redaction.PATH, "status", status, methods=["POST"])
        said = guarded(_guard(twilio.GATEWAY, settings), lambda: _speak(service))
        app.add_url_rule(voice.PATH, "voice", said, methods=["POST"])
    add_staff(app, service, settings, kept)
    app.after_request(_headed)
    app.register_error_handler(HTTPException, _refuse)
    app.register_error_handler(Exception, _fail)
    return app


def add_gateway(app: Flask, gateway: Gateway, service: Service, settings: Settings) -> None:
    """The route of a gateway, behind its guard; where it signs nothing, with the secret in the path."""
    secret = f"/{settings.path_token}" if gateway.secret_path and settings.path_token else ""
    view = guarded(_guard(gateway, settings), partial(_answer, gateway, service, settings))
    app.add_url_rule(gateway.path + secret + gateway.below, gateway.name, view, methods=["POST"])


def _is_invented(store: Store) -> bool:
    """Whether callers would be counted among invented ones; a store that is away keeps no line from answering."""
    try:
        return store.is_invented()
    except StoreError:
        log.error("store-failed")
        return False


def _guard(gateway: Gateway, settings: Settings) -> Callable[[Request], bool]:
    return lambda request: gateway.guard(request, settings)


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
    reply = service.answer(message)
    if gateway.deliver and reply.text:
        gateway.deliver(message, reply, settings)
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


def _metrics(service: Service) -> Response:
    return Response("\n".join(exposed(service)) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _headed(response: Response) -> Response:
    """Nothing of ours belongs into a cache, a frame or another page; of the pages for staff their looks may be kept."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return response


def _healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


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
