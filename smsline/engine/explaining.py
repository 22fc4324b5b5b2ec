"""What a text means to the line, as staff and tests read it: the same steps as `converse`, told instead of answered."""

from __future__ import annotations

from typing import Any

from smsline.engine.conversation import converse
from smsline.engine.fold import words
from smsline.engine.line import Line
from smsline.engine.model import Incoming, Session
from smsline.engine.screen import NEAR, choices, has_emergency
from smsline.engine.understanding import Meaning, understand


def explained(
    line: Line, session: Session | None, incoming: Incoming, language: str | None, at_screen: bool = True
) -> dict[str, Any]:
    """The meaning of a text, by names that do not change; what stands on the screen of the session comes first."""
    text = incoming.text
    meaning = meant(line, session if at_screen else None, text, language)
    turn = converse(line, session, incoming)
    urgent = bool(meaning.node and line.nodes[meaning.node].urgent)
    place = meaning.place
    if session and place is None and session.state.here.view == "ask":
        found = line.gazetteer.find(text, asked=True)
        place = found.place if found else None
    return {
        "kind": meaning.kind,
        "node": meaning.node,
        "command": meaning.command,
        "language": (None if meaning.wished else language) or meaning.language or "und",
        "place": place.name if place else None,
        "urgent": urgent,
        "emergency": has_emergency(line, turn.reply.text),
        "suggestions": [name for name in meaning.suggestions if name in line.nodes],
    }


def meant(line: Line, session: Session | None, text: str, language: str | None) -> Meaning:
    """What a text means to somebody with this session, whose screen has numbers."""
    return _on_screen(line, session, text) or understand(line, text, language)


def _on_screen(line: Line, session: Session | None, text: str) -> Meaning | None:
    """What a number means: 0 and 9 on any screen, others on that of the session."""
    tokens = words(text)
    if len(tokens) != 1 or not tokens[0].isdigit() or len(tokens[0]) > 2:
        return None
    if tokens[0] in ("0", "9"):
        return Meaning("command", command="back" if tokens[0] == "0" else "more")
    if session is None:
        return None
    offered = choices(line, session.state)
    number = int(tokens[0])
    if not 1 <= number <= len(offered):
        return Meaning("none")
    target = offered[number - 1].target
    if target in line.nodes:
        return Meaning("node", node=target)
    return Meaning("node", node=session.state.here.node) if target == NEAR else Meaning("command")
