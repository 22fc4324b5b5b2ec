"""`smsline check`: draws every screen of every node in every language on every channel, and reads every date.

What blocks is a problem; what is due is a reminder. "It fits" is a fact, since each screen is measured.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from datetime import date, datetime, time
from pathlib import Path

from smsline.content import printed, translating, translations
from smsline.content.clashes import clashes
from smsline.content.codes import moved
from smsline.content.fitting import faults
from smsline.content.loading import Content, read_content
from smsline.content.menus import LIST, Message
from smsline.content.texts import BLANK
from smsline.content.tone import faults as tone_faults
from smsline.content.tone import turned
from smsline.content.touched import ALL, Touched, touched
from smsline.content.words import LABELS as CALLED
from smsline.engine.fold import key as folded
from smsline.engine.line import Line
from smsline.engine.lists import MOST_DIALLED
from smsline.engine.model import HOME, START, Menu, Place
from smsline.engine.segments import costly_letter
from smsline.errors import Problem

URGENT = ("phrase.cry", "phrase.in-danger", "phrase.broken", "phrase.too-many", "phrase.fallback")
"""Sentences that are sent in danger, or when nothing else can be: no language may lack them."""

STALE_DAYS = 183
"""After half a year a checked fact or a verified contact is due again."""

TITLE = 28
"""Letters that fit beside a number on the smallest phones, in any language."""

LABELS = frozenset(
    f"phrase.{name}"
    for name in (
        "back",
        "menu",
        "more",
        "help-near",
        "resume",
        "start-again",
        "languages-title",
        "erase-title",
        "wrong-title",
    )
)
"""Phrases that stand beside a number."""

_figure = re.compile(r"\d[\w.,-]*")


def check(
    menus: Path, locales: Path, today: date, languages: Container[str] | None = None, quick: bool = False
) -> list[Problem]:
    """Every problem and reminder of the content, in the order of files and lines; screens of some languages only.

    A `quick` one draws those of the source and of one language with other letters, where least fits on a screen.
    """
    content, problems = read_content(menus, locales)
    if content is not None and quick:
        wide = [code for code, one in content.line.languages.items() if costly_letter(one.name)]
        languages = (content.source, *wide[:1])
    if content is not None and not any(not problem.reminder for problem in problems):
        problems += [*looked_at(content, locales, today, languages), *clashes(content, locales), *due(content, today)]
        problems += list(translations_due(content, locales))
    return sorted(set(problems))


def check_again(menus: Path, locales: Path, today: date, before: Content) -> list[Problem]:
    """The problems of content of which most is as it was `before`, in the same words; reminders are left out.

    Drawn and read is what may differ. What was wrong before, and is still, may be left out too.
    """
    after, problems = read_content(menus, locales, understands=False)
    if after is not None and not any(not problem.reminder for problem in problems):
        new = touched(before, after)
        if new.words:  # only then does it matter what texts mean
            after, problems = read_content(menus, locales)
            assert after is not None
        problems += [
            *looked_at(after, locales, today, None, new),
            *due(after, today),
            *translations_due(after, locales),
            *moved(before.menus.codes, after.menus.codes, after.line.nodes),
        ]
    return sorted({problem for problem in problems if not problem.reminder})


def looked_at(
    content: Content, locales: Path, today: date, languages: Container[str] | None = None, new: Touched = ALL
) -> Iterator[Problem]:
    """What is found by drawing screens and reading sentences: all of them, or the `new` ones."""
    yield from sentences(content, locales)
    if new.words:
        yield from _keywords(content)
        yield from printed.wrong_with(content, locales, today)
    yield from faults(content, locales, today, languages, new)
    yield from _helpless(content, today, new)
    yield from spoken(content, locales, new)


def due(content: Content, today: date) -> Iterator[Problem]:
    """What dates and sources say, without drawing anything."""
    yield from _reachable(content)
    yield from _facts(content, today)
    yield from _contacts(content, today)
    yield from _old_numbers(content, today)
    yield from _sources(content)


def _problem(content: Content, name: str, text: str, reminder: bool = False) -> Problem:
    at = content.menus.where[name]
    return Problem(at.file, at.line, f"{name}: {text}", reminder)


def sentences(content: Content, locales: Path) -> Iterator[Problem]:
    """Figures outside facts, and titles that are too long."""
    for message in content.messages.values():
        if message.key in LABELS:
            yield from _long_titles(content, message, locales)
        if message.is_list or message.key.startswith(("phrase.", "service.")):
            continue
        figure = _figure.search(BLANK.sub("", message.text))
        if figure:
            what = f"{message.key}: {figure.group()} stands in the text. Make it a fact, and write its {{name}}."
            yield Problem(message.at.file, message.at.line, what)
        if message.key.endswith(CALLED) or ".option." in message.key:
            yield from _long_titles(content, message, locales)


def spoken(content: Content, locales: Path, new: Touched = ALL) -> Iterator[Problem]:
    """Words not to use and long sentences, in each language at the line where they stand."""
    for code, tone in content.tone.items():
        translated = content.translated.get(code, {})
        plain = [form for form, one in content.line.languages.items() if code in (form, one.of)]
        for key, message in content.messages.items():
            known = translated.get(key)
            same = not new.draws(code, key.partition(".")[0])
            if same or message.is_list or (code != content.source and not translations.valid(message, known)):
                continue
            at, text = (message.at.file, message.at.line), message.text
            if known is not None and code != content.source:
                at, text = (translations.file_of(locales, content.known[code]), known.line), known.text
            for what, reminder in tone_faults(tone, text):
                yield Problem(*at, f"{key}: {what}", reminder)
            for form in plain:
                for what in turned(tone, content.line.catalog.written[form](text)):
                    yield Problem(*at, f"{key}: {what}")


def _keywords(content: Content) -> Iterator[Problem]:
    """A keyword that leads to two nodes, in whatever language: a caller can only land at one of them."""
    for name in content.line.nodes:
        if folded(name) in content.line.vocabulary.languages:
            yield _problem(content, name, "this name also asks for a language in line.yaml. Take it out there.")
    owners: dict[str, str] = {}
    for code in content.line.languages:
        for key, message in content.messages.items():
            if not key.endswith(".keywords"):
                continue
            name = key.partition(".")[0]
            translated = content.translated.get(code, {}).get(key)
            text = message.text if code == content.source else translated.text if translated else ""
            for word in filter(None, (part.strip() for part in text.split(LIST.strip()))):
                owner = owners.setdefault(folded(word), name)
                if folded(word) in content.line.vocabulary.languages:
                    what = f"{name}: the keyword {word} ({code}) also asks for a language in line.yaml. Choose another."
                    yield Problem(message.at.file, message.at.line, what)
                words = content.line.vocabulary
                taken = any(folded(word) in some for some in (content.line.nodes, words.commands))
                if folded(word).isdigit():
                    yield Problem(message.at.file, message.at.line, f"{name}: {word} is a number on a screen.")
                if owner != name or (taken and folded(word) != folded(name)):
                    other = owner if owner != name else "a command, a language or another node"
                    what = f"{name}: the keyword {word} ({code}) already leads to {other}. Choose another."
                    yield Problem(message.at.file, message.at.line, what)


def _long_titles(content: Content, message: Message, locales: Path) -> Iterator[Problem]:
    for code, language in content.line.languages.items():
        text = content.line.catalog(code, message.key)
        at = (message.at.file, message.at.line)
        known = content.translated.get(language.of or code, {}).get(message.key)
        if translations.valid(message, known) and known is not None:
            at = (translations.file_of(locales, language), known.line)
        if any(not letter.isprintable() for letter in text):
            yield Problem(*at, f"{message.key} in {code}: should be one line of letters.")
        if len(text) > TITLE and "{" not in message.text and not language.of:
            yield Problem(*at, f"{message.key} in {code}: {len(text)} letters, at most {TITLE}.")


def _helpless(content: Content, today: date, new: Touched = ALL) -> Iterator[Problem]:
    """Look-ups and "help near you" that name nobody who can be rung, from some place of the country."""
    line, noon = content.line, datetime.combine(today, time(12), HOME)
    alone: dict[tuple[str, bool], list[str]] = {}
    for name, node in line.nodes.items():
        if isinstance(node, Menu) or not node.help:
            continue
        if not new.draws(content.source, name) and node.help not in new.services:
            continue
        kind = (node.help, node.authorities)
        if kind not in alone:
            alone[kind] = [place.name for place in everywhere(line) if not _rung(line, *kind, place, noon)]
        if alone[kind]:
            what = f"nobody who can be rung for {node.help} in {alone[kind][0]}"
            more = f" and {len(alone[kind]) - 1} other places" if len(alone[kind]) > 1 else ""
            yield _problem(content, name, f"{what}{more}. Add instead: in services.yaml.")


def everywhere(line: Line) -> list[Place]:
    """One place of each municipality, the largest, and each province: who helps differs between them, not within."""
    places = sorted(line.gazetteer.by_key.values(), key=lambda place: place.population)
    return list({(place.municipality, place.province): place for place in places}.values())


def _rung(line: Line, service: str, authorities: bool, place: Place, moment: datetime) -> bool:
    found = line.directory.shortlist(service, place, moment, line.default, MOST_DIALLED, authorities)
    return any(helper.show == "yes" for helper in found.helpers)


def _reachable(content: Content) -> Iterator[Problem]:
    """A node that no number leads to, or an urgent one that is more than two choices away."""
    for name, node in content.line.nodes.items():
        steps = _steps(content.line, name)
        if steps is None and name != START:
            yield _problem(content, name, "no menu leads here.", reminder=True)
        elif steps and steps > (2 if node.urgent else 3):
            most = 2 if node.urgent else 3
            yield _problem(content, name, f"is {steps} choices from the start, at most {most}.", reminder=True)


def _steps(line: Line, name: str) -> int | None:
    steps = 0
    while name != START:
        if name not in line.parents:
            return None
        name, steps = line.parents[name], steps + 1
    return steps


def _facts(content: Content, today: date) -> Iterator[Problem]:
    for name, sourced in content.facts.items():
        at, until, old = sourced.at, sourced.ends, sourced.fact.until
        if sourced.checked and sourced.checked > today:
            yield Problem(at.file, at.line, f"{name}: checked on {sourced.checked}, which is still to come.")
        if until and until < today:
            what = f'{name}: true until {until}, which is over. Look it up again; callers read "may have changed".'
            yield Problem(at.file, at.line, what, reminder=True)
        elif old and old < today:
            what = f'{name}: last checked {sourced.checked}, too long ago: callers read "may have changed". Look it up.'
            yield Problem(at.file, at.line, what, reminder=True)
        elif sourced.checked and (today - sourced.checked).days > STALE_DAYS:
            yield Problem(at.file, at.line, f"{name}: last checked {sourced.checked}, more than six months ago.", True)


def _contacts(content: Content, today: date) -> Iterator[Problem]:
    for name, listed in content.listed.items():
        organisation, at = listed.organisation, listed.at
        if organisation.verified and organisation.verified > today:
            yield Problem(at.file, at.line, f"{name}: verified on {organisation.verified}, which is still to come.")
        if organisation.show == "no":
            continue
        if organisation.read and organisation.read.year > today.year:
            yield Problem(at.file, at.line, f"{name}: source-date is {organisation.read.year}, which is still to come.")
        if organisation.verified is None:
            yield Problem(at.file, at.line, f"{name}: nobody has rung or written yet to verify it.", True)
        elif (today - organisation.verified).days > STALE_DAYS:
            what = f"{name}: last verified {organisation.verified}, more than six months ago."
            yield Problem(at.file, at.line, what, True)


def _old_numbers(content: Content, today: date) -> Iterator[Problem]:
    """Answers that give the number of somebody of whom a list would show the web address only."""
    directory = content.line.directory
    old = {name for name, one in directory.organisations.items()
           if one.show == "yes" and directory.show(one, today) != "yes"}  # fmt: skip
    for key, message in content.messages.items():
        named = {blank.partition(".")[0] for blank in BLANK.findall(message.text) if blank.endswith(".phone")}
        for name in sorted(named & old):
            what = f"{key}: gives the number of {name}, which nobody verified and whose source is too old. Ring it."
            yield Problem(message.at.file, message.at.line, what, True)


def _sources(content: Content) -> Iterator[Problem]:
    for name, known in content.menus.provenance.items():
        if isinstance(content.line.nodes[name], Menu):
            continue
        if not known.sources or known.checked is None:
            yield _problem(content, name, "has no source: or no checked:. Say where it comes from.")
        if known.memory:
            yield _problem(content, name, f"no source confirms yet: {known.memory}.", reminder=True)


def translations_due(content: Content, locales: Path) -> Iterator[Problem]:
    for code, translated in content.translated.items():
        file = translations.file_of(locales, content.known[code])
        count = translating.count(content.messages, translated, code)
        if count.missing or count.fuzzy:
            what = f"{count.missing} sentences not translated, {count.fuzzy} fuzzy: callers get another language."
            yield Problem(file, 0, what, True)
        for key, message in content.messages.items():
            name = key.partition(".")[0]
            urgent = key in URGENT or (name in content.line.nodes and content.line.nodes[name].urgent)
            known = translated.get(key)
            if urgent and not translations.valid(message, known):
                what = f"{key}: an urgent answer needs a translation that is not fuzzy."
                yield Problem(file, known.line if known else 0, what)


def unverified(content: Content) -> list[str]:
    """Urgent answers and shown contacts that nobody has verified: what `check --live` refuses."""
    urgent = [name for name, node in content.line.nodes.items()
              if node.urgent and content.menus.provenance[name].memory]  # fmt: skip
    contacts = [name for name, listed in content.listed.items()
                if listed.organisation.show != "no" and listed.organisation.verified is None]  # fmt: skip
    return [*urgent, *contacts]


def summary(content: Content) -> str:
    """The state of the content, as it stands in the README."""
    line, listed = content.line, [one.organisation for one in content.listed.values()]
    nodes = [name for name, node in line.nodes.items() if not isinstance(node, Menu)]
    memory = [name for name in nodes if content.menus.provenance[name].memory]
    languages = [f"{code} {_share(content, code)}" for code, one in line.languages.items() if not one.of]
    counts = [translating.count(content.messages, texts, code) for code, texts in content.translated.items()]
    confirmed = [f"{count.confirmed} sentences of {count.language}" for count in counts if count.confirmed]
    shown = [one for one in listed if one.show != "no"]
    verified = [one for one in listed if one.verified]
    who = ", ".join(confirmed) or "none"
    return "\n".join([
        f"answers and look-ups: {len(nodes)}, of which {len(memory)} rest in part on what no source confirms yet",
        f"languages: {', '.join(languages)} ({who} confirmed by a native speaker yet)",
        f"facts with source and date: {len(content.facts)}",
        f"organisations: {len(listed)}, {len(shown)} of them may be shown, {len(verified)} are verified by a person",
    ])  # fmt: skip


def _share(content: Content, code: str) -> str:
    if code == content.source:
        return "(source)"
    count = translating.count(content.messages, content.translated[code], code)
    return f"{count.complete} of {len(content.messages)}"
