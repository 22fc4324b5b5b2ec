"""Where engine and store meet, and nowhere else: `answer` takes a sender and a text, and gives a reply.

The sender becomes a keyed hash in the first line; no number gets further than that.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from smsline.engine.conversation import converse, is_grave
from smsline.engine.line import Line
from smsline.engine.model import Channel, Event, Incoming, Reply, Session, Turn
from smsline.engine.screen import HOME
from smsline.engine.segments import measure
from smsline.stores import Store, StoreError, Tally, Until

log = logging.getLogger("smsline")


@dataclass(frozen=True, slots=True)
class Message:
    """One request of a gateway, parsed: still with sender and message id, which end in `answer`."""

    sender: str
    text: str
    id: str
    channel: str
    time: datetime
    begins: bool = False
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """The line, its store, and the key of the hashes."""

    line: Line
    store: Store
    secret: bytes

    def answer(self, message: Message) -> Reply:
        """The reply to a message, whatever is broken behind: without a store, from the text alone."""
        key, known = self.hashed(f"{message.channel}:{message.sender}"), self.hashed(f"id:{message.id}")
        channel = self.line.channels[message.channel]
        time = message.time.astimezone(HOME)
        incoming = Incoming(message.text, channel, known, time, message.begins, message.unreadable)

        def step(session: Session | None) -> Turn:
            return self._safely(session, incoming)

        try:
            return self.store.turn(key, step, _tally(channel, time), self._until(int(time.timestamp()))).reply
        except StoreError:
            log.error("store-failed")
            return step(None).reply

    def _safely(self, session: Session | None, incoming: Incoming) -> Turn:
        """One step. Should the engine ever fail, the caller gets a sentence and the emergency number."""
        try:
            return converse(self.line, session, incoming)
        except Exception as error:
            log.error("engine-failed %s", _where(error))
            language = session.state.language if session else self.line.default
            language = language if language in self.line.languages else self.line.default
            text = self.line.catalog(language, "phrase.broken")
            return Turn(Reply(text), None, (Event("broken", language),))

    def _until(self, now: int) -> Callable[[Turn], Until]:
        """How long what a turn leaves is kept: after a safety topic the position goes soon."""
        limits = self.line.limits

        def until(turn: Turn) -> Until:
            grave = turn.session is not None and is_grave(self.line, turn.session)
            position = limits.safety if grave else limits.position
            return Until(now + position, now + limits.language)

        return until

    def hashed(self, text: str) -> bytes:
        """A keyed hash, 16 bytes: the same for the same text and secret, and no way back."""
        return hmac.new(self.secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()[:16]

    def forget(self, sender: str) -> bool:
        """Delete what is kept of a sender on any channel; whether there was something."""
        gone = [self.store.forget(self.hashed(f"{channel}:{sender}")) for channel in self.line.channels]
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
