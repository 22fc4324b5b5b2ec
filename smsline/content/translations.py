"""Translations: ordinary gettext files, `locales/<language>/LC_MESSAGES/messages.po`.

The context of a message is its key (`pep.answer`), the msgid is the source sentence. A changed sentence
makes its translation fuzzy, and a fuzzy translation is never served. Lists of words are served all the
same: nobody reads them, and a list that lacks a word is still right.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from gettext import c2py  # the reader of plural forms that gettext itself uses
from pathlib import Path

from babel import Locale
from babel.messages import Catalog as Po
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError, read_po

from smsline.content.menus import Message
from smsline.content.texts import BLANK
from smsline.engine.model import Language
from smsline.errors import Problem

CONFIRMED = "confirmed"
"""How the comment of a translator begins who has the language as a mother tongue, and stands for a sentence."""

_PLURALS = {
    # Babel 2.18 writes these wrongly (github.com/python-babel/babel, issues 495, 816 and 817).
    "hu": (2, "(n != 1)"),
    "ti": (2, "(n > 1)"),
    "tr": (2, "(n != 1)"),
    "ar": (6, "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)"),
}

_row = re.compile(r'\s*(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d\])?)\s+)?"[^"\\]*(\\.[^"\\]*)*"\s*)?').fullmatch

_forbidden = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Translation:
    """One entry of a .po file: the sentence it was made from, and what it says."""

    source: str
    text: str
    fuzzy: bool
    line: int = 0
    confirmed: bool = False
    """Whether somebody who grew up with the language has confirmed it: by a comment, "confirmed" and the day."""


def path_of(locales: Path, language: Language) -> Path:
    """Where the sentences of a language are, in a folder named by its locale as gettext names it, such as pt_BR."""
    return locales / language.locale / "LC_MESSAGES" / "messages.po"


def file_of(locales: Path, language: Language) -> str:
    """The same as it is named in a problem, such as locales/ro/LC_MESSAGES/messages.po."""
    return path_of(locales, language).relative_to(locales.parent).as_posix()


def found_in(problem: str) -> str:
    """The folder of the language in whose file a problem is, as it is printed; empty where it is in another file."""
    match = re.match(r"[^/]+/([A-Za-z_]+)/LC_MESSAGES/", problem)
    return match.group(1) if match else ""


def read(locales: Path, language: Language, problems: list[Problem]) -> dict[str, Translation]:
    """The translations of a language by key; a file that cannot be read is a problem and gives none."""
    po = read_file(locales, language, problems)
    if po is None:
        return {}
    return {
        str(message.context): Translation(
            str(message.id),
            str(message.string or ""),
            message.fuzzy,
            message.lineno or 0,
            any(comment.startswith(CONFIRMED) for comment in message.user_comments),
        )
        for message in po
        if message.id and message.context
    }


def read_file(locales: Path, language: Language, problems: list[Problem]) -> Po | None:
    """The file of a language; None, and problems, where it cannot be read."""
    path, name = path_of(locales, language), file_of(locales, language)
    if not path.exists():
        problems.append(Problem(name, 0, "is missing. Run: smsline translations update"))
        return None
    try:
        content = path.read_bytes()
        wrong = list(_unreadable(content.decode("utf-8"), language.locale))
        po = read_po(io.BytesIO(content), locale=language.locale, abort_invalid=True) if not wrong else None
    except PoFileError as error:
        wrong, po = [((error.lineno or 0) + 1, f"is not readable: {error}.")], None
    except (UnicodeDecodeError, ValueError, LookupError) as error:
        wrong, po = [(0, f"is not readable: {error}.")], None
    problems += [Problem(name, line, what) for line, what in wrong]
    return po


def plurals(locale: str) -> tuple[int, str]:
    """How many plural forms a language has, and which number has which, as gettext writes it."""
    if locale in _PLURALS:
        return _PLURALS[locale]
    known = get_plural(Locale.parse(locale))
    return known.num_plurals, known.plural_expr


def _unreadable(text: str, locale: str) -> Iterator[tuple[int, str]]:
    """The lines that no .po file of this language has; Babel passes over them without a word, or guesses."""
    if text.startswith("\ufeff"):
        yield 1, "begins with a byte-order mark. Save it as UTF-8 without one."
        return
    rows = text.split("\n")
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        if not _row(row):
            yield number, "is not readable here. Look at the quotes, or open it in Poedit."
            return
        if row.startswith("msgctxt "):
            if row in seen:
                yield number, f"{row[9:-1]} stands here a second time, after line {seen[row]}. Remove one of them."
            seen[row] = number
    yield from _headers(rows, locale)


def _headers(rows: list[str], locale: str) -> Iterator[tuple[int, str]]:
    """What the first entry says of language and plural forms, where it is not so."""
    count, expression = plurals(locale)
    right = f"nplurals={count}; plural={expression};"
    headers = {row[1:].partition(":")[0]: (number, row) for number, row in enumerate(rows, 1) if row[:1] == '"'}
    line, said = headers.get("Plural-Forms", (1, ""))
    found = re.search(r"nplurals *= *(\d+) *; *plural *= *([^;\\]+)", said)
    if not found or int(found.group(1)) != count or not _same(found.group(2), expression):
        yield line, f"has other plural forms than {locale} has. Write: Plural-Forms: {right}"
    line, said = headers.get("Language", (1, ""))
    code = "".join(re.findall(r'"Language: *([A-Za-z_-]*)', said)).replace("-", "_")
    if code and code.partition("_")[0] != locale.partition("_")[0]:
        yield line, f"is of the language {code}, and stands in the folder of {locale}. Put it where it belongs."


def _same(one: str, other: str) -> bool:
    """Whether two plural expressions of C say the same of each number."""
    try:
        first, second = c2py(one), c2py(other)
    except ValueError:
        return False
    return all(int(first(number)) == int(second(number)) for number in range(1001))


def faults(message: Message, translation: Translation) -> list[str]:
    """What is wrong with a translation, so that it cannot be served."""
    if message.is_list or not translation.text:
        return []
    found = []
    ours, theirs = _blanks(message.text), _blanks(translation.text)
    found += [f"{{{blank}}} is missing. Keep it as it is." for blank in sorted(ours - theirs)]
    found += [f"{{{blank}}} is not in the source. Remove it." for blank in sorted(theirs - ours)]
    if _forbidden.search(translation.text):
        found.append("has a control or direction character that phones show as a box. Remove it.")
    return found


@lru_cache(maxsize=1 << 14)
def _blanks(text: str) -> frozenset[str]:
    return frozenset(BLANK.findall(text))


def valid(message: Message, translation: Translation | None) -> bool:
    """Whether a translation may be served for a message."""
    if translation is None or not translation.text:
        return False
    return message.is_list or (current(message, translation) and not faults(message, translation))


def current(message: Message, translation: Translation) -> bool:
    """Whether it is a translation of what the source says now."""
    return translation.source == message.text and not translation.fuzzy
