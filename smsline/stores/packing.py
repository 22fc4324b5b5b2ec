"""A session as bytes for a store, and back. What cannot be read back is no session."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from smsline.engine.model import NOWHERE, Pace, Session, Spot, State

FORMAT = 3
"""Format 1 had no delivered messages, format 2 no pace; their rows are still read."""


def pack(session: Session) -> str:
    """A session as text: names and figures only, never what somebody typed."""
    recent = [[known.hex(), *_state(state)] for known, state in session.recent]
    trail = [[spot.node, spot.view] for spot in session.trail]
    sent = [known.hex() for known in session.delivered]
    pace = [getattr(session.pace, field.name) for field in fields(Pace)]
    rest = [session.chosen, sent, pace, list(session.reported)]
    return json.dumps([FORMAT, _state(session.state), trail, recent, *rest], separators=(",", ":"))


def unpack(text: str) -> Session | None:
    """The session, or None for what another version or a damaged disk left."""
    try:
        version, state, trail, recent, chosen, *sent = json.loads(text)
        if version not in (1, 2, FORMAT):
            return None
        return Session(
            _stated(state),
            tuple(Spot(*spot) for spot in trail),
            tuple((bytes.fromhex(known), _stated(rest)) for known, *rest in recent),
            bool(chosen),
            tuple(bytes.fromhex(known) for known in (sent[0] if sent else ())),
            Pace(*map(int, sent[1] if len(sent) > 1 else ())),
            tuple(map(str, sent[2] if len(sent) > 2 else ())),
        )
    except (ValueError, TypeError, RecursionError):
        return None


def faded(session: Session) -> Session:
    """What is left of a session when its position has ended: the language, since when, and the texts of that day."""
    told = "" if session.state.here.view == "unsure" else session.state.language
    state = State(NOWHERE, told, session.state.time)
    pace = Pace(day=session.pace.day, daily=session.pace.daily, warned=session.pace.warned)
    return Session(state, chosen=session.chosen, pace=pace)


def _state(state: State) -> list[object]:
    return [state.here.node, state.here.view, state.language, state.time, state.page, state.place, state.notice,
            list(state.offered), state.root]  # fmt: skip


def _stated(row: list[Any]) -> State:
    node, view, language, time, page, place, notice, offered, root = row
    texts = (node, view, language, place or "", notice or "", *offered)
    if not all(isinstance(text, str) for text in texts) or not isinstance(time, int) or not isinstance(page, int):
        raise TypeError("not what was packed")
    return State(Spot(node, view), language, time, page, place, notice, tuple(offered), root)
