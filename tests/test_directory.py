"""Who helps near a place: nearest in the sense of useful."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from smsline.content.check import everywhere
from smsline.engine.directory import directory_of, is_open
from smsline.engine.model import HOME, Spot, State
from smsline.engine.screen import draw_all

from .conftest import NOON

NIGHT = datetime(2026, 11, 24, 23, 0, tzinfo=HOME)


def nearest(line, service, text, moment=NOON, language="en"):
    place = line.gazetteer.find(text, asked=True).place
    return line.directory.nearest(service, place, moment, language)


def names(found):
    return [helper.organisation.name for helper in found.helpers]


def test_who_serves_the_place_comes_first(tiny):
    found = nearest(tiny, "sti_test", "3011")
    assert names(found) == ["clinic-river"]
    assert found.exact


def test_what_is_near_but_serves_another_town_is_said_to_be_no_exact_answer(tiny):
    found = nearest(tiny, "sti_test", "Delft")
    assert names(found)[0] == "clinic-river"
    assert not found.exact
    assert found.helpers[0].how == "near"


def test_where_nobody_offers_it_comes_what_is_closest_to_it(tiny):
    found = nearest(tiny, "sti_test", "Maastricht")
    assert names(found) == ["country-help"]
    assert not found.exact


def test_a_region_covers_its_towns(tiny):
    assert names(nearest(tiny, "social_work", "Vlaardingen")) == ["region-help", "country-help"]


def test_a_province_is_served_by_whoever_serves_a_part_of_it(tiny):
    found = nearest(tiny, "sti_test", "Zuid-Holland")
    assert names(found)[0] == "clinic-river"
    assert found.exact


def test_what_may_not_be_shown_is_never_named(tiny):
    assert "hidden" not in names(nearest(tiny, "sti_test", "Utrecht"))
    assert "hidden" in tiny.directory.organisations


def test_an_authority_is_named_only_where_the_topic_names_it_and_last(line):
    place = line.gazetteer.find("3011").place
    plain = line.directory.nearest("police", place, NOON, "en")
    asked = line.directory.nearest("police", place, NOON, "en", authorities=True)
    assert not any(helper.organisation.authority for helper in plain.helpers)
    assert asked.helpers[-1].organisation.authority


def test_hours_know_dutch_holidays():
    assert is_open("Mo-Fr 09:00-17:00; PH off", NOON)
    assert not is_open("Mo-Fr 09:00-17:00; PH off", NIGHT)
    assert not is_open("Mo-Fr 09:00-17:00; PH off", datetime(2026, 12, 25, 12, 0, tzinfo=HOME))


def test_every_look_up_ends_at_somebody_to_reach_everywhere(line):
    for province in ("Rotterdam", "Groningen", "Maastricht", "Enschede", "Middelburg", "Lelystad", "Assen"):
        place = line.gazetteer.find(province, asked=True).place
        for node in line.nodes.values():
            service = getattr(node, "help", None)
            if service:
                found = line.directory.nearest(service, place, NOON, "en", node.authorities)
                assert any(h.organisation.show == "yes" for h in found.helpers), (node.name, province)


def test_a_desk_for_residents_is_named_in_its_own_town_only(line):
    """Hulpteam Geldzaken Rotterdam is for people who live there."""
    assert "rotterdam-hulpteam-geldzaken" in names(nearest(line, "debt_help", "3011"))
    assert "rotterdam-hulpteam-geldzaken" not in names(nearest(line, "debt_help", "Delft"))


def test_whoever_does_just_that_comes_before_whoever_also_does_it(line):
    """Centrum Seksueel Geweld gives psychological help too, but a crisis line is one."""
    found = nearest(line, "crisis_line", "Emmen")
    main = [helper.organisation.services[0] == "crisis_line" for helper in found.helpers if helper.how == "country"]
    assert main == sorted(main, reverse=True)


def test_two_towns_of_one_name_are_two_municipalities(line):
    south, north = (line.gazetteer.find(text, asked=True).place for text in ("bergen limburg", "bergen"))
    assert (south.municipality, north.municipality) == ("Bergen (L)", "Bergen (NH)")
    assert not set(names(nearest(line, "sti_test", "bergen limburg"))[:1]) & {"ggd-hollands-noorden"}


@pytest.mark.parametrize("language", ["en", "nl", "ro"])
@pytest.mark.parametrize("channel", ["sms", "ussd", "whatsapp"])
def test_the_first_screen_of_a_list_names_somebody_to_reach(line, language, channel):
    """From each municipality, for each kind of help that some topic looks up."""
    ways = {way for one in line.directory.organisations.values()
            for way in (one.phone, one.whatsapp, one.email, one.web) if way}  # fmt: skip
    kinds = {(node.help, node.authorities): name for name, node in line.nodes.items() if getattr(node, "help", None)}
    seconds = int(NOON.timestamp())
    for place in everywhere(line)[::7]:
        for name in kinds.values():
            state = State(Spot(name, "near"), language, seconds, place=place.key)
            first = draw_all(line, state, line.channels[channel])[0]
            assert any(way in first for way in ways), (name, place.name, first)


def test_two_that_can_only_be_written_to_are_two(tiny):
    """They have no number, so it is not the same one."""
    known = tiny.directory.organisations["country-help"]
    both = tuple(replace(known, name=name, phone="", email=f"{name}@example.org") for name in ("one", "two"))
    directory = directory_of({one.name: one for one in both}, tiny.directory.services, 5)
    place = tiny.gazetteer.find("Utrecht").place
    assert names(directory.nearest("social_work", place, NOON, "en")) == ["one", "two"]
