"""Why the line is served as it is: the same line on other servers, with other workers, and with other ways at SQLite.

`make choices`. What is compared is not part of the project: `.venv/bin/pip install granian waitress` before; rows of
servers that are not there are left out by name. The table is put into docs/operations.md.
"""

from __future__ import annotations

import random
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import GUNICORN, LEGEND, LINE, PYTHON, REFERENCE, about, free_port, put, table  # noqa: E402
from benchmarks.load import PUBLIC  # noqa: E402
from benchmarks.servers import Server  # noqa: E402

ROUNDS = 3

SERVE = [PYTHON, "-c", LINE, "serve"]
APP = "benchmarks.apps:line()"


SHOWN = ("to Flask", "rounds", "p50 ms", "p99 ms", "p99/p50", "worst ms", "p50 us", "server us", "own")


def rows(folder: Path) -> list[Server]:
    found: list[Server] = []

    def add(name: str, command: list[str], needs: str = "", **environ: str) -> None:
        if needs and find_spec(needs) is None:
            print(f"{needs} is not installed here: no row of {name}.")
            return
        port = free_port()
        filled = [part.replace("PORT", str(port)) for part in command]
        beside = {"FOLDER": str(folder), "SMSLINE_STAFF": f"{folder}/{port}/staff", "SMSLINE_PUBLIC_URL": PUBLIC}
        stored = {"SMSLINE_STORE": f"sqlite:///{folder}/{port}.sqlite", "SMSLINE_WORKERS": "2"}
        found.append(Server(name, filled, {**beside, **stored, **environ}, port))

    bind = ["-b", "127.0.0.1:PORT"]
    add(REFERENCE, [*GUNICORN, *bind, "benchmarks.apps:hello"])
    add("as it is served: 2 workers, normal", SERVE)
    add("1 worker", SERVE, SMSLINE_WORKERS="1")
    add("4 workers", SERVE, SMSLINE_WORKERS="4")
    add("gunicorn sync, 2 workers", [*GUNICORN, *bind, APP])
    threads = [PYTHON, "-m", "gunicorn", "--preload", "-w", "2", "-k", "gthread", "--threads", "4", *bind]
    add("gunicorn gthread, 2 x 4 threads", [*threads, "--log-level", "error", APP])
    rust = [PYTHON, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "1", "--no-log"]
    add("granian, 2 workers", [*rust, "--port", "PORT", "--factory", "benchmarks.apps:line"], "granian")
    threads = [PYTHON, "-m", "waitress", "--port", "PORT", "--threads", "4", "--call", "benchmarks.apps:line"]
    add("waitress, 4 threads", threads, "waitress")
    for name, what in (("without_queue", "without the queue at the store"), ("log_of_1000", "log of 1000 pages"),
                       ("log_of_20000", "log of 20000 pages"), ("any_processor", "workers on any processor"),
                       ("without_aside", "the store asked by the thread that answers")):  # fmt: skip
        add(what, [PYTHON, "-m", "benchmarks.apps", name])
    add("full", SERVE, SMSLINE_DURABILITY="full")
    add("full, without the queue", [PYTHON, "-m", "benchmarks.apps", "without_queue"], SMSLINE_DURABILITY="full")
    return found


def alone(servers: list[Server]) -> None:
    """Rounds, each in an order of its own. So many servers would disturb each other, so each is begun for its turn."""
    chance, number = random.Random(11), 0
    for _ in range(ROUNDS):
        for one in chance.sample(servers, len(servers)):
            one.begin()
            one.ready()
            one.load(16, 1.0, number := number + 100_000)
            for connections, seconds in ((16, 1.5), (1, 0.5)):
                one.loads[connections].append(one.load(connections, seconds, number := number + 100_000))
            one.look_at_memory()
            one.end()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        said, servers = about(), rows(Path(name))
        alone(servers)
    text = f"{said}\n\n{table(servers)}\n\n{LEGEND}\n"
    print(text)
    put(ROOT / "docs" / "operations.md", "choices", f"{table(servers, SHOWN)}\n\n{said}")


if __name__ == "__main__":
    main()
