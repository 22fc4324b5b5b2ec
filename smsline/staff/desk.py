"""What the pages look at: the line as it runs, its content, and what is known of it, worked out once for each state."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from flask import current_app

from smsline.content.check import due, translations_due
from smsline.content.clashes import clashes
from smsline.content.coverage import Coverage
from smsline.content.edits import LOCALES, MENUS, Stood, path_of, stood
from smsline.content.entries import entries
from smsline.content.loading import Content
from smsline.content.reader import Problems, read
from smsline.content.translations import path_of as po_of
from smsline.engine.model import HOME
from smsline.errors import Problem, SmslineError
from smsline.kept import Kept
from smsline.service import Service
from smsline.settings import Settings
from smsline.staff.accounts import Account, read_accounts
from smsline.staff.history import History
from smsline.staff.jobs import Jobs
from smsline.staff.signin import Delays
from smsline.stores import StoreError
from smsline.words import Known, read_words

log = logging.getLogger("smsline")

_owner = re.compile(r"(?:(phrase|command|service)\.)?([\w-]+)[\w.-]*(?: in [\w-]+)?:")


@dataclass
class Desk:
    """What all pages share in a worker."""

    service: Service
    settings: Settings
    given: Kept | None = None
    words: Known = field(default_factory=dict)
    covered: tuple[object, Coverage] | None = None
    """The coverage, and the state that it was worked out from."""
    _accounts: tuple[object, dict[str, Account]] = (None, {})
    _notes: tuple[object, dict[str, list[Problem]]] = (None, {})

    def __post_init__(self) -> None:
        self.words = read_words(self.settings.locales)

    @cached_property
    def kept(self) -> Kept:
        """Where what is beside the store stands."""
        return self.given or Kept.of(self.settings)

    @property
    def content(self) -> Content:
        """The content that the line answers from."""
        assert self.service.content is not None
        return self.service.content

    @property
    def history(self) -> History:
        """What staff changed so far."""
        return History(self.kept.beside("history"))

    @property
    def jobs(self) -> Jobs:
        """The changes under way."""
        return Jobs(self.kept)

    @property
    def delays(self) -> Delays:
        """Who has to wait after wrong passwords."""
        return Delays(self.kept.beside("delays"), self.settings.secret)

    def accounts(self) -> dict[str, Account]:
        """Who may come in; a line that is no account is named in the log, once for each state of the file."""
        path = self.settings.staff
        try:
            stat = path.stat()
            state = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except OSError:
            return {}
        if self._accounts[0] != state:
            wrong: list[str] = []
            try:
                known = read_accounts(path, wrong)
            except SmslineError as error:
                known, wrong = {}, [str(error)]
            for row in wrong:
                log.error("staff-accounts %s", row)
            self._accounts = (state, known)
        return self._accounts[1]

    def is_live(self) -> bool:
        """Whether the line answers from what stands in the files."""
        return self.service.loaded == self.kept.state()

    def answers_from(self, state: str) -> bool:
        """Whether every worker answers from this state of the files, or from what stands there now."""
        states = {state, self.kept.state()}
        return self.service.loaded in states and self.kept.all_have(states)

    def verdict(self) -> str:
        """Why the line does not answer from what stands in the files; empty where that is not known (yet)."""
        return self.kept.verdict() or ""

    def notes(self) -> dict[str, list[Problem]]:
        """What is wrong or due, by what it is about: a node, `phrase.ask`, a fact, an organisation."""
        state = (self.service.loaded, id(self.content), today())
        if self._notes[0] != state:
            found: dict[str, list[Problem]] = defaultdict(list)
            content, locales = self.content, self.settings.locales
            for one in (*due(content, today()), *translations_due(content, locales), *clashes(content, locales)):
                found[owner_of(one)].append(one)
            self._notes = (state, found)
        return self._notes[1]

    def wrong(self) -> dict[str, int]:
        """How often callers said this month that a number is wrong, by organisation."""
        month = f"{datetime.now(HOME):%Y-%m}"
        try:
            return {row.organisation: row.times for row in self.service.store.wrong() if row.month == month}
        except StoreError:
            return {}

    def is_invented(self) -> bool:
        """Whether the store holds an invented year."""
        try:
            return self.service.store.is_invented()
        except StoreError:
            return False

    # --- what stands in the files now ---------------------------------------------------------------------------

    def stands(self, file: str, *paths: tuple[str, ...]) -> list[Stood]:
        """What stands in a file at some places now, which may be newer than what the line answers from."""
        problems = Problems()
        tree = read(self.path(file), self.settings.menus, problems)
        if tree is None:
            raise SmslineError(f"{problems.found[0]} Mend this first.")
        return [stood(tree, path) for path in paths]

    def entered(self, language: str) -> dict[str, str]:
        """The entries of a language by key, as they stand in its file now."""
        try:
            text = po_of(self.settings.locales, self.content.known[language]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return {}
        return entries(text)

    def path(self, file: str) -> Path:
        """Where a file of the content is."""
        return path_of(self.settings.menus, self.settings.locales, file)


def desk() -> Desk:
    """The desk of the app that answers this request."""
    found: Desk = current_app.extensions["staff"]
    return found


def today() -> date:
    """The day in the Netherlands."""
    return datetime.now(HOME).date()


def owner_of(problem: Problem) -> str:
    """What a problem is about."""
    found = _owner.match(problem.text)
    if found is None:
        return ""
    return f"{found.group(1)}.{found.group(2)}" if found.group(1) else found.group(2)


def file_of(name: str) -> str:
    """A file of the content as changes name it, whatever the folder is called."""
    folder, _, rest = name.partition("/")
    return f"{LOCALES if rest.endswith(('.po', '.pot')) else MENUS}/{rest}" if folder else name


def mark(value: Stood) -> str:
    """What tells one value from another in a form."""
    return sha256(repr(value).encode()).hexdigest()[:16]
