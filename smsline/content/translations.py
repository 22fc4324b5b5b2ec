"""Translations: ordinary gettext files, `locales/<language>/LC_MESSAGES/messages.po`.

The context of a message is its key (`pep.answer`), the msgid is the source sentence. A changed sentence
makes its translation fuzzy, and a fuzzy translation is never served. Lists of words are served all the
same: nobody reads them, and a list that lacks a word is still right.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages import Catalog as Po
from babel.messages.catalog import Message as PoMessage
from babel.messages.pofile import PoFileError, read_po, unescape, write_po

from smsline.content.menus import Message
from smsline.content.texts import BLANK
from smsline.errors import Problem

TEMPLATE = "messages.pot"
_HEADER = "# Sentences of smsline. Licence: CC BY 4.0. How to translate: CONTRIBUTING.md"

_PLURALS = {
    # Babel 2.18 writes these wrongly (github.com/python-babel/babel, issues 495, 816 and 817).
    "hu": (2, "(n != 1)"),
    "tr": (2, "(n != 1)"),
    "ar": (6, "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)"),
}

_row = re.compile(r'\s*(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d\])?)\s+)?"([^"\\]|\\.)*"\s*)?').fullmatch

_quoted = re.compile(r'"(?:[^"\\]|\\.)*"').findall

_forbidden = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Translation:
    """One entry of a .po file: the sentence it was made from, and what it says."""

    source: str
    text: str
    fuzzy: bool
    line: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """How far a language is: messages complete, fuzzy, missing; and how many a native speaker confirmed."""

    language: str
    complete: int
    fuzzy: int
    missing: int
    confirmed: int


def path_of(locales: Path, language: str) -> Path:
    """Where the sentences of a language are."""
    return locales / language / "LC_MESSAGES" / "messages.po"


def read(locales: Path, language: str, problems: list[Problem]) -> dict[str, Translation]:
    """The translations of a language by key; a file that cannot be read is a problem and gives none."""
    po = _read(locales, language, problems)
    if po is None:
        return {}
    return {
        str(message.context): Translation(
            str(message.id), str(message.string or ""), message.fuzzy, message.lineno or 0
        )
        for message in po
        if message.id and message.context
    }


def _read(locales: Path, language: str, problems: list[Problem]) -> Po | None:
    path = path_of(locales, language)
    name = path.relative_to(locales.parent).as_posix()
    if not path.exists():
        problems.append(Problem(name, 0, "is missing. Run: smsline translations update"))
        return None
    try:
        content = path.read_bytes()
        wrong = _unreadable(content.decode("utf-8"))
        if wrong:
            problems.append(Problem(name, wrong, "is not readable here. Look at the quotes, or open it in Poedit."))
            return None
        return read_po(io.BytesIO(content), locale=language, abort_invalid=True)
    except PoFileError as error:
        problems.append(Problem(name, (error.lineno or 0) + 1, f"is not readable: {error}."))
    except (UnicodeDecodeError, ValueError, LookupError) as error:
        problems.append(Problem(name, 0, f"is not readable: {error}."))
    return None


def _unreadable(text: str) -> int:
    """The first line that no .po file has; Babel passes over some of them without a word. 0: none."""
    for number, row in enumerate(text.split("\n"), 1):
        if not _row(row):
            return number
    return 0


def faults(message: Message, translation: Translation) -> list[str]:
    """What is wrong with a translation, so that it cannot be served."""
    if message.is_list or not translation.text:
        return []
    found = []
    ours, theirs = set(BLANK.findall(message.text)), set(BLANK.findall(translation.text))
    found += [f"{{{blank}}} is missing. Keep it as it is." for blank in sorted(ours - theirs)]
    found += [f"{{{blank}}} is not in the source. Remove it." for blank in sorted(theirs - ours)]
    if _forbidden.search(translation.text):
        found.append("has a control or direction character that phones show as a box. Remove it.")
    return found


def valid(message: Message, translation: Translation | None) -> bool:
    """Whether a translation may be served for a message."""
    if translation is None or not translation.text:
        return False
    if message.is_list:
        return True
    same = translation.source == message.text and not translation.fuzzy
    return same and not faults(message, translation)


# --- what translators run ------------------------------------------------------------------------------


def extract(messages: Mapping[str, Message], locales: Path) -> Path:
    """Write the template of all sentences."""
    path = locales / TEMPLATE
    _write(path, _template(messages))
    return path


def _template(messages: Mapping[str, Message], language: str | None = None) -> Po:
    po = Po(locale=language, project="smsline", version="1", charset="utf-8", header_comment=_HEADER, fuzzy=False)
    po.copyright_holder = po.msgid_bugs_address = po.last_translator = po.language_team = "smsline"
    if language in _PLURALS:
        po._num_plurals, po._plural_expr = _PLURALS[language]  # type: ignore[assignment]
    for message in messages.values():
        po.add(message.text, context=message.key, locations=[(message.at.file, 0)], auto_comments=_hints(message))
    return po


def _hints(message: Message) -> list[str]:
    if message.is_list:
        return ["A list of what people text, parted by semicolons. Write your own list, as people text it."]
    if message.key.endswith((".title",)) or ".option." in message.key:
        return ["The name of a choice: at most 28 letters."]
    spoken = ["Read aloud by a voice: write all letters, no abbreviations."] if message.key == "phrase.voice" else []
    return [*spoken, *(["Keep {blanks} as they are."] if "{" in message.text else [])]


def update(messages: Mapping[str, Message], locales: Path, language: str, problems: list[Problem]) -> Count:
    """Bring the sentences of a language up to date: kept where the source is the same, fuzzy where it changed."""
    old = _read(locales, language, []) if path_of(locales, language).exists() else None
    known = {str(message.context): message for message in old or () if message.id and message.context}
    new = _template(messages, language)
    for message in new:
        before = known.pop(str(message.context), None) if message.context else None
        if before is not None and before.string:
            _carry(message, before)
    for gone in known.values():
        if gone.string:
            new.obsolete[str(gone.id)] = gone
    _write(path_of(locales, language), new)
    return count(messages, read(locales, language, problems), language)


def _carry(message: PoMessage, before: PoMessage) -> None:
    message.string = before.string
    message.user_comments = [comment for comment in before.user_comments if not comment.startswith("|")]
    message.flags |= before.flags
    if before.id != message.id:
        message.flags.add("fuzzy")
        message.previous_id = [str(before.id)]
    elif message.fuzzy:
        message.previous_id = _previous(before)


def _previous(before: PoMessage) -> list[str]:
    """The source before the last change. Babel 2.18 reads its lines ("#| msgid") as comments of a person."""
    rows = [comment for comment in before.user_comments if comment.startswith("|") and "msgctxt" not in comment]
    text = "".join(unescape(part) for row in rows for part in _quoted(row))
    return [text] if text else []


def count(messages: Mapping[str, Message], translations: Mapping[str, Translation], language: str) -> Count:
    """How far a language is."""
    complete = fuzzy = 0
    for key, message in messages.items():
        translation = translations.get(key)
        if valid(message, translation):
            complete += 1
        elif translation is not None and translation.text:
            fuzzy += 1
    return Count(language, complete, fuzzy, len(messages) - complete - fuzzy, 0)


def _write(path: Path, po: Po) -> None:
    """Write a .po file; untouched where only its date would change."""
    file = io.BytesIO()
    write_po(file, po, width=10_000, include_lineno=False, include_previous=True, sort_output=False)
    fresh = file.getvalue()
    if path.exists() and _undated(path.read_bytes()) == _undated(fresh):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(fresh)


def _undated(content: bytes) -> bytes:
    return re.sub(rb'"(POT-Creation|PO-Revision)-Date:[^\n]*\n', b"", content)
