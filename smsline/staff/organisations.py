"""Organisations: whom to ring now and what to ask, one button for "it was right today", the form, and the map."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, abort, render_template, request, url_for

from smsline.content.drafting import MOST_LETTERS, contact_pages, is_too_long
from smsline.content.due import Due, due
from smsline.content.edits import Edit
from smsline.content.organisations import (
    CHARACTERS,
    CONFIDENCE,
    FIELDS,
    LISTS,
    SCOPES,
    SHOWN,
    Listed,
    read_one,
)
from smsline.content.reader import Problems, Value
from smsline.errors import SmslineError
from smsline.reports.map import Dot, drawn
from smsline.staff.answers import begin, cannot_read, chosen_language, may_edit
from smsline.staff.desk import desk, file_of, mark, today
from smsline.staff.facts import named
from smsline.staff.fields import Field, Place, edits_of, shown
from smsline.staff.guard import Answer, account, page
from smsline.staff.job import Job
from smsline.words import say

CHOICES = {"scope": SCOPES, "show": SHOWN, "confidence": ("", *CONFIDENCE), "character": ("", *CHARACTERS),
           "anonymous": ("", "yes", "no"), "free": ("", "yes", "no"), "authority": ("", "yes", "no")}  # fmt: skip
"""Fields that take one of a few words."""

BY_PERSON = ("verified", "verified-by")
"""Fields that say that somebody rang: never typed, only by the button or the box for it."""


def add_to(staff: Blueprint) -> None:
    """Add the pages."""
    page(staff, "/organisations")(organisations)
    page(staff, "/organisations.csv")(as_table)
    page(staff, "/organisations/<name>", ("GET", "POST"), edits=False)(organisation)
    page(staff, "/organisations/<name>/verified", ("POST",))(verified)
    page(staff, "/map")(on_map)


def due_now() -> list[Due]:
    """Everybody who is due, in the order to ring them."""
    return due(desk().content, today(), desk().wrong())


def organisations() -> Answer:
    """Who is due, with the number and what to ask; below them everybody, by province."""
    rings = due_now()
    most = len(rings) if request.args.get("all") else 10
    groups: dict[str, list[Listed]] = {}
    for one in desk().content.listed.values():
        groups.setdefault(one.at.file.rpartition("/")[2].removesuffix(".yaml"), []).append(one)
    return render_template("organisations.html", rings=rings[:most], count=len(rings), groups=groups,
                           wrong=desk().wrong(), marks=_marks(rings[:most]))  # fmt: skip


def _marks(rings: list[Due]) -> dict[str, str]:
    """What tells whether somebody else was faster, by organisation: when each was verified, as its file says."""
    found: dict[str, str] = {}
    by_file: dict[str, list[str]] = {}
    for one in rings:
        name = one.organisation.name
        by_file.setdefault(file_of(desk().content.listed[name].at.file), []).append(name)
    for file, names in by_file.items():
        stand = desk().stands(file, *((name, "verified") for name in names))
        found.update(zip(names, map(mark, stand), strict=True))
    return found


def as_table() -> Answer:
    """The directory as a table, which `smsline orgs import` reads back."""
    from smsline.content.editing import Folder  # slow to import, and no caller needs it
    from smsline.content.importing import table

    answer = Response(table(Folder(desk().settings.menus, read=True)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = "attachment; filename=organisations.csv"
    return answer


def on_map() -> Answer:
    """Everybody with an address or a town, on a map from our own postcodes."""
    line, dots = desk().content.line, []
    rings = {one.organisation.name for one in due_now()}
    for name, one in line.directory.organisations.items():
        point = one.point or (one.served[0][1] if one.served else None)
        if point and one.show != "no":
            dots.append(Dot(name, one.title, point, "due" if name in rings else "fine"))
    away = [
        one for name, one in line.directory.organisations.items() if one.show != "no" and not (one.point or one.served)
    ]
    return render_template("map.html", map=drawn(line.gazetteer, dots), dots=dots, away=away, rings=rings)


# --- it was right today ---------------------------------------------------------------------------------------


def verified(name: str) -> Answer:
    """Somebody rang or wrote, and it was all right."""
    _known(name)
    fields = _fields(name, {}, BY_PERSON)
    day = request.form.get("mark", "")
    edits = _by_person(edits_of(fields))
    to = "/staff/organisations" if request.form.get("from") != "form" else url_for("staff.organisation", name=name)
    if day != fields[0].mark:
        said = say("Somebody else has verified {name} meanwhile. Nothing was changed.", name=name)
        return render_template("said.html", said=said, to=to), 409
    return begin(Job(account().name, "verified", name, edits), to, {})


def _by_person(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Today, by whoever is signed in."""
    now = {"verified": today().isoformat(), "verified-by": account().name}
    return tuple(Edit(one.file, one.path, one.before, now.get(one.path[-1], one.after)) for one in edits)


# --- the form ---------------------------------------------------------------------------------------------------


def organisation(name: str) -> Answer:
    """Show the form of one; look at what was typed; save it."""
    _known(name)
    if request.method == "GET":
        return form(name, {})
    typed = {key: value for key, value in request.form.items() if key != "token"}
    if request.form.get("action") != "save":
        return form(name, typed, part=request.form.get("action") == "part")
    may_edit()
    try:
        fields = _fields(name, typed)
        if any(one.theirs is not None for one in fields):
            return form(name, typed)
        edits = edits_of(fields)
        job = Job(account().name, "edited", name, _by_person(edits) if "rang" in typed else edits)
        return begin(job, url_for("staff.organisation", name=name), typed)
    except SmslineError as error:
        return form(name, typed, (str(error),))


def form(name: str, typed: Mapping[str, str], problems: tuple[str, ...] = (), part: bool = False) -> Answer:
    """The form with what stands in the file or what was typed over it; `part` is only what changes while typing."""
    content, language = desk().content, chosen_language(typed)
    try:
        fields = _fields(name, typed)
    except SmslineError as error:
        return cannot_read(error, typed)
    listed, wrong = _read(name, fields)
    overtaken = [one for one in fields if one.theirs is not None]
    languages = [code for code, one in content.line.languages.items() if {code, one.of} & {content.source, language}]
    wrong = [*wrong, *is_too_long({content.source: {".".join(one.place.path): one.text for one in fields}})]
    shows = not any(len(one.text) > MOST_LETTERS for one in fields)
    pages = {code: [*contact_pages(content, listed.organisation, code, today())] for code in languages if shows}
    rings = [one for one in due_now() if one.organisation.name == name]
    found = {
        "name": name, "fields": fields, "problems": problems, "said": wrong, "overtaken": overtaken, "pages": pages,
        "rings": rings, "named": named(name), "choices": CHOICES, "part": part,
        "listed": content.listed[name], "times": desk().wrong().get(name, 0), "price": content.price,
        "mark": next(one.mark for one in fields if one.place.path[-1] == "verified"), "rang": "rang" in typed,
        "by_person": BY_PERSON,
    }  # fmt: skip
    status = 409 if problems or overtaken else 200
    return render_template("look.html" if part else "organisation.html", **found), status


def _known(name: str) -> None:
    if name not in desk().content.listed:
        abort(404, say("There is nothing called {name}.", name=name))


def _fields(name: str, typed: Mapping[str, str], some: tuple[str, ...] = FIELDS) -> list[Field]:
    content = desk().content
    places = [Place("", file_of(content.listed[name].at.file), (name, one), one in LISTS) for one in some]
    kept = {key: value for key, value in typed.items() if key.partition(".")[2] not in BY_PERSON or key[:3] == "bs:"}
    return shown(desk(), places, content.source, kept)


def _read(name: str, fields: list[Field]) -> tuple[Listed, list[str]]:
    """What was typed, read as if it stood in the file, and what is wrong with it."""
    content, problems = desk().content, Problems()
    pairs = {}
    for one in fields:
        value = one.value
        if value is not None:
            items = tuple(Value("", 0, text=item) for item in value) if isinstance(value, tuple) else None
            pairs[one.place.path[-1]] = Value("", 0, text=None if items is not None else str(value), items=items)
    row = Value("", 0, pairs=pairs, keys=dict.fromkeys(pairs, 0))
    line = content.line
    listed = read_one(name, row, line.directory.services, content.areas, line.gazetteer, problems)
    return listed, list(dict.fromkeys(one.text for one in problems.found))
