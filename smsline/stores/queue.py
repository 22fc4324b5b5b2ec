"""The workers of a machine, one after the other at a store.

SQLite itself lets who waits look again every few milliseconds, whoever is lucky first: with two busy workers that costs
half of what they could answer, and the unlucky wait long. The kernel hands a lock of a file on at once.
"""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType

PAUSE = 0.01
"""Seconds until it is looked again whether the queue is free."""


class Queue:
    """To be entered by one worker at a time. `OSError` for who had to wait longer than `seconds`.

    Where somebody takes the file away, or made one that may not be opened, the workers are no longer in a queue, and
    wait as SQLite lets them.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        self._path, self._seconds = path, seconds
        self._file = self._process = 0
        self._was_in = False

    def __enter__(self) -> None:
        begun = monotonic()
        with suppress(OSError):
            self._wait(begun + self._seconds)
        if monotonic() - begun >= self._seconds:
            self.__exit__(None, None, None)
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError):
            fcntl.flock(self._open(), fcntl.LOCK_UN)

    def _wait(self, until: float) -> None:
        """Wait for the kernel, however long: callers do not (`aside`).

        But look again and again, and no longer than `until`, for the first time: a server that begins, and a command,
        would hang with a worker that does.
        """
        file = self._open()
        while not self._was_in and monotonic() < until:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._was_in = True
                return
            sleep(PAUSE)
        if self._was_in:
            fcntl.flock(file, fcntl.LOCK_EX)

    def _open(self) -> int:
        """The file as this process opened it: over a fork a lock would be shared."""
        if self._process != os.getpid():
            self._file, self._process = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600), os.getpid()
        return self._file
