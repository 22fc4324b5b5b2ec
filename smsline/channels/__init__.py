"""Gateways, one small file each, one contract: `guard`, `parse`, `render`.

A gateway differs from another only in how it proves itself, how a request is read and how a reply is
written. `parse` raises `BadRequest` (one sentence, nothing of the request in it) for anything malformed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from flask import Request, Response
from werkzeug.exceptions import BadRequest

from smsline.engine.model import Reply
from smsline.service import Message
from smsline.settings import Settings

LONGEST_ID = 200
LONGEST_SENDER = 64
LONGEST_TEXT = 1600


@dataclass(frozen=True, slots=True)
class Gateway:
    """One way in. `secret_path`: the gateway signs nothing, so in production its path ends in a secret.

    `unsent` is the text to render where there is nothing to say on a channel that must say something.
    """

    name: str
    path: str
    guard: Callable[[Request, Settings], bool]
    parse: Callable[[Request], Message]
    render: Callable[[Reply], Response]
    secret_path: bool = False


def field(request: Request, name: str, longest: int, needed: bool = True) -> str:
    """One field of a form: there once, not too long, and readable."""
    values = request.form.getlist(name)
    if len(values) > 1 or (needed and not values):
        raise BadRequest(f"The field {name} should be there once.")
    value = values[0] if values else ""
    if len(value) > longest:
        raise BadRequest(f"The field {name} is too long.")
    return value


def name_of(request: Request, name: str, longest: int) -> str:
    """A field that names something (a sender, a message, a session), so it cannot be empty."""
    value = field(request, name, longest).strip()
    if not value:
        raise BadRequest(f"The field {name} is empty.")
    return value


def is_utf8(body: bytes) -> bool:
    """Whether a body is UTF-8, also after its percent signs are read."""
    try:
        unquote_to_bytes(body).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
