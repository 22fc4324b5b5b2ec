"""What is wrong with the screens: what does not fit, what costs more, what is missing on the first one.

Each is measured as it is sent, in every language and on every channel.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from datetime import date
from pathlib import Path

from smsline.content import translations
from smsline.content.loading import Content
from smsline.content.screens import NOON, Screen, among, moment_of, screens, state_of, views
from smsline.content.touched import ALL, Touched
from smsline.engine.catalog import from_right
from smsline.engine.line import Line
from smsline.engine.model import Channel, Menu, Organisation
from smsline.engine.pages import fits, most
from smsline.engine.screen import draw_all, first_of
from smsline.engine.segments import costly_letter, measure
from smsline.errors import Problem

MOST_PAGES = 6
"""Screens of one answer; what is longer is two answers. A small screen has more of them, and may."""

PERSON = "phrase.person"
"""Where to reach somebody: after it no choice has to follow at once."""


def faults(
    content: Content, locales: Path, today: date, languages: Container[str] | None = None, new: Touched = ALL
) -> Iterator[Problem]:
    """Screens that do not fit, by how many letters and because of which letter; and what should be on the first one.

    All of them, or only the `new` ones.
    """
    ways = re.compile("|".join(re.escape(way) for one in content.listed.values() for way in _ways(one.organisation)))
    plain = {language for language in among(content.line, languages) if is_plain(content.line, language)}
    for screen in screens(content, today, None, languages, new):
        channel = content.line.channels[screen.channel]
        wrong = _too_long(content, screen, channel, ways)
        letter = costly_letter(screen.text) if screen.language in plain and screen.what != "languages" else None
        if wrong:
            because = f' The letter "{letter}" makes it UCS-2, which holds fewer.' if letter else ""
            yield Problem(*_where(content, locales, screen), f"{screen.name}: {wrong}{because}")
        elif letter and channel.parts:
            what = f'{screen.name}: "{letter}" makes it cost more in {screen.language}. Write it without.'
            yield Problem(*_where(content, locales, screen), what, True)
    yield from _first(content, locales, today, languages, new)


def is_plain(line: Line, language: str) -> bool:
    """Whether a language is written in GSM-7, so that one costly letter is a mistake and not its alphabet."""
    texts = [text.text for text in line.catalog.texts[language].values()]
    return 2 * sum(costly_letter(text) is None for text in texts) > len(texts)


def _too_long(content: Content, screen: Screen, channel: Channel, ways: re.Pattern[str]) -> str:
    """What is too long about a screen; empty where nothing is."""
    where = f"on {screen.channel} in {screen.language}"
    if not fits(channel, screen.text):
        return f"a screen {where} is {_over(screen.text, channel)} Shorten it."
    if screen.name == "phrase.broken" and _emergency(content.line) not in screen.text:
        return f"the emergency number does not fit {where}. Put it into the first sentences."
    if screen.page == 0 and screen.what == "notice" and screen.name != PERSON and "1 " not in screen.text:
        return f"no choice fits below it {where}. Shorten it."
    if screen.page == 0 and screen.what.startswith("near ") and not ways.search(screen.text):
        return f"nobody to reach on the first screen of {screen.what} {where}. Shorten what is said before it."
    if screen.page == 0 and screen.what == "contact":
        if channel.dialogue:
            own = _ways(content.listed[screen.name].organisation)
            return "" if any(way in screen.text for way in own) else f"name and number do not fit a screen {where}."
        if screen.pages > 1:
            return f"its contact fills {screen.pages} screens {where}. Shorten its name or its address."
    if screen.page == 0 and screen.pages > MOST_PAGES and not channel.dialogue and not screen.what.startswith("near"):
        return f"{screen.pages} screens {where}, at most {MOST_PAGES}. Make two answers."
    return ""


def _ways(one: Organisation) -> list[str]:
    """How it stands on a screen how to reach it: from right to left without blanks, on a small one the site alone."""
    ways = [way for way in (one.phone, one.whatsapp, one.email, one.web.partition("/")[0], one.address) if way]
    return [*ways, *(from_right(way) for way in ways if way in (one.phone, one.whatsapp))]


def _emergency(line: Line) -> str:
    return line.directory.organisations[line.emergency].phone


def _over(text: str, channel: Channel) -> str:
    """How long a text is, and by how much that is too long."""
    units, room = measure(text).units, most(channel, text)
    return f"{units} letters, at most {room}: {max(1, units - room)} too many."


def _first(
    content: Content, locales: Path, today: date, languages: Container[str] | None, new: Touched
) -> Iterator[Problem]:
    """What must be done now stands on the first screen, and so does a whole menu; on a small one, whom to call."""
    line = content.line
    phones = [one.organisation.phone for one in content.listed.values() if one.organisation.phone]
    numbers = re.compile("|".join(re.escape(way) for phone in phones for way in (phone, from_right(phone))))
    for name, channel in line.channels.items():
        for language in among(line, languages):
            for node in (node for known, node in line.nodes.items() if new.draws(language, known)):
                state = state_of(node.name, views(node)[0], language, moment_of(today, NOON))
                screen = Screen(node.name, language, name, "first", 0, 1, "")
                at, where = _where(content, locales, screen), f"on {name} in {language}"
                text = first_of(line, state, channel)
                if not channel.dialogue and not fits(channel, text):
                    what = "the menu" if isinstance(node, Menu) else "the first paragraph, what must be done now,"
                    yield Problem(*at, f"{node.name}: {what} {where} is {_over(text, channel)} Shorten it.")
                first = draw_all(line, state, channel)[0]
                if channel.dialogue and node.urgent and not numbers.search(first):
                    yield Problem(*at, f"{node.name}: no number to call on the first screen {where}. Put it first.")


def _where(content: Content, locales: Path, screen: Screen) -> tuple[str, int]:
    """File and line of what a screen says: of its translation, where there is one."""
    if screen.name in content.listed:
        value = content.listed[screen.name].at
        return value.file, value.line
    language = content.line.languages[screen.language]
    translated = content.translated.get(language.of or language.code, {})
    keys = [screen.name, *(f"{screen.name}.{part}" for part in ("answer", "text", "title"))]
    key = next((key for key in keys if key in content.messages), "")
    if key and translations.valid(content.messages[key], translated.get(key)):
        return translations.file_of(locales, language), translated[key].line
    at = content.menus.where.get(screen.name) or content.messages[key].at
    return at.file, at.line
