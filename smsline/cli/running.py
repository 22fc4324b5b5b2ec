"""`smsline serve`, `forget` and `stats`: the line as it runs."""

from __future__ import annotations

import os
import sys

import click

from smsline.cli.group import Shown, line_of, main, settings_of
from smsline.errors import SmslineError


@main.command()
@click.option("--port", type=int, default=None, help="The port, instead of SMSLINE_PORT.")
def serve(port: int | None) -> None:
    """Answer over HTTP."""
    from smsline.serving import run

    settings = settings_of()
    if port is not None:
        settings = settings_of({**os.environ, "SMSLINE_PORT": str(port)})
    try:
        run(settings)
    except SmslineError as error:
        raise Shown(str(error)) from error


@main.command()
def forget() -> None:
    """Delete what is kept of a caller. Asks for the number, or reads it from a pipe; it is never an argument."""
    from smsline.service import Service
    from smsline.stores import open_store

    settings = settings_of()
    if not settings.secret_given:
        raise Shown("SMSLINE_SECRET is not set, so no sender can be recognised. Set it as the running line has it.")
    number = (
        click.prompt("Number, such as +31612345678", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    )
    try:
        service = Service(line_of(settings), open_store(settings.store), settings.secret)
        gone = service.forget(number.strip())
    except SmslineError as error:
        raise Shown(str(error)) from error
    click.echo("Deleted." if gone else "Nothing is kept of that number.")


@main.command()
def stats() -> None:
    """What was asked and where help was sought, in counts that identify nobody."""
    from smsline.stores import open_store

    try:
        store = open_store(settings_of().store)
    except SmslineError as error:
        raise Shown(str(error)) from error
    for day in store.days():
        click.echo(
            f"{day.day} {day.channel} {day.language} {day.event} {day.node or '-'} {day.times} segments {day.segments}"
        )
    for month in store.months():
        found = "found" if month.found else "nobody near"
        click.echo(f"{month.month} {month.service} {month.municipality} {found} {month.times}")
