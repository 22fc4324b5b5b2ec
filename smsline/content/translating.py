"""What translators run: the template of all sentences, files brought up to date with it, and how far each is."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages import Catalog as Po
from babel.messages.catalog import Message as PoMessage
from babel.messages.pofile import unescape, write_po

from smsline.content.menus import Message
from smsline.content.translations import CONFIRMED, Translation, faults, path_of, plurals, read, read_file, valid
from smsline.content.words import FIRST_WORD
from smsline.engine.model import Language
from smsline.errors import Problem

TEMPLATE = "messages.pot"
_HEADER = "# Sentences of smsline. Licence: CC BY 4.0. How to translate: docs/translating.md"

_quoted = re.compile(r'"(?:[^"\\]|\\.)*"').findall


@dataclass(frozen=True, slots=True)
class Count:
    """How far a language is: messages complete, fuzzy, missing; and how many a native speaker confirmed."""

    language: str
    complete: int
    fuzzy: int
    missing: int
    confirmed: int


def extract(messages: Mapping[str, Message], locales: Path) -> Path:
    """Write the template of all sentences."""
    path = locales / TEMPLATE
    _write(path, _template(messages))
    return path


def _template(messages: Mapping[str, Message], locale: str | None = None) -> Po:
    po = Po(locale=locale, project="smsline", version="1", charset="utf-8", header_comment=_HEADER, fuzzy=False)
    po.copyright_holder = po.msgid_bugs_address = po.last_translator = po.language_team = "smsline"
    if locale:
        po._num_plurals, po._plural_expr = plurals(locale)  # type: ignore[assignment]
    for message in messages.values():
        po.add(message.text, context=message.key, locations=[(message.at.file, 0)], auto_comments=hints(message))
    return po


def hints(message: Message) -> list[str]:
    """What a translator has to know of a message."""
    if message.is_list:
        return ["A list of what people text, parted by semicolons. Write your own list, as people text it."]
    if message.key.endswith((".title",)) or ".option." in message.key:
        return ["The name of a choice: at most 28 letters."]
    if message.key.endswith(".card"):
        return ["Printed on a card, beside a code: at most 28 letters."]
    if message.key == FIRST_WORD:
        return ["The word to text first: a greeting that no other language has. It tells the language."]
    spoken = ["Read aloud by a voice: write all letters, no abbreviations."] if message.key == "phrase.voice" else []
    return [*spoken, *(["Keep {blanks} as they are."] if "{" in message.text else [])]


def update(messages: Mapping[str, Message], locales: Path, language: Language, problems: list[Problem]) -> Count:
    """Bring the sentences of a language up to date: kept where the source is the same, fuzzy where it changed."""
    old = read_file(locales, language, []) if path_of(locales, language).exists() else None
    known = {str(message.context): message for message in old or () if message.id and message.context}
    new = _template(messages, language.locale)
    for message in new:
        before = known.pop(str(message.context), None) if message.context else None
        if before is not None and before.string:
            _carry(message, before)
    for gone in known.values():
        if gone.string:
            new.obsolete[str(gone.id)] = gone
    _write(path_of(locales, language), new)
    return count(messages, read(locales, language, problems), language.code)


def _carry(message: PoMessage, before: PoMessage) -> None:
    message.string = before.string
    same = before.id == message.id  # a native speaker confirmed the translation of another sentence
    lost = ("|",) if same else ("|", CONFIRMED)
    message.user_comments = [comment for comment in before.user_comments if not comment.startswith(lost)]
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
    complete = fuzzy = confirmed = 0
    for key, message in messages.items():
        translation = translations.get(key)
        if translation is not None and valid(message, translation):
            complete += 1
            confirmed += translation.confirmed
        elif translation is not None and translation.text:
            fuzzy += 1
    return Count(language, complete, fuzzy, len(messages) - complete - fuzzy, confirmed)


def keep(messages: Mapping[str, Message], locales: Path, language: Language, node: str) -> list[str]:
    """Take the translations of a node as right though their source changed; the keys of those that were fuzzy."""
    po = read_file(locales, language, [])
    kept = []
    for message in po or ():
        key = str(message.context)
        known = messages.get(key)
        if not message.id or known is None or not message.fuzzy or node not in (key, key.partition(".")[0]):
            continue
        if not faults(known, Translation(str(message.id), str(message.string or ""), fuzzy=False)):
            message.flags.discard("fuzzy")
            message.previous_id = []
            kept.append(key)
    if po is not None and kept:
        _write(path_of(locales, language), po)
    return kept


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
