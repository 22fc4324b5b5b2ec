"""Staff save a change: checked as `smsline check` does, written where it stands and nowhere else, kept, and undone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, replace

import pytest

from smsline.content import entries
from smsline.content.changing import Files
from smsline.content.check import check
from smsline.content.edits import Edit
from smsline.content.loading import read_content
from smsline.kept import ACCEPTED, Kept
from smsline.staff.desk import today
from smsline.staff.history import History
from smsline.staff.job import Job, Words
from smsline.staff.saving import save

from .conftest import ROOT, TINY

TREE = "menus/tree.yaml"
DUTCH = "locales/nl/LC_MESSAGES/messages.po"
ANSWER = "change.answer"


@pytest.fixture
def kept(tmp_path) -> Kept:
    """The tiny line in a folder of its own, with what stands beside its store."""
    shutil.copytree(TINY, tmp_path / "line")
    return Kept(tmp_path / "line.sqlite.accepted", tmp_path / "line" / "menus", tmp_path / "line" / "locales")


def text(kept: Kept, file: str) -> str:
    return (kept.folders[0].parent / file).read_text(encoding="utf-8")


def entry(kept: Kept, key: str) -> entries.Entry:
    return entries.read(entries.entries(text(kept, DUTCH))[key])


def stands(kept: Kept, file: str, *path: str):
    return Files(*kept.folders).stands(file, path)


def edit(kept: Kept, file: str, path: str, after, **more) -> Job:
    """A change of one value; a sentence where its key is a message."""
    names = tuple(path.split("."))
    seen = (Edit(file, names, stands(kept, file, *names), after),)
    return Job("maria", "edited", names[0], seen, (), {path: isinstance(after, tuple)}, **more)


def done(kept: Kept, job: Job, state: str = "saved"):
    outcome = save(job, kept, "")
    assert outcome.state == state, outcome
    return outcome


def changed_rows(before: str, after: str) -> list[str]:
    old, new = before.split("\n"), after.split("\n")
    return [row for row in new if row not in old] + [row for row in old if row not in new]


def test_only_the_sentence_changes_in_its_file(kept):
    before = text(kept, TREE)
    done(kept, edit(kept, TREE, ANSWER, "It is your own choice."))
    assert changed_rows(before, text(kept, TREE)) == [
        "  answer: It is your own choice.",
        "  answer: It is your choice.",
    ]


def test_its_translation_turns_fuzzy_and_says_what_it_was_made_for(kept):
    was = entry(kept, ANSWER)
    done(kept, edit(kept, TREE, ANSWER, "It is your own choice."))
    now = entry(kept, ANSWER)
    assert (now.fuzzy, now.previous, now.source, now.text) == (True, was.source, "It is your own choice.", was.text)


def test_the_files_of_translators_are_what_gettext_tools_read(kept):
    done(kept, edit(kept, TREE, ANSWER, 'It is "your" own\nchoice.'))
    content, problems = read_content(*kept.folders)
    assert not [one for one in problems if not one.reminder]
    assert content.translated["nl"][ANSWER].fuzzy


def test_a_fuzzy_translation_stays_that_of_the_sentence_it_was_made_for(kept):
    first = entry(kept, ANSWER).source
    done(kept, edit(kept, TREE, ANSWER, "It is your own choice."))
    done(kept, edit(kept, TREE, ANSWER, "The choice is yours."))
    assert entry(kept, ANSWER).previous == first


def test_with_the_same_meaning_it_stays_right(kept):
    done(kept, edit(kept, TREE, ANSWER, "It's your choice.", same=True))
    now = entry(kept, ANSWER)
    assert (now.fuzzy, now.source) == (False, "It's your choice.")
    assert text(kept, DUTCH).count("fuzzy") == text(kept, "locales/messages.pot").count("fuzzy") == 0


@pytest.mark.parametrize("comment", ["", "confirmed 2026-11-26 maria"])
def test_both_saved_together_are_right_and_a_native_speaker_confirms(kept, comment):
    words = Words(
        DUTCH, ANSWER, entry(kept, ANSWER).text, "De keuze is aan jou.", True, "The choice is yours.", comment
    )
    done(kept, replace(edit(kept, TREE, ANSWER, "The choice is yours."), words=(words,)))
    now = entry(kept, ANSWER)
    assert (now.fuzzy, now.text, now.source, now.confirmed) == (
        False, "De keuze is aan jou.", "The choice is yours.", comment,
    )  # fmt: skip


def test_a_confirmed_translation_is_confirmed_no_more_when_it_or_its_source_changes(kept):
    old = entry(kept, ANSWER)
    comment = "confirmed 2026-11-26 maria"
    words = Words(DUTCH, ANSWER, old.text, old.text, True, old.source, comment)
    done(kept, Job("maria", "confirmed", "nl", (), (words,)))
    assert entry(kept, ANSWER).confirmed == comment
    other = Words(DUTCH, ANSWER, old.text, "Jij kiest.", True, old.source)
    done(kept, Job("jan", "edited", "change", (), (other,)))
    assert not entry(kept, ANSWER).confirmed


def test_a_list_of_words_turns_nothing_fuzzy(kept):
    done(kept, edit(kept, TREE, "change.words", ("thinking about another job", "leave this work", "other work")))
    assert "[thinking about another job, leave this work, other work]" in text(kept, TREE)
    now = entry(kept, "change.words")
    assert (now.fuzzy, now.source) == (False, "thinking about another job; leave this work; other work")


def test_a_new_field_stands_where_it_belongs_and_can_be_taken_away(kept):
    before = text(kept, TREE)
    done(kept, edit(kept, TREE, "near.text", None))
    assert "What do you need?" not in text(kept, TREE)
    done(kept, edit(kept, TREE, "near.text", "What do you need?"))
    assert text(kept, TREE) == before


def test_what_an_option_says_is_changed_at_the_option(kept):
    job = Job("maria", "edited", "start", (Edit(TREE, ("start", "options", "health"), "Health", "Your health"),), (),
              {"start.option.health": False})  # fmt: skip
    done(kept, job)
    assert "    - Your health: health\n" in text(kept, TREE)
    assert entry(kept, "start.option.health").source == "Your health"


def test_an_urgent_answer_is_refused_until_every_language_has_it(kept):
    before = text(kept, TREE)
    outcome = done(kept, edit(kept, TREE, "danger-now.answer", "Call {rescue.phone} at once."), "refused")
    assert any("an urgent answer needs a translation that is not fuzzy" in row for row in outcome.problems)
    assert text(kept, TREE) == before
    words = Words(DUTCH, "danger-now.answer", entry(kept, "danger-now.answer").text, "Bel meteen {rescue.phone}.", True,
                  "Call {rescue.phone} at once.")  # fmt: skip
    job = edit(kept, TREE, "danger-now.answer", "Call {rescue.phone} at once.")
    done(kept, replace(job, words=(words,)))


REFUSED = [
    (TREE, "change.title", "A title that is much too long"),
    (TREE, "change.answer", "Call {resque.phone}."),
    (TREE, "change.answer", "Wait 3 days."),
    (TREE, "change.answer", None),
    ("menus/facts.yaml", "pep-limit.value", "many"),
    ("menus/organisations/test.yaml", "clinic-river.phone", "12"),
]


@pytest.mark.parametrize(("file", "path", "after"), REFUSED)
def test_what_check_refuses_is_refused_in_its_words_and_nothing_is_written(kept, tmp_path, file, path, after):
    if file.startswith("menus/organisations"):
        file = f"menus/organisations/{next((kept.folders[0] / 'organisations').glob('*.yaml')).name}"
    before = {name: text(kept, name) for name in (file, DUTCH)}
    outcome = done(kept, edit(kept, file, path, after), "refused")
    assert {name: text(kept, name) for name in before} == before
    assert not kept.beside("history").exists()
    with Files(*kept.folders) as files:  # the same by hand
        files.apply([Edit(file, tuple(path.split(".")), None, after)])
        files.write()
    said = [str(one) for one in check(*kept.folders, today()) if not one.reminder]
    assert set(outcome.problems) <= set(said)
    assert outcome.problems


def test_a_change_keeps_who_when_what_and_the_files_before(kept):
    before = {file: text(kept, file) for file in (TREE, DUTCH)}
    number = done(kept, edit(kept, TREE, ANSWER, "It is your own choice.")).number
    folder = kept.beside("history")
    change = History(folder).get(number)
    assert (change.number, change.who, change.kind, change.what) == (1, "maria", "edited", "change")
    assert {file: (folder / "000001" / "before" / file).read_text(encoding="utf-8") for file in before} == before
    assert (folder / "audit.log").read_text().endswith(" maria edited change #1\n")


def test_undone_every_byte_is_as_it_was(kept):
    names = [TREE, DUTCH, "locales/messages.pot"]
    before = [text(kept, name) for name in names]
    number = done(kept, edit(kept, TREE, ANSWER, "It is your own choice.")).number
    change = History(kept.beside("history")).get(number)
    assert [text(kept, name) for name in names] != before
    done(kept, Job("jan", "undone", "#1", tuple(one.back for one in change.edits), undoes=number))
    assert [text(kept, name) for name in names] == before


def test_what_somebody_went_on_from_is_not_undone(kept):
    first = done(kept, edit(kept, TREE, ANSWER, "It is your own choice.")).number
    done(kept, edit(kept, TREE, ANSWER, "The choice is yours."))
    change = History(kept.beside("history")).get(first)
    job = Job("jan", "undone", "#1", tuple(one.back for one in change.edits), undoes=first)
    outcome = done(kept, job, "overtaken")
    assert Edit(TREE, ("change", "answer"), "It is your own choice.", "The choice is yours.") in outcome.theirs


def test_nobody_overwrites_what_another_wrote_meanwhile(kept):
    mine = edit(kept, TREE, ANSWER, "Mine.")
    done(kept, edit(kept, TREE, ANSWER, "Theirs."))
    outcome = done(kept, mine, "overtaken")
    assert [one.after for one in outcome.theirs] == ["Theirs."]
    assert stands(kept, TREE, "change", "answer") == "Theirs."


def test_a_broken_file_is_named_and_left_as_it_is(kept):
    path = kept.folders[0] / "tree.yaml"
    job = edit(kept, TREE, ANSWER, "Mine.")
    path.write_text(text(kept, TREE) + "\n  - [", encoding="utf-8")
    broken = text(kept, TREE)
    assert "menus/tree.yaml" in done(kept, job, "refused").problems[0]
    assert text(kept, TREE) == broken


def test_the_line_takes_up_what_was_checked_here_without_another_check(kept):
    job, running = edit(kept, TREE, ANSWER, "It is your own choice."), kept.state()
    outcome = save(job, kept, running)
    with kept.verdicts() as known:
        assert known == {outcome.now: "", ACCEPTED: outcome.now}
    assert outcome.now == kept.state()
    assert (kept.path / "menus" / "tree.yaml").read_text(encoding="utf-8") == text(kept, TREE)


def test_what_could_not_be_handed_over_is_saved_all_the_same(kept):
    """The line looks at it itself then; to say that nothing was saved would be a lie."""
    kept.path.write_text("a file where a folder should be", encoding="utf-8")
    outcome = save(edit(kept, TREE, ANSWER, "It is your own choice."), kept, kept.state())
    assert (outcome.state, outcome.number) == ("saved", 1)
    with kept.verdicts() as known:
        assert known == {}
    assert History(kept.beside("history")).begun() == []


def test_but_not_where_others_changed_the_files_since(kept):
    """What they changed was looked at by nobody yet, so the line looks at all of it."""
    running = kept.state()
    phrases = kept.folders[0] / "phrases.yaml"
    phrases.write_text(phrases.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    save(edit(kept, TREE, ANSWER, "It is your own choice."), kept, running)
    with kept.verdicts() as known:
        assert known == {}


def test_where_menus_cannot_be_written_nothing_is_lost(kept, tmp_path):
    """A read-only folder: one sentence, no half of a change, nothing in the history. Nor may root write there."""
    before, file = text(kept, TREE), tmp_path / "job.json"
    row = {"job": asdict(edit(kept, TREE, ANSWER, "Mine.")), "kept": str(kept.path), "running": "",
           "menus": str(kept.folders[0]), "locales": str(kept.folders[1])}  # fmt: skip
    file.write_text(json.dumps(row), encoding="utf-8")
    kept.folders[0].chmod(0o555)
    powerless = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    subprocess.run([*powerless, sys.executable, "-m", "smsline.staff.saving", str(file)], check=True, cwd=ROOT)
    kept.folders[0].chmod(0o755)
    outcome = json.loads(file.with_suffix(".done").read_text(encoding="utf-8"))
    assert outcome["problems"] == ["menus/tree.yaml cannot be written: Permission denied. Nothing was saved."]
    assert text(kept, TREE) == before
    assert not [*History(kept.beside("history")).newest(9)]
    assert not [*kept.folders[1].rglob(".*.part")]


def test_a_process_that_was_ended_while_it_wrote_leaves_nothing_half(kept):
    """Between two files it is killed: the next change takes back what stands there, and no number is used twice."""
    before = {file: text(kept, file) for file in (TREE, DUTCH)}
    number = done(kept, edit(kept, TREE, ANSWER, "Half of a change.")).number
    folder = kept.beside("history") / f"{number:06}"
    (folder / "open").touch()
    for file in before:
        (folder / "after" / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / "after" / file).write_text(text(kept, file), encoding="utf-8")
    (kept.folders[1].parent / DUTCH).write_text(before[DUTCH], encoding="utf-8")  # it did not come so far
    assert done(kept, edit(kept, TREE, "near.text", "What is it?")).number == number + 1
    assert stands(kept, TREE, "change", "answer") == "It is your choice."
    assert "maria not written #1" in (kept.beside("history") / "audit.log").read_text()


def test_nothing_is_written_when_nobody_waits_for_it_any_more(kept):
    before = text(kept, TREE)
    outcome = save(edit(kept, TREE, ANSWER, "Late."), kept, "", until=0.0)
    assert outcome.problems == ("Others were saving for too long. Nothing was saved: send it again.",)
    assert text(kept, TREE) == before


def test_what_is_wrong_elsewhere_already_does_not_stand_in_the_way(kept):
    path = kept.folders[0] / "tree.yaml"
    path.write_text(text(kept, TREE).replace("  answer: It is your", "  answer: Wait 4 days. It is your"), "utf-8")
    done(kept, edit(kept, TREE, "near.text", "What is it?"))
    assert "Wait 4 days." in text(kept, TREE)


def test_with_one_broken_language_the_others_are_still_checked(kept):
    job = edit(kept, TREE, "near.text", "What is it?")
    path = kept.folders[0].parent / DUTCH
    path.write_text(text(kept, DUTCH).replace('msgctxt "near.text"', 'msgctxt near.text"'), encoding="utf-8")
    broken = text(kept, DUTCH)
    outcome = done(kept, job, "refused")
    assert outcome.problems[0].startswith("locales/nl/LC_MESSAGES/messages.po")
    assert text(kept, DUTCH) == broken


def test_a_file_of_translators_without_empty_lines_loses_no_entry(kept):
    path = kept.folders[0].parent / DUTCH
    packed = text(kept, DUTCH).replace("\n\n#. The name of a choice", "\n#. The name of a choice")
    assert packed != text(kept, DUTCH)
    path.write_text(packed, encoding="utf-8")
    before = entries.entries(packed)
    done(kept, edit(kept, TREE, ANSWER, "It is your own choice."))
    after = entries.entries(text(kept, DUTCH))
    assert {key for key in before if before[key] != after[key]} == {ANSWER}


def test_the_same_meaning_is_no_pardon_for_what_was_wrong_before(kept):
    done(kept, edit(kept, TREE, ANSWER, "It is your choice. Ask a doctor."))
    done(kept, edit(kept, TREE, ANSWER, "It is your choice. Ask a GP.", same=True))
    assert entry(kept, ANSWER).fuzzy
    done(kept, edit(kept, TREE, ANSWER, "It is your choice."))
    assert not entry(kept, ANSWER).fuzzy  # what it was made for stands there again


def test_ends_of_rows_stay_as_they_were(kept):
    path = kept.folders[0] / "tree.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    done(kept, edit(kept, TREE, ANSWER, "It is your own choice."))
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n")


def test_a_comment_that_would_be_lost_is_named(kept):
    path = kept.folders[0] / "tree.yaml"
    path.write_text(text(kept, TREE).replace("  text: What do you need?", "  text: What do you need?  # kept"), "utf-8")
    outcome = done(kept, edit(kept, TREE, "near.text", None), "refused")
    assert outcome.problems == ('menus/tree.yaml: the comment "# kept" would be lost. Edit the file by hand.',)


# --- files as they stand in this repository -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted((ROOT / "locales").glob("*/LC_MESSAGES/messages.po")), ids=lambda p: p.parts[-3]
)
def test_an_entry_read_and_written_is_the_same(path):
    whole = path.read_text(encoding="utf-8")
    parts = entries.entries(whole)
    assert len(parts) > 600
    assert entries.put(whole, {key: entries.written(entries.read(part)) for key, part in parts.items()}) == whole


NODES = [("menus/health.yaml", "find-a-doctor.title"), ("menus/sexual-health.yaml", "pep.answer"),
         ("menus/safety.yaml", "danger-now.answer"), ("menus/phrases.yaml", "phrases.ask"),
         ("menus/services.yaml", "sti_test.label"), ("menus/facts.yaml", "pep-limit.value"),
         ("menus/organisations/national.yaml", "comensha.phone")]  # fmt: skip


@pytest.mark.parametrize(("file", "path"), NODES)
def test_a_value_written_twice_leaves_the_file_as_it_was(tmp_path, file, path):
    for name in ("menus", "locales"):
        shutil.copytree(ROOT / name, tmp_path / name)
    names = tuple(path.split("."))
    before = (tmp_path / file).read_text(encoding="utf-8")
    with Files(tmp_path / "menus", tmp_path / "locales") as files:
        stood = files.stands(file, names)
        other = "77" if names[-1] == "value" else "Seven"
        files.apply([Edit(file, names, stood, other)])
        assert len(changed_rows(before, files.changed[file])) >= 2
        files.apply([Edit(file, names, other, stood)])
        assert files.changed[file] == before
