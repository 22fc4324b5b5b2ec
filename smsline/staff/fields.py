"""What a form shows of one node, phrase or list: each sentence with where it stands, and beside it a translation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from smsline.content import entries
from smsline.content.edits import Edit, Stood, as_message, cleaned, listed
from smsline.content.loading import Content
from smsline.content.menus import LIST, Message
from smsline.content.translations import file_of as po_of
from smsline.engine.model import Answer, Lookup, Menu
from smsline.staff.desk import Desk, file_of, mark
from smsline.staff.job import Words, message_key

GROUPS = ("phrase", "command", "service")
"""What the keys of the line's own sentences begin with."""

PROVENANCE = ("source", "checked", "memory")
"""Fields of a node that no caller reads."""

_OPTIONAL = {Menu: ("text",), Answer: ("closed",), Lookup: ("text", "none")}
"""Sentences that a node may have or not."""


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a form: where it stands, under which key translators have it, whether it is a list."""

    key: str
    file: str
    path: tuple[str, ...]
    is_list: bool = False

    @property
    def part(self) -> str:
        """What of its owner it is, such as answer or option."""
        return self.path[-2] if len(self.path) > 2 and self.path[-2] == "options" else self.path[-1]


@dataclass(slots=True)
class Field:
    """A value as it is shown: what stands in the file, what somebody typed, and the same of the translation.

    `mark` tells what stood in the file when the form was shown; `theirs` says that it is not that any more.
    """

    place: Place
    stood: Stood
    text: str
    mark: str
    theirs: str | None = None
    entry: entries.Entry | None = None
    words: str = ""
    words_mark: str = ""
    words_theirs: str | None = None
    still_right: bool = False

    @property
    def value(self) -> Stood:
        """What was typed, as it would stand in the file; what stood there where that says the same."""
        if self.place.is_list or isinstance(self.stood, tuple):
            typed: Stood = listed(self.text)
            if isinstance(self.stood, str) and typed == (self.stood,):
                return self.stood
            return typed or None if typed != self.stood else self.stood
        now = cleaned(self.text)
        if isinstance(self.stood, str) and cleaned(self.stood) == now:
            return self.stood
        return now or None

    @property
    def said(self) -> str:
        """The same as one sentence, or a list as translators have it."""
        return as_message(self.value)

    @property
    def words_now(self) -> str:
        """The translation that was typed."""
        typed = LIST.join(listed(self.words)) if self.place.is_list else cleaned(self.words)
        stood = self.entry.text if self.entry else ""
        same = listed(as_rows(stood)) == listed(self.words) if self.place.is_list else cleaned(stood) == typed
        return stood if same else typed

    @property
    def state(self) -> str:
        """How the translation stands in its file: complete, fuzzy or missing."""
        if self.entry is None or not self.entry.text:
            return "missing"
        message = as_message(self.stood)
        return "fuzzy" if not self.place.is_list and (self.entry.fuzzy or self.entry.source != message) else "complete"


def as_rows(text: str) -> str:
    """A list as translators have it, one entry a line."""
    return "\n".join(part.strip() for part in text.split(LIST.strip()) if part.strip())


def owners(content: Content) -> Iterator[str]:
    """Everything that has a form: nodes, and the line's own sentences and lists."""
    yield from content.line.nodes
    yield from dict.fromkeys(owner_of_key(key) for key in content.messages if key.partition(".")[0] not in
                             content.line.nodes)  # fmt: skip


def owner_of_key(key: str) -> str:
    """Whose form has a message."""
    group, _, rest = key.partition(".")
    return f"{group}.{rest.partition('.')[0]}" if group in GROUPS else group


def places_of(content: Content, owner: str) -> list[Place]:
    """The values of a form, in the order of the phone. Empty where there is no such owner."""
    node = content.line.nodes.get(owner)
    if node is None:
        messages = [one for key, one in content.messages.items() if owner_of_key(key) == owner]
        return [_place_of(message) for message in messages]
    file = file_of(content.menus.where[owner].file)
    printed = ("card",) if owner in content.menus.codes.given.values() else ()
    names = ["title", *printed, *(() if isinstance(node, Lookup | Menu) else ("answer",)), *_OPTIONAL[type(node)]]
    found = [Place(f"{owner}.{name}", file, (owner, name)) for name in names]
    found += [Place(option.label, file, (owner, "options", option.target)) for option in node.options
              if option.label.startswith(f"{owner}.option.")]  # fmt: skip
    found += [Place(f"{owner}.{name}", file, (owner, name), True) for name in ("keywords", "words")]
    return [*found, *(Place("", file, (owner, name), name == "source") for name in PROVENANCE)]


def _place_of(message: Message) -> Place:
    """Where a sentence of the line itself stands."""
    group, _, rest = message.key.partition(".")
    file = file_of(message.at.file)
    folders = {"phrase": ("phrases", rest), "command": ("commands", rest), "service": tuple(rest.split("."))}
    path = folders.get(group, (message.key,))
    if rest and message.key == message_key(Edit(file, (rest,), None, None)):
        path = (rest,)  # around-a-language
    return Place(message.key, file, path, message.is_list)


def shown(desk: Desk, places: list[Place], language: str, typed: Mapping[str, str]) -> list[Field]:
    """The values as they stand in the files now, with what was typed over them. `SmslineError` for a broken file."""
    entered = desk.entered(language) if language != desk.content.source else {}
    stand: dict[Place, Stood] = {}
    for file in dict.fromkeys(place.file for place in places):
        some = [place for place in places if place.file == file]
        stand.update(zip(some, desk.stands(file, *(place.path for place in some)), strict=True))
    return [_field(place, stand[place], entered.get(place.key, ""), typed) for place in places]


def _field(place: Place, stood: Stood, part: str, typed: Mapping[str, str]) -> Field:
    name, entry = ".".join(place.path), entries.read(part) if part else None
    rows = "\n".join(stood) if isinstance(stood, tuple) else stood or ""
    words = (as_rows(entry.text) if place.is_list else entry.text) if entry else ""
    field = Field(place, stood, typed.get(f"s:{name}", rows), mark(stood), None, entry, typed.get(f"t:{name}", words),
                  mark(entry.text if entry else ""), None, f"r:{name}" in typed)  # fmt: skip
    shown_then = typed.get(f"bs:{name}", field.mark)
    if shown_then != field.mark:
        if shown_then in marks_of(field.text, place.is_list):
            field.text = rows  # not touched: what another wrote stays
        else:
            field.theirs = rows
    then = typed.get(f"bt:{name}", field.words_mark)
    if place.key and then != field.words_mark:
        typed_words = LIST.join(listed(field.words)) if place.is_list else cleaned(field.words)
        if mark(typed_words) == then:
            field.words = words
        else:
            field.words_theirs = words
    return field


def marks_of(typed: str, is_list: bool) -> set[str]:
    """The marks of what may have stood in a file that reads like what was typed."""
    values: list[Stood] = [cleaned(typed) or None, typed.replace("\r\n", "\n")]
    values += [listed(typed), *listed(typed)[:1]] if is_list else []
    return {mark(value) for value in values}


def draft_of(content: Content, fields: list[Field], language: str) -> dict[str, dict[str, str]]:
    """What was typed, by language and key, as the line would say it."""
    sentences = [one for one in fields if one.place.key and not one.place.is_list]
    draft = {content.source: {one.place.key: one.said for one in sentences if one.said}}
    if language != content.source:
        draft[language] = {one.place.key: one.words_now or one.said for one in sentences if one.words_now or one.said}
    return draft


def edits_of(fields: list[Field]) -> tuple[Edit, ...]:
    """Every value of the source that was shown, changed or not."""
    return tuple(Edit(one.place.file, one.place.path, one.stood, one.value) for one in fields)


def words_of(desk: Desk, fields: list[Field], language: str, comment: str) -> tuple[Words, ...]:
    """Every translation that was shown; right is one that was changed, or of which somebody says so.

    `comment` is that of a native speaker; empty where it is none.
    """
    if language == desk.content.source:
        return ()
    file = file_of(po_of(desk.settings.locales, desk.content.known[language]))
    found = []
    for one in fields:
        if one.place.key and (one.entry or one.words_now):
            before = one.entry.text if one.entry else ""
            right = one.words_now != before or one.still_right
            found.append(Words(file, one.place.key, before, one.words_now, right, one.said, comment if right else ""))
    return tuple(found)
