"""One property for the engine: whatever is texted, in whatever order, on whatever channel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsline.engine.pages import fits
from smsline.stores.packing import pack, unpack

from .conftest import NOON, Phone
from .hostile import hostile

PLAUSIBLE = st.sampled_from(
    ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "hi", "help", "nl", "ro", "en", "3011", "utrecht", "pep",
     "stoppen", "he wont let me leave", "sti test utrecht", "x", "STOP", "erase", "buddy",
     "am nevoie de doctor", "12", "menu", "bergen", "limburg", "antwerp", "social worker"]
)  # fmt: skip
ANYTHING = st.text(max_size=300)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(st.one_of(PLAUSIBLE, PLAUSIBLE, ANYTHING), min_size=1, max_size=12),
    channel=st.sampled_from(["sms", "ussd", "whatsapp"]),
    minutes=st.lists(st.integers(0, 400), min_size=12, max_size=12),
)
def test_whatever_is_texted_a_screen_that_fits_comes_back_once(line, texts, channel, minutes):
    caller = Phone(line, channel, NOON)
    for text, passed in zip(texts, minutes, strict=False):
        caller.time += timedelta(minutes=passed)
        known = f"{caller.count}".rjust(16).encode()
        reply = caller.text(text, known=known)
        assert fits(line.channels[channel], reply), reply
        if caller.session is None:
            continue
        assert reply
        state = caller.session.state
        assert state.here.node in line.nodes or state.here.view in ("phrase", "unsure")
        assert unpack(pack(caller.session)) == caller.session
        before = caller.session
        assert caller.text(text, known=known) == reply
        assert caller.session == before


@pytest.mark.parametrize("channel", ["sms", "ussd", "whatsapp"])
def test_a_text_that_is_built_to_break_something_gets_a_screen_that_fits(line, channel):
    for name, text in hostile(line).items():
        caller = Phone(line, channel, NOON)
        for known in (b"1".rjust(16), b"2".rjust(16)):
            reply = caller.text(text, known=known)
            assert reply, name
            assert fits(line.channels[channel], reply), name
