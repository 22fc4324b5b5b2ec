"""The store: that it can be used, on a disk that suits and lasts. One function for each kind."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from smsline.address import SCHEMES, address
from smsline.doctor.finding import Finding, mend, ok, warn
from smsline.errors import SmslineError
from smsline.settings import Settings
from smsline.stores.files import says_invented

MEGABYTE = 1024 * 1024

ROOM = 200 * MEGABYTE
"""Free bytes below which a disk is as good as full: the store itself stays far smaller."""

NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.glusterfs")
"""File systems of other machines, where SQLite's WAL does not work (sqlite.org/wal.html)."""

PASSING = {"tmpfs": "in memory", "ramfs": "in memory", "overlay": "in a container", "aufs": "in a container"}
"""File systems whose content is gone at the next start or release."""

TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108

LASTS = "Set SMSLINE_STORE to a disk that lasts; docs/operations.md says what to do where there is none."


def store(settings: Settings) -> Iterator[Finding]:
    """Whether the store of the settings can be used, and lasts."""
    return next(look for begin, look in KINDS.items() if settings.store.startswith(begin))(settings)


def _memory(settings: Settings) -> Iterator[Finding]:
    yield mend("SMSLINE_STORE is memory: everything is forgotten at each start", LASTS)


def _sqlite(settings: Settings) -> Iterator[Finding]:
    path = Path(settings.store.removeprefix("sqlite:///")).absolute()
    folder = path.parent
    if not folder.is_dir():
        yield mend(f"the folder {folder} of the store is not there", "Make it, or change SMSLINE_STORE.")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        do = "Give it to the user that the line runs as, or run this as that user."
        yield mend(f"the folder {folder} of the store cannot be written", do)
        return
    yield _opened(path) if path.exists() else ok("the store is not there yet: the first start makes it")
    yield on_disk(folder, Path("/proc/self/mountinfo"))
    free = shutil.disk_usage(folder).free
    what = f"{free // MEGABYTE} MB are free on the disk of the store"
    yield ok(what) if free >= ROOM else mend(what, "Make room: on a full disk nothing is counted and no chat goes on.")
    yield from _aside(path)


def _opened(path: Path) -> Finding:
    """Whether it can be read and written as it is. Nothing is changed, not even what is of an older version."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=5)) as connection:
            connection.isolation_level = None
            (mode,) = connection.execute("pragma journal_mode").fetchone()
            connection.execute("begin immediate")
            connection.execute("select 1 from session limit 1")
            connection.execute("rollback")
    except sqlite3.Error as error:
        do = "Give it to the user of the line if it is another's; if it is broken: smsline restore FILE"
        return mend(f"the store {path} cannot be used: {error}", do)
    if says_invented(path):
        return mend("the store holds an invented year, which production refuses", "Set another SMSLINE_STORE.")
    if mode != "wal":
        do = "Start the line once; if it stays so, the disk does not allow WAL: choose another."
        return mend(f"the journal of the store is {mode}, not WAL", do)
    return ok("the store can be read and written, and its journal is WAL")


def on_disk(folder: Path, mounts: Path) -> Finding:
    """What kind of file system a folder is on, by the table of mounts of a process (proc(5), mountinfo)."""
    folder = folder.resolve()
    kind = _kind(folder, mounts)
    if kind in NETWORK:
        what = f"the store is on a file system of another machine ({kind}), where SQLite's WAL does not work"
        return mend(what, "Set SMSLINE_STORE to a disk of this machine.")
    if any(folder.is_relative_to(place) for place in TEMPORARY):
        return mend(f"the store is in {folder}, which is emptied", LASTS)
    if kind in PASSING:
        lost = "counts, sessions and the history of the staff pages are lost at the next start or release"
        return mend(f"the store is {PASSING[kind]} ({kind}): {lost}", LASTS)
    return ok(f"the disk of the store lasts ({kind})")


def _kind(folder: Path, mounts: Path) -> str:
    """The type of the file system that a folder is on: that of the longest mount point above it."""
    best, kind = -1, "unknown"
    try:
        rows = mounts.read_text(encoding="utf-8").splitlines()
    except OSError:
        return kind
    for row in rows:
        before, _, after = row.partition(" - ")
        point = before.split()[4].encode().decode("unicode_escape")
        if folder.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), after.split()[0]
    return kind


def _aside(path: Path) -> Iterator[Finding]:
    """Stores that were broken keep the rows of callers until somebody deletes them."""
    aside = path.parent.glob(f"{path.name}.corrupt-*")
    broken = {one.name.removesuffix("-wal").removesuffix("-shm") for one in aside}
    if broken:
        do = f"Look at them once, then delete them: rm {path}.corrupt-*"
        yield warn(f"{len(broken)} broken stores are set aside, with rows of callers", do)


def _redis(settings: Settings) -> Iterator[Finding]:
    """Whether a Redis can be used, and how it keeps what it has."""
    from smsline.stores.redis import RedisStore  # slow to import

    try:
        store = RedisStore(address(settings.store))
        store.salts()
        invented, said = store.is_invented(), store.info()
    except SmslineError as error:
        yield mend(str(error).removesuffix("."), "See docs/operations.md, Several machines.")
        return
    if invented:
        yield mend("the store holds an invented year, which production refuses", "Set another SMSLINE_STORE.")
    else:
        yield ok("the store can be read and written")
    if said.get("role") != "master":
        yield mend("this Redis is a replica, which takes no changes", "Name the primary, or the sentinels.")
    if said.get("aof_enabled") == 1:
        yield ok("Redis writes what it is told to its disk")
    else:
        yield mend("Redis loses all since its last snapshot when it dies", "Set its appendonly to yes.")
    policy = said.get("maxmemory_policy")
    if policy == "noeviction":
        yield ok("Redis takes nothing away when its memory is full")
    else:
        what = f"Redis takes counts away when its memory is full (maxmemory-policy {policy})"
        yield mend(what, "Set it to noeviction.")


KINDS: dict[str, Callable[[Settings], Iterator[Finding]]] = {
    "sqlite:///": _sqlite, "memory:": _memory, **dict.fromkeys(SCHEMES, _redis),
}  # fmt: skip
"""What looks at a store, by how its setting begins."""
