"""A report as one file of HTML: nothing is loaded from elsewhere, and it prints."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, select_autoescape

from smsline.words import say


@cache
def pages() -> Environment:
    """The templates of reports; what they are given is text, never HTML."""
    found = Environment(loader=PackageLoader("smsline.reports"), autoescape=select_autoescape(), trim_blocks=True)
    found.globals["_"] = say
    return found


def whole(template: str, language: str, **values: object) -> str:
    """A page of its own, with its looks inside it."""
    css = looks("report.css") + looks("gaps.css")
    return pages().get_template(template).render(css=css, ui=language, **values)


def looks(name: str) -> str:
    """One of the style sheets."""
    return files("smsline.reports").joinpath("templates", name).read_text(encoding="utf-8")
