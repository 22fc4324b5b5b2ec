"""A session as bytes for a store, and back: MessagePack, each noun an array of its fields in their order.

A field that a noun gets later stands at its end and has a default, so that older rows are still read. What cannot be
read back is no session.
"""

from __future__ import annotations

from msgspec import DecodeError, msgpack

from smsline.engine.model import NOWHERE, Pace, Session, State

_packed = msgpack.Encoder().encode
_unpacked = msgpack.Decoder(Session).decode


def pack(session: Session) -> bytes:
    """A session as bytes: names and figures only, never what somebody typed."""
    return _packed(session)


def unpack(row: bytes | str) -> Session | None:
    """The session, or None for what another version or a damaged disk left."""
    try:
        return _unpacked(row) if isinstance(row, bytes) else None
    except (DecodeError, UnicodeDecodeError):
        return None


def faded(session: Session) -> Session:
    """What is left of a session when its position has ended: the language, since when, and the texts of that day."""
    told = "" if session.state.here.view == "unsure" else session.state.language
    state = State(NOWHERE, told, session.state.time)
    pace = Pace(day=session.pace.day, daily=session.pace.daily, warned=session.pace.warned)
    return Session(state, chosen=session.chosen, pace=pace)
