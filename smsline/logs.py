"""The log: one line for each thing that happened, its first word what it was. As text, or as JSON for machines.

No line has anything of a request. So no traceback is ever written, and what a library says is left out: both could
quote one. Gunicorn's own lines are about processes, and are written as they are.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from typing import Any

from smsline.counters import Counters

log = logging.getLogger("smsline")


def keep_log(form: str) -> None:
    """Write the log of this process, and of those that it forks, to stderr, as `text` or as `json`."""
    logging.raiseExceptions = False  # a line that cannot be written would be quoted, whatever is in it
    logging.captureWarnings(True)
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # its warnings quote addresses
    threading.excepthook = _thread_failed
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    log.setLevel(logging.INFO)
    root.handlers = [lines]


def count_log(counters: Counters) -> None:
    """Count what goes wrong from here on."""
    logging.getLogger().addHandler(_Counting(counters))


def told(record: logging.LogRecord) -> tuple[str, str]:
    """What happened, in a word, and what there is to say of it."""
    if record.name.startswith("gunicorn"):
        event, detail = "server-failed" if record.levelno >= logging.ERROR else "server", record.getMessage()
    elif record.name == log.name:
        event, _, detail = record.getMessage().partition(" ")
    else:
        event, detail = "library", record.name
    return event, " ".join(detail.split("\n"))


class _Text(logging.Formatter):
    """When, what, and more of it: 2026-11-27 09:12:44,101 content-refused menus/line.yaml:3 ..."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{self.formatTime(record)} {' '.join(told(record))}".rstrip()


class _Json(logging.Formatter):
    """The same as an object, with the id of the process."""

    def format(self, record: logging.LogRecord) -> str:
        event, detail = told(record)
        row = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": event,
            "detail": detail,
            "worker": record.process,
        }
        return json.dumps(row, ensure_ascii=False)


class _Counting(logging.Handler):
    """Counts the lines."""

    def __init__(self, counters: Counters) -> None:
        super().__init__()
        self.counters = counters

    def emit(self, record: logging.LogRecord) -> None:
        self.counters.incident(told(record)[0])


def _thread_failed(failed: Any) -> None:
    log.error("thread-failed %s", failed.exc_type.__name__)
