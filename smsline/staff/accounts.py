"""Who of the staff may come in: a file of one line each, `name role hash`, made by `smsline staff add`.

The hashes are scrypt's (RFC 7914), as werkzeug writes them. To take somebody away is to take the line away.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

from smsline.errors import SmslineError

ROLES = ("editor", "viewer")
"""Who may change, and who may only look."""

SHORTEST = 12
"""Letters of a password at least (NCSC and NIST SP 800-63B ask for length, and for nothing else)."""

_name = re.compile(r"[a-z][a-z0-9.-]{0,29}")


@dataclass(frozen=True)
class Account:
    """One of the staff. `hash` is that of the password."""

    name: str
    role: str
    hash: str

    @property
    def edits(self) -> bool:
        """Whether she may change anything."""
        return self.role == "editor"

    @cached_property
    def mark(self) -> str:
        """What a sign-in remembers of the account: with another password it is over."""
        return sha256(f"{self.hash} {self.role}".encode()).hexdigest()[:16]


def read_accounts(path: Path, wrong: list[str] | None = None) -> dict[str, Account]:
    """The accounts by name; none where there is no file. `SmslineError` with the line that is none.

    Where `wrong` is given, such a line is put there, and the others count.
    """
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SmslineError(f"SMSLINE_STAFF: {path} cannot be read.") from error
    found = {}
    for number, row in enumerate(rows, 1):
        parts = row.split()
        if not parts or row.startswith("#"):
            continue
        if len(parts) != 3 or parts[1] not in ROLES or not parts[2].startswith("scrypt:"):
            said = f"{path}:{number}  is no account. Take the line away, and run: smsline staff add NAME"
            if wrong is None:
                raise SmslineError(said)
            wrong.append(said)
            continue
        found[parts[0]] = Account(*parts)
    return found


def add(path: Path, name: str, role: str, password: str) -> Account:
    """Add an account. `SmslineError` where the name, the role or the password will not do."""
    if not _name.fullmatch(name):
        raise SmslineError(f'"{name}" is no name for an account. Write small letters and figures, such as maria.')
    if role not in ROLES:
        raise SmslineError(f'"{role}" is no role. Choose one of {", ".join(ROLES)}.')
    if len(password) < SHORTEST:
        raise SmslineError(f"The password has {len(password)} letters, at least {SHORTEST}.")
    account = Account(name, role, generate_password_hash(password))
    with _alone(path):
        known = read_accounts(path)
        if name in known:
            raise SmslineError(f"{name} has an account. Take it away first: smsline staff remove {name}")
        _write(path, {**known, name: account})
    return account


def remove(path: Path, name: str) -> None:
    """Take an account away; whoever is signed in with it is out. `SmslineError` where there is none."""
    with _alone(path):
        known = read_accounts(path)
        if name not in known:
            raise SmslineError(f'There is no account "{name}". Known are: {", ".join(known) or "none"}.')
        del known[name]
        _write(path, known)


def matches(account: Account | None, password: str) -> bool:
    """Whether it is the password of an account: takes as long where there is none."""
    try:
        right = check_password_hash(account.hash if account else _nobody(), password)
    except ValueError:  # a hash that somebody typed
        return False
    return right and account is not None


@cache
def _nobody() -> str:
    """What a password is compared with where there is no such account, so that it takes as long."""
    return generate_password_hash(secrets.token_hex(8))


def made_up() -> str:
    """A password nobody thought of: 79 bits, in groups that can be read aloud."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile."""
    try:
        folder = os.open(path.parent, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError as error:
        raise SmslineError(f"SMSLINE_STAFF: {path.parent} cannot be read: {error.strerror}.") from error
    try:
        yield
    finally:
        os.close(folder)


def _write(path: Path, accounts: Mapping[str, Account]) -> None:
    """Write the file whole, or not at all; for its owner alone."""
    text = "".join(f"{one.name} {one.role} {one.hash}\n" for one in accounts.values())
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".staff")  # made with mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except OSError as error:
        raise SmslineError(f"SMSLINE_STAFF: {path} cannot be written: {error.strerror}.") from error
