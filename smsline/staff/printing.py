"""Cards to print: a form for the language and the number of the line, and the page itself.

The number is the line's own. It is not kept, and stands in no log.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from smsline.engine.model import Language
from smsline.reports.cards import Order, as_html, doubt, refused
from smsline.reports.page import looks
from smsline.staff.answers import chosen_language
from smsline.staff.desk import desk, today
from smsline.staff.guard import Answer, page


def add_to(staff: Blueprint) -> None:
    """Add the pages."""
    page(staff, "/cards")(cards)
    page(staff, "/cards/sheet")(cards_sheet)
    page(staff, "/cards.css")(cards_looks)


def cards() -> Answer:
    """The form."""
    return _form(_ordered())


def cards_sheet() -> Answer:
    """The page that prints; the form again, where the number or the language is none."""
    order = _ordered()
    wrong = refused(desk().content, order, today())
    if wrong:
        return _form(order, wrong), 400
    if doubt(order.number) and not request.args.get("anyway"):
        return _form(order, doubt(order.number), anyway=True), 400
    return Response(
        as_html(desk().content, order, url_for("staff.cards_looks")), content_type="text/html; charset=utf-8"
    )


def cards_looks() -> Answer:
    """How the printed page looks."""
    return Response(looks("cards.css"), content_type="text/css; charset=utf-8")


def _ordered() -> Order:
    """What was asked for."""
    language = request.args.get("language") or chosen_language({})
    return Order(language, request.args.get("number", "")[:40], bool(request.args.get("discreet")))


def _form(order: Order, wrong: str = "", anyway: bool = False) -> str:
    known = desk().content.line.languages
    names = {code: _named(one) for code, one in known.items()}
    return render_template("cards_page.html", order=order, wrong=wrong, names=names, anyway=anyway)


def _named(language: Language) -> str:
    """A language as its speakers call it; a form in Latin letters by its name in these."""
    return f"{language.latin} (ABC)" if language.of else language.name
