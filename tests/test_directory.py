"""Who helps near a place: nearest in the sense of useful."""

from __future__ import annotations

from datetime import datetime

from smsline.engine.directory import is_open
from smsline.engine.model import HOME

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
