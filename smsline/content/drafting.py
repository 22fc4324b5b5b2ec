"""The line as it would be with sentences that nobody has saved yet: what its screens look like, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from smsline.content import fitting
from smsline.content.check import sentences, spoken
from smsline.content.loading import CHANGED, SPOKEN, Content, blanks_filled, codes_for
from smsline.content.menus import Message
from smsline.content.reader import Problems
from smsline.content.screens import drawn_of, farthest, state_of
from smsline.content.touched import Touched
from smsline.content.translations import Translation, faults
from smsline.engine.catalog import Rewritten, Text
from smsline.engine.contacts import contact
from smsline.engine.model import HOME, START, Channel, Organisation
from smsline.engine.pages import fits
from smsline.engine.screen import draw_contact
from smsline.engine.segments import Size, costly_letter, measure
from smsline.errors import Problem

Draft = Mapping[str, Mapping[str, str]]
"""By language, the sentences that somebody is writing, by key, as they stand in files."""

NOON = time(12)

MOST_LETTERS = 4000
"""Letters of a sentence that are drawn while somebody types: the longest answer of ours has a quarter of that."""


@dataclass(frozen=True, slots=True)
class Page:
    """One screen of a draft: of which view, on which channel, how long, and whether a phone can take it."""

    language: str
    channel: str
    what: str
    text: str
    size: Size
    fits: bool
    costly: str = ""
    """The letter that makes it cost more, where its language has others."""


def drafted(content: Content, draft: Draft) -> Content:
    """The content with the sentences of a draft in the place of those that it serves."""
    line = content.line
    texts = dict(line.catalog.texts)
    for code, said_now in draft.items():
        if code in texts:
            texts[code] = {**texts[code], **{key: _filled(content, code, key, text) for key, text in said_now.items()}}
            for form, one in line.languages.items():
                if one.of == code:
                    texts[form] = Rewritten(texts[code], line.catalog.written[form], frozenset({SPOKEN}))
    catalog = replace(line.catalog, texts=texts)
    said = draft.get(content.source, {})
    messages = {key: replace(one, text=said.get(key, one.text)) for key, one in content.messages.items()}
    for key, text in said.items():
        if key not in messages:  # a sentence that the node had not so far
            messages[key] = Message(key, text, content.menus.where[key.partition(".")[0]])
    translated = {**content.translated}
    for code in draft.keys() & translated.keys():
        new = {key: Translation(messages[key].text, text, fuzzy=False) for key, text in draft[code].items()
               if key in messages}  # fmt: skip
        translated[code] = {**translated[code], **new}
    line = replace(line, catalog=catalog)
    return replace(content, line=line, messages=messages, translated=translated)


def _filled(content: Content, code: str, key: str, text: str) -> Text:
    catalog = content.line.catalog
    codes = codes_for(code, [one.code for one in content.line.languages.values() if not one.of])
    filled = content.filler.fill(text, catalog.locales[code], catalog.texts[code][CHANGED].text, {"codes": codes})
    write = catalog.written[code]
    return Text(write(filled.text), tuple((day, write(late)) for day, late in filled.later))


def pages_of(content: Content, name: str, language: str, today: date) -> Iterator[Page]:
    """Every screen of a node in a language, on every channel, each text once a channel."""
    plain = fitting.is_plain(content.line, language)
    for channel_name, channel in content.line.channels.items():
        seen = set()
        for view, pages in drawn_of(content.line, name, language, channel, today):
            for text in pages:
                if text not in seen:
                    seen.add(text)
                    yield _page(language, channel_name, channel, view, text, plain)


def sentence_pages(content: Content, keys: Iterable[str], language: str) -> Iterator[Page]:
    """Sentences of the line itself, each as if it were a screen: most stand above or below others."""
    plain = fitting.is_plain(content.line, language)
    for name, channel in content.line.channels.items():
        for key in keys:
            text = content.line.catalog(language, key)
            if text:
                yield _page(language, name, channel, key, text, plain)


def contact_pages(content: Content, one: Organisation, language: str, today: date) -> Iterator[Page]:
    """How an organisation stands on every channel: to somebody far away, by day."""
    line, noon = content.line, datetime.combine(today, NOON, HOME)
    place, plain = next(iter(line.gazetteer.by_key.values())), fitting.is_plain(line, language)
    for name, channel in line.channels.items() if one.services else ():
        state = state_of(START, "near", language, noon)
        text = contact(line, state, farthest(one), one.services[0], place, noon)
        for page in draw_contact(line, state, channel, text):
            yield _page(language, name, channel, "contact", page, plain)


def _page(language: str, name: str, channel: Channel, what: str, text: str, plain: bool) -> Page:
    costly = costly_letter(text) if channel.parts and plain else None
    return Page(language, name, what, text, measure(text), fits(channel, text), costly or "")


def is_too_long(draft: Draft) -> list[str]:
    """The sentences that nobody can mean."""
    found = [f"{key}: {len(text)} letters, at most {MOST_LETTERS}." for one in draft.values()
             for key, text in one.items() if len(text) > MOST_LETTERS]  # fmt: skip
    return list(dict.fromkeys(found))


def wrong_with(content: Content, locales: Path, draft: Draft, name: str, today: date) -> list[str]:
    """What `check` would say of a draft of one node (or phrase), in the same words without file and line."""
    if long := is_too_long(draft):
        return long
    after = drafted(content, draft)
    own = {key: one for key, one in after.messages.items() if key == name or key.startswith(f"{name}.")}
    after = replace(after, messages=own)
    found = Problems()
    blanks_filled(own, content.filler, None, found)
    for code, sentences_of in draft.items():
        for key in own.keys() & sentences_of.keys() if code != content.source else ():
            found.found += [Problem("", 0, f"{key}: {what}") for what in faults(own[key], after.translated[code][key])]
    if not found.found:
        languages = {form for form, one in after.line.languages.items() if {form, one.of} & {*draft}}
        new = Touched(False, screens=frozenset((language, name.partition(".")[0]) for language in languages))
        found.found += [*sentences(after, locales), *spoken(after, locales, new)]
        if name in content.line.nodes:
            found.found += fitting.faults(after, locales, today, languages, new)
    return list(dict.fromkeys(f"{one.text}{' (reminder)' * one.reminder}" for one in found.found))
