"""`smsline translations`: sentences for translators, as ordinary gettext files."""

from __future__ import annotations

import click

from smsline.cli.group import Shown, content_of, main, settings_of
from smsline.content import translations as po


@main.group()
def translations() -> None:
    """Sentences for translators: ordinary gettext files."""


@translations.command()
def extract() -> None:
    """Write the template with every sentence of the menus."""
    settings = settings_of()
    content = content_of(settings)
    click.echo(f"{po.extract(content.messages, settings.locales)}: {len(content.messages)} messages.")


@translations.command()
@click.argument("language", required=False)
def update(language: str | None) -> None:
    """Bring the files of all languages, or of one, up to date: what changed becomes fuzzy."""
    settings = settings_of()
    content = content_of(settings)
    po.extract(content.messages, settings.locales)
    for code in [language] if language else list(content.line.languages)[1:]:
        if code not in content.line.languages:
            raise Shown(f'There is no language "{code}" in line.yaml.')
        _counted(po.update(content.messages, settings.locales, code, []))


@translations.command()
def status() -> None:
    """How far each language is."""
    settings = settings_of()
    content = content_of(settings)
    for code, translated in content.translated.items():
        _counted(po.count(content.messages, translated, code))


def _counted(count: po.Count) -> None:
    click.echo(f"{count.language}: {count.complete} complete, {count.fuzzy} fuzzy, {count.missing} missing, "
               f"{count.confirmed} confirmed by a native speaker")  # fmt: skip
