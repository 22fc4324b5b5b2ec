"""`smsline nearest` and `smsline orgs`: who helps where, and how the directory is kept true."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from smsline.cli.group import Shown, content_of, line_of, main, settings_of
from smsline.content.due import Due, due
from smsline.content.editing import Folder
from smsline.content.hsds import services as hsds_services
from smsline.content.importing import Importer, Row, read_table, table
from smsline.content.loading import Content
from smsline.engine.directory import RANKED, rank
from smsline.engine.line import Line
from smsline.engine.model import HOME
from smsline.engine.offers import Helper
from smsline.errors import Problem, SmslineError
from smsline.settings import Settings

A_WEEK = 10
"""Organisations that somebody can ring in a week beside other work."""


@main.command()
@click.argument("service")
@click.argument("place")
@click.option("--language", default=None, help="The language of the caller, such as ro.")
@click.option("--at", "at", default=None, help="The moment, such as 2026-11-24T23:00; now if it is not said.")
@click.option("--authorities", is_flag=True, help="Also who may check papers, as where a topic names them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def nearest(service: str, place: str, language: str | None, at: str | None, authorities: bool, as_json: bool) -> None:
    """Who helps with SERVICE near PLACE, in the order of a phone, and why in that order."""
    line = line_of(settings_of())
    if service not in line.directory.services:
        raise Shown(f'There is no service "{service}". Choose one of {", ".join(line.directory.services)}.')
    if language is not None and language not in line.languages:
        raise Shown(f'There is no language "{language}". Choose one of {", ".join(line.languages)}.')
    found = line.gazetteer.find(place, asked=True)
    if found is None:
        raise Shown(f'"{place}" is no place in the Netherlands that the line knows. Write a town or a postcode.')
    moment, language = _moment(at), language or line.default
    near = line.directory.nearest(service, found.place, moment, language, authorities)
    rows = [_helper(line, helper, service, moment, language) for helper in near.helpers]
    if as_json:
        said = {"service": service, "place": found.place.name, "exact": near.exact, "helpers": rows}
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    missing = "" if near.exact or not near.local else "nobody serves it; what comes closest"
    click.echo(f"{service} near {found.place.name}: {missing}".rstrip())
    for number, row in enumerate(rows, 1):
        click.echo(f"{number:>3} {row['title']} ({row['id']})  {row['reach']}")
        click.echo(f"    {'; '.join(row['why'])}")


def _moment(at: str | None) -> datetime:
    if at is None:
        return datetime.now(HOME)
    try:
        moment = datetime.fromisoformat(at)
        if not 2000 <= moment.year <= 2100:
            raise ValueError(at)
    except ValueError as error:
        raise Shown(f'--at is "{at}". Write a moment like 2026-11-24T23:00.') from error
    return moment.astimezone(HOME) if moment.tzinfo else moment.replace(tzinfo=HOME)


def _helper(line: Line, helper: Helper, service: str, moment: datetime, language: str) -> dict[str, Any]:
    one = helper.organisation
    order = rank(helper, service, moment, language, one.name in line.directory.doubted)
    how = {"here": "serves this place", "near": f"near: serves {helper.area}", "country": "serves the whole country"}
    why = [how[helper.how] if helper.area or helper.how != "near" else "near"]
    why.append("shown with its number" if helper.show == "yes" else "shown by its web address only")
    why += [what for what, figure in zip(RANKED, order, strict=True) if what not in ("reach", "km") and figure]
    why += [f"{helper.distance:.1f} km"] if helper.distance is not None else []
    return {
        "id": one.name, "title": one.title, "how": helper.how, "show": helper.show, "km": helper.distance,
        "reach": (one.phone or one.whatsapp or one.email or one.web) if helper.show == "yes" else one.web,
        "verified": one.verified.isoformat() if one.verified else None, "services": list(one.services), "why": why,
    }  # fmt: skip


# --- the directory as a job ---------------------------------------------------------------------------------


@main.group()
def orgs() -> None:
    """The directory: whom to ring, what was right, tables in and out."""


@orgs.command(name="due")
@click.option("--all", "everybody", is_flag=True, help=f"Not only the {A_WEEK} of this week.")
def due_(everybody: bool) -> None:
    """Whom to ring this week: reported by callers first, then unverified and urgent, with what to ask."""
    settings = settings_of()
    found = due(content_of(settings), datetime.now(HOME).date(), _wrong(settings))
    shown = found if everybody else found[:A_WEEK]
    for number, one in enumerate(shown, 1):
        _due(number, one)
    click.echo(f"{len(found)} due, {len(shown)} shown." + ("" if everybody else " All of them: smsline orgs due --all"))


def _due(number: int, one: Due) -> None:
    name = one.organisation.name
    click.echo(f"{number}. {one.organisation.title} ({name})  {one.reach}")
    click.echo(f"   {'; '.join(one.why)}")
    click.echo(f"   ask: {' '.join(one.ask)}")
    click.echo(f"   then: smsline orgs verified {name} --by INITIALS\n")


def _wrong(settings: Settings) -> dict[str, int]:
    """How often callers said this month that a number is wrong."""
    from smsline.stores import open_store

    month = f"{datetime.now(HOME):%Y-%m}"
    try:
        return {row.organisation: row.times for row in open_store(settings.store).wrong() if row.month == month}
    except SmslineError as error:
        raise Shown(str(error)) from error


@orgs.command()
@click.argument("name", metavar="ID")
@click.option("--by", required=True, help="Your initials.")
@click.option("--on", "on", default=None, help="The day, such as 2026-11-24; today if it is not said.")
def verified(name: str, by: str, on: str | None) -> None:
    """Somebody rang or wrote, and it was all right."""
    today = datetime.now(HOME).date()
    try:
        day = date.fromisoformat(on) if on else today
    except ValueError as error:
        raise Shown(f'--on is "{on}", which is no day. Write it like 2026-11-24.') from error
    if day > today:
        raise Shown(f"--on is {day}, which is still to come.")
    if not re.fullmatch(r"[^\W\d_][\w.-]{0,9}", by):
        raise Shown(f'--by is "{by}". Write initials, at most ten letters.')
    _written(name, {"verified": day.isoformat(), "verified-by": by})
    click.echo(f"{name}: verified on {day} by {by}.")


@orgs.command(name="set")
@click.argument("name", metavar="ID")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
def set_(name: str, fields: tuple[str, ...]) -> None:
    """Change fields, such as phone="+31 20 555 58 22" show=yes; FIELD=- takes one away."""
    cells = {}
    for field in fields:
        key, sign, value = field.partition("=")
        if not sign or not value:
            raise Shown(f'"{field}" is no FIELD=VALUE. Write for example show=yes, or {key}=- to take it away.')
        cells[key] = value
    for row in _written(name, cells).difference:
        click.echo(f"{name}: {row}")


def _written(name: str, cells: dict[str, str]) -> Row:
    """Change one organisation that is there, and write its file."""
    settings = settings_of()
    content, folder = content_of(settings), _folder(settings)
    if "id" in cells:
        raise Shown("An id cannot be changed: statistics and answers name it. Nothing was written.")
    if name not in content.listed:
        raise Shown(f'There is no organisation "{name}". Its name stands in menus/organisations/.')
    at = content.listed[name].at
    row = Importer(content, folder).read(at.file, at.line, {"id": name, **cells})
    if isinstance(row, list):
        raise Shown("\n".join(str(problem) for problem in row) + "\nNothing was written.")
    if not row.difference:
        raise Shown(f"{name} has that already. Nothing was written.")
    folder.change(name, row.wanted)
    _save(folder, settings)
    return row


def _folder(settings: Settings) -> Folder:
    try:
        return Folder(settings.menus)
    except SmslineError as error:
        raise Shown(str(error)) from error


def _save(folder: Folder, settings: Settings) -> None:
    try:
        folder.save(settings.locales)
    except SmslineError as error:
        raise Shown(f"{error}\nNothing was written.") from error


@orgs.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--skip-wrong", is_flag=True, help="Write the rows that are right, and leave out the others.")
@click.option("--dry-run", is_flag=True, help="Show the difference and write nothing.")
def import_(file: Path, skip_wrong: bool, dry_run: bool) -> None:
    """Add and update organisations by id from a CSV file; nothing is written until every row is right."""
    settings = settings_of()
    content, folder = content_of(settings), _folder(settings)
    rows, problems = _read_rows(file, Importer(content, folder))
    for row in rows:
        _difference(row)
    for problem in problems:
        click.echo(str(problem), err=True)
    wrong = len({problem.line for problem in problems})
    if problems and not skip_wrong:
        raise Shown(f"{wrong} of {wrong + len(rows)} rows are wrong, so nothing was written. Mend them, or leave them "
                    "out with --skip-wrong.")  # fmt: skip
    changed = [row for row in rows if row.difference]
    if changed and not dry_run:
        for row in changed:
            folder.change(row.name, row.wanted, row.file)
        _save(folder, settings)
    added, same = sum(bool(row.file) for row in changed), len(rows) - len(changed)
    said = f"{added} added, {len(changed) - added} changed, {same} as they were, {wrong} left out."
    click.echo(said + (" Nothing was written." if dry_run else ""))


def _read_rows(file: Path, importer: Importer) -> tuple[list[Row], list[Problem]]:
    """The rows that are right, and what is wrong with the others."""
    try:
        _, table = read_table(file)
    except SmslineError as error:
        raise Shown(f"{error}\nNothing was written.") from error
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, cells in table:
        found = importer.read(file.name, line, cells)
        if isinstance(found, Row):
            rows.append(found)
        else:
            problems += found
    return rows, problems


def _difference(row: Row) -> None:
    if row.difference:
        click.echo(f"{'+' if row.file else '~'} {row.name}" + (f" (to {row.file})" if row.file else ""))
        for what in row.difference:
            click.echo(f"    {what}")


@orgs.command()
@click.option("--format", "form", type=click.Choice(["csv", "hsds"]), default="csv", help="hsds: Open Referral, JSON.")
def export(form: str) -> None:
    """The directory as a table that import reads back, or as HSDS 3 services in JSON."""
    settings = settings_of()
    if form == "csv":
        click.echo(table(_folder(settings)), nl=False)
        return
    content: Content = content_of(settings)
    click.echo(json.dumps(hsds_services(content), ensure_ascii=False, indent=1))
