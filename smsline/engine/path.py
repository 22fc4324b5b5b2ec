"""Where a USSD caller is, when a gateway tells all that was typed in a session each time (`1`, `1*2`, `1*2*3`).

The path only says which screen is open on the phone: the last part of it that we have answered. What was typed since
is answered too: numbers one after the other, since requests got lost; anything else as one text with a star in it.
So a step back is right, and a request that never came costs nothing.
"""

from __future__ import annotations

from msgspec.structs import replace

from smsline.engine.model import START, Incoming, Session, Spot, State


def located(session: Session | None, incoming: Incoming) -> tuple[Session | None, Incoming, list[Incoming]]:
    """The session as the phone shows it, the text that is new, and what has to be answered before it.

    Where nothing of the path is known (the store was away, or a longer code was dialled), all of it is answered anew.
    """
    states = dict(session.recent) if session else {}
    path, now = incoming.path, replace(incoming, path=())
    for index in range(len(path) - 1, -1, -1):
        known, _ = path[index]
        if session and known in states:
            missed = path[index + 1 :]
            if all(_is_choice(text) for _, text in missed):
                return returned(session, states[known]), now, _answered(now, missed)
            typed = "*".join([text for _, text in missed] + [incoming.text])
            return returned(session, states[known]), replace(now, text=typed), []
    if not path:
        return session, now, []
    return _begun(session), now, [replace(one, begins=not index) for index, one in enumerate(_answered(now, path))]


def _is_choice(text: str) -> bool:
    return len(text) <= 2 and text.isascii() and text.isdigit()


def _answered(now: Incoming, path: tuple[tuple[bytes, str], ...]) -> list[Incoming]:
    """Requests that never came, as if they did."""
    return [replace(now, id=known, text=text) for known, text in path]


def returned(session: Session, state: State) -> Session:
    """The session, gone back to a state that it had before."""
    if state == session.state:
        return session
    trail = session.trail
    return replace(session, state=state, trail=trail[: trail.index(state.here)] if state.here in trail else trail)


def _begun(session: Session | None) -> Session | None:
    """What is left of an older session when a new one begins: the language."""
    if session is None:
        return None
    home = State(Spot(START), session.state.language, session.state.time)
    return replace(session, state=home, trail=())
