"""How latency and memory grow with sessions, organisations, nodes and languages: `make growth`, small with QUICK=1.

Each axis is measured in a process of its own, its sizes in turns within it; what counts is the ratio between them.
Writes docs/growth.md and the pictures of it. Targets: nearest under 1 ms, and no latency that grows faster than the
logarithm of the size without being named.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import sqlite3
import sys
import tempfile
import time
from datetime import datetime
from functools import partial
from pathlib import Path

from growth_content import languages_axis, nodes_axis
from growth_drawing import drawn
from growth_measuring import Axis, Table, growth, logarithm, short
from growth_organisations import organisations_axis
from growth_sessions import sessions_axis

from smsline.content.loading import load

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
ROUNDS = 7
SIZES = {"sessions": (10_000, 1_000_000, 10_000_000), "organisations": (300, 10_000, 1_000_000),
         "nodes": (100, 1_000, 10_000), "languages": (3, 10, 20, 30)}  # fmt: skip
QUICK = {"sessions": (1_000, 10_000, 100_000), "organisations": (300, 3_000, 30_000), "nodes": (100, 300, 1_000),
         "languages": (3, 10)}  # fmt: skip

NOISE = 1.1
"""How much more than the logarithm a latency may grow before it is said to: medians of a run differ by so much."""

HEAD = """# Growth

How latency and memory grow. Written by `make growth`, which takes some ten minutes and, for the sessions, 4 GB in the
folder for temporary files (`TMPDIR`); `make growth QUICK=1` measures small sizes and writes nothing here. Of the
figures only the ratios within one table say something about other machines.

{machine}

## Summary

A latency that grows at most as the logarithm of the size is as good as one that does not grow. `log` is how much the
logarithm of the size grows over the whole range.

{summary}
"""

TAIL = """## What was mended

Measured before and after on one machine with two busy cores, November 2026.

- The salts of a store, and whether they are in use still, are asked every minute while all callers wait. Every row was
  read for it: 49 and 56 ms with a million sessions. Now an index is asked: 12 us, with ten million too.
- A sweep was one transaction: with 20,000 sessions ended, a text that came meanwhile waited up to 0.95 s, near the
  second after which it is answered without a session. Now it is many short ones with pauses between them, and a text
  waits less than 0.1 s. The sweep takes twice as long, which nobody notices; after a pause of days, with a million
  sessions ended, it takes minutes.
- That index is on salt and position, in the place of the one on position: a turn does no more work than before.
- A look-up ranked everybody who offers the service and may help: 2 ms among 10,000 organisations, 150 ms among 300,000,
  at worst 0.9 s. Now they stand on maps (`engine/outward.py`) and are taken one by one in the order of their rank, no
  more than a phone names. `tests/test_nearest.py` compares the answers with the plain definition.
- Opening hours were worked out for each second anew; the notation knows minutes.
- All nodes that a text may mean were compared and put in order; now those are that can be the answer, or are urgent.
- Each longer text was compared with the first screens of all languages, made anew; now they are kept.

## What grows, and stays so

- **Free text with nodes.** Each word speaks for all nodes that have it or parts of it. Who leads, and by how much, is
  the answer, so all are added up: that is in proportion to how many nodes use the words of the text. The real content
  has 150 nodes. A line of thousands would need another way to find those that can lead.
- **A circle in which nobody is open, or speaks the language.** The nearest are looked at first, until there are enough
  whom nothing stands against. Where there are none within 40 km, all of that circle are looked at, a few us each.
- **The whole list.** `smsline nearest`, the coverage and the check name everybody who helps, so they take as long as
  there are many. No caller waits for them.
- **The begin.** Content is read from files once, in proportion to what there is.
- **A broken store** is read once as a whole before it is set aside.
"""


def machine() -> str:
    """What it was measured on, as a list."""
    info = Path("/proc/cpuinfo").read_text()
    model = next((row.partition(": ")[2] for row in info.split("\n") if row.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return "\n".join((
        f"- Machine: {model}, {os.cpu_count()} processors, {memory:.0f} GiB, {platform.system()}",
        f"- Versions: Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        f"- Measured on {datetime.now().astimezone():%d %B %Y}: `make growth`, {ROUNDS} rounds",
    ))  # fmt: skip


def summary(axes: list[Axis]) -> str:
    """Each latency, how it grows, and whether that is at most the logarithm."""
    rows = []
    for axis in axes:
        most = logarithm(axis.sizes)
        for name, curve in axis.curves.items():
            slower = growth(curve)
            fine = slower <= most * NOISE
            verdict = "no more than the logarithm" if fine else f"**more**: {axis.why.get(name, 'see below')}"
            size = f"{short(axis.sizes[0])} to {short(axis.sizes[-1])} {axis.name}"
            rows.append([name, size, f"{slower:.1f} x", f"{most:.1f} x", f"{curve[-1]:,.0f}", verdict])
    columns = ["latency", "from, to", "grows", "log", "us at the largest", ""]
    return Table("Growth of each latency", columns, rows).markdown()


def written(axes: list[Axis]) -> str:
    """The page, with each axis as picture and tables."""
    parts = [HEAD.format(machine=machine(), summary=summary(axes))]
    for axis in axes:
        picture = f"![Latency and memory against {axis.name}](pictures/growth-{axis.name}.svg)"
        parts += [f"## {axis.name.capitalize()}\n", axis.says + "\n", picture + "\n"]
        parts += [table.markdown() + "\n" for table in axis.tables]
    return "\n".join([*parts, TAIL])


def measured(name: str, folder: str, sizes: tuple[int, ...], rounds: int) -> Axis:
    """One axis, by name."""
    at, real = Path(folder), load(ROOT / "menus", ROOT / "locales")
    axes = {
        "sessions": partial(sessions_axis, real, at),
        "organisations": partial(organisations_axis, real),
        "nodes": partial(nodes_axis, real, at),
        "languages": partial(languages_axis, at),
    }
    return axes[name](sizes, rounds)


def main(is_quick: bool) -> None:
    axes = []
    for name, sizes in (QUICK if is_quick else SIZES).items():
        begin = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder, multiprocessing.get_context("fork").Pool(1) as pool:
            axis = pool.apply(measured, (name, folder, sizes, 2 if is_quick else ROUNDS))
        axes.append(axis)
        print("\n\n".join(table.markdown() for table in axis.tables))
        print(f"\n{name}: measured in {time.perf_counter() - begin:.0f} s\n", flush=True)
    print(summary(axes))
    if not is_quick:
        (DOCS / "growth.md").write_text(written(axes), encoding="utf-8")
        for axis in axes:
            (DOCS / "pictures" / f"growth-{axis.name}.svg").write_text(drawn(axis), encoding="utf-8")


if __name__ == "__main__":
    main(is_quick="QUICK" in os.environ or "--quick" in sys.argv)
