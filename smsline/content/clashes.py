"""Words that mean one thing in one language and another in a second, found before a caller texts one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smsline.content import translations
from smsline.content.loading import Content
from smsline.content.menus import LIST
from smsline.engine.clashes import meanings
from smsline.engine.fold import key as folded
from smsline.engine.understanding import Meaning, understand
from smsline.errors import Problem


def clashes(content: Content, locales: Path) -> Iterator[Problem]:
    """Each such word that stands alone in a list, and what the line does with it: reminders, since it does something.

    A word of a list, a keyword, a command or the name of a language may also be a place.
    """
    line, seen = content.line, set[str]()
    for code, key, at, word in _alone(content, locales):
        one = folded(word)
        meant = meanings(line.vocabulary, one) if not key.startswith("command.") else {}
        places = line.gazetteer.names.get(one, ()) if one not in line.gazetteer.never else ()
        if one in seen or not (meant or places):
            continue
        seen.add(one)
        also = [f"{node} in {' and '.join(languages)}" for node, languages in meant.items()]
        also += [f"{code}: {key.removesuffix('.words').removesuffix('.keywords')}"] if not meant else []
        also += [f"a place: {places[0].name}, {places[0].municipality}"] if places else []
        what = f"{word} means {', '.join(also)}. The line {_done(understand(line, word))}."
        yield Problem(*at, what, reminder=True)


def _alone(content: Content, locales: Path) -> Iterator[tuple[str, str, tuple[str, int], str]]:
    """(language, key, file and line, word) of each word that is a whole entry of a list that means something."""
    for key, message in content.messages.items():
        if not message.is_list or not (key.endswith((".words", ".keywords")) or key.startswith("command.")):
            continue
        texts = [(content.source, (message.at.file, message.at.line), message.text)]
        for code, by_key in content.translated.items():
            known = by_key.get(key)
            if known is not None:
                file = translations.file_of(locales, content.known[code])
                texts.append((code, (file, known.line), known.text))
        for code, at, text in texts:
            for entry in text.split(LIST.strip()):
                if entry.strip() and " " not in entry.strip():
                    yield code, key, at, entry.strip()


def _done(meaning: Meaning) -> str:
    match meaning.kind:
        case "suggest":
            return f"asks which one, of {', '.join(meaning.suggestions)}"
        case "node":
            return f"answers with {meaning.node}"
        case "place" if meaning.place:
            return f"takes it as the place {meaning.place.name}"
        case "abroad":
            return "takes it as a place abroad"
        case "command" | "language":
            return f"takes it as the {meaning.kind} {meaning.command or meaning.language}"
    return "does not understand it"
