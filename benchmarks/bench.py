"""How fast the line is, as ratios to a bare Flask app that were measured side by side in one run: `make bench`.

All servers stand ready; in each round each is put under load in an order of its own, with 16 connections and with
one. A ratio is taken within a round, and of the rounds the median counts. `QUICK=1` measures the main rows only, in
less than fifty seconds. Without it the table and the chart are written into docs/ too.
"""

from __future__ import annotations

import contextlib
import os
import platform
import random
import shutil
import socket
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

import pygal
from pygal.etree import etree
from pygal.style import Style

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.load import PUBLIC  # noqa: E402
from benchmarks.pieces import pieces  # noqa: E402
from benchmarks.servers import Server  # noqa: E402

QUICK = bool(os.environ.get("QUICK"))
ROUNDS, LONG, SHORT = (3, 0.6, 0.3) if QUICK else (7, 2.5, 1.0)
"""Rounds, and seconds under load with 16 connections and with one."""

REFERENCE = "bare Flask, form parsed"
BUSY = 0.35
"""Processors that strangers may take, until a measurement is made once more."""

PYTHON, LINE = sys.executable, "from smsline.cli import main; main()"
GUNICORN = [PYTHON, "-m", "gunicorn", "--preload", "-w", "2", "-k", "sync", "--log-level", "error"]


def servers(folder: Path) -> list[Server]:
    """The rows. What is on one machine has two workers, as the line has where nobody sets another number."""
    found: list[Server] = []

    def add(name: str, command: list[str], **environ: str) -> None:
        port = free_port()
        command = [*command[:-1], "-b", f"127.0.0.1:{port}", command[-1]] if "gunicorn" in command else command
        beside = {"FOLDER": str(folder), "SMSLINE_STAFF": f"{folder}/{port}/staff", "SMSLINE_PUBLIC_URL": PUBLIC}
        stored = {"SMSLINE_STORE": f"sqlite:///{folder}/{port}.sqlite", "SMSLINE_WORKERS": "2"}
        found.append(Server(name, command, {**beside, **stored, **environ}, port))

    serve = [PYTHON, "-c", LINE, "serve"]
    add("bare WSGI, nothing read", [*GUNICORN, "benchmarks.apps:bare"])
    add(REFERENCE, [*GUNICORN, "benchmarks.apps:hello"])
    add("the line, SQLite normal", serve)
    add("the line, SQLite full", serve, SMSLINE_DURABILITY="full")
    add("the line, sessions in memory", [PYTHON, "-m", "benchmarks.apps", "without_store"])
    redis = redis_at(folder, "no")
    if redis:
        add("the line, Redis", serve, SMSLINE_STORE=redis)
    if not QUICK:
        add("the line, SQLite normal, validator alone", [PYTHON, "-m", "benchmarks.apps", "validator_alone"])
        add("bare Flask on the line's server", [PYTHON, "-m", "benchmarks.apps", "hello_on_our_server"])
        durable = redis_at(folder, "yes")
        if durable:
            add("the line, Redis that syncs each write", serve, SMSLINE_STORE=durable)
    return found


def redis_at(folder: Path, durable: str) -> str:
    """A Redis of our own; empty where the machine has none."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        print("redis-server is not on this machine: no row of it.")
        return ""
    port = free_port()
    place = folder / f"redis-{port}"
    place.mkdir()
    command = [
        *(program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(place), "--save", ""),
        *("--appendonly", durable, "--appendfsync", "always", "--maxmemory-policy", "noeviction"),
    ]
    RUNNING.append(Server("redis", command, {"FOLDER": str(folder)}, port))
    RUNNING[-1].begin()
    return f"redis://127.0.0.1:{port}/0"


RUNNING: list[Server] = []


PORTS = iter(range(21_000, 32_000))
"""Below those that the system gives to clients: a server here is begun long after its port was found free."""


def free_port() -> int:
    for port in PORTS:
        with socket.socket() as found, contextlib.suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port
    raise SystemExit("No port is free.")


def measure(rows: list[Server]) -> None:
    """Rounds, each in an order of its own; what strangers disturbed is measured once more."""
    chance, number = random.Random(11), 0
    for one in rows:
        one.load(16, 1.0, number := number + 100_000)  # warm, and every sender known
    for _ in range(ROUNDS):
        for one in chance.sample(rows, len(rows)):
            for connections, seconds in ((16, LONG), (1, SHORT)):
                found = one.load(connections, seconds, number := number + 100_000)
                if found.strangers > BUSY and not QUICK:
                    again = one.load(connections, seconds, number := number + 100_000)
                    found = min(found, again, key=lambda load: load.strangers)
                one.loads[connections].append(found)


def middle(one: Server, connections: int, what: str) -> float:
    return statistics.median(getattr(load, what) for load in one.loads[connections])


def ratios(one: Server, reference: Server, connections: int = 16) -> list[float]:
    pairs = zip(one.loads[connections], reference.loads[connections], strict=True)
    return sorted(mine.rate / its.rate for mine, its in pairs)


Column = Callable[[Server, Server], str]


def spread(one: Server, reference: Server) -> str:
    found = ratios(one, reference)
    return f"{found[0]:.2f}-{found[-1]:.2f}"


COLUMNS: dict[str, Column] = {
    "to Flask": lambda one, flask: f"{statistics.median(ratios(one, flask)):.2f}",
    "rounds": spread,
    "a second": lambda one, _: f"{middle(one, 16, 'rate'):.0f}",
    "p50 ms": lambda one, _: f"{middle(one, 16, 'median') * 1e3:.2f}",
    "p99 ms": lambda one, _: f"{middle(one, 16, 'late') * 1e3:.2f}",
    "p99/p50": lambda one, _: f"{middle(one, 16, 'late') / middle(one, 16, 'median'):.1f}",
    "worst ms": lambda one, _: f"{max(load.longest for load in one.loads[16]) * 1e3:.0f}",
    "alone: to Flask": lambda one, flask: f"{statistics.median(ratios(one, flask, 1)):.2f}",
    "p50 us": lambda one, _: f"{middle(one, 1, 'median') * 1e6:.0f}",
    "p99 us": lambda one, _: f"{middle(one, 1, 'late') * 1e6:.0f}",
    "server us": lambda one, _: f"{middle(one, 16, 'server') * 1e6:.0f}",
    "RSS": lambda one, _: f"{one.memory['Rss']:.0f}",
    "PSS": lambda one, _: f"{one.memory['Pss']:.0f}",
    "own": lambda one, _: f"{one.memory['Private']:.0f}",
    "start s": lambda one, _: f"{statistics.median(one.starts):.2f}" if one.starts else "",
}
BRIEF = ("to Flask", "rounds", "p50 ms", "p99 ms", "p99/p50", "p50 us", "server us", "own", "start s")
"""What stands in the README."""


def table(rows: list[Server], columns: Iterable[str] = tuple(COLUMNS)) -> str:
    """The figures as text."""
    columns = [name for name in columns if name != "start s" or any(one.starts for one in rows)]
    flask = next(one for one in rows if one.name == REFERENCE)
    found = [("", *columns), *((one.name, *(COLUMNS[name](one, flask) for name in columns)) for one in rows)]
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    lines = ([cell.rjust(width) for cell, width in zip(row, widths, strict=True)][1:] for row in found)
    return "\n".join("  ".join([row[0].ljust(widths[0]), *line]).rstrip()
                     for row, line in zip(found, lines, strict=True))  # fmt: skip


def put(file: Path, name: str, text: str) -> None:
    """Put a table in the place of the one that stands in a page of the manual, between two marks."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, _, rest = file.read_text(encoding="utf-8").partition(begin)
    file.write_text(f"{before}{begin}```\n{text.rstrip()}\n```\n{end}{rest.partition(end)[2]}", encoding="utf-8")


def about() -> str:
    names = ("Flask", "gunicorn", "twilio", "msgspec", "sqlite-utils")
    cores, load = os.cpu_count(), os.getloadavg()[0]
    return (f"{platform.system()} {platform.machine()}, {cores} processors, load {load:.1f} before; Python "
            f"{platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in names)}")  # fmt: skip


def chart(found: dict[str, float]) -> str:
    """The ratios as a picture: SVG, without the script that pygal puts into each."""
    style = Style(background="white", plot_background="white", colors=("#1f5f6b",), font_family="sans-serif",
                  label_font_size=12, value_font_size=12, title_font_size=14, transition="none")  # fmt: skip
    picture = pygal.HorizontalBar(
        style=style, js=[], width=760, height=90 + 34 * len(found), explicit_size=True, show_legend=False, margin=8,
        print_values=True, truncate_label=-1, value_formatter=lambda value: f"{value:.2f}", range=(0, 1.8),
        title="Answers in a second, as a part of those of bare Flask (16 connections)",
    )  # fmt: skip
    picture.x_labels = list(found)[::-1]
    picture.add("", list(found.values())[::-1])
    tree = picture.render_tree()
    for element in [*tree.iter()]:
        for script in [part for part in element if str(part.tag).endswith("script")]:
            element.remove(script)
    return etree.tostring(tree, encoding="unicode")


LEGEND = """Two workers each. "to Flask": answers in a second as a part of those of bare Flask in the same round, the
median of the rounds. "alone": with one connection, and so the two columns in us. "server us": what the workers took of
a processor for one answer. RSS, PSS, own: memory of a worker in MiB, all it sees, its share of what workers share, and
what is its alone."""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        said = about()
        rows = servers(folder)
        try:
            for one in rows if not QUICK else ():
                for _ in range(3):
                    one.start_alone()
            for one in rows:
                one.begin()
            for one in rows:
                one.ready()
            measure(rows)
            for one in rows:
                one.look_at_memory()
        finally:
            for one in [*rows, *RUNNING]:
                one.end()
    text = f"{said}\n\n{table(rows)}\n\n{LEGEND}\n"
    print(text, flush=True)
    wrong = sum(load.errors for one in rows for loads in one.loads.values() for load in loads)
    if wrong:
        raise SystemExit(f"{wrong} answers were no 200.")
    inner = pieces(QUICK)
    print(inner)
    reference = next(one for one in rows if one.name == REFERENCE)
    picture = ROOT / ("build" if QUICK else "docs/pictures") / "bench.svg"
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(chart({one.name: statistics.median(ratios(one, reference)) for one in rows}), encoding="utf-8")
    if not QUICK:
        (ROOT / "docs" / "bench.txt").write_text(f"{text}\n{inner}\n", encoding="utf-8")
        put(ROOT / "README.md", "bench", f"{table(rows, BRIEF)}\n\n{said}")
    print(f"Chart: {picture.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
