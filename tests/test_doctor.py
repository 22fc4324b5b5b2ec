"""`smsline doctor` on this machine: each row is right or says what to do."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from smsline.cli import main
from smsline.doctor import questions
from smsline.doctor.files import files
from smsline.doctor.finding import Finding
from smsline.doctor.machine import CHECK, SHARED, WORKER, kept, memory, processors, swap, versions
from smsline.doctor.provider import clock
from smsline.doctor.secret import EXAMPLES, secrets
from smsline.doctor.store import on_disk, store
from smsline.settings import read_settings
from smsline.staff.accounts import add
from smsline.stores import open_store
from smsline.stores.sqlite import SqliteStore

from .conftest import ROOT, TINY
from .test_settings import PRODUCTION

SECRET, TOKEN, METRICS = "0123456789abcdef" * 4, "fedcba9876543210" * 2, "a0b1c2d3e4f5a6b7c8d9"

GOOD = {**PRODUCTION, "SMSLINE_SECRET": SECRET, "TWILIO_AUTH_TOKEN": TOKEN, "SMSLINE_METRICS_TOKEN": METRICS,
        "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001"}  # fmt: skip


def environ_of(folder: Path) -> dict[str, str]:
    return {"SMSLINE_STORE": f"sqlite:///{folder}/line.sqlite", "SMSLINE_STAFF": f"{folder}/staff",
            "SMSLINE_MENUS": f"{folder}/menus", "SMSLINE_LOCALES": f"{folder}/locales", **GOOD}  # fmt: skip


@pytest.fixture
def folder(tmp_path) -> Path:
    """Where a line stands: content, a store that ran once, an account."""
    shutil.copytree(TINY, tmp_path, dirs_exist_ok=True)
    SqliteStore(str(tmp_path / "line.sqlite"))
    add(tmp_path / "staff", "anna", "editor", "a long password")
    return tmp_path


def of_files(folder: Path) -> list[str]:
    return [str(row) for row in files(read_settings(environ_of(folder)))]


def of_store(folder: Path, **settings: str) -> list[str]:
    """But for the disk: tests run in a folder that is emptied."""
    rows = [str(row) for row in store(read_settings({**environ_of(folder), **settings}))]
    return [row for row in rows if "which is emptied" not in row and "lost at the" not in row]


def test_of_a_line_that_is_ready_nothing_is_to_mend_nothing_is_changed_and_no_secret_is_shown(folder):
    environ = environ_of(folder)
    for name in ("rescue", "region-help", "country-help"):
        assert CliRunner().invoke(main, ["orgs", "verified", name, "--by", "MV"], env=environ).exit_code == 0
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = CliRunner().invoke(main, ["doctor"], env=environ)
    rows = result.output.splitlines()
    mends = [row for row in rows if row.startswith("MEND")]
    assert [row for row in mends if "which is emptied" not in row and "lost at the" not in row] == []
    assert result.exit_code == bool(mends)
    for what in ("SMSLINE_SECRET is set", "TWILIO_AUTH_TOKEN is set", "SMSLINE_METRICS_TOKEN is set",
                 "the store can be read and written, and its journal is WAL", "1 of the staff have an account",
                 "the content checks", "SMSLINE_PUBLIC_URL is https", "texts are redacted at Twilio"):  # fmt: skip
        assert f"ok    {what}" in rows
    assert {path: path.read_bytes() for path in before} == before
    for secret in (SECRET, TOKEN, METRICS, "AC0000"):
        assert secret not in result.output


def test_of_a_line_that_is_not_the_exit_code_says_so():
    result = CliRunner().invoke(main, ["doctor"], env={"SMSLINE_STORE": "memory:", "SMSLINE_MENUS": f"{TINY}/menus",
                                                       "SMSLINE_LOCALES": f"{TINY}/locales"})  # fmt: skip
    assert result.exit_code == 1
    for what in ("SMSLINE_ENV is development. Set SMSLINE_ENV=production.", "SMSLINE_STORE is memory",
                 "3 urgent answers and contacts are verified by nobody. Ring them", "SMSLINE_PUBLIC_URL is not https",
                 "Twilio keeps every text"):  # fmt: skip
        assert f"MEND  {what}" in result.output


# --- secrets ------------------------------------------------------------------------------------------------------


def of_secrets(**settings: str) -> list[str]:
    environ = {"SMSLINE_METRICS_TOKEN": METRICS, "SMSLINE_SECRET": SECRET, "TWILIO_AUTH_TOKEN": TOKEN, **settings}
    return [str(row) for row in secrets(read_settings(environ)) if row.state != "ok"]


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("SMSLINE_SECRET", "", "MEND  SMSLINE_SECRET is not set. Make one: "),
        ("SMSLINE_SECRET", SECRET[:31], "MEND  SMSLINE_SECRET is shorter than 32 letters. Make one: "),
        ("SMSLINE_SECRET", "0123456" * 6, "MEND  SMSLINE_SECRET has fewer than 8 different letters"),
        ("SMSLINE_METRICS_TOKEN", METRICS[:15], "MEND  SMSLINE_METRICS_TOKEN is shorter than 16 letters"),
        ("SMSLINE_METRICS_TOKEN", "change-me", "MEND  SMSLINE_METRICS_TOKEN is an example from the documents"),
        ("SMSLINE_METRICS_TOKEN", SECRET, "MEND  SMSLINE_SECRET is the same as SMSLINE_METRICS_TOKEN. Whoever has one"),
        ("TWILIO_AUTH_TOKEN", "", "MEND  TWILIO_AUTH_TOKEN is not set. Copy it from the gateway's console."),
        ("TWILIO_AUTH_TOKEN", TOKEN[1:], "warn  TWILIO_AUTH_TOKEN is not 32 figures and letters from a to f"),
        ("TWILIO_AUTH_TOKEN", f"{TOKEN},{TOKEN.upper()}", "warn  TWILIO_AUTH_TOKEN is not 32 figures"),
        ("CM_PRODUCT_TOKEN", TOKEN, "MEND  TWILIO_AUTH_TOKEN is the same as CM_PRODUCT_TOKEN"),
    ],
)
def test_a_secret_that_is_none_is_said_with_what_to_do(name, value, what):
    assert of_secrets(**{name: value})[0].startswith(what)


def test_secrets_at_the_limits_are_right():
    assert of_secrets(SMSLINE_SECRET="01234567" * 4, SMSLINE_METRICS_TOKEN=METRICS[:16]) == []


def test_each_value_that_a_document_shows_for_a_secret_is_known_as_an_example():
    shown = set()
    for file in [ROOT / "README.md", *(ROOT / "docs").iterdir()]:
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            shown |= set(re.findall(r"^\w+_(?:secret|token)=(\S+)", text.lower(), re.MULTILINE))
    assert shown
    assert shown <= set(EXAMPLES)


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["line.sqlite", "staff", "line.sqlite.history", "line.sqlite.jobs"])
@pytest.mark.parametrize(("outside", "inside", "reached"), [(0o755, 0o004, True), (0o755, 0o040, True),
                                                             (0o755, 0o000, False), (0o700, 0o044, False)])  # fmt: skip
def test_what_others_can_reach_and_read_is_named(folder, name, outside, inside, reached):
    path = folder / name
    if not path.exists():
        path.mkdir()
    os.chmod(path, 0o700 | inside)
    os.chmod(folder, outside)
    found = [row for row in of_files(folder) if "can be read by others" in row]
    assert found == (
        [f"MEND  {path} can be read by others (mode {0o700 | inside:o}). chmod -R go= {path}"] if reached else []
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_whoever_is_not_the_user_of_the_line_is_told_so(folder):
    for path in (folder / "menus", folder):
        os.chmod(path, 0o000)
    try:
        result = CliRunner().invoke(main, ["doctor"], env=environ_of(folder))
    finally:
        for path in (folder, folder / "menus"):
            os.chmod(path, 0o700)
    for what in (f"the folder {folder} of the store cannot be written", "the accounts of the staff pages cannot",
                 f"{folder}/menus cannot be read", f"{folder}/locales cannot be read"):  # fmt: skip
        assert f"MEND  {what}" in result.output


def test_a_damaged_file_of_accounts_is_named_with_its_line(folder):
    with (folder / "staff").open("a") as file:
        file.write("half a line\n")
    assert any(f"{folder}/staff:2  is no account." in row for row in of_files(folder))


# --- the store ----------------------------------------------------------------------------------------------------


def test_a_store_that_cannot_be_used_is_said_with_what_to_do(folder):
    path = folder / "line.sqlite"
    assert of_store(folder)[0] == "ok    the store can be read and written, and its journal is WAL"
    with closing(sqlite3.connect(path)) as other:
        other.execute("pragma journal_mode = delete")
    assert of_store(folder)[0].startswith("MEND  the journal of the store is delete, not WAL. Start the line")
    path.write_bytes(b"broken " * 1000)
    assert "file is not a database" in of_store(folder)[0]
    path.unlink()
    assert of_store(folder)[0] == "ok    the store is not there yet: the first start makes it"
    assert not path.exists()
    typo = of_store(folder, SMSLINE_STORE=f"sqlite:///{folder}/typo/line.sqlite")
    assert typo == [f"MEND  the folder {folder}/typo of the store is not there. Make it, or change SMSLINE_STORE."]


def test_a_store_of_an_invented_year_is_none_for_production(folder):
    open_store(f"sqlite:///{folder}/line.sqlite").invent()
    assert "invented year" in of_store(folder)[0]


@pytest.mark.parametrize("ends", [("",), ("", "-wal"), ("-wal", "-shm")])
def test_a_broken_store_or_its_log_that_was_set_aside_is_not_forgotten(folder, ends):
    for end in ends:
        (folder / f"line.sqlite.corrupt-20261124T120000{end}").touch()
    assert of_store(folder)[-1].startswith("warn  1 broken stores are set aside, with rows of callers. Look at")


MOUNTS = """\
22 1 0:20 / / rw,relatime - ext4 /dev/sda1 rw
23 22 0:21 / /run rw,nosuid - tmpfs tmpfs rw
24 22 0:22 / /mnt/share\\040one rw shared:1 master:2 - nfs4 server:/share rw
25 22 0:23 / /mnt/windows rw - cifs //server/share rw
26 22 0:24 / /var/lib/docker/x rw - overlay overlay rw
27 26 8:1 /data /var/lib/docker/x/data rw - xfs /dev/sdb1 rw
"""


@pytest.mark.parametrize(
    ("place", "state", "what"),
    [
        ("/var/lib/smsline", "ok", "the disk of the store lasts (ext4)"),
        ("/running", "ok", "(ext4)"),
        ("/var/lib/docker/x/data/one", "ok", "(xfs)"),
        ("/run/smsline", "MEND", "in memory (tmpfs)"),
        ("/var/lib/docker/x/app", "MEND", "the store is in a container (overlay): counts, sessions and the history"),
        ("/mnt/share one/line", "MEND", "another machine (nfs4), where SQLite's WAL does not work"),
        ("/mnt/windows", "MEND", "another machine (cifs)"),
        ("/tmp/line", "MEND", "which is emptied"),
    ],
)
def test_the_disk_of_the_store_suits_and_lasts_or_it_is_said_why_not(tmp_path, place, state, what):
    (tmp_path / "mountinfo").write_text(MOUNTS)
    found = on_disk(Path(place), tmp_path / "mountinfo")
    assert found.state == state
    assert what in found.what


# --- the machine --------------------------------------------------------------------------------------------------


def meminfo(folder, megabytes: int, swapping: int = 0):
    path = folder / "meminfo"
    path.write_text(f"MemTotal:       {megabytes * 1024} kB\nSwapTotal:      {swapping * 1024} kB\n")
    return path


NEEDED = SHARED + 2 * WORKER


@pytest.mark.parametrize(("has", "state"), [(NEEDED - 1, "MEND"), (NEEDED, "warn"), (NEEDED + CHECK - 1, "warn"),
                                            (NEEDED + CHECK, "ok")])  # fmt: skip
def test_memory_is_enough_for_the_workers_and_for_a_check_beside_them(tmp_path, has, state):
    assert memory(2, meminfo(tmp_path, has), tmp_path).state == state


OLD = "memory/memory.limit_in_bytes"


@pytest.mark.parametrize(
    ("file", "text", "state"),
    [("memory.max", f"{NEEDED * 2**20 - 1}\n", "MEND"), ("memory.max", "max\n", "ok"), (OLD, "268435456\n", "MEND")],
)
def test_the_limit_of_a_container_counts_where_it_is_smaller(tmp_path, file, text, state):
    (tmp_path / "memory").mkdir()
    (tmp_path / file).write_text(text)
    assert memory(2, meminfo(tmp_path, 8000), tmp_path).state == state


def test_a_machine_that_swaps_is_told_to_stop(tmp_path):
    assert [row.do for row in swap(meminfo(tmp_path, 2000, 1))] == ["Switch it off: swapoff -a"]
    assert [*swap(meminfo(tmp_path, 2000))] == []


@pytest.mark.parametrize(("workers", "cores", "state"), [(1, 1, "warn"), (2, 1, "ok"), (8, 2, "ok"), (9, 2, "warn")])
def test_workers_suit_the_processors(workers, cores, state):
    assert processors(workers, cores).state == state


@pytest.mark.parametrize(("said", "state"), [("yes", ["ok"]), ("no", ["MEND"]), ("", [])])
def test_a_clock_that_nobody_keeps_is_said(said, state):
    assert [row.state for row in kept([sys.executable, "-c", f"print({said!r})"])] == state
    assert [*kept(["/no/such/command"])] == []


RIGHT = "the clock of this machine is right"


@pytest.mark.parametrize(("off", "what"), [(30, RIGHT), (-30, RIGHT),
                                           (31, "the clock of this machine is 31 seconds ahead"),
                                           (-31, "the clock of this machine is 31 seconds behind")])  # fmt: skip
def test_a_clock_may_be_half_a_minute_off(off, what):
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert clock("Tue, 24 Nov 2026 12:00:00 GMT", noon + timedelta(seconds=off)).what == what


def test_a_date_that_is_none_is_no_reason_to_mend_a_clock():
    assert clock("yesterday", datetime.now(UTC)).state == clock("", datetime.now(UTC)).state == "warn"


def test_installed_are_the_versions_that_were_tried(tmp_path):
    lock = tmp_path / "requirements.txt"
    assert [*versions(lock)] == []
    assert [row.state for row in versions(ROOT / "requirements.txt")] == ["ok"]
    lock.write_text("click==0.1 \\\n    --hash=sha256:00\nflask==0.1 ; python_version < '3'\nno-such==1\n")
    assert [*versions(lock)] == [Finding("MEND", "2 packages are not those of requirements.txt, such as click",
                                         f"pip install --require-hashes -r {lock}")]  # fmt: skip


def test_what_the_provider_was_asked_is_not_asked_of_a_person_again():
    with_account, without = read_settings(GOOD), read_settings({**GOOD, "TWILIO_ACCOUNT_SID": ""})
    offline = [*questions(with_account)]
    assert len([*questions(with_account, online=True)]) == len(offline) - 2
    assert [*questions(without, online=True)] == offline
