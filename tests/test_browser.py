"""What browser tests stand on: axe-core finds what shuts people out, and a page reaches one server only."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

import pytest

from .browser import needs_chromium, serious
from .server import listening

pytestmark = needs_chromium

PAGE = '<!DOCTYPE html><html lang="en"><head><title>A page</title></head><body><main><h1>A page</h1>{}</main></body>'

STRICT = "default-src 'none'; script-src 'self'; frame-ancestors 'none'"
"""As the line's own pages: neither a test nor axe-core may need it laxer."""


class Pages(BaseHTTPRequestHandler):
    """Says `body` under each path but `/away`, which leads to `away`; `asked` are the paths it was asked for."""

    body = away = ""
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", self.away)
        self.send_header("Content-Type", "text/html")
        if self.path == "/strict":
            self.send_header("Content-Security-Policy", STRICT)
        self.end_headers()
        self.wfile.write(PAGE.format(self.body).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def pages():
    return type("Ours", (Pages,), {"asked": []})


@pytest.fixture
def others():
    return type("Others", (Pages,), {"asked": []})


def test_an_image_without_words_for_it_is_found(visit, pages):
    pages.body = '<img src="/x.png"><p>It is all that is wrong.</p>'
    with listening(pages) as address:
        page, elsewhere = visit(address)
        page.goto("/strict")
        assert serious(page) == ["image-alt (critical) at img: Images must have alternative text"]
        pages.body = '<img src="/x.png" alt="A map">'
        page.reload()
        assert serious(page) == []
        assert elsewhere == []


def test_a_request_to_another_host_is_noted_and_does_not_leave(visit, pages):
    pages.body = '<img alt="" src="http://pictures.example.org/x.png"><img alt="" src="http://192.0.2.1/x.png">'
    with listening(pages) as address:
        page, elsewhere = visit(address)
        failed = []
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.goto("/")
        assert elsewhere == ["http://pictures.example.org/x.png", "http://192.0.2.1/x.png"]
        assert sorted(failed) == sorted(elsewhere)


def test_another_port_of_this_machine_is_not_reached_either_even_by_a_detour(visit, pages, others):
    with listening(pages) as address, listening(others) as other:
        pages.away = f"{other}/detour.png"
        socket = other.replace("http:", "ws:") + "/socket"
        pages.body = f"""<img alt="" src="{other}/x.png"><img alt="" src="/away">
                         <script>new WebSocket("{socket}")</script>"""
        page, elsewhere = visit(address)
        with page.expect_websocket():
            page.goto("/")
        assert set(elsewhere) == {f"{other}/x.png", f"{other}/detour.png", socket}
        assert others.asked == []
