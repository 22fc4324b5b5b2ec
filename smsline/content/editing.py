"""Edits organisations (and adds a language) in their files as staff would: comments, order and quotes stay as they are.

Nothing is written that `check` would refuse, and a file is either the old one or the new one.
"""

from __future__ import annotations

import fcntl
import io
import os
import re
import shutil
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from babel import Locale
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from smsline.content.check import check
from smsline.content.reader import files_of
from smsline.engine.model import HOME
from smsline.engine.segments import costly_letter
from smsline.errors import ContentError, Problem, SmslineError

FOLDER = "organisations"

Wanted = str | Sequence[str] | date | None
"""What a field should become; None takes it away."""


@dataclass
class Folder:
    """The organisations of a folder as they stand in its files, open for changes; or only to be `read`."""

    menus: Path
    read: bool = False
    files: dict[Path, CommentedMap] = field(default_factory=dict)
    changed: set[Path] = field(default_factory=set)
    _lock: int = -1

    def __post_init__(self) -> None:
        if not self.read:
            self._alone()
        for path in files_of(self.menus / FOLDER):
            try:
                self.files[path] = round_trip().load(path.read_text(encoding="utf-8")) or CommentedMap()
            except (YAMLError, UnicodeDecodeError, OSError) as error:
                raise SmslineError(f"{path} cannot be read. Mend it first: smsline check") from error

    def _alone(self) -> None:
        """Wait until nobody else edits: the lock is that of the folder, and goes with this process or object."""
        try:
            self._lock = os.open(self.menus / FOLDER, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        except OSError as error:
            raise SmslineError(f"{self.menus / FOLDER} cannot be read: {error.strerror}.") from error

    def __del__(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)

    def fields(self, name: str) -> dict[str, str | list[str]] | None:
        """What stands under an organisation, as text; None where there is none of that name."""
        for tree in self.files.values():
            if name in tree:
                return {key: _text(value) for key, value in tree[name].items() if value is not None}
        return None

    def change(self, name: str, wanted: Mapping[str, Wanted], file: str = "") -> None:
        """Set fields of an organisation; a new one goes to the end of `file`, such as utrecht.yaml."""
        path = next((path for path, tree in self.files.items() if name in tree), None)
        if path is None:
            path = self.menus / FOLDER / file
            tree = self.files.setdefault(path, CommentedMap())
            tree[name] = CommentedMap()
            if len(tree) > 1:
                tree.yaml_set_comment_before_after_key(name, before="\n")
        entry = self.files[path][name]
        for key, value in wanted.items():
            if value is None:
                taken_away(entry, key)
            elif key in entry or "note" not in entry:
                entry[key] = kept_in_form(entry.get(key), value)
            else:
                entry.insert(list(entry).index("note"), key, kept_in_form(None, value))
        self.changed.add(path)

    def save(self, locales: Path) -> list[Path]:
        """Write what changed, if the content is right with it; nothing, and `ContentError`, where it is not."""
        texts = {path: _dumped(self.files[path]) for path in sorted(self.changed)}
        for path, text in texts.items():
            lose_no_comment(path, path.read_text(encoding="utf-8") if path.exists() else "", text)
        with tempfile.TemporaryDirectory() as folder:
            tried = Path(folder) / self.menus.name
            shutil.copytree(self.menus, tried, ignore=shutil.ignore_patterns(".*"))
            for path, text in texts.items():
                (tried / FOLDER / path.name).write_text(text, encoding="utf-8")
            wrong = _wrong(tried, locales)
        known = {(one.file, one.text) for one in _wrong(self.menus, locales)} if wrong else set()
        fresh = [one for one in wrong if (one.file, one.text) not in known]
        if fresh:
            raise ContentError(fresh)
        for path, text in texts.items():
            _replaced(path, text)
        return list(texts)


def _wrong(menus: Path, locales: Path) -> list[Problem]:
    found = check(menus, locales, datetime.now(HOME).date(), quick=True)
    return [problem for problem in found if not problem.reminder]


def lose_no_comment(file: Path | str, before: str, after: str) -> None:
    """`SmslineError` where an edit would take a comment away with it, of a row of its own or at the end of one."""
    kept, now = (Counter(_comments(round_trip(text).load(text))) for text in (before, after))
    for lost in kept - now:
        raise SmslineError(f'{file}: the comment "{lost}" would be lost. Edit the file by hand.')


def _comments(tree: Any) -> Iterator[str]:
    """Every comment of a file, also those at the end of a row, where ruamel.yaml keeps them."""
    if isinstance(tree, CommentedMap | CommentedSeq):
        yield from _rows([tree.ca.comment, *tree.ca.items.values(), tree.ca.end])
        for value in tree.values() if isinstance(tree, CommentedMap) else tree:
            yield from _comments(value)
    elif isinstance(tree, LiteralScalarString):
        yield from _rows(getattr(tree, "comment", None))


def _rows(kept: Any) -> Iterator[str]:
    if isinstance(kept, list):
        for one in kept:
            yield from _rows(one)
    elif kept is not None:
        yield from (row.strip() for row in kept.value.split("\n") if row.strip().startswith("#"))


def taken_away(entry: CommentedMap, key: str) -> None:
    """Remove a field; a comment that stands below it stays, below the field before."""
    keys = list(entry)
    if key not in keys:
        return
    below: Any = entry.ca.items.get(key, [None, None, None])[2]
    value = entry.pop(key)
    if below is None and isinstance(value, CommentedSeq) and value.ca.comment:
        below = value.ca.comment[0]
    entry.ca.items.pop(key, None)
    rest = below.value.partition("\n")[2] if below else ""
    at = keys.index(key)
    if not rest.strip() or not at:
        return
    before = entry.ca.items.setdefault(keys[at - 1], [None, None, None, None])
    said = before[2].value.rstrip("\n") if before[2] else ""
    before[2] = before[2] or below
    before[2].value = f"{said}\n{rest}"


def round_trip(text: str = "") -> Any:
    """A reader and writer in the form that the file has: lists stand below their name by four letters, or by two."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000  # a long line stays one
    nested = re.search(r"^( *)[\w-]+:\n( *)- ", text, re.MULTILINE)
    if nested is None or len(nested.group(2)) > len(nested.group(1)):
        yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(tree: CommentedMap) -> str:
    text = io.StringIO()
    round_trip().dump(tree, text)
    return text.getvalue()


def _text(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return str(value) if not isinstance(value, bool) else ("yes" if value else "no")


def kept_in_form(before: Any, value: Wanted) -> Any:
    """A value in the form that the file writes it in."""
    if isinstance(value, date | str):
        return value
    listed = CommentedSeq(value or ())
    if not isinstance(before, CommentedSeq) or before.fa.flow_style():
        listed.fa.set_flow_style()
    return listed


def _replaced(path: Path, text: str) -> None:
    """Write a file whole, or not at all."""
    try:
        os.replace(beside(path, text), path)
    except OSError as error:
        raise SmslineError(f"{path} cannot be written: {error.strerror}.") from error


def beside(path: Path, text: str) -> str:
    """Write a text beside a file, ready to take its place."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            os.fsync(handle)
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return name


def add_language(path: Path, code: str, fallback: str) -> str:
    """Write a row for a language at the end of the languages in line.yaml; what its speakers call it."""
    own, english = Locale.parse(code), str(Locale("en").languages[code])
    name = str(own.get_display_name(code) or english)
    name = name[:1].upper() + name[1:]
    plain = "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))
    name = name if costly_letter(plain) else plain
    row = [f"  {code}:", f"    name: {name}", *([f"    latin: {english}"] if costly_letter(name) else [])]
    row += [f"    also: [{english.lower()}]", f"    fallback: [{fallback}]"]
    rows = path.read_text(encoding="utf-8").split("\n")
    at = next((number for number, text in enumerate(rows) if text.startswith("languages:")), None)
    if at is None:
        what = "\n".join([f"{path} has no row languages: at the begin of a line. Write this below it:", *row])
        raise SmslineError(what)
    end = next((number for number in range(at + 1, len(rows)) if rows[number][:1] not in ("", " ")), len(rows))
    while not rows[end - 1].strip():
        end -= 1
    _replaced(path, "\n".join([*rows[:end], *row, *rows[end:]]))
    return name
