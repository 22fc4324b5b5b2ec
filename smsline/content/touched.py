"""What may read differently in new content: which screens, which sentences, whose helpers. All else was checked before.

Compared is what a screen is drawn from, filled and in its language, so that a changed fact or number shows wherever it
is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from smsline.content.loading import Content
from smsline.content.words import FIRST_WORD, LABELS
from smsline.engine.line import Line

Known = tuple[str, str]
"""A language as screens have it, and the owner of a screen: a node, a phrase (`phrase.stop`) or an organisation."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What differs. `every` says that nothing is as it was: what all screens are drawn from has changed."""

    every: bool
    whole: frozenset[str] = frozenset()
    """Languages whose screens may all differ: a sentence of the line itself, or its name, has changed."""
    screens: frozenset[Known] = frozenset()
    organisations: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    """Services whose helpers may be others."""
    words: bool = True
    """Whether what callers text means something else."""

    def draws(self, language: str, owner: str) -> bool:
        """Whether the screens of an owner have to be drawn again."""
        return self.every or language in self.whole or (language, owner) in self.screens or owner in self.organisations


ALL = Touched(every=True)
"""Nothing is known of what was there before."""


def touched(before: Content, after: Content) -> Touched:
    """What differs between two contents."""
    if _frame(before) != _frame(after):
        return ALL
    old, new = before.line, after.line
    organisations = frozenset(_differing(before, after))
    both = chain(old.directory.organisations.values(), new.directory.organisations.values())
    offered = {service for one in both if one.name in organisations for service in one.services}
    instead = {name for name, service in new.directory.services.items() if offered & {*service.instead}}
    services = frozenset(offered | instead)
    changed = frozenset(name for name in {*old.nodes, *new.nodes} if _node_differs(old, new, name, services))
    whole, screens = set(), set()
    for language in new.languages:
        keys = _keys(old, new, language)
        if any(key.startswith(("phrase.", "service.")) for key in keys):
            whole.add(language)
        owners = {key.partition(".")[0] for key in keys} | changed
        owners |= {name for name, node in new.nodes.items() if any(one.label in keys for one in node.options)}
        screens |= {(language, owner) for owner in owners}
    return Touched(False, frozenset(whole), frozenset(screens), organisations, services, _lists(before, after))


def _frame(content: Content) -> tuple[object, ...]:
    """What every screen depends on."""
    line = content.line
    return (line.channels, line.languages, line.emergency, line.unsure, line.directory.services, line.directory.years,
            content.areas.by_name, line.gazetteer.by_key, content.tone, content.price)  # fmt: skip


def _differing(before: Content, after: Content) -> Iterable[str]:
    old, new = before.line.directory.organisations, after.line.directory.organisations
    return (name for name in {*old, *new} if old.get(name) != new.get(name))


def _node_differs(old: Line, new: Line, name: str, services: frozenset[str]) -> bool:
    return old.nodes.get(name) != new.nodes.get(name) or getattr(new.nodes.get(name), "help", None) in services


def _keys(old: Line, new: Line, language: str) -> set[str]:
    """The keys of the sentences that read differently in a language."""
    was, now = old.catalog.texts.get(language, {}), new.catalog.texts[language]
    return {key for key in {*was, *now} if was.get(key) != now.get(key)}


def _lists(before: Content, after: Content) -> bool:
    """Whether a list of words, a title, a code or the name of a node differs, in any language."""
    return _said(before) != _said(after)


def _said(content: Content) -> tuple[object, ...]:
    kept = {key: message.text for key, message in content.messages.items()
            if message.is_list or key.endswith(LABELS) or key == FIRST_WORD}  # fmt: skip
    others = {code: {key: one.text for key, one in translated.items() if key in kept}
              for code, translated in content.translated.items()}  # fmt: skip
    return (
        kept,
        others,
        content.menus.codes,
        {name: (node.urgent, node.safety) for name, node in content.line.nodes.items()},
    )
