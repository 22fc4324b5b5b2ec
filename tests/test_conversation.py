"""How the line answers, on a tiny line of our own: one sentence of the manual a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from .conftest import NOON


def test_a_caller_without_a_session_gets_the_first_screen(tiny, phone):
    caller = phone(tiny)
    assert caller.text("hm hm").startswith("Call 112 in danger.\n1 Health\n2 Change of work")
    assert caller.node == "start"


def test_numbers_lead_on_0_leads_back_and_9_shows_more(tiny, phone):
    caller = phone(tiny)
    caller.text("hi")
    assert caller.text("1").startswith("1 PEP\n2 STI test")
    first = caller.text("1")
    assert first.startswith("Go now. PEP works up to 72 hours. Call 010 236 5212\n")
    assert caller.text("0").startswith("1 PEP")
    assert caller.text("0").startswith("Call 112 in danger.")


def test_what_does_not_fit_goes_on_under_9_and_9_works_only_where_it_stands(tiny, phone):
    caller = phone(tiny, "ussd")
    caller.text("", begins=True)
    first = caller.text("pep")
    assert first.endswith("9 More  0 Menu")
    second = caller.text("9")
    assert second != first
    assert "A doctor decides." in second
    last = second
    while "9 More" in last:
        last = caller.text("9")
    assert caller.text("9").startswith("That number is not on this screen.")
    assert caller.text("0").startswith("Call 112 in danger.")


def test_0_on_a_later_page_is_the_page_before(tiny, phone):
    caller = phone(tiny, "ussd")
    first = caller.text("pep")
    caller.text("9")
    assert caller.text("0") == first


def test_a_keyword_and_a_nodes_own_name_lead_there_from_anywhere(tiny, phone):
    for text in ("PILL", "pep", "sti-test", "STI test", "sti test", "pil"):
        caller = phone(tiny)
        caller.text(text)
        assert caller.node in ("pep", "sti-test"), text


def test_a_look_up_asks_where_and_shows_who_helps(tiny, phone):
    caller = phone(tiny)
    assert caller.text("sti-test") == "Where are you? Text your town or postcode.\n0 Menu"
    shown = caller.text("3011")
    assert shown.split("\n") == [
        "For Rotterdam:",
        "River Clinic: STI tests",
        "010 236 5212",
        "1 Quay Street, Rotterdam",
        "0.0 km away. Mon-Fri 9:00-16:30, open now. Speaks NL EN. Free.",
        "Other town? Text its name.",
        "8 Number is wrong",
        "0 Menu",
    ]


def test_a_place_is_remembered_for_the_session_and_can_be_changed(tiny, phone):
    caller = phone(tiny)
    caller.text("sti-test")
    caller.text("3011")
    caller.text("pep")
    assert caller.text("1").startswith("For Rotterdam:\nRiver Clinic: PEP")
    assert caller.text("Maastricht").startswith(
        "No PEP near Maastricht. Closest help:\nCountry Help: social work\n0800 2000"
    )


def test_an_unknown_place_is_asked_for_again(tiny, phone):
    caller = phone(tiny)
    caller.text("sti-test")
    assert caller.text("qqqq").startswith("I do not know that place.")
    assert caller.session.state.here.view == "ask"


def test_a_place_that_nobody_asked_for_leads_to_the_look_ups(tiny, phone):
    caller = phone(tiny)
    assert caller.text("utrecht").startswith("For Utrecht:\nWhat do you need?\n1 STI test")
    assert caller.text("1").startswith("No clinic near Utrecht.")


def test_a_menu_called_near_is_no_help_near_an_answer(tiny, phone):
    caller = phone(tiny)
    caller.text("hi")
    assert caller.text("3").startswith("What do you need?\n1 STI test")
    assert caller.text("1").startswith("Where are you?")


def test_place_and_topic_in_one_text(tiny, phone):
    caller = phone(tiny)
    assert caller.text("get tested in Rotterdam").startswith("For Rotterdam:\nRiver Clinic")


def test_urgent_words_are_heard_whatever_the_session_is_doing(tiny, phone):
    for before in ([], ["hi", "1"], ["sti-test"], ["nl"], ["hi", "4"]):
        caller = phone(tiny)
        for text in before:
            caller.text(text)
        caller.text("please he wont let me leave the house")
        assert caller.node == "danger-now", before


def test_after_a_false_alarm_0_goes_back(tiny, phone):
    caller = phone(tiny)
    caller.text("hi")
    before = caller.text("1")
    caller.text("he will kill me")
    assert caller.text("0") == before


@pytest.mark.parametrize("cry", ["help", "HELP", "help!!", "sos", "hulp", "heeelp"])
def test_a_lone_cry_gets_the_emergency_number_in_any_language(tiny, phone, cry):
    assert "112" in phone(tiny).text(cry).split("\n")[0]


def test_a_language_is_chosen_by_code_or_name_and_stays(tiny, phone):
    for text in ("nl", "NL", "Nederlands", "dutch", "in dutch please"):
        caller = phone(tiny)
        assert "Gezondheid" in caller.text(text), text
        caller.text("1")
        assert caller.text("0").startswith("Bel 112 bij gevaar.")


def test_the_list_of_languages_has_their_own_names(tiny, phone):
    caller = phone(tiny)
    caller.text("hi")
    assert caller.text("4") == "1 English\n2 Nederlands\n0 Menu"
    assert caller.text("2").startswith("Bel 112 bij gevaar.")


def test_a_text_in_another_language_is_answered_in_it_until_one_was_chosen(tiny, phone):
    caller = phone(tiny)
    assert caller.text("condoom gescheurd").startswith("Ga nu.")
    assert caller.text("condom tore").startswith("Go now.")
    caller.text("nl")
    assert caller.text("condom tore").startswith("Ga nu.")


def test_stopping_may_mean_the_work_or_the_line_so_it_is_asked(tiny, phone):
    caller = phone(tiny)
    assert caller.text("quit") == "Do you mean:\n1 Change of work\n2 Forget this chat\n0 Menu"
    assert caller.text("1").startswith("It is your choice.")


@pytest.mark.parametrize("text", ["STOP", "erase"])
def test_stop_and_erase_forget_the_caller_and_say_so_once(tiny, phone, text):
    caller = phone(tiny)
    caller.text("hi")
    assert caller.text(text)
    assert caller.session is None


def test_stop_inside_a_sentence_is_no_opt_out(tiny, phone):
    caller = phone(tiny)
    caller.text("hi")
    caller.text("he does not stop please")
    assert caller.session is not None


def test_the_quick_exit_is_silent_and_forgets(tiny, phone):
    caller = phone(tiny)
    caller.text("he will kill me")
    assert caller.text("x") == ""
    assert caller.session is None
    assert caller.text("x") == ""


def test_a_number_that_is_not_on_the_screen_is_said_so(tiny, phone):
    caller = phone(tiny)
    caller.text("hi")
    for number in ("7", "8", "10", "99"):
        assert caller.text(number).startswith("That number is not on this screen."), number


def test_the_second_text_that_is_not_understood_is_told_how_to_reach_a_person(tiny, phone):
    caller = phone(tiny)
    caller.text("hi")
    assert caller.text("qqqq wwww").startswith("Sorry, I did not understand.")
    assert caller.text("qqqq wwww").startswith("No person reads this.")


def test_after_a_safety_topic_a_text_not_understood_gets_the_first_screen(tiny, phone):
    caller = phone(tiny)
    caller.text("he will kill me")
    assert "1 Health" in caller.text("qqqq wwww")
    assert caller.node == "start"


@pytest.mark.parametrize("text", ["", "   ", "👍👍", "\x00\x07", "a" * 1600, "بدون", "????", "\u200b" * 50])
def test_whatever_is_texted_a_useful_screen_comes_back(tiny, phone, text):
    assert "1 Health" in phone(tiny).text(text)


def test_a_picture_is_told_that_only_text_is_read(tiny, phone):
    caller = phone(tiny)
    assert caller.text("", unreadable=True).startswith("This line can only read text")
    assert caller.text("pep", unreadable=True).startswith("Go now.")


def test_the_same_message_twice_is_one_step_and_one_reply(tiny, phone):
    caller = phone(tiny)
    first = caller.text("hi", known=b"a" * 16)
    second = caller.text("1", known=b"b" * 16)
    after = caller.session
    assert caller.text("1", known=b"b" * 16) == second
    assert caller.text("hi", known=b"a" * 16) == first
    assert caller.session == after
    assert caller.turns[-1].events == ()


@pytest.mark.parametrize(
    ("topic", "minutes", "kept"),
    [("pep", 59, True), ("pep", 61, False), ("danger-now", 4, True), ("danger-now", 6, False)],
)
def test_the_position_ends_after_an_hour_and_after_a_safety_topic_in_five_minutes(tiny, phone, topic, minutes, kept):
    caller = phone(tiny)
    caller.text("nl")
    caller.text(topic)
    caller.time += timedelta(minutes=minutes)
    caller.text("9")
    assert caller.node == (topic if kept else "start")
    assert caller.session.state.language == "nl"


def test_a_safety_topic_that_0_would_go_back_to_ends_as_soon(tiny, phone):
    caller = phone(tiny)
    caller.text("he will kill me")
    caller.text("pep")
    caller.time += timedelta(minutes=6)
    caller.text("0")
    assert caller.node == "start"


def test_after_a_cry_too_a_text_not_understood_gets_the_first_screen(tiny, phone):
    caller = phone(tiny)
    caller.text("help")
    assert "1 Health" in caller.text("qqqq wwww")


def test_a_number_after_the_position_ended_is_no_choice(tiny, phone):
    caller = phone(tiny)
    caller.text("hi")
    caller.text("1")
    caller.time += timedelta(hours=2)
    caller.text("1")
    assert caller.node == "start"


@pytest.mark.parametrize(("days", "dutch"), [(29, True), (31, False)])
def test_the_language_is_kept_for_thirty_days(tiny, phone, days, dutch):
    caller = phone(tiny)
    caller.text("nl")
    caller.time += timedelta(days=days)
    assert ("Gezondheid" in caller.text("hmhm")) is dutch


def test_at_night_what_is_closed_is_not_offered_first(tiny, phone):
    caller = phone(tiny, time=NOON.replace(hour=23))
    assert caller.text("pep").startswith("At night go to the hospital.")


def test_a_figure_that_ended_is_not_said(tiny, phone):
    caller = phone(tiny)
    assert "EUR 1,250" in caller.text("pep")
    caller = phone(tiny, time=NOON.replace(year=2027, month=1, day=5))
    assert "It costs (may have changed)." in caller.text("pep")


def test_a_session_whose_node_is_gone_begins_anew(tiny, phone):
    caller = phone(tiny)
    caller.text("pep")
    gone = {name: node for name, node in tiny.nodes.items() if name != "pep"}
    caller.line = replace(tiny, nodes=gone)
    assert "1 Health" in caller.text("hmhm")


def test_dialling_begins_at_the_first_screen_and_keeps_the_language(tiny, phone):
    caller = phone(tiny, "ussd")
    caller.text("", begins=True)
    caller.text("nl")
    assert "Gezondheid" in caller.text("", begins=True)
    assert caller.node == "start"


def test_a_ussd_step_back_shows_the_screen_before_and_goes_on_from_it(tiny, phone):
    caller = phone(tiny, "ussd")
    caller.text("", begins=True, known=b"0" * 16)
    health = caller.text("1", known=b"1" * 16)
    caller.text("1", known=b"2" * 16)
    assert caller.text("1", known=b"1" * 16) == health
    assert caller.text("2", known=b"3" * 16).startswith("Where are you?")


@pytest.mark.parametrize("text", ["ok", "thanks", "yes"])
def test_ok_and_thanks_get_the_same_screen_again(line, phone, text):
    caller = phone(line)
    shown = caller.text("suicidal-thoughts")
    assert caller.text(text) == shown
    assert phone(line).text(text).startswith("Automatic line")


def test_a_town_below_an_answer_shows_who_helps_there_with_just_that(line, phone):
    caller = phone(line)
    caller.text("debts")
    assert caller.text("zaandam").startswith("No help with debts")
    assert caller.node == "debts"
    caller.text("menu")
    caller.text("zaandam")
    assert caller.node == "near"  # below a menu it asks with what


@pytest.mark.parametrize("jump", [timedelta(days=-3), timedelta(minutes=-1), timedelta(days=400)])
def test_a_clock_that_jumps_breaks_nothing(tiny, phone, jump):
    caller = phone(tiny)
    for text in ("hi", "1", "1"):
        caller.text(text)
    caller.time += jump
    for text in ("0", "pep", "qwzx", "9", "hulp"):
        assert caller.text(text)


def test_what_is_not_understood_gets_an_example_and_how_to_reach_a_person(line, phone):
    for language in ("en", "nl", "ro", "ru", "ar", "zh"):
        caller = phone(line)
        caller.text(language)
        reply = caller.text("qwertz uiop")
        assert line.catalog(language, "phrase.not-understood") in reply
        assert line.catalog(language, "phrase.a-person") in reply


def test_a_name_that_several_towns_have_a_part_of_asks_for_the_town(line, phone):
    caller = phone(line)
    caller.text("en")
    caller.text("social worker")
    assert caller.text("centraal").startswith("Where are you?")
    assert "2 Rotterdam" in caller.text("centraal")
    assert "Rotterdam" in caller.text("2")
