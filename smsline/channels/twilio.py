"""SMS and WhatsApp over Twilio (twilio.com/docs/messaging/guides/webhook-request).

A form such as:

    MessageSid=SM00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000001
    &From=%2B31612345678&To=%2B3197010203040&Body=hallo&NumMedia=0&NumSegments=1&FromCountry=NL

From WhatsApp the same with other numbers, and with a place where a location was sent:

    MessageSid=SM00000000000000000000000000000002&AccountSid=AC00000000000000000000000000000001
    &From=whatsapp%3A%2B31612345678&To=whatsapp%3A%2B3197010203040&Body=&NumMedia=0&WaId=31612345678
    &ProfileName=A&Latitude=52.3731&Longitude=4.8926

with the header X-Twilio-Signature: base64 of HMAC-SHA1, keyed by the auth token, over the public URL and
all fields in the order of their names. The reply is TwiML in the response.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from functools import lru_cache
from hmac import compare_digest, digest
from html import escape
from urllib.parse import urlparse

from flask import Request, Response
from twilio.request_validator import RequestValidator
from werkzeug.exceptions import BadRequest, HTTPException

from smsline.channels import FORM, LONGEST_ID, LONGEST_SENDER, LONGEST_TEXT, Fields, Gateway, form_of, name_in, text_in
from smsline.engine.model import Reply
from smsline.service import Message
from smsline.settings import Settings

WHATSAPP = "whatsapp:"
OPT_OUT = ("STOP", "HELP", "START")
"""What Twilio's Advanced Opt-Out answers itself (twilio.com/docs/messaging/tutorials/advanced-opt-out)."""

LONGEST_WHATSAPP = 4096
"""Letters of one WhatsApp message (developers.facebook.com, text messages)."""

_degrees = re.compile(r"[+-]?\d{1,3}(\.\d{1,30})?", re.ASCII).fullmatch
_not_xml = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def guard(request: Request, settings: Settings) -> bool:
    """Whether the signature fits one of our tokens. The validator raises on some headers: that is a no."""
    signature = request.headers.get("X-Twilio-Signature")
    if not signature or request.mimetype != FORM:
        return False
    url, tokens = signed_url(request, settings), settings.twilio_tokens
    try:
        if is_plain(url) and signs(url, form_of(request), signature, tokens):
            return True
    except (HTTPException, UnicodeError):
        pass  # what is out of the ordinary the validator alone judges
    try:
        return any(RequestValidator(token).validate(url, request.form, signature) for token in tokens)
    except Exception:
        return False


def signs(url: str, fields: Fields, signature: str, tokens: tuple[str, ...]) -> bool:
    """Whether a plain request is signed: one that has each field once, at an address that `is_plain`.

    Of such a one the validator says the same, in fifteen times as long: it makes the signature once as if there were a
    port in the address and once as if there were none.
    """
    text = (url + "".join([name + fields[name] for name in sorted(fields)])).encode()
    given = signature.encode("latin-1")
    return any(compare_digest(b64encode(digest(token.encode(), text, "sha1")), given) for token in tokens)


@lru_cache(64)
def is_plain(url: str) -> bool:
    """Whether the validator signs an address as it stands, rather than written in another way."""
    return urlparse(url).geturl() == url


def signed_url(request: Request, settings: Settings) -> str:
    """The URL as Twilio signed it. `request.url` decodes the query, so it is put together from the raw request."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    path, _, query = str(raw).partition("?")
    if not path.startswith("/"):
        path, query = request.path, request.query_string.decode("latin-1")
    return settings.public_url + path + (f"?{query}" if query else "")


def parse(request: Request) -> Message:
    """The message of a form; a picture or a voice is said to be unreadable."""
    fields = form_of(request)
    sender = name_in(fields, "From", LONGEST_SENDER)
    whatsapp = sender.startswith(WHATSAPP)
    media = text_in(fields, "NumMedia", 3, needed=False) or "0"
    if not (media.isascii() and media.isdigit()):
        raise BadRequest("The field NumMedia should be a number.")
    return Message(
        sender=sender.removeprefix(WHATSAPP),
        text=text_in(fields, "Body", LONGEST_WHATSAPP if whatsapp else LONGEST_TEXT, needed=not int(media)),
        id=name_in(fields, "MessageSid", LONGEST_ID),
        channel="whatsapp" if whatsapp else "sms",
        time=datetime.now(UTC),
        unreadable=int(media) > 0,
        point=_point(fields) if whatsapp else None,
        gateway="twilio",
        opted=_opted(fields),
    )


def _opted(fields: Fields) -> str:
    """STOP, HELP or START where Advanced Opt-Out has answered that already."""
    word = text_in(fields, "OptOutType", 40, needed=False).upper()
    if word not in ("", *OPT_OUT):
        raise BadRequest("The field OptOutType should be STOP, HELP or START.")
    return word


def _point(fields: Fields) -> tuple[float, float] | None:
    """A location that was sent, in degrees."""
    told = [text_in(fields, name, 40, needed=False) for name in ("Latitude", "Longitude")]
    if not any(told):
        return None
    if not all(_degrees(text) for text in told):
        raise BadRequest("The fields Latitude and Longitude should be numbers.")
    latitude, longitude = map(float, told)
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise BadRequest("The fields Latitude and Longitude should be degrees.")
    return latitude, longitude


def render(reply: Reply, status: str = "") -> Response:
    """TwiML; without a message where there is nothing to say. `status` is the URL that hears when it was delivered."""
    text = escape(_not_xml.sub("", reply.text), quote=False)
    told = f' statusCallback="{escape(status)}"' if status else ""
    body = f"<Message{told}>{text}</Message>" if text else ""
    twiml = f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>'
    return Response(twiml, mimetype="application/xml")


GATEWAY = Gateway("twilio", "/sms/twilio", guard, parse, render)
