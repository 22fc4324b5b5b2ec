"""What a caller sees when something behind the line is broken: fault by channel, right answers and milliseconds.

`make faults` prints the table of docs/operations.md. Each fault is made under a running server with two workers, after
a first text; then twelve callers on each channel text `pep`.
"""

from __future__ import annotations

import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.server import Cm, Server, cm_server  # noqa: E402

CALLERS = 12
REDACTING = {"TWILIO_ACCOUNT_SID": "AC1", "SMSLINE_TWILIO_API": "http://127.0.0.1:9"}
"""As a line is set up that goes live; Twilio itself is away all the time."""

ANSWER = "Go now"
"""How the answer to `pep` begins, by day and at night."""


def broken(folder: Path) -> None:
    for file in folder.glob("line.sqlite*"):
        file.write_bytes(b"broken " * 1000)


def taken_away(folder: Path) -> None:
    for file in folder.glob("line.sqlite*"):
        file.unlink()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    other = sqlite3.connect(folder / "line.sqlite", isolation_level=None)
    other.execute("begin exclusive")
    yield
    other.close()


@contextmanager
def small_disk() -> Iterator[None]:
    """No file may grow over 150 kB from here on: what SQLite then says is what it says of a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def channels(running: Server, provider: Cm) -> dict[str, Callable[[int], tuple[int, str]]]:
    def over_cm(number: int) -> tuple[int, str]:
        provider.sent.clear()
        status, _ = running.cm("pep", sender=f"00316111{number:05}")
        return status, provider.replies[-1] if provider.sent else ""

    return {
        "SMS": lambda number: running.sms("pep", sender=f"+3161111{number:04}"),
        "WhatsApp": lambda number: running.whatsapp("pep", sender=f"+3161112{number:04}"),
        "USSD": lambda number: running.ussd("pep", session=f"s{number}", sender=f"+3161113{number:04}"),
        "CM.com": over_cm,
    }


def measured(name: str, running: Server, provider: Cm) -> None:
    cells = []
    for text in channels(running, provider).values():
        times, right = [], 0
        for number in range(CALLERS):
            begin = time.monotonic()
            status, said = text(number)
            times.append((time.monotonic() - begin) * 1000)
            right += status == 200 and ANSWER in said
        cells.append(f"{right} of {CALLERS}; {statistics.median(times):.0f} ms, longest {max(times):.0f}")
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    print("| fault | SMS | WhatsApp | USSD | CM.com |\n| --- | --- | --- | --- | --- |")
    faults: dict[str, Callable[[Path], object]] = {
        "none": lambda folder: None, "the store is broken": broken, "the store was taken away": taken_away,
    }  # fmt: skip
    for name, make in faults.items():
        with running_line() as (running, provider, folder):
            make(folder)
            measured(name, running, provider)
    with running_line() as (running, provider, folder), locked(folder):
        measured("somebody holds the store locked", running, provider)
    with small_disk(), running_line() as (running, provider, folder):
        for number in range(400):
            running.sms("hi", sender=f"+3162222{number:04}")
        assert "store-failed" in running.log, "the disk is not full yet"
        measured("the disk is full", running, provider)
    with running_line() as (running, provider, folder):
        provider.status = 500
        measured("CM.com does not take replies", running, provider)


@contextmanager
def running_line() -> Iterator[tuple[Server, Cm, Path]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        cm_server() as provider,
        Server(Path(folder), {**REDACTING, "SMSLINE_CM_URL": provider.url}) as running,
    ):
        running.sms("hi")
        yield running, provider, Path(folder)


if __name__ == "__main__":
    main()
