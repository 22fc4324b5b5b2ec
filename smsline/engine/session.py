"""What of a session still holds when a text comes: a reply given again, a position that has not expired.

Time runs and content changes between two texts; what is left over is decided here, and nothing else is.
"""

from __future__ import annotations

from msgspec.structs import replace

from smsline.engine.fold import words
from smsline.engine.line import Line
from smsline.engine.model import ACTIONS, NOWHERE, START, Channel, Incoming, Reply, Session, Spot, State, Turn
from smsline.engine.path import returned
from smsline.engine.screen import draw

AGAIN = 60
"""Seconds within which the same, with another text in between, is a second text: no gateway repeats out of order so
soon, and one without message ids tells two equal texts of one second alike."""

REMEMBERED = 8
"""Messages that are answered alike when the gateway delivers them again."""

ECHO = 40
"""Letters of a screen of ours that nobody types by chance."""

LAST = ("stop", "erase", "broken")
"""Phrases that are a whole reply, after which nothing is remembered."""

CRY = Spot("cry", "phrase")
"""What a lone cry for help gets."""


def repeated(line: Line, session: Session | None, incoming: Incoming) -> Turn | None:
    """The same reply and no step; a USSD session also goes back to where that reply left it."""
    for known, state in reversed(session.recent) if session else ():
        if known == incoming.id and exists(line, state):
            assert session is not None
            if known in session.delivered:
                soon = int(incoming.time.timestamp()) - state.time < AGAIN
                return None if soon and known != session.recent[-1][0] else Turn(Reply(""), session)
            back = returned(session, state) if incoming.channel.dialogue else session
            return Turn(Reply(draw(line, state, incoming.channel)), back)
    return None


def remembered(session: Session, known: bytes, state: State, silent: bool = False) -> Session:
    """The session with one more message that was answered with a screen, or with nothing."""
    recent = (*session.recent, (known, state))[-REMEMBERED:]
    kept = {one for one, _ in recent}
    sent = tuple(one for one in (*session.delivered, *([known] if silent else [])) if one in kept)
    return replace(session, recent=recent, delivered=sent)


def awake(line: Line, session: Session | None, incoming: Incoming) -> Session | None:
    """The session, without what has expired by now: first the position, much later the language."""
    if session is None or session.state.language not in line.languages:
        return None
    passed = int(incoming.time.timestamp()) - session.state.time
    if passed > line.limits.language:
        return None
    limit = line.limits.safety if is_grave(line, session) else line.limits.position
    if passed > limit and session.state.here.view == "unsure":
        return None
    if passed > limit or session.state.here == NOWHERE:
        begun = State(Spot(START), session.state.language, 0)
        return replace(session, state=begun, trail=(), reported=())
    trail = tuple([spot for spot in session.trail if _there(line, spot)])
    return session if trail == session.trail else replace(session, trail=trail)


def landed(line: Line, session: Session) -> Session | None:
    """The session at the nearest stop that still exists, where new content has taken away what it speaks of."""
    if exists(line, session.state):
        return None
    *before, here = session.trail or (Spot(START),)
    spot = here if here.view in ("node", "ask", "phrase") else Spot(here.node, "ask")
    state = State(spot, session.state.language, session.state.time)
    return replace(session, state=state, trail=tuple(before))


def dropped(line: Line, session: Session | None, incoming: Incoming) -> Spot | None:
    """Where a USSD session that was dropped a moment ago can go on: never at a safety topic, never at a question."""
    if session is None or not session.state.time or is_grave(line, session):
        return None
    state = session.state
    here = Spot(state.here.node) if state.here.view in ("suggest", "languages", "wrong", "which") else state.here
    passed = int(incoming.time.timestamp()) - state.time
    return None if here == Spot(START) or passed > line.limits.resume else here


def way_back(before: tuple[Spot, ...], to: Spot) -> tuple[Spot, ...]:
    """How to get back from `to`: the stops before, without those that only asked something."""
    passing = ("wrong", "which", "suggest", "languages", "unsure", "resume")
    kept = [spot for spot in before if spot != to and spot.view not in passing]
    return tuple(s for s in kept if not (s.view == "ask" and to.view == "near" and s.node == to.node))


def is_echo(line: Line, session: Session | None, incoming: Incoming, whole: bool) -> bool:
    """Whether a text is our own screen that came back, `whole` or with more around it, as machines send it."""
    said = _bare(incoming.text)
    if len(said) < ECHO:
        return False
    if session is None or session.state.time == 0:
        ours = _first_screens(line, incoming.channel)
    else:
        seen = (session.state, *(state for _, state in session.recent))
        ours = [_bare(draw(line, state, incoming.channel)) for state in seen if exists(line, state)]
    ours = [*ours, *_last_words(line)]
    return any(said in one or (not whole and len(one) >= ECHO and one in said) for one in ours)


def _first_screens(line: Line, channel: Channel) -> list[str]:
    """Those of all languages as words alone, made once: there may be many."""
    key = ("first screens", channel)
    if key not in line.ours:
        line.ours[key] = [_bare(draw(line, State(Spot(START), code, 1), channel)) for code in line.languages]
    return line.ours[key]


def _last_words(line: Line) -> list[str]:
    """The same of what is said when nothing is remembered any more."""
    key = "last words"
    if key not in line.ours:
        line.ours[key] = [_bare(line.catalog(code, f"phrase.{name}")) for code in line.languages for name in LAST]
    return line.ours[key]


def _bare(text: str) -> str:
    return " ".join(words(text))


def unmoved(session: Session | None, incoming: Incoming) -> Session | None:
    """The session after a text without an answer; one whose position has ended still knows since when."""
    if session is None or session.state.time:
        return session
    state = replace(session.state, here=NOWHERE, time=int(incoming.time.timestamp()))
    return replace(session, state=state)


def spoken(line: Line, session: Session | None) -> str:
    """The language of a session; where it has none that the line speaks now, the line's own."""
    return session.state.language if session and session.state.language in line.languages else line.default


def is_grave(line: Line, session: Session) -> bool:
    """Whether the session speaks of safety anywhere: then the position ends soon, and nothing is offered to go on."""
    return speaks_of_safety(line, session.state, session.trail) or bool(grave_of(line, session.recent))


def grave_of(line: Line, recent: tuple[tuple[bytes, State], ...]) -> set[bytes]:
    """Those of the recent messages that were answered with a screen that speaks of safety."""
    grave = line.grave  # most screens are none of these, and eight of them are looked at with each text
    may_be = [row for row in recent if row[1].here.node in grave or row[1].here.node == CRY.node or row[1].offered]
    return {known for known, state in may_be if speaks_of_safety(line, state)}


def speaks_of_safety(line: Line, state: State, trail: tuple[Spot, ...] = ()) -> bool:
    """Whether a screen, or one that 0 goes back to, speaks of safety."""
    here, grave = state.here, line.grave
    if here.node in grave or (here.node == CRY.node and here.view in ("phrase", "unsure")):
        return True
    if state.offered and not grave.isdisjoint(state.offered):
        return True
    return any(spot.node in grave or spot == CRY for spot in trail) if trail else False


def exists(line: Line, state: State) -> bool:
    """Whether the content still has all that a state speaks of; it may have changed since."""
    known = (line.nodes, ACTIONS, line.directory.organisations, line.languages, line.gazetteer.by_key)
    offered = all(any(name in some for some in known) for name in state.offered)
    placed = state.place is None or state.place in line.gazetteer.by_key
    return _there(line, state.here) and offered and placed and state.language in line.languages


def _there(line: Line, spot: Spot) -> bool:
    return spot.node in line.nodes or spot.view == "phrase" or spot == Spot(CRY.node, "unsure")
