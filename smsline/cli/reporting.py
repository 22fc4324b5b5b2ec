"""`smsline coverage`: what municipalities are shown of the line."""

from __future__ import annotations

from datetime import datetime

import click

from smsline.cli.group import Shown, content_of, main, settings_of
from smsline.content.check import summary
from smsline.content.coverage import coverage as covered
from smsline.engine.model import HOME
from smsline.reports import covering
from smsline.words import SOURCE, read_words, speak


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "csv", "html"]), default="text")
@click.option("--language", default=SOURCE, help="The language of the page, such as nl.")
@click.option("--state", is_flag=True, help="Only the state of the content, as it opens the README.")
def coverage(form: str, language: str, state: bool) -> None:
    """Who can be shown where: services by province and the largest municipalities, and the gaps."""
    settings = settings_of()
    content, today = content_of(settings), datetime.now(HOME).date()
    if state:
        click.echo(summary(content))
        return
    spoken_in(language)
    found = covered(content, today)
    if form == "csv":
        click.echo(covering.as_csv(content, found), nl=False)
    elif form == "html":
        click.echo(covering.as_html(content, found, today, language))
    else:
        for row in covering.as_text(content, found):
            click.echo(row)


def spoken_in(language: str) -> None:
    """Have pages in a language; `Shown` where there are no words of it."""
    known = read_words(settings_of().locales)
    if language not in known:
        raise Shown(f'There are no pages in "{language}". Choose one of {", ".join(known)}.')
    speak(known[language])
