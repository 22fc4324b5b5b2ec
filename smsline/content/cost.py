"""What the line costs in SMS: an average conversation in each language, and the dearest screens (`smsline cost`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from smsline.content.loading import Content
from smsline.content.screens import Screen, screens
from smsline.content.setup import Price
from smsline.engine.model import START, Answer, Menu
from smsline.engine.segments import measure

DEAREST = 10

TEXTS = ("first screen", "a menu", "an answer", "where you are", "who helps near")
"""The texts of an average conversation, each the mean of all screens of its kind. For each a caller sends a segment."""


@dataclass(frozen=True, slots=True)
class Average:
    """An average conversation in one language: segments sent for each of its texts."""

    language: str
    segments: tuple[float, ...]

    def price(self, price: Price) -> float:
        """What the operator pays for it, sent and received."""
        return sum(self.segments) * price.sent + len(self.segments) * price.received


def cost_report(content: Content, today: date) -> Iterator[str]:
    """The lines of the report."""
    price, sent = content.price, list(screens(content, today, ("sms",)))
    yield f"An average conversation: a caller sends {len(TEXTS)} texts and gets {', '.join(TEXTS)}."
    if price.sent:
        yield f"A segment costs {price.currency} {price.sent:g} sent and {price.received:g} received (menus/line.yaml)."
    else:
        yield "What a segment costs is not known: write price: into menus/line.yaml."
    yield ""
    yield "".join([f"{'segments sent':13}", *(f"{text:>16}" for text in TEXTS), f"{'together':>10}{price.currency:>8}"])
    for one in averages(content, sent):
        figures = "".join(f"{segments:16.2f}" for segments in one.segments)
        yield f"{one.language:13}{figures}{sum(one.segments):10.2f}{one.price(price):8.2f}"
    yield ""
    yield f"The {DEAREST} dearest screens:"
    for screen in dearest(sent):
        size = measure(screen.text)
        what = f"{screen.name} ({screen.language}, {screen.what}, page {screen.page + 1})"
        yield (f"{price.currency} {size.segments * price.sent:.2f}  {size.segments} segments, {size.units} units "
               f"{size.encoding}  {what}")  # fmt: skip


def averages(content: Content, sent: Iterable[Screen]) -> list[Average]:
    """An average conversation in each language."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for screen in sent:
        found[screen.language, _kind(content, screen)].append(measure(screen.text).segments)
    return [
        Average(language, tuple(fmean(found[language, text] or [0]) for text in TEXTS))
        for language in content.line.languages
    ]


def dearest(sent: Iterable[Screen]) -> list[Screen]:
    """The screens with most segments, of equal ones the longest, each text once."""
    texts = {(screen.name, screen.language, screen.text): screen for screen in sent if screen.what != "contact"}
    sizes = {known: measure(screen.text) for known, screen in texts.items()}
    most = sorted(texts, key=lambda known: (-sizes[known].segments, -sizes[known].units, known))
    return [texts[known] for known in most[:DEAREST]]


def _kind(content: Content, screen: Screen) -> str:
    """Which text of an average conversation a screen is; empty for none, such as a later page."""
    node = content.line.nodes.get(screen.name)
    if screen.page or (screen.what not in ("node", "ask") and not screen.what.startswith("near ")):
        return ""
    if screen.what != "node":
        return "where you are" if screen.what == "ask" else "who helps near"
    if screen.name == START:
        return "first screen"
    return {Menu: "a menu", Answer: "an answer"}.get(type(node), "")
