"""One step of a conversation: where a caller can go from where she is, and what is remembered of it.

Which way a text takes is decided in `conversation.py`; here is what each of them does.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from smsline.engine.languages import UNKNOWN, latin_of, own, served, spoken_in
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
from smsline.engine.screen import DANGER, GUESSED, NEAR, PLACES, RESUME, WHICH, draw, has_emergency, has_page
from smsline.engine.session import CRY, REMEMBERED, grave_of, speaks_of_safety, way_back
from smsline.engine.understanding import Meaning

DEPTH = 12
"""Stops that 0 can go back."""


@dataclass(slots=True)
class Step:
    """One step of one caller: the session as it was, what it is answered to, and where it can go."""

    line: Line
    incoming: Incoming
    session: Session | None
    guessed: bool = False
    """Whether the language of this reply is a new guess."""

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

    @property
    def known(self) -> str | None:
        """The language that the caller speaks, as far as it was told."""
        told = not self.unsure and (self.alive or self.chosen)
        return own(self.line, self.state.language) if told else None

    @property
    def unsure(self) -> bool:
        """Whether nothing has told the language yet. A dialled code tells none either, and opens the menu at once."""
        asks = bool(self.line.unsure) and not self.incoming.channel.dialogue
        return asks and (self.session is None or self.state.here.view == "unsure")

    @property
    def asked_which(self) -> tuple[Place, ...]:
        """The places of one name that the screen offers."""
        offered = self.state.offered if self.state.here.view == "which" else ()
        return tuple(self.line.gazetteer.by_key[key] for key in offered)

    def placed(self, place: Place, rivals: tuple[Place, ...] = ()) -> Turn:
        """A place that nobody asked for: who helps there with what stands on the screen, else a choice of help."""
        here = self.line.nodes.get(self.state.here.node)
        if self.alive and isinstance(here, Answer) and here.help and self.state.here.view == "node":
            return self.look(here.name, place, rivals)
        return self.look(PLACES, place, rivals)

    def speak(self, meaning: Meaning) -> None:
        """Answer in the language of the text, until the caller has chosen one."""
        told = served(self.line, meaning.language)
        if meaning.kind == "language" or not told or (self.chosen and not meaning.wished):
            return
        self.guessed = bool(self.line.unsure) and told != self.known and not meaning.wished
        here = Spot(START) if self.state.here.view == "unsure" else self.state.here
        state = replace(self.state, language=told, here=here, offered=() if here.view == "node" else self.state.offered)
        chosen = self.chosen or meaning.wished
        self.session = (
            replace(self.session, state=state, chosen=chosen) if self.session else Session(state, chosen=chosen)
        )

    def start(self, kind: EventKind = "visited") -> Turn:
        """The first screen; where the language is not known, the question for it."""
        if self.unsure:
            return self.ask_language(START, self.event(kind, START))
        return self.done(State(Spot(START), self.state.language, 0), (), self.event(kind, START))

    def ask_language(self, node: str, event: Event, notice: str | None = None) -> Turn:
        """In the two languages of the line: what to do in danger, and which languages there are."""
        country = self.incoming.country
        offered = tuple(dict.fromkeys((*self.line.unsure, *spoken_in(self.line, country))))
        state = State(Spot(node, "unsure"), self.line.unsure[0], 0, offered=offered)
        return self.done(state, (), event, notice=notice)

    def latin(self) -> Turn:
        """The same in Latin letters, for a phone that shows boxes."""
        if self.unsure:
            return self.start()
        other = latin_of(self.line, self.state.language)
        return self.choose(other) if other else self.notice("no-latin")

    def answer(self, meaning: Meaning, kind: EventKind = "visited") -> Turn:
        """Go to the node that a text means; next to danger the emergency number stands on the first screen."""
        assert meaning.node is not None
        turn = self.visit(meaning.node, kind, place=meaning.place, rivals=meaning.rivals)
        danger = meaning.grave or self.line.nodes[meaning.node].safety
        if not danger or turn.session is None or has_emergency(self.line, turn.reply.text):
            return turn
        event = turn.events[0] if turn.events else None
        return self.done(turn.session.state, turn.session.trail, event, notice=DANGER)

    def visit(
        self, node: str, kind: EventKind = "visited", place: Place | None = None, rivals: tuple[Place, ...] = ()
    ) -> Turn:
        """Go to a node from wherever the caller is; a look-up asks for the place or shows who helps."""
        where = place or self.line.gazetteer.by_key.get(self.state.place or "")
        found = self.line.nodes[node]
        if isinstance(found, Lookup) and where:
            return self.look(node, where, rivals)
        if rivals:
            where = None  # an answer comes first; which place of that name is asked when somebody near is looked for
        spot = Spot(node, "ask" if isinstance(found, Lookup) else "node")
        state = State(spot, self.state.language, 0, place=where.key if where else None)
        return self.done(state, self.trail(spot), self.event(kind, node))

    def look(self, node: str, place: Place, rivals: tuple[Place, ...] = ()) -> Turn:
        """Show who helps near a place, and count whether anybody was found; first ask which, where others are meant."""
        if rivals:
            offered = tuple(one.key for one in (place, *rivals))
            spot = Spot(node, "which")
            return self.done(State(spot, self.state.language, 0, offered=offered), self.trail(spot), None)
        found = self.line.nodes[node]
        if isinstance(found, Menu) or not found.help:
            return self.visit(node, place=place)
        state = State(Spot(node, "near"), self.state.language, 0, place=place.key)
        served = self.line.directory.is_served(found.help, place, self.incoming.time, found.authorities)
        kind: EventKind = "found" if served else "not-found"
        event = Event(kind, own(self.line, self.state.language), node, found.help, place.municipality or place.province)
        return self.done(state, self.trail(state.here), event)

    def follow(self, target: str) -> Turn:
        """Go where an option leads."""
        if target == NEAR:
            place = self.line.gazetteer.by_key.get(self.state.place or "")
            here = self.state.here.node
            if place:
                return self.look(here, place)
            spot = Spot(here, "ask")
            return self.done(State(spot, self.state.language, 0), self.trail(spot), self.event("visited", here))
        if target == RESUME:
            trail = self.before()
            return self.done(replace(self.state, here=trail[-1] if trail else Spot(START)), trail[:-1], None)
        if target.startswith(f"{WRONG}:"):
            return self.report(target.partition(":")[2])
        if target.startswith(f"{WHICH}:"):
            return self.look(self.state.here.node, self.line.gazetteer.by_key[target.partition(":")[2]])
        if target == START:
            return self.start()
        if target == LANGUAGES:
            return self.languages()
        if target == ERASE:
            text = self.last("phrase.erase")
            return Turn(Reply(text, ends=True), None, (self.event("erased"),))
        if target.startswith("language:"):
            return self.choose(target.partition(":")[2])
        return self.visit(target)

    def languages(self) -> Turn:
        """The list of languages. From a cry for help it leads back to what to do."""
        here = self.state.here
        spot = Spot(here.node if here.node in self.line.nodes else START, "languages")
        trail = (CRY,) if here == Spot(CRY.node, "unsure") else self.trail(spot)
        state = replace(self.state, here=spot, page=0, notice=None, offered=())
        return self.done(state, trail, self.event("visited", START))

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
        return self.done(state, self.trail(spot), None)

    def report(self, name: str) -> Turn:
        """Count that a number is wrong, and show the list again. Nothing but the organisation is counted."""
        trail, here = self.before(), self.state.here
        state = replace(self.state, here=Spot(here.node, "near"), page=0, offered=())
        event = Event("wrong-number", own(self.line, self.state.language), organisation=name)
        turn = self.done(state, trail[:-1] if here.view == "wrong" else trail, event, notice="thanks")
        assert turn.session is not None
        return replace(turn, session=replace(turn.session, reported=(*self.reported, name)))

    def choose(self, language: str) -> Turn:
        """Speak another language from here on, on the screen where the caller was."""
        language = served(self.line, language) or self.line.default
        state = replace(self.state, language=language, page=0, notice=None)
        trail = self.session.trail if self.session else ()
        if state.here.view == "languages":
            state = replace(state, here=trail[-1] if trail else Spot(START))
            trail = trail[:-1]
        if state.here.view == "unsure":
            here = CRY if state.here.node == CRY.node else Spot(START)
            state = replace(state, here=here, offered=())
        if not self.alive:
            state = State(Spot(START), language, 0)
        return self.done(state, trail, Event("language", own(self.line, language)), chosen=True)

    def suggest(self, meaning: Meaning) -> Turn:
        here = self.state.here
        spot = Spot(here.node, "suggest")
        place = meaning.place.key if meaning.place else self.state.place
        state = State(spot, self.state.language, 0, place=place, offered=meaning.suggestions)
        return self.done(state, self.trail(spot), self.event("not-understood", here.node))

    def back(self) -> Turn:
        """One page back, else to the stop before, else to the first screen."""
        state = self.state
        if not self.alive or state.here.view == "resume":
            return self.start()
        if state.page:
            return self.done(replace(state, page=state.page - 1), self.before(), None, notice=state.notice)
        trail = self.before()
        if not trail:
            return self.start()
        spot = trail[-1]
        view = "ask" if spot.view in ("near", "which", "suggest") and not state.place else spot.view
        gone = replace(state, here=Spot(spot.node, view), page=0, notice=None, offered=())
        return self.done(gone, trail[:-1], None)

    def more(self) -> Turn:
        if not self.alive:
            return self.start()
        following = self.state.page + 1
        if not has_page(self.line, self.state, self.incoming.channel, following):
            return self.notice("not-a-choice")  # 9 stands on a screen where it works, and nowhere else
        # the notice stays, since what it pushed off the first page stands on the next one
        return self.done(replace(self.state, page=following), self.before(), None, notice=self.state.notice)

    def notice(self, name: str, kind: EventKind | None = None) -> Turn:
        """The same screen, with a sentence above."""
        if self.unsure:
            return self.ask_language(START, self.event(kind or "visited", START), notice=name)
        state = replace(self.state, page=0) if self.alive else State(Spot(START), self.state.language, 0)
        event = self.event(kind, state.here.node) if kind else None
        return self.done(state, self.before(), event, notice=name)

    def done(
        self, state: State, trail: tuple[Spot, ...], event: Event | None, notice: str | None = None,
        chosen: bool = False,
    ) -> Turn:  # fmt: skip
        """Draw where the caller is now, and remember it."""
        now = int(self.incoming.time.timestamp())
        notice = notice or (GUESSED if self.guessed else None)
        root = not trail or trail == (Spot(START),)
        state = State(state.here, state.language, now, state.page, state.place, notice, state.offered, root)
        before, sent = (self.session.recent, self.session.delivered) if self.session else ((), ())
        if not speaks_of_safety(self.line, state, trail):
            grave = grave_of(self.line, before)
            before = tuple(row for row in before if row[0] not in grave) if grave else before
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
        return Event(kind, UNKNOWN if self.unsure else own(self.line, self.state.language), node)

    def before(self) -> tuple[Spot, ...]:
        return self.session.trail if self.session else ()

    def trail(self, to: Spot) -> tuple[Spot, ...]:
        return way_back((*self.before(), self.state.here) if self.alive else (), to)
