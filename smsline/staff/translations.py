"""Translations: how far each language is, files out and in again, and the word of a native speaker."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from flask import Blueprint, Response, abort, render_template, request, url_for

from smsline.content import entries, translating
from smsline.content.check import TITLE
from smsline.content.entries import Entry
from smsline.content.menus import LIST
from smsline.content.translations import Translation, faults, path_of, read_file
from smsline.content.translations import file_of as po_of
from smsline.engine.model import Language
from smsline.errors import Problem
from smsline.staff.answers import begin, confirmation
from smsline.staff.desk import desk, file_of, mark
from smsline.staff.fields import as_rows
from smsline.staff.guard import Answer, account, page
from smsline.staff.job import Job, Words
from smsline.words import say

A_PAGE = 50
"""Sentences of one page."""

STATES = ("missing", "fuzzy", "unconfirmed", "all")


def add_to(staff: Blueprint) -> None:
    """Add the pages."""
    page(staff, "/translations")(translations)
    page(staff, "/translations/<code>.po")(download)
    page(staff, "/translations/<code>")(language_page)
    page(staff, "/translations/<code>/upload", ("POST",))(upload)
    page(staff, "/translations/<code>/take", ("POST",))(take)
    page(staff, "/translations/<code>/confirm", ("POST",))(confirm)


def counts() -> list[translating.Count]:
    """How far each language is."""
    content = desk().content
    return [translating.count(content.messages, by_key, code) for code, by_key in content.translated.items()]


def translations() -> Answer:
    """All languages."""
    return render_template("translations.html", counts=counts(), known=desk().content.known)


def _language(code: str) -> Language:
    if code not in desk().content.translated:
        abort(404, say("There is nothing called {name}.", name=code))
    return desk().content.known[code]


def download(code: str) -> Answer:
    """The file of a language, for Poedit or another gettext tool."""
    try:
        content = path_of(desk().settings.locales, _language(code)).read_bytes()
    except OSError:
        abort(404, say("There is nothing called {name}.", name=f"{code}.po"))
    answer = Response(content, content_type="text/x-gettext-translation; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename={code}.po"
    return answer


# --- the sentences of a language ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence: its key, what the source says, its translation, and how that stands."""

    key: str
    source: str
    entry: Entry
    state: str


def rows_of(code: str) -> Iterator[Row]:
    """Every sentence of a language, as its file says now."""
    entered = desk().entered(code)
    for key, message in desk().content.messages.items():
        part = entered.get(key)
        entry = entries.read(part) if part else Entry(key, message.text, "")
        stale = not message.is_list and (entry.fuzzy or entry.source != message.text)
        state = "missing" if not entry.text else "fuzzy" if stale else "" if entry.confirmed else "unconfirmed"
        yield Row(key, message.text, entry, state)


def language_page(code: str) -> Answer:
    """Its sentences, those to do first; a native speaker confirms several at once."""
    language = _language(code)
    wanted = request.args.get("show", "")
    every = [*rows_of(code)]
    wanted = wanted if wanted in STATES else next((s for s in STATES if any(r.state == s for r in every)), "all")
    rows = [row for row in every if wanted in ("all", row.state)]
    at = int(request.args.get("page", "1")) if request.args.get("page", "1").isdecimal() else 1
    last = max(1, -(-len(rows) // A_PAGE))
    at = min(max(at, 1), last)
    count = next(one for one in counts() if one.language == code)
    lists = {key for key, message in desk().content.messages.items() if message.is_list}
    return render_template(
        "language.html", language=language, rows=rows[(at - 1) * A_PAGE : at * A_PAGE], wanted=wanted, states=STATES,
        at=at, last=last, count=count, number=len(rows), lists=lists,
    )  # fmt: skip


def confirm(code: str) -> Answer:
    """A native speaker stands for some sentences."""
    language, keys = _language(code), set(request.form.getlist("key"))
    file, chosen = _file(language), [row for row in rows_of(code) if row.key in keys and row.state == "unconfirmed"]
    words = tuple(Words(file, row.key, row.entry.text, row.entry.text, True, row.source, confirmation())
                  for row in chosen)  # fmt: skip
    to = url_for("staff.language_page", code=code)
    shown = {row.key: row.entry.text for row in rows_of(code)}
    seen = {key: request.form.get(f"was:{key}", "") for key in keys}
    if not words or any(mark(shown.get(key, "")) != was for key, was in seen.items()):
        said = say(
            "Nothing was confirmed: choose sentences, and look at them again if somebody changed them meanwhile."
        )
        return render_template("said.html", said=said, to=to), 409
    return begin(Job(account().name, "confirmed", f"{code}: {len(words)}", (), words), to, {})


def _file(language: Language) -> str:
    return file_of(po_of(desk().settings.locales, language))


# --- a file comes back ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Brought:
    """What a file brings: sentences that change, those that cannot be taken and why, and how many are as they were."""

    changes: list[Words] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    fuzzy: int = 0
    same: int = 0
    unknown: int = 0


def upload(code: str) -> Answer:
    """Look at a file: what would change, and what cannot be taken. Nothing is written yet."""
    language, sent = _language(code), request.files.get("po")
    data = sent.read() if sent else b""
    problems, brought = _brought(language, code, data)
    if problems:
        return render_template("upload.html", language=language, problems=problems, brought=None, name=""), 422
    name = desk().jobs.keep({"who": account().name, "code": code, "words": [asdict(one) for one in brought.changes]})
    return render_template("upload.html", language=language, problems=(), brought=brought, name=name)


def _brought(language: Language, code: str, data: bytes) -> tuple[list[str], Brought]:
    """What is wrong with a file as a whole, each with its line; else what it brings."""
    if not data:
        return [say("No file came. Choose the .po file of this language first.")], Brought()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [say("This is no text in UTF-8 (byte {number}), so it is no .po file.", number=error.start)], Brought()
    problems: list[Problem] = []
    with tempfile.TemporaryDirectory() as folder:
        path = path_of(Path(folder), language)
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        read_file(Path(folder), language, problems)
    if problems:
        return [say("Line {line}: {what}", line=one.line, what=one.text) for one in problems], Brought()
    theirs = entries.entries(text)
    if not theirs:
        return [
            say("This file has no sentence of the line. Download the file here, and translate that one.")
        ], Brought()
    return [], _compared(language, code, text, {key: entries.read(part) for key, part in theirs.items()})


def _compared(language: Language, code: str, text: str, theirs: Mapping[str, Entry]) -> Brought:
    """Each sentence of a file beside ours."""
    found, file, content = Brought(), _file(language), desk().content
    found.unknown = len(theirs.keys() - content.messages.keys())
    for row in rows_of(code):
        new, message = theirs.get(row.key), content.messages[row.key]
        if new is None or not new.text:
            continue
        taken = LIST.join(as_rows(new.text).split("\n")) if message.is_list else new.text
        right = row.state in ("", "unconfirmed")
        if (
            taken == row.entry.text
            and (right or new.fuzzy)
            and (not new.confirmed or new.confirmed == row.entry.confirmed)
        ):
            found.same += 1
        elif new.fuzzy:
            found.fuzzy += 1
        elif new.source != row.source and not message.is_list:
            found.older.append(row.key)
        elif len(taken) > TITLE and row.key.endswith(".title") and "{" not in taken:
            found.broken.append(f"{row.key}: {len(taken)} letters, at most {TITLE}.")
        elif wrong := faults(message, Translation(message.text, taken, fuzzy=False)):
            found.broken += [f"{row.key}: {what}" for what in wrong]
        else:
            comment = confirmation() if new.confirmed and new.confirmed != row.entry.confirmed else row.entry.confirmed
            found.changes.append(Words(file, row.key, row.entry.text, taken, True, row.source, comment))
    return found


def take(code: str) -> Answer:
    """Take over what a file brings, after somebody has looked at it."""
    language, to = _language(code), url_for("staff.language_page", code=code)
    kept = desk().jobs.kept_of(request.form.get("name", ""))
    if not kept or kept.get("who") != account().name or kept.get("code") != code:
        return render_template("said.html", said=say("This file is not here any more. Upload it again."), to=to), 409
    words = tuple(Words(**one) for one in kept["words"])
    return begin(Job(account().name, "uploaded", f"{language.code}: {len(words)}", (), words), to, {})
