"""New content is taken up while the line runs, by all workers, and only when it checks without a problem."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import replace

import pytest

from smsline.engine.model import Spot

from .conftest import TINY
from .server import Server


@pytest.fixture
def line_folder(tmp_path):
    for part in ("menus", "locales"):
        shutil.copytree(TINY / part, tmp_path / "line" / part)
    return tmp_path / "line"


def edit(folder, old: str, new: str, file: str = "menus/tree.yaml") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def until(what, seconds: float = 20) -> bool:
    """Wait for something, as long as it may take on a slow machine."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.2)
    return False


def answers(running, count: int = 8) -> set[str]:
    """The first screen, asked for often enough that each worker had a turn."""
    return {running.sms("menu", sender=f"+3160000{number:04}")[1] for number in range(count)}


def settings(folder) -> dict[str, str]:
    return {"SMSLINE_MENUS": str(folder / "menus"), "SMSLINE_LOCALES": str(folder / "locales"), "SMSLINE_WORKERS": "2"}


def edited(folder, word: str) -> None:
    """A new sentence, with its Dutch translation."""
    edit(folder, "in danger.", f"{word} danger.")
    edit(folder, "in danger.", f"{word} danger.", "locales/nl/LC_MESSAGES/messages.po")


def workers(running) -> set[int]:
    """The processes that answer."""
    found = subprocess.run(["pgrep", "-P", str(running.process.pid)], capture_output=True, text=True, check=False)
    return set(map(int, found.stdout.split()))


def test_a_changed_file_is_taken_up_by_all_workers(tmp_path, line_folder):
    with Server(tmp_path, settings(line_folder)) as running:
        assert all("112 in danger." in answer for answer in answers(running))
        edited(line_folder, "near")
        assert until(lambda: all("112 near danger." in answer for answer in answers(running))), running.log
        assert until(lambda: running.log.count("content-taken") == 2), running.log


def test_what_does_not_check_is_not_taken_up_and_the_log_says_why(tmp_path, line_folder):
    with Server(tmp_path, settings(line_folder)) as running:
        edit(line_folder, "Go now.", "Go now, at least 5 times.")
        assert until(lambda: running.log.count("content-refused") == 2), running.log
        assert "content-refused menus/tree.yaml:" in running.log
        assert "Make it a fact" in running.log
        assert all("112 in danger." in answer for answer in answers(running))
        edit(line_folder, "Go now, at least 5 times.", "Go now.")
        edited(line_folder, "close to")
        assert until(lambda: all("112 close to danger." in answer for answer in answers(running))), running.log


def test_a_broken_file_changes_nothing(tmp_path, line_folder):
    with Server(tmp_path, settings(line_folder)) as running:
        (line_folder / "menus/tree.yaml").write_text("start: [", encoding="utf-8")
        assert until(lambda: running.log.count("content-refused") == 2), running.log
        assert all("112 in danger." in answer for answer in answers(running))


def test_a_hang_up_signal_makes_new_workers_that_have_it(tmp_path, line_folder):
    with Server(tmp_path, settings(line_folder)) as running:
        assert until(lambda: len(workers(running)) == 2), running.log  # it answers as soon as the first is there
        before = workers(running)
        edited(line_folder, "near")
        running.process.send_signal(signal.SIGHUP)
        assert until(lambda: len(workers(running)) == 2 and not workers(running) & before), running.log
        assert until(lambda: all("112 near danger." in answer for answer in answers(running))), running.log


def test_a_session_whose_node_is_gone_lands_at_the_nearest_that_is_there(tiny, phone):
    caller = phone(tiny)
    caller.text("1")
    health = caller.text("1")
    caller.text("1")
    assert caller.node == "pep"
    caller.line = without(tiny, "pep")
    assert caller.text("2") == health.replace("1 PEP\n2 STI", "1 STI")  # a number of the lost screen means nothing
    assert caller.session.state.here == Spot("health")


def without(line, node: str):
    """The same line after a node was taken away."""
    nodes = {name: replace(one, options=tuple(o for o in one.options if o.target != node))
             for name, one in line.nodes.items() if name != node}  # fmt: skip
    return replace(line, nodes=nodes)


def test_a_language_whose_file_breaks_keeps_the_last_good_one_and_the_others_go_on(tmp_path, line_folder):
    with Server(tmp_path, settings(line_folder)) as running:
        po = line_folder / "locales/nl/LC_MESSAGES/messages.po"
        good = po.read_text(encoding="utf-8")
        edit(line_folder, "It is your choice.", "It is only your choice.")
        po.write_text(good.replace('msgstr "Bel', "msgstr Bel"), encoding="utf-8")
        assert until(lambda: running.log.count("content-taken") == 2), running.log
        assert running.log.count("content-set-aside locales/nl/LC_MESSAGES/messages.po:") == 1
        assert "It is only your choice." in running.sms("change", sender="+31600000501")[1]
        assert "Bel 112 bij gevaar." in running.sms("nederlands", sender="+31600000502")[1]
        po.write_text(good.replace("bij gevaar", "in gevaar"), encoding="utf-8")
        assert until(lambda: "Bel 112 in gevaar." in running.sms("nederlands", sender="+31600000503")[1]), running.log


def test_a_server_that_starts_with_a_broken_language_answers_it_from_the_last_good_file(tmp_path, line_folder):
    po = line_folder / "locales/nl/LC_MESSAGES/messages.po"
    with Server(tmp_path, settings(line_folder)):
        pass
    good = po.read_text(encoding="utf-8")
    po.write_text("\ufeff" + good, encoding="utf-8")
    with Server(tmp_path, settings(line_folder)) as running:
        assert "content-set-aside locales/nl/LC_MESSAGES/messages.po:1  begins with a byte-order mark." in running.log
        assert "Bel 112 bij gevaar." in running.sms("nederlands")[1]


def test_without_one_the_others_are_answered_and_its_speakers_get_the_next_best(tmp_path, line_folder):
    po = line_folder / "locales/nl/LC_MESSAGES/messages.po"
    po.write_text("msgid", encoding="utf-8")
    with Server(tmp_path, settings(line_folder)) as running:
        assert "Call 112 in danger." in running.sms("nederlands")[1]
        edit(line_folder, "It is your choice.", "It is only your choice.")
        assert until(lambda: "It is only your choice." in running.sms("change")[1]), running.log


def test_a_new_worker_begins_with_what_the_others_answer_from(tmp_path, line_folder):
    """Also when the files were broken since: not with the content of the start of the server."""
    with Server(tmp_path, settings(line_folder)) as running:
        edited(line_folder, "near")
        assert until(lambda: running.log.count("content-taken") == 2), running.log
        (line_folder / "menus/tree.yaml").write_text("start: [", encoding="utf-8")
        assert until(lambda: running.log.count("content-refused") == 2), running.log
        for worker in workers(running):
            os.kill(worker, signal.SIGKILL)
        assert until(lambda: running.get("/healthz")[0] == 200)
        assert all("112 near danger." in answer for answer in answers(running))
