"""What the processes count themselves: in steps no slower than the texts, and never backwards."""

from __future__ import annotations

import os
from threading import Thread

import pytest

from smsline.counters import BOUNDS, INCIDENTS, ROWS, Counters


def forked(do) -> None:
    """Do something in a process of its own, to its end."""
    if (child := os.fork()) == 0:
        do()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize(
    ("seconds", "place"),
    [(0.0, 0), (0.0004, 0), (0.0005, 0), (0.00051, 1), (0.001, 1), (5.0, len(BOUNDS) - 1), (5.1, len(BOUNDS)),
     (600.0, len(BOUNDS))],
)  # fmt: skip
def test_a_turn_is_counted_with_the_first_bound_that_it_did_not_pass(seconds, place):
    counters = Counters()
    counters.turn(seconds)
    assert counters.turns() == [int(place == other) for other in range(len(BOUNDS) + 1)]


def test_what_went_wrong_is_counted_by_kind_and_nothing_else_is():
    counters = Counters()
    for kind in ("store-failed", "store-failed", "sweep-failed", "content-taken", ""):
        counters.incident(kind)
    assert {kind: count for kind, count in counters.incidents().items() if count} == {
        "store-failed": 2,
        "sweep-failed": 1,
    }
    assert [*counters.incidents()] == [*INCIDENTS]


def test_workers_count_together_and_one_goes_on_where_one_ended():
    counters = Counters()

    def worker(row: int, turns: int):
        def work() -> None:
            counters.use(row)
            for _ in range(turns):
                counters.turn(0.002)

        return work

    forked(worker(1, 3))
    forked(worker(2, 4))
    assert sum(counters.turns()) == 7
    forked(worker(1, 1))
    assert sum(counters.turns()) == 8


def test_a_new_worker_gets_the_first_row_that_no_other_has():
    assert Counters.free([]) == 1
    assert Counters.free([1, 2]) == 3
    assert Counters.free([2, 3]) == 1
    assert Counters.free(range(ROWS - 1)) == ROWS - 1
    assert Counters.free(range(ROWS + 5)) == ROWS - 1


def test_the_last_row_counts_as_the_others_do():
    counters = Counters()
    counters.use(ROWS - 1)
    counters.incident(INCIDENTS[-1])
    counters.turn(99.0)
    assert counters.incidents()[INCIDENTS[-1]] == 1
    assert sum(counters.turns()) == counters.turns()[-1] == 1


def test_threads_of_a_worker_lose_no_count():
    counters = Counters()

    def count() -> None:
        for _ in range(5_000):
            counters.turn(0.002)

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counters.turns()) == 20_000
