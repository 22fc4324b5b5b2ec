"""What the log writes, and what it never does: run in a process of its own, whose log it is."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

BEGIN = """
import logging, threading, warnings
from smsline.counters import Counters
from smsline.logs import count_log, keep_log
keep_log("{form}")
log = logging.getLogger("smsline")
"""


def written(program: str, form: str = "text") -> list[str]:
    """The lines that a program writes to its log."""
    done = subprocess.run([sys.executable, "-c", BEGIN.format(form=form) + program], capture_output=True, text=True,
                          check=True)  # fmt: skip
    return done.stderr.splitlines()


def test_a_line_is_when_what_and_more_of_it():
    (row,) = written("log.error('content-refused %s', 'menus/line.yaml:3  this is wrong')")
    day, clock, rest = row.split(" ", 2)
    assert (len(day), len(clock)) == (len("2026-11-26"), len("09:12:44,101"))
    assert rest == "content-refused menus/line.yaml:3  this is wrong"


def test_as_json_it_is_an_object_with_the_same():
    (row,) = written("log.info('content-refused %s', 'menus/line.yaml:3  \\u00e9\\nis wrong')", "json")
    found = json.loads(row)
    assert found.pop("time").endswith("+00:00")
    assert found.pop("worker") > 0
    assert found == {"level": "info", "event": "content-refused", "detail": "menus/line.yaml:3  é is wrong"}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    ("program", "event"),
    [
        ("try:\n    int('qzxmarked')\nexcept ValueError:\n    log.exception('engine-failed')", "engine-failed"),
        ("logging.getLogger('elsewhere').error('qzxmarked')", "library elsewhere"),
        ("warnings.warn('qzxmarked')", "library py.warnings"),
        ("thread = threading.Thread(target=int, args=('qzxmarked',))\nthread.start()\nthread.join()",
         "thread-failed ValueError"),
        ("logging.getLogger('urllib3').error('qzxmarked')", ""),
        ("log.error('%d', 'qzxmarked')", ""),
    ],
)  # fmt: skip
def test_nothing_that_could_quote_a_text_is_written(program, event, form):
    rows = written(program, form)
    assert len(rows) == bool(event)
    assert "qzxmarked" not in "".join(rows)
    assert all(word in row for row in rows for word in event.split())


def test_gunicorns_own_lines_are_about_processes_and_stay_whole():
    program = "logging.getLogger('gunicorn.error').{}('Worker (pid:%s) was sent SIGKILL!', 7)"
    assert written(program.format("error"))[0].endswith(" server-failed Worker (pid:7) was sent SIGKILL!")
    assert written(program.format("warning"))[0].endswith(" server Worker (pid:7) was sent SIGKILL!")


def test_what_goes_wrong_is_counted_by_its_word():
    counting = """
counters = Counters()
count_log(counters)
log.error("store-failed")
log.error("engine-failed ValueError step.py:12")
log.info("content-taken")
print({kind: times for kind, times in counters.incidents().items() if times})
"""
    done = subprocess.run([sys.executable, "-c", BEGIN.format(form="json") + counting], capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert done.stdout == "{'engine-failed': 1, 'store-failed': 1}\n"
