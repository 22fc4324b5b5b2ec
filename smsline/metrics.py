"""What `/metrics` shows, for Prometheus (prometheus.io/docs/instrumenting/exposition_formats).

The store counts for all workers, and `Counters` what it cannot know, so any worker shows the same. Each count of what
callers did goes up in steps of five (`in_steps`), the smallest ones that are added up too: whoever reads this every
minute must not see that one text came. They begin anew each year, which Prometheus understands: else each page would
read all that was ever counted.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import accumulate, product

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from smsline.anonymity import Cell, K, anonymous, in_steps
from smsline.counters import BOUNDS, OF_TURNS
from smsline.engine.languages import UNKNOWN, own
from smsline.engine.line import Line
from smsline.engine.model import HOME
from smsline.kept import Kept
from smsline.service import SILENT, Service
from smsline.stores import StoreError, Total
from smsline.stores.tallies import PAGED

OUTCOMES = {
    "visited": "answered", "urgent": "answered", "language": "answered", PAGED: "paged",
    "found": "found", "not-found": "not-found",
    "not-understood": "not-understood", "only-text": "not-understood",
    "stopped": "left", "erased": "left", "exit": "left", "opted": "left",
    "limited": "limited", "loop": "limited", "machine": "limited", "abroad": "limited",
    "broken": "broken",
}  # fmt: skip
"""What came of a text, by its event: an answer or a choice of answers; another page, or a screen again; somebody near
who helps, or nobody; not understood; a caller who left; a limit; the sentence for when the program fails. Other events
are no texts, or stand beside that of their text."""

NO_LANGUAGE = "none"
"""The language of a text that is counted without one, such as another page."""

OTHERS = "other"
"""Languages or channels that are few texts each."""

SEGMENTS = 4 * K
"""Segments are shown in steps of five texts of four segments each, the longest screen (menus/line.yaml)."""

HOUR = 60 * 60
"""Seconds: how old the oldest message is that has to be redacted is shown in hours."""

VERSION = version("smsline")

LONG = 12
"""Letters of a fingerprint that tell the versions of the content apart."""

Rows = Iterable[tuple[Sequence[str], float]]


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures, as the library that writes them down wants them; `workers` is how many there should be."""

    service: Service
    kept: Kept | None
    workers: int

    def page(self) -> bytes:
        """The page in the text format 0.0.4, in UTF-8."""
        return generate_latest(self)

    def collect(self) -> Iterator[Metric]:
        """The figures of now. Where the store cannot be read, that it cannot, and those of the processes."""
        yield from self._running()
        yield from self._content()
        yield _incidents(self.service.counters.incidents())
        yield _turns(self.service.counters.turns())
        store, today = self.service.store, datetime.now(HOME).date()
        try:
            totals, day, spent, waiting = self.service.aside.call(
                lambda: (
                    store.totals(today.replace(month=1, day=1), today),
                    store.totals(today, today),
                    store.spent(today),
                    store.waiting(int(time.time())),
                ),
                SILENT,
            )
        except StoreError:
            yield _gauge("smsline_store_up", "Whether the store can be read.", 0)
            return
        yield _gauge("smsline_store_up", "Whether the store can be read.", 1)
        yield from _counted(totals, self.service.line)
        yield from self._today(day, spent)
        yield from _redactions(*waiting)

    def _running(self) -> Iterator[Metric]:
        yield _gauges("smsline_build_info", "The version of the program.", ("version",), [((VERSION,), 1)])
        yield _gauge("smsline_start_time_seconds", "When the server began.", round(self.service.counters.since))
        yield _gauge("smsline_workers_wanted", "Processes that should answer (SMSLINE_WORKERS).", self.workers)

    def _content(self) -> Iterator[Metric]:
        """What each worker answers from. While one writes that down there is nothing of it, for a moment."""
        taken = [(state[:LONG], since) for state, since in (self.kept.taken() if self.kept else {}).values() if state]
        yield _gauge("smsline_workers", "Processes that answer.", len(taken))
        by = {(state,): min(since for other, since in taken if other == state) for state, _ in taken}
        text = "The content that workers answer from: more than one while new content is taken up."
        yield _gauges("smsline_content_info", text, ("version",), dict.fromkeys(by, 1.0).items())
        text = "When the first of the workers that answer from it took it up."
        yield _gauges(
            "smsline_content_taken_up_seconds", text, ("version",), [(key, round(since)) for key, since in by.items()]
        )

    def _today(self, day: Sequence[Total], spent: Mapping[str, int]) -> Iterator[Metric]:
        turns: Counter[Cell] = Counter()
        for row in day:
            if row.event in OUTCOMES:
                turns[row.channel, row.language or NO_LANGUAGE] += row.times
        shown = anonymous(turns, (_any_language, _any_channel))
        rows = [(tuple(map(str, cell)), in_steps(count)) for cell, count in shown.items() if count]
        text = "Texts of today, in steps of five; languages that are few are joined."
        yield _gauges("smsline_turns_today", text, ("channel", "language"), rows)
        text = "Segments sent today to the country that got most, in steps of 20."
        yield _gauge("smsline_segments_today", text, in_steps(max(spent.values(), default=0), SEGMENTS))
        text = "Segments a day to one country, after which its answers shrink (SMSLINE_SEGMENTS_A_DAY)."
        yield _gauge("smsline_segments_limit", text, self.service.rules.segments_a_day)


def _counted(totals: Sequence[Total], line: Line) -> Iterator[Metric]:
    """What happened this year: each sum is made of figures that are in steps already.

    What can happen is there from the begin, with 0: a row that comes with the first text would tell of it.
    """
    channels = {channel.name for channel in line.channels.values()}
    languages = {UNKNOWN, *(own(line, code) for code in line.languages)}
    events = Counter({(kind, channel): 0 for kind in (*OUTCOMES, "shrunk") for channel in channels})
    events["called", "voice"] = 0
    turns = Counter(dict.fromkeys(product(channels, languages, {*OUTCOMES.values()} - {PAGED}), 0))
    turns.update({(channel, NO_LANGUAGE, PAGED): 0 for channel in channels})
    segments = Counter(dict.fromkeys(channels, 0))
    for row in totals:
        if row.segments:
            segments[row.channel] += row.segments
        if shown := in_steps(row.times):
            events[row.event, row.channel] += shown
            if row.event in OUTCOMES:
                turns[row.channel, row.language or NO_LANGUAGE, OUTCOMES[row.event]] += shown
    text = "What happened this year, by kind and channel, in steps of five of each language."
    yield _counters("smsline_events", text, ("event", "channel"), events.items())
    text = "Texts of this year by what came of them, in steps of five of each kind."
    yield _counters("smsline_turns", text, ("channel", "language", "outcome"), turns.items())
    text = "SMS segments sent this year, by channel, in steps of 20."
    sent = [((channel,), in_steps(count, SEGMENTS)) for channel, count in segments.items()]
    yield _counters("smsline_segments", text, ("channel",), sent)


def _turns(counts: Sequence[int]) -> Metric:
    """How long turns took. Without their sum, which would go up with every single text."""
    found = Metric("smsline_turn_seconds", "How long a text took to be answered, in steps of five.", "histogram")
    below = [*accumulate(in_steps(count) for count in counts)]
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), below, strict=True):
        found.add_sample("smsline_turn_seconds_bucket", {"le": bound}, count)
    found.add_sample("smsline_turn_seconds_count", {}, below[-1])
    return found


def _incidents(counts: Mapping[str, int]) -> Metric:
    """What went wrong: with one text in steps too."""
    text = "What went wrong, as the log names it; with one text, in steps of five."
    rows = [((kind,), in_steps(count) if kind in OF_TURNS else count) for kind, count in counts.items()]
    return _counters("smsline_incidents", text, ("kind",), rows)


def _redactions(waiting: int, oldest: int) -> Iterator[Metric]:
    text = "Messages that are still to be redacted at Twilio, in steps of five."
    yield _gauge("smsline_redactions_waiting", text, in_steps(waiting))
    text = "For how long the oldest of them has waited, in whole hours."
    yield _gauge("smsline_redactions_oldest_seconds", text, in_steps(oldest, HOUR))


def _any_language(cell: Cell) -> Cell | None:
    channel, language = cell
    return (channel, OTHERS) if language != OTHERS else None


def _any_channel(cell: Cell) -> Cell | None:
    return (OTHERS, OTHERS) if cell[0] != OTHERS else None


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value)


def _gauges(name: str, text: str, labels: Sequence[str], rows: Rows) -> Metric:
    found = GaugeMetricFamily(name, text, labels=labels)
    for key, value in sorted(rows):
        found.add_metric(key, value)
    return found


def _counters(name: str, text: str, labels: Sequence[str], rows: Rows) -> Metric:
    found = CounterMetricFamily(name, text, labels=labels)
    for key, value in sorted(rows):
        found.add_metric(key, value)
    return found
