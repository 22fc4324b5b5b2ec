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

_begins = re.compile(r"#|msgctxt|msgid(?!_)")
_context = re.compile(r'^msgctxt[ \t]+("[^\n]*(?:\n"[^\n]*)*)', re.MULTILINE)
_fields = re.compile(r'^(#\| )?(msgctxt|msgid|msgstr)[ \t]+("[^\n]*(?:\n(?:#\| )?"[^\n]*)*)', re.MULTILINE)


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
    parts = _parted(text)
    return {denormalize(found.group(1)): part for part in parts if (found := _context.search(part))}


def is_told_apart(text: str) -> bool:
    """Whether every entry of a file is found by its key, so that it can be changed here."""
    return len(entries(text)) == len(re.findall(r"^[ \t]*msgctxt", text, re.MULTILINE))


def _parted(text: str) -> list[str]:
    """The parts of a file, with what is between them: together they are the file.

    A new one begins after an empty line, or with the first row behind a translation that begins an entry.
    """
    parts, told = [""], False
    for row in re.findall(r"[^\n]*\n|[^\n]+", text):
        blank = not row.strip()
        if blank != (not parts[-1].strip()) or (told and _begins.match(row)):
            parts += [""] if parts[-1] else []
            told = False
        parts[-1] += row
        told = told or row.startswith("msgstr")
    return [one for part in parts for one in _ended(part)]


def _ended(part: str) -> tuple[str, str]:
    """A part without the end of its last row, and that."""
    body = part.rstrip("\r\n") if part.strip() else ""
    return body, part[len(body) :]


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
    parts, left = _parted(text), dict(changed)
    for number, part in enumerate(parts):
        found = _context.search(part)
        key = denormalize(found.group(1)) if found else ""
        if key in left:
            new = left.pop(key)
            parts[number] = new or ""
            if not new:
                parts[number + 1] = ""
    rest = [part for part in left.values() if part]
    return "".join(parts) if not rest else "\n\n".join(["".join(parts).rstrip("\n"), *rest]) + "\n\n"


def turned(entry: Entry, was: str, source: str, is_list: bool, kept: bool) -> Entry:
    """The translation after its source has changed from what it `was`: fuzzy, unless somebody says that it is `kept`.

    Kept is only one that was right; one that was fuzzy is still wrong in something. A list of words is served however
    its source changes; a native speaker's word was about another sentence.
    """
    if not entry.text or is_list:
        return replace(entry, source=source, previous="", fuzzy=False)
    stale = entry.fuzzy or entry.source != was
    before = entry.previous if entry.fuzzy and entry.previous else entry.source
    if before == source or (kept and not stale):  # what it was made for stands there again
        return replace(entry, source=source, previous="", fuzzy=False)
    return replace(entry.by(""), source=source, fuzzy=True, previous=before)
