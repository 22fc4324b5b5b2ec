"""What stands on printed cards, and the proof that the line answers each of it as the card says.

A card cannot be mended once it is in somebody's hand. So every text that it asks for is played on the line first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from smsline.content import translations
from smsline.content.codes import unregistered
from smsline.content.loading import Content
from smsline.content.menus import CARRIERS
from smsline.content.words import FIRST_WORD
from smsline.engine.conversation import converse
from smsline.engine.line import Line
from smsline.engine.model import HOME, START, Incoming, Spot
from smsline.errors import Problem

SENTENCES = ("card-what", "card-subjects", "card-how", "card-codes", "card-codes-in", "card-rate", "card-automatic",
             "card-delete", "no-name", "in-danger")  # fmt: skip
"""The phrases of a card, beside its first word."""


def tag(line: Line, language: str) -> str:
    """What stands behind a code so that the answer comes in a language, such as RO; nothing for that of the source."""
    return "" if language == line.default else language.upper().replace("-", " ")


def first_word(line: Line, language: str) -> str:
    """What to text first; for a form in Latin letters its tag, since a word would be answered in the other letters."""
    return tag(line, language) if line.languages[language].of else line.catalog(language, FIRST_WORD)


def spelled(content: Content, language: str, key: str) -> str:
    """A sentence with all letters of its language: paper costs no more for one with a mark, as a text does."""
    line, known = content.line, content.translated.get(language, {}).get(key)
    if key not in content.messages or known is None or not translations.valid(content.messages[key], known):
        return line.catalog(language, key)
    return content.filler.fill(known.text, line.catalog.locales[language], "", {}).text


def label(content: Content, language: str, node: str) -> str:
    """What a card calls the node of a code."""
    return spelled(content, language, f"{node}.card") or spelled(content, language, f"{node}.title")


def texts(content: Content, language: str) -> Iterator[tuple[str, str]]:
    """Each text that a card asks for, with the node that it has to open."""
    line = content.line
    yield first_word(line, language), START
    for code, node in content.menus.codes.printed.items():
        yield f"{code} {tag(line, language)}".strip(), node


def wrong_with(content: Content, locales: Path, today: date) -> Iterator[Problem]:
    """Codes and first words that do not do what cards say of them."""
    yield from unregistered(content.menus.codes)
    yield from _taken(content)
    for language, one in content.line.languages.items():
        if language == content.source or not lacking(content, one.of or language, FIRST_WORD):
            yield from _unproven(content, locales, language, today)


def _taken(content: Content) -> Iterator[Problem]:
    """Codes that mean something else already."""
    words = content.line.vocabulary
    for code, node in content.menus.codes.given.items():
        known = code.lower()
        other = words.keywords.get(known) or words.commands.get(known) or words.languages.get(known)
        if other:
            at = content.menus.codes.where[code]
            what = f"{node}: {code} is also a keyword, a command or a language: {other}. Choose another code."
            yield Problem(at.file, at.line, what)


def _unproven(content: Content, locales: Path, language: str, today: date) -> Iterator[Problem]:
    """What the line answers otherwise than a card in a language says."""
    word, at = first_word(content.line, language), _where(content, locales, language)
    if word.upper() in CARRIERS:
        yield Problem(*at, f"{FIRST_WORD} in {language}: carriers answer {word} themselves. Choose another word.")
    for text, node in texts(content, language):
        if opened(content.line, text, today) != (node, language):
            what = f'{FIRST_WORD} in {language}: "{text}" does not open {node} in that language'
            more = "Choose a greeting that no other language has, and add it to command.start." if text == word else ""
            yield Problem(*at, f"{what}. {more}".strip())


def _where(content: Content, locales: Path, language: str) -> tuple[str, int]:
    """Where the first word of a language stands."""
    code = content.line.languages[language].of or language
    known = content.translated.get(code, {}).get(FIRST_WORD)
    if known is not None:
        return translations.file_of(locales, content.known[code]), known.line
    at = content.messages[FIRST_WORD].at
    return at.file, at.line


def opened(line: Line, text: str, today: date) -> tuple[str, str]:
    """The node, and the language, that a text opens for somebody who never texted before."""
    noon = datetime.combine(today, time(12), HOME)
    session = converse(line, None, Incoming(text, line.channels["sms"], bytes(16), noon)).session
    if session is None or session.state.here not in (
        Spot(session.state.here.node),
        Spot(session.state.here.node, "ask"),
    ):
        return "", ""
    return session.state.here.node, session.state.language


def lacking(content: Content, language: str, *keys: str) -> list[str]:
    """The sentences that a language has no translation of which may be served."""
    known = content.translated.get(language, {})
    return [key for key in keys if not translations.valid(content.messages[key], known.get(key))]
