"""Calls that are given up when they take too long: a disk that has gone silent keeps one, whatever SQLite limits.

They run one after the other in a thread of their own; while one hangs, no other is begun.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

from smsline.stores import StoreError

Calls = SimpleQueue[tuple[Callable[[], Any], SimpleQueue[Any]]]


class Aside:
    """One thread of a process, made at the first call: a worker has its own after the fork."""

    def __init__(self) -> None:
        self._begin()
        self._process = 0

    def _begin(self) -> None:
        self._process, self._free = os.getpid(), Lock()
        self._calls: Calls = SimpleQueue()

    def call(self, do: Callable[[], Any], seconds: float) -> Any:
        """What `do` gives, or raises; `StoreError` after `seconds`, those for which an earlier call hangs included."""
        if self._process != os.getpid():
            self._begin()
            Thread(target=_work, args=(self._calls, self._free), daemon=True).start()
        until = monotonic() + seconds
        if not self._free.acquire(timeout=seconds):
            raise StoreError("The store has not answered yet.")
        result: SimpleQueue[Any] = SimpleQueue()
        self._calls.put((do, result))
        try:
            done, value = result.get(timeout=max(0.0, until - monotonic()))
        except Empty:
            raise StoreError("The store does not answer.") from None
        if not done:
            raise value
        return value


def _work(calls: Calls, free: Lock) -> None:
    while True:
        do, result = calls.get()
        try:
            found = (True, do())
        except BaseException as error:
            found = (False, error)
        free.release()
        result.put(found)
