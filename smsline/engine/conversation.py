"""How the line answers: `converse(line, session, incoming) -> Turn`, and nothing else.

The order in which a text is understood is the docstring of `converse`, and its body is that list.
A caller cannot cause an exception, and what was typed is neither echoed nor kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from smsline.engine.fold import words
from smsline.engine.line import Line
from smsline.engine.lists import WRONG, numbered
from smsline.engine.model import (
    ERASE,
    LANGUAGES,
    START,
    Answer,
    Event,
    EventKind,
    Incoming,
    Lookup,
    Menu,
    Pace,
    Place,
    Reply,
    Session,
    Spot,
    State,
    Turn,
)
from smsline.engine.pages import shortened
from smsline.engine.path import located
from smsline.engine.screen import NEAR, PLACES, RESUME, choices, draw, draw_all
from smsline.engine.session import (
    CRY,
    REMEMBERED,
    awake,
    dropped,
    is_echo,
    is_grave,
    landed,
    repeated,
    speaks_of_safety,
    unmoved,
    way_back,
)
from smsline.engine.understanding import Meaning, understand

DEPTH = 12
"""Stops that 0 can go back."""


def converse(line: Line, session: Session | None, incoming: Incoming) -> Turn:
    """One text in, one text out. Understood in this order:

    a repeat of a recent message · a number on the screen, 9 more, 0 back · the quick exit · the begin of a
    USSD session · a location · a picture or a voice without words · an urgent phrase or a lone cry in any language ·
    a command of the line · a language by code or name · a keyword · a place where one was asked · free
    text · a place where none was asked · a caller without a session · else the same screen with a notice.
    """
    again = repeated(line, session, incoming)
    if again:
        return again
    session, incoming, missed = located(session, incoming)
    for earlier in missed:
        session = converse(line, session, earlier).session
    session = awake(line, session, incoming)
    moved = landed(line, session) if session else None
    step = _Step(line, incoming, moved or session)
    numbered = step.number()
    if numbered:  # a number of a screen that is gone means nothing on another one
        return step.done(step.state, step._before(), None) if moved else numbered
    meaning = understand(line, incoming.text, step.state.language if step.alive or step.chosen else None)
    cries = meaning.command == "help" or bool(meaning.node and line.nodes[meaning.node].urgent)
    if meaning.command == "machine" or is_echo(line, step.session, incoming, whole=cries):
        return step.machine()
    if meaning.command == "exit":
        return Turn(Reply("", ends=True), None, (Event("exit", step.state.language),))
    if incoming.begins:
        return step.begin()
    if incoming.point and meaning.kind in ("none", "place"):
        return step.located(incoming.point)
    if incoming.unreadable and meaning.kind == "none":
        return step.notice("only-text", "only-text")
    step.speak(meaning)
    for answer in (step.urgent, step.command, step.language, step.keyword, step.asked_place, step.free_text):
        turn = answer(meaning)
        if turn:
            return turn
    return step.not_understood(meaning)


@dataclass(slots=True)
class _Step:
    """One step of one caller: the session as it was, and the ways to answer. None: not this way."""

    line: Line
    incoming: Incoming
    session: Session | None

    @property
    def alive(self) -> bool:
        """Whether the caller is somewhere, so that numbers mean something."""
        return self.session is not None and self.session.state.time > 0

    @property
    def chosen(self) -> bool:
        return self.session is not None and self.session.chosen

    @property
    def reported(self) -> tuple[str, ...]:
        return self.session.reported if self.session else ()

    @property
    def state(self) -> State:
        return self.session.state if self.session else State(Spot(START), self.line.default, 0)

    # --- the ways, in their order ---------------------------------------------------------------------

    def number(self) -> Turn | None:
        """0, 9 or an option, where there is a screen that they belong to."""
        tokens = words(self.incoming.text)
        figure = tokens[0] if len(tokens) == 1 else ""
        if self.incoming.begins or not self.alive or not figure.isdigit() or len(figure) > 2:
            return None
        if figure == "0" and self.state.here.view != "resume":
            return self.back()
        if figure == "9":
            return self.more()
        if figure == WRONG and self.state.here.view == "near":
            return self.wrong_number()
        offered = choices(self.line, self.state)
        if 1 <= int(figure) <= len(offered):
            return self.follow(offered[int(figure) - 1].target)
        return self.notice("not-a-choice")

    def machine(self) -> Turn:
        """No reply to what no person wrote; over USSD, where each request gets a screen, the same one."""
        if self.incoming.channel.dialogue:
            return self.notice("not-understood")
        return Turn(Reply(""), unmoved(self.session, self.incoming), (self.event("machine"),))

    def begin(self) -> Turn:
        """A dialled code. Soon after a drop it only asks whether to go on, and shows nothing of what was asked."""
        here = dropped(self.line, self.session, self.incoming)
        if here is None:
            return self.start()
        spot = Spot(here.node, "resume")
        return self.done(replace(self.state, here=spot), self._trail(spot), self.event("visited", START))

    def located(self, point: tuple[float, float]) -> Turn:
        """A location: the answer to where the caller is, or else who helps near there."""
        place = self.line.gazetteer.near(point)
        if place is None:
            return self.notice("place-not-found", "not-understood")
        if self.alive and self.state.here.view in ("ask", "near"):
            return self.look(self.state.here.node, place)
        return self.placed(place)

    def urgent(self, meaning: Meaning) -> Turn | None:
        if meaning.command == "help":
            return self.done(State(CRY, self.state.language, 0), self._trail(CRY), self.event("urgent", CRY.node))
        if meaning.node and self.line.nodes[meaning.node].urgent:
            return self.visit(meaning.node, "urgent")
        return None

    def command(self, meaning: Meaning) -> Turn | None:
        match meaning.command:
            case "stop" | "erase":
                text = self.last(f"phrase.{meaning.command}")
                kind: EventKind = "stopped" if meaning.command == "stop" else "erased"
                return Turn(Reply(text, ends=True), None, (Event(kind, self.state.language),))
            case "ok" if self.alive:  # somebody says yes or thanks: the same again, and nothing else
                return self.done(replace(self.state, page=0), self._before(), None)
            case "start" | "menu" | "ok":
                return self.start()
            case "back":
                return self.back()
            case "more":
                return self.more()
        if meaning.kind == "suggest" and meaning.suggestions == self.line.leaving:
            return self.suggest(meaning)
        return None

    def language(self, meaning: Meaning) -> Turn | None:
        return self.choose(meaning.language) if meaning.kind == "language" and meaning.language else None

    def keyword(self, meaning: Meaning) -> Turn | None:
        return self.visit(meaning.node) if meaning.reasons == ("keyword",) and meaning.node else None

    def asked_place(self, meaning: Meaning) -> Turn | None:
        """A place where one was asked, or where the list of helpers stands."""
        view = self.state.here.view
        if view not in ("ask", "near", "wrong") or not self.alive or meaning.kind == "node":
            return None
        found = self.line.gazetteer.find(self.incoming.text, asked=True)
        if found:
            return self.look(self.state.here.node, found.place)
        return self.notice("place-not-found", "not-understood") if view == "ask" else None

    def free_text(self, meaning: Meaning) -> Turn | None:
        if meaning.kind == "node" and meaning.node:
            return self.visit(meaning.node, place=meaning.place)
        if meaning.kind == "suggest":
            return self.suggest(meaning)
        if meaning.kind == "place" and meaning.place:
            return self.placed(meaning.place)
        return None

    def placed(self, place: Place) -> Turn:
        """A place that nobody asked for: who helps there with what stands on the screen, else a choice of help."""
        here = self.line.nodes.get(self.state.here.node)
        if self.alive and isinstance(here, Answer) and here.help and self.state.here.view == "node":
            return self.look(here.name, place)
        return self.visit(PLACES, place=place)

    def not_understood(self, meaning: Meaning) -> Turn:
        """The same screen with a notice, and the second time how to reach a person.

        A caller without a session gets the first screen. So does one after a safety topic: the phone
        may be in other hands by now.
        """
        if not self.alive:
            return self.start("not-understood")
        if self.session is not None and is_grave(self.line, self.session):
            home = State(Spot(START), self.state.language, 0, place=self.state.place)
            return self.done(home, (), self.event("not-understood"), notice="not-understood")
        again = self.state.notice in ("not-understood", "person")
        return self.notice("person" if again else "not-understood", "not-understood")

    # --- what they do -------------------------------------------------------------------------------------

    def speak(self, meaning: Meaning) -> None:
        """Answer in the language of the text, until the caller has chosen one."""
        language = meaning.language
        if meaning.kind == "language" or not language or language not in self.line.languages or self.chosen:
            return
        state = replace(self.state, language=language)
        self.session = replace(self.session, state=state) if self.session else Session(state)

    def start(self, kind: EventKind = "visited") -> Turn:
        return self.done(State(Spot(START), self.state.language, 0), (), self.event(kind, START))

    def visit(self, node: str, kind: EventKind = "visited", place: Place | None = None) -> Turn:
        """Go to a node from wherever the caller is; a look-up asks for the place or shows who helps."""
        where = place or self.line.gazetteer.by_key.get(self.state.place or "")
        found = self.line.nodes[node]
        if isinstance(found, Lookup) and where:
            return self.look(node, where)
        spot = Spot(node, "ask" if isinstance(found, Lookup) else "node")
        state = State(spot, self.state.language, 0, place=where.key if where else None)
        return self.done(state, self._trail(spot), self.event(kind, node))

    def look(self, node: str, place: Place) -> Turn:
        """Show who helps near a place, and count whether anybody was found."""
        found = self.line.nodes[node]
        if isinstance(found, Menu) or not found.help:
            return self.visit(node, place=place)
        state = State(Spot(node, "near"), self.state.language, 0, place=place.key)
        near = self.line.directory.nearest(
            found.help, place, self.incoming.time, self.state.language, found.authorities
        )
        kind: EventKind = "found" if near.exact else "not-found"
        event = Event(kind, self.state.language, node, found.help, place.municipality or place.province)
        return self.done(state, self._trail(state.here), event)

    def follow(self, target: str) -> Turn:
        """Go where an option leads."""
        if target == NEAR:
            place = self.line.gazetteer.by_key.get(self.state.place or "")
            here = self.state.here.node
            if place:
                return self.look(here, place)
            spot = Spot(here, "ask")
            return self.done(State(spot, self.state.language, 0), self._trail(spot), self.event("visited", here))
        if target == RESUME:
            trail = self._before()
            return self.done(replace(self.state, here=trail[-1] if trail else Spot(START)), trail[:-1], None)
        if target.startswith(f"{WRONG}:"):
            return self.report(target.partition(":")[2])
        if target == START:
            return self.start()
        if target == LANGUAGES:
            spot = Spot(self.state.here.node, "languages")
            state = replace(self.state, here=spot, page=0, notice=None)
            return self.done(state, self._trail(spot), self.event("visited", START))
        if target == ERASE:
            text = self.last("phrase.erase")
            return Turn(Reply(text, ends=True), None, (self.event("erased"),))
        if target.startswith("language:"):
            return self.choose(target.partition(":")[2])
        return self.visit(target)

    def wrong_number(self) -> Turn:
        """Whose number it is that is wrong: the one on this page, else a question."""
        page = draw(self.line, self.state, self.incoming.channel)
        named = numbered(self.line, self.state, self.incoming.channel, page)
        fresh = [name for name in named if name not in self.reported]
        if not fresh:
            return self.notice("thanks" if named else "not-a-choice")
        if len(named) == 1:
            return self.report(fresh[0])
        spot = Spot(self.state.here.node, "wrong")
        state = replace(self.state, here=spot, page=0, notice=None, offered=tuple(fresh))
        return self.done(state, self._trail(spot), None)

    def report(self, name: str) -> Turn:
        """Count that a number is wrong, and show the list again. Nothing but the organisation is counted."""
        trail, here = self._before(), self.state.here
        state = replace(self.state, here=Spot(here.node, "near"), page=0, offered=())
        event = Event("wrong-number", self.state.language, organisation=name)
        turn = self.done(state, trail[:-1] if here.view == "wrong" else trail, event, notice="thanks")
        assert turn.session is not None
        return replace(turn, session=replace(turn.session, reported=(*self.reported, name)))

    def choose(self, language: str) -> Turn:
        """Speak another language from here on, on the screen where the caller was."""
        state = replace(self.state, language=language, page=0, notice=None)
        trail = self.session.trail if self.session else ()
        if state.here.view == "languages":
            state = replace(state, here=trail[-1] if trail else Spot(START))
            trail = trail[:-1]
        if not self.alive:
            state = State(Spot(START), language, 0)
        return self.done(state, trail, Event("language", language), chosen=True)

    def suggest(self, meaning: Meaning) -> Turn:
        here = self.state.here
        spot = Spot(here.node, "suggest")
        place = meaning.place.key if meaning.place else self.state.place
        state = State(spot, self.state.language, 0, place=place, offered=meaning.suggestions)
        return self.done(state, self._trail(spot), self.event("not-understood", here.node))

    def back(self) -> Turn:
        """One page back, else to the stop before, else to the first screen."""
        state = self.state
        if not self.alive or state.here.view == "resume":
            return self.start()
        if state.page:
            return self.done(replace(state, page=state.page - 1), self._before(), None, notice=state.notice)
        trail = self._before()
        if not trail:
            return self.start()
        spot = trail[-1]
        view = "ask" if spot.view in ("near", "suggest") and not state.place else spot.view
        gone = replace(state, here=Spot(spot.node, view), page=0, notice=None, offered=())
        return self.done(gone, trail[:-1], None)

    def more(self) -> Turn:
        if not self.alive:
            return self.start()
        pages = len(draw_all(self.line, self.state, self.incoming.channel))
        if self.state.here.view == "languages":
            pages = len(draw_all(self.line, replace(self.state, page=0), self.incoming.channel))
        following = self.state.page + 1
        if following >= pages:
            return self.notice("not-a-choice")  # 9 stands on a screen where it works, and nowhere else
        # the notice stays, since what it pushed off the first page stands on the next one
        return self.done(replace(self.state, page=following), self._before(), None, notice=self.state.notice)

    def notice(self, name: str, kind: EventKind | None = None) -> Turn:
        """The same screen, with a sentence above."""
        state = replace(self.state, page=0) if self.alive else State(Spot(START), self.state.language, 0)
        event = self.event(kind, state.here.node) if kind else None
        return self.done(state, self._before(), event, notice=name)

    # --- the end of every step --------------------------------------------------------------------------

    def done(
        self, state: State, trail: tuple[Spot, ...], event: Event | None, notice: str | None = None,
        chosen: bool = False,
    ) -> Turn:  # fmt: skip
        """Draw where the caller is now, and remember it."""
        now = int(self.incoming.time.timestamp())
        state = replace(state, time=now, notice=notice, root=not trail or trail == (Spot(START),))
        before, sent = (self.session.recent, self.session.delivered) if self.session else ((), ())
        if not speaks_of_safety(self.line, state, trail):
            before = tuple(row for row in before if not speaks_of_safety(self.line, row[1]))
        recent = (*before, (self.incoming.id, state))[-REMEMBERED:]
        sent = tuple(known for known, _ in recent if known in sent and known != self.incoming.id)
        pace = self.session.pace if self.session else Pace()
        session = Session(state, trail[-DEPTH:], recent, chosen or self.chosen, sent, pace, self.reported)
        text = draw(self.line, state, self.incoming.channel)
        return Turn(Reply(text), session, (event,) if event else ())

    def last(self, phrase: str) -> str:
        """What is said when nothing is remembered any more, so that nothing could follow under 9."""
        return shortened(self.incoming.channel, self.line.catalog(self.state.language, phrase))

    def event(self, kind: EventKind, node: str = "") -> Event:
        return Event(kind, self.state.language, node)

    def _before(self) -> tuple[Spot, ...]:
        return self.session.trail if self.session else ()

    def _trail(self, to: Spot) -> tuple[Spot, ...]:
        return way_back((*self._before(), self.state.here) if self.alive else (), to)
