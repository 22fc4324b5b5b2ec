"""The server as a process: what it does with signals."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

from smsline.serving import _give_place

from .server import Server

SLOW = """
import time
from smsline.cli import main
from smsline.serving import _Worker

begin = _Worker.init_process

def slowly(worker):
    time.sleep(1.0 if worker.age > 1 else 0.0)
    begin(worker)

_Worker.init_process = slowly
main()
"""
"""A server whose second worker needs a second to come to life, as on a machine that has much else to do."""


def test_a_server_that_is_told_to_end_while_a_worker_is_made_ends(tmp_path):
    slow = tmp_path / "slow.py"
    slow.write_text(SLOW)
    with Server(tmp_path, program=[sys.executable, str(slow), "serve"]) as running:
        assert running.get("/healthz")[0] == 200
    assert running.process.returncode == 0


def begun(parent, number):
    """A worker that the parent of the others begins, with a number as it has processes."""
    worker = SimpleNamespace()
    _give_place(parent, worker)
    parent.WORKERS[number] = worker
    return worker


def test_a_new_worker_runs_where_the_fewest_do(monkeypatch):
    monkeypatch.setattr("smsline.serving.PROCESSORS", [0, 3])
    parent = SimpleNamespace(WORKERS={})
    assert [begun(parent, number).processor for number in range(5)] == [0, 3, 0, 3, 0]
    for ended in (0, 2, 4):
        del parent.WORKERS[ended]
    assert [begun(parent, number).processor for number in (5, 6)] == [0, 0]


def test_where_no_processor_can_be_chosen_a_worker_runs_anywhere(monkeypatch):
    monkeypatch.setattr("smsline.serving.PROCESSORS", [])
    assert begun(SimpleNamespace(WORKERS={}), 1).processor is None


def test_what_is_slow_to_import_is_not_needed_to_answer():
    slow = "twilio.rest requests sqlite_utils redis pygal"
    program = f"import smsline.serving, sys; print(*[name for name in {slow.split()} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
