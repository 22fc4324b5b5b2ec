"""Where engine and store meet, and nowhere else: `answer` takes a sender and a text, and gives a reply.

The sender becomes a keyed hash in the first line; no number gets further than that.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from smsline.engine.line import Line
from smsline.engine.model import HOME, Channel, Event, Incoming, Reply, Session, Turn
from smsline.engine.pace import paced
from smsline.engine.pages import shortened
from smsline.engine.segments import measure
from smsline.engine.session import is_grave
from smsline.stores import Key, Salt, Store, StoreError, Tally, Until

log = logging.getLogger("smsline")

DOUBTED = 3
"""Callers in a month who say that a number is wrong, until it is shown after the others."""


@dataclass(frozen=True, slots=True)
class Message:
    """One request of a gateway, parsed: still with sender and message id, which end in `answer`.

    `sender` is a number as +31612345678. `channel` is sms, ussd or whatsapp; `gateway` the name of the gateway, which
    may have screens of its own length. `path` is (id, text) of each earlier request of this USSD session, `to` the
    number that was texted, where a reply has to name it.
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


@dataclass(slots=True)
class Service:
    """The line, its store, and the secret of the hashes. Only `refresh` changes it, and between two turns."""

    line: Line
    store: Store
    secret: bytes
    period: int = 30 * 24 * 60 * 60
    """Seconds for which the hashes have one salt."""
    salts: tuple[Salt, ...] = ()

    def answer(self, message: Message) -> Reply:
        """The reply to a message, whatever is broken behind: without a store, from the text alone."""
        incoming = self._incoming(message)
        time = incoming.time

        def step(session: Session | None) -> Turn:
            return self._safely(session, incoming)

        try:
            tally = _tally(incoming.channel, time)
            turn = self.store.turn(self._keys(message), step, tally, self._until(int(time.timestamp())))
            if any(event.organisation for event in turn.events):
                self.refresh(time)
            return turn.reply
        except StoreError:
            log.error("store-failed")
            return step(None).reply

    def refresh(self, now: datetime) -> None:
        """Once a minute: the salts of the hashes, and whose number enough callers say is wrong this month."""
        month = f"{now.astimezone(HOME):%Y-%m}"
        try:
            self.store.rotate(int(now.timestamp()), self.period, secrets.token_bytes(32))
            self.salts = tuple(self.store.salts())
            found = [row for row in self.store.wrong() if row.month == month and row.times >= DOUBTED]
        except StoreError:
            log.error("store-failed")
            return
        doubted = frozenset(row.organisation for row in found)
        if doubted != self.line.directory.doubted:
            self.line = replace(self.line, directory=replace(self.line.directory, doubted=doubted))

    def delivered(self, message: Message) -> None:
        """Remember that a reply went out as a call of our own, so that a repeat of its message gets no second one."""
        known, now = self.hashed(f"id:{message.id}"), int(message.time.timestamp())

        def step(session: Session | None) -> Turn:
            return Turn(Reply(""), replace(session, delivered=(*session.delivered, known)) if session else None)

        try:
            channel = self._channel(message)
            self.store.turn(self._keys(message), step, _tally(channel, message.time), self._until(now))
        except StoreError:
            log.error("store-failed")

    def called(self, time: datetime) -> None:
        """Count a call to the number. Nothing of it is kept."""
        event, now = Event("called", self.line.default), time.astimezone(HOME)
        try:
            self.store.count((event,), Tally(now.date(), "voice", 0))
        except StoreError:
            log.error("store-failed")

    def _keys(self, message: Message) -> list[Key]:
        return self.keys(f"{message.channel}:{message.sender}", int(message.time.timestamp()))

    def keys(self, text: str, now: int) -> list[Key]:
        """The keys of a sender on a channel: with the salt in use first, then with those that still have rows."""
        salts = self.salts or (Salt(0, 0, b""),)
        known = sorted(salts, key=lambda salt: (salt.since > now, -salt.number))
        return [Key(self.hashed(text, salt.salt), salt.number) for salt in known]

    def _channel(self, message: Message) -> Channel:
        return self.line.channels.get(message.gateway) or self.line.channels[message.channel]

    def _incoming(self, message: Message) -> Incoming:
        """The message as the engine sees it: without its sender, and its ids hashed."""
        return Incoming(
            message.text,
            self._channel(message),
            self.hashed(f"id:{message.id}"),
            message.time.astimezone(HOME),
            message.begins,
            message.unreadable,
            message.point,
            tuple((self.hashed(f"id:{known}"), text) for known, text in message.path),
        )

    def _safely(self, session: Session | None, incoming: Incoming) -> Turn:
        """One step. Should the engine ever fail, the caller gets a sentence and the emergency number."""
        try:
            return paced(self.line, session, incoming)
        except Exception as error:
            log.error("engine-failed %s", _where(error))
            language = session.state.language if session else self.line.default
            language = language if language in self.line.languages else self.line.default
            text = shortened(incoming.channel, self.line.catalog(language, "phrase.broken"))
            return Turn(Reply(text, ends=True), None, (Event("broken", language),))

    def _until(self, now: int) -> Callable[[Turn], Until]:
        """How long what a turn leaves is kept: after a safety topic the position goes soon."""
        limits = self.line.limits

        def until(turn: Turn) -> Until:
            grave = turn.session is not None and is_grave(self.line, turn.session)
            position = limits.safety if grave else limits.position
            return Until(now + position, now + limits.language)

        return until

    def hashed(self, text: str, salt: bytes = b"") -> bytes:
        """A keyed hash, 16 bytes: the same for the same text, secret and salt, and no way back."""
        return hmac.new(self.secret + salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()[:16]

    def forget(self, sender: str) -> bool:
        """Delete what is kept of a sender on any channel; whether there was something."""
        names = {channel.name for channel in self.line.channels.values()}
        self.salts = tuple(self.store.salts())
        gone = [self.store.forget(self.keys(f"{name}:{sender}", 0)) for name in names]
        return any(gone)


def _tally(channel: Channel, time: datetime) -> Callable[[Turn], Tally]:
    def tally(turn: Turn) -> Tally:
        segments = measure(turn.reply.text).segments if turn.reply.text and channel.parts else 0
        return Tally(time.date(), channel.name, segments)

    return tally


def _where(error: BaseException) -> str:
    """Kind and place of an error: never its message, which could quote a caller."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} {place}"
