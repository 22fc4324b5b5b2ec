"""USSD over Infobip (the last input and a session id). Its contract is known from code that ran against it.

JSON to `…/session/<id>/start`, `/response`, `/end` or `/status`:

    {"msisdn": "31612345678", "imsi": "", "shortCode": "*123#", "text": "*123#", "language": null, "ussdGwId": "live2"}
    {"msisdn": "31612345678", "text": "1"}
    {"exitCode": 200, "reason": ""}

The reply is JSON: `ussdMenu`, and `shouldClose` where the session is over. Nothing is signed, so in production a
secret stands in the path before `session`.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

from flask import Request, Response, jsonify
from werkzeug.exceptions import BadRequest, NotFound

from smsline.channels import LONGEST_ID, LONGEST_SENDER, Gateway, e164, json_of, name_in, text_in, unsigned
from smsline.engine.model import Reply
from smsline.service import Message

STEPS = ("start", "response", "end", "status")

_dialled = re.compile(r"\*[\d*]+#").fullmatch


def parse(request: Request) -> Message | Response:
    """The input of a response, or the begin of a session; the dial string is not an answer.

    A start is known by its session, so two of them are one. A response has no id of its own: each is a step.
    """
    step, session = (str((request.view_args or {})[name]) for name in ("step", "session"))
    if step not in STEPS:
        raise NotFound("The path should end in start, response, end or status.")
    if len(session) > LONGEST_ID:
        raise BadRequest("The session id is too long.")
    if step in ("end", "status"):  # nothing of it is needed
        return jsonify(responseExitCode=200, responseMessage="")
    fields = json_of(request)
    text = text_in(fields, "text", needed=step == "response")
    begins = step == "start" or bool(_dialled(text.strip()))
    return Message(
        sender=e164(name_in(fields, "msisdn", LONGEST_SENDER)),
        text="" if begins else text,
        id=f"{session} start" if step == "start" else f"{session} {secrets.token_hex(16)}",
        channel="ussd",
        time=datetime.now(UTC),
        begins=begins,
        gateway="infobip",
    )


def render(reply: Reply) -> Response:
    """The screen, and whether it is the last one."""
    return jsonify(shouldClose=reply.ends, ussdMenu=reply.text, responseExitCode=200, responseMessage="")


GATEWAY = Gateway(
    "infobip", "/ussd/infobip", unsigned, parse, render, secret_path=True, below="/session/<session>/<step>"
)
