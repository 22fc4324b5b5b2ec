"""What callers will read differently: every screen before and after, and which translations turn fuzzy.

Before is a revision of git; after is what stands in the folders now.
"""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from smsline.content import translations
from smsline.content.check import everywhere
from smsline.content.loading import Content
from smsline.content.screens import screens
from smsline.engine.line import Line
from smsline.engine.lists import MOST_HELPERS
from smsline.engine.model import HOME, Answer, Lookup, Place
from smsline.engine.segments import measure
from smsline.errors import SmslineError

Key = tuple[str, str, str, str]
"""Owner (a node, a phrase, an organisation), what of it, language, channel."""


@dataclass(frozen=True, slots=True)
class Change:
    """All pages of one stop, before and after; none where it is new or gone."""

    name: str
    what: str
    language: str
    channel: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def earlier(menus: Path, locales: Path, revision: str, into: Path) -> tuple[Path, Path]:
    """The two folders as they were at a revision, below `into`. `SmslineError` where git does not know it."""
    top = Path(_git(menus, "rev-parse", "--show-toplevel").decode().strip())
    try:
        inside = [folder.resolve().relative_to(top) for folder in (menus, locales)]
    except ValueError:
        raise SmslineError(f"{locales} and {menus} are not in one folder of git: no earlier state.") from None
    found = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    packed = _git(top, "archive", "--format=zip", found, "--", *(folder.as_posix() for folder in inside))
    with zipfile.ZipFile(io.BytesIO(packed)) as files:  # takes ".." and links away itself, on every Python 3.11
        files.extractall(into)
    return into / inside[0], into / inside[1]


def _git(folder: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603
    except FileNotFoundError as error:
        raise SmslineError("git is not here, so there is no earlier state to compare with.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().split("\n")[0] or "git does not know that revision"
        raise SmslineError(f"There is no earlier state to compare with: {said}.") from error


def changes(before: Content, after: Content, today: date) -> Iterator[Change]:
    """Every stop whose screens differ, in the order of the content."""
    old, new = _pages(before, today), _pages(after, today)
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key, ()), new.get(key, ())
        if was != now:
            yield Change(*key, was, now)


def _pages(content: Content, today: date) -> dict[Key, tuple[str, ...]]:
    """The pages of every stop; and the line's own sentences, which stand above other screens or are spoken."""
    found: dict[Key, tuple[str, ...]] = {}
    for language, texts in content.line.catalog.texts.items():
        for name, text in texts.items():
            if name.startswith("phrase."):
                found[name, "sentence", language, "any"] = (text.text,)
    for screen in screens(content, today):
        key = (screen.name, screen.what, screen.language, screen.channel)
        found[key] = (*found.get(key, ()), screen.text)
    return found


def shown(change: Change, price: float, currency: str) -> Iterator[str]:
    """A change as lines: what of it, then each page before (-) and after (+) with its size and price."""
    yield f"{change.name} ({change.what}) {change.language} {change.channel}"
    for mark, pages in (("-", change.before), ("+", change.after)):
        for page in pages:
            if page in change.before and page in change.after:
                continue
            yield from (f"{mark} {row}" for row in page.split("\n"))
            size = measure(page)
            cost = f", {currency} {size.segments * price:.2f}" if change.channel == "sms" and price else ""
            yield f"  ({size.encoding}, {size.units} units, {size.segments} segment{'s' * (size.segments != 1)}{cost})"


def helped(before: Content, after: Content, today: date) -> Iterator[str]:
    """Who helps where: for each kind of help, where the list changed, with the first such place before and after."""
    noon = datetime.combine(today, time(12), HOME)
    kinds = {(node.help, node.authorities) for one in (before, after) for node in one.line.nodes.values()
             if isinstance(node, Answer | Lookup) and node.help}  # fmt: skip
    for service, authorities in sorted(kinds):
        changed = []
        for place in everywhere(after.line):
            was, now = (_names(one, service, authorities, place, noon) for one in (before, after))
            if was != now:
                changed.append((place.name, was, now))
        if changed:
            name, was, now = changed[0]
            yield (f"{service}: other helpers in {len(changed)} municipalities and provinces, such as {name}: "
                   f"{', '.join(was) or 'nobody'} -> {', '.join(now) or 'nobody'}")  # fmt: skip


def _names(content: Content, service: str, authorities: bool, place: Place, moment: datetime) -> list[str]:
    """Who is listed, and whether somebody serves the place: both are said to callers."""
    if service not in content.line.directory.services:
        return []
    found = content.line.directory.shortlist(service, place, moment, content.source, MOST_HELPERS, authorities)
    listed = [helper.organisation.name for helper in found.helpers]
    return listed if found.exact or not listed else [f"(nobody there) {listed[0]}", *listed[1:]]


def arranged(before: Line, after: Line) -> Iterator[str]:
    """What line.yaml says of the line as a whole."""
    for name in ("emergency", "leaving", "default"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield f"line.yaml: {name}: {was} -> {now}"


def unserved(before: Content, after: Content) -> Iterator[tuple[str, str, int]]:
    """Translations that were served before and are not now: language, key, line of its file."""
    for code, translated in after.translated.items():
        for key, message in after.messages.items():
            known, old = translated.get(key), before.messages.get(key)
            was = old is not None and translations.valid(old, before.translated.get(code, {}).get(key))
            if was and not message.is_list and not translations.valid(message, known):
                yield code, key, known.line if known else 0
