"""Facts: each figure once, with its source and the answers that name it; changed here, it changes everywhere."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, render_template, request, url_for

from smsline.content.facts import shown as shown_fact
from smsline.content.texts import BLANK
from smsline.errors import SmslineError
from smsline.staff.answers import begin, cannot_read, may_edit
from smsline.staff.desk import desk, file_of
from smsline.staff.fields import Field, Place, edits_of, shown
from smsline.staff.guard import Answer, account, page
from smsline.staff.job import Job
from smsline.words import say

FIELDS = ("value", "until", "source", "checked", "owner", "memory")


def add_to(staff: Blueprint) -> None:
    """Add the pages."""
    page(staff, "/facts")(facts)
    page(staff, "/facts/<name>", ("GET", "POST"), edits=False)(fact)


def facts() -> Answer:
    """Every fact, as callers read it, with what is due."""
    content = desk().content
    locale = content.line.catalog.locales[content.source]
    said = {name: shown_fact(one.fact, locale) for name, one in content.facts.items()}
    return render_template("facts.html", facts=content.facts, said=said, notes=desk().notes())


def fact(name: str) -> Answer:
    """The form of one."""
    if name not in desk().content.facts:
        abort(404, say("There is nothing called {name}.", name=name))
    if request.method == "GET":
        return form(name, {})
    typed = {key: value for key, value in request.form.items() if key != "token"}
    if request.form.get("action") != "save":
        return form(name, typed)
    may_edit()
    try:
        fields = _fields(name, typed)
        if any(one.theirs is not None for one in fields):
            return form(name, typed)
        job = Job(account().name, "edited", name, edits_of(fields))
        return begin(job, url_for("staff.fact", name=name), typed)
    except SmslineError as error:
        return form(name, typed, (str(error),))


def form(name: str, typed: Mapping[str, str], problems: tuple[str, ...] = ()) -> Answer:
    """The form, with what stands in the file or what was typed over it."""
    content = desk().content
    try:
        fields = _fields(name, typed)
    except SmslineError as error:
        return cannot_read(error, typed)
    overtaken = [one for one in fields if one.theirs is not None]
    locales = content.line.catalog.locales
    said = {code: shown_fact(content.facts[name].fact, locales[code]) for code in content.line.languages}
    return render_template(
        "fact.html", name=name, fields=fields, problems=problems, overtaken=overtaken, said=said,
        notes=desk().notes().get(name, ()), named=named(name), unit=content.facts[name].fact.unit,
    ), 409 if problems or overtaken else 200  # fmt: skip


def _fields(name: str, typed: Mapping[str, str]) -> list[Field]:
    content = desk().content
    file = file_of(content.facts[name].at.file)
    places = [Place("", file, (name, one), one == "source") for one in FIELDS]
    return shown(desk(), places, content.source, typed)


def named(name: str) -> list[str]:
    """The sentences that name a fact or an organisation."""
    return [key for key, one in desk().content.messages.items()
            if any(blank.partition(".")[0] == name for blank in BLANK.findall(one.text))]  # fmt: skip
