"""The languages of the line: their list on a phone, the forms in Latin letters, and the screen for an unknown one.

A form in Latin letters is a language of its own to whatever draws a screen, and its language to whoever counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from smsline.engine.line import Line
from smsline.engine.model import START, Channel, Language, State
from smsline.engine.pages import Piece, fits, lined, page_of, rows_of, sentences
from smsline.engine.segments import costly_letter, measure

UNKNOWN = "und"
"""The language of somebody who has not told it yet, as ISO 639-3 writes it."""

PER_PAGE = 8
"""Languages on one page of their list: 9 is more and 0 is back."""

NARROWEST = {"GSM-7": 160, "UCS-2": 70}
"""One USSD screen: the list has the same pages on every channel, so that a number always means the same."""


def own(line: Line, code: str) -> str:
    """The language itself of a form in Latin letters; of any other, that one."""
    return line.languages[code].of or code


def latin_of(line: Line, code: str) -> str:
    """The form in Latin letters of a language; empty where it has none."""
    return next((one.code for one in line.languages.values() if one.of == own(line, code)), "")


def served(line: Line, code: str | None) -> str:
    """The language that somebody gets who speaks this one; empty where it is none at all."""
    if code is None:
        return ""
    return code if code in line.languages else line.instead.get(code, "")


def spoken_in(line: Line, country: str) -> list[str]:
    """The languages that people from a country probably speak."""
    return [one.code for one in line.languages.values() if country and country in one.countries]


def listed(line: Line) -> list[Language]:
    """The languages as they are offered: names in other scripts first, since who needs one reads nothing else."""
    every = [one for one in line.languages.values() if not one.of]
    return sorted(every, key=lambda one: costly_letter(one.name) is None)


# --- the list ---------------------------------------------------------------------------------------------


def pages(line: Line, foot: str) -> list[list[Language]]:
    """The list of languages in pages, each of which fits the smallest screen with `foot` below it."""
    found: list[list[Language]] = [[]]
    for one in listed(line):
        longer = [*found[-1], one]
        if found[-1] and (len(longer) > PER_PAGE or not _fits(longer, foot)):
            longer = [one]
            found.append(longer)
        else:
            found[-1] = longer
    return found


def _fits(languages: list[Language], foot: str) -> bool:
    size = measure("\n".join([*rows(languages), foot]))
    return size.units <= NARROWEST[size.encoding]


def rows(languages: list[Language]) -> list[str]:
    """Each under the name that its speakers know, with its number."""
    return [f"{number} {one.name}" for number, one in enumerate(languages, 1)]


def other_languages(line: Line, state: State) -> str:
    """The last line of a screen whose language was guessed: how to get another, for whoever cannot read the screen."""
    titles = "/".join(line.catalog(code, "phrase.languages-title") for code in line.unsure)
    others = [one.code.upper() for one in listed(line) if one.code != own(line, state.language)]
    unsure = [code.upper() for code in line.unsure if code != own(line, state.language)]
    return f"{titles}: {' '.join(dict.fromkeys([*unsure, *others]))}"


# --- the screen for an unknown language -----------------------------------------------------------------------


def question(line: Line, state: State, channel: Channel) -> list[Piece]:
    """What to do in danger, in the languages of `unsure:`, and which others there are, by name if that fits."""
    keys = ["welcome", state.notice or "your-language"] if state.here.node == START else [state.here.node]
    said = [line.catalog(code, f"phrase.{key}") for key in keys for code in line.unsure]
    head = [piece for text in said for piece in lined(sentences(text))]
    others = [one for one in listed(line) if one.code not in state.offered]
    for rows in _offers(line, state, others):
        whole = [*head, *rows_of(rows)]
        if fits(channel, page_of(whole, "", "")):
            break
    return whole


def _offers(line: Line, state: State, others: list[Language]) -> Iterator[list[str]]:
    """The languages with their numbers: by name, the others by code, and all by code in one line, for small screens."""
    number = len(state.offered) + 1
    named = [f"{index} {line.languages[code].latin}" for index, code in enumerate(state.offered, 1)]
    codes = " ".join(one.code.upper() for one in others)
    if others:
        yield [*named, f"{number} {', '.join(one.latin for one in others)}"]
        yield [*named, f"{number} {codes}"]
    else:
        yield named
    short = [f"{index} {code.upper()}" for index, code in enumerate(state.offered, 1)]
    yield ["  ".join([*short, *([f"{number} {codes}"] if others else [])])]
