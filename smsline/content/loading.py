"""From files to a `Line`: everything is read, compared and filled once, before anything is served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

from smsline.content import translations
from smsline.content.facts import Sourced, read_facts
from smsline.content.gazetteer import read_gazetteer
from smsline.content.letters import TYPOGRAPHY, tidy
from smsline.content.menus import LIST, Menus, Message, read_nodes
from smsline.content.organisations import (
    Areas,
    Listed,
    directory_of,
    read_organisations,
    read_regions,
    read_services,
)
from smsline.content.reader import Problems, Value, files_of, only, read
from smsline.content.setup import Price, Setup, read_setup
from smsline.content.texts import BLANK, OPEN, Filler
from smsline.content.tone import Tone, read_tone
from smsline.engine import vocabulary
from smsline.engine.catalog import Catalog, Text
from smsline.engine.fold import key as folded
from smsline.engine.fold import words
from smsline.engine.line import Line
from smsline.engine.model import Menu
from smsline.errors import ContentError, Problem

SETTINGS_FILES = ("facts", "services", "regions", "phrases", "places", "line", "letters", "tone")
"""The files of `menus/` that hold no nodes."""

PHRASES = (
    "ask", "away", "back", "broken", "christian", "closed-now", "cry", "day-and-night", "did-you-mean", "erase",
    "erase-title", "fallback", "free", "from-abroad", "government", "help-near", "in-danger", "inside",
    "languages-title", "may-have-changed", "menu", "more", "near-place", "no-name", "not-a-choice", "not-checked",
    "not-checked-undated", "not-understood", "only-text", "open-now", "opens-at", "opens-later", "other-place",
    "person", "place-not-found", "resume", "say-dutch", "serves", "speaks", "start-again", "stop", "thanks",
    "too-many", "voice", "which-number", "whole-country", "wrong-title",
)  # fmt: skip
"""The sentences that the engine says by itself."""

AROUND = "command.around-a-language"

MACHINES = "machines"
"""The list of what stands in notices of machines."""

SPOKEN = "phrase.voice"
"""What is read aloud to somebody who calls: a voice needs every letter of its language."""

COMMANDS = ("back", "erase", "exit", "help", "leave", "menu", "more", "ok", "start", "stop")


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


def load(menus: Path, locales: Path) -> Line:
    """The line that these folders hold; `ContentError` with every problem where anything blocks."""
    content, problems = read_content(menus, locales)
    blocking = [problem for problem in problems if not problem.reminder]
    if content is None or blocking:
        raise ContentError(sorted(blocking))
    return content.line


def read_content(menus: Path, locales: Path) -> tuple[Content | None, list[Problem]]:
    """Everything that can be read, and every problem; no content where the first screen is missing."""
    problems = Problems()
    if not menus.is_dir():
        return None, [Problem(str(menus), 0, "is no folder. Set SMSLINE_MENUS to the folder of the menus.")]
    files = {path.stem: read(path, menus, problems) for path in files_of(menus)}
    folders = [read(path, menus, problems) for path in files_of(menus / "organisations")]
    if None in files.values() or None in folders:
        return None, problems.found  # what other files say of a file that cannot be read would mislead
    setup = read_setup(files.get("line"), files.get("letters"), problems)
    if setup is None:
        return None, problems.found
    gazetteer = read_gazetteer(files.get("places"), problems)
    services = read_services(files.get("services"), problems)
    regions = read_regions(files.get("regions"), problems)
    areas = Areas(gazetteer, regions)
    listed = read_organisations([f for f in folders if f], services, areas, gazetteer, problems)
    facts = read_facts(files.get("facts"), setup.old.fact_years, problems)
    subjects = [file for name, file in files.items() if file and name not in SETTINGS_FILES]
    nodes = read_nodes(subjects, services, problems)
    if "start" not in nodes.nodes:
        return None, problems.found
    _phrases(nodes, files.get("phrases"), files.get("services"), problems)
    filler = Filler(facts, listed)
    written = files.get("facts")
    _blanks(nodes.messages, filler, set(written.pairs or ()) if written else set(), problems)
    translated = _translated(nodes.messages, setup, locales, problems)
    directory = directory_of(listed, services, setup.old.contact_years)
    _names(setup, nodes, listed, files.get("line"), problems)
    tone = read_tone(files.get("tone"), setup.languages, problems)
    catalog = _catalog(nodes.messages, translated, setup, filler)
    words = _vocabulary(nodes, translated, setup, catalog)
    default = next(iter(setup.languages))
    line = Line(nodes.nodes, nodes.parents, setup.languages, default, catalog, words, directory, gazetteer,
                setup.channels, setup.emergency, setup.leaving, setup.voice)  # fmt: skip
    content = Content(line, nodes, nodes.messages, facts, listed, translated, filler, default, setup.price, areas, tone)
    return content, problems.found


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
    only(phrases, ("phrases", "commands", "around-a-language", MACHINES), problems, "phrases.yaml")
    said, commands = phrases.get("phrases"), phrases.get("commands")
    for name, value in said.named() if said else ():
        menus.say(f"phrase.{name}", value, problems)
    for name, value in commands.named() if commands else ():
        menus.say(f"command.{name}", value, problems, is_list=True)
    menus.say(MACHINES, phrases.get(MACHINES), problems, is_list=True)
    menus.say(AROUND, phrases.get("around-a-language"), problems, is_list=True)
    for kind, names in (("phrase", PHRASES), ("command", COMMANDS)):
        for name in names:
            if f"{kind}.{name}" not in menus.messages:
                problems.add(phrases, f"{kind}s: {name} is missing.")


def _blanks(messages: Mapping[str, Message], filler: Filler, written: set[str], problems: Problems) -> None:
    """Blanks that nothing fills. A fact that is `written` but wrong has its own problem already."""
    from smsline.content.reader import meant

    for message in messages.values():
        if message.is_list:
            continue
        for blank in BLANK.findall(message.text):
            open_here = (blank in OPEN and message.key.startswith(("phrase.", "service."))) or blank == "codes"
            if open_here or (blank == "place" and message.key.endswith(".none")) or filler.known(blank):
                continue
            if blank.removesuffix(".value") in written:
                continue
            near = meant(blank, filler.names()).replace("mean ", "mean {").replace("?", "}?")
            name = message.key.partition(".")[0]
            problems.add(message.at, f"{name}: {{{blank}}} is not known." + near)
        rest = BLANK.sub("", message.text)
        if "{" in rest or "}" in rest:
            what = f"{message.key}: has a lone curly bracket. A blank is written {{name}} or {{name.phone}}."
            problems.add(message.at, what)


def _translated(
    messages: Mapping[str, Message], setup: Setup, locales: Path, problems: Problems
) -> dict[str, dict[str, translations.Translation]]:
    found = {}
    for code in list(setup.languages)[1:]:
        found[code] = translations.read(locales, code, problems.found)
        file = translations.path_of(locales, code).relative_to(locales.parent).as_posix()
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
    setup: Setup,
    filler: Filler,
) -> Catalog:
    locales = {code: Locale.parse(language.locale) for code, language in setup.languages.items()}
    texts: dict[str, dict[str, Text]] = {}
    for code, language in setup.languages.items():
        codes = " ".join(other.upper() for other in setup.languages if other != code)
        texts[code] = {}
        for key, message in messages.items():
            if not message.is_list:
                spoken, text = _served(message, (code, *language.fallback), translated, setup)
                changed = _served(messages["phrase.may-have-changed"], (spoken,), translated, setup)[1]
                filled = filler.fill(text, locales[spoken], changed, {"codes": codes})
                table = None if key == SPOKEN else setup.letters[spoken]
                later = tuple((day, tidy(after, table)) for day, after in filled.later)
                texts[code][key] = Text(tidy(filled.text, table), later)
    return Catalog(
        texts, locales, {code: {**TYPOGRAPHY, **str.maketrans(table)} for code, table in setup.letters.items()}
    )


def _served(
    message: Message,
    chain: Iterable[str],
    translated: Mapping[str, Mapping[str, translations.Translation]],
    setup: Setup,
) -> tuple[str, str]:
    """The language and the text that a caller gets: the first valid one of the chain, else the source."""
    for code in chain:
        translation = translated.get(code, {}).get(message.key)
        if translation is not None and translations.valid(message, translation):
            return code, translation.text
    return next(iter(setup.languages)), message.text


def _vocabulary(
    menus: Menus,
    translated: Mapping[str, Mapping[str, translations.Translation]],
    setup: Setup,
    catalog: Catalog,
) -> vocabulary.Vocabulary:
    lists = _lists(menus, translated, setup)
    titles = {f"{name}.title" for name, node in menus.nodes.items() if not isinstance(node, Menu)}
    said = [
        (key.partition(".")[0], code, entry)
        for code, key, entry in lists
        if key in titles or (key.endswith((".words", ".keywords")) and not key.startswith("command."))
    ]
    urgent = frozenset(name for name, node in menus.nodes.items() if node.urgent)
    texts = {code: [text.text for text in by_key.values()] for code, by_key in catalog.texts.items()}
    for code, _, entry in lists:
        texts[code].append(entry)
    around = [entry for _, key, entry in lists if key == AROUND]
    return vocabulary.build(
        said,
        urgent,
        texts,
        commands=_commands(lists),
        languages=_asked(setup),
        fillers=frozenset(word for entry in around for word in entry.split()),
        keywords=_keywords(menus, lists),
        machines=tuple(" ".join(words(entry)) for _, key, entry in lists if key == MACHINES),
        told=_told(lists),
    )


def _commands(lists: list[tuple[str, str, str]]) -> dict[str, str]:
    """The word alone, in any language, is the command; of two, the one that the source names first."""
    rows = [(entry, key) for _, key, entry in lists if key.startswith("command.") and key != AROUND]
    return {folded(entry): key.partition(".")[2] for entry, key in reversed(rows)}


def _keywords(menus: Menus, lists: list[tuple[str, str, str]]) -> dict[str, str]:
    """Words that alone lead to a node: its keywords and its name, and the title of a menu."""
    found = {folded(entry): key.partition(".")[0] for _, key, entry in lists if key.endswith(".keywords")}
    found |= {folded(name): name for name in menus.nodes}
    for _, key, entry in lists:
        if key.endswith(".title"):
            found.setdefault(folded(entry), key.partition(".")[0])
    return found


def _told(lists: list[tuple[str, str, str]]) -> dict[str, str]:
    """The language that an exact word gives away, where it stands in the lists of one language only."""
    codes: dict[str, set[str]] = {}
    for code, key, entry in lists:
        if key.startswith("command.") or key.endswith((".keywords", ".title")):
            codes.setdefault(folded(entry), set()).add(code)
    return {word: next(iter(some)) for word, some in codes.items() if len(some) == 1}


def _lists(
    menus: Menus, translated: Mapping[str, Mapping[str, translations.Translation]], setup: Setup
) -> list[tuple[str, str, str]]:
    """(language, key, entry) of every list and title, in every language."""
    rows = []
    for key, message in menus.messages.items():
        if not message.is_list and not key.endswith(".title"):
            continue
        sources = [(next(iter(setup.languages)), message.text)]
        sources += [(code, by_key[key].text) for code, by_key in translated.items() if key in by_key]
        for code, text in sources:
            rows += [(code, key, entry.strip()) for entry in text.split(LIST.strip()) if entry.strip()]
    return rows


def _asked(setup: Setup) -> dict[str, str]:
    """What asks for a language, folded: its code, its own name, and other names of it."""
    found: dict[str, str] = {}
    for code, language in setup.languages.items():
        for name in (code, language.name, *setup.asked[code]):
            found.setdefault(folded(name), code)
    return found
