"""History: who changed what and when, what stood there before, and one button that changes it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from flask import Blueprint, abort, render_template, request, url_for

from smsline.content import entries
from smsline.content.edits import GETTEXT, Edit, Stood
from smsline.staff.answers import begin
from smsline.staff.desk import desk
from smsline.staff.guard import Answer, account, page
from smsline.staff.history import Change
from smsline.staff.job import Job
from smsline.words import say

A_PAGE = 50


def add_to(staff: Blueprint) -> None:
    """Add the pages."""
    page(staff, "/history")(history)
    page(staff, "/history/<int:number>")(change)
    page(staff, "/history/<int:number>/undo", ("POST",))(undo)


def history() -> Answer:
    """The changes, the newest first."""
    before = request.args.get("before", "")
    changes = [
        *desk().history.newest(
            A_PAGE + 1, int(before) if before.isascii() and before.isdecimal() and len(before) < 9 else 0
        )
    ]
    more = changes[A_PAGE - 1].number if len(changes) > A_PAGE else 0
    return render_template("history.html", changes=changes[:A_PAGE], more=more)


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of a change: where it stands, and its text in parts that are the same (=), gone (-) or new (+)."""

    file: str
    name: str
    parts: tuple[tuple[str, str], ...]
    note: str = ""


def change(number: int) -> Answer:
    """One change, word by word."""
    found = _change(number)
    files = [difference(edit) for edit in found.edits if not edit.file.endswith(".pot")]
    return render_template("change.html", change=found, files=files)


def _change(number: int) -> Change:
    found = desk().history.get(number)
    if found is None:
        abort(404, say("There is no change {number}.", number=number))
    return found


def difference(edit: Edit) -> Difference:
    """What an edit changes, word by word; of a translation also how it stands."""
    note = ""
    before, after = edit.before, edit.after
    if edit.file.endswith(GETTEXT):
        old, new = (entries.read(str(part)) if part else None for part in (before, after))
        before, after = old.text if old else None, new.text if new else None
        if new and new.fuzzy and not (old and old.fuzzy):
            note = say("turned fuzzy")
        elif new and new.confirmed and not (old and old.confirmed):
            note = new.confirmed
        elif old and old.fuzzy and not (new and new.fuzzy):
            note = say("fuzzy no more")
    return Difference(edit.file, ".".join(edit.path), tuple(_parts(_text(before), _text(after))), note)


def stands(edit: Edit) -> str:
    """What stands there now, as a person reads it; of an entry of translators the translation."""
    if edit.file.endswith(GETTEXT) and isinstance(edit.after, str) and "msgid" in edit.after:
        return entries.read(edit.after).text
    return _text(edit.after)


def _text(value: Stood) -> str:
    return "\n".join(value) if isinstance(value, tuple) else value or ""


def _parts(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Two texts as one, in parts."""
    old, new = _tokens(before), _tokens(after)
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "=", "".join(old[a:b])
            continue
        if a < b:
            yield "-", "".join(old[a:b])
        if c < d:
            yield "+", "".join(new[c:d])


def _tokens(text: str) -> list[str]:
    """The words of a text, each with the blank behind it."""
    found, word = [], ""
    for letter in text:
        word += letter
        if letter.isspace():
            found.append(word)
            word = ""
    return [*found, word] if word else found


def undo(number: int) -> Answer:
    """Make the opposite change: checked as any other, and refused where somebody has gone on from it."""
    found = _change(number)
    job = Job(
        account().name, "undone", f"#{number} {found.what}", tuple(edit.back for edit in found.edits), undoes=number
    )
    return begin(job, url_for("staff.change", number=number), {})
