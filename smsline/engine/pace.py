"""When a caller is answered no more for a while: a pure rule over the figures of the session's own row.

Urgent texts are always answered, and so is every request of a USSD session. What is delivered again counts once.
A loop of two machines is known by its rhythm: many texts that nobody understands, each a moment after our reply.
"""

from __future__ import annotations

from dataclasses import replace

from smsline.engine.conversation import converse
from smsline.engine.line import Limits, Line
from smsline.engine.model import NOWHERE, Event, EventKind, Incoming, Pace, Reply, Session, State, Turn
from smsline.engine.pages import shortened

WINDOW = 10 * 60
"""Seconds of the window, and between two times that somebody is told to wait."""

DAY = 24 * 60 * 60

RHYTHM = 10
"""Seconds after our reply within which a machine answers."""

UNCLEAR = 4
"""Texts in a row in that rhythm that are answered though nobody understands them."""


def paced(line: Line, session: Session | None, incoming: Incoming) -> Turn:
    """The turn of `converse`, unless the caller texted too often or is a machine."""
    turn = converse(line, session, incoming)
    before = session.pace if session else Pace()
    if turn.session is None or any(known == incoming.id for known, _ in (session.recent if session else ())):
        return turn
    pace = counted(before, turn, int(incoming.time.timestamp()))
    if incoming.channel.dialogue or is_urgent(line, turn):
        return replace(turn, session=replace(turn.session, pace=pace))
    if pace.unclear > UNCLEAR:
        return _silent(session, turn, pace, "loop")
    if is_over(pace, line.limits):
        return _limited(line, session, turn, pace)
    return replace(turn, session=replace(turn.session, pace=pace))


def counted(pace: Pace, turn: Turn, now: int) -> Pace:
    """The figures with one more text."""
    fresh, today = now - pace.window >= WINDOW or now < pace.window, now // DAY
    unclear = any(event.kind == "not-understood" for event in turn.events)
    quick = 0 <= now - pace.last <= RHYTHM
    return Pace(
        window=now if fresh else pace.window,
        texts=1 if fresh else pace.texts + 1,
        day=today,
        daily=pace.daily + 1 if today == pace.day else 1,
        unclear=(pace.unclear + 1 if quick else 1) if unclear else 0,
        warned=pace.warned,
        last=now,
    )


def is_over(pace: Pace, limits: Limits) -> bool:
    """Whether these are more texts than are answered."""
    return pace.texts > limits.texts or pace.daily > limits.daily


def is_urgent(line: Line, turn: Turn) -> bool:
    """Whether the turn led to an urgent answer, or a cry did."""
    nodes = (line.nodes.get(event.node) for event in turn.events)
    return any(event.kind == "urgent" for event in turn.events) or any(node and node.urgent for node in nodes)


def _limited(line: Line, session: Session | None, turn: Turn, pace: Pace) -> Turn:
    """Say once in ten minutes that it is too much, with the emergency number, and nothing else."""
    if 0 <= pace.last - pace.warned < WINDOW:
        return _silent(session, turn, pace, "limited")
    silent = _silent(session, turn, replace(pace, warned=pace.last), "limited")
    state = _kept(session, turn).state
    return replace(silent, reply=Reply(line.catalog(state.language, "phrase.too-many")))


def _silent(session: Session | None, turn: Turn, pace: Pace, kind: EventKind) -> Turn:
    kept = _kept(session, turn)
    return Turn(Reply(""), replace(kept, pace=pace), (Event(kind, kept.state.language),))


def _kept(session: Session | None, turn: Turn) -> Session:
    """The session as it was: a text that is not answered moves nobody."""
    found = session or turn.session
    assert found is not None
    return found


def from_abroad(line: Line, session: Session | None, incoming: Incoming) -> Turn:
    """What a sender of a country gets that is not answered: how to call for help, once a day."""
    now = int(incoming.time.timestamp())
    pace, language = session.pace if session else Pace(), session.state.language if session else line.default
    if 0 <= now - pace.warned < DAY:
        return Turn(Reply(""), session, (Event("abroad", language),))
    state = State(NOWHERE, language, now)
    text = shortened(incoming.channel, line.catalog(language, "phrase.cry"))
    return Turn(Reply(text), Session(state, pace=replace(pace, warned=now)), (Event("abroad", language),))


def opted(line: Line, session: Session | None, word: str) -> Turn:
    """The gateway has answered STOP, HELP or START itself: no second reply, and after STOP nothing is remembered."""
    language = session.state.language if session else line.default
    return Turn(Reply(""), None if word == "STOP" else session, (Event("opted", language),))
