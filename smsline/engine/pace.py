"""When a caller is answered no more for a while: a pure rule over the figures of the session's own row.

Urgent texts are always answered, and so is every request of a USSD session. What is delivered again counts once.
A loop of two machines is known by its rhythm: many texts that nobody understands, each a moment after our reply.
"""

from __future__ import annotations

from msgspec.structs import replace

from smsline.engine.conversation import converse
from smsline.engine.line import Limits, Line
from smsline.engine.model import NOWHERE, Event, EventKind, Incoming, Pace, Reply, Session, Spot, State, Turn
from smsline.engine.screen import draw
from smsline.engine.session import CRY, exists, remembered, spoken

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
        return _silent(session, turn, pace, incoming, "loop")
    if is_over(pace, line.limits):
        return _limited(line, session, turn, pace, incoming)
    return replace(turn, session=replace(turn.session, pace=pace))


def counted(pace: Pace, turn: Turn, now: int) -> Pace:
    """The figures with one more text."""
    fresh, today = now - pace.window >= WINDOW or now < pace.window, now // DAY
    unclear = any(event.kind in ("not-understood", "only-text") for event in turn.events)
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
    gone_to = (line.nodes.get(event.node) for event in turn.events if event.kind in ("visited", "found", "not-found"))
    return any(event.kind == "urgent" for event in turn.events) or any(node and node.urgent for node in gone_to)


def _limited(line: Line, session: Session | None, turn: Turn, pace: Pace, incoming: Incoming) -> Turn:
    """Say once in ten minutes that it is too much, with the emergency number, and nothing else."""
    if 0 <= pace.last - pace.warned < WINDOW:
        return _silent(session, turn, pace, incoming, "limited")
    kept = session or turn.session
    assert kept is not None
    state = State(Spot("too-many", "phrase"), spoken(line, kept), pace.last)
    after = replace(remembered(kept, incoming.id, state), pace=replace(pace, warned=pace.last))
    return Turn(Reply(draw(line, state, incoming.channel)), after, (Event("limited", state.language),))


def _silent(session: Session | None, turn: Turn, pace: Pace, incoming: Incoming, kind: EventKind) -> Turn:
    """No reply, also when it is delivered again. A text that is not answered moves nobody."""
    kept = session or turn.session
    assert kept is not None
    after = remembered(kept, incoming.id, kept.state, silent=True)
    return Turn(Reply(""), replace(after, pace=pace), (Event(kind, kept.state.language),))


def from_abroad(line: Line, session: Session | None, incoming: Incoming) -> Turn:
    """What a sender of a country gets that is not answered: how to call for help, once a day."""
    leaving = converse(line, session, incoming)
    if leaving.session is None:  # X and ERASE work from everywhere
        return leaving
    now = int(incoming.time.timestamp())
    pace, language = session.pace if session else Pace(), spoken(line, session)
    event, again = Event("abroad", language), dict(session.recent).get(incoming.id) if session else None
    if again and exists(line, again):
        return Turn(Reply(draw(line, again, incoming.channel)), session, (event,))
    if 0 <= now - pace.warned < DAY:
        return Turn(Reply(""), session, (event,))
    state = State(CRY, language, now)
    fresh = remembered(Session(State(NOWHERE, language, now)), incoming.id, state)
    return Turn(Reply(draw(line, state, incoming.channel)), replace(fresh, pace=replace(pace, warned=now)), (event,))


def opted(line: Line, session: Session | None, word: str) -> Turn:
    """The gateway has answered STOP, HELP or START itself: no second reply, and after STOP nothing is remembered."""
    language = session.state.language if session else line.default
    return Turn(Reply(""), None if word == "STOP" else session, (Event("opted", language),))
