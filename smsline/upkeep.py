"""What a worker does beside answering, also when nobody texts: threads, since workers never fork.

Once a minute it deletes what has ended and refreshes what it knows; every few seconds it redacts at Twilio and looks
whether the content has changed. New content is taken up between two turns, and only when it checks without a problem.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from smsline.channels import redaction
from smsline.content.loading import Content, load_content
from smsline.content.translations import found_in
from smsline.errors import Problem, SmslineError
from smsline.kept import ACCEPTED, Kept, fingerprint
from smsline.service import Service
from smsline.settings import Settings

log = logging.getLogger("smsline")

SWEEP, REDACT, LOOK, WRITE, QUIET = 60.0, 5.0, 1.0, 1.0, 1.0
"""Seconds between two rounds of each kind; and for which content must not change before it is looked at."""

LONGEST_CHECK = 300
"""Seconds after which a check is given up."""


def keep_house(service: Service, settings: Settings, kept: Kept) -> None:
    """Start the threads of a worker."""

    watch = Watch(service, settings, kept)
    watch.catch_up()
    every(SWEEP, lambda: service.store.sweep(int(time.time())), "sweep-failed", at_once=True)
    every(WRITE, service.store.write_back, "write-failed")
    every(SWEEP, lambda: service.refresh(datetime.now(UTC)), "refresh-failed")
    every(LOOK, watch.look, "content-failed", at_once=True)
    if settings.redacts:
        every(REDACT, lambda: _redact(service, settings), "redaction-failed")


def _redact(service: Service, settings: Settings) -> None:
    service.settle()
    redaction.redact_due(service.store, settings, datetime.now(UTC))


def begin(settings: Settings, kept: Kept | None = None) -> tuple[Content, str]:
    """What the line of a server begins with, and the state of it. What an earlier one had accepted is over.

    A language whose file is broken is answered from the last one that was good. `ContentError` where more is wrong.
    """
    if kept:
        kept.forget_verdicts()
    folders, wrong = (settings.menus, settings.locales), list[Problem]()
    state = fingerprint(*folders)
    if kept and kept.copied():
        folders = kept.parts(kept.fresh)
    content = load_content(*folders, settings.production, wrong)
    for problem in wrong:
        log.error("content-set-aside %s", problem)
    if kept and folders[0].parent == kept.fresh:
        if wrong:
            kept.restore({found_in(problem.file) for problem in wrong})
            content = load_content(*folders, settings.production)
        kept.swap()
    return content, state


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


class Watch:
    """Whether the content has changed since a worker loaded it. All workers share one check, by a file at the store."""

    def __init__(self, service: Service, settings: Settings, kept: Kept) -> None:
        self.service, self.settings, self.kept = service, settings, kept
        self.seen = service.loaded

    def _load(self) -> Content:
        """The last content that was accepted, in the languages that are answered here."""
        return load_content(*self.kept.parts(self.kept.path), self.settings.production, [])

    def catch_up(self) -> None:
        """Begin with what the others answer from: a worker that is new has the content of the start of the server.

        Where that cannot be read it answers from that of the start: a worker that does not begin answers nobody.
        """
        try:
            with self.kept.verdicts() as known:  # while it is held nobody puts newer content in the place of this
                accepted = known.get(ACCEPTED, "")
                if accepted and accepted != self.service.loaded:
                    self.service.take(self._load(), accepted)
        except Exception:
            log.error("content-failed")
        self.seen = self.service.loaded
        self.kept.tell(self.seen)

    def look(self) -> None:
        """Take up new content that is whole and right; leave the old where it is not, and say why in the log."""
        now = self.kept.state()
        if now == self.seen:
            return
        if self.kept.verdict() is None:  # neither another worker has looked at it, nor the pages for staff
            time.sleep(QUIET)
            if self.kept.state() != now:
                return  # somebody is still writing
        reason = self._verdict(now)
        if not reason:
            reason = self._taken(now)
        self.seen = now
        if reason:
            log.error("content-refused %s", reason)

    def _taken(self, now: str) -> str:
        try:
            content = self._load()
        except SmslineError as error:
            return str(error).split("\n", 1)[0]
        self.service.take(content, now)
        self.kept.tell(now)
        log.info("content-taken")
        return ""

    def _verdict(self, now: str) -> str:
        """Why it may not be taken up; empty where it may. The first worker checks, the others read what it found."""
        with self.kept.verdicts() as known:
            if now not in known:
                accepted = known.get(ACCEPTED, "")
                known.clear()
                known[now] = self._accepted(now)
                if not known[now]:
                    accepted = now
                known[ACCEPTED] = accepted
            return known[now]

    def _accepted(self, now: str) -> str:
        """Check a copy, and keep it. A language whose file alone is wrong keeps the last one that was good."""
        self.kept.copy()
        if self.kept.state() != now:
            return "it changed while it was checked"
        found = self._problems()
        broken = {found_in(row) for row in found}
        if found and "" not in broken:
            for row in found:
                log.error("content-set-aside %s", row)
            lost = self.kept.restore(broken)
            found = [row for row in self._problems() if found_in(row) not in lost]
        if not found:
            self.kept.swap()
        return found[0] if found else ""

    def _problems(self) -> list[str]:
        """What `smsline check` finds in the copy, in a process of its own that stands behind the others.

        It looks at what differs from the content that is answered from: that takes seconds, and all of it a quarter of
        a minute.
        """
        menus, locales = self.kept.parts(self.kept.fresh)
        environ = {**os.environ, "SMSLINE_MENUS": str(menus), "SMSLINE_LOCALES": str(locales)}
        command = [sys.executable, "-c", "import os; os.nice(10); from smsline.cli import main; main()",
                   "check", "--no-reminders", "--since", str(self.kept.path)]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603
                command, env=environ, capture_output=True, text=True, timeout=LONGEST_CHECK, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return ["the check did not come to an end"]
        said = [row for row in (done.stdout or done.stderr).split("\n") if row.strip()]
        return [] if done.returncode == 0 else said[:-1] or ["the check failed"]
