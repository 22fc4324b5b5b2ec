"""A real browser for tests: Debian's Chromium, a page that reaches one server only, and what axe-core says of it.

Nothing is downloaded. Where Chromium is not installed, tests marked `needs_chromium` are skipped and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Request, WebSocket, sync_playwright

from .server import ROOT, Server, free_port

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
"""What Chromium is called on one system and another."""

NOWHERE = "http://127.0.0.1:9"
"""A proxy that is none: what a page asks of it fails at once."""

GRAVE = ("serious", "critical")
"""The impacts, in axe-core's words, that shut somebody out."""


def found() -> str | None:
    """The path of Chromium; None where it is not installed. What `SMSLINE_CHROMIUM` names counts alone."""
    named = os.environ.get("SMSLINE_CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else PROGRAMS)), None)


def missing() -> str:
    """What browser tests lack here, and what to do; "" where they can run."""
    if found():
        return ""
    if named := os.environ.get("SMSLINE_CHROMIUM"):
        return f"SMSLINE_CHROMIUM names no program: {named}"
    return "Chromium is not installed: apt-get install chromium"


needs_chromium = pytest.mark.skipif(bool(missing()), reason=missing())


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window, until the block ends. No name is looked up; root has no sandbox."""
    names = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=found(), chromium_sandbox=os.geteuid() != 0, args=[names]
        ) as browser,
    ):
        yield browser


class Visit(NamedTuple):
    """A page, and the addresses that it asked for elsewhere than at its server; none of them was reached."""

    page: Page
    elsewhere: list[str]


@contextmanager
def visiting(browser: Browser, address: str, **settings: Any) -> Iterator[Visit]:
    """A page of its own, with no cookies, that reaches the server at `address` only: no other host, no other port.

    `page.goto("/path")` goes to that server. `settings` are those of Playwright's `new_context`, such as `viewport`.
    """
    host, elsewhere = urlsplit(address).netloc, []

    def note(asked: Request | WebSocket) -> None:
        parts = urlsplit(asked.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
            elsewhere.append(asked.url)

    # A proxy stops redirects, web sockets and what is fetched ahead too; routes of Playwright see none of these.
    proxy = {"server": NOWHERE, "bypass": f"<-loopback>,{host}"}
    with browser.new_context(base_url=address, proxy=proxy, service_workers="block", **settings) as context:
        context.on("request", note)
        context.on("page", lambda page: page.on("websocket", note))
        yield Visit(context.new_page(), elsewhere)


def serious(page: Page) -> list[str]:
    """What shuts somebody out of the page as it is now, by axe-core: a line for each element. Frames are left out."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}) at {_selector(node['target'])}: {one['help']}"
        for one in violations
        for node in one["nodes"]
        if one["impact"] in GRAVE
    ]


def _selector(target: list[str | list[str]]) -> str:
    """The way to an element; from the page into a shadow of it, it has several steps."""
    return " ".join(step if isinstance(step, str) else " >>> ".join(step) for step in target)


class Account(NamedTuple):
    """Somebody who may sign in to the staff pages."""

    name: str
    password: str
    role: str


EDITOR = Account("edith", "seven herons over the polder", "editor")
VIEWER = Account("victor", "a lantern on the long quay", "viewer")


class Staff(Server):
    """A running line in development, with staff pages, two accounts, and menus and locales that may be changed."""

    def __enter__(self) -> Staff:
        self.port = free_port()
        for name in ("menus", "locales"):
            shutil.copytree(ROOT / name, self.folder / name)
        self.settings = {
            "SMSLINE_ENV": "development",
            "SMSLINE_WORKERS": "2",
            "SMSLINE_STORE": f"sqlite:///{self.folder}/line.sqlite",
            "SMSLINE_MENUS": str(self.menus),
            "SMSLINE_LOCALES": str(self.locales),
            "SMSLINE_STAFF": str(self.folder / "staff"),
            "SMSLINE_PUBLIC_URL": self.address,
            **self.settings,
        }
        for account in (EDITOR, VIEWER):
            self.add(account)
        super().__enter__()
        return self

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def menus(self) -> Path:
        return self.folder / "menus"

    @property
    def locales(self) -> Path:
        return self.folder / "locales"

    def command(self, *words: str, typed: str = "") -> str:
        """What a command of smsline prints with the settings of this line. It has to end well."""
        done = subprocess.run(
            [sys.executable, "-c", "from smsline.cli import main; main()", *words],
            env={**os.environ, **self.settings},
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"smsline {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def add(self, account: Account) -> None:
        """Makes an account."""
        self.command("staff", "add", account.name, "--role", account.role, typed=f"{account.password}\n")

    def sign_in(self, page: Page, account: Account = EDITOR) -> None:
        """Signs in as a person would, and sees that it went well."""
        page.goto(f"{self.address}/staff/login")
        form = page.locator("form", has=page.locator("[name=password]"))
        form.locator("[name=name]").fill(account.name)
        form.locator("[name=password]").fill(account.password)
        with page.expect_navigation():
            submit(form)
        assert urlsplit(page.url).path != "/staff/login", f"{account.name} could not sign in"


def submit(form: Locator) -> None:
    """Presses the button of a form that sends it."""
    form.locator("button:not([type=button], [type=reset]), input[type=submit]").click()
