"""The hashes of senders have a salt that changes, and nobody loses a chat by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread

import pytest

from smsline.service import Message, Rules, Service
from smsline.stores import AHEAD, Key, Salt, open_store

from .conftest import NOON

PERIOD = 1000
NOW = int(NOON.timestamp())
SENDER, ELSE = "+31612345678", "+31612345679"
FIRST, SECOND, THIRD = (bytes([number]) * 32 for number in (1, 2, 3))


@pytest.fixture
def service(line, store):
    return begun(line, store)


def begun(line, store, period: int = PERIOD) -> Service:
    made = Service(line, store, b"s" * 40, Rules(period=period))
    made.refresh(NOON)
    return made


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def text(service: Service, said: str, second: int, sender: str = SENDER, channel: str = "sms") -> str:
    return service.answer(Message(sender, said, f"{sender} {said} {second}", channel, at(second))).text


def numbers(service: Service) -> list[int]:
    return [salt.number for salt in service.store.salts()]


# --- salts come and go --------------------------------------------------------------------------------------------


def test_the_first_salt_is_in_use_at_once(store):
    store.rotate(NOW, PERIOD, FIRST)
    assert store.salts() == [Salt(1, NOW, FIRST)]


@pytest.mark.parametrize(("second", "salts"), [(PERIOD - 1, [1]), (PERIOD, [2, 1])])
def test_after_the_period_there_is_a_new_one_which_is_in_use_two_minutes_later(store, second, salts):
    store.rotate(NOW, PERIOD, FIRST)
    store.rotate(NOW + second, PERIOD, SECOND)
    assert [salt.number for salt in store.salts()] == salts
    if len(salts) == 2:
        assert store.salts()[0] == Salt(2, NOW + PERIOD + AHEAD, SECOND)
    assert AHEAD == 120


def test_while_a_new_salt_waits_there_is_no_other_and_the_old_one_stays(store):
    store.rotate(NOW, PERIOD, FIRST)
    store.rotate(NOW + PERIOD, PERIOD, SECOND)
    for second in (0, 60, AHEAD - 1):
        store.rotate(NOW + PERIOD + second, PERIOD, THIRD)
        assert [salt.salt for salt in store.salts()] == [SECOND, FIRST]


def test_a_salt_without_rows_is_destroyed_once_the_next_is_in_use(store):
    store.rotate(NOW, PERIOD, FIRST)
    store.rotate(NOW + PERIOD, PERIOD, SECOND)
    store.rotate(NOW + PERIOD + AHEAD, PERIOD, THIRD)
    assert [salt.salt for salt in store.salts()] == [SECOND]


def test_the_salt_in_use_is_never_destroyed(store):
    store.rotate(NOW, PERIOD, FIRST)
    for second in range(0, PERIOD, 60):
        store.rotate(NOW + second, PERIOD, THIRD)
    assert [salt.salt for salt in store.salts()] == [FIRST]


@pytest.mark.parametrize(("second", "first"), [(PERIOD + AHEAD - 1, 1), (PERIOD + AHEAD, 2)])
def test_a_sender_is_known_by_the_new_salt_from_the_moment_on_when_it_is_in_use(service, second, first):
    service.refresh(at(PERIOD))
    keys = service.keys(f"sms:{SENDER}", NOW + second)
    assert [key.salt for key in keys] == [first, 3 - first]
    assert len({key.hash for key in keys}) == 2
    assert keys[0] == Key(
        service.hashed(f"sms:{SENDER}", next(s.salt for s in service.salts if s.number == first)), first
    )


def test_each_refresh_has_a_salt_of_its_own(line):
    salts = {begun(line, open_store("memory:")).salts[0].salt for _ in range(5)}
    assert len(salts) == 5
    assert all(len(salt) == 32 for salt in salts)


# --- a chat goes on -----------------------------------------------------------------------------------------------


def test_a_chat_goes_on_under_the_new_key_and_its_old_salt_is_destroyed(service):
    text(service, "nl", 0)
    text(service, "1", 5)
    service.refresh(at(PERIOD))
    assert text(service, "0", PERIOD + AHEAD - 1).startswith("Automatische lijn")
    service.refresh(at(PERIOD + AHEAD))
    assert numbers(service) == [2, 1]  # the row is still under the old key
    assert text(service, "1", PERIOD + AHEAD + 1).startswith("1 Soa")
    service.refresh(at(PERIOD + AHEAD + 60))
    assert numbers(service) == [2]
    assert text(service, "0", PERIOD + AHEAD + 61).startswith("Automatische lijn")


def test_the_old_salt_stays_until_its_last_row_is_gone(service):
    text(service, "nl", 0)
    text(service, "nl", 0, ELSE)
    service.refresh(at(PERIOD))
    text(service, "1", PERIOD + AHEAD)
    service.refresh(at(PERIOD + AHEAD))
    assert numbers(service) == [2, 1]
    assert text(service, "STOP", PERIOD + AHEAD + 1, ELSE)
    service.refresh(at(PERIOD + AHEAD + 2))
    assert numbers(service) == [2]


def test_a_row_that_ends_takes_its_salt_with_it(service, line):
    language = line.limits.language
    text(service, "nl", 0)
    service.refresh(at(PERIOD))
    for second, salts in ((language, [2, 1]), (language + 1, [2])):
        service.store.sweep(NOW + second)
        service.store.rotate(NOW + second, 10 * language, THIRD)
        assert numbers(service) == salts


def test_a_chat_is_found_under_a_key_two_salts_old(service):
    text(service, "nl", 0)
    for second in (PERIOD, PERIOD + AHEAD, 2 * PERIOD + AHEAD, 2 * PERIOD + 2 * AHEAD):
        service.refresh(at(second))
    assert numbers(service) == [3, 1]
    assert text(service, "menu", 2 * PERIOD + 2 * AHEAD).startswith("Automatische lijn")
    service.refresh(at(2 * PERIOD + 2 * AHEAD + 1))
    assert numbers(service) == [3]


def test_a_chat_has_one_row_however_many_salts_there_were(service):
    for second in range(0, 4 * PERIOD, 100):
        service.refresh(at(second))
        text(service, "menu", second)
    keys = service.keys(f"sms:{SENDER}", NOW + 4 * PERIOD)
    assert [service.store.forget([key]) for key in keys].count(True) == 1


def test_a_message_delivered_again_across_the_change_is_one_step(service):
    text(service, "good morning", 0)
    service.refresh(at(PERIOD))
    one = Message(SENDER, "1", "the same", "sms", at(PERIOD + AHEAD - 1))
    first = service.answer(one).text
    assert first.startswith("1 STI and HIV")
    assert service.answer(replace(one, time=at(PERIOD + AHEAD + 1))).text == first


# --- forgetting ---------------------------------------------------------------------------------------------------


def test_forget_finds_what_is_kept_under_any_key_and_on_any_channel(service):
    text(service, "nl", 0)
    service.refresh(at(PERIOD))
    text(service, "nl", PERIOD + AHEAD, channel="whatsapp")
    text(service, "nl", PERIOD + AHEAD, ELSE)
    assert service.forget(SENDER)
    assert not service.forget(SENDER)
    for channel in ("sms", "whatsapp"):
        assert text(service, "menu", PERIOD + AHEAD + 1, channel=channel).startswith("Automatic line")
    assert text(service, "menu", PERIOD + AHEAD + 1, ELSE).startswith("Automatische lijn")


def test_forget_by_another_process_knows_the_salts_without_a_refresh(line, store):
    text(begun(line, store), "nl", 0)
    fresh = Service(line, store, b"s" * 40)
    assert fresh.salts == ()
    assert fresh.forget(SENDER)


def test_with_another_secret_nobody_is_found(line, store):
    text(begun(line, store), "nl", 0)
    other = Service(line, store, b"o" * 40)
    assert not other.forget(SENDER)


# --- two workers --------------------------------------------------------------------------------------------------


def test_two_workers_around_a_change_never_lose_a_chat(line, tmp_path):
    """Each refreshes once a minute, at other seconds, and texts come to one or the other."""
    line = replace(line, limits=replace(line.limits, texts=10**6, daily=10**6))
    workers = [begun(line, open_store(f"sqlite:///{tmp_path}/line.sqlite")) for _ in range(2)]
    text(workers[0], "nl", 0)
    seen = set()
    for second in range(PERIOD - 120, PERIOD + 400):
        for number, worker in enumerate(workers):
            if second % 60 == 25 * number:
                worker.refresh(at(second))
        worker = workers[second * 7 % 5 % 2]
        said = text(worker, "1" if second % 2 else "menu", second)
        assert said.startswith("1 Soa" if second % 2 else "Automatische lijn"), second - PERIOD
        seen |= {tuple(numbers(worker))}
    assert seen == {(1,), (2, 1), (2,)}


@pytest.mark.parametrize("behind", [0, 59, AHEAD - 1])
def test_a_worker_that_hears_of_the_new_salt_late_but_in_time_finds_the_chat(line, tmp_path, behind):
    first, late = (begun(line, open_store(f"sqlite:///{tmp_path}/line.sqlite")) for _ in range(2))
    text(first, "nl", 0)
    first.refresh(at(PERIOD))
    assert text(late, "menu", PERIOD + behind).startswith("Automatische lijn")
    late.refresh(at(PERIOD + behind))
    assert text(first, "1", PERIOD + AHEAD).startswith("1 Soa")
    assert text(late, "0", PERIOD + AHEAD).startswith("Automatische lijn")


def test_two_workers_that_change_the_salt_at_once_make_one(line, tmp_path):
    workers = [begun(line, open_store(f"sqlite:///{tmp_path}/line.sqlite")) for _ in range(4)]
    threads = [Thread(target=worker.refresh, args=(at(PERIOD),)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {tuple(numbers(worker)) for worker in workers} == {(2, 1)}


def test_a_salt_that_is_destroyed_is_in_no_file_any_more(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/line.sqlite")
    store.rotate(NOW, PERIOD, FIRST)
    store.rotate(NOW + PERIOD, PERIOD, SECOND)
    store.rotate(NOW + PERIOD + AHEAD, PERIOD, THIRD)
    assert [salt.salt for salt in store.salts()] == [SECOND]
    store.sweep(NOW + PERIOD + AHEAD)
    assert not [file.name for file in tmp_path.iterdir() if FIRST in file.read_bytes()]
