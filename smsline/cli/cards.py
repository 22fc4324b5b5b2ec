"""`smsline cards`: a poster and cards to print, with the number of the line, its first word and its codes."""

from __future__ import annotations

from datetime import datetime

import click

from smsline.cli.group import Shown, main, settings_of
from smsline.content.loading import load_content
from smsline.engine.model import HOME
from smsline.errors import SmslineError
from smsline.reports.cards import Order, as_html, doubt, refused


@main.command()
@click.option("--language", default="en", help="The language of the cards, such as nl.")
@click.option("--number", required=True, help="The number of the line, such as +31612345678, or its short code.")
@click.option("--discreet", is_flag=True, help="Name no subject: only the number, the first word and the codes.")
def cards(language: str, number: str, discreet: bool) -> None:
    """A page to print on A4: a poster, and ten cards with the number, the first word and the short codes."""
    settings = settings_of()
    try:
        content = load_content(settings.menus, settings.locales, settings.production)
    except SmslineError as error:
        raise Shown(f"{error}\nMend this first: smsline check") from error
    order = Order(language, number, discreet)
    wrong = refused(content, order, datetime.now(HOME).date())
    if wrong:
        raise Shown(wrong)
    if doubt(number):
        click.echo(doubt(number), err=True)
    click.echo(as_html(content, order))
