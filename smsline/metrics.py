"""What `/metrics` shows, in the text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats).

Counts of what happened, by kind and channel, each through `anonymous`: a scrape leaves the machine like any report.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

from smsline.anonymity import Cell, anonymous
from smsline.service import SILENT, Service
from smsline.stores import StoreError


def exposed(service: Service) -> Iterator[str]:
    """The lines of the page. Where the store cannot be read, that it cannot, and nothing else."""
    try:
        days, (waiting, oldest) = service.aside.call(
            lambda: (list(service.store.days()), service.store.waiting(int(time.time()))), SILENT
        )
    except StoreError:
        yield "# TYPE smsline_store_up gauge"
        yield "smsline_store_up 0"
        return
    events: Counter[Cell] = Counter()
    segments: Counter[Cell] = Counter()
    for day in days:
        events[day.event, day.channel] += day.times
        segments[(day.channel,)] += day.segments
    yield "# TYPE smsline_store_up gauge"
    yield "smsline_store_up 1"
    yield "# HELP smsline_events_total What happened, by kind and channel; below five it is 0."
    yield "# TYPE smsline_events_total counter"
    for (event, channel), count in sorted(anonymous(events).items(), key=str):
        yield f'smsline_events_total{{event="{event}",channel="{channel}"}} {count or 0}'
    yield "# HELP smsline_segments_total SMS segments sent, by channel."
    yield "# TYPE smsline_segments_total counter"
    for (channel,), count in sorted(anonymous(segments).items(), key=str):
        yield f'smsline_segments_total{{channel="{channel}"}} {count or 0}'
    yield "# HELP smsline_redactions_waiting Messages that are still to be redacted at Twilio."
    yield "# TYPE smsline_redactions_waiting gauge"
    yield f"smsline_redactions_waiting {waiting}"
    yield "# HELP smsline_redactions_oldest_seconds For how long the oldest of them has waited."
    yield "# TYPE smsline_redactions_oldest_seconds gauge"
    yield f"smsline_redactions_oldest_seconds {oldest}"
