"""How an organisation is shown on a phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from smsline.engine.contacts import contact
from smsline.engine.directory import Helper
from smsline.engine.model import Spot, State
from smsline.engine.screen import HOME

from .conftest import NOON


@pytest.fixture
def shown(tiny):
    place = tiny.gazetteer.find("3011").place

    def show(language="en", moment=NOON, how="here", **changes):
        organisation = replace(tiny.directory.organisations["clinic-river"], **changes)
        state = State(Spot("sti-test", "near"), language, 0)
        return contact(tiny, state, Helper(organisation, how, 12.34, "Delft"), "sti_test", place, moment).split("\n")

    return show


def test_name_and_what_it_does_then_the_number_alone_then_the_rest(shown):
    assert shown() == [
        "River Clinic: STI tests",
        "010 236 5212",
        "1 Quay Street, Rotterdam",
        "12 km away. Mon-Fri 9:00-16:30, open now. Speaks NL EN. Free.",
    ]


def test_days_are_those_of_the_callers_language(shown):
    assert "ma-vr 9:00-16:30" in shown("nl")[-1]


def test_closed_is_said_and_day_and_night_too(shown):
    assert "closed now" in shown(moment=datetime(2026, 11, 24, 23, 0, tzinfo=HOME))[-1]
    assert "Day and night." in shown(hours="24/7")[-1]


def test_without_an_address_the_town_it_serves_is_said(shown):
    assert shown(point=None)[-1].startswith("Serves Rotterdam.")
    assert shown(point=None, how="near")[-1].startswith("Serves Delft.")
    assert shown(point=None, how="country")[-1].startswith("Whole country.")


def test_what_nobody_verified_is_said_to_be_so(shown):
    assert shown(verified=None)[-1].endswith("(from 2025, not checked)")
    assert shown(verified=None, year=None)[-1].endswith("(old page, not checked)")


def test_whom_it_is_for_and_an_authority_are_named(shown):
    assert "For women." in shown(audience=("women",))[-1]
    assert "For women." not in shown(audience=("all", "women"))[-1]
    assert "Government, may check papers." in shown(authority=True)[-1]


def test_who_may_be_shown_by_web_only_shows_no_number(shown):
    assert shown(show="web only", web="river.example")[1] == "river.example"
    assert "010 236 5212" not in shown(show="web only", web="river.example")
