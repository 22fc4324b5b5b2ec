"""The door of the pages: who may see one, who may send a form, and that nothing that was typed is lost at it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, session, url_for
from werkzeug.exceptions import Forbidden, RequestEntityTooLarge
from werkzeug.wrappers import Response as WerkzeugResponse

from smsline.staff import signin
from smsline.staff.accounts import Account
from smsline.staff.desk import desk
from smsline.words import SOURCE, say, speak

Answer = str | tuple[str, int] | WerkzeugResponse
View = Callable[..., Answer]

UPLOAD = 4 * 1024 * 1024
"""Bytes of the largest file that is taken: the longest of ours has a fifth of that."""

FORM = 1024 * 1024
"""Bytes of the largest form: lists of words in two alphabets."""

PARTS = 2000

DRAINED = 64 * 1024 * 1024
"""Bytes of what is too large that are read before it is refused: else the browser says that the connection broke."""

Typed = list[tuple[str, str]]
"""The fields of a form, in their order: some have a name several times."""


def page(
    blueprint: Blueprint, rule: str, methods: tuple[str, ...] = ("GET",), edits: bool = True
) -> Callable[[View], View]:
    """Make a view a page for who is signed in; a form that it takes is one that `edits`, unless it says otherwise."""

    def made(view: View) -> View:
        @wraps(view)
        def guarded(**parts: Any) -> Answer:
            try:
                open_door()
            except RequestEntityTooLarge:
                if signin.who(desk().accounts(), desk().settings.staff_idle):
                    _drain()
                raise
            account = signin.who(desk().accounts(), desk().settings.staff_idle)
            if account is None:
                return _signed_out()
            g.account = account
            if request.method == "POST":
                if not signin.is_ours(request):
                    return _not_ours()
                if edits and not account.edits:
                    raise Forbidden(say("Your account may look, and not change anything."))
            return view(**parts)

        guarded.guarded = True  # type: ignore[attr-defined]
        blueprint.add_url_rule(rule, view.__name__, guarded, methods=list(methods))
        return view

    return made


def open_door() -> None:
    """What holds for every page: how large what it takes may be, and the language that it speaks."""
    request.max_content_length, request.max_form_memory_size, request.max_form_parts = UPLOAD, FORM, PARTS
    ui = session.get("ui") or request.accept_languages.best_match([*desk().words], SOURCE)
    g.ui = ui if ui in desk().words else SOURCE
    speak(desk().words[g.ui])
    if (request.content_length or 0) > _most():
        abort(413, _too_large())


def is_shut() -> bool:
    """Whether there are no pages: in production, while nobody has an account."""
    return desk().settings.production and not desk().accounts()


def _most() -> int:
    """Bytes that a request may have: a file more than what is typed."""
    return UPLOAD if request.mimetype == "multipart/form-data" else FORM


def _too_large() -> str:
    return say("This is larger than {most} MB, and no file of translations is. Nothing was taken.", most=4)


def _drain() -> None:
    """Let what is too large come in whole, so that the browser shows what we say of it: for who is signed in only."""
    left = min(request.content_length or 0, DRAINED)
    with contextlib.suppress(OSError):
        while left > 0 and (read := len(request.environ["wsgi.input"].read(min(left, 65536)))):
            left -= read


def _signed_out() -> Answer:
    """To the sign-in; what was typed comes back after it."""
    if request.method == "GET":
        here = request.full_path.rstrip("?")
        return redirect(url_for("staff.login", next=here), 303)
    typed = typed_fields() if signin.came_from_us(request) else []
    said = say("You were signed out. Sign in again: what you typed is still here.")
    return render_template("login.html", said=said, to=request.path, kept=typed), 401


def _not_ours() -> Answer:
    """A form of an earlier sign-in: shown again, to be sent again. One of another site gets nothing."""
    if not signin.came_from_us(request):
        raise Forbidden(say("This form was sent by another site. Nothing was changed."))
    said = say("This form was from an earlier sign-in. Nothing was changed yet; look at it, and send it again.")
    return render_template("again.html", said=said, to=request.path, kept=typed_fields()), 403


def typed_fields() -> Typed:
    """All that was typed into a form."""
    return [(name, value) for name, value in request.form.items(multi=True) if name != "token"]


def account() -> Account:
    """Who looks."""
    found: Account = g.account
    return found


def safe_path(path: str) -> str:
    """A path of ours to go on with; the first page for everything else."""
    ours = path.startswith("/staff/") and path.isprintable() and "\\" not in path and "//" not in path
    return path if ours else "/staff/"


def headed(response: Response) -> Response:
    """Pages load what is ours and nothing else."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response
