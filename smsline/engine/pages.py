"""From pieces of text to screens that fit: cut between sentences, options and contacts, never in a word or a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import takewhile

from smsline.engine.model import Channel
from smsline.engine.segments import FIELD, GLUE, NOT_GSM, PAIR, PART, PIECES, SINGLE, UNIT, Encoding, extent, measure

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
    return size.units <= room and (not channel.parts or size.segments <= max(1, room // PART[size.encoding]))


def most(channel: Channel, text: str) -> int:
    """The most units that a screen may have which holds this text."""
    return channel.septets if measure(text).encoding == "GSM-7" else channel.units


def sentences(text: str) -> list[Piece]:
    """A text in sentences; its own line breaks stay."""
    return list(_sentences(text))


@lru_cache(PIECES)
def _sentences(text: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for row in (row.strip() for row in text.split("\n")):
        for index, sentence in enumerate(_sentence.split(row)):
            if sentence:
                close = pieces and pieces[-1][0].endswith(_CLOSE)
                pieces.append((sentence, ("" if close else " ") if index else "\n"))
    return tuple(pieces)


def lined(pieces: list[Piece]) -> list[Piece]:
    """The same, beginning on a new line."""
    return [(pieces[0][0], "\n"), *pieces[1:]] if pieces else []


def rows_of(rows: list[str]) -> list[Piece]:
    return [(row, "\n") for row in rows]


def joined(pieces: list[Piece]) -> str:
    return "".join([part for text, glue in pieces for part in (glue, text)][1:])


def paginate(channel: Channel, groups: list[list[Piece]], first: str, back: str, more: str) -> Iterator[str]:
    """Groups of pieces on as few screens as they need, each with the numbers that work there.

    A screen is put together when it is asked for: most callers never read the next one.
    """
    sheet, zero = Sheet(channel), first
    for group in groups:
        foot = "" if group is groups[-1] else more
        sheet.clear()
        if sheet.holds(group, zero, foot):
            yield page_of(group, zero, foot)
            zero = back
            continue
        waiting = [part for piece in group for part in _parts(sheet, piece, f"{more}  {back}")]
        while waiting and not sheet.holds(waiting, zero, foot):
            waiting = sheet.fill(waiting, zero, more)
            if waiting:
                asked = _asked(channel, sheet.pieces, waiting, back, more)
                yield page_of(sheet.pieces[: len(sheet.pieces) - len(asked)], zero, more)
                zero = back
                sheet.clear(asked)
        yield page_of([*sheet.pieces, *waiting], zero, foot)
        zero = back


class Sheet:
    """A screen that is being filled: how long it is so far is known without putting it together."""

    __slots__ = ("channel", "extent", "pieces", "septets", "units")

    def __init__(self, channel: Channel, pieces: Iterable[Piece] = ()) -> None:
        self.channel = channel
        self.septets, self.units = _most(channel)
        self.clear(pieces)

    def clear(self, pieces: Iterable[Piece] = ()) -> None:
        """Begin anew with these pieces."""
        self.pieces = list(pieces)
        self.extent = _extent(self.pieces)

    def fill(self, pieces: list[Piece], zero: str, more: str) -> list[Piece]:
        """Add what fits, one piece in any case; the others are given back."""
        for index, piece in enumerate(pieces):
            if self.pieces and not self.holds([piece], zero, more):
                return pieces[index:]
            self.extent += _extent([piece], bool(self.pieces))
            self.pieces.append(piece)
        return []

    def holds(self, pieces: list[Piece], zero: str, more: str) -> bool:
        """Whether these and the numbers below fit too; as `fits` says it of the whole text."""
        whole = self.extent + _extent(pieces, bool(self.pieces))
        foot = f"{more}  {zero}" if more and zero else more or zero
        if foot:
            whole += extent(foot) + GLUE
        if (whole // UNIT & FIELD > self.units) if whole & NOT_GSM else (whole & FIELD > self.septets):
            return False
        return whole < PAIR or not self.channel.parts or fits(self.channel, page_of(self.pieces + pieces, zero, more))


def _extent(pieces: list[Piece], glued: bool = False) -> int:
    """The extent of some pieces, with what stands between them, and where they are `glued` before the first."""
    whole = sum([extent(text) + len(glue) * GLUE for text, glue in pieces])
    return whole if glued or not pieces else whole - len(pieces[0][1]) * GLUE


@lru_cache
def _most(channel: Channel) -> tuple[int, int]:
    """The most septets, and the most units of UCS-2, of a text that fits, where no letter takes two."""

    def most_of(room: int, encoding: Encoding) -> int:
        segments = max(1, room // PART[encoding])
        longest = SINGLE[encoding] if segments == 1 else segments * PART[encoding]
        return min(room, longest) if channel.parts else room

    return most_of(channel.septets, "GSM-7"), most_of(channel.units, "UCS-2")


def _asked(channel: Channel, before: list[Piece], rest: list[Piece], back: str, more: str) -> list[Piece]:
    """The questions that end a screen, which go over to the next with their answer.

    "Taken something already?" says nothing without the "Call 112" that follows it. None go where nothing would be left,
    or where both do not fit there.
    """
    answer = rest[0]
    if answer[1] == "\n":
        return []
    asked = list(takewhile(lambda piece: piece[0].endswith(("?", "؟", "？")), reversed(before)))[::-1]
    if len(asked) == len(before) or not Sheet(channel, asked).holds([answer], back, more if rest[1:] else ""):
        return []
    return asked


def page_of(pieces: list[Piece], zero: str, more: str) -> str:
    foot = f"{more}  {zero}" if more and zero else more or zero
    return joined([*pieces, (foot, "\n")] if foot else pieces)


def _parts(empty: Sheet, piece: Piece, foot: str) -> list[Piece]:
    """A piece, cut between its lines or words where it is longer than a screen."""
    text, glue = piece
    if empty.holds([piece], foot, ""):
        return [piece]
    if "\n" in text:
        rows = text.split("\n")
        return [part for row in rows for part in _parts(empty, (row, "\n"), foot)]
    parts: list[Piece] = []
    current, channel = "", empty.channel
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
    return next(paginate(channel, [sentences(text)], "", "", ""))
