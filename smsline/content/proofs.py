"""What a translator may have overlooked in one message: figures, letters of another script, lines, numbers to dial.

`translations.faults` are what makes a translation unfit to be served; what is here should be looked at by a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.core import get_global

from smsline.content.loading import Content
from smsline.content.menus import Message
from smsline.content.texts import BLANK
from smsline.content.translations import Translation, file_of
from smsline.errors import Problem

SCRIPTS = {"Latn": "LATIN", "Cyrl": "CYRILLIC", "Arab": "ARABIC", "Hans": "CJK", "Hant": "CJK", "Thai": "THAI",
           "Ethi": "ETHIOPIC", "Grek": "GREEK", "Geor": "GEORGIAN", "Armn": "ARMENIAN", "Hebr": "HEBREW",
           "Deva": "DEVANAGARI"}  # fmt: skip
"""How the names of Unicode's letters begin, by script (ISO 15924)."""

_figure = re.compile(r"\d+")
_word = re.compile(r"[^\W\d_]+")
_marks = re.compile("[\u0640\u064b-\u0652]")


def script_of(locale: str) -> str:
    """The script that a language is written in, as Unicode names its letters; LATIN where it is not known."""
    known = Locale.parse(locale)
    script = known.script
    if script is None:
        likely = get_global("likely_subtags")
        full = likely.get(locale) or likely.get(known.language) or ""
        script = next((part for part in full.split("_") if len(part) == 4), "Latn")
    return SCRIPTS.get(script, "LATIN")


def proofs(content: Content, locales: Path, code: str) -> Iterator[Problem]:
    """What is odd in the file of a language, at its lines. Fuzzy messages wait for their own look."""
    language = content.line.languages[code]
    file = file_of(locales, language)
    for key, translation in content.translated[code].items():
        message = content.messages.get(key)
        if message and translation.text and message.text == translation.source and not translation.fuzzy:
            for doubt in doubts(message, translation, language.locale):
                yield Problem(file, translation.line, f"{key}: {doubt}")


def doubts(message: Message, translation: Translation, locale: str) -> Iterator[str]:
    """What is odd about a translation, each as a sentence with what to do."""
    text = translation.text
    script = script_of(locale)
    for word in sorted(_mixed(text)):
        yield f'"{word}" has letters of two alphabets that look alike. Type it again.'
    if script == "LATIN":
        strange = sorted({letter for letter in text if letter.isalpha() and _script(letter) not in ("LATIN", "")})
        if strange and not message.is_list:
            yield f'"{strange[0]}" is a letter of another alphabet. Type it again.'
    if message.is_list:
        return
    yield from _figures(message.text, text)
    if message.text.count("\n\n") != text.count("\n\n"):
        yield "has another number of parts. Leave the empty lines where the source has them."
    if text != text.strip() or "  " in text:
        yield "has a space too many, at an end or between two words. Remove it."
    if script == "ARABIC":
        yield from _arabic(text)


def _figures(source: str, text: str) -> Iterator[str]:
    ours, theirs = (Counter(_figure.findall(BLANK.sub("", part))) for part in (source, text))
    for figure in sorted((ours - theirs).keys()):
        yield f"{figure} is missing. Write it with the figures 0 to 9, as in the source."
    for figure in sorted((theirs - ours).keys()):
        if not figure.isascii():
            yield f"{figure} is written with other figures. Write 0 to 9: people dial and reply them."
        else:
            yield f"{figure} is not in the source. Remove it."


def _mixed(text: str) -> set[str]:
    """Words with letters of two of the alphabets that look alike."""
    alike = {"LATIN", "CYRILLIC", "GREEK"}
    bare = BLANK.sub(" ", text)
    return {word for word in _word.findall(bare) if len({_script(letter) for letter in word} & alike) > 1}


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _arabic(text: str) -> Iterator[str]:
    """Right to left on simple phones: the first letter turns the line, and numbers stand alone."""
    if _marks.search(text):
        yield "has vowel signs or stretched letters, which old phones show apart. Remove them."
    for row in text.split("\n"):
        if re.search(r"\{[a-z0-9-]+\.(phone|web|email|whatsapp)\}", row) and BLANK.sub("", row).strip():
            yield f'"{row[:40]}": a number or web address should stand alone on its line.'
        first = next((letter for letter in BLANK.sub("", row) if letter.isalpha()), "")
        if first and _script(first) != "ARABIC":
            yield f'"{row[:40]}" begins with a letter of another script, so the line turns. Begin with an Arabic word.'
