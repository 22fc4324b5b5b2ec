"""The servers of `make bench`: each started as an operator starts it, put under load, and asked what it took."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
TICK = os.sysconf("SC_CLK_TCK")
MANY = "1000000000"

UNLIMITED = {"SMSLINE_SEGMENTS_A_DAY": MANY, "SMSLINE_TEXTS": MANY, "SMSLINE_TEXTS_A_DAY": MANY}
"""No sender of the load is told to wait."""


@dataclass
class Load:
    """One measurement. Seconds; `server` is what the workers took of the processors for each answer."""

    rate: float
    median: float
    late: float
    longest: float
    server: float
    errors: int
    strangers: float
    """How many processors were busy with what has nothing to do with it."""


@dataclass
class Server:
    """One row: a program, its settings, and what was measured."""

    name: str
    command: list[str]
    environ: dict[str, str]
    port: int
    loads: dict[int, list[Load]] = field(default_factory=lambda: {16: [], 1: []})
    starts: list[float] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    sent: int = 0

    def begin(self) -> None:
        environ = {**os.environ, **UNLIMITED, **self.environ, "SMSLINE_PORT": str(self.port)}
        Path(f"{self.environ['FOLDER']}/{self.port}").mkdir(exist_ok=True)  # what stands beside a store or the accounts
        log = open(f"{self.environ['FOLDER']}/{self.port}.log", "wb")  # noqa: SIM115
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=environ, stdout=log, stderr=log)

    def ready(self) -> None:
        """Wait for the first answer. `SystemExit` where none comes."""
        for _ in range(3000):
            if self.process and self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5)
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.02)
        said = Path(f"{self.environ['FOLDER']}/{self.port}.log").read_text(errors="replace")
        raise SystemExit(f"{self.name} does not answer. It said: {said[-400:]}")

    def start_alone(self) -> None:
        """How long it takes from nothing to the first answer, while nothing else runs."""
        begun = time.perf_counter()
        self.begin()
        self.ready()
        self.starts.append(time.perf_counter() - begun)
        self.end()

    def end(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)

    def workers(self) -> list[int]:
        assert self.process
        found = [int(pid) for pid in children(self.process.pid).split()]
        return found or [self.process.pid]  # one process, with threads

    def load(self, connections: int, seconds: float, number: int) -> Load:
        """Put it under load. `number` makes the texts of this run others than those before."""
        asked = {"port": self.port, "connections": connections, "seconds": seconds, "first": number}
        before, busy = taken(self.workers()), machine()
        done = subprocess.run([sys.executable, "benchmarks/load.py"], cwd=ROOT, check=True, capture_output=True,
                              input=json.dumps(asked).encode())  # fmt: skip
        found = json.loads(done.stdout)
        took, count = found["took"], len(found["took"])
        used = taken(self.workers()) - before
        strangers = (machine() - busy - used - found["client"]) / found["whole"]
        return Load(count / found["seconds"], took[count // 2], took[count * 99 // 100], took[-1], used / count,
                    found["errors"], max(0.0, strangers))  # fmt: skip

    def look_at_memory(self) -> None:
        """MiB of a worker: all that it can see (RSS), its share of what is shared (PSS), what is its own (USS)."""
        found = [memory_of(pid) for pid in self.workers()]
        self.memory = {kind: sum(one[kind] for one in found) / len(found) for kind in ("Rss", "Pss", "Private")}


def children(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text()


def taken(pids: list[int]) -> float:
    """Seconds of a processor that these have taken."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(row[11]) + int(row[12]) for row in stats) / TICK


def machine() -> float:
    """Seconds that all processors were busy."""
    row = [int(value) for value in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(row[:8]) - row[3] - row[4]) / TICK


def memory_of(pid: int) -> dict[str, float]:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = {name: int(size) / 1024 for name, size in re.findall(r"^(\w+): +(\d+) kB", text, re.MULTILINE)}
    return {**found, "Private": found["Private_Clean"] + found["Private_Dirty"]}
