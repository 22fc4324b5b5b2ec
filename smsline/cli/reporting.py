"""`smsline coverage`, `report` and `demo`: what municipalities are shown of the line."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from smsline.cli.group import Shown, content_of, main, settings_of
from smsline.content.check import summary
from smsline.content.coverage import coverage as covered
from smsline.engine.model import HOME
from smsline.errors import SmslineError
from smsline.reports import covering
from smsline.reports.period import after, period
from smsline.settings import Settings
from smsline.stores import Store, is_missing, open_store
from smsline.words import SOURCE, read_words, speak


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "csv", "html"]), default="text")
@click.option("--language", default=SOURCE, help="The language of the page, such as nl.")
@click.option("--state", is_flag=True, help="Only the state of the content, as it opens the README.")
def coverage(form: str, language: str, state: bool) -> None:
    """Who can be shown where: services by province and the largest municipalities, and the gaps."""
    settings = settings_of()
    content, today = content_of(settings, understands=False), datetime.now(HOME).date()
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


@main.command()
@click.option("--from", "first", default="", help="The first month, such as 2026-10.")
@click.option("--to", "last", default="", help="The last month. Without both: the last three that are over.")
@click.option("--format", "form", type=click.Choice(["html", "csv"]), default="html")
@click.option("--language", default=SOURCE, help="The language of the page, such as nl.")
@click.option("--municipality", default="", help="With a chapter on the residents of this one.")
def report(first: str, last: str, form: str, language: str, municipality: str) -> None:
    """What was asked, answered and missed in some months, in figures that identify nobody."""
    from smsline.reports import residents, written

    settings, today = settings_of(), datetime.now(HOME).date()
    spoken_in(language)
    try:
        asked = period(first, last, today)
        content = content_of(settings, understands=False)
        town = residents.municipality(content, municipality) if municipality else ""
        found = written.read(content, covered(content, today), counts_of(settings), asked)
    except SmslineError as error:
        raise Shown(str(error)) from error
    if form == "csv":
        click.echo(written.as_csv(found, language), nl=False)
    else:
        click.echo(written.as_html(found, language, town))


@main.command()
@click.option("--store", default="sqlite:///smsline-demo.sqlite", help="The store that is filled.")
def demo(store: str) -> None:
    """Fill a store of its own with an invented year, to see the report before anybody has texted."""
    from smsline.demo import filled

    settings, today = settings_of(), datetime.now(HOME).date()
    first, last = after(today.replace(day=1), -12), today - timedelta(days=1)
    try:
        texts = filled(store, settings.store, content_of(settings, understands=False), first, last)
    except SmslineError as error:
        raise Shown(str(error)) from error
    click.echo(f"{texts} invented texts from {first} to {last} are in {store}. To see them:")
    click.echo(f"SMSLINE_STORE={store} smsline report --from {first:%Y-%m} --to {last:%Y-%m} > report.html")
    click.echo(f"SMSLINE_STORE={store} smsline serve")


def counts_of(settings: Settings) -> Store:
    """The store that is counted in; where there is none yet that is said, none is made, and nothing was counted."""
    if not is_missing(settings.store):
        return open_store(settings.store)
    what = f"There is no store {settings.store} yet: the line makes it at its first start. Or is SMSLINE_STORE wrong?"
    click.echo(what, err=True)
    return open_store("memory:")


def spoken_in(language: str) -> None:
    """Have pages in a language; `Shown` where there are no words of it."""
    known = read_words(settings_of().locales)
    if language not in known:
        raise Shown(f'There are no pages in "{language}". Choose one of {", ".join(known)}.')
    speak(known[language])
