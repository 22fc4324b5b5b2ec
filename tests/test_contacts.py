"""How an organisation is shown on a phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from smsline.engine.contacts import contact
from smsline.engine.model import HOME, Spot, State
from smsline.engine.offers import Helper

from .conftest import NOON


@pytest.fixture
def shown(tiny):
    place = tiny.gazetteer.find("3011").place

    def show(language="en", moment=NOON, how="here", **changes):
        organisation = replace(tiny.directory.organisations["clinic-river"], **changes)
        state = State(Spot("sti-test", "near"), language, 0)
        helper = Helper(organisation, how, 12.34, "Delft", tiny.directory.show(organisation, moment.date()))
        return contact(tiny, state, helper, "sti_test", place, moment).split("\n")

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


@pytest.mark.parametrize(
    ("day", "hour", "said"),
    [
        (24, 8, "opens at 9:00."),
        (24, 9, "open now."),
        (24, 16, "open now."),
        (24, 17, "opens Wed 9:00."),
        (28, 12, "opens Mon 9:00."),
    ],
)
def test_it_is_open_or_says_when_it_opens(shown, day, hour, said):
    assert f"Mon-Fri 9:00-16:30, {said}" in shown(moment=datetime(2026, 11, day, hour, 0, tzinfo=HOME))[-1]


def test_holidays_are_passed_over_and_what_opens_no_more_is_only_closed(shown):
    christmas = datetime(2026, 12, 24, 18, 0, tzinfo=HOME)  # a Thursday; Friday and Saturday are holidays
    assert "opens Mon 9:00." in shown(moment=christmas)[-1]
    assert "closed now." in shown(hours="2020 Mo-Fr 09:00-17:00")[-1]
    assert "Day and night." in shown(hours="24/7")[-1]


def test_without_an_address_the_town_it_serves_is_said(shown):
    assert shown(point=None)[-1].startswith("Serves Rotterdam.")
    assert shown(point=None, how="near")[-1].startswith("Serves Delft.")
    assert shown(point=None, how="country")[-1].startswith("Whole country.")


def test_what_nobody_verified_is_said_to_be_so(shown):
    assert shown(verified=None)[-1].endswith("(from 2025, not checked)")
    assert shown(verified=None, read=None)[-1].endswith("(old page, not checked)")


def test_whom_it_is_for_and_an_authority_are_named(shown):
    assert "For women." in shown(audience=("women",))[-1]
    assert "For women." not in shown(audience=("all", "women"))[-1]
    assert "Government, may check papers." in shown(authority=True)[-1]


def test_who_may_be_shown_by_web_only_shows_no_number(shown):
    assert shown(show="web only", web="river.example")[1] == "river.example"
    assert "010 236 5212" not in shown(show="web only", web="river.example")


@pytest.mark.parametrize(("read", "number"), [(date(2021, 11, 24), False), (date(2021, 11, 30), True), (None, True)])
def test_of_what_nobody_verified_for_five_years_only_the_web_address_is_shown(shown, read, number):
    rows = shown(verified=None, read=read, web="river.example")
    assert rows[1] == ("010 236 5212" if number else "river.example")
    assert shown(verified=date(2026, 1, 1), read=read, web="river.example")[1] == "010 236 5212"


def test_a_short_number_is_said_to_work_inside_the_country_only_and_what_a_foreign_phone_dials(shown):
    assert "Only from inside the Netherlands." in shown(phone="0800 2000", inside=True)[-1]
    assert "Foreign phone: 034 357 8844." in shown(phone="0900 8844", inside=True, abroad="034 357 8844")[-1]
    assert "Netherlands" not in shown()[-1]


def test_whose_organisation_it_is_is_said(shown):
    assert "Christian." in shown(character="christian")[-1]
    assert "Christian." not in shown()[-1]
