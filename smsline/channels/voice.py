"""Somebody who calls the number (twilio.com/docs/voice/twiml): a short spoken text, signed as a text message is.

A form such as:

    CallSid=CA00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000001
    &From=%2B31612345678&To=%2B3197010203040&CallStatus=ringing&Direction=inbound

The words are content (`phrases.yaml`, `voice`), in the languages that `line.yaml` names; nothing is asked or kept.
"""

from __future__ import annotations

import re

from flask import Request, Response
from twilio.twiml.voice_response import VoiceResponse

from smsline.channels import LONGEST_ID, form_of, name_in
from smsline.engine.line import Line

PATH = "/voice/twilio"

_number = re.compile(r"\d[\d ]*\d")


def call_of(request: Request) -> str:
    """The id of a call. 400 where there is none."""
    return name_in(form_of(request), "CallSid", LONGEST_ID)


def spoken(text: str) -> str:
    """A text for a voice: numbers figure by figure, since 112 is not "one hundred and twelve"."""
    return _number.sub(lambda found: ", ".join(" ".join(group) for group in found.group().split()), text)


def render(line: Line) -> Response:
    """The text in each language, one after the other; then the call ends."""
    response = VoiceResponse()
    for code, language in line.voice.items():
        response.say(spoken(line.catalog(code, "phrase.voice")), language=language)
    return Response(str(response), mimetype="application/xml")
