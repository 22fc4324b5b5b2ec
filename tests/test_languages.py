"""The caller's own language, from the first text: guessed, asked for, listed, and in letters that the phone has."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.guess import guess, rows_of
from smsline.content.loading import load
from smsline.content.texts import BLANK
from smsline.engine.conversation import converse
from smsline.engine.fold import words
from smsline.engine.languages import pages
from smsline.engine.lists import foot_of
from smsline.engine.model import Incoming
from smsline.engine.pages import fits
from smsline.engine.segments import measure
from smsline.stores.packing import faded, pack, unpack

from .conftest import NOON, ROOT, Phone

FOURTEEN = ("en", "nl", "ro", "es", "bg", "hu", "pl", "pt", "ru", "uk", "zh", "fr", "tr", "ar")
OTHER_SCRIPTS = ("bg", "ru", "uk", "zh", "ar")

GREETINGS = {
    "en": "hello", "nl": "hoi", "ro": "buna ziua", "es": "hola", "bg": "здравейте", "hu": "szia", "pl": "czesc",
    "pt": "oi", "ru": "здравствуйте", "uk": "привіт", "zh": "你好", "fr": "bonjour", "tr": "merhaba", "ar": "مرحبا",
}  # fmt: skip


# --- the guess ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", FOURTEEN)
def test_a_greeting_is_answered_in_its_language(line, language):
    caller = Phone(line)
    shown = caller.text(GREETINGS[language])
    assert shown.startswith(line.catalog(language, "start.text").split("\n")[0])


def test_the_language_of_first_texts_is_guessed_right_for_most_in_every_language(line):
    rows = rows_of(ROOT / "tests" / "first-texts.txt")
    assert len(rows) >= 400
    right, every = Counter[str](), Counter[str]()
    for code, text in rows:
        every[code] += 1
        right[code] += guess(line, text) == code
    assert set(every) == {*FOURTEEN, "und"}
    assert all(right[code] >= 0.85 * every[code] for code in every), right
    assert right.total() >= 0.93 * every.total()


@pytest.mark.parametrize(
    ("text", "language"),
    [("по русски", "ru"), ("in romana pls", "ro"), ("RO", "ro"), ("română", "ro"), ("speak english please", "en"),
     ("中文", "zh"), ("ua", "uk"), ("عربي", "ar"), ("türkçe", "tr"), ("TURKCE", "tr"), ("pt_BR", "pt")],
)  # fmt: skip
def test_a_language_that_is_asked_for_is_spoken_whatever_was_before(line, text, language):
    caller = Phone(line, language="nl")
    caller.text(text)
    assert caller.session.state.language == language
    assert caller.session.chosen


def test_a_guess_never_locks_a_text_in_another_language_switches_and_one_word_goes_back(line):
    caller = Phone(line)
    caller.text("hola necesito ayuda")
    assert caller.session.state.language == "es"
    caller.text("am nevoie de un medic")
    assert caller.session.state.language == "ro"
    assert caller.text("en").startswith("Call a GP (huisarts)")


def test_who_has_chosen_a_language_keeps_it_whatever_words_come(line):
    caller = Phone(line, language="ar")
    caller.text("huisarts")
    assert caller.session.state.language == "ar"


def test_a_first_reply_in_a_guessed_language_says_how_to_get_another_where_that_costs_nothing(line):
    shown = Phone(line).text("am nevoie de un avocat gratis")
    assert shown.split("\n")[-1].startswith("Language/Taal: EN NL ")
    asked = Phone(line, language="ro")
    assert "Language/Taal" not in asked.text("am nevoie de ajutor cu actele")


def test_a_repeat_of_a_guessed_reply_is_the_same_reply(line):
    caller = Phone(line)
    first = caller.text("am nevoie de ajutor cu actele", known=b"1" * 16)
    assert caller.text("am nevoie de ajutor cu actele", known=b"1" * 16) == first


@pytest.mark.parametrize(("country", "language"), [("ES", "es"), ("BR", "pt"), ("", None), ("NL", None)])
def test_the_country_decides_only_where_two_languages_are_close(line, country, language):
    assert line.vocabulary.speech.language("medico hospital", country) == language
    assert line.vocabulary.speech.language("necesito un médico por favor", "BR") == "es"


@pytest.mark.parametrize("text", ["ich brauche eine wohnung", "سلام من ایرانی هستم کمک میخوام", "こんにちは", "", "😀"])
def test_another_language_is_none_of_ours(line, text):
    assert line.vocabulary.speech.language(text) is None


# --- when it cannot be told ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["hi", "?", "ok", "info", "👍", "1", "salut", "asdkj"])
def test_who_cannot_be_told_gets_one_short_screen_in_the_two_languages_of_the_line(line, text):
    caller = Phone(line)
    shown = caller.text(text)
    assert shown.startswith("Automatic line. In danger call 112.\nAutomatische lijn. In gevaar? Bel 112.\n")
    assert "\n1 English\n2 Nederlands\n3 Balgarski, Russkij, " in shown
    assert measure(shown).segments <= 2
    assert caller.turns[-1].events[-1].language == "und"
    assert caller.text("2").startswith("Automatische lijn: geen mens leest dit.")


@pytest.mark.parametrize("text", ["help", "sos", "SOS SOS", "🆘"])
def test_a_cry_that_tells_no_language_is_answered_in_both(line, text):
    caller = Phone(line)
    shown = caller.text(text)
    assert shown.startswith("In danger? Call 112: say police, town, street.")
    assert "In gevaar? Bel 112: zeg politie" in shown
    assert shown.split("\n")[-1].startswith("1 EN  2 NL  3 BG RU ")
    assert caller.text("2").startswith("In gevaar? Bel 112")
    assert caller.text("taal").startswith("1 Български")


def test_from_a_cry_the_list_of_languages_leads_back_to_what_to_do(line):
    caller = Phone(line)
    caller.text("help")
    caller.text("3")
    assert caller.text("2").startswith("В опасности? Звоните 112")


def test_the_language_of_the_country_is_offered_by_number_too(line):
    turn = converse(line, None, Incoming("hi", line.channels["sms"], bytes(16), NOON, country="RO"))
    assert "\n1 English\n2 Nederlands\n3 Romana\n4 Balgarski" in turn.reply.text


def test_a_number_that_is_not_there_is_said_in_both_languages(line):
    caller = Phone(line)
    caller.text("hi")
    shown = caller.text("7")
    assert "That number is not on this screen." in shown
    assert "Dat nummer staat niet op dit scherm." in shown
    assert fits(line.channels["sms"], shown)


def test_who_never_told_a_language_is_as_new_when_the_position_has_ended(line):
    caller = Phone(line)
    first = caller.text("hi")
    caller.session = unpack(pack(faded(caller.session)))
    caller.time += timedelta(hours=2)
    assert caller.text("?") == first


def test_a_dialled_code_opens_the_menu_at_once(line):
    assert Phone(line, "ussd").text("", begins=True).startswith("1 Health")


# --- the list -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["sms", "ussd", "whatsapp"])
@pytest.mark.parametrize("language", FOURTEEN)
def test_the_list_has_other_scripts_first_and_the_same_pages_on_every_phone(line, channel, language):
    caller = Phone(line, channel, language=language)
    shown = [caller.text("language")]
    while "\n9 " in shown[-1]:
        shown.append(caller.text("9"))
    named = [row[2:] for page in shown for row in page.split("\n") if row[0] in "12345678"]
    assert set(named) == {line.languages[code].name for code in FOURTEEN}
    assert named[:5] == [line.languages[code].name for code in OTHER_SCRIPTS]
    assert all(fits(line.channels["ussd"], page) for page in shown)
    caller.text("1")
    assert caller.session.state.language == code_of(line, shown[-1])


def code_of(line, page: str) -> str:
    """The language of the first row of a page of the list."""
    name = page.split("\n")[0][2:]
    return next(code for code, one in line.languages.items() if one.name == name)


@pytest.mark.parametrize(("per_page", "count"), [(7, 1), (8, 1), (9, 2)])
def test_a_page_of_the_list_has_eight_languages_at_most(line, per_page, count):
    few = {f"l{n}": replace(line.languages["en"], code=f"l{n}", name=f"L{n}") for n in range(per_page)}
    assert len(pages(replace(line, languages=few), foot_of(line, "en"))) == count


# --- letters that the phone has -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "plain"),
    [("bg", "Obadi se na 112"), ("ru", "zvonite 112"), ("uk", "112"), ("tr", "112")],
)
def test_abc_gives_the_same_screen_in_latin_letters_and_the_name_of_the_language_the_first_again(line, language, plain):
    caller = Phone(line, language=language)
    native = caller.text("danger-now")
    shown = caller.text("ABC")
    assert measure(shown).encoding == "GSM-7"
    assert plain.lower() in shown.lower()
    assert "0800 2000" in shown
    assert caller.turns[-1].events[-1].language == language
    assert caller.text("1") != native
    caller.text("0")
    assert caller.text(language) == native


@pytest.mark.parametrize("language", ["en", "ro", "zh", "ar"])
def test_where_there_is_no_such_form_abc_says_so(line, language):
    caller = Phone(line, language=language)
    assert caller.text("abc").startswith(line.catalog(language, "phrase.no-latin"))


def test_whoever_reads_latin_letters_and_types_them_keeps_them(line):
    caller = Phone(line)
    caller.text("zdravei")
    caller.text("abc")
    caller.text("trqbva mi lekar")
    assert caller.session.state.language == "bg-abc"


@pytest.mark.parametrize(
    ("code", "native", "plain"),
    [
        ("bg-abc", "Мария пие чай в София, ЩЕ дойде", "Maria pie chay v Sofia, SHTE doyde"),
        ("bg-abc", "синьо, ъгъл, юни, Жоро", "sinyo, agal, yuni, Zhoro"),
        ("ru-abc", "Щука, объезд, Юля, мышь, ёлка", "Shchuka, obieezd, Iulia, mysh, elka"),
        ("uk-abc", "Їжак, Київ, згода, п'ять, Юрій, моя", "Yizhak, Kyiv, zghoda, piat, Yurii, moia"),
        ("tr-abc", "İçişleri, doğum, ılık, ÇOK, gözü", "Icisleri, dogum, ilik, COK, gözü"),
    ],
)
def test_the_forms_are_the_national_romanisations(line, code, native, plain):
    assert line.catalog.written[code](native) == plain


# --- what is answered in production -------------------------------------------------------------------------------


def test_in_production_a_language_is_answered_only_where_line_yaml_lists_it():
    live = load(ROOT / "menus", ROOT / "locales", live=True)
    assert set(live.languages) == {"en", "nl", "ro"}
    caller = Phone(live)
    assert caller.text("здравствуйте").startswith("Automatic line: no person reads this.")
    assert caller.text("polski").startswith("Automatic line: no person reads this.")
    assert Phone(live).text("он хочет меня убить").startswith("Call 112.")  # understood all the same
    assert "ES" not in Phone(live).text("hello").split("\n")[-1]


# --- how people type ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", ["3", "３", "٣", "۳", " 3 ", "3.", "3)", "(3)"])
def test_a_number_may_be_typed_with_the_figures_of_any_script(line, figure):
    caller = Phone(line, language="ar")
    expected = Phone(line, language="ar").text("3")
    assert caller.text(figure) == expected
    assert caller.node == "urgent"


@pytest.mark.parametrize("language", FOURTEEN)
def test_commands_0_and_9_work_in_every_language(line, language):
    caller = Phone(line, language=language)
    home = caller.text("menu")
    caller.text("1")
    assert caller.text("0") == home
    caller.text("danger-now")
    for command, word in (("menu", "МЕНЮ"), ("menu", "菜单"), ("menu", "MENIU"), ("menu", "MENÚ")):
        assert line.vocabulary.commands.get("".join(words(word))) == command, word
        assert caller.text(word) == home


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("s-a rupt prezervativul", "condom-broke"), ("S A RUPT PREZERVATIVUL 😢", "condom-broke"),
        ("elszakadt az óvszer", "condom-broke"), ("elszakadt az ovszer", "condom-broke"),
        ("скъса се презервативът", "condom-broke"), ("skysa se prezervativa", "condom-broke"),
        ("порвался презерватив", "condom-broke"), ("porvalsya prezervativ", "condom-broke"),
        ("порвався презерватив", "condom-broke"), ("避孕套破了", "condom-broke"), ("保險套破了", "condom-broke"),
        ("prezervatif yırtıldı", "condom-broke"), ("PREZERVATİF YIRTILDI", "condom-broke"),
        ("انقطع الواقي", "condom-broke"), ("la capote a craqué", "condom-broke"), ("pękła gumka", "condom-broke"),
        ("a camisinha estourou", "condom-broke"), ("se rompió el condón", "condom-broke"),
    ],
)  # fmt: skip
def test_the_same_is_understood_with_and_without_accents_and_in_both_scripts(line, text, node):
    caller = Phone(line)
    caller.text(text)
    assert caller.node == node or node in caller.session.state.offered


# --- what Babel writes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", FOURTEEN)
def test_figures_hours_and_distances_are_written_as_in_the_language_with_digits_that_can_be_dialled(line, language):
    for text in line.catalog.texts[language].values():
        assert all(letter.isascii() for letter in text.text if letter.isdigit()), text.text
    caller = Phone(line, language=language)
    caller.text("sti-test")
    shown = caller.text("3511")
    assert all(letter.isascii() for letter in shown if letter.isdigit())


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "72 hours"), ("bg", "72 часа"), ("ru", "72 часа"), ("uk", "72 години"), ("pl", "72 godziny"),
     ("ro", "72 de ore"), ("ar", "72 ساعة"), ("zh", "72小时"), ("hu", "72 ora"), ("tr", "72 saat")],
)  # fmt: skip
def test_a_figure_has_the_plural_of_its_language(line, language, text):
    assert text in line.catalog(language, "pep.answer")


def test_in_arabic_numbers_stand_alone_on_their_line_without_blanks(line):
    caller = Phone(line, language="ar")
    rows = caller.text("danger-now").split("\n")
    assert "112" in rows
    assert "08002000" in rows
    caller.text("exit-help")
    rows = caller.text("3011").split("\n")
    assert "0102365212" in rows
    title = next(row for row in rows if "Humanitas PMW" in row)
    assert title.startswith("\N{RIGHT-TO-LEFT MARK}Humanitas PMW: ")


def test_no_arabic_line_begins_with_a_letter_that_turns_it(line):
    for key, text in line.catalog.texts["ar"].items():
        for row in text.text.split("\n"):
            letters = [letter for letter in BLANK.sub("", row) if letter.isalpha()]
            mixed = any(letter.isascii() for letter in letters) and not all(letter.isascii() for letter in letters)
            assert not mixed or not letters[0].isascii(), (key, row)
