"""What a worker does beside answering, also when nobody texts: threads, since workers never fork.

Once a minute it deletes what has ended and refreshes what it knows; every few seconds it redacts at Twilio and looks
whether the content has changed. New content is taken up between two turns, and only when it checks without a problem.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from smsline.channels import redaction
from smsline.content.loading import load
from smsline.errors import SmslineError
from smsline.service import Service
from smsline.settings import Settings

log = logging.getLogger("smsline")

SWEEP, REDACT, LOOK = 60.0, 5.0, 2.0
"""Seconds between two rounds of each kind."""

ACCEPTED = "accepted"
"""The name under which the workers share which content was the last to be taken up."""

LONGEST_CHECK = 300
"""Seconds after which a check is given up."""


def keep_house(service: Service, settings: Settings) -> None:
    """Start the threads of a worker."""

    watch = Watch(service, settings)
    watch.catch_up()
    every(SWEEP, lambda: service.store.sweep(int(time.time())), "sweep-failed")
    every(SWEEP, lambda: service.refresh(datetime.now(UTC)), "refresh-failed")
    every(LOOK, watch.look, "content-failed", at_once=True)
    if settings.redacts:
        every(REDACT, lambda: _redact(service, settings), "redaction-failed")


def _redact(service: Service, settings: Settings) -> None:
    service.settle()
    redaction.redact_due(service.store, settings, datetime.now(UTC))


def begin_anew(settings: Settings) -> None:
    """At the start of a server: what an earlier one had accepted is over."""
    if settings.store.startswith("sqlite:///"):
        path = Path(settings.store.removeprefix("sqlite:///"))
        path.with_name(path.name + ".content").unlink(missing_ok=True)
        shutil.rmtree(path.with_name(path.name + ".accepted"), ignore_errors=True)


def every(seconds: float, do: Callable[[], object], failed: str, at_once: bool = False) -> None:
    """Do something again and again in a thread of its own; what goes wrong is one word in the log."""

    def again() -> None:
        if not at_once:
            time.sleep(seconds)
        while True:
            try:
                do()
            except Exception:
                log.error(failed)
            time.sleep(seconds)

    threading.Thread(target=again, daemon=True).start()


def fingerprint(*folders: Path) -> str:
    """What tells two states of the content apart: names, sizes and times of all files."""
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".yaml", ".po") and path.is_file():
                row = path.stat()
                found.update(f"{path} {row.st_size} {row.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _pairs(text: str) -> dict[str, str]:
    """What the workers share; nothing where a crash left half of it."""
    try:
        known = json.loads(text)
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


class Watch:
    """Whether the content has changed since a worker loaded it. All workers share one check, by a file at the store."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service, self.settings = service, settings
        self.folders = (settings.menus, settings.locales)
        self.seen = service.loaded

    def catch_up(self) -> None:
        """Begin with what the others answer from: a worker that is new has the content of the start of the server.

        Where that cannot be read it answers from that of the start: a worker that does not begin answers nobody.
        """
        try:
            with self._known() as known:  # while it is held nobody puts newer content in the place of this
                accepted = known.get(ACCEPTED, "")
                if accepted and accepted != self.service.loaded:
                    self.service.take(load(self._kept() / "menus", self._kept() / "locales"), accepted)
        except Exception:
            log.error("content-failed")
        self.seen = self.service.loaded

    def _kept(self) -> Path:
        """Where the last content that was accepted is kept, beside the store."""
        return Path(self.settings.store.removeprefix("sqlite:///") + ".accepted")

    def _keep(self, now: str) -> str:
        """Keep a copy of what was checked; why not, where that is no longer what stands in the folders."""
        if not self.settings.store.startswith("sqlite:///"):
            return ""
        kept = self._kept()
        fresh = kept.with_name(kept.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        for folder, name in zip(self.folders, ("menus", "locales"), strict=True):
            shutil.copytree(folder, fresh / name)
        if fingerprint(*self.folders) != now:
            return "it changed while it was checked"
        shutil.rmtree(kept, ignore_errors=True)
        fresh.rename(kept)
        return ""

    def look(self) -> None:
        """Take up new content that is whole and right; leave the old where it is not, and say why in the log."""
        now = fingerprint(*self.folders)
        if now == self.seen:
            return
        time.sleep(LOOK / 2)
        if fingerprint(*self.folders) != now:
            return  # somebody is still writing
        reason = self._verdict(now)
        if not reason:
            reason = self._taken(now)
        self.seen = now
        if reason:
            log.error("content-refused %s", reason)

    def _taken(self, now: str) -> str:
        try:
            line = load(*self.folders)
        except SmslineError as error:
            return str(error).split("\n", 1)[0]
        if fingerprint(*self.folders) != now:
            return "it changed while it was read"
        self.service.take(line, now)
        log.error("content-taken")
        return ""

    def _verdict(self, now: str) -> str:
        """Why it may not be taken up; empty where it may. The first worker checks, the others read what it found."""
        with self._known() as known:
            if now not in known:
                accepted = known.get(ACCEPTED, "")
                known.clear()
                known[now] = self._checked() or self._keep(now)
                if not known[now]:
                    accepted = now
                known[ACCEPTED] = accepted
            return known[now]

    @contextmanager
    def _known(self) -> Iterator[dict[str, str]]:
        if not self.settings.store.startswith("sqlite:///"):
            yield {}
            return
        path = Path(self.settings.store.removeprefix("sqlite:///") + ".content")
        with path.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            known = _pairs(file.read())
            before = dict(known)
            yield known
            if known != before:
                file.seek(0)
                file.truncate()
                file.write(json.dumps(known))

    def _checked(self) -> str:
        """The first problem that `smsline check` finds, in a process of its own that stands behind the others."""
        environ = {**os.environ, "SMSLINE_MENUS": str(self.folders[0]), "SMSLINE_LOCALES": str(self.folders[1])}
        command = [sys.executable, "-c", "import os; os.nice(10); from smsline.cli import main; main()",
                   "check", "--no-reminders"]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603
                command, env=environ, capture_output=True, text=True, timeout=LONGEST_CHECK, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return "the check did not come to an end"
        said = (done.stdout or done.stderr).strip().split("\n")
        return "" if done.returncode == 0 else said[0] or "the check failed"
