"""Somebody at the staff pages without a browser: cookies, forms as they stand on the page, and what comes back."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urlsplit


@dataclass
class Answered:
    """What came back: status, text, headers, and the path that it was got from in the end."""

    status: int
    text: str
    headers: dict[str, str]
    path: str

    @property
    def said(self) -> str:
        """The text without tags."""
        return unescape(re.sub(r"\s+", " ", re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", self.text, flags=re.S)))


class _Fields(HTMLParser):
    """The fields of the form that sends to a path, with what stands in them."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.fields, self.area, self.select = action, False, {}, "", ""

    def handle_starttag(self, tag: str, rows: list[tuple[str, str | None]]) -> None:
        one = {name: value or "" for name, value in rows}
        if tag == "form":
            self.inside = self.action in ("", urlsplit(one.get("action", "")).path) and one.get("method") == "post"
        elif not self.inside:
            return
        elif tag == "input" and one.get("type") not in ("checkbox", "file", "submit") and "name" in one:
            self.fields[one["name"]] = one.get("value", "")
        elif tag == "input" and "checked" in dict(rows):
            self.fields[one["name"]] = "on"
        elif tag == "textarea" and "name" in one:
            self.area = one["name"]
            self.fields[self.area] = ""
        elif tag == "select":
            self.select = one.get("name", "")
        elif tag == "option" and self.select and ("selected" in dict(rows) or self.select not in self.fields):
            self.fields[self.select] = one.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            self.fields[self.area] = self.fields[self.area].removeprefix("\n")
            self.area = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form":
            self.inside = False


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere by itself."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Visitor:
    """One browser: `address` of the line, and its cookies."""

    address: str
    cookies: CookieJar = field(default_factory=CookieJar)

    def ask(self, path: str, body: bytes | None = None, follow: bool = True, **headers: str) -> Answered:
        """One request, and where it leads to."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), _Stay())
        asked = urllib.request.Request(
            self.address + path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        try:
            with opener.open(asked, timeout=60) as response:
                answer = Answered(response.status, response.read().decode(), dict(response.headers), path)
        except urllib.error.HTTPError as error:
            answer = Answered(error.code, error.read().decode(), dict(error.headers), path)
        if follow and answer.status in (301, 302, 303, 307, 308):
            return self.ask(answer.headers["Location"].removeprefix(self.address))
        return answer

    def get(self, path: str, **more: object) -> Answered:
        return self.ask(path, None, **more)  # type: ignore[arg-type]

    def fields(self, path: str, action: str = "") -> dict[str, str]:
        """The fields of the form on a page that sends to `action`, or of its last one."""
        found = _Fields(action)
        found.feed(self.get(path).text)
        return found.fields

    def post(self, path: str, fields: dict[str, str], **more: object) -> Answered:
        return self.ask(path, urlencode(fields).encode(), **more)  # type: ignore[arg-type]

    def sign_in(self, name: str, password: str) -> Answered:
        token = self.fields("/staff/login", "/staff/login")["token"]
        return self.post("/staff/login", {"token": token, "name": name, "password": password, "next": "/staff/"})

    def upload(self, path: str, token: str, name: str, content: bytes) -> Answered:
        """A file of a form."""
        edge = "----edge-of-the-tests"
        body = (
            f'--{edge}\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token}\r\n--{edge}\r\n'
            f'Content-Disposition: form-data; name="po"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        return self.ask(path, body + content + f"\r\n--{edge}--\r\n".encode(),
                        Content_Type=f"multipart/form-data; boundary={edge}")  # fmt: skip

    def saved(self, answer: Answered) -> Answered:
        """Wait as the page does, until a change is on the line or refused."""
        for _ in range(120):
            where = re.search(r'http-equiv="refresh" content="1(?:;url=([^"]*))?"', answer.text)
            if not where:
                return answer
            time.sleep(0.5)
            answer = self.get(unescape(where.group(1)) if where.group(1) else answer.path)
        raise AssertionError(answer.said)
