"""The exact text on one phone: a function of line, state and channel, and of nothing else.

A screen that does not fit goes on under 9. It breaks between sentences, options and organisations,
never inside a word or a number; the first screen has what a caller must do now, and the choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from msgspec.structs import replace

from smsline.engine.languages import listed, other_languages, pages, question, rows
from smsline.engine.line import Line
from smsline.engine.lists import WRONG, foot_of, for_place, near, reach_first, told_apart
from smsline.engine.model import ERASE, LANGUAGES, START, Answer, Channel, Lookup, Menu, Spot, State
from smsline.engine.pages import Piece, Sheet, fits, joined, lined, page_of, paginate, rows_of, sentences
from smsline.engine.segments import measure

NEAR = ":near"
"""The target of "help near you" under an answer; no node can be called so."""

WHICH = "which"
"""The target of a place of several that have the name; its key follows."""

RESUME = ":resume"
"""The target of "continue" after a dropped USSD session."""

GUESSED = "guessed"
"""The notice of a screen whose language nobody asked for."""

DANGER = "in-danger"
"""The notice that names the emergency number."""

UNCLEAR = "not-understood"
"""The notice of a screen that answers what was not understood."""

PLACES = "near"
"""The menu of look-ups, where a place comes that nobody asked for."""


class Choice(NamedTuple):
    """A numbered line, and where it goes: a node, an action, `:near`, `:resume`, `language:xx`, `which:` and a key."""

    label: str
    target: str


def draw(line: Line, state: State, channel: Channel) -> str:
    """The screen, at the page the state says (the last one where there are fewer). What follows it is not drawn."""
    return [*islice(_drawn(line, state, channel), state.page + 1)][-1]


def has_page(line: Line, state: State, channel: Channel, page: int) -> bool:
    """Whether a screen goes on so far: the page is counted from 0."""
    return next(islice(_drawn(line, state, channel), page, None), None) is not None


def draw_all(line: Line, state: State, channel: Channel) -> list[str]:
    """All pages of a screen, each a text that fits."""
    return list(_drawn(line, state, channel))


def first_of(line: Line, state: State, channel: Channel) -> str:
    """What has to be on the first screen in any case: what a caller must do now; of a menu all choices."""
    head, tail = _body(line, state, channel)
    first, _, more = _footer(line, state)
    rows = rows_of([f"{number} {choice.label}" for number, choice in enumerate(choices(line, state), 1)])
    if isinstance(line.nodes.get(state.here.node), Menu):
        return page_of([*head, *rows], first, "")
    return page_of(head, first, more if rows or tail else "")


def draw_contact(line: Line, state: State, channel: Channel, text: str) -> list[str]:
    """One contact as it stands within a list, on as few screens as it needs."""
    _, back, more = _footer(line, state)
    rows = rows_of(reach_first(channel, text, foot_of(line, state.language)) if channel.dialogue else [text])
    *pages, _ = paginate(channel, [rows, [(".", "\n")]], back, back, more)
    return pages


def _drawn(line: Line, state: State, channel: Channel) -> Iterator[str]:
    """The pages, each when it is asked for."""
    if state.here.view == "languages":
        return _languages(line, state)
    if state.notice == GUESSED:
        pages = _drawn(line, replace(state, notice=None), channel)
        return chain([_with_languages(line, state, channel, next(pages))], pages)
    notice = line.catalog(state.language, f"phrase.{state.notice}") if state.notice else ""
    if state.notice != UNCLEAR or channel.dialogue or state.here.view == "unsure":
        return _noticed(line, state, channel, notice)
    found = list(_noticed(line, state, channel, notice))
    person = line.catalog(state.language, "phrase.a-person")
    longer = list(_noticed(line, state, channel, f"{notice}\n{person}"))
    return iter(longer if len(longer) == len(found) else found)


def _noticed(line: Line, state: State, channel: Channel, notice: str) -> Iterator[str]:
    """The pages of a screen, with a sentence above if there is one."""
    footer = _footer(line, state)
    if state.here.view == "unsure":
        return paginate(channel, [question(line, state, channel)], *footer)
    if state.here.view == "near":
        nearest, *others = near(line, state, channel)
        return paginate(channel, [[*sentences(notice), *lined(nearest)], *others], *footer)
    head, tail = _body(line, state, channel)
    rows = [f"{number} {choice.label}" for number, choice in enumerate(choices(line, state), 1)]
    if isinstance(line.nodes.get(state.here.node), Menu) and state.here.view == "node":
        kept = 1 if state.here.node == PLACES and state.place else 0
        head, tail = _menu_head(head, notice, rows, channel, kept, footer[0]), []
    elif notice:
        head = [*sentences(notice), *lined(head)]
    (first, _, more), sheet = footer, Sheet(channel)
    whole = [*head, *lined(tail), *rows_of(rows)]
    if not tail or sheet.holds(whole, first, ""):
        return paginate(channel, [whole], *footer)
    now = [*head, *rows_of(rows)]
    if sheet.holds(now, first, more):
        return paginate(channel, [now, tail], *footer)  # what may wait begins a screen of its own
    return paginate(channel, [[*now, *lined(tail)]], *footer)


def _with_languages(line: Line, state: State, channel: Channel, text: str) -> str:
    """A screen with how to get another language below it, where there is room for it that costs nothing."""
    longer = f"{text}\n{other_languages(line, state)}"
    free = fits(channel, longer) and measure(longer).segments == measure(text).segments
    return longer if free else text


def choices(line: Line, state: State) -> list[Choice]:
    """What the numbers on this screen lead to, in order."""
    say, here = line.catalog, state.here
    if here.view == "suggest":
        return [Choice(_title(line, state, name), name) for name in state.offered]
    if here.view == "languages":
        every = pages(line, foot_of(line, state.language))
        return [Choice(one.name, f"language:{one.code}") for one in every[min(state.page, len(every) - 1)]]
    if here.view == "unsure":
        known = [Choice(line.languages[code].latin, f"language:{code}") for code in state.offered]
        return known if len(known) == len(listed(line)) else [*known, Choice("", LANGUAGES)]
    if here.view == "wrong":
        titles = ((name, line.directory.organisations[name].title) for name in state.offered)
        return [Choice(line.catalog.name(state.language, title), f"{WRONG}:{name}") for name, title in titles]
    if here.view == "which":
        return [Choice(say.name(state.language, label), f"{WHICH}:{key}") for key, label in told_apart(line, state)]
    if here.view == "resume":
        return [
            Choice(say(state.language, "phrase.resume"), RESUME),
            Choice(say(state.language, "phrase.start-again"), START),
        ]
    node = line.nodes.get(here.node)
    if here.view != "node" or node is None or isinstance(node, Lookup):
        return []
    found = [Choice(say(state.language, option.label), option.target) for option in node.options]
    if isinstance(node, Answer) and node.help:
        return [Choice(say(state.language, "phrase.help-near"), NEAR), *found]
    return found


def _title(line: Line, state: State, name: str) -> str:
    key = f"phrase.{name}-title" if name in (ERASE, LANGUAGES) else f"{name}.title"
    return line.catalog(state.language, key)


def _body(line: Line, state: State, channel: Channel) -> tuple[list[Piece], list[Piece]]:
    """What must be read now, and what may follow later."""
    say, here, today = line.catalog, state.here, state.moment.date()
    if here.view == "phrase":
        return sentences(say(state.language, f"phrase.{here.node}")), []
    if here.view == "suggest":
        return _suggestion(line, state), []
    if here.view == "wrong":
        return sentences(say(state.language, "phrase.which-number")), []
    if here.view == "ask":
        above = sentences(say(state.language, f"{here.node}.text", today))
        question = lined(sentences(say(state.language, "phrase.ask")))
        whole = joined([*above, *question])
        fitting = fits(channel, f"{whole}\n{foot_of(line, state.language)}")
        return ([*above, *question], []) if fitting else (question, above)
    if here.view == "which":
        named = {line.gazetteer.by_key[offered].name for offered in state.offered}
        one = say.name(state.language, next(iter(named)))
        return ([(f"{one}:", "\n")] if len(named) == 1 else sentences(say(state.language, "phrase.ask"))), []
    if here.view == "resume":
        return [], []
    node = line.nodes[here.node]
    if isinstance(node, Menu):
        above = sentences(say(state.language, f"{node.name}.text", today))
        place = line.gazetteer.by_key.get(state.place or "")
        if node.name == PLACES and place:
            above = [(for_place(line, state, place), "\n"), *above]
        return above, []
    text = say(state.language, f"{node.name}.{_wording(line, state, node)}", today)
    first, _, rest = text.partition("\n\n")
    return sentences(first), sentences(rest)


def _wording(line: Line, state: State, node: Answer | Lookup) -> str:
    """`closed` where the answer has such a wording and nobody who helps is open, else `answer`."""
    if not isinstance(node, Answer) or not node.help or not line.catalog(state.language, f"{node.name}.closed"):
        return "answer"
    place = line.gazetteer.by_key.get(state.place or "")
    return "answer" if line.directory.open_now(node.help, place, state.moment) else "closed"


def _suggestion(line: Line, state: State) -> list[Piece]:
    asked = sentences(line.catalog(state.language, "phrase.did-you-mean"))
    grave = (line.nodes.get(name) for name in state.offered)
    if any(node is not None and (node.urgent or node.safety) for node in grave):
        return [*sentences(line.catalog(state.language, f"phrase.{DANGER}")), *lined(asked)]
    return asked


def has_emergency(line: Line, text: str) -> bool:
    """Whether the emergency number stands on a screen, by itself and not within a longer number."""
    number = re.escape(line.directory.organisations[line.emergency].phone)
    return bool(re.search(rf"(?<!\d)(?<!\d ){number}(?! ?\d)", text))


def _menu_head(text: list[Piece], notice: str, rows: list[str], channel: Channel, kept: int, foot: str) -> list[Piece]:
    """Above a menu stands the notice if there is one, else its text; on a short screen only if all fits.

    `kept` is how many pieces stand there in any case: the place that was understood.
    """
    head = sentences(notice) if notice else text
    if notice or not channel.dialogue:
        return head
    whole = joined([*head, *rows_of(rows)])
    return head if fits(channel, f"{whole}\n{foot}") else head[:kept]


def _footer(line: Line, state: State) -> tuple[str, str, str]:
    """The lines for 0 on the first page, 0 on a later page, and 9."""
    say = line.catalog
    more = "9 " + say(state.language, "phrase.more")
    if state.here.view == "resume":
        return "", "", more
    back = "0 " + say(state.language, "phrase.back")
    first = "" if state.here == Spot(START) or state.here.view == "unsure" else back
    if first and state.root:
        first = "0 " + say(state.language, "phrase.menu")
    return first, back, more


def _languages(line: Line, state: State) -> Iterator[str]:
    """The list of languages, each under its own name."""
    first, back, more = _footer(line, state)
    every = pages(line, foot_of(line, state.language))
    last = len(every) - 1
    for page, shown in enumerate(every):
        yield page_of(rows_of(rows(shown)), back if page else first, more if page < last else "")
