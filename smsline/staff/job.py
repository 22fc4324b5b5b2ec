"""A change that somebody wants, and what came of it: the nouns between a page and the process that saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smsline.content.edits import MENUS, Edit, Stood
from smsline.content.words import AROUND


@dataclass(frozen=True, slots=True)
class Words:
    """The translation of one message in a form: what stood there, and what is to.

    It is `right` where somebody changed it or says so: of the `source` as it is now. `confirmed` is the comment of a
    native speaker.
    """

    file: str
    key: str
    before: str
    after: str
    right: bool = False
    source: str = ""
    confirmed: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A change that somebody wants.

    `seen` are all values that were shown, with those among them that are to change; `sources` the keys of the messages
    among them, each with whether it is a list. With `same` the meaning is as before, so that translations stay right.
    """

    who: str
    kind: str
    what: str
    seen: tuple[Edit, ...]
    words: tuple[Words, ...] = ()
    sources: Mapping[str, bool] | None = None
    same: bool = False
    undoes: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: saved, refused (with `problems`), or overtaken (with what stands there now)."""

    state: str
    problems: tuple[str, ...] = ()
    theirs: tuple[Edit, ...] = ()
    number: int = 0
    now: str = ""


def message_key(edit: Edit) -> str:
    """The key of the message that stands at a place of the menus, if it is one."""
    groups = {"phrases": "phrase", "commands": "command", "options": "option", "around-a-language": AROUND}
    path = ".".join(groups.get(name, name) for name in edit.path)
    return f"service.{path}" if edit.file == f"{MENUS}/services.yaml" else path


def job_of(row: Mapping[str, Any]) -> Job:
    """A job as JSON has it."""
    seen, words = tuple(map(edit_of, row["seen"])), tuple(Words(**one) for one in row["words"])
    return Job(**{**row, "seen": seen, "words": words})


def edit_of(row: Mapping[str, Any]) -> Edit:
    """An edit as JSON has it."""
    return Edit(row["file"], tuple(row["path"]), _stood(row["before"]), _stood(row["after"]))


def _stood(value: Any) -> Stood:
    return tuple(map(str, value)) if isinstance(value, list) else value
