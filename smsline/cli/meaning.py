"""`smsline explain` and `where`: what a text means to the line, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from smsline.cli.group import begun, line_of, main, settings_of
from smsline.engine.explaining import explained
from smsline.engine.line import Line
from smsline.engine.model import HOME, Incoming, Place
from smsline.engine.places import ABROAD, Found
from smsline.engine.understanding import understand


@main.command()
@click.argument("text")
@click.option("--language", default=None, help="The language of the session.")
@click.option("--node", default=None, help="The node where the caller is.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, all keys always.")
def explain(text: str, language: str | None, node: str | None, as_json: bool) -> None:
    """What a text is understood as, and why. With - it reads one text a line, and prints JSON."""
    line = line_of(settings_of())
    begun(line, language, node)
    if text == "-":
        for row in rows_typed():
            click.echo(json.dumps(_explained(line, row.rstrip("\n"), language, node), ensure_ascii=False))
        return
    found = _explained(line, text, language, node)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for key, value in found.items():
        click.echo(f"{key}: {value}")
    for reason in understand(line, text, language).reasons:
        click.echo(f"because {reason}")


def rows_typed() -> Iterator[str]:
    """The lines of standard input; what is not UTF-8 is read as far as it can be."""
    for row in sys.stdin.buffer:
        yield row.decode("utf-8", "replace")


def _explained(line: Line, text: str, language: str | None, node: str | None) -> dict[str, Any]:
    """The meaning of a text for somebody who is at a node, or nowhere yet."""
    incoming = Incoming(text, line.channels["sms"], bytes(16), datetime.now(HOME))
    return explained(line, begun(line, language, node), incoming, language, at_screen=node is not None)


@main.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, or null.")
def where(text: str, as_json: bool) -> None:
    """The place that a text names. With - it reads one text a line, and prints JSON."""
    gazetteer = line_of(settings_of()).gazetteer
    if text == "-":
        for row in rows_typed():
            click.echo(json.dumps(_placed(gazetteer.find(row.rstrip("\n"), asked=True)), ensure_ascii=False))
        return
    read = gazetteer.read(text, asked=True)
    found = _placed(read if isinstance(read, Found) else None)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif found is None:
        click.echo("That is abroad." if read == ABROAD else "No place is named.")
    else:
        click.echo(f"{found['name']} ({found['municipality']}) {found['latitude']} {found['longitude']}")
        for other in found["others"]:
            click.echo(f"also {other['name']} ({other['municipality']})")
        if found["asks"]:
            click.echo("A caller is asked which: " + ", ".join([found["municipality"], *found["asks"]]) + ".")


def _placed(found: Found | None) -> dict[str, Any] | None:
    if found is None:
        return None
    rivals = [place.municipality for place in found.rivals]
    return {**_point(found.place), "others": [_point(place) for place in found.others], "asks": rivals}


def _point(place: Place) -> dict[str, Any]:
    return {"name": place.name, "municipality": place.municipality, "latitude": place.latitude,
            "longitude": place.longitude}  # fmt: skip
