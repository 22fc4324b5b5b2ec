"""How the line answers: `converse(line, session, incoming) -> Turn`, and nothing else.

The order in which a text is understood is the docstring of `converse`, and its body is that list.
A caller cannot cause an exception, and what was typed is neither echoed nor kept.
"""

from __future__ import annotations

from msgspec.structs import replace

from smsline.engine.fold import words
from smsline.engine.line import Line
from smsline.engine.lists import WRONG
from smsline.engine.model import START, EventKind, Incoming, Reply, Session, Spot, State, Turn
from smsline.engine.path import located
from smsline.engine.places import ABROAD, COUNTRY, Found
from smsline.engine.screen import choices
from smsline.engine.session import CRY, awake, dropped, is_echo, is_grave, landed, repeated, unmoved
from smsline.engine.step import Step
from smsline.engine.understanding import CODE, KEYWORD, Meaning, understand


def converse(line: Line, session: Session | None, incoming: Incoming) -> Turn:
    """One text in, one text out. Understood in this order:

    a repeat of a recent message · a number on the screen, 9 more, 0 back · the quick exit · the begin of a
    USSD session · a location · a picture or a voice without words · an urgent phrase or a lone cry in any language ·
    a command of the line · a language by code or name · a keyword or a code of the cards · a place where one was
    asked · free text · a place where none was asked · a caller without a session · else the same screen with a notice.
    """
    again = repeated(line, session, incoming)
    if again:
        return again
    session, incoming, missed = located(session, incoming)
    for earlier in missed:
        session = converse(line, session, earlier).session
    session = awake(line, session, incoming)
    moved = landed(line, session) if session else None
    step = Step(line, incoming, moved or session)
    numbered = _number(step)
    if numbered:  # a number of a screen that is gone means nothing on another one
        return step.done(step.state, step.before(), None) if moved else numbered
    meaning = understand(line, incoming.text, step.known, incoming.country)
    cries = meaning.command == "help" or bool(meaning.node and line.nodes[meaning.node].urgent)
    if meaning.command == "machine" or is_echo(line, step.session, incoming, whole=cries):
        return _machine(step)
    if meaning.command == "exit":
        return Turn(Reply("", ends=True), None, (step.event("exit"),))
    if incoming.begins:
        return _begin(step)
    if incoming.point and meaning.kind in ("none", "place", "abroad"):
        return _located(step, incoming.point)
    if incoming.unreadable and meaning.kind == "none":
        return step.notice("only-text", "only-text")
    step.speak(meaning)
    for way in (_urgent, _command, _language, _keyword, _asked_place, _free_text):
        turn = way(step, meaning)
        if turn:
            return turn
    return _not_understood(step)


# --- the ways, in their order; None: not this way ----------------------------------------------------------


def _number(step: Step) -> Turn | None:
    """0, 9 or an option, where there is a screen that they belong to."""
    tokens = words(step.incoming.text)
    figure = tokens[0] if len(tokens) == 1 else ""
    if step.incoming.begins or not step.alive or not figure.isdigit() or len(figure) > 2:
        return None
    if figure == "0" and step.state.here.view != "resume":
        return step.back()
    if figure == "9":
        return step.more()
    if figure == WRONG and step.state.here.view == "near":
        return step.wrong_number()
    offered = choices(step.line, step.state)
    if 1 <= int(figure) <= len(offered):
        return step.follow(offered[int(figure) - 1].target)
    return step.notice("not-a-choice")


def _machine(step: Step) -> Turn:
    """No reply to what no person wrote; over USSD, where each request gets a screen, the same one."""
    if step.incoming.channel.dialogue:
        return step.notice("not-understood")
    return Turn(Reply(""), unmoved(step.session, step.incoming), (step.event("machine"),))


def _begin(step: Step) -> Turn:
    """A dialled code. Soon after a drop it only asks whether to go on, and shows nothing of what was asked."""
    here = dropped(step.line, step.session, step.incoming)
    if here is None:
        return step.start()
    spot = Spot(here.node, "resume")
    return step.done(replace(step.state, here=spot), step.trail(spot), step.event("visited", START))


def _located(step: Step, point: tuple[float, float]) -> Turn:
    """A location: the answer to where the caller is, or else who helps near there."""
    place = step.line.gazetteer.near(point)
    if place is None:
        return step.notice("place-not-found", "not-understood")
    if step.alive and step.state.here.view in ("ask", "near"):
        return step.look(step.state.here.node, place)
    return step.placed(place)


def _urgent(step: Step, meaning: Meaning) -> Turn | None:
    if meaning.command == "help" and step.unsure:
        return step.ask_language(CRY.node, step.event("urgent", CRY.node))
    if meaning.command == "help":
        return step.done(State(CRY, step.state.language, 0), step.trail(CRY), step.event("urgent", CRY.node))
    if meaning.node and step.line.nodes[meaning.node].urgent:
        return step.answer(meaning, "urgent")
    return None


def _command(step: Step, meaning: Meaning) -> Turn | None:
    match meaning.command:
        case "stop" | "erase":
            text = step.last(f"phrase.{meaning.command}")
            kind: EventKind = "stopped" if meaning.command == "stop" else "erased"
            return Turn(Reply(text, ends=True), None, (step.event(kind),))
        case "ok" if step.alive:  # somebody says yes or thanks: the same again, and nothing else
            return step.done(replace(step.state, page=0), step.before(), None)
        case "start" | "menu" | "ok":
            return step.start()
        case "back":
            return step.back()
        case "more":
            return step.more()
        case "languages":
            return step.languages()
        case "latin":
            return step.latin()
    if meaning.kind == "suggest" and meaning.suggestions == step.line.leaving:
        return step.suggest(meaning)
    return None


def _language(step: Step, meaning: Meaning) -> Turn | None:
    return step.choose(meaning.language) if meaning.kind == "language" and meaning.language else None


def _keyword(step: Step, meaning: Meaning) -> Turn | None:
    if meaning.reasons not in (KEYWORD, CODE):
        return None
    return step.answer(meaning) if meaning.node else step.suggest(meaning)


def _asked_place(step: Step, meaning: Meaning) -> Turn | None:
    """A place where one was asked, or where the list of helpers stands."""
    view = step.state.here.view
    if view not in ("ask", "which", "near", "wrong") or not step.alive:
        return None
    node, text = step.state.here.node, step.incoming.text
    if meaning.kind == "node" and (view not in ("ask", "which") or step.line.gazetteer.beside(text) is None):
        return None  # but "romania" is where she is, if that was asked, and else what she may want to go back to
    settled = step.line.gazetteer.among(step.asked_which, text)
    if settled:
        return step.look(node, settled)
    found = step.line.gazetteer.read(text, asked=True)
    if isinstance(found, Found):
        return step.look(node, found.place, found.rivals)
    if found == ABROAD and (view in ("ask", "which") or meaning.kind in ("abroad", "none")):
        return step.look(node, COUNTRY)
    return step.notice("place-not-found", "not-understood") if view in ("ask", "which") else None


def _free_text(step: Step, meaning: Meaning) -> Turn | None:
    if meaning.kind == "node" and meaning.node:
        return step.answer(meaning)
    if meaning.kind == "suggest":
        return step.suggest(meaning)
    if meaning.kind == "place" and meaning.place:
        return step.placed(meaning.place, meaning.rivals)
    if meaning.kind == "abroad":
        return step.placed(COUNTRY)
    return None


def _not_understood(step: Step) -> Turn:
    """The same screen with a notice, and the second time how to reach a person.

    A caller without a session gets the first screen. So does one after a safety topic: the phone
    may be in other hands by now.
    """
    if not step.alive or step.unsure:
        return step.start("not-understood")
    if step.session is not None and is_grave(step.line, step.session):
        home = State(Spot(START), step.state.language, 0, place=step.state.place)
        return step.done(home, (), step.event("not-understood"), notice="not-understood")
    again = step.state.notice in ("not-understood", "person")
    return step.notice("person" if again else "not-understood", "not-understood")
