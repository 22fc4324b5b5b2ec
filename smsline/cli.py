"""The command line: `smsline check`, `cost`, `chat`, `explain`, `where`, `serve`, `forget`, `translations`, `stats`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import click

from smsline.content import translations as po
from smsline.content.check import check as check_content
from smsline.content.check import summary as summarised
from smsline.content.check import unverified
from smsline.content.cost import cost_report
from smsline.content.loading import Content, load, read_content
from smsline.content.setup import USSD_GATEWAYS
from smsline.engine.conversation import converse
from smsline.engine.fold import words
from smsline.engine.line import Line
from smsline.engine.model import Channel, Incoming, Place, Session, Spot, State
from smsline.engine.screen import HOME, NEAR, choices
from smsline.engine.segments import measure
from smsline.engine.understanding import Meaning, understand
from smsline.errors import SmslineError
from smsline.settings import Settings, read_settings

DIALLED = "*123#"
"""How a dialled USSD code is written in a conversation."""


class _Shown(click.ClickException):
    """An operator's mistake, as one sentence and exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), err=True)


def _settings(environ: Mapping[str, str] = os.environ) -> Settings:
    try:
        return read_settings(environ)
    except SmslineError as error:
        raise _Shown(str(error)) from error


def _line(settings: Settings) -> Line:
    try:
        return replace(load(settings.menus, settings.locales), limits=settings.limits)
    except SmslineError as error:
        raise _Shown(f"{error}\nNothing is served. Mend this first: smsline check") from error


@click.group()
def main() -> None:
    """An information line that people can text."""


@main.command()
@click.option("--live", is_flag=True, help="Refuse what nobody has verified, as the release step does.")
@click.option("--summary", is_flag=True, help="Print the state of the content, as it stands in the README.")
@click.option("--reminders/--no-reminders", default=True, help="Whether to list what is due.")
def check(live: bool, summary: bool, reminders: bool) -> None:
    """Name every problem of the content, with file and line and what to do."""
    settings = _settings()
    if summary:
        click.echo(summarised(_content(settings)))
        return
    found = check_content(settings.menus, settings.locales, datetime.now(HOME).date())
    problems = [problem for problem in found if not problem.reminder]
    due = [problem for problem in found if problem.reminder]
    for problem in found if reminders else problems:
        click.echo(str(problem))
    click.echo(f"{len(problems)} problem{'s' * (len(problems) != 1)}, {len(due)} reminder{'s' * (len(due) != 1)}.")
    if problems:
        raise SystemExit(1)
    if live and not settings.unverified_allowed:
        content, _ = read_content(settings.menus, settings.locales)
        open_ones = unverified(content) if content else []
        if open_ones:
            what = f"{len(open_ones)} urgent answers and contacts that nobody has verified, such as {open_ones[0]}. "
            raise _Shown(what + "Verify them, or set SMSLINE_GO_LIVE_UNVERIFIED=yes.")


@main.command()
def cost() -> None:
    """What an average conversation costs in each language, and the ten dearest screens."""
    for row in cost_report(_content(_settings()), datetime.now(HOME).date()):
        click.echo(row)


@main.command()
@click.option("--channel", type=click.Choice(["sms", "whatsapp", "ussd", *USSD_GATEWAYS]), default="sms")
@click.option("--language", default=None, help="Begin in this language, such as nl.")
def chat(channel: str, language: str | None) -> None:
    """A phone in the terminal. Reads lines from a pipe too; prints > and < lines, as conversation tests have them.

    In development the size of each screen stands below it.
    """
    settings = _settings()
    line = _line(settings)
    phone = _Phone(line, line.channels.get(channel) or line.channels["ussd"], not settings.production)
    phone.session = _begun(line, language, None)
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


def _begun(line: Line, language: str | None, node: str | None) -> Session | None:
    """A session in a language, at a node; none where neither is said."""
    if language is not None and language not in line.languages:
        raise _Shown(f'There is no language "{language}". Choose one of {", ".join(line.languages)}.')
    if node is not None and node not in line.nodes:
        raise _Shown(f'There is no node "{node}".')
    if language is None and node is None:
        return None
    now = int(datetime.now(HOME).timestamp())
    return Session(State(Spot(node or "start"), language or line.default, now), chosen=language is not None)


# --- what is understood ---------------------------------------------------------------------------------


@main.command()
@click.argument("text")
@click.option("--language", default=None, help="The language of the session.")
@click.option("--node", default=None, help="The node where the caller is.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, all keys always.")
def explain(text: str, language: str | None, node: str | None, as_json: bool) -> None:
    """What a text is understood as, and why. With - it reads one text a line, and prints JSON."""
    line = _line(_settings())
    _begun(line, language, node)
    if text == "-":
        for row in _rows():
            click.echo(json.dumps(explained(line, row.rstrip("\n"), language, node), ensure_ascii=False))
        return
    found = explained(line, text, language, node)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for key, value in found.items():
        click.echo(f"{key}: {value}")
    for reason in understand(line, text, language).reasons:
        click.echo(f"because {reason}")


def _rows() -> Iterator[str]:
    """The lines of standard input; what is not UTF-8 is read as far as it can be."""
    for row in sys.stdin.buffer:
        yield row.decode("utf-8", "replace")


def explained(line: Line, text: str, language: str | None, node: str | None) -> dict[str, Any]:
    """The meaning of a text as staff and tests read it; what stands on the node's screen comes first."""
    session = _begun(line, language, node)
    meaning = _on_screen(line, session if node else None, text) or understand(line, text, language)
    turn = converse(line, session, Incoming(text, line.channels["sms"], bytes(16), datetime.now(HOME)))
    number = line.directory.organisations[line.emergency].phone
    urgent = bool(meaning.node and line.nodes[meaning.node].urgent)
    place = meaning.place
    if session and place is None and session.state.here.view == "ask":
        found = line.gazetteer.find(text, asked=True)
        place = found.place if found else None
    return {
        "kind": meaning.kind,
        "node": meaning.node,
        "command": meaning.command,
        "language": language or meaning.language or "und",
        "place": place.name if place else None,
        "urgent": urgent,
        "emergency": number in turn.reply.text,
        "suggestions": [name for name in meaning.suggestions if name in line.nodes],
    }


def _on_screen(line: Line, session: Session | None, text: str) -> Meaning | None:
    """What a number means: 0 and 9 on any screen, others on that of the session."""
    tokens = words(text)
    if len(tokens) != 1 or not tokens[0].isdigit() or len(tokens[0]) > 2:
        return None
    if tokens[0] in ("0", "9"):
        return Meaning("command", command="back" if tokens[0] == "0" else "more")
    if session is None:
        return None
    offered = choices(line, session.state)
    number = int(tokens[0])
    if not 1 <= number <= len(offered):
        return Meaning("none")
    target = offered[number - 1].target
    if target in line.nodes:
        return Meaning("node", node=target)
    return Meaning("node", node=session.state.here.node) if target == NEAR else Meaning("command")


@main.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, or null.")
def where(text: str, as_json: bool) -> None:
    """The place that a text names. With - it reads one text a line, and prints JSON."""
    gazetteer = _line(_settings()).gazetteer
    if text == "-":
        for row in _rows():
            click.echo(json.dumps(_placed(gazetteer.find(row.rstrip("\n"), asked=True)), ensure_ascii=False))
        return
    found = _placed(gazetteer.find(text, asked=True))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif found is None:
        click.echo("No place is named.")
    else:
        click.echo(f"{found['name']} ({found['municipality']}) {found['latitude']} {found['longitude']}")
        for other in found["others"]:
            click.echo(f"also {other['name']} ({other['municipality']})")


def _placed(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    return {**_point(found.place), "others": [_point(place) for place in found.others]}


def _point(place: Place) -> dict[str, Any]:
    return {"name": place.name, "municipality": place.municipality, "latitude": place.latitude,
            "longitude": place.longitude}  # fmt: skip


# --- running ----------------------------------------------------------------------------------------------


@main.command()
@click.option("--port", type=int, default=None, help="The port, instead of SMSLINE_PORT.")
def serve(port: int | None) -> None:
    """Answer over HTTP."""
    from smsline.serving import run

    settings = _settings()
    if port is not None:
        settings = _settings({**os.environ, "SMSLINE_PORT": str(port)})
    try:
        run(settings)
    except SmslineError as error:
        raise _Shown(str(error)) from error


@main.command()
def forget() -> None:
    """Delete what is kept of a caller. Asks for the number, or reads it from a pipe; it is never an argument."""
    from smsline.service import Service
    from smsline.stores import open_store

    settings = _settings()
    if not settings.secret_given:
        raise _Shown("SMSLINE_SECRET is not set, so no sender can be recognised. Set it as the running line has it.")
    number = (
        click.prompt("Number, such as +31612345678", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    )
    try:
        service = Service(_line(settings), open_store(settings.store), settings.secret)
        gone = service.forget(number.strip())
    except SmslineError as error:
        raise _Shown(str(error)) from error
    click.echo("Deleted." if gone else "Nothing is kept of that number.")


@main.command()
def stats() -> None:
    """What was asked and where help was sought, in counts that identify nobody."""
    from smsline.stores import open_store

    try:
        store = open_store(_settings().store)
    except SmslineError as error:
        raise _Shown(str(error)) from error
    for day in store.days():
        click.echo(
            f"{day.day} {day.channel} {day.language} {day.event} {day.node or '-'} {day.times} segments {day.segments}"
        )
    for month in store.months():
        found = "found" if month.found else "nobody near"
        click.echo(f"{month.month} {month.service} {month.municipality} {found} {month.times}")


@main.group()
def translations() -> None:
    """Sentences for translators: ordinary gettext files."""


def _content(settings: Settings) -> Content:
    content, problems = read_content(settings.menus, settings.locales)
    blocking = [problem for problem in problems if not problem.reminder and problem.file.startswith("menus")]
    if content is None or blocking:
        raise _Shown("\n".join(str(problem) for problem in blocking) + "\nMend this first.")
    return content


@translations.command()
def extract() -> None:
    """Write the template with every sentence of the menus."""
    settings = _settings()
    content = _content(settings)
    click.echo(f"{po.extract(content.messages, settings.locales)}: {len(content.messages)} messages.")


@translations.command()
@click.argument("language", required=False)
def update(language: str | None) -> None:
    """Bring the files of all languages, or of one, up to date: what changed becomes fuzzy."""
    settings = _settings()
    content = _content(settings)
    po.extract(content.messages, settings.locales)
    for code in [language] if language else list(content.line.languages)[1:]:
        if code not in content.line.languages:
            raise _Shown(f'There is no language "{code}" in line.yaml.')
        _counted(po.update(content.messages, settings.locales, code, []))


@translations.command()
def status() -> None:
    """How far each language is."""
    settings = _settings()
    content = _content(settings)
    for code, translated in content.translated.items():
        _counted(po.count(content.messages, translated, code))


def _counted(count: po.Count) -> None:
    click.echo(f"{count.language}: {count.complete} complete, {count.fuzzy} fuzzy, {count.missing} missing, "
               f"{count.confirmed} confirmed by a native speaker")  # fmt: skip
