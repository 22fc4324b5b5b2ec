"""The text on one phone: it fits, it breaks where it may, and what must be done now is on the first page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from smsline.engine.model import Channel, Spot, State
from smsline.engine.pages import Sheet, fits, page_of, paginate, sentences, shortened
from smsline.engine.screen import draw, draw_all

SMS = Channel("sms", 306, 268, parts=True)
USSD = Channel("ussd", 160, 70, dialogue=True)


@pytest.mark.parametrize(
    ("channel", "text", "fit"),
    [
        (USSD, "a" * 160, True), (USSD, "a" * 161, False), (USSD, "я" * 70, True), (USSD, "я" * 71, False),
        (SMS, "a" * 306, True), (SMS, "a" * 307, False), (SMS, "я" * 268, True), (SMS, "я" * 269, False),
        (SMS, "a" * 152 + "{" + "a" * 152, False),
    ],
)  # fmt: skip
def test_both_sides_of_what_fits(channel, text, fit):
    assert fits(channel, text) is fit


LETTERS = some.text("a {€я😀", max_size=90)
PIECES = some.lists(some.tuples(LETTERS, some.sampled_from(["", " ", "\n"])), max_size=5)


@given(some.sampled_from([SMS, USSD, Channel("sms", 160, 70, parts=True)]), PIECES, PIECES, LETTERS, LETTERS)
def test_how_long_a_screen_is_adds_up_from_its_pieces(channel, before, more, zero, nine):
    whole = page_of([*before, *more], zero, nine)
    assert Sheet(channel, before).holds(more, zero, nine) is fits(channel, whole)


def test_a_screen_is_put_together_when_it_is_asked_for():
    pages = paginate(USSD, [sentences("One thing to do. " * 20)], "0 Menu", "0 Back", "9 More")
    first = next(pages)
    assert first.endswith("9 More  0 Menu")
    assert len([*pages]) == 2


def test_pages_break_between_sentences():
    text = "One thing to do. " * 20
    pages = [*paginate(USSD, [sentences(text)], "0 Menu", "0 Back", "9 More")]
    assert len(pages) > 1
    assert all(fits(USSD, page) for page in pages)
    assert all(page.split("\n")[0].endswith(".") for page in pages)
    assert [page.split("\n")[-1] for page in pages[:2]] == ["9 More  0 Menu", "9 More  0 Back"]
    assert pages[-1].endswith("\n0 Back")


def test_a_sentence_longer_than_a_screen_breaks_between_words_and_never_inside_a_number():
    text = "word " * 28 + "088 355 01 00 " + "word " * 20
    pages = [*paginate(USSD, [sentences(text)], "0 Menu", "0 Back", "9 More")]
    assert all(fits(USSD, page) for page in pages)
    assert any("088 355 01 00" in page for page in pages)


def test_the_first_page_has_the_choices_and_what_may_wait_comes_later(line):
    state = State(Spot("pep"), "en", 1_795_600_000)
    pages = draw_all(line, state, SMS)
    assert "1 Help near you" in pages[0]
    assert "A doctor decides." in pages[1]


def test_a_page_number_beyond_the_last_shows_the_last(tiny):
    state = State(Spot("pep"), "en", 1_795_600_000, page=99)
    assert draw(tiny, state, USSD) == draw_all(tiny, state, USSD)[-1]


def test_on_a_short_screen_a_menus_text_gives_way_to_its_choices(line):
    state = State(Spot("start"), "en", 1_795_600_000)
    assert draw(line, state, USSD).startswith("1 Health")
    assert draw(line, state, SMS).startswith("Automatic line")


def test_a_web_address_longer_than_a_screen_breaks_after_a_slash_and_nothing_of_it_is_lost():
    address = "www.example.org/онлайн/" + "help-for-everybody/" * 12
    pages = [*paginate(USSD, [sentences(f"Read: {address}")], "0 Menu", "0 Back", "9 More")]
    assert len(pages) > 2
    assert all(fits(USSD, page) for page in pages)
    rows = [page.split("\n")[0] for page in pages]
    assert "".join(rows).replace(" ", "") == f"Read:{address}"
    assert all(row.endswith("/") for row in rows[1:])


@pytest.mark.parametrize("channel", [SMS, USSD])
def test_what_ends_a_dialogue_is_cut_to_whole_sentences_on_one_screen(channel):
    text = "Sorry. In danger call 112. " + "Something that may be left out. " * 12
    last = shortened(channel, text)
    assert last.startswith("Sorry. In danger call 112.")
    assert last.endswith("left out.")
    assert fits(channel, last)
    assert shortened(channel, "Sorry. In danger call 112.") == "Sorry. In danger call 112."


def test_a_question_goes_over_to_the_next_screen_with_its_answer():
    """What must be done is never behind a 9 that follows the question alone."""
    first = "Tell somebody you trust what happened, and stay where other people are tonight, with your phone on."
    last = "Did you take something already? Call 112 now, and stay awake."
    pages = [*paginate(USSD, [sentences(f"{first} {last}")], "0 Menu", "0 Back", "9 More")]
    assert pages == [f"{first}\n9 More  0 Menu", f"{last}\n0 Back"]


@pytest.mark.parametrize("language", ["en", "nl", "ro"])
@pytest.mark.parametrize("node", ["danger-now", "suicidal-thoughts", "forced-or-exploited", "sexual-assault"])
def test_no_screen_of_an_urgent_answer_ends_with_a_question(line, language, node):
    for channel in (line.channels["sms"], line.channels["ussd"]):
        *pages, _ = draw_all(line, State(Spot(node), language, 0), channel)
        assert not any(page.split("\n")[-2].endswith("?") for page in pages)
