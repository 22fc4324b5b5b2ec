"""How often the language of a first text is guessed right, by language: `make guess`.

The texts are those of tests/first-texts.txt, or of another file of the same form. Right is the language that the line
answers in; unsure is the question for it, which costs a text; wrong is another language.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from smsline.content.loading import load
from smsline.engine.line import Line
from smsline.engine.understanding import understand

ROOT = Path(__file__).parent.parent
UNKNOWN = "und"


def rows_of(path: Path) -> list[tuple[str, str]]:
    """(language, text) of each row."""
    rows = [row.split("\t", 1) for row in path.read_text(encoding="utf-8").split("\n") if row and row[0] != "#"]
    return [(code, text) for code, text in rows]


def guess(line: Line, text: str) -> str:
    """The language that a text is answered in; und where the line asks."""
    return understand(line, text).language or UNKNOWN


def main(path: Path) -> None:
    """Print the table, and the texts that went wrong."""
    line = load(ROOT / "menus", ROOT / "locales")
    rows = rows_of(path)
    guesses = [(code, guess(line, text), text) for code, text in rows]
    count = Counter((code, "right" if got == code else "unsure" if got == UNKNOWN else "wrong")
                    for code, got, _ in guesses)  # fmt: skip
    print(f"{'language':10}{'texts':>8}{'right':>8}{'unsure':>8}{'wrong':>8}")
    for code in dict.fromkeys(code for code, _ in rows):
        right, unsure, wrong = (count[code, what] for what in ("right", "unsure", "wrong"))
        print(f"{code:10}{right + unsure + wrong:8}{right:8}{unsure:8}{wrong:8}")
    told = [got == code for code, got, _ in guesses if code != UNKNOWN]
    print(f"{'all':10}{len(told):8}{sum(told):8}  {sum(told) / len(told):.1%} of the texts that tell a language\n")
    for code, got, text in guesses:
        if got != code:
            print(f"{code} -> {got:4} {text}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests" / "first-texts.txt")
