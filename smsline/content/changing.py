"""Single values of the files, changed as staff would: comments, order and quotes stay, and nothing else is touched."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from smsline.content import entries
from smsline.content.editing import beside, kept_in_form, lose_no_comment, round_trip, taken_away
from smsline.content.edits import GETTEXT, Edit, Stood, path_of, stood
from smsline.content.reader import Problems, read
from smsline.errors import SmslineError

_ORDER = ("title", "code", "card", "text", "answer", "closed", "nearest", "none", "urgent", "safety", "authorities",
          "options", "help", "next", "keywords", "words", "source", "checked", "memory", "name", "full-name",
          "services", "audience", "scope", "areas", "city", "address", "postcode", "phone", "phone-abroad",
          "whatsapp", "email", "web", "open", "languages", "anonymous", "free", "authority", "character", "show",
          "confidence", "source-date", "verified", "verified-by", "note")  # fmt: skip
"""The order of fields, where a new one has to be put somewhere."""


@dataclass(slots=True)
class Files:
    """The files of the content, open for changes: nobody else edits while this is there."""

    menus: Path
    locales: Path
    changed: dict[str, str] = field(default_factory=dict)
    """By name, what they are to become."""
    _lock: int = -1

    def __enter__(self) -> Files:
        folder = next(one for one in (self.menus / "organisations", self.menus) if one.is_dir())
        self._lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)

    def path(self, file: str) -> Path:
        """Where a file is."""
        return path_of(self.menus, self.locales, file)

    def text(self, file: str) -> str:
        """What a file says, with the changes so far. `SmslineError` where it cannot be read."""
        if file not in self.changed:
            return self._as_it_is(file).replace("\r\n", "\n")
        return self.changed[file]

    def _as_it_is(self, file: str) -> str:
        try:
            return self.path(file).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SmslineError(f"{file} cannot be read. Mend it first: smsline check") from error

    def stands(self, file: str, path: Sequence[str]) -> Stood:
        """What stands there now."""
        if file.endswith(GETTEXT):
            return entries.entries(self.text(file)).get(path[0])
        problems = Problems()
        tree = read(self.path(file), self.menus, problems)
        if tree is None:
            raise SmslineError(str(problems.found[0]))
        return stood(tree, path)

    def apply(self, edits: Iterable[Edit]) -> None:
        """Make the changes, in memory."""
        by_file: dict[str, list[Edit]] = {}
        for edit in edits:
            by_file.setdefault(edit.file, []).append(edit)
        for file, some in by_file.items():
            text = self.text(file)
            if file.endswith(GETTEXT):
                if not entries.is_told_apart(text):
                    raise SmslineError(f"{file} has entries that cannot be told apart. Open it in Poedit and save it.")
                entered = {one.path[0]: one.after if isinstance(one.after, str) else None for one in some}
                self.changed[file] = entries.put(text, entered)
            else:
                self.changed[file] = _rewritten(file, text, some)

    def write(self) -> list[str]:
        """Write what changed: all of it, or nothing where one file cannot be written (`SmslineError`)."""
        waiting: list[tuple[str, Path]] = []
        try:
            for file, text in self.changed.items():
                ends = "\r\n" if "\r\n" in self._as_it_is(file) else "\n"
                waiting.append((beside(self.path(file), text.replace("\n", ends)), self.path(file)))
        except OSError as error:
            for name, _ in waiting:
                Path(name).unlink(missing_ok=True)
            raise SmslineError(f"{file} cannot be written: {error.strerror}. Nothing was saved.") from error
        for name, path in waiting:
            os.replace(name, path)
        return list(self.changed)


# --- within a YAML file -------------------------------------------------------------------------------------


def _rewritten(file: str, text: str, edits: Iterable[Edit]) -> str:
    yaml = round_trip(text)
    try:
        tree = yaml.load(text)
        for edit in edits:
            _set(tree, edit.path, edit.after)
    except (YAMLError, KeyError, TypeError, StopIteration) as error:
        raise SmslineError(f"{file} cannot be changed here: {edit_name(edits)}. Edit the file by hand.") from error
    out = io.StringIO()
    yaml.dump(tree, out)
    lose_no_comment(file, text, out.getvalue())
    return out.getvalue()


def edit_name(edits: Iterable[Edit]) -> str:
    """What edits are about, to name them."""
    return ", ".join(".".join(edit.path) for edit in edits)


def _set(tree: Any, path: Sequence[str], value: Stood) -> None:
    *way, last = path
    for name in way:
        tree = tree[name]
    if isinstance(tree, CommentedSeq):
        _label(tree, last, str(value or ""))
    elif value is None or value == ():
        if last == "verified" and last in tree:
            tree[last] = None  # it stands empty in the files, for whoever rings
        else:
            taken_away(tree, last)
    elif last in tree:
        tree[last] = _as_before(tree[last], value)
    else:
        later = _ORDER[_ORDER.index(last) + 1 :] if last in _ORDER else ()
        at = next((number for number, name in enumerate(tree) if name in later), len(tree))
        at = max(0, min(at, len(tree) - 1))  # behind the last one stand the comments on what comes next
        tree.insert(at, last, _as_before(None, value))


def _label(options: CommentedSeq, target: str, label: str) -> None:
    """What an option says."""
    for number, item in enumerate(options):
        leads = next(iter(item.values())) if isinstance(item, CommentedMap) else item
        if leads == target:
            options[number] = CommentedMap({label: target}) if label else target
            return
    raise KeyError(target)


def _as_before(before: Any, value: str | tuple[str, ...]) -> Any:
    """A value in the form that the file writes it in."""
    if isinstance(value, tuple) or isinstance(before, CommentedSeq):
        listed = [value] if isinstance(value, str) else [*value]
        if len(listed) == 1 and isinstance(before, str):
            return listed[0]
        return kept_in_form(before, listed)
    if isinstance(before, LiteralScalarString) or "\n" in value:
        return LiteralScalarString(value + "\n")
    if isinstance(before, date) or (before is None and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
    if isinstance(before, int) and not isinstance(before, bool) and re.fullmatch(r"0|[1-9]\d*", value):
        return int(value)
    if isinstance(before, float) and re.fullmatch(r"\d+\.\d+", value) and str(float(value)) == value:
        return float(value)
    return type(before)(value) if isinstance(before, str) and type(before) is not str else value
