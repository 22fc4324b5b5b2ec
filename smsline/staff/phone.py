"""A telephone on a page: the line as a caller meets it, by the same `service.answer`, in a store that keeps nothing.

The conversation is in the form and nowhere else: each time it is played from its first text on.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from flask import Blueprint, render_template, request

from smsline.content.setup import USSD_GATEWAYS, Price
from smsline.engine.explaining import explained, meant
from smsline.engine.line import Line
from smsline.engine.model import HOME, START, Incoming, Reply, Session, Spot, State, Turn
from smsline.engine.segments import Size, measure
from smsline.service import Message, Rules, Service
from smsline.staff.desk import desk
from smsline.staff.guard import Answer, page
from smsline.stores import Key, Step, Tally, Until
from smsline.stores.memory import MemoryStore

MOST = 60
"""Texts of one conversation."""

LONGEST = 1600
"""Letters of a text: more does no phone send."""

CHANNELS = ("sms", "whatsapp", "ussd", *USSD_GATEWAYS)

DIALLED = "*123#"
"""How a dialled USSD code is written in a conversation."""


def add_to(staff: Blueprint) -> None:
    """Add the page."""
    page(staff, "/phone", ("GET", "POST"), edits=False)(phone)


@dataclass(frozen=True, slots=True)
class Setting:
    """The phone that is played: its channel, the language that is known of its caller, its country."""

    channel: str
    language: str
    country: str

    @property
    def dials(self) -> bool:
        """Whether it dials a code rather than sends texts."""
        return self.channel not in ("sms", "whatsapp")


@dataclass(frozen=True, slots=True)
class Bubble:
    """A text and what came back: how long that is, what it costs, and why it is the answer."""

    text: str
    at: datetime
    sent: Size
    received_price: float
    reply: str
    ends: bool
    size: Size | None
    price: float
    why: Mapping[str, Any]
    reasons: Sequence[str]
    events: Sequence[str]


class _Watched(MemoryStore):
    """A store of one request; what `service.answer` finds and leaves in it can be looked at."""

    before: Session | None = None
    turned: Turn | None = None

    def turn(
        self, keys: Sequence[Key], step: Step, tally: Callable[[Turn], Tally], until: Callable[[Turn], Until]
    ) -> Turn:
        def looked_at(session: Session | None) -> Turn:
            self.before = session
            return step(session)

        self.turned = super().turn(keys, looked_at, tally, until)
        return self.turned


def phone() -> Answer:
    """The phone, with the conversation so far and one text more."""
    content = desk().content
    settings, moment = _setting(), _moment(request.form.get("at", ""))
    texts = [] if request.form.get("action") == "reset" else [*_texts()]
    if settings.dials and not texts:
        texts.append((DIALLED, moment))
    if request.form.get("action") == "send" and len(texts) < MOST and request.form.get("text", "").strip():
        texts.append((request.form["text"][:LONGEST], moment))
    line = desk().service.line
    bubbles = [*played(line, settings, texts, content.price)]
    return render_template(
        "phone.html", setting=settings, at=moment, bubbles=bubbles, line=line, talk=as_talk(settings, bubbles),
        channels=CHANNELS, countries=countries(), price=content.price, full=len(texts) >= MOST,
    )  # fmt: skip


def _setting() -> Setting:
    """What was chosen; SMS, no language, from the Netherlands where nothing was."""
    line = desk().service.line
    channel, language, country = (request.form.get(name, "") for name in ("channel", "language", "country"))
    return Setting(
        channel if channel in CHANNELS else "sms",
        language if language in line.languages else "",
        country if country in countries() else "NL",
    )


def countries() -> list[str]:
    """The countries that are answered, and one that is not; the Netherlands first."""
    answered = desk().settings.countries
    others = ["US"] if "US" not in answered else []
    return ["NL", *sorted(answered - {"NL"}), *others]


def _moment(text: str) -> datetime:
    """The time of day on the phone, in the Netherlands; now where none was chosen."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=HOME, fold=0) if 2000 <= moment.year <= 2100 else datetime.now(HOME)
    except ValueError:
        return datetime.now(HOME).replace(second=0, microsecond=0)


def _texts() -> Iterator[tuple[str, datetime]]:
    """The conversation so far, as the form has it."""
    for text, at in list(zip(request.form.getlist("was"), request.form.getlist("when"), strict=False))[:MOST]:
        yield text[:LONGEST], _moment(at)


def played(line: Line, setting: Setting, texts: Sequence[tuple[str, datetime]], price: Price) -> Iterator[Bubble]:
    """A conversation, each text with what comes back, through the same door as those of callers."""
    store = _Watched()
    settings = desk().settings
    service = Service(line, store, secrets.token_bytes(32), Rules(countries=settings.countries))
    sender = number_of(setting.country)
    for number, (text, at) in enumerate(texts):
        moment = at + timedelta(seconds=number)
        kind = "ussd" if setting.dials else setting.channel
        begins = setting.dials and (not number or text == DIALLED)
        message = Message(sender, "" if begins else text, str(number), kind, moment, begins, gateway=setting.channel)
        if not number and setting.language:
            known = Session(State(Spot(START), setting.language, int(moment.timestamp())), chosen=True)
            _begin_with(service, message, known)
        reply = service.answer(message)
        channel = line.channels.get(setting.channel) or line.channels["ussd"]
        country = "" if setting.dials else setting.country
        incoming = Incoming(message.text, channel, bytes(16), moment, begins, country=country)
        yield _bubble(line, store, message, incoming, reply, price)


def _begin_with(service: Service, message: Message, session: Session) -> None:
    """Let the store know a caller already."""
    now = int(message.time.timestamp())
    keys = service.keys(f"{message.channel}:{message.sender}", now)
    service.store.turn(keys, lambda _: Turn(Reply(""), session), lambda _: Tally(message.time.date(), "sms", 0),
                       lambda _: Until(now + 3600, now + 3600))  # fmt: skip


def _bubble(line: Line, store: _Watched, message: Message, incoming: Incoming, reply: Reply, price: Price) -> Bubble:
    before, turn = store.before, store.turned
    language = before.state.language if before else None
    size = measure(reply.text) if reply.text else None
    text = DIALLED if incoming.begins else message.text
    sent, parts = measure(text), incoming.channel.parts
    cost = size.segments * price.sent if size and parts else 0.0
    why = {} if incoming.begins else explained(line, before, incoming, language)
    reasons = () if incoming.begins else meant(line, before, incoming.text, language).reasons
    events = [" ".join(filter(None, (one.kind, one.node, one.service, one.municipality)))
              for one in (turn.events if turn else ())]  # fmt: skip
    received = sent.segments * price.received if parts else 0.0
    return Bubble(text, message.time, sent, received, reply.text, reply.ends, size, cost, why, reasons, events)


def number_of(country: str) -> str:
    """A number of a country that is nobody's, as libphonenumber has it for examples: it never leaves this page."""
    found = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164) if found else "+31600000000"


def as_talk(setting: Setting, bubbles: Sequence[Bubble]) -> str:
    """The conversation as those of `tests/conversations/`, to be copied."""
    if not bubbles:
        return ""
    more = [setting.channel] if setting.channel not in ("sms", "whatsapp", "ussd") else []
    more += [f"a number of {setting.country}"] if setting.country != "NL" else []
    title = "Say here what this conversation shows" + (f" ({', '.join(more)})" if more else "")
    rows = [f"{title}.", f"channel: {'ussd' if setting.dials else setting.channel}"]
    rows += [f"language: {setting.language}"] if setting.language else []
    rows += [f"time: {bubbles[0].at:%Y-%m-%d %H:%M}"]
    last = bubbles[0].at
    for one in bubbles:
        minutes = round((one.at - last).total_seconds() / 60)
        rows += ["", f"+ {minutes} minutes"] if minutes > 0 else []
        rows += ["", f"> {one.text}"]
        rows += [f"< {row}".rstrip() for row in one.reply.split("\n")] if one.reply else ["  (no reply)"]
        last = one.at
    return "\n".join(rows) + "\n"
