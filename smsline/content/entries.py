"""Single entries of a .po file, changed in place: every other byte of the file stays as Poedit or Weblate wrote it.

A file is parts between empty lines, most of them one entry each (gettext manual, "The Format of PO Files").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from babel.messages.pofile import denormalize, normalize

from smsline.content.translations import CONFIRMED

WIDE = 10_000
"""Letters of a line before it is broken: never, as for all files of ours."""

_parted = re.compile(r"(\n[ \t]*\n\s*)")
_context = re.compile(r'^msgctxt ("(?:[^"\\]|\\.)*")', re.MULTILINE)
_fields = re.compile(r'^(#\| )?(msgctxt|msgid|msgstr) ("[^\n]*(?:\n(?:#\| )?"[^\n]*)*)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the sentence it was made from, and what it says.

    `comments` are its other lines that begin with #, each whole: of translators, of the template, flags without fuzzy.
    `previous` is the sentence before its last change, while it is fuzzy.
    """

    key: str
    source: str
    text: str
    fuzzy: bool = False
    previous: str = ""
    comments: tuple[str, ...] = ()

    @property
    def confirmed(self) -> str:
        """What the comment of a native speaker says, such as "confirmed 2026-11-26 maria"; empty without one."""
        return next((row[2:] for row in self.comments if row.startswith(f"# {CONFIRMED}")), "")

    def by(self, comment: str) -> Entry:
        """The same, confirmed by a comment; by nobody where it is empty."""
        kept = tuple(row for row in self.comments if not row.startswith(f"# {CONFIRMED}"))
        return replace(self, comments=(f"# {comment}", *kept) if comment else kept)


def entries(text: str) -> dict[str, str]:
    """The entries of a file by key, each as the text of its part. Obsolete ones and the header are none."""
    parts = _parted.split(text.replace("\r\n", "\n").strip("\n"))
    return {denormalize(found.group(1)): part for part in parts if (found := _context.search(part))}


def read(part: str) -> Entry:
    """The entry that a part of a file is."""
    rows = part.split("\n")
    fields = {
        (bool(old), name): denormalize(value.replace("\n#| ", "\n")) for old, name, value in _fields.findall(part)
    }
    flags = [flag.strip() for row in rows if row.startswith("#,") for flag in row[2:].split(",")]
    rest = [flag for flag in flags if flag != "fuzzy"]
    comments = [row for row in rows if row.startswith("#") and not row.startswith(("#,", "#|"))]
    comments += [f"#, {', '.join(rest)}"] if rest else []
    return Entry(
        fields.get((False, "msgctxt"), ""),
        fields.get((False, "msgid"), ""),
        fields.get((False, "msgstr"), ""),
        "fuzzy" in flags,
        fields.get((True, "msgid"), ""),
        tuple(comments),
    )


def written(entry: Entry) -> str:
    """The entry as a part of a file."""
    flags = ["fuzzy"] if entry.fuzzy else []
    flags += [row[2:].strip() for row in entry.comments if row.startswith("#,")]
    rows = [row for row in entry.comments if not row.startswith("#,")]
    rows += [f"#, {', '.join(flags)}"] if flags else []
    if entry.fuzzy and entry.previous:
        rows += [f"#| {row}" for row in f"msgid {normalize(entry.previous, width=WIDE)}".split("\n")]
    rows += [f"msgctxt {normalize(entry.key, width=WIDE)}"]
    rows += [f"msgid {normalize(entry.source, width=WIDE)}", f"msgstr {normalize(entry.text, width=WIDE)}"]
    return "\n".join(rows)


def put(text: str, changed: Mapping[str, str | None]) -> str:
    """The file with some entries changed, each the text of its part; None takes one away, a new one goes to the end."""
    parts, left = _parted.split(text.replace("\r\n", "\n")), dict(changed)
    for number, part in enumerate(parts):
        found = _context.search(part)
        key = denormalize(found.group(1)) if found else ""
        if key in left:
            new = left.pop(key)
            parts[number] = new or ""
            if not new and number:
                parts[number - 1] = ""
    rest = [part for part in left.values() if part]
    return "".join(parts) if not rest else "\n\n".join(["".join(parts).rstrip("\n"), *rest]) + "\n\n"


def turned(entry: Entry, source: str, is_list: bool, kept: bool) -> Entry:
    """The translation after its source has changed: fuzzy, unless somebody says it is still right (`kept`).

    A list of words is served however its source changes; a native speaker's word was about another sentence.
    """
    if entry.source == source:
        return entry
    if is_list or kept or not entry.text:
        return replace(entry, source=source, previous="", fuzzy=entry.fuzzy and not kept)
    before = entry.previous if entry.fuzzy and entry.previous else entry.source
    return replace(entry.by(""), source=source, fuzzy=True, previous=before)
