"""`smsline serve`, `forget`, `stats`, `fallback` and `doctor`: the line as it runs."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping

import click

from smsline.anonymity import Cell, anonymous
from smsline.channels import twilio
from smsline.cli.group import Shown, line_of, main, settings_of
from smsline.engine.model import Reply
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
@click.argument("pipe", type=click.Choice(["-"]), required=False, metavar="[-]")
def forget(pipe: str | None) -> None:
    """Delete what is kept of a caller. Asks for the number, or reads it from a pipe (-); it is never an argument."""
    from smsline.service import Service
    from smsline.stores import open_store

    settings = settings_of()
    if not settings.secret_given:
        raise Shown("SMSLINE_SECRET is not set, so no sender can be recognised. Set it as the running line has it.")
    typing = sys.stdin.isatty() and not pipe
    number = click.prompt("Number, such as +31612345678", hide_input=True) if typing else sys.stdin.readline()
    try:
        service = Service(line_of(settings), open_store(settings.store), settings.secret)
        gone = service.forget(number.strip())
    except SmslineError as error:
        raise Shown(str(error)) from error
    click.echo("Deleted." if gone else "Nothing is kept of that number.")


@main.command()
@click.option("--exact", is_flag=True, help="Every count as it is, for this machine alone.")
def stats(exact: bool) -> None:
    """What was asked and where help was sought, in counts that identify nobody: small ones are joined or blank."""
    from smsline.stores import open_store

    try:
        store = open_store(settings_of().store)
        days, months = list(store.days()), list(store.months())
    except SmslineError as error:
        raise Shown(str(error)) from error
    asked: Counter[Cell] = Counter()
    for day in days:
        asked[f"{day.day:%Y-%m-%d}", day.channel, day.language, day.event, day.node or "-"] += day.times
    _table(asked if exact else anonymous(asked, (_month_of, _any_language), (_without(3), _without(4))))
    sought: Counter[Cell] = Counter()
    for month in months:
        found = "found" if month.found else "nobody near"
        sought[month.month, month.service, month.municipality, found] += month.times
    _table(sought if exact else anonymous(sought, (_whole_country,), (_without(1), _without(2))))


def _table(counts: Mapping[Cell, int | None]) -> None:
    for cell, count in sorted(counts.items(), key=lambda row: [str(part) for part in row[0]]):
        click.echo(" ".join(map(str, cell)) + f" {'<5' if count is None else count}")


def _month_of(cell: Cell) -> Cell | None:
    """A day's count in that of its month."""
    day, *rest = cell
    return (str(day)[:7], *rest) if len(str(day)) == 10 else None


def _any_language(cell: Cell) -> Cell | None:
    day, _, language, *rest = cell
    return (day, "any", "any", *rest) if language != "any" else None


def _without(part: int) -> Callable[[Cell], Cell]:
    """The sum over one part of a cell, which a reader can make."""
    return lambda cell: (*cell[:part], *cell[part + 1 :])


def _whole_country(cell: Cell) -> Cell | None:
    month, service, municipality, found = cell
    return (month, service, "other places", found) if municipality != "other places" else None


@main.command()
def fallback() -> None:
    """A static reply for when the line itself is off: the TwiML of Twilio's fallback URL, from the content."""
    line = line_of(settings_of())
    said = [line.catalog(code, "phrase.fallback") for code in line.voice or (line.default,)]
    click.echo(twilio.render(Reply("\n".join(said))).get_data(as_text=True))


@main.command()
@click.option("--online", is_flag=True, help="Also ask the public URL and the provider, without texting anybody.")
def doctor(online: bool) -> None:
    """What is set up, what is not and what to do, and what only a person can see at the gateway."""
    from smsline.doctor import MEND, examined, questions

    settings = settings_of()
    wrong = 0
    for finding in examined(settings, online):
        click.echo(str(finding))
        wrong += finding.state == MEND
    for question in questions(settings, online):
        click.echo(f"ask   {question}")
    if wrong:
        raise SystemExit(1)
