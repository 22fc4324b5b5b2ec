"""`smsline translations`: sentences for translators, as ordinary gettext files."""

from __future__ import annotations

from datetime import datetime

import click
from babel import Locale

from smsline.cli.group import Shown, content_of, main, settings_of
from smsline.content import translating
from smsline.content.check import check as check_content
from smsline.content.editing import add_language
from smsline.content.loading import Content
from smsline.content.organisations import is_language
from smsline.content.proofs import proofs
from smsline.content.translations import file_of
from smsline.engine.model import HOME


@main.group()
def translations() -> None:
    """Sentences for translators: ordinary gettext files."""


@translations.command()
def extract() -> None:
    """Write the template with every sentence of the menus."""
    settings = settings_of()
    content = content_of(settings)
    click.echo(f"{translating.extract(content.messages, settings.locales)}: {len(content.messages)} messages.")


@translations.command()
@click.argument("language", required=False)
def update(language: str | None) -> None:
    """Bring the files of all languages, or of one, up to date: what changed becomes fuzzy."""
    settings = settings_of()
    content = content_of(settings)
    translating.extract(content.messages, settings.locales)
    for code in _codes(content, language):
        _counted(translating.update(content.messages, settings.locales, content.line.languages[code], []))


@translations.command()
def status() -> None:
    """How far each language is."""
    settings = settings_of()
    content = content_of(settings)
    for code, translated in content.translated.items():
        _counted(translating.count(content.messages, translated, code))


def _counted(count: translating.Count) -> None:
    click.echo(f"{count.language}: {count.complete} complete, {count.fuzzy} fuzzy, {count.missing} missing, "
               f"{count.confirmed} confirmed by a native speaker")  # fmt: skip


@translations.command()
def staff() -> None:
    """Bring the words of the staff pages up to date: locales/<language>/LC_MESSAGES/staff.po."""
    from smsline.words import update as update_words

    for path in update_words(settings_of().locales):
        click.echo(str(path))


@translations.command()
@click.argument("node")
@click.option("--language", default=None, help="In this language only.")
def keep(node: str, language: str | None) -> None:
    """The translations of NODE are still right though its source changed: they are fuzzy no more.

    NODE may be a single message too, such as pep.answer.
    """
    settings = settings_of()
    content = content_of(settings)
    if node not in content.line.nodes and node not in content.messages:
        raise Shown(f'There is no node and no message "{node}".')
    for code in _codes(content, language):
        kept = translating.keep(content.messages, settings.locales, content.line.languages[code], node)
        click.echo(f"{code}: {', '.join(kept) if kept else 'nothing fuzzy'}")


@translations.command()
@click.argument("language")
def new(language: str) -> None:
    """Begin a LANGUAGE, by its ISO code such as th: its file, and its row in menus/line.yaml."""
    settings = settings_of()
    content = content_of(settings)
    if language in content.line.languages:
        raise Shown(f"{language} is a language of this line already. Run: smsline translations update {language}")
    if not is_language(language) or language not in Locale("en").languages:
        raise Shown(f'"{language}" is no language that Babel knows. Use its ISO code, such as th.')
    name = add_language(settings.menus / "line.yaml", language, content.source)
    content = content_of(settings)
    _counted(translating.update(content.messages, settings.locales, content.line.languages[language], []))
    click.echo(f"{name} stands in menus/line.yaml: see to its name, and to what else asks for it.")


@translations.command()
@click.argument("language", required=False)
def check(language: str | None) -> None:
    """What is wrong or odd in the files of all languages, or of one, with file and line."""
    settings = settings_of()
    content = content_of(settings)
    codes = _codes(content, language)
    files = {file_of(settings.locales, content.line.languages[code]) for code in codes}
    told = (*(f" in {code}" for code in codes), *(f"({code})" for code in codes))
    blocking = check_content(settings.menus, settings.locales, datetime.now(HOME).date(), codes)
    found = {problem for problem in blocking if not problem.reminder
             and (problem.file in files or any(one in problem.text for one in told))}  # fmt: skip
    found |= {problem for code in codes for problem in proofs(content, settings.locales, code)}
    for problem in sorted(found):
        click.echo(str(problem))
    click.echo(f"{len(found)} to look at.")
    if found:
        raise SystemExit(1)


def _codes(content: Content, language: str | None) -> list[str]:
    """The languages that are translated, or the one that was named, by its code or as its folder is."""
    known = {language.locale: code for code, language in content.line.languages.items() if not language.of}
    code = known.get(language, language) if language else None
    if code is not None and code not in content.translated:
        raise Shown(f'There is no translation into "{language}". Choose one of {", ".join(content.translated)}.')
    return [code] if code else list(content.translated)
