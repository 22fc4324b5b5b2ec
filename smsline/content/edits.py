"""Changes to single values of the files: what stood there when somebody looked, and what is to stand there.

So nobody overwrites what another has written meanwhile, and every change can be turned round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from smsline.content.menus import LIST
from smsline.content.reader import Value

MENUS, LOCALES = "menus", "locales"
"""What the name of a file begins with, wherever the two folders are."""

GETTEXT = (".po", ".pot")
"""How the files of translators end; their entries have no names above them, only keys."""

Stood = str | tuple[str, ...] | None
"""What stands in a file: a text, a list of texts, or nothing."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One value: `file` as menus/health.yaml or locales/ro/LC_MESSAGES/messages.po, `path` the names from the top.

    In a .po file the path is the key of an entry, and the value that whole entry. An option of a menu is named by where
    it leads: health, options, sti-test; its value is what it says.
    """

    file: str
    path: tuple[str, ...]
    before: Stood
    after: Stood

    @property
    def back(self) -> Edit:
        """The edit that undoes it."""
        return Edit(self.file, self.path, self.after, self.before)


def path_of(menus: Path, locales: Path, file: str) -> Path:
    """Where a file of the content is, whatever its folder is called."""
    folder, _, rest = file.partition("/")
    return (menus if folder == MENUS else locales) / rest


def stood(tree: Value | None, path: Sequence[str]) -> Stood:
    """What stands in a file at a path; nothing where there is none."""
    for name in path:
        if tree is not None and tree.items is not None:
            tree = next((value for target, value in map(option_of, tree.items) if target == name), None)
        else:
            tree = tree.get(name) if tree is not None else None
    if tree is None:
        return None
    return tree.text if tree.items is None else tuple(item.text or "" for item in tree.items)


def option_of(item: Value) -> tuple[str, Value | None]:
    """Where an option leads, and what it says; nothing where it is called as the node is."""
    if item.pairs is None or len(item.pairs) != 1:
        return item.text or "", None
    label, target = next(iter(item.pairs.items()))
    return target.text or "", Value(item.file, item.line, text=label)


_steering = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def as_message(value: Stood) -> str:
    """A value as translators have it: a list as one text."""
    return LIST.join(value) if isinstance(value, tuple) else value or ""


def cleaned(text: str) -> str:
    """What somebody typed into a form, as it is written into a file; letters that only steer a machine are blanks."""
    text = _steering.sub(" ", normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n"))
    rows = (row.rstrip() for row in text.split("\n"))
    return "\n".join(rows).strip()


def listed(text: str) -> tuple[str, ...]:
    """The same of a list, one entry a line."""
    return tuple(row.strip() for row in cleaned(text).split("\n") if row.strip())
