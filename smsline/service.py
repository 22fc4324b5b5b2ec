"""Where engine and store meet, and nowhere else: `answer` takes a sender and a text, and gives a reply.

The sender becomes a keyed hash in the first line; no number gets further than that.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Lock
from time import monotonic
from typing import Any

import phonenumbers
from msgspec import structs

from smsline.content.loading import Content
from smsline.counters import Counters
from smsline.engine.languages import UNKNOWN
from smsline.engine.line import Line
from smsline.engine.model import HOME, Channel, Event, Incoming, Reply, Session, Turn
from smsline.engine.pace import from_abroad, opted, paced
from smsline.engine.pages import shortened
from smsline.engine.segments import measure, room
from smsline.engine.session import is_grave, spoken
from smsline.stores import Key, Salt, Step, Store, StoreError, Tally, Until
from smsline.stores.aside import Aside

log = logging.getLogger("smsline")

SILENT = 2.0
"""Seconds after which a store that says nothing is taken to be away."""

REST = 2.0
"""Seconds for which a store that failed is left alone."""

SOON = 60
"""Seconds until an incoming message is final at its gateway."""

LEAVES, LEAVING = 5, 600.0
"""Replies to STOP, to ERASE and to somebody from abroad within so many seconds, of each worker."""

LEFT = ("stopped", "erased")

DOUBTED = 3
"""Callers in a month who say that a number is wrong, until it is shown after the others."""


@dataclass(frozen=True, slots=True)
class Message:
    """One request of a gateway, parsed: still with sender and message id, which end in `answer`.

    `sender` is a number as +31612345678. `channel` is sms, ussd or whatsapp; `gateway` the name of the gateway, which
    may have screens of its own length. `path` is (id, text) of each earlier request of this USSD session, `to` the
    number that was texted, where a reply has to name it. `opted` is STOP, HELP or START where the gateway has answered
    that itself.
    """

    sender: str
    text: str
    id: str
    channel: str
    time: datetime
    begins: bool = False
    unreadable: bool = False
    point: tuple[float, float] | None = None
    path: tuple[tuple[str, str], ...] = ()
    gateway: str = ""
    to: str = ""
    opted: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an operator decides.

    Seconds for which the hashes have one salt, the countries that are answered (ISO 3166), segments a day to each of
    them, and whether what Twilio keeps is redacted.
    """

    period: int = 30 * 24 * 60 * 60
    countries: frozenset[str] = frozenset(("NL",))
    segments_a_day: int = 20_000
    redacts: bool = False


@dataclass(slots=True)
class Service:
    """The line, its store, and the secret of the hashes.

    The line changes between two turns only, by `refresh` and `take`, which other threads call: one at a time.
    """

    line: Line
    store: Store
    secret: bytes
    rules: Rules = Rules()
    salts: tuple[Salt, ...] = ()
    spent: Counter[tuple[date, str]] = field(default_factory=Counter)
    """Segments sent by day and country, as far as this worker knows."""
    left: dict[bytes, list[float]] = field(default_factory=dict)
    """When those who were forgotten lately said so: in the memory of this worker alone, for ten minutes."""
    aside: Aside = field(default_factory=Aside)
    unsettled: list[tuple[str, int]] = field(default_factory=list)
    """Messages at the gateway that are to be redacted, and could not be put on the list of the store yet."""
    content: Content | None = None
    """What the line was made from, for the pages of staff."""
    loaded: str = ""
    """The state of that content, as `kept.fingerprint` tells it."""
    resting: float = 0.0
    """Until when the store is left alone after it failed, on the clock of `time.monotonic`."""
    counters: Counters = field(default_factory=Counters)
    changing: Lock = field(default_factory=Lock)

    def answer(self, message: Message) -> Reply:
        """The reply to a message, whatever is broken behind: without a store, from the text alone."""
        country = "" if message.channel == "ussd" else country_of(message.sender)
        incoming = self._incoming(message, country)
        todo = (message.id, int(message.time.timestamp()) + SOON) if self._is_to_be_redacted(message) else None
        tally = _tally(incoming.channel, incoming.time, country, todo)

        def step(session: Session | None) -> Turn:
            turn = self._safely(message.opted, country, session, incoming)
            shrunk = incoming.channel.parts and incoming.channel.septets < self._channel(message).septets
            return structs.replace(turn, events=(*turn.events, Event("shrunk", self.line.default))) if shrunk else turn

        turn = self._turn(message, step, tally)
        if turn is None:
            turn = self._without_store(step)
            self.unsettled += [todo] if todo else []
        paid = turn.reply.text and any(event.kind in (*LEFT, "abroad") for event in turn.events)
        if paid and self._leaves_again(message):
            return Reply("")
        self.spent[incoming.time.date(), country] += tally(turn).segments
        if any(event.organisation for event in turn.events):
            with contextlib.suppress(StoreError):
                self.aside.call(lambda: self.refresh(incoming.time), SILENT)
        return turn.reply

    def _is_to_be_redacted(self, message: Message) -> bool:
        return self.rules.redacts and message.gateway == "twilio"

    def finished(self, known: str, due: int) -> None:
        """Put a message at the gateway on the list of what is to be redacted, now or when the store is there again."""
        self.unsettled.append((known, due))
        self.settle()

    def settle(self) -> None:
        """Put on the list of the store what could not be put there before; what still cannot waits."""
        if self.unsettled:
            with contextlib.suppress(StoreError):
                self._ask(self._settle)

    def _settle(self) -> None:
        while self.unsettled:  # others only append, so the first is the one that was put on the list
            self.store.add_todo(*self.unsettled[0])
            del self.unsettled[0]

    def _leaves_again(self, message: Message) -> bool:
        """Whether somebody got such a reply again and again, as an autoresponder does. Nothing of it is stored."""
        if message.channel == "ussd":
            return False
        key, now = self._keys(message)[0].hash, monotonic()
        times = self.left[key] = [*(one for one in self.left.get(key, ()) if now - one < LEAVING), now]
        return len(times) > LEAVES

    def _without_store(self, step: Step) -> Turn:
        """The answer to the text alone. That something is deleted cannot be said where nothing could be."""
        self.counters.incident("turn-unstored")
        turn = step(None)
        if any(event.kind in LEFT for event in turn.events):
            told = turn.events[0].language
            language = self.line.default if told == UNKNOWN else told
            return Turn(Reply(self.line.catalog(language, "phrase.broken"), ends=True), None)
        return turn

    def _turn(self, message: Message, step: Step, tally: Callable[[Turn], Tally]) -> Turn | None:
        """One turn in the store; None where it fails."""
        keys, until = self._keys(message), self._until(int(message.time.timestamp()))
        try:
            turn: Turn = self._ask(lambda: self.store.turn(keys, step, tally, until))
        except StoreError:
            return None
        return turn

    def _ask(self, do: Callable[[], Any]) -> Any:
        """What the store says. Where it fails it is left alone a moment, so that nobody waits for it: `StoreError`."""
        if monotonic() < self.resting:
            raise StoreError("The store failed a moment ago.")
        try:
            return self.aside.call(do, SILENT)
        except StoreError:
            log.error("store-failed")
            self.resting = monotonic() + REST
            raise

    def take(self, content: Content, loaded: str) -> None:
        """Answer from new content from the next turn on."""
        with self.changing:
            directory = replace(content.line.directory, doubted=self.line.directory.doubted)
            self.line = replace(content.line, limits=self.line.limits, directory=directory)
            self.content, self.loaded = content, loaded

    def refresh(self, now: datetime) -> None:
        """Once a minute: the salts of the hashes, what was spent today, whose number is said to be wrong this month."""
        today, old = now.astimezone(HOME).date(), monotonic() - LEAVING
        self.left = {key: times for key, times in self.left.items() if times[-1] > old}
        try:
            self.store.rotate(int(now.timestamp()), self.rules.period, secrets.token_bytes(32))
            self.salts = tuple(self.store.salts())
            self.spent = Counter({(today, country): sent for country, sent in self.store.spent(today).items()})
            wrong = [row for row in self.store.wrong() if row.month == f"{today:%Y-%m}" and row.times >= DOUBTED]
        except StoreError:
            log.error("store-failed")
            return
        doubted = frozenset(row.organisation for row in wrong)
        with self.changing:
            if doubted != self.line.directory.doubted:
                self.line = replace(self.line, directory=replace(self.line.directory, doubted=doubted))

    def delivered(self, message: Message) -> None:
        """Remember that a reply went out as a call of our own, so that a repeat of its message gets no second one."""
        known = self.hashed(f"id:{message.id}")

        def step(session: Session | None) -> Turn:
            return Turn(Reply(""), structs.replace(session, delivered=(*session.delivered, known)) if session else None)

        self._turn(message, step, _tally(self._channel(message), message.time, ""))

    def called(self, time: datetime) -> None:
        """Count a call to the number. Nothing of it is kept."""
        event, now = Event("called", self.line.default), time.astimezone(HOME)
        with contextlib.suppress(StoreError):
            self._ask(lambda: self.store.count((event,), Tally(now.date(), "voice", 0)))

    def _keys(self, message: Message) -> list[Key]:
        return self.keys(f"{message.channel}:{message.sender}", int(message.time.timestamp()))

    def keys(self, text: str, now: int) -> list[Key]:
        """The keys of a sender on a channel: with the salt in use first, then with those that still have rows."""
        salts = self.salts or (Salt(0, 0, b""),)
        known = sorted(salts, key=lambda salt: (salt.since > now, -salt.number))
        return [Key(self.hashed(text, salt.salt), salt.number) for salt in known]

    def _channel(self, message: Message) -> Channel:
        return self.line.channels.get(message.gateway) or self.line.channels[message.channel]

    def _incoming(self, message: Message, country: str) -> Incoming:
        """The message as the engine sees it: without its sender, and its ids hashed.

        Where a country's segments of the day are spent, with screens of one segment.
        """
        channel = self._channel(message)
        if channel.parts and self.spent[message.time.astimezone(HOME).date(), country] >= self.rules.segments_a_day:
            channel = structs.replace(channel, septets=room(1, "GSM-7"), units=room(1, "UCS-2"))
        return Incoming(
            message.text,
            channel,
            self.hashed(f"id:{message.id}"),
            message.time.astimezone(HOME),
            message.begins,
            message.unreadable,
            message.point,
            tuple((self.hashed(f"id:{known}"), text) for known, text in message.path),
            country,
        )

    def _safely(self, word: str, country: str, session: Session | None, incoming: Incoming) -> Turn:
        """One step. Should the engine ever fail, the caller gets a sentence and the emergency number."""
        try:
            if word:
                return opted(self.line, session, word)
            if country and country not in self.rules.countries:
                return from_abroad(self.line, session, incoming)
            return paced(self.line, session, incoming)
        except Exception as error:
            log.error("engine-failed %s", _where(error))
            language = spoken(self.line, session)
            text = shortened(incoming.channel, self.line.catalog(language, "phrase.broken"))
            return Turn(Reply(text, ends=True), None, (Event("broken", language),))

    def _until(self, now: int) -> Callable[[Turn], Until]:
        """How long what a turn leaves is kept: after a safety topic the position goes soon."""
        limits = self.line.limits

        def until(turn: Turn) -> Until:
            grave = turn.session is not None and is_grave(self.line, turn.session)
            position = limits.safety if grave else limits.position
            since = turn.session.state.time if turn.session else now  # a text without an answer keeps nothing longer
            return Until(since + position, now + limits.language)

        return until

    def hashed(self, text: str, salt: bytes = b"") -> bytes:
        """A keyed hash, 16 bytes: the same for the same text, secret and salt, and no way back."""
        return hmac.digest(self.secret + salt, text.encode("utf-8", "surrogatepass"), "sha256")[:16]

    def forget(self, sender: str) -> bool:
        """Delete what is kept of a sender on any channel; whether there was something."""
        sender = e164_of(sender)
        names = {channel.name for channel in self.line.channels.values()}
        self.salts = tuple(self.store.salts())
        gone = [self.store.forget(self.keys(f"{name}:{sender}", 0)) for name in names]
        return any(gone)


def e164_of(typed: str) -> str:
    """A number as gateways write it, from what somebody typed: 06 12345678 is +31612345678."""
    try:
        number = phonenumbers.parse(typed, "NL")
    except phonenumbers.NumberParseException:
        return typed
    if not phonenumbers.is_possible_number(number):
        return typed  # a short code
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def country_of(sender: str) -> str:
    """The country of a number as +31612345678, such as NL; empty where it is no such number (a short code, a name).

    Of several with one calling code the number tells which (libphonenumber); a number that tells none is taken for
    one of the largest, a calling code of no country is 001.
    """
    digits = sender.removeprefix("+")
    if digits == sender or not digits.isdigit():
        return ""
    known = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    code = next((int(digits[:size]) for size in (1, 2, 3) if int(digits[:size]) in known), 0)
    if len(known.get(code, ())) > 1:
        number = phonenumbers.PhoneNumber(country_code=code, national_number=int(digits[len(str(code)) :] or 0))
        return phonenumbers.region_code_for_number(number) or known[code][0]
    return known[code][0] if code else ""


def _tally(
    channel: Channel, time: datetime, country: str, todo: tuple[str, int] | None = None
) -> Callable[[Turn], Tally]:
    def tally(turn: Turn) -> Tally:
        segments = measure(turn.reply.text).segments if turn.reply.text and channel.parts else 0
        return Tally(time.date(), channel.name, segments, country, todo, bool(turn.reply.text))

    return tally


def _where(error: BaseException) -> str:
    """Kind and place of an error: never its message, which could quote a caller."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} {place}"
