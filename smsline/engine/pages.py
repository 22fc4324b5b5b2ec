"""From pieces of text to screens that fit: cut between sentences, options and contacts, never in a word or a number."""

from __future__ import annotations

import re
from itertools import takewhile

from smsline.engine.model import Channel
from smsline.engine.segments import PART, measure

_sentence = re.compile(r"(?<=[.?!؟])\s+|(?<=[。？！])\s*(?=\S)")
"""Between two sentences; in Chinese nothing stands there."""

_CLOSE = ("。", "？", "！")

_unbroken = re.compile(r"\S*?\d[\d ]*\d\S*|\S+")
"""What stays together: a word, or a number with its blanks and what stands at it."""

_open_end = re.compile(r"[\d ]+$")

Piece = tuple[str, str]
"""A text that stays on one screen, and what stands between it and the text before."""


def fits(channel: Channel, text: str) -> bool:
    """Whether a text is one screen of that channel."""
    size = measure(text)
    room = channel.septets if size.encoding == "GSM-7" else channel.units
    if size.units > room:
        return False
    return not channel.parts or size.segments <= max(1, room // PART[size.encoding])


def most(channel: Channel, text: str) -> int:
    """The most units that a screen may have which holds this text."""
    return channel.septets if measure(text).encoding == "GSM-7" else channel.units


def sentences(text: str) -> list[Piece]:
    """A text in sentences; its own line breaks stay."""
    pieces: list[Piece] = []
    for row in (row.strip() for row in text.split("\n")):
        for index, sentence in enumerate(_sentence.split(row)):
            if sentence:
                close = pieces and pieces[-1][0].endswith(_CLOSE)
                pieces.append((sentence, ("" if close else " ") if index else "\n"))
    return pieces


def lined(pieces: list[Piece]) -> list[Piece]:
    """The same, beginning on a new line."""
    return [(pieces[0][0], "\n"), *pieces[1:]] if pieces else []


def rows_of(rows: list[str]) -> list[Piece]:
    return [(row, "\n") for row in rows]


def joined(pieces: list[Piece]) -> str:
    return "".join((glue if index else "") + text for index, (text, glue) in enumerate(pieces))


def paginate(channel: Channel, groups: list[list[Piece]], first: str, back: str, more: str) -> list[str]:
    """Groups of pieces on as few screens as they need, each with the numbers that work there."""
    screens: list[list[Piece]] = []
    for group in groups:
        current: list[Piece] = []
        waiting = [part for piece in group for part in _parts(channel, piece, f"{more}  {back}")]
        for index, piece in enumerate(waiting):
            last = index == len(waiting) - 1 and group is groups[-1]
            zero = back if screens else first
            foot = "" if last else more
            if current and not fits(channel, page_of([*current, piece], zero, foot)):
                asked = _asked(current, piece)
                if not fits(channel, page_of([*asked, piece], back, foot)):
                    asked = []
                screens.append(current[: len(current) - len(asked)])
                current = asked
            current.append(piece)
        screens.append(current)
    last_one = len(screens) - 1
    return [page_of(p, back if i else first, more if i < last_one else "") for i, p in enumerate(screens)]


def _asked(before: list[Piece], answer: Piece) -> list[Piece]:
    """The questions that end a screen, which go over to the next with their answer; none where nothing would be left.

    "Taken something already?" says nothing without the "Call 112" that follows it.
    """
    asked = (
        list(takewhile(lambda piece: piece[0].endswith(("?", "؟", "？")), reversed(before)))
        if answer[1] != "\n"
        else []
    )
    return asked[::-1] if len(asked) < len(before) else []


def page_of(pieces: list[Piece], zero: str, more: str) -> str:
    foot = "  ".join(part for part in (more, zero) if part)
    return joined([*pieces, (foot, "\n")] if foot else pieces)


def _parts(channel: Channel, piece: Piece, foot: str) -> list[Piece]:
    """A piece, cut between its lines or words where it is longer than a screen."""
    text, glue = piece
    if fits(channel, f"{text}\n{foot}"):
        return [piece]
    if "\n" in text:
        rows = text.split("\n")
        return [part for row in rows for part in _parts(channel, (row, "\n"), foot)]
    parts: list[Piece] = []
    current = ""
    for word in (cut for whole in _unbroken.findall(text) for cut in _address(channel, whole, foot)):
        longer = f"{current} {word}" if current else word
        if current and not fits(channel, f"{longer}\n{foot}"):
            parts.append((current, glue if not parts else " "))
            longer = word
        current = longer
    return [*parts, (current, glue if not parts else " ")]


def _address(channel: Channel, word: str, foot: str) -> list[str]:
    """A word; what is longer than a screen is cut where it may be.

    That is after a slash of a web address, else a hyphen or a Chinese comma, else where it must be, but in no number.
    """
    parts = []
    most_letters = max(channel.septets, channel.units)  # no letter takes less than one
    while word and not fits(channel, f"{word}\n{foot}"):
        counts = range(min(len(word), most_letters), 0, -1)
        room = next(count for count in counts if fits(channel, f"{word[:count]}\n{foot}") or count == 1)
        marks = [
            word.rfind("/", 0, room),
            *([] if "/" in word else [word.rfind(mark, 0, room) for mark in "-，、；："]),
        ]
        cut = max(marks) + 1 or len(_open_end.sub("", word[:room])) or room
        parts.append(word[:cut])
        word = word[cut:]
    return [*parts, word] if word else parts


def shortened(channel: Channel, text: str) -> str:
    """A reply after which nothing is shown: all of it, or the sentences from the first on that fit one screen."""
    return paginate(channel, [sentences(text)], "", "", "")[0]
