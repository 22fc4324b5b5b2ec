"""What a text means, on the real words of three languages. Examples, no measure: some stand in the word lists."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.understanding import TEXTS, judged, rows_of
from smsline.engine.understanding import understand

from .conftest import Phone

CLEAR = [
    ("condom broke last nite", "condom-broke"),
    ("where can i test for hiv please", "sti-test"),
    ("my boyfriend hits me every day", "partner-violence"),
    ("someone is blackmailing me with pictures", "blackmail-photos"),
    ("how do i register at the kvk", "register-kvk"),
    ("i cant sleep since weeks", "stress-sleep-trauma"),
    ("can i talk to a real person", "talk-to-someone"),
    ("ik heb een dokter nodig vandaag", "find-a-doctor"),
    ("waar kan ik vannacht slapen", "shelter-tonight"),
    ("ik heb veel schulden", "debts"),
    ("ik wil stoppen met dit werk", "thinking-of-stopping"),
    ("mijn baas houdt mijn geld", "operator-keeps-money"),
    ("am nevoie de un medic azi", "find-a-doctor"),
    ("s-a rupt prezervativul", "condom-broke"),
    ("clientul nu m-a platit", "robbed-or-unpaid"),
    ("vreau să mă las de munca asta", "thinking-of-stopping"),
]

URGENT = [
    ("please he wont let me leave the house", "danger-now"),
    ("i want to kill myself tonight", "suicidal-thoughts"),
    ("she took too many pills and does not wake up", "overdose"),
    ("a client raped me", "sexual-assault"),
    ("im only 16", "under-18"),
    ("my pimp forces me to work", "forced-or-exploited"),
    ("hij laat me niet weg", "danger-now"),
    ("ik wil niet meer leven", "suicidal-thoughts"),
    ("hij heeft me verkracht", "sexual-assault"),
    ("mijn pooier dwingt me te werken", "forced-or-exploited"),
    ("nu ma lasa sa plec de aici", "danger-now"),
    ("nu mai vreau sa traiesc", "suicidal-thoughts"),
    ("m-a violat un client", "sexual-assault"),
    ("sunt obligata sa fac sex", "forced-or-exploited"),
]

NOTHING = ["asdkj", "qqqq wwww eeee", "lol", "thanks", "what is this", "the weather is nice today", "👍👍👍"]


@pytest.mark.parametrize(("text", "node"), CLEAR)
def test_a_clear_text_goes_to_its_answer(line, text, node):
    meaning = understand(line, text)
    assert (meaning.kind, meaning.node) == ("node", node), meaning


@pytest.mark.parametrize(("text", "node"), URGENT)
def test_an_urgent_text_goes_to_its_answer_at_once(line, text, node):
    meaning = understand(line, text)
    assert meaning.node == node, meaning
    assert line.nodes[node].urgent


@pytest.mark.parametrize("text", NOTHING)
def test_a_text_that_means_nothing_here_is_asked_and_not_guessed(line, text):
    meaning = understand(line, text)
    assert meaning.kind in ("none", "suggest") or meaning.command == "ok"


@pytest.mark.parametrize("text", ["i work 17 hours a week", "ik werk al 17 jaar", "i am 21"])
def test_a_figure_counts_only_word_for_word(line, text):
    assert understand(line, text).node != "under-18"


def test_typing_errors_and_endings_are_forgiven(line):
    for text in ("prezervativ rpt", "condom brokke", "condoom gescheurdd", "lawyyer free"):
        assert understand(line, text).kind in ("node", "suggest"), text


@pytest.mark.parametrize(
    ("text", "kind"),
    [("i am in utrecht", "place"), ("in amsterdam", "place"), ("rotterdamban vagyok", "place"), ("我在海牙", "place"),
     ("gemeente utrecht", "node"), ("Antwerp", "abroad"), ("i am in köln", "abroad"), ("w Warszawie", "abroad")],
)  # fmt: skip
def test_a_text_that_says_only_where_is_about_no_topic(line, text, kind):
    assert understand(line, text).kind == kind


def test_a_place_in_the_text_is_found_with_the_topic(line):
    meaning = understand(line, "abortion in rotterdam")
    assert (meaning.node, meaning.place.name) == ("abortion", "Rotterdam")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("i need a doctor for my friend", "en"),
        ("ik heb een vraag over mijn werk", "nl"),
        ("am nevoie de ajutor cu actele", "ro"),
        ("ich brauche dringend eine wohnung", None),
        ("12", None),
        ("utrecht", None),
    ],
)
def test_the_language_is_guessed_or_not_at_all(line, text, language):
    assert line.vocabulary.speech.language(text) == language


def test_reasons_name_phrases_of_the_content_and_never_the_text(line):
    meaning = understand(line, "qzxmarked condom broke qzxmarked")
    assert meaning.reasons
    assert not any("qzxmarked" in reason for reason in meaning.reasons)


@pytest.mark.parametrize("text", ["a" * 1600, "ab " * 500, "1" * 1600, "é" * 1600, "\u0301" * 800, "न" * 900])
def test_a_long_or_strange_text_is_no_problem(line, text):
    assert understand(line, text).kind in ("none", "suggest", "node")


@pytest.mark.parametrize("text", ["hulp hulp hulp", "ajutor ajutor", "sos help", "HELP HELP HELP HELP", "sos sos"])
def test_a_cry_that_is_repeated_is_one(line, text):
    assert understand(line, text).command == "help"


@pytest.mark.parametrize("before", [0, 57, 60, 120])
def test_what_matters_may_stand_at_the_end_of_a_long_text(line, before):
    assert understand(line, "gisteren was het druk en " * (before // 5) + "hij laat me niet weg").node == "danger-now"


@pytest.mark.parametrize("text", ["112", "112!"])
def test_figures_alone_tell_no_language(line, text):
    assert understand(line, text).language is None


def test_a_sign_of_distress_is_a_cry(line):
    assert understand(line, "\N{SQUARED SOS}").command == "help"
    assert understand(line, "STOP STOP").command == "stop"


@pytest.mark.parametrize(
    ("text", "node"),
    [("nobody forces me, how much tax do i pay", "do-i-pay-tax"),
     ("niemand dwingt mij, hoeveel belasting betaal ik", "do-i-pay-tax"),
     ("personne ne me force, combien d'impots", "do-i-pay-tax")],
)  # fmt: skip
def test_what_is_said_to_be_not_so_is_not_read(line, text, node):
    assert understand(line, text).node == node


@pytest.mark.parametrize(
    "text", ["i dont want to die", "no quiero morir", "не хочу умирать", "nobody forces me but he beats me every night"]
)
def test_what_somebody_in_danger_says_too_is_always_read(line, text):
    meaning = understand(line, text)
    assert meaning.node in line.vocabulary.urgent | {"partner-violence"}


def test_a_cry_is_heard_though_it_begins_like_an_automatic_reply(line):
    assert understand(line, "cant talk now he is here").node == "danger-now"


@pytest.mark.parametrize("text", ["how much for an hour baby", "happy birthday", "ben je vrij vanavond schat"])
def test_what_asks_nothing_of_the_line_is_no_topic(line, text):
    assert understand(line, text).kind == "none"


@pytest.mark.parametrize("text", ["maybe", "misschien"])
def test_one_word_of_a_phrase_is_no_answer(line, text):
    assert understand(line, text).kind != "node"


def test_urgent_texts_that_no_list_was_made_from_go_straight_to_an_urgent_answer(line):
    """The least that is wanted, over all languages; the other figures are printed by `make understanding`."""
    found: Counter[bool] = Counter()
    for path in sorted(TEXTS.glob("??.txt")):
        found.update(judged(line, row)["straight"] for row in rows_of(path) if row.heading == "urgent")
    assert found.total() >= 60
    assert found[True] >= 0.85 * found.total()


@pytest.mark.parametrize(
    ("text", "denied"),
    [("no me obligan a trabajar, cuanto pago de impuestos", False), ("no, me obligan a trabajar", True),
     ("nobody forces me. how much tax", False), ("nobody. forces me to work", True)],
)  # fmt: skip
def test_a_comma_ends_what_is_denied(line, text, denied):
    """Whether what looks like a denial is a cry."""
    meaning = understand(line, text)
    assert (meaning.node == "forced-or-exploited") is denied


def test_a_word_that_means_two_things_in_two_languages_is_asked_about_where_one_is_a_cry(line):
    meaning = understand(line, "droga")  # a keyword for drugs in Portuguese, an overdose in Bulgarian
    assert meaning.suggestions == ("overdose", "drugs-and-alcohol")
    assert understand(line, "droga", language="pt").node == "drugs-and-alcohol"


def test_a_topic_next_to_danger_shows_the_emergency_number_above_its_answer(line):
    caller = Phone(line)
    assert caller.text("can i get money for what they did to me").startswith("In danger? Call 112.\n")


def test_chinese_letters_that_stand_apart_are_no_phrase(line):
    assert understand(line, "橱窗一天租金一百五太贵了吧").node != "suicidal-thoughts"


@pytest.mark.parametrize(
    ("text", "language", "node"),
    [("speak polish please, i need a doctor", "pl", "find-a-doctor"),
     ("i need a lawyer, in polish please", "pl", "free-lawyer"),
     ("do you speak spanish? my client hit me", "es", "violence-at-work"),
     ("he locked me in, russian please", "ru", "danger-now"),
     ("i got a letter in dutch", "en", "rules-and-paperwork"),
     ("i want to learn dutch please", "en", "dutch-lessons")],
)  # fmt: skip
def test_a_language_may_be_asked_for_in_the_same_text(line, text, language, node):
    meaning = understand(line, text)
    assert (meaning.language, meaning.node) == (language, node)
    assert meaning.wished is (language != "en")


def test_a_language_that_is_asked_for_in_a_text_stays(line):
    caller = Phone(line)
    caller.text("speak polish please, i need a doctor")
    assert caller.session.chosen
    assert "Zadzwon do lekarza rodzinnego" in caller.text("i cant sleep since weeks")


@pytest.mark.parametrize(
    ("text", "node"),
    [("i was raped years ago, can i get therapy for it", "stress-sleep-trauma"),
     ("jaren geleden gedwongen, kan ik schadevergoeding krijgen", "compensation")],
)  # fmt: skip
def test_what_is_told_of_long_ago_is_no_cry(line, text, node):
    assert understand(line, text).node == node


@pytest.mark.parametrize(
    "text",
    ["i was raped", "i was raped last night", "he has been forcing me for years",
     "hace 2 años que me obligan a trabajar",
     "faz anos que ele me obriga", "kiedys mnie zabije", "він колись мене вб'є", "отдавна ме карат насила да работя"],
)  # fmt: skip
def test_what_is_not_long_ago_is_a_cry(line, text):
    assert understand(line, text).node in line.vocabulary.urgent


@pytest.mark.parametrize(
    "text",
    ["my friend is forced to work", "mijn vriendin wordt gedwongen", "prietena mea e obligata sa lucreze",
     "obligan a mi amiga a trabajar", "приятелката ми я карат насила", "kenyszeritik a baratnomet",
     "zmuszaja moja kolezanke do pracy", "minha amiga é obrigada a trabalhar", "мою подругу заставляют работать",
     "подругу змушують працювати", "我朋友被人逼着做", "mon amie est obligée", "arkadaşımı zorluyorlar",
     "صديقتي مجبرة"],
)  # fmt: skip
def test_somebody_who_asks_for_a_friend_gets_the_answer_for_who_helps(line, text):
    assert understand(line, text).node == "worried-about-someone"


@pytest.mark.parametrize(
    ("text", "node"),
    [("mne nuzhen vrach segodnya", "find-a-doctor"), ("mene zgvaltuvaly", "sexual-assault"),
     ("spuka se prezervativa", "condom-broke"), ("porvalsya prezervativ", "condom-broke")],
)  # fmt: skip
def test_cyrillic_in_latin_letters_is_read_as_the_words_that_sound_so(line, text, node):
    assert understand(line, text).node == node


def test_a_cry_is_heard_in_one_sentence_of_a_story(line):
    story = (
        "hello i am new in amsterdam and i rent a room in a house with other girls. the landlord asks me for papers. "
        "{}. can you tell me where i register"
    )
    assert understand(line, story.format("he wont let me leave the house")).node in line.vocabulary.urgent
    assert understand(line, story.format("he is a quiet man")).node not in line.vocabulary.urgent


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "ussd"])
def test_every_topic_next_to_danger_has_the_emergency_number_on_its_first_screen(line, channel):
    for language in line.languages:
        for name, node in line.nodes.items():
            caller = Phone(line, channel)
            caller.text(language)
            if node.safety or node.urgent:
                assert "112" in caller.text(name), (language, name)
        assert "112" in caller.text("sos"), language


def test_a_question_that_holds_an_urgent_topic_and_what_is_not_understood_have_the_number(line):
    assert Phone(line).text("droga").startswith("In danger? Call 112.")
    assert "112" in Phone(line).text("qwertz uiop")
