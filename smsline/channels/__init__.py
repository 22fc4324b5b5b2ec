"""Gateways, one small file each, one contract: `guard`, `parse`, `render`; and `deliver`, where a reply is a call.

A gateway differs from another only in how it proves itself, how a request is read and how a reply is
written. `parse` raises a 4xx (one sentence, nothing of the request in it) for anything malformed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

from flask import Request, Response
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from smsline.engine.model import Reply
from smsline.service import Message
from smsline.settings import Settings

LONGEST_ID = 200
LONGEST_SENDER = 64
LONGEST_TEXT = 1600
SHORTEST_NUMBER = 7
"""Figures of a number that belongs to a country; what is shorter is a short code."""

FORM = "application/x-www-form-urlencoded"

READ = "smsline.form"
"""Where the fields of a form stand in the request once they were read."""

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Gateway:
    """One way in.

    `guard` judges the whole request before anything of it is read. `parse` gives the message, or at once the response
    to a request that has none (a note that a session is over). `deliver` sends a reply that cannot go into the
    response. `secret_path`: the gateway signs nothing, so in production its path ends in a secret. `below` is what
    follows that, as Flask writes paths.
    """

    name: str
    path: str
    guard: Callable[[Request, Settings], bool]
    parse: Callable[[Request], Message | Response]
    render: Callable[[Reply], Response]
    secret_path: bool = False
    below: str = ""
    deliver: Callable[[Message, Reply, Settings], None] | None = None


def unsigned(request: Request, settings: Settings) -> bool:
    """The guard of a gateway that signs nothing: whoever does not know the secret path finds no route."""
    return True


def within(seconds: float, call: Callable[[], int]) -> int:
    """What a call gives, or `TimeoutError`: the limits of sockets begin anew with each byte that drips in."""
    results: Queue[int | Exception] = Queue()

    def run() -> None:
        try:
            results.put(call())
        except Exception as error:
            results.put(error)

    Thread(target=run, daemon=True).start()
    try:
        result = results.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result


# --- what is in a request -------------------------------------------------------------------------------------


def form_of(request: Request) -> Fields:
    """The fields of a form. 4xx: not a form, not UTF-8, or one of them there twice.

    The guard reads them too, so they are kept with the request: Flask's own parser takes as long as all the rest here.
    """
    if request.mimetype != FORM:
        raise UnsupportedMediaType(f"The request should be a form ({FORM}).")
    if READ not in request.environ:
        request.environ[READ] = _form(request.get_data())
    return dict(request.environ[READ])


def _form(body: bytes) -> Fields:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest("The request is not UTF-8.") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadRequest("A field of the form is there more than once.")
    return found


def json_of(request: Request) -> Fields:
    """The fields of a JSON object. 4xx: not JSON, not UTF-8, no object, or one of them there twice."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("The request should be JSON (application/json).")
    try:
        found = json.loads(request.get_data().decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise BadRequest("The request is not UTF-8.") from None
    except (ValueError, RecursionError):
        raise BadRequest("The request is not readable as JSON.") from None
    if not isinstance(found, dict):
        raise BadRequest("The request should be one JSON object.")
    return found


def _once(pairs: list[tuple[str, Any]]) -> Fields:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadRequest("A field of the JSON object is there more than once.")
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)


def text_in(fields: Fields, name: str, longest: int = LONGEST_TEXT, needed: bool = True) -> str:
    """A field that is a text, and not too long. 400 where it is missing, unless it is not `needed`."""
    value = fields.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"The field {name} should be there, as a text.")
    if len(value) > longest:
        raise BadRequest(f"The field {name} is too long.")
    return value


def name_in(fields: Fields, name: str, longest: int) -> str:
    """A field that names something (a sender, a message, a session), so it cannot be empty."""
    value = text_in(fields, name, longest).strip()
    if not value:
        raise BadRequest(f"The field {name} is empty.")
    return value


def e164(number: str) -> str:
    """A number as +31612345678, whichever of the usual forms a gateway has; short codes and names stay as they are."""
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()) or len(digits) < SHORTEST_NUMBER:
        return number
    if digits.startswith("00"):
        return "+" + digits[2:]
    return number if digits.startswith("0") else "+" + digits
