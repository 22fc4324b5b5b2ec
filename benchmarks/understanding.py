"""How well texts are understood, on texts that no word list was made from: `make understanding`.

The texts are those of tests/understanding/, or of another folder of the same form (how they were made stands there in
README.md). Every text is sent as the first one of a conversation, by SMS, so what is counted is what a caller sees.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from smsline.content.loading import load
from smsline.engine.conversation import converse
from smsline.engine.line import Line
from smsline.engine.model import Incoming, Place
from smsline.engine.places import Abroad, Found
from smsline.engine.understanding import Meaning, understand

ROOT = Path(__file__).parent.parent
TEXTS = ROOT / "tests" / "understanding"
WORST = 10
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

LEAST = {
    "right": ("right at 1", 0.85), "offered": ("right or offered", 0.93), "clear": ("clear answers right", 0.94),
    "number": ("emergency number on the first screen", 1.0), "straight": ("straight to the urgent answer", 0.85),
    "alarm": ("false alarms", 0.03), "asserted": ("must not match, asserted", 0.05),
    "language": ("language of full texts", 0.97), "place": ("places", 0.97),
    "no-place": ("not a place, but taken", 0.0),
}  # fmt: skip
"""What is counted, and the least that is wanted of it; of false alarms and of what must not be, the most."""

MOST = ("alarm", "asserted", "no-place")


@dataclass(frozen=True, slots=True)
class Row:
    """A text, where it should lead, what else would serve the caller, and under which heading it stands."""

    language: str
    heading: str
    text: str
    wanted: str
    fine: frozenset[str]


def rows_of(path: Path) -> Iterator[Row]:
    """The rows `text | node | other nodes` of a file; a heading is a line such as "# urgent"."""
    heading = ""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("# ") and " " not in line[2:]:
            heading = line[2:]
        elif line and not line.startswith("#"):
            text, wanted, *others = (part.strip() for part in line.rsplit(" | ", 2))
            yield Row(path.stem, heading, text, wanted.rstrip(" |"), frozenset(" ".join(others).rstrip(" |").split()))


def judged(line: Line, row: Row) -> dict[str, bool]:
    """What is counted of one text: name -> whether it is so."""
    meaning = understand(line, row.text)
    said = converse(line, None, Incoming(row.text, line.channels["sms"], bytes(16), NOON)).reply.text
    fine = row.fine | {row.wanted}
    urgent = {name for name in fine if line.nodes[name].urgent}
    clear = meaning.kind == "node" and meaning.node is not None
    right = clear and meaning.node in fine
    found = {"language": meaning.language == row.language}
    if row.heading == "urgent":
        return found | {"number": "112" in said, "straight": clear and meaning.node in urgent}
    found |= {
        "right": right,
        "offered": right or bool(fine & set(meaning.suggestions)),
        "alarm": bool(clear and meaning.node and line.nodes[meaning.node].urgent and not right),
    }
    return found | {"clear": right} if clear else found


def understood(line: Line, folder: Path) -> dict[str, Counter[tuple[str, bool]]]:
    """Of each language, how many are so and how many not. The worst texts are printed."""
    counts: dict[str, Counter[tuple[str, bool]]] = {}
    worst: list[tuple[int, str]] = []
    for path in sorted(folder.glob("??.txt")):
        of = counts.setdefault(path.stem, Counter())
        for row in rows_of(path):
            found = judged(line, row)
            of.update(found.items())
            bad = (
                6 * (found.get("number") is False) + 4 * (found.get("straight") is False)
                + 3 * found.get("alarm", False) + 2 * (found.get("clear") is False) + (found.get("offered") is False)
            )  # fmt: skip
            if bad:
                worst.append(
                    (bad, f"{row.language} {row.wanted} <- {row.text}\n     {shown(understand(line, row.text))}")
                )
    worst.sort(key=lambda pair: -pair[0])
    print("\n".join(text for _, text in worst[: WORST if "--all" not in sys.argv else None]) + "\n")
    return counts


def shown(meaning: Meaning) -> str:
    """What came of a text, in a few words."""
    what = meaning.node or ", ".join(meaning.suggestions) or meaning.command or (meaning.place and meaning.place.name)
    return f"{meaning.kind} {what or ''}   {'; '.join(meaning.reasons[:2])}"


def never(line: Line, path: Path) -> Counter[tuple[str, bool]]:
    """How many texts that are no question to the line are answered with a topic."""
    counts: Counter[tuple[str, bool]] = Counter()
    for row in (line_.rsplit(" | ", 1)[0] for line_ in _lines(path)):
        meaning = understand(line, row)
        counts["asserted", meaning.kind == "node"] += 1
        if meaning.kind == "node":
            print(f"asserted: {row}\n     {shown(meaning)}")
    return counts


def places(line: Line, path: Path) -> Counter[tuple[str, bool]]:
    """How many places are found where one was asked; `ask` and `abroad` are outcomes of their own."""
    counts: Counter[tuple[str, bool]] = Counter()
    for text, wanted in (line_.rsplit(" | ", 1) for line_ in _lines(path)):
        read = line.gazetteer.read(text, asked=True)
        right = _is_asked(read, wanted) if wanted.startswith("ask: ") else _is_right(read, wanted)
        counts["no-place" if wanted == "none" else "place", right != (wanted == "none")] += 1
        if not right:
            print(f"place: {text} -> {_told(read)}, not {wanted}")
    return counts


def _told(read: Found | Abroad | None) -> str:
    if not isinstance(read, Found):
        return read or "nothing"
    named = [f"{one.name}, {one.municipality} ({one.kind})" for one in (read.place, *read.rivals)]
    return " or ".join(named)


def _is_asked(read: Found | Abroad | None, wanted: str) -> bool:
    """Whether the question offers two at least of the places wanted, by municipality or by province."""
    if not isinstance(read, Found) or not read.rivals:
        return False
    asked = {name.strip().partition(" (")[0] for name in wanted[5:].split(",")}
    if asked == {read.place.name}:  # both municipalities are called like the place
        return True
    return len([one for one in (read.place, *read.rivals) if asked & {_town(one), one.province}]) > 1


def _is_right(read: Found | Abroad | None, wanted: str) -> bool:
    """Whether just that place is found, and not asked about."""
    if not isinstance(read, Found):
        return wanted == (read or "none")
    place = read.place
    name, _, town = wanted.partition(", ")
    told = town.partition(" (")[0]
    return not read.rivals and (_town(place) == told or (name == place.name and town in ("", place.province)))


def _town(place: Place) -> str:
    return place.municipality.partition(" (")[0]


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line and line[0] != "#"]


def share(counts: Counter[tuple[str, bool]], what: str) -> str:
    """A part in per cent; a dash where nothing was counted."""
    every = counts[what, True] + counts[what, False]
    return f"{counts[what, True] / every:.1%}" if every else "-"


def main(folder: Path) -> None:
    """Print what went worst, and the table."""
    line = load(ROOT / "menus", ROOT / "locales")
    counts = understood(line, folder)
    every: Counter[tuple[str, bool]] = Counter()
    for of in counts.values():
        every += of
    counts["all"] = every
    if (folder / "never.txt").exists():
        every += never(line, folder / "never.txt")
    if (folder / "places.txt").exists():
        every += places(line, folder / "places.txt")
    print("| | " + " | ".join(counts) + " | wanted |\n| --- |" + " --- |" * (len(counts) + 1))
    for what, (label, least) in LEAST.items():
        row = " | ".join(share(of, what) for of in counts.values())
        print(f"| {label} | {row} | {'at most' if what in MOST else 'at least'} {least:.0%} |")


if __name__ == "__main__":
    named = [Path(one) for one in sys.argv[1:] if one[0] != "-"]
    main(named[0] if named else TEXTS)
