"""SMS over CM.com, which sells Dutch short codes (developers.cm.com/messaging/docs/incoming-messages).

JSON such as:

    {"from": {"number": "0031612345678", "name": null}, "to": {"number": "3669"},
     "message": {"text": "HULP", "media": {}, "custom": {}}, "reference": null, "groupings": ["", "", ""],
     "timeUtc": "2026-11-24T04:00:00", "channel": "SMS", "messageContext": ""}

(first version: `from`, `to` and `body` as texts). The reply is a call of our own, made before we answer. If it fails
we answer 503, and CM.com brings the message again every five minutes: its retry is the queue, so no number is ever
stored. A message has no id: it is known by all that CM.com tells of it, to the second. Nothing is signed, so in
production the path ends in a secret.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from flask import Request, Response
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from smsline.channels import LONGEST_SENDER, Fields, Gateway, e164, json_of, name_in, text_in, unsigned, within
from smsline.engine.model import Reply
from smsline.service import Message
from smsline.settings import Settings

SECONDS = 5.0
"""Time for the call, in all: a caller waits for it, and so does CM.com."""

LONGEST_PARTS = 8

_number = re.compile(r"(\+|00)?[1-9]\d{2,14}").fullmatch


def parse(request: Request) -> Message:
    """The text of a message; a picture or a voice is said to be unreadable."""
    fields = json_of(request)
    if text_in(fields, "channel", 40, needed=False).upper() not in ("", "SMS"):
        raise BadRequest("Only the channel SMS is answered here.")
    sender, to = _party(fields, "from"), _party(fields, "to")
    if not _number(sender) or not _number(to):
        raise BadRequest("The fields from and to should be numbers.")
    message = fields.get("message")
    told = message if isinstance(message, dict) else {"text": fields.get("body")}
    media = _is_media(told.get("media"))
    known = "\n".join([sender, to, text_in(fields, "timeUtc", 40, needed=False), request.get_data(as_text=True)])
    return Message(
        sender=e164(sender),
        text=text_in(told, "text", needed=not media),
        id=hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest(),
        channel="sms",
        time=datetime.now(UTC),
        unreadable=media,
        gateway="cm",
        to=to,
    )


def _is_media(value: Any) -> bool:
    """Whether something was sent along; an object of empty texts is nothing."""
    return any(value.values()) if isinstance(value, dict) else bool(value)


def _party(fields: Fields, name: str) -> str:
    """A number, in an object or as it is."""
    value = fields.get(name)
    return name_in(value if isinstance(value, dict) else {"number": value}, "number", LONGEST_SENDER)


def deliver(message: Message, reply: Reply, settings: Settings) -> None:
    """Send the reply from the number that was texted. `ServiceUnavailable` (503) where CM.com did not take it."""
    import urllib3  # slow to import, and only needed where CM.com is used

    if not settings.cm_token:
        raise ServiceUnavailable("CM_PRODUCT_TOKEN is not set, so no reply can be sent.")
    headers = {"X-CM-PRODUCTTOKEN": settings.cm_token}
    timeout = urllib3.Timeout(connect=SECONDS / 2, total=SECONDS)
    sent = _sending(message, reply, settings)

    def call() -> int:
        answer = urllib3.request("POST", settings.cm_url, json=sent, headers=headers, timeout=timeout, retries=False,
                                 preload_content=False)  # fmt: skip
        answer.close()
        return answer.status

    try:
        status = within(SECONDS, call)
    except (urllib3.exceptions.HTTPError, TimeoutError):
        raise ServiceUnavailable("CM.com did not answer.") from None
    if not 200 <= status < 300:
        raise ServiceUnavailable("CM.com did not take the reply.")


def _sending(message: Message, reply: Reply, settings: Settings) -> dict[str, Any]:
    """One message as CM.com wants it; `auto` lets it choose GSM-7 or UCS-2 as the letters need."""
    sent = {
        "from": message.to,
        "to": [{"number": re.sub(r"^\+", "00", message.sender)}],
        "body": {"type": "auto", "content": reply.text},
        "minimumNumberOfMessageParts": 1,
        "maximumNumberOfMessageParts": LONGEST_PARTS,
        "allowedChannels": ["SMS"],
    }
    return {"messages": {"authentication": {"productToken": settings.cm_token}, "msg": [sent]}}


def render(reply: Reply) -> Response:
    """CM.com only wants to hear 200."""
    return Response("", mimetype="text/plain")


GATEWAY = Gateway("cm", "/sms/cm", unsigned, parse, render, secret_path=True, deliver=deliver)
