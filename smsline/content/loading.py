"""From files to a `Line`: everything is read, compared and filled once, before anything is served."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from babel import Locale

from smsline.content import translations
from smsline.content.codes import read_codes
from smsline.content.facts import Sourced, read_facts
from smsline.content.gazetteer import read_gazetteer
from smsline.content.languages import Languages
from smsline.content.letters import tidy
from smsline.content.menus import Menus, Message, read_nodes
from smsline.content.organisations import (
    Areas,
    Listed,
    read_organisations,
    read_regions,
    read_services,
)
from smsline.content.reader import Problems, Value, files_of, only, read
from smsline.content.setup import Price, Setup, read_setup
from smsline.content.texts import BLANK, OPEN, Filler
from smsline.content.tone import Tone, read_tone
from smsline.content.words import AROUND, DEAF, ELSEWHERE, LONG_AGO, MACHINES, NOT_SO, vocabulary_of
from smsline.engine.catalog import Catalog, Rewritten, Text
from smsline.engine.directory import directory_of
from smsline.engine.line import Line
from smsline.engine.model import Language
from smsline.errors import ContentError, Problem

SETTINGS_FILES = ("facts", "services", "regions", "phrases", "places", "line", "letters", "tone", "codes")
"""The files of `menus/` that hold no nodes."""

PHRASES = (
    "a-person", "abroad", "ask", "away", "back", "broken", "card-automatic", "card-codes", "card-codes-in",
    "card-delete", "card-how", "card-rate", "card-subjects", "card-what", "card-word", "christian", "closed-now",
    "cry", "day-and-night", "did-you-mean", "erase", "erase-title", "fallback", "free", "from-abroad", "government",
    "help-near", "in-danger", "inside", "languages-title", "may-have-changed", "menu", "more", "near-place",
    "no-latin", "no-name", "not-a-choice", "not-checked", "not-checked-undated", "not-understood", "only-text",
    "open-now", "opens-at", "opens-later", "other-place", "person", "place-not-found", "resume", "say-dutch",
    "serves", "speaks", "start-again", "stop", "thanks", "too-many", "voice", "welcome", "which-number",
    "whole-country", "wrong-title", "your-language",
)  # fmt: skip
"""The sentences that the engine says by itself, and those of printed cards."""

CODES = 7
"""Codes of languages that the first screen names; the others are behind the same number."""

CHANGED = "phrase.may-have-changed"
"""What is said beside a fact that may no longer be so."""

SPOKEN = "phrase.voice"
"""What is read aloud to somebody who calls: a voice needs every letter of its language."""

HEARD = (MACHINES, NOT_SO, LONG_AGO, ELSEWHERE)
"""The lists of phrases.yaml of what is texted and asks nothing."""

COMMANDS = ("back", "erase", "exit", "help", "languages", "latin", "leave", "menu", "more", "ok", "start", "stop")


@dataclass(frozen=True, slots=True)
class Content:
    """All that was read, for whoever checks, translates or edits it."""

    line: Line
    menus: Menus
    messages: Mapping[str, Message]
    facts: Mapping[str, Sourced]
    listed: Mapping[str, Listed]
    translated: Mapping[str, Mapping[str, translations.Translation]]
    filler: Filler
    source: str
    price: Price
    areas: Areas
    tone: Mapping[str, Tone]
    known: Mapping[str, Language]
    """All languages, also those that are not live; that of the source first."""


def load(menus: Path, locales: Path, live: bool = False, told: list[Problem] | None = None) -> Line:
    """The line that these folders hold, as `load_content` reads it."""
    return load_content(menus, locales, live, told).line


def load_content(menus: Path, locales: Path, live: bool = False, told: list[Problem] | None = None) -> Content:
    """What these folders hold, `live` in the languages of production; `ContentError` where anything blocks.

    A language whose file is broken is left out, so that its speakers get the next best; its problems are `told`.
    """
    content, problems = read_content(menus, locales, live)
    blocking = sorted(problem for problem in problems if not problem.reminder)
    broken = frozenset(translations.found_in(problem.file) for problem in blocking)
    if content is not None and broken and "" not in broken:
        (told if told is not None else []).extend(blocking)
        content, _ = read_content(menus, locales, live, broken)
    elif blocking:
        content = None
    if content is None:
        raise ContentError([problem for problem in blocking if not translations.found_in(problem.file)])
    return content


def read_content(
    menus: Path,
    locales: Path,
    live: bool = False,
    without: frozenset[str] = frozenset(),
    understands: bool = True,
) -> tuple[Content | None, list[Problem]]:
    """Everything that can be read, and every problem; no content where the first screen is missing.

    `without` are languages that are not answered, as their folders are called. Whoever only draws screens needs no
    line that `understands` texts: most of the time of loading goes into that.
    """
    gc.disable()  # a hundred thousand objects are made, and none of them is garbage
    try:
        return _read(menus, locales, live, without, understands)
    finally:
        gc.freeze()  # nor will they be: to look through them would make some caller wait a tenth of a second
        gc.enable()


def _read(
    menus: Path, locales: Path, live: bool, without: frozenset[str], understands: bool
) -> tuple[Content | None, list[Problem]]:
    problems = Problems()
    files, folders = _files(menus, problems)
    setup = read_setup(files.get("line"), files.get("letters"), problems) if files else None
    if setup is None:
        return None, problems.found
    spoken = setup.languages.answered(live, without)
    services = read_services(files.get("services"), problems)
    gazetteer = read_gazetteer(files.get("places"), problems)
    areas = Areas(gazetteer, read_regions(files.get("regions"), problems))
    listed = read_organisations(folders, services, areas, gazetteer, problems)
    facts = read_facts(files.get("facts"), setup.old.fact_years, problems)
    subjects = [file for name, file in files.items() if name not in SETTINGS_FILES]
    nodes = read_nodes(subjects, services, problems)
    if "start" not in nodes.nodes:
        return None, problems.found
    nodes.codes = read_codes(nodes.where, files.get("codes"), problems)
    _phrases(nodes, files.get("phrases"), files.get("services"), problems)
    filler = Filler(facts, listed)
    blanks_filled(nodes.messages, filler, files.get("facts"), problems)
    translated = _translated(nodes.messages, spoken, locales, problems)
    _names(setup, nodes, listed, files.get("line"), problems)
    tone = read_tone(files.get("tone"), spoken.known, problems)
    catalog = _catalog(nodes.messages, translated, spoken, filler)
    served = spoken.served()
    vocabulary = vocabulary_of(nodes, translated, spoken, catalog) if understands else DEAF
    line = Line(
        nodes.nodes, nodes.parents, served, next(iter(served)), catalog, vocabulary,
        directory_of({name: one.organisation for name, one in listed.items()}, services, setup.old.contact_years),
        replace(gazetteer, ordinary=gazetteer.ordinary | vocabulary.weights.keys()),
        setup.channels, setup.emergency, setup.leaving, setup.voice, spoken.unsure, spoken.instead(),
    )  # fmt: skip
    source = next(iter(spoken.known))
    content = Content(line, nodes, nodes.messages, facts, listed, translated, filler, source, setup.price, areas, tone,
                      spoken.known)  # fmt: skip
    return content, problems.found


def _files(menus: Path, problems: Problems) -> tuple[dict[str, Value], list[Value]]:
    """The files of the menus by name, and those of the organisations; none where one of them cannot be read."""
    if not menus.is_dir():
        problems.found.append(Problem(str(menus), 0, "is no folder. Set SMSLINE_MENUS to the folder of the menus."))
    files = {path.stem: read(path, menus, problems) for path in files_of(menus)}
    folders = [read(path, menus, problems) for path in files_of(menus / "organisations")]
    if None in files.values() or None in folders:
        return {}, []  # what other files say of a file that cannot be read would mislead
    return {name: file for name, file in files.items() if file}, [file for file in folders if file]


# --- what line.yaml names ------------------------------------------------------------------------------------


def _names(setup: Setup, menus: Menus, listed: Mapping[str, Listed], file: Value | None, problems: Problems) -> None:
    """What line.yaml names must exist."""
    assert file is not None
    if setup.emergency not in listed:
        problems.add(file, f'emergency is "{setup.emergency}", which is no organisation of the directory.')
    for name in setup.leaving:
        if name not in menus.nodes and name != "erase":
            problems.add(file.get("leaving") or file, f"leaving: {name} is not here.")


# --- phrases, blanks ---------------------------------------------------------------------------------------


def _phrases(menus: Menus, phrases: Value | None, services: Value | None, problems: Problems) -> None:
    for name, value in services.named() if services else ():
        menus.say(f"service.{name}.label", value.get("label"), problems)
        menus.say(f"service.{name}.none", value.get("none"), problems)
    if phrases is None:
        problems.found.append(Problem("menus/phrases.yaml", 0, "is missing: it has the line's own sentences."))
        return
    only(phrases, ("phrases", "commands", "around-a-language", *HEARD), problems, "phrases.yaml")
    said, commands = phrases.get("phrases"), phrases.get("commands")
    for name, value in said.named() if said else ():
        menus.say(f"phrase.{name}", value, problems)
    for name, value in commands.named() if commands else ():
        menus.say(f"command.{name}", value, problems, is_list=True)
    for name in HEARD:
        menus.say(name, phrases.get(name), problems, is_list=True)
    menus.say(AROUND, phrases.get("around-a-language"), problems, is_list=True)
    for kind, names in (("phrase", PHRASES), ("command", COMMANDS)):
        for name in names:
            if f"{kind}.{name}" not in menus.messages:
                problems.add(phrases, f"{kind}s: {name} is missing.")


def blanks_filled(messages: Mapping[str, Message], filler: Filler, facts: Value | None, problems: Problems) -> None:
    """Blanks that nothing fills. A fact that is written but wrong has its own problem already."""
    from smsline.content.reader import meant

    for message in messages.values():
        if message.is_list:
            continue
        for blank in BLANK.findall(message.text):
            open_here = (blank in OPEN and message.key.startswith(("phrase.", "service."))) or blank == "codes"
            if open_here or (blank == "place" and message.key.endswith(".none")) or filler.known(blank):
                continue
            if facts and blank.removesuffix(".value") in (facts.pairs or ()):
                continue
            near = meant(blank, filler.names()).replace("mean ", "mean {").replace("?", "}?")
            name = message.key.partition(".")[0]
            problems.add(message.at, f"{name}: {{{blank}}} is not known." + near)
        rest = BLANK.sub("", message.text)
        if "{" in rest or "}" in rest:
            what = f"{message.key}: has a lone curly bracket. A blank is written {{name}} or {{name.phone}}."
            problems.add(message.at, what)


def _translated(
    messages: Mapping[str, Message], languages: Languages, locales: Path, problems: Problems
) -> dict[str, dict[str, translations.Translation]]:
    found = {}
    folders = {language.locale for language in languages.known.values()}
    for path in sorted(locales.glob("*/LC_MESSAGES/messages.po")):
        if path.parts[-3] not in folders:
            what = f"{path.parts[-3]} is no language of line.yaml. Add it there, or take this file away."
            problems.found.append(Problem(path.relative_to(locales.parent).as_posix(), 0, what))
    for code, language in list(languages.known.items())[1:]:
        found[code] = translations.read(locales, language, problems.found)
        file = translations.file_of(locales, language)
        for key, translation in found[code].items():
            message = messages.get(key)
            current = message and message.text == translation.source and not translation.fuzzy
            for fault in translations.faults(message, translation) if message and current else ():
                problems.found.append(Problem(file, translation.line, f"{key}: {fault}"))
    return found


# --- texts and words ------------------------------------------------------------------------------------


def _catalog(
    messages: Mapping[str, Message],
    translated: Mapping[str, Mapping[str, translations.Translation]],
    languages: Languages,
    filler: Filler,
) -> Catalog:
    served = languages.served()
    locales = {code: Locale.parse(language.locale) for code, language in {**languages.known, **served}.items()}
    source = next(iter(languages.known))
    said = _said(messages, translated, source)
    texts: dict[str, Mapping[str, Text]] = {}
    for code, language in served.items():
        if language.of:  # the same sentences in other letters
            texts[code] = Rewritten(texts[language.of], languages.written[code], frozenset({SPOKEN}))
            continue
        codes = codes_for(code, languages.live)
        chain = (code, *language.fallback, source)
        by_key = texts[code] = {}
        for key in said[source]:
            spoken = next(one for one in chain if key in said.get(one, ()))
            changed = said[spoken].get(CHANGED, said[source][CHANGED])
            filled = filler.fill(said[spoken][key], locales[spoken], changed, {"codes": codes})
            write = languages.written[spoken] if key != SPOKEN else tidy
            by_key[key] = Text(write(filled.text), tuple((day, write(late)) for day, late in filled.later))
    return Catalog(texts, locales, languages.written)


def codes_for(code: str, live: Iterable[str]) -> str:
    """The other languages that the first screen names to speakers of one."""
    others = [other.upper() for other in live if other != code]
    return " ".join([*others[:CODES], *([".."] if len(others) > CODES else [])])


def _said(
    messages: Mapping[str, Message], translated: Mapping[str, Mapping[str, translations.Translation]], source: str
) -> dict[str, dict[str, str]]:
    """The sentences that may be served, by language; those of the source come last, and are all there."""
    sentences = {key: message for key, message in messages.items() if not message.is_list}
    said = {}
    for code, by_key in translated.items():
        fit = (key for key, message in sentences.items() if translations.valid(message, by_key.get(key)))
        said[code] = {key: by_key[key].text for key in fit}
    return {**said, source: {key: message.text for key, message in sentences.items()}}
