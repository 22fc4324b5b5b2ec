"""Organisations from a table, and to one: `smsline orgs import`, `orgs set` and `orgs export --format csv`.

Each row is read as if it stood in a file of the directory, so it is refused with the same sentences. An empty cell
leaves a field as it is, `-` takes it away.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import phonenumbers

from smsline.content.editing import Folder, Wanted
from smsline.content.loading import Content
from smsline.content.organisations import FIELDS, LISTS, LONGEST_NAME, dialled, read_one
from smsline.content.reader import Problems, Value, meant
from smsline.errors import Problem, SmslineError

COLUMNS = ("id", *FIELDS)

ALIASES = {
    "street": "address", "opening-hours-text": "open", "source-url": "source", "may-be-shown": "show",
}  # fmt: skip
"""Other names of columns, as the table of facts has them. A _ is as good as a -."""

NUMBERS = ("phone", "phone-abroad", "whatsapp")

_id = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is right: what it changes of which organisation, and the file that a new one goes to."""

    name: str
    wanted: Mapping[str, Wanted]
    difference: tuple[str, ...]
    file: str = ""
    """Empty: it is in the directory already."""


def read_table(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The columns of a CSV file, and its rows with their lines. `SmslineError` where it is no such table."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SmslineError(f"{path} is not UTF-8 text (byte {error.start}). Save it as CSV UTF-8.") from error
    except OSError as error:
        raise SmslineError(f"{path} cannot be read: {error.strerror}.") from error
    first = text.split("\n", 1)[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        columns = [_column(cell) for cell in next(table, [])]
        _known(path, columns)
        rows = []
        for cells in table:
            if any(cell.strip() for cell in cells):
                rows.append((table.line_num, _row(path, table.line_num, columns, cells)))
    except csv.Error as error:
        raise SmslineError(f"{path}:{table.line_num}  is no CSV: {error}.") from error
    return columns, rows


def _column(cell: str) -> str:
    name = cell.strip().lower().replace("_", "-")
    return ALIASES.get(name, name)


def _known(path: Path, columns: list[str]) -> None:
    if "id" not in columns:
        raise SmslineError(f"{path}:1  has no column id. The first row names the columns: {', '.join(COLUMNS[:6])} …")
    for name in columns:
        if name not in COLUMNS:
            raise SmslineError(f'{path}:1  "{name}" is no column of the directory.{meant(name, COLUMNS)}')
        if columns.count(name) > 1:
            raise SmslineError(f"{path}:1  the column {name} stands there twice.")


_formula = re.compile(r"[=@\t\r]|[+-](?![\d ().-]+$)")
"""How a cell begins that a spreadsheet would work out: not a number to dial."""


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: behind an apostrophe, which it does not show."""
    return f"'{cell}" if _formula.match(cell) else cell


def _read_cell(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and _formula.match(cell[1:]) else cell


def _row(path: Path, line: int, columns: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) > len(columns):
        raise SmslineError(f"{path}:{line}  has {len(cells)} cells, but {len(columns)} columns have a name.")
    return {name: _read_cell(cell) for name, cell in zip(columns, cells, strict=False)}


class Importer:
    """Reads rows against the directory as it stands, one after the other."""

    def __init__(self, content: Content, folder: Folder) -> None:
        self.content, self.folder = content, folder
        self.seen: dict[str, int] = {}
        self.known = {
            name: (_marks({**(folder.fields(name) or {})}), f"{listed.at.file}:{listed.at.line}")
            for name, listed in content.listed.items()
        }

    def read(self, file: str, line: int, cells: Mapping[str, str]) -> Row | list[Problem]:
        """What a row changes; or everything that is wrong with it."""
        name = cells.get("id", "")
        problems = Problems()
        at = Value(file, line)
        if not _id.fullmatch(name):
            problems.add(at, f'id is "{name}". Write small letters, figures and hyphens, such as ggd-utrecht.')
        elif name in self.seen and line:
            problems.add(at, f"{name} also stands in line {self.seen[name]}. Keep one of the two.")
        for key, cell in cells.items():
            if not cell.isprintable():
                problems.add(
                    at, f"{name or 'the row'}: {key} has a line break or a control letter. Look at the quotes."
                )
        if problems.found:
            return problems.found
        self.seen[name] = line
        before = self.folder.fields(name)
        wanted = {key: _wanted(key, cell) for key, cell in cells.items() if key != "id" and cell}
        if len(cells.get("name", "")) > LONGEST_NAME and "full-name" not in wanted:
            wanted["full-name"] = wanted.pop("name")
        wanted = {key: value for key, value in wanted.items() if not _same(key, (before or {}).get(key), value)}
        if before is None:
            self._elsewhere(at, name, wanted, problems)
            wanted = {"scope": "local", "show": "no", **wanted}
        after = {key: value for key, value in {**(before or {}), **wanted}.items() if value is not None}
        services, gazetteer = self.content.line.directory.services, self.content.line.gazetteer
        listed = read_one(name, _valued(file, line, after), services, self.content.areas, gazetteer, problems)
        if problems.found:
            return problems.found
        self.known.setdefault(name, (_marks(after), f"line {line}"))
        place = "" if before is not None else self._file(listed.organisation.national, listed.organisation.provinces)
        return Row(name, wanted, tuple(_difference(before or {}, wanted)), place)

    def _elsewhere(self, at: Value, name: str, wanted: Mapping[str, Wanted], problems: Problems) -> None:
        """A new name with the number, the web address or the title of somebody who is there already."""
        mine = _marks(wanted)
        for other, (theirs, where) in self.known.items():
            for mark in mine:
                if mark in theirs and other != name:
                    what = f"the {mark[0]} {mark[1]}"
                    problems.add(at, f"{name}: {other} ({where}) has {what} too. Renamed? Then use the id {other}.")
                    return

    def _file(self, national: bool, provinces: frozenset[str]) -> str:
        return "national.yaml" if national or not provinces else f"{min(provinces).lower().replace(' ', '-')}.yaml"


def _marks(fields: Mapping[str, Wanted]) -> list[tuple[str, str]]:
    """What an organisation is known by whatever it is called: numbers, addresses, names."""
    found = []
    for key in ("phone", "whatsapp", "email", "web", "name", "full-name"):
        text = str(fields.get(key) or "").strip()
        if text:
            plain = dialled(text) if key in NUMBERS else _bare(text)
            found.append(("name" if key == "full-name" else key, plain))
    return found


def _same(key: str, before: str | list[str] | None, after: Wanted) -> bool:
    if key in NUMBERS and isinstance(before, str) and isinstance(after, str):
        return dialled(before) == dialled(after)
    if key == "web" and isinstance(before, str) and isinstance(after, str):
        return _bare(before) == _bare(after)
    return before == after


def _bare(web: str) -> str:
    """A web address without what does not make it another one."""
    return re.sub(r"^(https?://)?(www\.)?|/$", "", web.lower())


def _wanted(key: str, cell: str) -> Wanted:
    if cell == "-":
        return None
    if key in LISTS:
        parted = re.split(r";" if key == "areas" else r"[;,]", cell)  # a municipality may have a comma in its name
        return [part.strip() if key == "areas" else _word(part) for part in parted if part.strip()]
    if key in NUMBERS:
        return _number(cell)
    return cell


def _word(part: str) -> str:
    word = part.strip()
    return word if re.fullmatch(r"[a-z]{2,3}_[A-Z]{2}", word) else word.lower().replace(" ", "_")


def _number(cell: str) -> str:
    """A number as the directory writes it: also one that was typed as people dial it in the Netherlands."""
    if dialled(cell):
        return cell
    try:
        number = phonenumbers.parse(cell, "NL")
    except phonenumbers.NumberParseException:
        return cell
    if not phonenumbers.is_valid_number(number):
        return cell
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _valued(file: str, line: int, fields: Mapping[str, Wanted]) -> Value:
    """Fields as if they had been read from a file."""
    pairs = {}
    for key, value in fields.items():
        if isinstance(value, str | date):
            pairs[key] = Value(file, line, text=str(value))
        else:
            pairs[key] = Value(file, line, items=tuple(Value(file, line, text=item) for item in value or ()))
    return Value(file, line, pairs=pairs, keys=dict.fromkeys(pairs, line))


def _difference(before: Mapping[str, str | list[str]], wanted: Mapping[str, Wanted]) -> Iterator[str]:
    for key, value in wanted.items():
        old, new = _cell(before.get(key)), _cell(value)
        yield f"{key}: {new}" if not old else f"{key}: {old} -> {new or '(taken away)'}"


def _cell(value: Wanted) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return value or "" if isinstance(value, str | None) else ";".join(value)


def table(folder: Folder) -> str:
    """All organisations as CSV, one a row; `import` reads it back."""
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    rows.writeheader()
    for tree in folder.files.values():
        for name in tree:
            fields = folder.fields(name) or {}
            rows.writerow(
                {"id": name, **{key: harmless(_cell(value)) for key, value in fields.items() if key in COLUMNS}}
            )
    return text.getvalue()
