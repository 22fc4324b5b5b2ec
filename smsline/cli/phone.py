"""`smsline chat`: a phone in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import click

from smsline.cli.group import begun, line_of, main, settings_of
from smsline.content.setup import USSD_GATEWAYS
from smsline.engine.conversation import converse
from smsline.engine.line import Line
from smsline.engine.model import HOME, Channel, Incoming, Session
from smsline.engine.segments import measure

DIALLED = "*123#"
"""How a dialled USSD code is written in a conversation."""


@main.command()
@click.option("--channel", type=click.Choice(["sms", "whatsapp", "ussd", *USSD_GATEWAYS]), default="sms")
@click.option("--language", default=None, help="Begin in this language, such as nl.")
def chat(channel: str, language: str | None) -> None:
    """A phone in the terminal. Reads lines from a pipe too; prints > and < lines, as conversation tests have them.

    In development the size of each screen stands below it.
    """
    settings = settings_of()
    line = line_of(settings)
    phone = _Phone(line, line.channels.get(channel) or line.channels["ussd"], not settings.production)
    phone.session = begun(line, language, None)
    typing = sys.stdin.isatty()
    if typing:
        click.echo("Type a text and Enter; Ctrl-D ends.", err=True)
    if phone.channel.dialogue:
        click.echo(f"> {DIALLED}")
        phone.say("", begins=True)
    for text in _typed(typing):
        if not typing:
            click.echo(f"> {text}")
        dialled = phone.channel.dialogue and text == DIALLED
        phone.say("" if dialled else text, begins=dialled)


def _typed(typing: bool) -> Iterator[str]:
    while True:
        try:
            text = input("> " if typing else "")
        except (EOFError, KeyboardInterrupt):
            return
        if text or typing:
            yield text


@dataclass
class _Phone:
    """A phone in the terminal: where its caller is, and whether the size of each screen is shown."""

    line: Line
    channel: Channel
    sized: bool
    session: Session | None = None
    count: int = 0

    def say(self, text: str, begins: bool) -> None:
        """Send a text and print what comes back."""
        self.count += 1
        known = self.count.to_bytes(16, "big")
        turn = converse(self.line, self.session, Incoming(text, self.channel, known, datetime.now(HOME), begins))
        self.session = turn.session
        for row in turn.reply.text.split("\n") if turn.reply.text else ():
            click.echo(f"< {row}".rstrip())
        if not turn.reply.text:
            click.echo("  (no reply)\n")
            return
        click.echo(f"{_size(turn.reply.text)}\n" if self.sized else "")


def _size(text: str) -> str:
    """How long a screen is, as a line that stands below it."""
    size = measure(text)
    return f"  ({size.encoding}, {size.units} units, {size.segments} segment{'s' * (size.segments != 1)})"
