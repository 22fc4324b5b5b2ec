"""The counts can be kept elsewhere and brought back, and nothing of a caller goes along."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from time import sleep

import pytest
from click.testing import CliRunner

from smsline.cli import main
from smsline.stores import open_store
from smsline.stores.backup import CALLERS, COUNTS
from smsline.stores.migrations import STEPS, migrations
from smsline.stores.sqlite import SqliteStore

from .server import Server
from .test_stores import KEY, counting, kept, tally


def run(*arguments: str, store: Path, **settings: str):
    return CliRunner().invoke(main, arguments, env={"SMSLINE_STORE": f"sqlite:///{store}", **settings})


def rows(file: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def counts(file: Path) -> dict[str, list[tuple]]:
    return {table: sorted(rows(file, f"select * from {table}")) for table in COUNTS}


@pytest.fixture
def store(tmp_path) -> Path:
    """A store with two turns of one caller, a report of a wrong number and a message that waits to be redacted."""
    made = SqliteStore(str(tmp_path / "line.sqlite"))
    made.rotate(1000, 10, b"salt" * 8)
    made.turn(KEY, counting, tally, kept)
    made.turn(KEY, counting, tally, kept)
    made.add_todo("SMmarked", 5)
    made._close()
    return made.path


def test_a_backup_has_the_counts_and_is_for_its_owner_only(store, tmp_path):
    result = run("backup", str(tmp_path / "counts.sqlite"), store=store)
    assert result.exit_code == 0, result.output
    assert counts(tmp_path / "counts.sqlite") == counts(store)
    assert rows(store, "select sum(count) from day") == [(4,)]
    assert (tmp_path / "counts.sqlite").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"line.sqlite", "line.sqlite.queue", "counts.sqlite"}


def test_no_byte_of_a_session_a_salt_or_a_message_at_twilio_is_in_it(store, tmp_path):
    run("backup", str(tmp_path / "counts.sqlite"), store=store)
    ((data,),) = rows(store, "select data from session")
    written, before = (path.read_bytes() for path in (tmp_path / "counts.sqlite", store))
    for secret in (KEY[0].hash, b"salt" * 8, b"SMmarked", data):
        assert secret in before
        assert secret not in written
    for table in CALLERS:
        assert rows(tmp_path / "counts.sqlite", f"select * from {table}") == []


def test_each_table_is_one_that_is_backed_up_or_one_that_never_is(store):
    there = {name for (name,) in rows(store, "select name from sqlite_master where type = 'table'")}
    assert there == {*COUNTS, *CALLERS, "_sqlite_migrations"}


def test_while_texts_come_in_each_turn_is_in_it_whole_or_not_at_all(tmp_path):
    """A look-up counts in three tables in one turn: by day, by month, and its segments by country."""
    over, asked, answered = Flag(), [0], [0]

    def texting() -> None:
        while not over.is_set():
            asked[0] += 1
            assert running.sms("sti test utrecht", sender=f"+316{10_000_000 + asked[0]}")[0] == 200
            answered[0] += 1

    query = "select sum(count) filter (where event = 'not-found'), sum(segments) from day"
    with Server(tmp_path) as running:
        caller = Thread(target=texting)
        caller.start()
        try:
            for number in range(8):
                while answered[0] < 10 * (number + 1) and caller.is_alive():
                    sleep(0.01)
                file, least = tmp_path / f"{number}.sqlite", answered[0]
                assert run("backup", str(file), store=tmp_path / "line.sqlite").exit_code == 0
                ((sought, segments),) = rows(file, query)
                assert least <= sought <= asked[0]
                assert rows(file, "select sum(count) from month") == [(sought,)]
                assert rows(file, "select sum(segments) from spent") == [(segments,)]
        finally:
            over.set()
            caller.join()
        hashes = rows(tmp_path / "line.sqlite", "select key from session union select salt from salt")
        assert len(hashes) > 80
        written = (tmp_path / "7.sqlite").read_bytes()
        assert not [one for (one,) in hashes if one in written]


def test_a_line_that_runs_is_not_restored_into_not_even_before_its_first_text(store, tmp_path):
    run("backup", str(tmp_path / "counts.sqlite"), store=store)
    (tmp_path / "run").mkdir()
    shutil.copy(store, tmp_path / "run")
    path = tmp_path / "run" / "line.sqlite"
    with Server(tmp_path / "run"):
        result = run("restore", str(tmp_path / "counts.sqlite"), store=path)
        assert result.exit_code == 1
        assert result.output.startswith(f"Somebody has {path} open, as a line that runs has. Stop it first.")
    assert run("restore", str(tmp_path / "counts.sqlite"), store=path).exit_code == 0


def test_a_restored_store_has_the_counts_of_the_backup_its_own_sessions_and_those_of_before_beside_it(store, tmp_path):
    run("backup", str(tmp_path / "counts.sqlite"), store=store)
    line = SqliteStore(str(store))
    reported = [*line.days()]
    line.turn(KEY, counting, tally, kept)
    later = counts(store)
    line._close()
    result = run("restore", str(tmp_path / "counts.sqlite"), store=store)
    assert result.exit_code == 0, result.output
    assert [*line.days()] == reported
    (before,) = tmp_path.glob("line.sqlite.before-*")
    assert f"Those of before are in {before}." in result.output
    assert counts(before) == later
    assert before.stat().st_mode & 0o777 == 0o600
    assert KEY[0].hash not in before.read_bytes()
    assert line.turn(KEY, counting, tally, kept).reply.text == "4"


def test_a_restored_report_is_that_of_before(store, tmp_path):
    line = SqliteStore(str(store))
    for _ in range(20):
        line.turn(KEY, counting, tally, kept)
    line._close()
    before = run("report", "--from", "2026-11", "--to", "2026-11", "--format", "csv", store=store).output
    run("backup", str(tmp_path / "counts.sqlite"), store=store)
    store.unlink()
    assert run("restore", str(tmp_path / "counts.sqlite"), store=store).exit_code == 0
    assert before.count("\n") > 3
    assert run("report", "--from", "2026-11", "--to", "2026-11", "--format", "csv", store=store).output == before
    assert not [*tmp_path.glob("line.sqlite.before-*")]


def test_a_copy_of_a_whole_store_brings_no_caller_back(store, tmp_path):
    copy, fresh = tmp_path / "copy.sqlite", tmp_path / "fresh.sqlite"
    shutil.copy(store, copy)
    assert run("restore", str(copy), store=fresh).exit_code == 0
    assert counts(fresh) == counts(store)
    assert rows(fresh, "select * from session union select number, since, salt, 0, 0 from salt") == []


def test_a_broken_store_is_set_aside_and_the_backup_takes_its_place(store, tmp_path):
    run("backup", str(tmp_path / "counts.sqlite"), store=store)
    store.write_bytes(b"broken " * 1000)
    assert run("backup", str(tmp_path / "again.sqlite"), store=store).exit_code == 1
    assert run("restore", str(tmp_path / "counts.sqlite"), store=store).exit_code == 0
    assert counts(store) == counts(tmp_path / "counts.sqlite")
    assert [*tmp_path.glob("line.sqlite.corrupt-*")]


def test_a_store_of_an_earlier_version_is_backed_up_with_what_it_has(tmp_path):
    import sqlite_utils

    database = sqlite_utils.Database(tmp_path / "line.sqlite")
    STEPS[0](database)
    database["_sqlite_migrations"].insert({"migration_set": "smsline", "name": STEPS[0].__name__, "applied_at": ""})
    database["day"].insert({"day": "2026-11-24", "channel": "sms", "language": "en", "event": "visited",
                            "node": "pep", "count": 3, "segments": 6})  # fmt: skip
    database.close()
    assert run("backup", str(tmp_path / "counts.sqlite"), store=tmp_path / "line.sqlite").exit_code == 0
    assert [row.times for row in open_store(f"sqlite:///{tmp_path}/counts.sqlite").days()] == [3]


def _newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("update _sqlite_migrations set name = 'of-tomorrow' where name = 'spent'")


def _invented(file: Path) -> None:
    SqliteStore(str(file)).invent()


def _text(file: Path) -> None:
    file.write_text("nothing of the kind " * 200)


def _foreign(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("create table day (day)")


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4096])


REFUSED = [(_newer, "of a newer version"), (_invented, "an invented year"), (_text, "no backup and no store"),
           (_foreign, "no backup and no store"), (_cut, "is damaged"), (Path.unlink, "is not there")]  # fmt: skip


@pytest.mark.parametrize(("spoil", "why"), REFUSED, ids=lambda one: getattr(one, "__name__", None))
def test_what_is_no_backup_of_ours_is_refused_and_nothing_changes(store, tmp_path, spoil, why):
    file = tmp_path / "counts.sqlite"
    run("backup", str(file), store=store)
    spoil(file)
    before = counts(store)
    production = {"SMSLINE_ENV": "production", "SMSLINE_SECRET": "s" * 40, "TWILIO_AUTH_TOKEN": "t",
                  "SMSLINE_PUBLIC_URL": "https://sms.example.org"}  # fmt: skip
    result = run("restore", str(file), store=store, **production)
    assert result.exit_code == 1
    assert why in result.output
    assert counts(store) == before


def test_a_backup_is_never_written_over_anything_and_not_half(store, tmp_path):
    (tmp_path / "there").write_text("mine")
    assert "is there already" in run("backup", str(tmp_path / "there"), store=store).output
    assert (tmp_path / "there").read_text() == "mine"
    assert "was not written" in run("backup", str(tmp_path / "no" / "counts"), store=store).output
    assert "is not there" in run("backup", str(tmp_path / "counts"), store=tmp_path / "typo.sqlite").output
    assert "no file" in CliRunner().invoke(main, ["backup", "x"], env={"SMSLINE_STORE": "memory:"}).output
    assert "is the store itself" in run("restore", str(store), store=store).output
    assert {path.name for path in tmp_path.iterdir() if "line" not in path.name} == {"there"}


# --- upgrade and rollback -----------------------------------------------------------------------------------------


def schema(file: Path) -> dict[tuple[str, str], bool]:
    """Each column, and whether a row may be put in that does not name it."""
    query = 'select m.name, c.name, c."notnull" = 0 or c.dflt_value is not null or c.pk from sqlite_master m, '
    return {(table, column): bool(may) for table, column, may in rows(file, query + "pragma_table_info(m.name) c")}


@pytest.mark.parametrize("number", range(1, len(STEPS)))
def test_a_step_only_adds_so_that_the_program_before_works_with_the_store_after(tmp_path, number):
    import sqlite_utils

    file = tmp_path / "line.sqlite"
    database = sqlite_utils.Database(file)
    for step in STEPS[:number]:
        step(database)
    database["session"].insert({"key": b"caller", "data": "[3]", "position": 1, "language": 2})  # as versions before
    database.conn.commit()
    before, all_before = schema(file), [*database.conn.iterdump()]
    STEPS[number](database)
    database.conn.commit()
    after = schema(file)
    assert before.items() <= after.items()
    tables = {table for table, _ in before}
    assert all(may for (table, column), may in after.items() if (table, column) not in before and table in tables)
    assert [*database.conn.iterdump()] != all_before


def test_this_program_works_with_the_store_of_a_newer_one(store):
    import sqlite_utils

    newer = migrations()

    @newer()
    def of_tomorrow(database):
        database["session"].add_column("mood", int, not_null_default=0)
        database["tomorrow"].create({"id": str}, pk="id")

    database = sqlite_utils.Database(store)
    newer.apply(database)
    database.close()
    line = SqliteStore(str(store))
    assert line.turn(KEY, counting, tally, kept).reply.text == "3"
    assert sum(day.times for day in line.days()) == 6
    assert ("session", "mood") in schema(store)
