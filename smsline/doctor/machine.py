"""The machine: memory, processors, clock, and the versions of what is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from smsline.doctor.finding import Finding, mend, ok, warn
from smsline.engine.model import HOME
from smsline.settings import Settings

MEGABYTE = 1024 * 1024

SHARED, WORKER, CHECK = 160, 260, 280
"""Megabytes of the parent, of each worker after it took up new content, and of a check of new content.

Measured with the content of this repository (docs/operations.md, Deploying), and rounded up.
"""

MOST_A_CORE = 4
"""Workers of one processor above which they stand in each other's way."""

LIMITS = ("memory.max", "memory/memory.limit_in_bytes")
"""Where Linux says how much memory a container may have, in cgroups of version 2 and 1."""

_pinned = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*\\?$", re.MULTILINE)


def machine(settings: Settings) -> Iterator[Finding]:
    """Whether the machine suits so many workers, knows the time, and has the versions that were tried."""
    yield memory(settings.workers, Path("/proc/meminfo"), Path("/sys/fs/cgroup"))
    yield from swap(Path("/proc/meminfo"))
    yield processors(settings.workers, len(os.sched_getaffinity(0)))
    yield from _clock()
    yield from versions(Path(__file__).parents[2] / "requirements.txt")


def memory(workers: int, meminfo: Path, cgroup: Path) -> Finding:
    """Whether the memory of the machine, or of the container, is enough for so many workers."""
    there = [_megabytes(meminfo, "MemTotal")]
    for name in LIMITS:
        limit = (cgroup / name).read_text(encoding="utf-8").strip() if (cgroup / name).is_file() else ""
        if limit.isdigit():
            there.append(int(limit) // MEGABYTE)
    has, needs = min(there), SHARED + WORKER * workers
    what = (
        f"{workers} workers need {needs} MB of memory, and {CHECK} more while new content is checked; {has} are there"
    )
    if has < needs:
        return mend(what, "Take a larger machine, or fewer workers (SMSLINE_WORKERS).")
    if has < needs + CHECK:
        return warn(what, "Take a larger machine or fewer workers, or new content may not be taken up.")
    return ok(what)


def swap(meminfo: Path) -> Iterator[Finding]:
    """Memory that is written to a disk keeps what callers texted."""
    if _megabytes(meminfo, "SwapTotal"):
        yield warn("this machine swaps, so texts of callers may get onto its disk", "Switch it off: swapoff -a")


def _megabytes(meminfo: Path, name: str) -> int:
    """A row of the table of memory (proc(5), meminfo), which is in kilobytes; 0 where there is none."""
    found = re.search(rf"^{name}:\s+(\d+) kB", meminfo.read_text(encoding="utf-8"), re.MULTILINE)
    return int(found[1]) // 1024 if found else 0


def processors(workers: int, cores: int) -> Finding:
    """Whether so many workers suit so many processors."""
    what = f"{workers} workers on {cores} processors"
    if workers < 2:
        return warn(what, "With one worker everybody waits for the slowest request: set SMSLINE_WORKERS=2 or more.")
    if workers > MOST_A_CORE * cores:
        return warn(what, f"More than {MOST_A_CORE} each is slower, not faster: set SMSLINE_WORKERS lower.")
    return ok(what)


def _clock() -> Iterator[Finding]:
    yield ok(f"it is {datetime.now(HOME):%H:%M on %-d %B %Y} in the Netherlands: compare that with a watch")
    if shutil.which("timedatectl"):
        yield from kept(["timedatectl", "show", "--property=NTPSynchronized", "--value"])


def kept(command: list[str]) -> Iterator[Finding]:
    """Whether somebody keeps the clock right, as a command says; nothing where it cannot say."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return
    said = done.stdout.strip()
    if said == "yes":
        yield ok("the clock is kept by the network")
    elif said == "no":
        do = "Switch that on, or opening hours and terms drift: timedatectl set-ntp true"
        yield mend("the clock is not kept by the network", do)


def versions(lock: Path) -> Iterator[Finding]:
    """Whether what is installed is what the lock file names; nothing where there is none beside the program."""
    if not lock.is_file():
        return
    pinned = dict(_pinned.findall(lock.read_text(encoding="utf-8")))
    other = sorted(name for name, wanted in pinned.items() if _installed(name) != wanted)
    if other:
        what = f"{len(other)} packages are not those of {lock.name}, such as {other[0]}"
        yield mend(what, f"pip install --require-hashes -r {lock}")
    else:
        yield ok(f"the {len(pinned)} packages of {lock.name} are installed")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
