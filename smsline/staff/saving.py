"""Saving a change, in a process of its own that stands behind the callers: checked, written, kept, handed to the line.

Nothing is written that `smsline check` would refuse. A worker that answers callers only starts this, and reads what
came of it: `python -m smsline.staff.saving JOB`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from math import inf
from pathlib import Path

from smsline.content import entries, translating
from smsline.content.changing import Files
from smsline.content.check import check_again
from smsline.content.edits import LOCALES, MENUS, Edit, as_message
from smsline.content.loading import read_content
from smsline.content.menus import Message
from smsline.content.reader import Value
from smsline.content.translations import found_in
from smsline.engine.model import HOME
from smsline.errors import SmslineError
from smsline.kept import ACCEPTED, Kept, fingerprint
from smsline.logs import keep_log
from smsline.staff.history import History
from smsline.staff.job import Job, Outcome, Words, job_of, message_key

log = logging.getLogger("smsline")

LATE = "Others were saving for too long. Nothing was saved: send it again."

TEMPLATE = f"{LOCALES}/{translating.TEMPLATE}"


def save(job: Job, kept: Kept, running: str, until: float = inf) -> Outcome:
    """Make the change, or say why not; nothing is written after `until`, when nobody waits for it any more.

    `running` is the state of the content that the line answers from.
    """
    try:
        with Files(*kept.folders) as files:
            mend(files, History(kept.beside("history")))
            if time.time() > until:
                return Outcome("refused", (LATE,))
            theirs = [*_overtaken(files, job.seen), *_translated_meanwhile(files, job.words)]
            if theirs:
                return Outcome("overtaken", theirs=tuple(theirs))
            edits = _all_edits(files, job)
            if not edits:
                return Outcome("refused", ("Nothing was changed.",))
            before = {edit.file: files.text(edit.file) for edit in edits}
            files.apply(edits)
            problems, sound = _problems(files, kept)
            if problems:
                return Outcome("refused", tuple(problems))
            if time.time() > until:
                return Outcome("refused", (LATE,))
            return _written(files, job, edits, before, kept, running if sound else None)
    except SmslineError as error:
        return Outcome("refused", (str(error),))
    except OSError as error:
        return Outcome("refused", (f"{_reason(error)} Nothing was saved.",))


def _reason(error: OSError) -> str:
    """What is the matter, in one sentence; of many files that could not be copied, with the last one."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        return f"{error.args[0][-1][0]} cannot be copied: {error.args[0][-1][2]}."
    return f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."


def mend(files: Files, history: History) -> None:
    """Take back what a process left half written that was ended in the middle, where nobody went on from it."""
    for number in history.begun():
        own = history.folder / f"{number:06}"
        for copy in (own / "before").rglob("*"):
            name = copy.relative_to(own / "before").as_posix()
            after = own / "after" / name
            if after.is_file() and files.text(name) == after.read_text(encoding="utf-8"):
                files.changed[name] = copy.read_text(encoding="utf-8")
        files.write()
        files.changed.clear()
        change = history.get(number)
        history.drop(number, change.who if change else "somebody")
    for folder in (files.menus, files.locales):
        for part in folder.rglob(".*.part"):
            part.unlink(missing_ok=True)


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
    changed = {key: (as_message(edit.before), as_message(edit.after)) for edit in edits
               if (key := message_key(edit)) in (job.sources or {})}  # fmt: skip
    languages = sorted(files.locales.glob("*/LC_MESSAGES/messages.po"))
    names = [TEMPLATE, *(f"{LOCALES}/{path.relative_to(files.locales).as_posix()}" for path in languages)]
    by_file: dict[str, list[Words]] = {}
    for one in job.words:
        by_file.setdefault(one.file, []).append(one)
    for file in names:
        if file != TEMPLATE or files.path(file).exists():
            edits += _entered(files, file, changed, by_file.get(file, ()), job)
    return tuple(edits)


def _entered(
    files: Files, file: str, sources: Mapping[str, tuple[str, str]], words: Iterable[Words], job: Job
) -> Iterator[Edit]:
    """The entries of a file that change with a sentence or its translation."""
    parts = entries.entries(files.text(file))
    given = {one.key: one for one in words if one.right}
    for key in dict.fromkeys([*sources, *given]):
        part = parts.get(key)
        was, source = sources.get(key, (None, None))
        if source == "" or (part is None and source is None):
            continue  # taken away: the entry stays for translators until the next update
        entry = entries.read(part) if part else entries.Entry(key, source or "", "", comments=_hints(key, source or ""))
        if was is not None and source is not None:
            entry = entries.turned(entry, was, source, (job.sources or {}).get(key, False), job.same)
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


def _hints(key: str, source: str) -> tuple[str, ...]:
    message = Message(key, source, Value("", 0))
    return tuple(f"#. {hint}" for hint in translating.hints(message))


# --- checked, written, handed over ----------------------------------------------------------------------------


def _problems(files: Files, kept: Kept) -> tuple[list[str], bool]:
    """What `smsline check` would say that it does not say now; and whether all could be read before.

    A language whose file is broken is looked at as it was when it was right, since it is answered like that.
    """
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder) / "old", Path(folder) / "new"
        hidden = shutil.ignore_patterns(".*")
        shutil.copytree(files.menus, old / MENUS, ignore=hidden)
        shutil.copytree(files.locales, old / LOCALES, ignore=hidden)
        before, known = read_content(old / MENUS, old / LOCALES, understands=False)
        broken = sorted({found_in(one.file) for one in known if not one.reminder} - {""})
        if broken:
            _restore(broken, old, kept)
            before, known = read_content(old / MENUS, old / LOCALES, understands=False)
        stop = [str(one) for one in known if not one.reminder]
        touched = [one for one in broken if any(found_in(file) == one for file in files.changed)]
        if before is None or stop or touched:
            named = [f"{LOCALES}/{one}/LC_MESSAGES/messages.po cannot be read. Mend it first." for one in touched]
            return [*named, *stop], False
        shutil.copytree(old, new)
        for file, text in files.changed.items():
            (new / file).write_text(text, encoding="utf-8")
        today = datetime.now(HOME).date()
        found = check_again(new / MENUS, new / LOCALES, today, before)
        after, _ = read_content(new / MENUS, new / LOCALES, understands=False) if found else (None, [])
        same = check_again(old / MENUS, old / LOCALES, today, after) if after else []
    wrong = {(one.file, one.text) for one in same}
    return [str(one) for one in found if (one.file, one.text) not in wrong], not broken


def _restore(languages: Iterable[str], folder: Path, kept: Kept) -> None:
    """Put the last good file of some languages into a copy, where there is one."""
    for name in languages:
        if (kept.path / LOCALES / name).is_dir():
            shutil.rmtree(folder / LOCALES / name)
            shutil.copytree(kept.path / LOCALES / name, folder / LOCALES / name)


def _written(
    files: Files, job: Job, edits: tuple[Edit, ...], before: Mapping[str, str], kept: Kept, running: str | None
) -> Outcome:
    """Write it. Where nobody changed the files since the line took them up, this was their check: it takes them up.

    `running` is None where the line has to look itself: a file of another language is broken.
    """
    history = History(kept.beside("history"))
    with kept.verdicts() as known:
        state = fingerprint(files.menus, files.locales)
        number = history.add(job, edits, before, files.changed)
        try:
            files.write()
        except SmslineError:
            history.drop(number, job.who)
            raise
        history.written(number)
        log.info("staff-%s #%d", job.kind, number)
        now = fingerprint(files.menus, files.locales)
        taken = running is not None and state in (running, known.get(ACCEPTED))
        with contextlib.suppress(OSError):  # it is saved all the same: the line looks itself
            if taken and kept.copied():
                kept.swap()
                known.clear()
                known.update({now: "", ACCEPTED: now})
    return Outcome("saved", number=number, now=now)


# --- as a process of its own ----------------------------------------------------------------------------------


def main() -> None:
    """Do the job of a file, and write what came of it beside it."""
    os.nice(10)  # callers come first
    keep_log(os.environ.get("SMSLINE_LOG", "").strip())
    path = Path(sys.argv[1])
    try:
        asked = json.loads(path.read_text(encoding="utf-8"))
        kept = Kept(*(Path(asked[name]) for name in ("kept", "menus", "locales")))
        outcome = save(job_of(asked["job"]), kept, asked["running"], asked.get("until", inf))
    except Exception as error:
        log.error("saving-failed %s", type(error).__name__)
        outcome = Outcome("refused", (f"Something is broken here ({type(error).__name__}). Nothing was saved.",))
    done = path.with_suffix(".part")
    try:
        done.write_text(json.dumps(asdict(outcome), ensure_ascii=False), encoding="utf-8")
        done.rename(path.with_suffix(".done"))
    except OSError:
        log.error("saving-unsaid")  # the folder is gone: the history knows


if __name__ == "__main__":
    main()
