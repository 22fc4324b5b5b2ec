"""The queue at a store keeps nobody from it, whatever becomes of its file and of those in it."""

from __future__ import annotations

import fcntl

import pytest

from smsline.stores import StoreError, open_store

from .test_stores import KEY, counting, kept, tally


def test_a_queue_that_may_not_be_opened_keeps_nobody_from_the_store(tmp_path):
    (tmp_path / "line.sqlite.queue").mkdir()
    store = open_store(f"sqlite:///{tmp_path}/line.sqlite")
    for times in ("1", "2"):
        assert store.turn(KEY, counting, tally, kept).reply.text == times


def test_a_server_that_begins_does_not_hang_with_a_worker_that_has_the_queue(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/line.sqlite")
    with (tmp_path / "line.sqlite.queue").open("w") as hanging:
        fcntl.flock(hanging, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="cannot be used"):
            store.turn(KEY, counting, tally, kept)
    assert store.turn(KEY, counting, tally, kept).reply.text == "1"
