"""The web service: `create_app(settings)`, its routes and their guards.

Every route is guarded or on a short public list; `tests/test_house.py` sees to it. An error page says one
sentence and nothing of the request.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from smsline.channels import Gateway, africastalking, is_utf8, twilio
from smsline.content.loading import load
from smsline.service import Service
from smsline.settings import Settings
from smsline.stores import Store, open_store

log = logging.getLogger("smsline")

GATEWAYS = {gateway.name: gateway for gateway in (twilio.GATEWAY, africastalking.GATEWAY)}

PUBLIC = ("/healthz",)
"""Routes that anybody may call."""

LONGEST_BODY = 64 * 1024
MOST_FIELDS = 200


def create_app(settings: Settings, store: Store | None = None) -> Flask:
    """The app: content loaded and checked, store opened, routes of the gateways that are on."""
    line = replace(load(settings.menus, settings.locales), limits=settings.limits)
    service = Service(line, store or open_store(settings.store), settings.secret)
    service.store.sweep(int(time.time()))
    app = Flask(__name__, static_folder=None)
    app.extensions["smsline"] = service
    app.config.update(MAX_CONTENT_LENGTH=LONGEST_BODY, MAX_FORM_MEMORY_SIZE=LONGEST_BODY, MAX_FORM_PARTS=MOST_FIELDS)
    app.add_url_rule("/healthz", "healthz", _healthz)
    for name in settings.gateways:
        _add(app, GATEWAYS[name], service, settings)
    app.register_error_handler(HTTPException, _refuse)
    app.register_error_handler(Exception, _fail)
    return app


def _add(app: Flask, gateway: Gateway, service: Service, settings: Settings) -> None:
    secret = f"/{settings.path_token}" if gateway.secret_path and settings.path_token else ""
    view = guarded(gateway, service, settings)
    app.add_url_rule(gateway.path + secret, gateway.name, view, methods=["POST"])


def guarded(gateway: Gateway, service: Service, settings: Settings) -> Callable[[], Response]:
    """A view that answers only whoever the gateway's guard lets in."""
    view = partial(_answer, gateway, service, settings)
    view.guarded = True  # type: ignore[attr-defined]
    return view


def _answer(gateway: Gateway, service: Service, settings: Settings) -> Response:
    request.get_data(cache=True)  # read whole and once: a body that is too long is refused here
    if not gateway.guard(request, settings):
        raise Forbidden("The request is not signed as it should be.")
    if not is_utf8(request.get_data()):
        raise BadRequest("The request is not UTF-8.")
    return gateway.render(service.answer(gateway.parse(request)))


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
