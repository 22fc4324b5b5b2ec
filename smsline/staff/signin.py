"""Signing in: who is at the page, from a signed cookie, and the ways in which that ends.

The cookie has the name of the account and times, nothing of a caller. It is of this site only, and of the paths below
`/staff`; in production it travels over TLS alone.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from smsline.settings import Settings
from smsline.staff.accounts import Account

LONGEST = 12 * 60 * 60
"""Seconds after which it has ended in any case."""

FREE, FIRST, MOST = 2, 2, 15 * 60
"""Wrong passwords in a row that cost nothing; seconds to wait after the next one, doubled with each, and at most."""

FORGOTTEN = 60 * 60
"""Seconds after which wrong passwords are forgotten."""

AT_ONCE = 20
"""Passwords for names that nobody has which are compared in ten seconds: each takes a tenth of a second and 32 MB."""

STRANGERS = "*"


class _Cookies(SecureCookieSessionInterface):
    """Nobody but the pages for staff reads a cookie: a gateway has none, and a text would wait for it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if request.path.startswith("/staff") else None


def prepare(app: Flask, settings: Settings) -> None:
    """The cookie of sign-ins."""
    app.session_interface = _Cookies()
    app.secret_key = hmac.new(settings.secret, b"staff cookies", sha256).digest()
    app.config.update(
        SESSION_COOKIE_NAME="smsline-staff",
        SESSION_COOKIE_PATH="/staff",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.production,
    )


def let_in(account: Account) -> None:
    """Sign somebody in, with a cookie and a token of its own."""
    chosen = {name: session[name] for name in ("ui", "own", "grew-up") if name in session}
    session.clear()
    now = int(time.time())
    session.update(chosen, name=account.name, mark=account.mark, since=now, seen=now, token=secrets.token_urlsafe(24))


def let_out() -> None:
    """Sign out; what was chosen stays."""
    for name in ("name", "mark", "since", "seen", "token"):
        session.pop(name, None)


def who(accounts: dict[str, Account], idle: int) -> Account | None:
    """Who is signed in, if somebody is, and clicked in the last `idle` seconds; that time begins anew."""
    account, now = accounts.get(str(session.get("name"))), int(time.time())
    if account is None or not hmac.compare_digest(str(session.get("mark")), account.mark):
        return None
    if now - int(session.get("seen", 0)) > idle or now - int(session.get("since", 0)) > LONGEST:
        return None
    session["seen"] = now
    return account


def token() -> str:
    """What every form sends along, so that no other page can send it (also before somebody is signed in)."""
    if "token" not in session:
        session["token"] = secrets.token_urlsafe(24)
    return str(session["token"])


def is_ours(request: Request) -> bool:
    """Whether a form was sent from a page of ours, of this sign-in."""
    given = request.form.get("token", "").encode()
    return "token" in session and hmac.compare_digest(given, str(session["token"]).encode())


def came_from_us(request: Request) -> bool:
    """Whether the browser does not say that another site sent it (fetch metadata, W3C); older ones say nothing."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


@dataclass(frozen=True, slots=True)
class Delays:
    """How long somebody has to wait after wrong passwords: one file for all workers, names as keyed hashes."""

    path: Path
    secret: bytes

    def wait(self, name: str) -> int:
        """Seconds until a password for this name is looked at again; 0 now."""
        now = time.time()
        with self._known() as known:
            count, last = known.get(self._key(name), (0, 0.0))
            left = last + _pause(count) - now
        return int(left) + 1 if left > 0 else 0

    def is_flooded(self) -> bool:
        """Whether so many names that nobody has were tried that no more passwords are compared for them; it counts one.

        Who has an account does not notice: only her own wrong passwords make her wait.
        """
        now = time.time()
        with self._known() as known:
            recent = [moment for moment in known.get(STRANGERS, []) if now - moment < 10]
            flooded = len(recent) >= AT_ONCE
            known[STRANGERS] = recent if flooded else [*recent, now]
        return flooded

    def wrong(self, name: str) -> int:
        """Count a wrong password; seconds to wait now."""
        with self._known() as known:
            count, last = known.get(self._key(name), (0, 0.0))
            count = 1 if time.time() - last > FORGOTTEN else count + 1
            known[self._key(name)] = (count, time.time())
        return _pause(count)

    def right(self, name: str) -> None:
        """Forget the wrong ones."""
        with self._known() as known:
            known.pop(self._key(name), None)

    def _key(self, name: str) -> str:
        return hmac.new(self.secret, b"staff " + name.encode("utf-8", "replace"), sha256).hexdigest()[:24]

    @contextmanager
    def _known(self) -> Iterator[dict[str, Any]]:
        with self.path.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            try:
                known = dict(json.loads(file.read() or "{}"))
            except ValueError:
                known = {}
            yield known
            old = time.time() - FORGOTTEN
            kept = {key: row for key, row in known.items() if key == STRANGERS or row[1] > old}
            file.seek(0)
            file.truncate()
            json.dump(kept, file)


def _pause(count: int) -> int:
    return 0 if count <= FREE else min(MOST, FIRST << min(count - FREE - 1, 20))
