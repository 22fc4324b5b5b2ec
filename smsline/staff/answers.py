"""Content: the tree as staff know it, a search in all sentences, and one form for what callers read of a node."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, g, redirect, render_template, request, session, url_for
from werkzeug.exceptions import Forbidden

from smsline.content.drafting import Page as Shown
from smsline.content.drafting import drafted, is_too_long, pages_of, sentence_pages, wrong_with
from smsline.content.loading import Content
from smsline.content.texts import BLANK
from smsline.content.translations import CONFIRMED, Translation, current
from smsline.engine.model import START, Answer, Lookup, Menu
from smsline.errors import Problem, SmslineError
from smsline.staff.desk import desk, today
from smsline.staff.fields import Field, draft_of, edits_of, owner_of_key, owners, places_of, shown, words_of
from smsline.staff.guard import Answer as Page
from smsline.staff.guard import account, page
from smsline.staff.job import Job
from smsline.words import say

MOST = 100
"""Sentences that a search shows."""

AROUND = 40
"""Letters of a sentence on each side of what was found."""


def add_to(staff: Blueprint) -> None:
    """Add the pages."""
    page(staff, "/content")(content)
    page(staff, "/search")(search)
    page(staff, "/content/<owner>", ("GET", "POST"), edits=False)(answer)


def direction(language: str) -> str:
    """Whether a language is written from left to right or the other way (ltr, rtl)."""
    return str(desk().content.line.catalog.locales[language].text_direction)


# --- the tree -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One node in the tree: how deep it is, what it is called, and how it stands."""

    name: str
    title: str
    kind: str
    depth: int
    grave: str
    age: int | None
    problems: tuple[Problem, ...]
    complete: int
    of: int


def content() -> Page:
    """The tree, and below it the line's own sentences."""
    own = [name for name in owners(desk().content) if name not in desk().content.line.nodes]
    return render_template("content.html", rows=tree(), own=own, notes=desk().notes())


def tree() -> list[Row]:
    """Every node below its menu, in the order of the phone; what no menu leads to comes last."""
    line, found = desk().content.line, list[Row]()
    below: dict[str, list[str]] = {}
    for name in line.nodes:
        below.setdefault(line.parents.get(name, ""), []).append(name)
    order = {option.target: number for node in line.nodes.values() for number, option in enumerate(node.options)}

    def down(name: str, depth: int) -> None:
        found.append(_row(name, depth))
        for child in sorted(below.get(name, ()), key=lambda one: order.get(one, 99)):
            down(child, depth + 1)

    for name in [START, *(one for one in below.get("", ()) if one != START)]:
        down(name, 0)
    return found


def _row(name: str, depth: int) -> Row:
    content, notes = desk().content, desk().notes()
    node = content.line.nodes[name]
    checked = content.menus.provenance[name].checked
    keys = [key for key, one in content.messages.items() if key.startswith(f"{name}.") and not one.is_list]
    complete = sum(all(_is_current(key, by_key) for key in keys) for by_key in content.translated.values())
    return Row(
        name, title_of(name), kind_of(name), depth,
        "urgent" if node.urgent else "safety" if node.safety else "",
        (today() - checked).days if checked else None,
        tuple(notes.get(name, ())), complete, len(content.translated),
    )  # fmt: skip


def kind_of(name: str) -> str:
    """What a node is, in the words of its files."""
    return {Menu: "menu", Answer: "answer", Lookup: "look-up"}[type(desk().content.line.nodes[name])]


def title_of(name: str) -> str:
    """What a node is called in the language of the pages, where the line speaks it."""
    content = desk().content
    language = session.get("own", "")
    return content.line.catalog(language if language in content.line.languages else content.source, f"{name}.title")


# --- search ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """One sentence that has what was looked for: its key and language, and the part around it."""

    owner: str
    key: str
    language: str
    before: str
    hit: str
    after: str


def search() -> Page:
    """All sentences, lists, facts and organisations that have a text, in every language."""
    wanted = request.args.get("q", "").strip()[:100]
    found = _found(wanted) if wanted else []
    return render_template("search.html", q=wanted, found=found[:MOST], more=max(0, len(found) - MOST))


def _found(wanted: str) -> list[Found]:
    content, seek = desk().content, plainly(wanted)
    rows = [(name, name, "", name) for name in owners(content)]
    rows += [(owner_of_key(key), key, content.source, one.text) for key, one in content.messages.items()]
    rows += [(owner_of_key(key), key, code, one.text) for code, by_key in content.translated.items()
             for key, one in by_key.items() if key in content.messages]  # fmt: skip
    rows += [(f"fact:{name}", name, "", f"{name} {one.fact.value}") for name, one in content.facts.items()]
    for name, one in content.listed.items():
        known = one.organisation
        rows.append(
            (f"organisation:{name}", name, "", f"{known.title} {one.full_name} {name} {known.phone} {known.city}")
        )
    found = []
    for owner, key, language, text in rows:
        at = plainly(text).find(seek)
        if at >= 0:
            end = at + len(wanted)
            found.append(Found(owner, key, language, text[max(0, at - AROUND) : at], text[at:end],
                               text[end : end + AROUND]))  # fmt: skip
    return found


def plainly(text: str) -> str:
    """A text without accents and capitals, letter for letter."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text).lower()


# --- the form -------------------------------------------------------------------------------------------------


def answer(owner: str) -> Page:
    """Show the form of a node, or of a sentence of the line; look at what was typed; save it."""
    if owner not in {*owners(desk().content)}:
        abort(404, say("There is nothing called {name}.", name=owner))
    if request.method == "GET":
        return form(owner, {})
    typed = {name: value for name, value in request.form.items() if name != "token"}
    if request.form.get("action") == "save":
        may_edit()
        return _save(owner, typed)
    return form(owner, typed, part=request.form.get("action") == "part")


def may_edit() -> None:
    """403 for who only looks."""
    if not account().edits:
        raise Forbidden(say("Your account may look, and not change anything."))


def _beside(owner: str, typed: Mapping[str, str]) -> tuple[str, Mapping[str, str], tuple[str, ...]]:
    """The language to show beside the source, and what of the form is meant for it.

    What was typed belongs to the language that stood there (`beside`). Another one is shown only when nothing that was
    typed in that would be lost.
    """
    known, stood = desk().content.known, typed.get("beside", "")
    wanted = chosen_language(typed)
    if stood not in known or stood == wanted:
        return wanted, typed, ()
    before = shown(desk(), places_of(desk().content, owner), stood, typed)
    if any(one.words_now != (one.entry.text if one.entry else "") for one in before):
        said = say("Save what you typed in {language} first, then choose another language.", language=known[stood].name)
        return stood, typed, (said,)
    return wanted, {name: value for name, value in typed.items() if name[:2] not in ("t:", "bt", "r:")}, ()


def chosen_language(typed: Mapping[str, str]) -> str:
    """The language beside the source: what was chosen here, or last, else Dutch or the first one."""
    known = desk().content.known
    wanted = typed.get("language") or request.args.get("language", "")
    if wanted in known:
        session["own"] = wanted
        return wanted
    kept = session.get("own", "")
    return kept if kept in known else "nl" if "nl" in known else next(iter(known))


def own_language() -> str:
    """The language that somebody grew up with: as she said last, else Dutch, where the line is; the form says so."""
    known = desk().content.known
    return str(session.get("grew-up", "nl" if "nl" in known else ""))


def form(owner: str, typed: Mapping[str, str], problems: tuple[str, ...] = (), part: bool = False) -> Page:
    """The form with what stands in the files, or what was typed over it; `part` is only what changes while typing."""
    content = desk().content
    try:
        language, typed, stays = _beside(owner, typed)
        fields = shown(desk(), places_of(content, owner), language, typed)
    except SmslineError as error:
        return cannot_read(error, typed)
    problems = (*problems, *stays)
    draft = draft_of(content, fields, language)
    said = wrong_with(content, desk().settings.locales, draft, owner, today())
    after = drafted(content, draft if not is_too_long(draft) else {})
    languages = [form for form, one in after.line.languages.items() if {form, one.of} & {content.source, language}]
    is_node = owner in content.line.nodes
    overtaken = [one for one in fields if one.theirs is not None or one.words_theirs is not None]
    native = "native" in typed if typed.get("beside") == language else language == own_language()
    shown_in = {
        "owner": owner, "fields": fields, "language": language, "source": content.source, "known": content.known,
        "problems": problems, "said": said, "notes": desk().notes().get(owner, ()), "overtaken": overtaken,
        "last": _last(overtaken), "native": native,
        "pages": {code: [*_screens(after, owner, fields, code)] for code in languages},
        "node": content.line.nodes.get(owner), "kind": kind_of(owner) if is_node else "", "fuzzy": turning(fields),
        "blanks": blanks_of(fields), "price": content.price, "same": "same" in typed, "part": part,
    }  # fmt: skip
    status = 409 if problems or overtaken else 200
    return render_template("look.html" if part else "answer.html", **shown_in), status


def cannot_read(error: Exception, typed: Mapping[str, str]) -> Page:
    """A file that cannot be read just now: what was typed is shown, to be sent again when it can."""
    said = say("What you typed is below; send it again when that is done.")
    return render_template(
        "again.html", said=f"{error} {said}", to=g.get("to", request.path), kept=[*typed.items()]
    ), 409


def _screens(content: Content, owner: str, fields: list[Field], language: str) -> Iterator[Shown]:
    """What callers see of a node, or of a sentence of the line."""
    if owner in content.line.nodes:
        return pages_of(content, owner, language, today())
    return sentence_pages(content, [one.place.key for one in fields if not one.place.is_list], language)


def _last(overtaken: list[Field]) -> dict[str, object]:
    """Who changed what was overtaken, by the path of the field, where the pages know it."""
    found = {".".join(one.place.path): desk().history.last_of(one.place.file, one.place.path) for one in overtaken}
    return {name: change for name, change in found.items() if change}


def turning(fields: list[Field]) -> dict[str, list[str]]:
    """For each sentence that is being changed, the languages whose translation turns fuzzy."""
    content, found = desk().content, {}
    for one in fields:
        key = one.place.key
        if key and not one.place.is_list and one.value != one.stood and key in content.messages:
            found[key] = [code for code, by_key in content.translated.items() if _is_current(key, by_key)]
    return found


def _is_current(key: str, translated: Mapping[str, Translation]) -> bool:
    known = translated.get(key)
    return known is not None and bool(known.text) and current(desk().content.messages[key], known)


def blanks_of(fields: list[Field]) -> dict[str, str]:
    """The blanks of the sentences, each with what stands there on the phone."""
    content = desk().content
    locale = content.line.catalog.locales[content.source]
    named = dict.fromkeys(blank for one in fields for blank in BLANK.findall(one.said))
    return {one: content.filler.fill(f"{{{one}}}", locale, "", {}).text for one in named if content.filler.known(one)}


def _save(owner: str, typed: Mapping[str, str]) -> Page:
    """Begin to save, unless another was faster."""
    content, beside = desk().content, typed.get("beside", "")
    language = beside if beside in content.known else chosen_language(typed)
    try:
        fields = shown(desk(), places_of(content, owner), language, typed)
        long = is_too_long(draft_of(content, fields, language))
        if long or any(one.theirs is not None or one.words_theirs is not None for one in fields):
            return form(owner, {**typed, "language": language}, tuple(long))
        native = "native" in typed
        if native or language == own_language():
            session["grew-up"] = language if native else ""
        sources = {one.place.key: one.place.is_list for one in fields if one.place.key}
        words = words_of(desk(), fields, language, confirmation() if native else "")
        job = Job(account().name, "edited", owner, edits_of(fields), words, sources, "same" in typed)
        path = f"{url_for('staff.answer', owner=owner)}?language={language}"
        return begin(job, path, {**typed, "language": language, "beside": language})
    except SmslineError as error:
        return form(owner, typed, (str(error),))


def confirmation() -> str:
    """The comment of a native speaker, as it stands above an entry."""
    return f"{CONFIRMED} {today()} {account().name}"


def begin(job: Job, path: str, typed: Mapping[str, str]) -> Response:
    """Start a change, and go where its end is shown."""
    name = desk().jobs.start(job, desk().service.loaded, path, typed)
    return redirect(url_for("staff.job", name=name), 303)  # type: ignore[return-value]
