"""Edits organisations in their files as staff would: comments, order and quotes stay as they are.

Nothing is written that `check` would refuse, and a file is either the old one or the new one.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from smsline.content.loading import read_content
from smsline.errors import ContentError, SmslineError

LISTS = ("services", "audience", "areas", "languages")
"""Fields that hold several values."""

FOLDER = "organisations"

Wanted = str | Sequence[str] | date | None
"""What a field should become; None takes it away."""


@dataclass
class Folder:
    """The organisations of a folder as they stand in its files, open for changes."""

    menus: Path
    files: dict[Path, CommentedMap] = field(default_factory=dict)
    changed: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        for path in sorted((self.menus / FOLDER).glob("*.yaml")):
            try:
                self.files[path] = _yaml().load(path.read_text(encoding="utf-8")) or CommentedMap()
            except (YAMLError, UnicodeDecodeError) as error:
                raise SmslineError(f"{path} cannot be read. Mend it first: smsline check") from error

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
                entry.pop(key, None)
            elif key in entry or "note" not in entry:
                entry[key] = _kept(entry.get(key), value)
            else:
                entry.insert(list(entry).index("note"), key, _kept(None, value))
        self.changed.add(path)

    def save(self, locales: Path) -> list[Path]:
        """Write what changed, if the content is right with it; nothing, and `ContentError`, where it is not."""
        texts = {path: _dumped(self.files[path]) for path in sorted(self.changed)}
        with tempfile.TemporaryDirectory() as folder:
            tried = Path(folder) / self.menus.name
            shutil.copytree(self.menus, tried)
            for path, text in texts.items():
                (tried / FOLDER / path.name).write_text(text, encoding="utf-8")
            _, problems = read_content(tried, locales)
        wrong = [problem for problem in problems if not problem.reminder and f"/{FOLDER}/" in problem.file]
        if wrong:
            raise ContentError(sorted(wrong))
        for path, text in texts.items():
            _replaced(path, text)
        return list(texts)


def _yaml() -> Any:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000  # a long line stays one
    return yaml


def _dumped(tree: CommentedMap) -> str:
    text = io.StringIO()
    _yaml().dump(tree, text)
    return text.getvalue()


def _text(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return str(value) if not isinstance(value, bool) else ("yes" if value else "no")


def _kept(before: Any, value: Wanted) -> Any:
    """A value in the form that the file writes it in."""
    if isinstance(value, date | str):
        return value
    listed = CommentedSeq(value or ())
    if not isinstance(before, CommentedSeq) or before.fa.flow_style():
        listed.fa.set_flow_style()
    return listed


def _replaced(path: Path, text: str) -> None:
    """Write a file whole, or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".yaml.part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(name, path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise SmslineError(f"{path} cannot be written: {error.strerror}.") from error


def named(folder: Folder) -> Iterator[str]:
    """The organisations of all files."""
    for tree in folder.files.values():
        yield from tree
