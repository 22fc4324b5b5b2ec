"""Saving a change, in a process of its own that stands behind the callers: checked, written, kept, handed to the line.

Nothing is written that `smsline check` would refuse. A worker that answers callers only starts this, and reads what
came of it: `python -m smsline.staff.saving JOB`.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from smsline.content import entries, translating
from smsline.content.changing import Files
from smsline.content.check import check_again
from smsline.content.edits import LOCALES, MENUS, Edit, Stood
from smsline.content.loading import read_content
from smsline.content.menus import Message
from smsline.content.reader import Value
from smsline.engine.model import HOME
from smsline.errors import SmslineError
from smsline.kept import ACCEPTED, Kept, fingerprint
from smsline.staff.history import History
from smsline.staff.job import Job, Outcome, Words, job_of, message_key

log = logging.getLogger("smsline")

TEMPLATE = f"{LOCALES}/{translating.TEMPLATE}"


def save(job: Job, menus: Path, locales: Path, kept: Kept, running: str) -> Outcome:
    """Make the change, or say why not. `running` is the state of the content that the line answers from."""
    try:
        with Files(menus, locales) as files:
            theirs = [*_overtaken(files, job.seen), *_translated_meanwhile(files, job.words)]
            if theirs:
                return Outcome("overtaken", theirs=tuple(theirs))
            edits = _all_edits(files, job)
            if not edits:
                return Outcome("refused", ("Nothing was changed.",))
            before = {edit.file: files.text(edit.file) for edit in edits}
            files.apply(edits)
            problems, sound = _problems(files)
            if problems:
                return Outcome("refused", tuple(problems))
            return _written(files, job, edits, before, kept, running if sound else "")
    except SmslineError as error:
        return Outcome("refused", (str(error),))
    except OSError as error:
        return Outcome("refused", (f"{error.filename} cannot be used: {error.strerror}. Nothing was saved.",))


def _overtaken(files: Files, seen: Iterable[Edit]) -> Iterator[Edit]:
    """Values that are not any more what was shown: before is what was shown, after what stands there now."""
    for edit in seen:
        now = files.stands(edit.file, edit.path)
        if now != edit.before:
            yield replace(edit, after=now)


def _translated_meanwhile(files: Files, words: Iterable[Words]) -> Iterator[Edit]:
    for one in words:
        part = files.stands(one.file, (one.key,))
        now = entries.read(str(part)).text if part else ""
        if now != one.before:
            yield Edit(one.file, (one.key,), one.before, now)


# --- what one change means for the files of translators -------------------------------------------------------


def _all_edits(files: Files, job: Job) -> tuple[Edit, ...]:
    """The change itself, and what it does to the entries of that sentence in every language."""
    edits = [edit for edit in job.seen if edit.before != edit.after]
    changed = {key: _as_text(edit.after) for edit in edits if (key := message_key(edit)) in (job.sources or {})}
    languages = sorted(files.locales.glob("*/LC_MESSAGES/messages.po"))
    names = [TEMPLATE, *(f"{LOCALES}/{path.relative_to(files.locales).as_posix()}" for path in languages)]
    by_file: dict[str, list[Words]] = {}
    for one in job.words:
        by_file.setdefault(one.file, []).append(one)
    for file in names:
        if file != TEMPLATE or files.path(file).exists():
            edits += _entered(files, file, changed, by_file.get(file, ()), job)
    return tuple(edits)


def _entered(files: Files, file: str, sources: Mapping[str, str], words: Iterable[Words], job: Job) -> Iterator[Edit]:
    """The entries of a file that change with a sentence or its translation."""
    parts = entries.entries(files.text(file))
    given = {one.key: one for one in words if one.right}
    for key in dict.fromkeys([*sources, *given]):
        part = parts.get(key)
        source, is_list = sources.get(key), (job.sources or {}).get(key, False)
        if source == "" or (part is None and source is None):
            continue  # taken away: the entry stays for translators until the next update
        entry = entries.read(part) if part else entries.Entry(key, source or "", "", comments=_hints(key, source or ""))
        if source is not None:
            entry = entries.turned(entry, source, is_list, job.same or file == TEMPLATE)
        if key in given:
            entry = _translated(entry, given[key])
        if (now := entries.written(entry)) != part:
            yield Edit(file, (key,), part, now)


def _translated(entry: entries.Entry, words: Words) -> entries.Entry:
    """The entry with what somebody wrote: it is fuzzy no more. Only a native speaker confirms it."""
    source = words.source or entry.source
    keeps = entry.confirmed if (words.after, source) == (entry.text, entry.source) else ""
    confirmed = words.confirmed if words.after else ""
    return replace(entry.by(confirmed or keeps), source=source, text=words.after, fuzzy=False, previous="")


def _as_text(value: Stood) -> str:
    return "; ".join(value) if isinstance(value, tuple) else value or ""


def _hints(key: str, source: str) -> tuple[str, ...]:
    message = Message(key, source, Value("", 0))
    return tuple(f"#. {hint}" for hint in translating.hints(message))


# --- checked, written, handed over ----------------------------------------------------------------------------


def _problems(files: Files) -> tuple[list[str], bool]:
    """What `smsline check` would say that it does not say now; and whether all was right before."""
    before, known = read_content(files.menus, files.locales, understands=False)
    with tempfile.TemporaryDirectory() as folder:
        tried = Path(folder) / MENUS, Path(folder) / LOCALES
        shutil.copytree(files.menus, tried[0], ignore=shutil.ignore_patterns(".*"))
        shutil.copytree(files.locales, tried[1], ignore=shutil.ignore_patterns(".*"))
        for file, text in files.changed.items():
            (Path(folder) / file).write_text(text, encoding="utf-8")
        if before is None:
            return [str(one) for one in known if not one.reminder], False
        found = check_again(*tried, datetime.now(HOME).date(), before)
    wrong = {(one.file, one.text) for one in known if not one.reminder}
    fresh = [str(one) for one in found if (one.file, one.text) not in wrong]
    return fresh, not wrong


def _written(
    files: Files, job: Job, edits: tuple[Edit, ...], before: Mapping[str, str], kept: Kept, running: str
) -> Outcome:
    """Write it. Where nobody changed the files since the line took them up, this was their check: it takes them up."""
    history = History(kept.beside("history"))
    with kept.verdicts() as known:
        state = fingerprint(files.menus, files.locales)
        number = history.add(job.who, job.kind, job.what, edits, before, job.undoes)
        try:
            files.write()
        except SmslineError:
            history.drop(number)
            raise
        now = fingerprint(files.menus, files.locales)
        if state in (running, known.get(ACCEPTED)) and kept.copied():
            kept.swap()
            known.clear()
            known.update({now: "", ACCEPTED: now})
    return Outcome("saved", number=number, now=now)


# --- as a process of its own ----------------------------------------------------------------------------------


def main() -> None:
    """Do the job of a file, and write what came of it beside it."""
    os.nice(10)  # callers come first
    path = Path(sys.argv[1])
    asked = json.loads(path.read_text(encoding="utf-8"))
    kept = Kept(*(Path(asked[name]) for name in ("kept", "menus", "locales")))
    try:
        outcome = save(job_of(asked["job"]), *kept.folders, kept, asked["running"])
    except Exception as error:
        log.error("saving-failed %s", type(error).__name__)
        outcome = Outcome("refused", (f"Something is broken here ({type(error).__name__}). Nothing was saved.",))
    done = path.with_suffix(".part")
    done.write_text(json.dumps(asdict(outcome), ensure_ascii=False), encoding="utf-8")
    done.rename(path.with_suffix(".done"))


if __name__ == "__main__":
    main()
