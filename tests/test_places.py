"""From a text to a place, and never from an ordinary word."""

from __future__ import annotations

import pytest

from smsline.engine.places import kilometres


@pytest.mark.parametrize(
    ("text", "name", "municipality"),
    [
        ("3011", "Rotterdam", "Rotterdam"),
        ("1012ab", "Amsterdam", "Amsterdam"),
        ("1012 AB", "Amsterdam", "Amsterdam"),
        ("Utrecht", "Utrecht", "Utrecht"),
        ("'s-Gravenhage", "Den Haag", "Den Haag"),
        ("haga", "Den Haag", "Den Haag"),
        ("i am near utrecht cs", "Utrecht", "Utrecht"),
        ("roterdam", "Rotterdam", "Rotterdam"),
        ("eindhovn", "Eindhoven", "Eindhoven"),
        ("амстердам", "Amsterdam", "Amsterdam"),
        ("鹿特丹", "Rotterdam", "Rotterdam"),
        ("bergen limburg", "Bergen", "Bergen (L)"),
        ("de Wallen", "De Wallen", "Amsterdam"),
        ("in Best", "Best", "Best"),
        ("Best", "Best", "Best"),
        ("Een", "Een", "Noordenveld"),
        ("Limburg", "Limburg", ""),
        ("Groningen", "Groningen", "Groningen"),
    ],
)
def test_a_place_that_was_asked(line, text, name, municipality):
    found = line.gazetteer.find(text, asked=True)
    assert found is not None
    assert (found.place.name, found.place.municipality) == (name, municipality)


@pytest.mark.parametrize("text", ["help", "hello", "stop", "test", "thanks", "yes", "", "???", "asdkj"])
def test_words_that_are_no_place(line, text):
    assert line.gazetteer.find(text, asked=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "ik zit vast in een huis",
        "he says i owe him 9000",
        "this is the best",
        "i work well",
        "i earn 2000 euro",
        "since 2019",
    ],
)
def test_ordinary_talk_names_no_place(line, text):
    assert line.gazetteer.find(text) is None


def test_an_ambiguous_name_gives_the_likeliest_and_the_others(line):
    found = line.gazetteer.find("Hengelo", asked=True)
    assert found.place.province == "Overijssel"
    assert "Gelderland" in {other.province for other in found.others}


def test_a_post_office_box_is_taken_to_the_nearest_number(line):
    assert 3000 not in line.gazetteer.postcodes
    assert line.gazetteer.find("3000", asked=True).place.municipality == "Rotterdam"


def test_distance_is_measured_along_the_earth():
    assert kilometres((52.3731, 4.8922), (51.9225, 4.4792)) == pytest.approx(57.5, abs=1)
