"""SMS over Twilio (twilio.com/docs/messaging/guides/webhook-request).

A form such as:

    MessageSid=SM00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000001
    &From=%2B31612345678&To=%2B3197010203040&Body=hallo&NumMedia=0&NumSegments=1&FromCountry=NL

with the header X-Twilio-Signature: base64 of HMAC-SHA1, keyed by the auth token, over the public URL and
all fields in the order of their names. The reply is TwiML in the response.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape

from flask import Request, Response
from twilio.request_validator import RequestValidator
from werkzeug.exceptions import BadRequest

from smsline.channels import LONGEST_ID, LONGEST_SENDER, LONGEST_TEXT, Gateway, field, name_of
from smsline.engine.model import Reply
from smsline.service import Message
from smsline.settings import Settings

_not_xml = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def guard(request: Request, settings: Settings) -> bool:
    """Whether the signature fits one of our tokens. The validator raises on some headers: that is a no."""
    signature = request.headers.get("X-Twilio-Signature")
    if not signature or request.mimetype != "application/x-www-form-urlencoded":
        return False
    url = signed_url(request, settings)
    try:
        return any(RequestValidator(token).validate(url, request.form, signature) for token in settings.twilio_tokens)
    except Exception:
        return False


def signed_url(request: Request, settings: Settings) -> str:
    """The URL as Twilio signed it. `request.url` decodes the query, so it is put together from the raw request."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    path, _, query = str(raw).partition("?")
    if not path.startswith("/"):
        path, query = request.path, request.query_string.decode("latin-1")
    return settings.public_url + path + (f"?{query}" if query else "")


def parse(request: Request) -> Message:
    """The message of a form; a picture or a voice is said to be unreadable."""
    media = field(request, "NumMedia", 3, needed=False) or "0"
    if not media.isdigit():
        raise BadRequest("The field NumMedia should be a number.")
    return Message(
        sender=name_of(request, "From", LONGEST_SENDER),
        text=field(request, "Body", LONGEST_TEXT),
        id=name_of(request, "MessageSid", LONGEST_ID),
        channel="sms",
        time=datetime.now(UTC),
        unreadable=int(media) > 0,
    )


def render(reply: Reply) -> Response:
    """TwiML; without a message where there is nothing to say."""
    text = escape(_not_xml.sub("", reply.text), quote=False)
    body = f"<Message>{text}</Message>" if text else ""
    twiml = f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>'
    return Response(twiml, mimetype="application/xml")


GATEWAY = Gateway("twilio", "/sms/twilio", guard, parse, render)
