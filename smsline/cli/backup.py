"""`smsline backup` and `restore`: the counts in a file of their own, and back."""

from __future__ import annotations

from pathlib import Path

import click

from smsline.cli.group import Shown, main, settings_of
from smsline.errors import SmslineError
from smsline.settings import Settings
from smsline.stores import backup as backups

SQLITE = "sqlite:///"

A_FILE = click.Path(dir_okay=False, path_type=Path)


@main.command()
@click.argument("file", type=A_FILE)
def backup(file: Path) -> None:
    """Write the counts into FILE while the line runs: no session, no salt, nothing of a caller."""
    try:
        backups.back_up(_store(settings_of()), file)
    except SmslineError as error:
        raise Shown(str(error)) from error
    click.echo(f"The counts are in {file}, and nothing of callers. They are exact: keep them to yourself.")


@main.command()
@click.argument("file", type=A_FILE)
def restore(file: Path) -> None:
    """Put the counts of FILE, a backup, in the place of those of the store. Stop the line first."""
    settings = settings_of()
    try:
        before = backups.restore(file, _store(settings), settings.production)
    except SmslineError as error:
        raise Shown(str(error)) from error
    click.echo(f"The counts of {file} are in the store." + (f" Those of before are in {before}." if before else ""))


def _store(settings: Settings) -> Path:
    """The file of the store. `SmslineError` where it is none."""
    if not settings.store.startswith(SQLITE):
        raise SmslineError("SMSLINE_STORE is no file, so there is nothing to back up here. Set sqlite:///path.")
    return Path(settings.store.removeprefix(SQLITE))
