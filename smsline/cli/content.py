"""`smsline check`, `cost` and `diff`: what is wrong with the content, what it costs, what callers read differently."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

import click

from smsline.cli.group import Shown, content_of, main, settings_of
from smsline.content.check import check as check_content
from smsline.content.check import check_again, unverified
from smsline.content.check import summary as summarised
from smsline.content.cost import cost_report
from smsline.content.difference import arranged, changes, earlier, helped, shown, unserved
from smsline.content.loading import read_content
from smsline.engine.model import HOME
from smsline.errors import Problem, SmslineError
from smsline.kept import Kept
from smsline.settings import Settings


@main.command()
@click.option("--live", is_flag=True, help="Refuse what nobody has verified, as the release step does.")
@click.option("--summary", is_flag=True, help="Print the state of the content, as it stands in the README.")
@click.option("--reminders/--no-reminders", default=True, help="Whether to list what is due.")
@click.option("--since", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Only what differs from the menus and locales in FOLDER, as a running line looks.")  # fmt: skip
def check(live: bool, summary: bool, reminders: bool, since: Path | None) -> None:
    """Name every problem of the content, with file and line and what to do."""
    settings = settings_of()
    if summary:
        click.echo(summarised(content_of(settings)))
        return
    found = _found(settings, since)
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
            raise Shown(what + "Verify them, or set SMSLINE_GO_LIVE_UNVERIFIED=yes.")


def _found(settings: Settings, since: Path | None) -> list[Problem]:
    today = datetime.now(HOME).date()
    if since is not None:
        before, _ = read_content(*Kept.parts(since), understands=False)
        if before is not None:
            return check_again(settings.menus, settings.locales, today, before)
    return check_content(settings.menus, settings.locales, today)


@main.command()
def cost() -> None:
    """What an average conversation costs in each language, and the ten dearest screens."""
    for row in cost_report(content_of(settings_of()), datetime.now(HOME).date()):
        click.echo(row)


@main.command()
@click.argument("revision", metavar="[REV]", default="HEAD")
@click.option("--language", default=None, help="Only this language.")
@click.option("--channel", default=None, help="Only this channel, such as sms.")
@click.option("--name", default=None, help="Only this node, phrase or organisation.")
def diff(revision: str, language: str | None, channel: str | None, name: str | None) -> None:
    """What callers will read differently from the revision REV of git (HEAD), with segments and price."""
    settings = settings_of()
    after = content_of(settings)
    with tempfile.TemporaryDirectory() as folder:
        try:
            before, _ = read_content(*earlier(settings.menus, settings.locales, revision, Path(folder)))
        except SmslineError as error:
            raise Shown(str(error)) from error
    if language is not None and language not in after.line.languages:
        raise Shown(f'There is no language "{language}". Choose one of {", ".join(after.line.languages)}.')
    if channel is not None and channel not in after.line.channels:
        raise Shown(f'There is no channel "{channel}". Choose one of {", ".join(after.line.channels)}.')
    if before is None:
        raise Shown(f"The content of {revision} cannot be read by this version, so there is nothing to compare with.")
    wanted = {"language": language, "channel": channel, "name": name}
    count = 0
    today = datetime.now(HOME).date()
    for change in changes(before, after, today):
        if all(value in (None, getattr(change, key)) for key, value in wanted.items()):
            count += 1
            click.echo("\n".join(shown(change, after.price.sent, after.price.currency)) + "\n")
    moved = [*arranged(before.line, after.line), *helped(before, after, today)] if name is None else []
    for row in moved:
        click.echo(row)
    fuzzy = [row for row in unserved(before, after) if language in (None, row[0])]
    for code, key, at in fuzzy:
        click.echo(f"{code}: {key} is not served any more: its source changed (line {at}). Translate it again.")
    stops, rest = "stop" + "s" * (count != 1), "translation" + "s" * (len(fuzzy) != 1)
    click.echo(f"{count} {stops} changed, {len(moved)} other changes of who helps, {len(fuzzy)} {rest} turned fuzzy.")
