"""`smsline staff`: who may come to the pages for staff."""

from __future__ import annotations

import sys

import click

from smsline.cli.group import Shown, main, settings_of
from smsline.errors import SmslineError
from smsline.staff.accounts import ROLES, SHORTEST, made_up, read_accounts
from smsline.staff.accounts import add as add_account
from smsline.staff.accounts import remove as remove_account


@main.group()
def staff() -> None:
    """Accounts for the pages under /staff/."""


@staff.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="An editor changes, a viewer looks.")
@click.option("--generate", is_flag=True, help="Make a password and print it once.")
def add(name: str, role: str, generate: bool) -> None:
    """Make an account. Asks for the password, or reads it from a pipe; it is never an argument.

    Where none is typed, one is made and printed once.
    """
    typed = "" if generate else _asked()
    password = typed or made_up()
    try:
        add_account(settings_of().staff, name, role, password)
    except SmslineError as error:
        raise Shown(str(error)) from error
    click.echo(
        f"{name} is {'an editor' if role == 'editor' else 'a viewer'}." + ("" if typed else f" Password: {password}")
    )


def _asked() -> str:
    if sys.stdin.isatty():
        what = f"Password, at least {SHORTEST} letters (none: one is made)"
        return str(click.prompt(what, default="", show_default=False, hide_input=True, confirmation_prompt="Once more"))
    return sys.stdin.readline().rstrip("\n")


@staff.command(name="list")
def list_() -> None:
    """Who has an account."""
    try:
        accounts = read_accounts(settings_of().staff)
    except SmslineError as error:
        raise Shown(str(error)) from error
    for one in accounts.values():
        click.echo(f"{one.name} {one.role}")


@staff.command()
@click.argument("name")
def remove(name: str) -> None:
    """Take an account away; whoever is signed in with it is out."""
    try:
        remove_account(settings_of().staff, name)
    except SmslineError as error:
        raise Shown(str(error)) from error
    click.echo(f"{name} has no account any more.")
