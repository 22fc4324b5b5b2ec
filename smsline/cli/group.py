"""The command `smsline` itself, and what all its commands share: settings, content and a mistake as one sentence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from smsline.content.loading import Content, load, read_content
from smsline.engine.line import Line
from smsline.engine.model import HOME, Session, Spot, State
from smsline.errors import Problem, SmslineError
from smsline.settings import Settings, read_settings


class Shown(click.ClickException):
    """An operator's mistake, as one sentence and exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), err=True)


def settings_of(environ: Mapping[str, str] = os.environ) -> Settings:
    try:
        return read_settings(environ)
    except SmslineError as error:
        raise Shown(str(error)) from error


def line_of(settings: Settings) -> Line:
    wrong: list[Problem] = []
    try:
        line = load(settings.menus, settings.locales, settings.production, wrong)
    except SmslineError as error:
        raise Shown(f"{error}\nNothing is served. Mend this first: smsline check") from error
    for problem in wrong:
        click.echo(f"{problem} Until then this language is not answered.", err=True)
    return replace(line, limits=settings.limits)


@click.group()
def main() -> None:
    """An information line that people can text."""


def content_of(settings: Settings, understands: bool = True) -> Content:
    """The content; whoever only counts and draws needs no line that `understands` texts, which takes a second."""
    content, problems = read_content(settings.menus, settings.locales, understands=understands)
    blocking = [
        problem for problem in problems if not problem.reminder and problem.file.startswith(settings.menus.name)
    ]
    if content is None or blocking:
        raise Shown("\n".join(str(problem) for problem in blocking) + "\nMend this first.")
    return content


def begun(line: Line, language: str | None, node: str | None) -> Session | None:
    """A session in a language, at a node; none where neither is said."""
    if language is not None and language not in line.languages:
        raise Shown(f'There is no language "{language}". Choose one of {", ".join(line.languages)}.')
    if node is not None and node not in line.nodes:
        raise Shown(f'There is no node "{node}".')
    if language is None and node is None:
        return None
    now = int(datetime.now(HOME).timestamp())
    return Session(State(Spot(node or "start"), language or line.default, now), chosen=language is not None)
