"""The words of staff pages and reports: English in the templates, others in `locales/*/LC_MESSAGES/staff.po`.

They are no part of the line: no caller reads them, and no translation of them ever holds an answer back.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

SOURCE = "en"

DOMAIN = "staff.po"

TEMPLATE = "staff.pot"

_HEADER = "# Words of the pages for staff. Licence: CC BY 4.0. How to translate: docs/translating.md"

FOLDERS = ("staff", "reports")
"""Where sentences of pages stand."""

_spoken: ContextVar[Mapping[str, str]] = ContextVar("spoken", default={})  # noqa: B039  nobody writes into it

Known = Mapping[str, Mapping[str, str]]
"""By language, what each sentence is in it."""


def read_words(locales: Path) -> dict[str, dict[str, str]]:
    """The words by language; that of the templates has none of its own. A file that cannot be read is left out."""
    found: dict[str, dict[str, str]] = {SOURCE: {}}
    for path in sorted(locales.glob(f"*/LC_MESSAGES/{DOMAIN}")):
        try:
            po = read_po(io.BytesIO(path.read_bytes()))
        except (OSError, ValueError):
            continue
        found[path.parts[-3]] = {str(one.id): str(one.string) for one in po if one.id and one.string and not one.fuzzy}
    return found


def speak(words: Mapping[str, str]) -> None:
    """From here on, in this request or command, sentences are in the language of these words."""
    _spoken.set(words)


def say(text: str, **blanks: object) -> str:
    """A sentence in the language of whoever looks, with its {blanks} filled."""
    said = _spoken.get().get(text, text)
    for name, value in blanks.items():
        said = said.replace("{" + name + "}", str(value))
    return said


def sentences() -> Catalog:
    """Every sentence of the pages, as it stands in templates and modules."""
    po = Catalog(project="smsline", version="1", charset="utf-8", header_comment=_HEADER, fuzzy=False)
    po.copyright_holder = po.msgid_bugs_address = po.last_translator = po.language_team = "smsline"
    ways = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
    options = {"**.html": {"extensions": "", "silent": "false"}}
    for folder in FOLDERS:
        found = extract_from_dir(Path(__file__).parent / folder, ways, options, {"_": None, "say": None})
        for name, _, text, comments, _ in found:
            po.add(text, locations=[(f"smsline/{folder}/{name}", 0)], auto_comments=comments)
    return po


def update(locales: Path) -> list[Path]:
    """Bring the template and the file of each language up to date: what is new is empty, what changed is fuzzy."""
    fresh = sentences()
    written = [locales / TEMPLATE]
    _write(locales / TEMPLATE, fresh)
    for path in sorted(locales.glob(f"*/LC_MESSAGES/{DOMAIN}")):
        po = read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3])
        po.update(fresh, no_fuzzy_matching=True)
        po.obsolete.clear()
        po.header_comment, po.project, po.version = fresh.header_comment, fresh.project, fresh.version
        po.copyright_holder = po.msgid_bugs_address = po.last_translator = po.language_team = "smsline"
        _write(path, po)
        written.append(path)
    return written


def _write(path: Path, po: Catalog) -> None:
    file = io.BytesIO()
    write_po(file, po, width=10_000, include_lineno=False, sort_by_file=True)
    rows = [row for row in file.getvalue().split(b"\n") if not row.startswith((b'"POT-Creation', b'"PO-Revision'))]
    path.write_bytes(b"\n".join(rows))
