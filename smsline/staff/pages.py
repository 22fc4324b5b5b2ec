"""All pages for staff under `/staff/`: the first one, signing in, and what came of a change. The others by subject."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request, session, url_for
from jinja2 import PackageLoader
from werkzeug.exceptions import HTTPException

from smsline.errors import SmslineError
from smsline.kept import Kept
from smsline.service import Service
from smsline.settings import Settings
from smsline.staff import (
    answers,
    covering,
    facts,
    organisations,
    past,
    phone,
    printing,
    reporting,
    signin,
    translations,
)
from smsline.staff.accounts import matches
from smsline.staff.desk import Desk, desk, mark
from smsline.staff.fields import owner_of_key
from smsline.staff.guard import Answer, account, headed, is_shut, open_door, page, safe_path
from smsline.staff.jobs import Asked
from smsline.words import say

log = logging.getLogger("smsline")

PUBLIC = ("/staff/login", "/staff/static/<path:filename>")
"""Pages that are shown before somebody has signed in."""

staff = Blueprint("staff", __name__, url_prefix="/staff", template_folder="templates", static_folder="static")

FORMS: Mapping[str, Callable[[str, Mapping[str, str], tuple[str, ...]], Answer]] = {
    "content": answers.form,
    "facts": facts.form,
    "organisations": organisations.form,
}
"""Forms by the second part of their path: each shows itself again, with what was typed and what is wrong."""


def add_staff(app: Flask, service: Service, settings: Settings, kept: Kept | None) -> None:
    """Add the pages to the app."""
    signin.prepare(app, settings)
    app.extensions["staff"] = Desk(service, settings, kept)
    app.jinja_loader = PackageLoader("smsline.reports")  # the parts that reports share
    app.register_blueprint(staff)


# --- signing in ---------------------------------------------------------------------------------------------


@staff.route("/login", methods=["GET", "POST"])
def login() -> Answer:
    """Name and password."""
    open_door()
    to = safe_path(request.values.get("next", ""))
    if request.method == "GET":
        return render_template("login.html", said="", to=to, kept=[])
    kept = [(name.removeprefix("kept:"), value) for name, value in request.form.items(multi=True)
            if name.startswith("kept:")]  # fmt: skip
    name, password = request.form.get("name", "").strip().lower(), request.form.get("password", "")
    said = _let_in(name, password)
    if said:
        return render_template("login.html", said=said, to=to, kept=kept, name=name), 401
    if kept:
        said = say("You are signed in again. Look at what you typed, and send it again.")
        return render_template("again.html", said=said, to=to, kept=kept)
    return redirect(to, 303)


def _let_in(name: str, password: str) -> str:
    """Sign somebody in; else why not."""
    if not signin.is_ours(request):
        return say("Your browser did not send the cookie of this page. Allow cookies, and try again.")
    wait = desk().delays.wait(name)
    if wait:
        return say("Too many wrong passwords. Wait {seconds} seconds.", seconds=wait)
    known = desk().accounts().get(name)
    if known is None and desk().delays.is_flooded():
        return say("Name or password is wrong.")
    if known is None or not matches(known, password):
        wait = desk().delays.wrong(name)
        said, then = say("Name or password is wrong."), say("Wait {seconds} seconds.", seconds=wait)
        return f"{said} {then}" if wait else said
    desk().delays.right(name)
    signin.let_in(known)
    return ""


@page(staff, "/logout", ("POST",), edits=False)
def logout() -> Answer:
    """Sign out."""
    signin.let_out()
    return redirect(url_for("staff.login"), 303)


@page(staff, "/language", ("POST",), edits=False)
def language() -> Answer:
    """The language of the pages."""
    session["ui"] = request.form.get("ui", "")
    return redirect(safe_path(request.form.get("next", "")), 303)


# --- the first page ------------------------------------------------------------------------------------------


@page(staff, "")
def front() -> Answer:
    """The first page, without the stroke at its end."""
    return redirect("/staff/", 303)


@page(staff, "/")
def home() -> Answer:
    """How the line is: what is wrong, what is due, what changed last."""
    notes = [one for some in desk().notes().values() for one in some]
    return render_template(
        "home.html",
        problems=[one for one in notes if not one.reminder],
        reminders=sum(one.reminder for one in notes),
        verdict="" if desk().is_live() else desk().verdict(),
        rings=organisations.due_now(),
        counts=translations.counts(),
        changes=[*desk().history.newest(5)],
    )


@page(staff, "/<path:rest>")
def nowhere(rest: str) -> Answer:
    """No such page."""
    abort(404, say("There is no such page."))


# --- what came of a change -------------------------------------------------------------------------------------


@page(staff, "/jobs/<name>")
def job(name: str) -> Answer:
    """Checked, written, taken up by the line: a page that looks again by itself until then."""
    asked = desk().jobs.get(name)
    if asked is None or asked.who != account().name:
        abort(404, say("This change is not known here (any more). Look at the history whether it was made."))
    if asked.outcome is None:
        return render_template("job.html", state="checking")
    if asked.outcome.state == "saved":
        return _saved(asked)
    g.to = asked.path
    kind, _, rest = asked.path.removeprefix("/staff/").partition("/")
    if kind in FORMS and asked.fields:
        return FORMS[kind](rest.partition("?")[0], asked.fields, asked.outcome.problems)
    return render_template("job.html", state="refused", outcome=asked.outcome, to=asked.path), 409


def _saved(asked: Asked) -> Answer:
    """Wait until the line answers with it, since that is what was wanted."""
    assert asked.outcome is not None
    waited = figure_of("waited")
    if not desk().answers_from(asked.outcome.now) and waited < 60:
        return render_template("job.html", state="saved", waited=waited + 1)
    sign = "&" if "?" in asked.path else "?"
    return redirect(f"{asked.path}{sign}saved={asked.outcome.number}", 303)


def figure_of(name: str) -> int:
    """A figure in the address of a page; 0 where it is none."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


# --- all pages -------------------------------------------------------------------------------------------------


@staff.context_processor
def shared() -> dict[str, object]:
    """What every template may use."""
    return {
        "_": say,
        "ui": g.get("ui", "en"),
        "uis": [*desk().words],
        "account": g.get("account"),
        "token": signin.token,
        "here": request.full_path.rstrip("?"),
        "saved": figure_of("saved"),
        "live": desk().is_live,
        "is_invented": desk().is_invented,
        "direction": answers.direction,
    }


staff.add_app_template_filter(mark, "mark")
staff.add_app_template_filter(past.stands, "stands")
staff.add_app_template_filter(owner_of_key, "owner")


@staff.after_request
def add_headers(response: Response) -> Response:
    """As every page has them."""
    return headed(response)


@staff.errorhandler(HTTPException)
def refuse(error: HTTPException) -> Answer:
    """What cannot be, in one sentence; where there are no pages, as anywhere else in the app."""
    if is_shut():
        return Response(f"{error.name}. {error.description or ''}\n", error.code or 500, mimetype="text/plain")
    return render_template("error.html", error=error), error.code or 500


@staff.errorhandler(SmslineError)
@staff.errorhandler(OSError)
def cannot(error: Exception) -> Answer:
    """A file or folder that cannot be used just now, in one sentence."""
    log.error("staff-failed %s", type(error).__name__)
    text = str(error) if isinstance(error, SmslineError) else f"{error.filename}: {error.strerror}."  # type: ignore[attr-defined]
    return render_template("error.html", error=error, text=text), 409


@staff.before_request
def shut() -> None:
    """In production there are no pages, and no looks of them, while nobody has an account."""
    if is_shut():
        abort(404)


for part in (phone, answers, facts, organisations, covering, reporting, printing, translations, past):
    part.add_to(staff)
