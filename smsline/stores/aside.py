"""Calls that are given up when they take too long: a disk that has gone silent keeps one, whatever SQLite limits.

They run one after the other in a thread of their own; while one hangs, no other is begun. The two threads wake each
other through pipes: a read or a write lets go of Python's lock as it waits, where a queue of Python's has the woken
thread wait for that lock once more. That halves what handing over costs each text.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from threading import Lock, Thread
from time import monotonic
from typing import Any

from smsline.stores import StoreError

WAKE = b"."


class Aside:
    """One thread of a process, made at the first call: a worker has its own after the fork."""

    def __init__(self) -> None:
        self._process = 0

    def _begin(self) -> None:
        self._process, self._free = os.getpid(), Lock()
        self._going, self._go = os.pipe()
        self._done, self._finished = os.pipe()
        self._over = select.poll()
        self._over.register(self._done, select.POLLIN)
        Thread(target=self._work, args=(self._going, self._finished, self._free), daemon=True).start()

    def call(self, do: Callable[[], Any], seconds: float) -> Any:
        """What `do` gives, or raises; `StoreError` after `seconds`, those for which an earlier call hangs included."""
        if self._process != os.getpid():
            self._begin()
        until = monotonic() + seconds
        if not self._free.acquire(timeout=seconds):
            raise StoreError("The store has not answered yet.")
        call = self._next = _Call(do)
        os.write(self._go, WAKE)
        in_time = self._over.poll(max(0.0, until - monotonic()) * 1000)
        if not in_time and call.is_first():
            raise StoreError("The store does not answer.")  # whenever it does, the thread says that it is free
        os.read(self._done, 1)
        self._free.release()
        if call.error is not None:
            raise call.error
        return call.value

    def _work(self, going: int, finished: int, free: Lock) -> None:
        while os.read(going, 1):
            call = self._next
            call.run()
            if call.is_first():
                os.write(finished, WAKE)
            else:
                free.release()


class _Call:
    """One call: what it gave or raised, and whether it ended before it was given up."""

    __slots__ = ("_do", "_lock", "error", "value")

    def __init__(self, do: Callable[[], Any]) -> None:
        self._do, self._lock = do, Lock()
        self.value: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.value = self._do()
        except BaseException as error:
            self.error = error

    def is_first(self) -> bool:
        """Whether nobody has asked before: who waits does when it gives up, the thread when it is done."""
        return self._lock.acquire(blocking=False)
