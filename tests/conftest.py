"""What all tests share: the real line, and a tiny one of our own for the engine."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from smsline.content.loading import Content, load, read_content
from smsline.engine.conversation import converse
from smsline.engine.line import Line
from smsline.engine.model import HOME, Incoming, Session, Turn
from smsline.stores import open_store
from smsline.words import speak

from .browser import EDITOR, VIEWER, Staff, Visit, visiting
from .browser import chromium as started
from .redis_server import PROGRAM, Redis
from .server import ROOT, Server, cm_server
from .visitor import Visitor

TINY = Path(__file__).parent / "line"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=HOME)  # a Tuesday


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the < lines of the conversations")


@pytest.fixture(autouse=True)
def in_english():
    """Pages speak English again after a test that has them speak something else."""
    yield
    speak({})


@pytest.fixture(scope="session")
def line() -> Line:
    """The real line."""
    return load(ROOT / "menus", ROOT / "locales")


@pytest.fixture(scope="session")
def content() -> Content:
    """The content of the real line, without what understands texts: for whoever counts and draws."""
    found, _ = read_content(ROOT / "menus", ROOT / "locales", understands=False)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def whole() -> Content:
    """The same with what understands texts: for whoever plays what callers text."""
    found, _ = read_content(ROOT / "menus", ROOT / "locales")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def tiny() -> Line:
    """A line of a few nodes, in English and Dutch."""
    return load(TINY / "menus", TINY / "locales")


class Phone:
    """A caller: texts one after the other, and what came back."""

    rule = staticmethod(converse)
    """The step that answers a text."""

    def __init__(self, line: Line, channel: str = "sms", time: datetime = NOON, language: str | None = None) -> None:
        self.line, self.channel, self.time = line, channel, time
        self.session: Session | None = None
        self.turns: list[Turn] = []
        self.count = 0
        if language:
            self.text(language)

    def text(self, text: str, begins: bool = False, known: bytes | None = None, unreadable: bool = False) -> str:
        self.count += 1
        known = known or self.count.to_bytes(16, "big")
        channel = self.line.channels[self.channel]
        turn = self.rule(self.line, self.session, Incoming(text, channel, known, self.time, begins, unreadable))
        self.session = turn.session
        self.turns.append(turn)
        return turn.reply.text

    @property
    def node(self) -> str:
        assert self.session is not None
        return self.session.state.here.node


@pytest.fixture
def phone():
    return Phone


@pytest.fixture(params=["memory:", "sqlite"])
def store(request, tmp_path):
    return open_store(request.param if request.param == "memory:" else f"sqlite:///{tmp_path}/line.sqlite")


@pytest.fixture(scope="session")
def redis_running(tmp_path_factory):
    """A Redis, started once for all tests."""
    if PROGRAM is None:
        pytest.skip("redis-server is not on this machine")
    with Redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def redis(redis_running) -> Redis:
    """The same, with nothing in it."""
    redis_running.client.flushall()
    return redis_running


@pytest.fixture(scope="module")
def provider():
    """A CM.com of our own."""
    with cm_server() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory, provider):
    """A line that runs, with all gateways, and answers CM.com at `provider`."""
    with Server(tmp_path_factory.mktemp("line"), {"SMSLINE_CM_URL": provider.url}) as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    """Chromium, started once for all tests."""
    with started() as browser:
        yield browser


@pytest.fixture
def visit(chromium):
    """Opens pages, each with cookies of its own: `page, elsewhere = visit(address, viewport=...)`."""
    with ExitStack() as pages:

        def opened(address: str, **settings: object) -> Visit:
            return pages.enter_context(visiting(chromium, address, **settings))

        yield opened


@pytest.fixture(scope="module")
def staff(tmp_path_factory):
    """A line that runs, with staff pages, accounts, and content of its own that a test may change."""
    with Staff(tmp_path_factory.mktemp("staff")) as running:
        yield running


@pytest.fixture
def nobody(staff) -> Visitor:
    """Somebody at the staff pages who has not signed in."""
    return Visitor(staff.address)


@pytest.fixture(scope="module")
def editor(staff) -> Visitor:
    """An editor, signed in."""
    visitor = Visitor(staff.address)
    assert visitor.sign_in(EDITOR.name, EDITOR.password).status == 200
    return visitor


@pytest.fixture(scope="module")
def viewer(staff) -> Visitor:
    """A viewer, signed in."""
    visitor = Visitor(staff.address)
    assert visitor.sign_in(VIEWER.name, VIEWER.password).status == 200
    return visitor
