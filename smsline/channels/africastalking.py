"""USSD over Africa's Talking.

A form such as:

    sessionId=ATUid_0001&phoneNumber=%2B31612345678&networkCode=20404&serviceCode=%2A384%2A1234%23&text=1%2A2

`text` is everything typed in this session, with `*` between; it is empty when the code is dialled. The
reply is plain text that begins with CON (the session goes on) or END. Nothing is signed, so in production
the path ends in a secret.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Request, Response

from smsline.channels import LONGEST_ID, LONGEST_SENDER, LONGEST_TEXT, Gateway, field, name_of
from smsline.engine.model import Reply
from smsline.service import Message
from smsline.settings import Settings


def guard(request: Request, settings: Settings) -> bool:
    """The secret path is the guard: whoever does not know it finds no route."""
    return request.mimetype == "application/x-www-form-urlencoded"


def parse(request: Request) -> Message:
    """What was typed last. A message is known by its session and everything typed so far."""
    session = name_of(request, "sessionId", LONGEST_ID)
    typed = field(request, "text", LONGEST_TEXT)
    parts = [part for part in typed.split("*") if part.strip()]  # a star at the end adds nothing
    return Message(
        sender=name_of(request, "phoneNumber", LONGEST_SENDER),
        text=parts[-1] if parts else "",
        id=f"{session} {typed}",
        channel="ussd",
        time=datetime.now(UTC),
        begins=not parts,
    )


def render(reply: Reply) -> Response:
    """CON and the screen, or END where the session is over."""
    return Response(f"{'END' if reply.ends else 'CON'} {reply.text}".rstrip(), mimetype="text/plain")


GATEWAY = Gateway("africastalking", "/ussd/africastalking", guard, parse, render, secret_path=True)
