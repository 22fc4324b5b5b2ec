"""One contract, and every back end passes it."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, date, datetime, timedelta
from threading import Event as Event_
from threading import Thread

import pytest

from smsline.engine.model import NOWHERE, Event, Reply, Session, Spot, State, Turn
from smsline.errors import SmslineError
from smsline.stores import AHEAD, Key, Salt, StoreError, Tally, Until, open_store
from smsline.stores.aside import Aside
from smsline.stores.files import says_invented
from smsline.stores.memory import MemoryStore
from smsline.stores.sqlite import SqliteStore

DAY = date(2026, 11, 24)
KEY = [Key(b"k" * 16, 1)]
ELSE = [Key(b"o" * 16, 1)]
DAYS = 24 * 60 * 60


def tally(turn: Turn) -> Tally:
    return Tally(DAY, "sms", 2)


NOW = int(time.time())
"""What Redis calls now too: the limits of these tests are so far apart that they may run hours later."""


def kept(turn: Turn) -> Until:
    return Until(NOW + 100_000, NOW + 200_000)


def kept_longer(turn: Turn) -> Until:
    return Until(NOW + 300_000, NOW + 600_000)


def counting(session: Session | None) -> Turn:
    """A step that counts its own turns in the page of the session."""
    page = session.state.page + 1 if session else 1
    state = State(Spot("start"), "en", 0, page)
    events = (Event("visited", "en", "start"), Event("found", "en", "sti-test", "sti_test", "Utrecht"))
    return Turn(Reply(str(page)), Session(state, recent=((b"r" * 16, state),)), events)


def forgetting(session: Session | None) -> Turn:
    return Turn(Reply("bye", ends=True), None, ())


class Looking:
    """A step that says what session there was, and leaves another."""

    found: Session | None = None

    def __call__(self, session: Session | None) -> Turn:
        self.found = session
        return counting(session)


class StoreContract:
    """What a store must do."""

    @pytest.fixture
    def store(self, tmp_path):
        raise NotImplementedError

    def pass_time(self, store, seconds: int) -> None:
        """So many seconds go by, and the store is swept as a line does it."""
        store.sweep(NOW + seconds)

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

    @pytest.mark.parametrize(("seconds", "left", "longer"), [
        (90_000, "all", "all"), (110_000, "language", "all"), (190_000, "language", "all"), (210_000, "nothing", "all"),
        (310_000, "nothing", "language"), (590_000, "nothing", "language"), (610_000, "nothing", "nothing"),
    ])  # fmt: skip
    def test_what_has_expired_is_gone_on_both_sides_of_the_limit(self, store, seconds, left, longer):
        whole = counting(None).session
        states = {"all": whole, "language": Session(State(NOWHERE, "en", 0)), "nothing": None}
        store.turn(KEY, counting, tally, kept)
        store.turn(ELSE, counting, tally, kept_longer)
        self.pass_time(store, seconds)
        for key, state, until in ((KEY, left, kept), (ELSE, longer, kept_longer)):
            looking = Looking()
            store.turn(key, looking, tally, until)
            assert looking.found == states[state]

    def test_a_language_that_is_kept_no_longer_than_the_position_ends_with_it(self, store):
        store.turn(KEY, counting, tally, lambda turn: Until(NOW + 200_000, NOW + 100_000))
        self.pass_time(store, 110_000)
        assert store.turn(KEY, counting, tally, kept).reply.text == "1"

    def test_a_chat_goes_on_under_the_key_of_the_salt_in_use_and_stands_under_no_other(self, store):
        old, new = Key(b"a" * 16, 1), Key(b"b" * 16, 2)
        store.turn([old], counting, tally, kept)
        assert store.turn([new, old], counting, tally, kept).reply.text == "2"
        assert not store.forget([old])
        assert store.forget([new])

    def test_a_salt_is_destroyed_when_the_next_is_in_use_and_its_last_row_has_ended(self, store):
        period, first, second = 1_000_000, b"1" * 32, b"2" * 32
        store.rotate(NOW, period, first)
        store.rotate(NOW + period - 1, period, second)
        assert store.salts() == [Salt(1, NOW, first)]
        store.turn(KEY, counting, tally, lambda turn: Until(NOW + period, NOW + 2 * period))
        store.turn(ELSE, counting, tally, kept)  # which ends before the other
        store.rotate(NOW + period, period, second)
        both = [Salt(2, NOW + period + AHEAD, second), Salt(1, NOW, first)]
        assert store.salts() == both
        for gone in (period + AHEAD - 1, period + AHEAD, 2 * period):
            self.pass_time(store, gone)
            store.rotate(NOW + gone, period, b"3" * 32)
            assert store.salts() == both
        self.pass_time(store, 2 * period + 1)
        store.rotate(NOW + 2 * period + 1, period, b"3" * 32)
        assert store.salts() == both[:1]

    def test_segments_are_counted_by_day_and_country_and_forgotten_after_forty_days(self, store):
        today = datetime.fromtimestamp(NOW, UTC).date()
        for segments in (2, 3):
            store.count((), Tally(today, "sms", segments, "NL"))
        store.count((), Tally(today, "sms", 1, "RO"))
        assert store.spent(today) == {"NL": 5, "RO": 1}
        assert store.spent(today - timedelta(days=1)) == {}
        self.pass_time(store, 39 * DAYS)
        assert store.spent(today) == {"NL": 5, "RO": 1}
        self.pass_time(store, 42 * DAYS)
        assert store.spent(today) == {}

    def test_whose_number_is_said_to_be_wrong_is_counted_by_month_and_nowhere_else(self, store):
        for day in (DAY, DAY, date(2026, 12, 1)):
            store.count((Event("wrong-number", "en", organisation="ggd"),), Tally(day, "sms", 0))
        assert list(store.wrong()) == [("2026-11", "ggd", 2), ("2026-12", "ggd", 1)]
        assert list(store.days()) == []

    def test_what_is_due_is_lent_to_one_at_a_time_oldest_first(self, store):
        for number, due in enumerate((30, 10, 20, 60)):
            store.add_todo(f"SM{number}", due)
        assert store.waiting(50) == (4, 40)
        assert store.todo(30, 2, 100) == [("SM1", 1), ("SM2", 1)]
        assert store.todo(31, 2, 100) == [("SM0", 1)]
        assert store.todo(129, 9, 100) == [("SM3", 1)]
        assert store.todo(130, 1, 100) == [("SM1", 2)]
        assert store.waiting(130) == (4, 120)

    def test_what_is_settled_is_gone_or_tried_again_later(self, store):
        store.add_todo("SM1", 10)
        store.todo(10, 9, 100)
        store.settle("SM1", 500)
        assert store.todo(499, 9, 100) == []
        assert store.todo(500, 9, 100) == [("SM1", 2)]
        store.settle("SM1", None)
        store.settle("SM2", 600)
        assert store.waiting(600) == (0, 0)
        assert store.todo(10**6, 9, 100) == []

    def test_the_same_message_twice_is_one_at_the_sooner_time_and_what_was_tried_keeps_its_own(self, store):
        todo = Tally(DAY, "sms", 0, todo=("SM1", 20))
        store.turn(KEY, counting, lambda turn: todo, kept)
        store.add_todo("SM1", 10)
        store.add_todo("SM1", 15)
        assert store.waiting(30) == (1, 20)
        assert store.todo(10, 9, 100) == [("SM1", 1)]
        store.add_todo("SM1", 11)
        assert store.todo(109, 9, 100) == []
        assert store.waiting(110) == (1, 100)

    def test_two_texts_at_once_are_one_step_each(self, store):
        threads = [Thread(target=store.turn, args=(KEY, counting, tally, kept)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.turn(KEY, counting, tally, kept).reply.text == "21"


class SweptContract(StoreContract):
    """What a store must do whose rows do not end by themselves."""

    def test_what_has_expired_is_swept_on_both_sides_of_the_limit(self, store):
        store.turn(KEY, counting, tally, kept)
        store.turn(ELSE, counting, tally, kept_longer)
        assert store.sweep(NOW + 100_000) == 0
        assert store.sweep(NOW + 100_001) == 1
        assert store.sweep(NOW + 200_000) == 0
        assert store.sweep(NOW + 200_001) == 1
        assert store.turn(KEY, counting, tally, kept).reply.text == "1"
        assert store.turn(ELSE, counting, tally, kept_longer).reply.text == "2"

    def test_when_the_position_has_ended_only_the_language_is_left(self, store):
        store.turn(KEY, counting, tally, kept)
        store.sweep(NOW + 100_001)
        looking = Looking()
        store.turn(KEY, looking, tally, kept)
        assert looking.found == Session(State(NOWHERE, "en", 0))


class TestMemory(SweptContract):
    @pytest.fixture
    def store(self, tmp_path):
        return MemoryStore()


class TestSqlite(SweptContract):
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
    with pytest.raises(SmslineError, match="Write sqlite:///path, redis://host or memory:"):
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


def test_a_file_that_was_moved_away_without_its_log_is_made_again_and_the_log_is_set_aside(tmp_path):
    path = tmp_path / "line.sqlite"
    store = open_store(f"sqlite:///{path}")
    store.turn(KEY, counting, tally, kept)
    path.rename(tmp_path / "elsewhere")
    for times in ("1", "2"):
        assert store.turn(KEY, counting, tally, kept).reply.text == times
    assert [file.suffix[-4:] for file in sorted(tmp_path.glob("line.sqlite.corrupt-*"))] == ["-shm", "-wal"]
    assert open_store(f"sqlite:///{path}").turn(KEY, counting, tally, kept).reply.text == "3"


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
