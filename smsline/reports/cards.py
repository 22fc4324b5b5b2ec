"""Cards and a poster as one page that prints on A4: the number, what to text first, and codes; open or discreet.

The discreet one names no subject, so that nobody who finds it learns what it is about. Its only words are how to text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import phonenumbers

from smsline.content.codes import unregistered
from smsline.content.loading import Content
from smsline.content.printed import SENTENCES, first_word, label, lacking, opened, spelled, tag, texts
from smsline.content.words import FIRST_WORD
from smsline.reports.page import looks, pages
from smsline.words import say

CARDS = 10
"""Cards on a sheet: two columns of five, 85 by 55 mm."""

LONG, ROOMY = 12, 350
"""Letters of a number that is set smaller, and letters of a card up to which all is set larger."""

SHORT_CODE = re.compile(r"[1-9][0-9]{2,5}")

_typed = re.compile(r"[+\d\s()./-]+")

TRUST = ("no-name", "card-rate", "card-automatic", "card-delete")
"""The phrases that say what to expect, as the first screen does."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be printed: in which language, with which number of the line, open or discreet."""

    language: str
    number: str
    discreet: bool = False


def number_of(typed: str) -> str:
    """The number of the line as everybody can dial it; a short code as it is; empty where it is none."""
    text = typed.strip()
    if SHORT_CODE.fullmatch(text):
        return text
    number = _parsed(text)
    if number is None or not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def doubt(typed: str) -> str:
    """What has to be said of a number that may be one, but not by the plan of its country; empty where all is well."""
    number = _parsed(typed.strip())
    if SHORT_CODE.fullmatch(typed.strip()) or number is None or phonenumbers.is_valid_number(number):
        return ""
    return say("The plan of its country has no such number. Text it yourself before you print.")


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, "NL") if _typed.fullmatch(text) else None
    except phonenumbers.NumberParseException:
        return None


# --- why nothing is printed -----------------------------------------------------------------------------------


def refused(content: Content, order: Order, today: date) -> str:
    """Why this cannot be printed, in one sentence that says what to do; empty where it can."""
    line = content.line
    if order.language not in line.languages:
        known = ", ".join(line.languages)
        return say('There is no language "{language}". Choose one of {known}.', language=order.language, known=known)
    number = number_of(order.number)
    if not number:
        return say("That is no number to text. Write it like +31612345678 or 0612345678, "
                   "or a short code of 3 to 6 figures.")  # fmt: skip
    if number == line.directory.organisations[line.emergency].phone:
        return say("That is the emergency number. Write the number of this line.")
    return next((str(problem) for problem in unregistered(content.menus.codes)), "") or _unsaid(content, order, today)


def _unsaid(content: Content, order: Order, today: date) -> str:
    """What a card in a language would say wrongly, or not at all."""
    own = content.line.languages[order.language].of or order.language
    keys = [FIRST_WORD, *(f"phrase.{name}" for name in SENTENCES)]
    missing = lacking(content, own, *keys) if own != content.source else []
    if missing:
        return say("Not translated into {language} yet: {keys}.", language=order.language, keys=", ".join(missing))
    for text, node in texts(content, order.language):
        if opened(content.line, text, today) != (node, order.language):
            return say('The line does not answer "{what}" as the card says. Look why: smsline check', what=text)
    return ""


# --- the page -------------------------------------------------------------------------------------------------


def as_html(content: Content, order: Order, stylesheet: str = "") -> str:
    """The poster and the cards; with their looks inside, or at the address of a `stylesheet`."""
    line, language = content.line, order.language
    number, mark = number_of(order.number), tag(content.line, order.language)
    named = "card-codes-in" if mark and not order.discreet else "card-codes"
    found = {} if order.discreet else _open(content, language)
    codes = [(code, "" if order.discreet else label(content, language, node))
             for code, node in content.menus.codes.printed.items()]  # fmt: skip
    return pages().get_template("cards.html").render(
        css="" if stylesheet else looks("cards.css"), stylesheet=stylesheet, cards=CARDS, number=number, tag=mark,
        discreet=order.discreet, lang=_lang(content, language), dir=line.catalog.locales[language].text_direction,
        classes=_classes(order, number, mark, " ".join([*map(str, found.values()), *(label for _, label in codes)])),
        word=first_word(line, language), how=_around(said(content, language, "card-how"), "{word}"),
        codes_title=_around(said(content, language, named), "{tag}"), codes=codes, **found,
    )  # fmt: skip


def _classes(order: Order, number: str, mark: str, text: str) -> str:
    """How large letters may be: by the length of the number, of what stands behind codes, and of all that is said."""
    known = {"discreet": order.discreet, "long": len(number) > LONG, "tagged": len(mark) > len("RO"),
             "roomy": len(text) <= ROOMY}  # fmt: skip
    return " ".join(name for name, so in known.items() if so)


def _open(content: Content, language: str) -> dict[str, str]:
    """What the discreet page does not say."""
    return {
        "what": said(content, language, "card-what"),
        "subjects": said(content, language, "card-subjects"),
        "danger": said(content, language, "in-danger"),
        "trust": " ".join(said(content, language, name) for name in TRUST),
    }


def said(content: Content, language: str, phrase: str) -> str:
    """A phrase in one row."""
    return " ".join(spelled(content, language, f"phrase.{phrase}").split())


def _around(text: str, blank: str) -> tuple[str, str]:
    """What stands before and after a blank."""
    before, _, after = text.partition(blank)
    return before, after if blank in text else ""


def _lang(content: Content, language: str) -> str:
    """The language as HTML names it, such as pt-BR, or bg-Latn in Latin letters."""
    known = content.line.languages[language]
    return known.locale.replace("_", "-") + ("-Latn" if known.of else "")
