"""`smsline chat`: a phone in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from smsline.cli.group import Shown, begun, line_of, main, settings_of
from smsline.content.setup import USSD_GATEWAYS
from smsline.engine.conversation import converse
from smsline.engine.line import Line
from smsline.engine.model import HOME, Channel, Incoming, Session
from smsline.engine.segments import measure

KINDS = ("sms", "whatsapp")
"""Channels that a conversation names; all others are USSD."""

DIALLED = "*123#"
"""How a dialled USSD code is written in a conversation."""


@main.command()
@click.option("--channel", type=click.Choice(["sms", "whatsapp", "ussd", *USSD_GATEWAYS]), default="sms")
@click.option("--language", default=None, help="Begin in this language, such as nl.")
@click.option("--collect", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Add what is texted and answered to FILE, with the consent of who types.")  # fmt: skip
def chat(channel: str, language: str | None, collect: Path | None) -> None:
    """A phone in the terminal. Reads lines from a pipe too; prints > and < lines, as conversation tests have them.

    In development the size of each screen stands below it. With --collect a pilot with testers who agreed to it is
    kept in a file: the one way in which texts are ever kept.
    """
    settings = settings_of()
    line = line_of(settings)
    if collect:
        _agreed(collect)
    phone = _Phone(line, line.channels.get(channel) or line.channels["ussd"], not settings.production, collect)
    phone.keep(_head(channel, language))
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


def _agreed(file: Path) -> None:
    """Make the file, for its owner alone; who types is asked first, and nothing is kept without a yes."""
    if sys.stdin.isatty():
        click.confirm(f"All that you type and all answers are kept in {file}. Do you agree?", abort=True, err=True)
    try:
        file.touch(mode=0o600)
        with file.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise Shown(f"--collect {file}: {error.strerror}. Name a file that can be written.") from error


def _head(channel: str, language: str | None) -> str:
    """The head of a conversation, as those of tests/conversations/ have it."""
    rows = ["Collected from a tester who agreed to it.", f"channel: {channel if channel in KINDS else 'ussd'}"]
    rows += [f"language: {language}"] if language else []
    return "\n".join([*rows, f"time: {datetime.now(HOME):%Y-%m-%d %H:%M}"]) + "\n\n"


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
    """A phone in the terminal: where its caller is, whether sizes are shown, and the file that all is kept in."""

    line: Line
    channel: Channel
    sized: bool
    file: Path | None = None
    session: Session | None = None
    count: int = 0

    def say(self, text: str, begins: bool) -> None:
        """Send a text and print what comes back."""
        self.count += 1
        known = self.count.to_bytes(16, "big")
        turn = converse(self.line, self.session, Incoming(text, self.channel, known, datetime.now(HOME), begins))
        self.session = turn.session
        rows = [f"< {row}".rstrip() for row in turn.reply.text.split("\n")] if turn.reply.text else ["  (no reply)"]
        self.keep("\n".join([f"> {DIALLED if begins else text}", *rows]) + "\n\n")
        click.echo("\n".join(rows))
        click.echo(f"{_size(turn.reply.text)}\n" if self.sized and turn.reply.text else "")

    def keep(self, text: str) -> None:
        """Add to the file; each text at once, since a tester may close the window."""
        if self.file:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(text)


def _size(text: str) -> str:
    """How long a screen is, as a line that stands below it."""
    size = measure(text)
    return f"  ({size.encoding}, {size.units} units, {size.segments} segment{'s' * (size.segments != 1)})"
