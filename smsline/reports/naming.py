"""How figures, topics, places and events are called in the language of whoever reads a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from smsline.content.loading import Content
from smsline.engine.languages import UNKNOWN
from smsline.engine.session import CRY
from smsline.reports.counting import GONE, REST
from smsline.reports.period import in_words
from smsline.words import say


@dataclass(frozen=True)
class Names:
    """The names of one content in one language: those that callers read where the line speaks it."""

    content: Content
    language: str

    @property
    def _spoken(self) -> str:
        return self.language if self.language in self.content.line.languages else self.content.source

    def number(self, value: float) -> str:
        """1234 as 1,234."""
        return str(format_decimal(value, locale=self.language))

    def share(self, part: int, whole: int) -> str:
        """A part of a whole that is not nothing, in whole percents."""
        return str(format_percent(part / whole, "#,##0%", locale=self.language))

    def money(self, amount: float) -> str:
        """An amount in the currency of the price list."""
        currency = self.content.price.currency
        return str(format_currency(amount, currency, "¤ #,##0.00##", self.language, currency_digits=False))

    def about(self, amount: float) -> str:
        """The same in whole ones."""
        return str(format_currency(round(amount), self.content.price.currency, "¤ #,##0", self.language,
                                   currency_digits=False))  # fmt: skip

    def day(self, day: date) -> str:
        """A day with its year."""
        return str(format_date(day, "d MMM y", locale=self.language))

    def short_day(self, day: date) -> str:
        """A day without its year."""
        return str(format_date(day, "d MMM", locale=self.language))

    def days(self, number: int) -> str:
        """3 days."""
        return str(format_unit(number, "duration-day", "short", locale=self.language))

    def topic(self, node: str) -> str:
        """The title of a node; one that is no longer on the line has its name only."""
        if node == CRY.node:
            return say("A cry for help: what to do in danger")
        if node == GONE:
            return say("no longer in a menu")
        return self.content.line.catalog(self._spoken, f"{node}.title") or node

    def stop(self, node: str) -> str:
        """Where a caller was: at a topic, or nowhere in the menu yet or any more."""
        return self.topic(node) if node else say("nowhere in the menu: a first text, or one after a while")

    def month(self, month: str) -> str:
        """2026-10 as October 2026."""
        return in_words(month, self.language)

    def service(self, service: str) -> str:
        """The label of a kind of help."""
        return self.content.line.catalog(self._spoken, f"service.{service}.label") or service

    def spoken(self, code: str) -> str:
        """The name of a language."""
        if code in ("", UNKNOWN):
            return say("language not told yet")
        known = self.content.known.get(code)
        names = Locale.parse(self.language).languages
        return str(names.get(known.locale if known else code) or names.get(code) or code)

    def channel(self, channel: str) -> str:
        """SMS, WhatsApp, USSD."""
        return {"whatsapp": "WhatsApp"}.get(channel, channel.upper())

    def kind(self, kind: str) -> str:
        """What a text led to."""
        return {
            "answer": say("an answer"),
            "menu": say("a choice of subjects"),
            "near": say("who helps near a place"),
            "not-understood": say("it was not understood"),
            "page": say("the next page of the same"),
            "other": say("something else, such as another language"),
        }.get(kind, kind)

    def event(self, event: str) -> str:
        """What happened beside answers."""
        return {
            "language": say("another language was chosen"),
            "stopped": say("STOP: the caller was forgotten, and told so"),
            "erased": say("ERASE: the caller was forgotten, and told so"),
            "exit": say("quick exit (X): the caller was forgotten in silence"),
            "only-text": say("a picture or a voice, which the line cannot read"),
            "broken": say("a fault of the line: the emergency number was sent"),
            "limited": say("too many texts from one phone"),
            "loop": say("the same text again and again, as machines send it"),
            "machine": say("sent by a machine, so not answered"),
            "abroad": say("from a country that is not answered: the emergency text was sent"),
            "opted": say("STOP or START, which the gateway answered itself"),
            "shrunk": say("answers that were shortened, since the limit of the day was reached"),
            "called": say("calls to the number, answered by a spoken text"),
        }.get(event, event)

    def label(self, table: str, parts: tuple[str, ...]) -> str:
        """The names in a row of the table for spreadsheets, as the page has them."""
        called = {
            "channel": (self.channel,), "language": (self.spoken,), "kind": (self.kind,),
            "language-kind": (self.spoken, self.kind), "topic": (self.topic, self.topic), "subject": (self.topic,),
            "subject-language": (self.topic, self.spoken), "unclear": (self.stop,), "other": (self.event,),
            "beside": (self.event,), "month": (self.month,),
            "month-found": (self.month,), "month-missed": (self.month,),
            "now": (self.state,), "missed-now": (self.service, self.state), "service-found": (self.service,),
            "service-missed": (self.service,), "place-found": (self.province, self.town),
            "place-missed": (self.province, self.town), "province-found": (self.province,),
            "province-missed": (self.province,), "province-gap": (self.service, self.province),
            "gap": (self.service, self.province, self.town),
        }.get(table, ())  # fmt: skip
        return ", ".join(name(part) for name, part in zip(called, parts, strict=True)) if called else ", ".join(parts)

    def state(self, state: str) -> str:
        """Who can be shown somewhere."""
        return {
            "here": say("somebody serves it"),
            "near": say("somebody is near"),
            "country": say("only who serves the whole country"),
            "nobody": say("nobody"),
        }.get(state, say("no longer on the list"))

    def town(self, town: str) -> str:
        """A municipality, or the others of its province."""
        return say("other municipalities") if town == REST else town

    def province(self, province: str) -> str:
        """A province; none for a municipality that there was."""
        return province or say("no longer a municipality")
