"""Reads YAML files so that each value stays the text that staff typed, and knows its line.

The usual way to load YAML makes `12:30` 750, `no` False and `010` 8, and lets the second of two equal names win
without a word. Here nothing is converted; whoever reads a field says what it should be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from unicodedata import normalize

import yaml

from smsline.errors import Problem


@dataclass(slots=True)
class Problems:
    """The problems found so far."""

    found: list[Problem] = field(default_factory=list)

    def add(self, value: Value, text: str, reminder: bool = False) -> None:
        self.found.append(Problem(value.file, value.line, text, reminder))


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a file: a text, a list or named values, with the line where it begins."""

    file: str
    line: int
    text: str | None = None
    items: tuple[Value, ...] | None = None
    pairs: dict[str, Value] | None = None
    keys: dict[str, int] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in (self.pairs or {})

    def get(self, name: str) -> Value | None:
        """A named value, unless it is absent or empty."""
        found = (self.pairs or {}).get(name)
        return None if found is None or found.text == "" else found

    def named(self) -> Iterator[tuple[str, Value]]:
        """Name and value, the value at the line where its name stands."""
        for name, value in (self.pairs or {}).items():
            yield name, Value(value.file, self.keys[name], value.text, value.items, value.pairs, value.keys)


def files_of(folder: Path) -> list[Path]:
    """The YAML files of a folder; those that begin with a dot are an editor's own."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))


def read(path: Path, root: Path, problems: Problems) -> Value | None:
    """The named values of a YAML file; None, and a problem, where it cannot be read."""
    name = path.relative_to(root.parent).as_posix()
    try:
        text = normalize("NFC", path.read_text(encoding="utf-8"))
        tree = yaml.compose(text, Loader=yaml.CSafeLoader)
    except OSError as error:
        problems.found.append(Problem(name, 0, f"cannot be read: {error.strerror}."))
        return None
    except UnicodeDecodeError as error:
        problems.found.append(Problem(name, 0, f"is not UTF-8 text (byte {error.start}). Save it as UTF-8."))
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        what = f"is not readable: {error.problem or error.context}. Look at the spaces and quotes here."
        problems.found.append(Problem(name, mark.line + 1 if mark else 0, what))
        return None
    except yaml.YAMLError:
        problems.found.append(Problem(name, 0, "is not readable: it has characters that no text has."))
        return None
    if tree is None:
        return Value(name, 1, pairs={})
    try:
        value = _value(tree, name, problems)
    except RecursionError:
        problems.found.append(Problem(name, 0, "has a value that stands inside itself. Look for & and *."))
        return None
    if value.pairs is None:
        problems.found.append(Problem(name, value.line, 'should have names with a colon, such as "pep:".'))
        return None
    return value


def _value(node: yaml.Node, file: str, problems: Problems) -> Value:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        text = "" if node.value in ("~", "null") and node.style is None else node.value
        return Value(file, line, text=text.strip())
    if isinstance(node, yaml.SequenceNode):
        return Value(file, line, items=tuple(_value(item, file, problems) for item in node.value))
    pairs: dict[str, Value] = {}
    keys: dict[str, int] = {}
    for key, item in node.value:
        name, at = str(key.value), key.start_mark.line + 1
        if name in pairs:
            what = f"{name} stands here a second time (first in line {keys[name]}). Remove or rename one."
            problems.found.append(Problem(file, at, what))
            continue
        pairs[name], keys[name] = _value(item, file, problems), at
    return Value(file, line, pairs=pairs, keys=keys)


# --- fields: what a value should be ------------------------------------------------------------------------


def text_of(value: Value | None, problems: Problems, what: str) -> str:
    """A text; a problem where it is a list or named values."""
    if value is None:
        return ""
    if value.text is None:
        problems.add(value, f"{what} should be a text.")
        return ""
    return value.text


def texts_of(value: Value | None, problems: Problems, what: str) -> list[Value]:
    """A list of texts; a single text counts as a list of one."""
    if value is None:
        return []
    if value.text is not None:
        return [value]
    wrong = [item for item in value.items or () if item.text is None]
    if value.items is None or wrong:
        problems.add(wrong[0] if wrong else value, f"{what} should be a list of texts.")
        return []
    return list(value.items)


def flag_of(value: Value | None, problems: Problems, what: str) -> bool | None:
    """yes or no; None where it is not said."""
    text = text_of(value, problems, what).lower()
    if text in ("yes", "no", "true", "false", ""):
        return None if not text else text in ("yes", "true")
    assert value is not None
    problems.add(value, f'{what} is "{text}". Write yes or no.')
    return None


def date_of(value: Value | None, problems: Problems, what: str) -> date | None:
    """A day, written 2026-11-24."""
    text = text_of(value, problems, what)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        assert value is not None
        problems.add(value, f'{what} is "{text}", which is no day. Write it like 2026-11-24.')
        return None


def only(value: Value, known: tuple[str, ...], problems: Problems, what: str) -> None:
    """A problem for each name that is not one of `known`, with the nearest one."""
    for name, item in value.named():
        if name not in known:
            problems.add(item, f"{what}: {name} is not known here." + meant(name, known))


def meant(name: str, known: Iterable[str]) -> str:
    """ " Did you mean …?", where a known name is near."""
    near = get_close_matches(name, list(known), 1)
    return f" Did you mean {near[0]}?" if near else ""
