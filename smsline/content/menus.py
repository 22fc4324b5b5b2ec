"""Menus, answers and look-ups: from files to nodes, and to the messages that translators get.

A message is known by its key: `pep.answer`, `health.option.pep`, `pep.words`. The engine's own phrases,
the commands' words and the services' labels are messages too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from smsline.content.codes import Codes
from smsline.content.reader import Problems, Value, date_of, flag_of, meant, only, text_of, texts_of
from smsline.engine.model import ACTIONS, START, Answer, Lookup, Menu, Node, Option

LIST = "; "
"""Between the entries of a message that is a list (keywords, words)."""

MOST_OPTIONS = 8

CARRIERS = ("HELP", "INFO", "YES", "END", "QUIT", "CANCEL", "STOP", "START")
"""Words that carriers and Twilio answer themselves (twilio.com, "Advanced Opt-Out"): never ours in a menu."""

_COMMON = (
    "title",
    "code",
    "card",
    "urgent",
    "safety",
    "authorities",
    "keywords",
    "words",
    "source",
    "checked",
    "memory",
)
_MENU = (*_COMMON, "text", "options")
_ANSWER = (*_COMMON, "answer", "closed", "help", "next")
_LOOKUP = (*_COMMON, "text", "nearest", "none", "next")


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence or list of the source, where it stands, and whether it is a list."""

    key: str
    text: str
    at: Value
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an answer comes from, when somebody last compared it, and what no source confirms yet."""

    at: Value
    sources: tuple[str, ...]
    checked: date | None
    memory: str


@dataclass(slots=True)
class Menus:
    """Everything of the menu files."""

    nodes: dict[str, Node] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    where: dict[str, Value] = field(default_factory=dict)
    codes: Codes = field(default_factory=Codes)

    def say(self, key: str, value: Value | None, problems: Problems, is_list: bool = False) -> bool:
        """Keep a message, if there is one."""
        if value is None:
            return False
        if is_list:
            text = LIST.join(item.text or "" for item in texts_of(value, problems, key))
        else:
            text = text_of(value, problems, key)
        if text:
            self.messages[key] = Message(key, text, value, is_list)
        return bool(text)


def read_nodes(files: Iterable[Value], services: Iterable[str], problems: Problems) -> Menus:
    """The nodes of all subject files, checked against each other."""
    menus = Menus()
    known_services = tuple(services)
    for file in files:
        for name, value in file.named():
            if name in menus.where:
                first = menus.where[name]
                problems.add(value, f"{name} is also in {first.file}:{first.line}. Rename or remove one.")
            elif value.pairs is None:
                problems.add(value, f"{name} should have fields below it, such as title.")
            else:
                menus.where[name] = value
    for name, value in menus.where.items():
        menus.nodes[name] = _node(menus, name, value, known_services, problems)
    if START not in menus.nodes:
        problems.add(Value("menus/start.yaml", 0), "start is missing: it is the first screen.")
    _parents(menus)
    return menus


def _node(menus: Menus, name: str, value: Value, services: tuple[str, ...], problems: Problems) -> Node:
    _common(menus, name, value, problems)
    flags = {
        flag: bool(flag_of(value.get(flag), problems, f"{name}: {flag}"))
        for flag in ("urgent", "safety", "authorities")
    }
    if "options" in value:
        only(value, _MENU, problems, name)
        menus.say(f"{name}.text", value.get("text"), problems)
        return Menu(name, _options(menus, name, value, problems), **flags)
    if "nearest" in value:
        only(value, _LOOKUP, problems, name)
        menus.say(f"{name}.text", value.get("text"), problems)
        menus.say(f"{name}.none", value.get("none"), problems)
        service = _service(name, value.get("nearest"), services, problems)
        return Lookup(name, service or "", _next(menus, name, value, problems), **flags)
    only(value, _ANSWER, problems, name)
    if not menus.say(f"{name}.answer", value.get("answer"), problems):
        problems.add(value, f"{name} has no answer:, no options: and no nearest:. It needs one of them.")
    menus.say(f"{name}.closed", value.get("closed"), problems)
    service = _service(name, value.get("help"), services, problems)
    return Answer(name, _next(menus, name, value, problems), service, **flags)


def _common(menus: Menus, name: str, value: Value, problems: Problems) -> None:
    if not name.replace("-", "").isalnum() or name != name.lower() or not name.isascii():
        problems.add(value, f"{name}: a name has small letters, figures and hyphens only.")
    if not menus.say(f"{name}.title", value.get("title"), problems):
        problems.add(value, f"{name} has no title. It is what callers see where it is an option.")
    menus.say(f"{name}.card", value.get("card"), problems)
    menus.say(f"{name}.keywords", value.get("keywords"), problems, is_list=True)
    menus.say(f"{name}.words", value.get("words"), problems, is_list=True)
    for word in texts_of(value.get("keywords"), problems, f"{name}: keywords"):
        if (word.text or "").upper() in CARRIERS:
            problems.add(word, f"{name}: carriers answer {word.text} themselves. Choose another keyword.")
    sources = tuple(item.text or "" for item in texts_of(value.get("source"), problems, f"{name}: source"))
    checked = date_of(value.get("checked"), problems, f"{name}: checked")
    memory = text_of(value.get("memory"), problems, f"{name}: memory")
    menus.provenance[name] = Provenance(value, sources, checked, memory)


def _service(name: str, value: Value | None, services: tuple[str, ...], problems: Problems) -> str | None:
    service = text_of(value, problems, name)
    if value is not None and service not in services:
        problems.add(value, f"{name}: {service} is no service of services.yaml." + meant(service, services))
        return None
    return service or None


def _options(menus: Menus, name: str, value: Value, problems: Problems) -> tuple[Option, ...]:
    listed = value.get("options")
    if listed is None or listed.items is None:
        problems.add(value, f"{name}: options should be a list, one line each with a hyphen.")
        return ()
    if len(listed.items) > MOST_OPTIONS:
        extra = listed.items[MOST_OPTIONS]
        count = len(listed.items)
        problems.add(extra, f"{name} has {count} options, at most {MOST_OPTIONS}: 9 is more and 0 is back.")
    options = []
    for number, item in enumerate(listed.items, 1):
        label, target = "", item
        if item.pairs is not None and len(item.pairs) == 1:
            label, target = next(iter(item.pairs.items()))
        if target.text is None:
            problems.add(item, f'{name}: option {number} should be a name, or "text: name".')
        elif _known(menus, name, f"option {number}", target, problems):
            options.append(_option(menus, name, label, target))
    return tuple(options)


def _option(menus: Menus, name: str, label: str, target: Value) -> Option:
    goes = target.text or ""
    key = f"{name}.option.{goes}"
    if label:
        menus.messages[key] = Message(key, label, target)
        return Option(goes, key)
    return Option(goes, f"phrase.{goes}-title" if goes in ACTIONS else f"{goes}.title")


def _next(menus: Menus, name: str, value: Value, problems: Problems) -> tuple[Option, ...]:
    targets = texts_of(value.get("next"), problems, f"{name}: next")
    if len(targets) > MOST_OPTIONS - 1:
        problems.add(targets[MOST_OPTIONS - 1], f"{name}: at most {MOST_OPTIONS - 1} under next.")
    known = [target for target in targets if _known(menus, name, "next", target, problems)]
    return tuple(_option(menus, name, "", target) for target in known)


def _known(menus: Menus, name: str, what: str, target: Value, problems: Problems) -> bool:
    if target.text in menus.where or target.text in ACTIONS:
        return True
    near = meant(target.text or "", menus.where)
    problems.add(target, f'{name}: {what} goes to "{target.text}", which is not here.' + near)
    return False


def _parents(menus: Menus) -> None:
    """The menu that leads to each node, nearest to the first screen."""
    waiting = [START]
    while waiting:
        name = waiting.pop(0)
        node = menus.nodes.get(name)
        for option in node.options if node else ():
            if option.target in menus.nodes and option.target not in menus.parents and option.target != START:
                menus.parents[option.target] = name
                waiting.append(option.target)
