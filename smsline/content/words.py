"""The words of the content: what people text for each node, command and language, ready to be compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from sys import intern
from typing import Any

from smsline.content import translations
from smsline.content.languages import Languages
from smsline.content.menus import LIST, Menus
from smsline.engine import vocabulary
from smsline.engine.catalog import Catalog
from smsline.engine.fold import words
from smsline.engine.model import Menu
from smsline.engine.speech import Speech, learn

AROUND = "command.around-a-language"

MACHINES = "machines"
"""The list of what stands in notices of machines."""

WHOLE = "."
"""What ends a notice that is one only as a whole text: "I'm driving."."""

NOT_SO = "not-so"
"""The list of what callers say is not so, such as "nobody forces me"."""

LONG_AGO = "long-ago"
"""The list of what says that something is long ago."""

ELSEWHERE = vocabulary.ELSEWHERE
"""The list of what is texted and is no question to the line."""

FIRST_WORD = "phrase.card-word"
"""What cards say to text first: it has to tell the language."""

LABELS = (".title", ".card")
"""The sentences that callers text as they read them."""

DEAF = vocabulary.Vocabulary((), {}, {}, frozenset())
"""The words of a line that is only drawn."""

Folded = Callable[[str], str]
"""What writes a text as one word, as it is compared."""


def vocabulary_of(
    menus: Menus,
    translated: Mapping[str, Mapping[str, translations.Translation]],
    languages: Languages,
    catalog: Catalog,
) -> vocabulary.Vocabulary:
    """All of it. The words of each text are found once.

    Where new content has the lists of the last one, and most has, what was made of them serves again: a running line
    takes a changed sentence up sooner, and its workers go on sharing the memory.
    """
    split = cache(lambda text: tuple(map(intern, words(text))))  # few words in many phrases
    lists = _lists(menus, translated, languages)
    speech = _speech(lists, _sentences(menus, translated, catalog), languages, split)
    asked = (languages.known, [*languages.forms], languages.asked, languages.tells, languages.quiet)
    nodes = ((name, node.urgent, type(node)) for name, node in menus.nodes.items())
    known = hash((tuple(lists), *nodes, repr(asked)))
    if known not in _made:
        made = _built(menus, lists, languages, split, speech)
        _made.clear()
        _made[known] = made
    leads = {code.lower(): node for code, node in menus.codes.leads.items()}
    return replace(_made[known], speech=speech, codes=leads)


_made: dict[int, vocabulary.Vocabulary] = {}
"""What was made of the last lists, by their hash."""


def _built(
    menus: Menus,
    lists: list[tuple[str, str, str]],
    languages: Languages,
    split: Callable[[str], tuple[str, ...]],
    speech: Speech,
) -> vocabulary.Vocabulary:
    folded: Folded = cache(lambda text: "".join(split(text)))
    urgent = frozenset(name for name, node in menus.nodes.items() if node.urgent)
    return vocabulary.build(
        _said(menus, lists),
        urgent,
        split,
        speech,
        commands=_commands(lists, folded),
        languages=_asked(languages, folded),
        keywords=_keywords(menus, lists, folded),
        told={
            **_told(lists, {*map(folded, languages.quiet), *map(folded, menus.nodes)}, folded),
            **{folded(text): code for text, code in languages.tells.items()},
        },
        **_heard(lists, split),
    )


def _heard(lists: list[tuple[str, str, str]], split: Callable[[str], tuple[str, ...]]) -> dict[str, Any]:
    """The lists of what is in a text besides topics, in all languages."""
    entries: dict[str, list[str]] = defaultdict(list)
    for _, key, entry in lists:
        entries[key].append(entry)
    notices = [(" ".join(split(entry)), entry.endswith(WHOLE)) for entry in entries[MACHINES]]
    return {
        "fillers": frozenset(word for entry in entries[AROUND] for word in split(entry)),
        "machines": tuple(notice for notice, whole in notices if not whole),
        "notices": frozenset(notice for notice, whole in notices if whole),
        "not_so": vocabulary.beginning_with(map(split, entries[NOT_SO])),
        "long_ago": vocabulary.beginning_with(map(split, entries[LONG_AGO])),
    }


def _speech(
    lists: list[tuple[str, str, str]],
    sentences: Mapping[str, list[str]],
    languages: Languages,
    split: Callable[[str], tuple[str, ...]],
) -> Speech:
    """How languages are told apart: by the letters of sentences, and by the words of lists, as callers type them."""
    texts: dict[str, list[str]] = {code: [] for code in languages.known}
    for code, _, entry in lists:
        texts[code].append(entry)
    forms = {form.of: languages.written[code] for code, form in languages.forms.items()}
    countries = {code: one.countries for code, one in languages.known.items()}
    return learn(sentences, texts, split, forms, languages.quiet, countries)


def _said(menus: Menus, lists: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """(node, language, phrase) of all that is compared loosely."""
    titles = {f"{name}.title" for name, node in menus.nodes.items() if not isinstance(node, Menu)}
    said = [
        (key.partition(".")[0], code, entry)
        for code, key, entry in lists
        if key in titles or (key.endswith((".words", ".keywords")) and not key.startswith("command."))
    ]
    return said + [(ELSEWHERE, code, entry) for code, key, entry in lists if key in (ELSEWHERE, MACHINES)]


def _sentences(
    menus: Menus, translated: Mapping[str, Mapping[str, translations.Translation]], catalog: Catalog
) -> dict[str, list[str]]:
    """What the content says in each language, as it is written."""
    sentences = [key for key, message in menus.messages.items() if not message.is_list]
    texts = {code: [by_key[key].text for key in sentences if key in by_key] for code, by_key in translated.items()}
    source = next(code for code in catalog.written if code not in translated)
    return {**texts, source: [menus.messages[key].text for key in sentences]}


def _commands(lists: list[tuple[str, str, str]], folded: Folded) -> dict[str, str]:
    """The word alone, in any language, is the command; of two, the one that the source names first."""
    rows = [(entry, key) for _, key, entry in lists if key.startswith("command.") and key != AROUND]
    return {folded(entry): key.partition(".")[2] for entry, key in reversed(rows)}


def _keywords(menus: Menus, lists: list[tuple[str, str, str]], folded: Folded) -> dict[str, str]:
    """Words that alone lead to a node: its keywords and its name, its title, and what stands on cards."""
    found = {folded(entry): key.partition(".")[0] for _, key, entry in lists if key.endswith(".keywords")}
    found |= {folded(name): name for name in menus.nodes}
    for _, key, entry in lists:
        if key.endswith(LABELS):
            found.setdefault(folded(entry), key.partition(".")[0])
    return found


def _told(lists: list[tuple[str, str, str]], shared: set[str], folded: Folded) -> dict[str, str]:
    """The language that an exact word gives away: it stands in the lists of one language, and is not one of all."""
    codes: dict[str, set[str]] = {}
    for code, key, entry in lists:
        if key.startswith("command.") or key.endswith((".keywords", *LABELS)):
            codes.setdefault(folded(entry), set()).add(code)
    return {word: next(iter(some)) for word, some in codes.items() if len(some) == 1 and word not in shared}


def _lists(
    menus: Menus, translated: Mapping[str, Mapping[str, translations.Translation]], languages: Languages
) -> list[tuple[str, str, str]]:
    """(language, key, entry) of every list and title, in every language."""
    rows = []
    for key, message in menus.messages.items():
        if not message.is_list and not key.endswith(LABELS):
            continue
        sources = [(next(iter(languages.known)), message.text)]
        sources += [(code, by_key[key].text) for code, by_key in translated.items() if key in by_key]
        for code, text in sources:
            rows += [(code, key, entry.strip()) for entry in text.split(LIST.strip()) if entry.strip()]
    return rows


def _asked(languages: Languages, folded: Folded) -> dict[str, str]:
    """What asks for a language, folded: its code, its own name, and other names of it; for a form its code alone."""
    found: dict[str, str] = {}
    for code, language in languages.known.items():
        for name in (code, language.name, language.latin, language.locale, *languages.asked[code]):
            found.setdefault(folded(name), code)
    for code in languages.forms:
        found.setdefault(folded(code), code)
    return found
