"""Conversations as plain text: what stands in `tests/conversations/`, and in the README.

A title, and what it shows.
channel: sms | whatsapp | ussd        (default sms)
language: nl               (default: none is known yet)
time: 2026-11-24 12:00     (default; "+ 2 hours" on a line of its own lets time pass)

> what the caller texts ("*123#" dials the USSD code)
< what comes back, one line each; "  (no reply)" is silence, and "  (GSM-7, …)" the size that `smsline chat` shows
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from smsline.engine.line import Line
from smsline.engine.model import HOME

from .conftest import NOON, Phone

SILENCE = "  (no reply)"
_header = re.compile(r"(channel|language|time): (.+)")
_size = re.compile(r"  \((GSM-7|UCS-2), \d+ units, \d+ segments?\)")
_later = re.compile(r"\+ (\d+) (minutes|hours|days)")


@dataclass
class Talk:
    """A conversation: its head, and for each text the lines that are expected."""

    head: list[str]
    channel: str = "sms"
    language: str | None = None
    time: datetime = NOON
    steps: list[tuple[str, list[str]]] = field(default_factory=list)


def parse(text: str) -> Talk:
    talk = Talk([])
    for row in text.strip("\n").split("\n"):
        header = _header.fullmatch(row)
        if row.startswith("> ") or row == ">":
            talk.steps.append((row[2:], []))
        elif (row.startswith("<") and talk.steps) or row == SILENCE:
            talk.steps[-1][1].append(row)
        elif _size.fullmatch(row) and talk.steps:
            pass
        elif _later.fullmatch(row):
            talk.steps.append((row, []))
        elif row and not talk.steps:
            talk.head.append(row)
            if header:
                name, value = header.groups()
                moment = datetime.strptime(value, "%Y-%m-%d %H:%M").replace(tzinfo=HOME) if name == "time" else value
                setattr(talk, name, moment)
        elif row:
            raise AssertionError(f"not a line of a conversation: {row!r}")
    return talk


def play(line: Line, talk: Talk) -> list[tuple[str, list[str]]]:
    """What really comes back, in the form of the expected lines."""
    phone = Phone(line, talk.channel, talk.time, talk.language)
    said = []
    for text, _ in talk.steps:
        later = _later.fullmatch(text)
        if later:
            phone.time += timedelta(**{later.group(2): int(later.group(1))})
            said.append((text, []))
            continue
        dialled = talk.channel == "ussd" and text == "*123#"
        reply = phone.text("" if dialled else text, begins=dialled)
        said.append((text, [f"< {row}".rstrip() for row in reply.split("\n")] if reply else [SILENCE]))
    return said


def written(head: list[str], said: list[tuple[str, list[str]]]) -> str:
    """A conversation file."""
    blocks = ["\n".join(head)]
    for text, rows in said:
        blocks.append(text if _later.fullmatch(text) else "\n".join([f"> {text}".rstrip(), *rows]))
    return "\n\n".join(blocks) + "\n"
