"""Short codes of printed cards: those that nodes have now, and the register of all that were ever printed.

A card stays in a drawer for years. So a code leads for ever to where the register says, and is never given again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from smsline.content.reader import Problems, Value, meant, text_of
from smsline.engine.codes import FORM
from smsline.errors import Problem

FILE = "menus/codes.yaml"
"""The register."""

MOST_CODES = 8
"""Nodes that have a code: what one card holds."""

ON_CARDS = "and cards with it are about"


@dataclass(frozen=True, slots=True)
class Codes:
    """The node of each code: as nodes have them (`given`, each `where` it stands), and as the register has (`kept`).

    What is kept and given to nobody is retired, and still leads to its node.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, Value] = field(default_factory=dict, compare=False)

    @property
    def leads(self) -> dict[str, str]:
        """The node that each code leads to."""
        return {**self.given, **self.kept}

    @property
    def printed(self) -> dict[str, str]:
        """The codes that cards have now, in their order."""
        return dict(sorted(self.given.items(), key=lambda row: (row[0][0], int(row[0][1:]))))

    @property
    def missing(self) -> list[str]:
        """The lines that the register lacks."""
        return [f"{code}: {node}" for code, node in self.printed.items() if code not in self.kept]


def read_codes(nodes: Mapping[str, Value], register: Value | None, problems: Problems) -> Codes:
    """The codes of all nodes, compared with the register; one that cannot be is left out."""
    kept: dict[str, str] = {}
    for code, value in register.named() if register else ():
        node = text_of(value, problems, code)
        if _is_code(code, value, problems) and _is_there(code, node, value, nodes, problems):
            kept[code] = node
    given: dict[str, str] = {}
    where: dict[str, Value] = {}
    for name, value in nodes.items():
        item = value.get("code")
        code = text_of(item, problems, f"{name}: code")
        if item is None or not _is_code(code, item, problems, f"{name}: "):
            continue
        if code in given:
            problems.add(item, f"{name}: {code} is the code of {given[code]} already. Give {name} another one.")
        elif kept.get(code, name) != name:
            what = f"{code} was given to {kept[code]}, {ON_CARDS}. Give {name} a new code."
            problems.add(item, f"{name}: {what}")
        else:
            given[code], where[code] = name, item
    return Codes(given, kept, where)


def _is_code(code: str, value: Value, problems: Problems, owner: str = "") -> bool:
    if FORM.fullmatch(code):
        return True
    if code:
        what = "is no code. Write a capital letter, not I or O, and a number from 1 to 99, such as G1."
        problems.add(value, f'{owner}"{code}" {what}')
    return False


def _is_there(code: str, node: str, value: Value, nodes: Mapping[str, Value], problems: Problems) -> bool:
    if node in nodes:
        return True
    what = f'{code} leads to "{node}", which is not here, {ON_CARDS}. Name the node that answers it now.'
    problems.add(value, what + meant(node, nodes))
    return False


def unregistered(codes: Codes) -> Iterator[Problem]:
    """Codes that the register lacks, and more than a card holds: the line answers them, but nothing may be printed."""
    for line in codes.missing:
        code, _, node = line.partition(": ")
        at = codes.where[code]
        what = f"{node}: the code {code} is not in {FILE}, where all stand that cards have. Add the line: {line}"
        yield Problem(at.file, at.line, what)
    for code in [*codes.given][MOST_CODES:]:
        at = codes.where[code]
        what = f"{codes.given[code]}: {len(codes.given)} nodes have a code, at most {MOST_CODES} fit on a card."
        yield Problem(at.file, at.line, f"{what} Take the code of one away: it leads there all the same.")


def moved(before: Codes, after: Codes, nodes: Mapping[str, object]) -> Iterator[Problem]:
    """Codes of the register that lead elsewhere than `before`, or nowhere.

    `nodes` are those that are there now: where one is gone, another answers for it.
    """
    for code, node in before.kept.items():
        if node in nodes and after.leads.get(code) != node:
            what = f"{code} was given to {node}, {ON_CARDS}. Write again: {code}: {node}"
            yield Problem(FILE, 0, what)
