"""USSD over Africa's Talking (the whole path of the session in each request).

A form such as:

    sessionId=ATUid_0001&phoneNumber=%2B31612345678&networkCode=20404&serviceCode=%2A384%2A1234%23&text=1%2A2

`text` is everything typed in this session, with `*` between; it is empty when the code is dialled. The
reply is plain text that begins with CON (the session goes on) or END. At the end of a session comes a note with its
`status`, to the events URL or here. Nothing is signed, so in production the path ends in a secret.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Request, Response
from werkzeug.exceptions import BadRequest

from smsline.channels import (
    LONGEST_ID,
    LONGEST_SENDER,
    LONGEST_TEXT,
    Gateway,
    e164,
    form_of,
    name_in,
    text_in,
    unsigned,
)
from smsline.engine.model import Reply
from smsline.service import Message

LONGEST_PATH = 100
"""Answers of one session that are looked at; no session of 180 seconds has more."""

LONGEST_TYPED = 8 * LONGEST_TEXT
"""Letters of everything typed in one session."""


def parse(request: Request) -> Message | Response:
    """What was typed last, and the path before it. A message is known by its session and everything typed so far."""
    fields = form_of(request)
    session = name_in(fields, "sessionId", LONGEST_ID)
    sender = e164(name_in(fields, "phoneNumber", LONGEST_SENDER))
    if "text" not in fields and "status" in fields:
        return Response("", mimetype="text/plain")
    typed, code = text_in(fields, "text", LONGEST_TYPED), text_in(fields, "serviceCode", 40, needed=False)
    if len(typed.rpartition("*")[2]) > LONGEST_TEXT:
        raise BadRequest("What was typed last is too long.")
    if typed == code or (len(code.strip("*#")) > 2 and typed.strip("*#") == code.strip("*#")):
        typed = ""  # the dial string is not an answer
    parts = typed.split("*") if typed else []
    earlier = ["*".join(parts[:count]) for count in range(len(parts))] if len(parts) <= LONGEST_PATH else []
    return Message(
        sender=sender,
        text=parts[-1] if parts else "",
        id=f"{session} {typed}",
        channel="ussd",
        time=datetime.now(UTC),
        begins=not parts,
        path=tuple((f"{session} {path}", path.rpartition("*")[2]) for path in earlier),
        gateway="africastalking",
    )


def render(reply: Reply) -> Response:
    """CON and the screen, or END where the session is over."""
    return Response(f"{'END' if reply.ends else 'CON'} {reply.text}".rstrip(), mimetype="text/plain")


GATEWAY = Gateway("africastalking", "/ussd/africastalking", unsigned, parse, render, secret_path=True)
