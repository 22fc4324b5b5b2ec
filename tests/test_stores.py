"""One contract, and every back end passes it."""

from __future__ import annotations

import sqlite3
from datetime import date
from threading import Event as Event_
from threading import Thread

import pytest

from smsline.engine.model import NOWHERE, Event, Reply, Session, Spot, State, Turn
from smsline.errors import SmslineError
from smsline.stores import Key, StoreError, Tally, Until, open_store
from smsline.stores.aside import Aside
from smsline.stores.files import says_invented
from smsline.stores.memory import MemoryStore
from smsline.stores.sqlite import SqliteStore

DAY = date(2026, 11, 24)
KEY = [Key(b"k" * 16, 1)]
ELSE = [Key(b"o" * 16, 1)]


def tally(turn: Turn) -> Tally:
    return Tally(DAY, "sms", 2)


def kept(turn: Turn) -> Until:
    return Until(50, 100)


def kept_longer(turn: Turn) -> Until:
    return Until(150, 300)


def counting(session: Session | None) -> Turn:
    """A step that counts its own turns in the page of the session."""
    page = session.state.page + 1 if session else 1
    state = State(Spot("start"), "en", 0, page)
    events = (Event("visited", "en", "start"), Event("found", "en", "sti-test", "sti_test", "Utrecht"))
    return Turn(Reply(str(page)), Session(state, recent=((b"r" * 16, state),)), events)


def forgetting(session: Session | None) -> Turn:
    return Turn(Reply("bye", ends=True), None, ())


class StoreContract:
    """What a store must do."""

    @pytest.fixture
    def store(self, tmp_path):
        raise NotImplementedError

    def test_a_session_is_there_again_at_the_next_turn(self, store):
        assert store.turn(KEY, counting, tally, kept).reply.text == "1"
        assert store.turn(KEY, counting, tally, kept).reply.text == "2"
        assert store.turn(ELSE, counting, tally, kept).reply.text == "1"

    def test_a_turn_without_a_session_forgets_the_caller(self, store):
        store.turn(KEY, counting, tally, kept)
        store.turn(KEY, forgetting, tally, kept)
        assert store.turn(KEY, counting, tally, kept).reply.text == "1"

    def test_forget_says_whether_there_was_something(self, store):
        store.turn(KEY, counting, tally, kept)
        assert store.forget(KEY)
        assert not store.forget(KEY)

    def test_a_step_that_fails_changes_nothing(self, store):
        store.turn(KEY, counting, tally, kept)

        def failing(session):
            raise ValueError

        with pytest.raises(ValueError):  # noqa: PT011
            store.turn(KEY, failing, tally, kept)
        assert store.turn(KEY, counting, tally, kept).reply.text == "2"
        assert sum(day.times for day in store.days()) == 4

    def test_the_two_tallies_are_counted_apart(self, store):
        store.turn(KEY, counting, tally, kept)
        store.turn(KEY, counting, tally, kept)
        assert list(store.days()) == [
            (DAY, "sms", "en", "found", "sti-test", 2, 0),
            (DAY, "sms", "en", "visited", "start", 2, 4),
        ]
        assert list(store.months()) == [("2026-11", "sti_test", "Utrecht", True, 2)]

    def test_the_tallies_of_some_months_are_those_and_no_others(self, store):
        assert store.counted() == ("", "")
        for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1)):
            store.count((Event("found", "en", "sti-test", "sti_test", "Utrecht"),), Tally(day, "sms", 1))
        assert [row.day for row in store.days("2026-10", "2026-10")] == [date(2026, 10, 1), date(2026, 10, 31)]
        assert [row.month for row in store.months("2026-10", "2026-10")] == ["2026-10"]
        assert len([*store.days("2026-10")]) == len([*store.days(last="2026-10")]) == 3
        assert store.counted() == ("2026-09", "2026-11")

    def test_totals_are_added_up_over_topics_and_days(self, store):
        for day, node, language in ((30, "pep", "en"), (30, "sti-test", "en"), (30, "pep", "nl"), (29, "pep", "en")):
            store.count((Event("visited", language, node),), Tally(date(2026, 11, day), "sms", 2))
        all_days = store.totals(date(2026, 11, 29), date(2026, 11, 30))
        assert sorted(all_days) == [("sms", "en", "visited", 3, 6), ("sms", "nl", "visited", 1, 2)]
        assert store.totals(date(2026, 1, 1), date(2026, 11, 29)) == [("sms", "en", "visited", 1, 2)]
        assert store.totals(date(2026, 12, 1), date(2026, 12, 31)) == []

    @pytest.mark.parametrize("segments", [0, 2])
    def test_another_page_is_a_text_on_every_channel_and_silence_is_none(self, store, segments):
        store.count((), Tally(DAY, "whatsapp", segments, answered=True))
        store.count((), Tally(DAY, "ussd", 0))
        assert [(row.channel, row.event, row.times) for row in store.days()] == [("whatsapp", "paged", 1)]

    def test_a_store_of_invented_counts_says_so_for_good(self, store):
        assert not store.is_invented()
        store.invent()
        store.invent()
        store.turn(KEY, counting, tally, kept)
        store.sweep(10**10)
        assert store.is_invented()

    def test_what_has_expired_is_swept_on_both_sides_of_the_limit(self, store):
        store.turn(KEY, counting, tally, kept)
        store.turn(ELSE, counting, tally, kept_longer)
        assert store.sweep(50) == 0
        assert store.sweep(51) == 1
        assert store.sweep(100) == 0
        assert store.sweep(101) == 1
        assert store.turn(KEY, counting, tally, kept).reply.text == "1"
        assert store.turn(ELSE, counting, tally, kept_longer).reply.text == "2"

    def test_when_the_position_has_ended_only_the_language_is_left(self, store):
        store.turn(KEY, counting, tally, kept)
        store.sweep(51)
        left = []

        def looking(session):
            left.append(session)
            return counting(session)

        store.turn(KEY, looking, tally, kept)
        assert left == [Session(State(NOWHERE, "en", 0))]

    def test_two_texts_at_once_are_one_step_each(self, store):
        threads = [Thread(target=store.turn, args=(KEY, counting, tally, kept)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.turn(KEY, counting, tally, kept).reply.text == "21"


class TestMemory(StoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return MemoryStore()


class TestSqlite(StoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return SqliteStore(str(tmp_path / "line.sqlite"))

    def test_sessions_outlive_the_process(self, store):
        store.turn(KEY, counting, tally, kept)
        assert SqliteStore(str(store.path)).turn(KEY, counting, tally, kept).reply.text == "2"

    def test_a_file_of_before_there_were_invented_ones_is_none(self, tmp_path):
        path = tmp_path / "line.sqlite"
        SqliteStore(str(path))
        with sqlite3.connect(path) as connection:
            connection.execute("drop table invented")
            connection.execute("delete from _sqlite_migrations where name = 'invented'")
        assert not says_invented(path)
        assert not SqliteStore(str(path)).is_invented()

    def test_the_file_is_wal_and_for_its_owner_only(self, store):
        assert sqlite3.connect(store.path).execute("pragma journal_mode").fetchone() == ("wal",)
        assert store.path.stat().st_mode & 0o077 == 0

    def test_a_folder_that_is_not_there_is_not_made(self, tmp_path):
        with pytest.raises(SmslineError, match="is not there"):
            SqliteStore(str(tmp_path / "typo" / "line.sqlite"))

    def test_a_file_that_is_no_database_is_said_in_one_sentence(self, tmp_path):
        (tmp_path / "line.sqlite").write_text("nothing of the kind " * 200)
        with pytest.raises(SmslineError, match="cannot be made or opened"):
            SqliteStore(str(tmp_path / "line.sqlite"))

    def test_a_locked_file_is_a_store_error(self, store, monkeypatch):
        monkeypatch.setattr("smsline.stores.sqlite.BUSY", 0.05)
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("begin immediate")
        with pytest.raises(StoreError):
            store.turn(KEY, counting, tally, kept)
        for used in (store.forget, store.sweep):
            with pytest.raises(StoreError):
                used(KEY if used == store.forget else 100)
        other.execute("rollback")
        assert store.turn(KEY, counting, tally, kept).reply.text == "1"

    def test_a_row_of_another_version_is_no_session(self, store):
        store.turn(KEY, counting, tally, kept)
        with sqlite3.connect(store.path) as connection:
            connection.execute("update session set data = '[99]'")
        assert store.turn(KEY, counting, tally, kept).reply.text == "1"


def test_an_unknown_kind_of_store_is_said_in_one_sentence():
    with pytest.raises(SmslineError, match="Write sqlite:///path or memory:"):
        open_store("postgres://x")


def test_a_file_that_was_taken_away_is_made_again_for_the_owner_alone(tmp_path):
    path = tmp_path / "line.sqlite"
    first = open_store(f"sqlite:///{path}")
    first.turn(KEY, counting, tally, kept)
    for file in tmp_path.glob("line.sqlite*"):
        file.unlink()
    second = SqliteStore.__new__(SqliteStore)  # a worker that was replaced: it opens what its parent prepared
    second.__dict__.update({**first.__dict__, "_connection": None})
    second.turn(KEY, counting, tally, kept)
    second.turn(KEY, counting, tally, kept)
    assert path.stat().st_mode & 0o777 == 0o600
    assert second.forget(KEY)


class TestAside:
    """A store that says nothing at all is given up, and heals when it speaks again."""

    def test_what_comes_back_in_time_is_passed_on_and_so_is_what_is_raised(self):
        aside = Aside()
        assert aside.call(lambda: 5, 1) == 5
        with pytest.raises(ZeroDivisionError):
            aside.call(lambda: 1 / 0, 1)

    def test_a_call_that_hangs_is_given_up_and_no_other_is_begun_until_it_ends(self):
        aside, over, begun = Aside(), Event_(), []
        with pytest.raises(StoreError):
            aside.call(lambda: over.wait(20), 0.1)
        with pytest.raises(StoreError):
            aside.call(lambda: begun.append(1), 0.1)
        over.set()
        assert aside.call(lambda: 7, 5) == 7
        assert begun == []


def test_a_worker_whose_file_was_replaced_goes_over_to_the_new_one(tmp_path):
    url = f"sqlite:///{tmp_path}/line.sqlite"
    first = open_store(url)
    first.turn(KEY, counting, tally, kept)
    for file in tmp_path.glob("line.sqlite*"):
        file.unlink()
    second = open_store(url)
    second.turn(KEY, counting, tally, kept)
    assert first.turn(KEY, counting, tally, kept).reply.text == "2"  # both have the same chat


def test_a_table_that_is_gone_is_a_broken_store_that_is_set_aside(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/line.sqlite")
    store.turn(KEY, counting, tally, kept)
    with sqlite3.connect(tmp_path / "line.sqlite") as other:
        other.execute("drop table session")
    assert store.turn(KEY, counting, tally, kept).reply.text == "1"
    assert list(tmp_path.glob("line.sqlite.corrupt-*"))
