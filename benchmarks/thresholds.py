"""What is gained and lost by each threshold of understanding: `make thresholds`.

One threshold at a time is moved, on tests/understanding/second/; the tables stand in docs/understanding.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from smsline.content.loading import load
from smsline.engine import understanding
from smsline.engine.line import Line

from understanding import LEAST, ROOT, TEXTS, judged, rows_of, share  # isort: skip

CURVES: dict[str, tuple[float, ...]] = {
    "CLEAR": (1.1, 1.3, 1.5, 1.7, 1.9, 2.3),
    "LEADING": (0.0, 1.0, 2.0, 3.0, 4.0),
    "LEAST": (0.7, 0.9, 1.1, 1.3),
    "HEARD": (0.6, 0.8, 1.0, 1.2, 1.4),
    "NEARLY": (0.0, 0.04, 0.08, 0.12, 0.2, 0.3),
    "BEHIND": (0.0, 0.2, 0.5, 0.7, 1.0),
    "SILENCED": (0.0, 0.25, 0.5, 1.0),
}
"""The values that are tried of each, the one in use among them."""

SHOWN = ("right", "offered", "clear", "number", "straight", "alarm", "asserted")


def counted(line: Line, folder: Path) -> Counter[tuple[str, bool]]:
    """What `make understanding` counts, over all languages."""
    counts: Counter[tuple[str, bool]] = Counter()
    for path in sorted(folder.glob("??.txt")):
        for row in rows_of(path):
            counts.update(judged(line, row).items())
    for text in _texts(folder / "never.txt"):
        counts["asserted", understanding.understand(line, text).kind == "node"] += 1
    return counts


def _texts(path: Path) -> Iterable[str]:
    rows = path.read_text(encoding="utf-8").split("\n")
    return (row.rsplit(" | ", 1)[0] for row in rows if row and row[0] != "#")


def curve(line: Line, folder: Path, name: str, values: Iterable[float]) -> None:
    """Print a table of what comes of each value; the one in use is marked."""
    used = getattr(understanding, name)
    print(f"\n| {name} | " + " | ".join(LEAST[what][0] for what in SHOWN) + " |")
    print("| --- |" + " --- |" * len(SHOWN))
    for value in values:
        setattr(understanding, name, value)
        counts = counted(line, folder)
        mark = " (in use)" if value == used else ""
        print(f"| {value}{mark} | " + " | ".join(share(counts, what) for what in SHOWN) + " |", flush=True)
    setattr(understanding, name, used)


if __name__ == "__main__":
    loaded = load(ROOT / "menus", ROOT / "locales")
    for threshold, tried in CURVES.items():
        curve(loaded, TEXTS / "second", threshold, tried)
