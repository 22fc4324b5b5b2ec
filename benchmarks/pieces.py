"""What the parts of one text take, in one process: interleaved rounds, and a ratio to the same bare Flask app.

The part of `make bench` that stands below the servers; alone: `python benchmarks/pieces.py`.
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import count, cycle
from pathlib import Path
from urllib.parse import parse_qsl

from flask import Flask
from twilio.request_validator import RequestValidator

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.apps import hello  # noqa: E402
from benchmarks.load import CONVERSATION, PUBLIC, SENDERS, TOKEN, fields_of, request  # noqa: E402
from smsline.app import create_app  # noqa: E402
from smsline.channels.twilio import is_plain, signs  # noqa: E402
from smsline.content.check import check  # noqa: E402
from smsline.content.loading import load, read_content  # noqa: E402
from smsline.content.screens import screens  # noqa: E402
from smsline.engine.conversation import converse  # noqa: E402
from smsline.engine.line import Line  # noqa: E402
from smsline.engine.model import HOME, Incoming, Session  # noqa: E402
from smsline.engine.segments import measure  # noqa: E402
from smsline.engine.understanding import understand  # noqa: E402
from smsline.settings import Settings, read_settings  # noqa: E402
from smsline.stores import open_store  # noqa: E402
from smsline.stores.packing import pack, unpack  # noqa: E402
from tests.hostile import hostile  # noqa: E402

CALLS = 200
TEXTS = {
    "GSM-7": "a" * 300,
    "GSM-7 with an escape": "a" * 299 + "{",
    "GSM-7, all escapes": "{" * 300,
    "UCS-2": "я" * 300,
    "UCS-2, all emoji": "😀" * 300,
}
"""Targets: each under 20 us."""

SENTENCES = (
    "good evening my client did not pay me and now i need help",
    "hallo ik wil graag weten of ik belasting moet betalen hier",
    "buna seara mi s-a rupt prezervativul aseara ce pot sa fac acum",
    "здравствуйте где я могу сдать анализы без страховки в гааге",
    "我没有身份证明可以去看医生吗会不会报警把我送走请告诉我",
    "merhaba param yok ev sahibi beni evden atmak istiyor ne yapayim",
)
"""Some 60 letters each, in Chinese half of it."""


def caller(app: Flask) -> Callable[[], None]:
    """Posts the next text of the load straight into the app, as a WSGI server would."""
    number = count()

    def call() -> None:
        text = next(number)  # of few senders, so that most have a session
        head, _, body = request(text * SENDERS + text % 25).partition(b"\r\n\r\n")
        signature = next(row for row in head.split(b"\r\n") if row.startswith(b"X-Twilio")).partition(b": ")[2].decode()
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/sms/twilio", "SERVER_NAME": "x", "SERVER_PORT": "80",
                   "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
                   "HTTP_X_TWILIO_SIGNATURE": signature, "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http",
                   "wsgi.errors": sys.stderr, "QUERY_STRING": ""}  # fmt: skip
        begin = time.perf_counter()
        status: list[str] = []
        b"".join(app(environ, lambda line, headers, exc=None: status.append(line)))
        call.took = time.perf_counter() - begin  # type: ignore[attr-defined]
        assert status[0].startswith("200"), status

    return call


def timed(call: Callable[[], object], times: int) -> float:
    """Microseconds of one call, the median of `times`."""
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        spent.append(getattr(call, "took", time.perf_counter() - begin))
    return statistics.median(spent) * 1e6


def settings_in(folder: str, durability: str = "normal") -> Settings:
    return read_settings({
        "SMSLINE_STORE": f"sqlite:///{folder}/{durability}.sqlite", "SMSLINE_DURABILITY": durability,
        "SMSLINE_MENUS": str(ROOT / "menus"), "SMSLINE_LOCALES": str(ROOT / "locales"),
        "SMSLINE_PUBLIC_URL": PUBLIC, "SMSLINE_TEXTS": "1000000", "SMSLINE_SEGMENTS_A_DAY": "1000000000",
    })  # fmt: skip


def pieces(quick: bool) -> str:
    """The figures as text."""
    begin = time.perf_counter()
    line = load(ROOT / "menus", ROOT / "locales")
    loaded = time.perf_counter() - begin
    fields = fields_of(0)
    validator, signature = RequestValidator(TOKEN), RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/x", fields)
    body = request(0).partition(b"\r\n\r\n")[2].decode()
    session = talked(line)
    row = pack(session)
    with tempfile.TemporaryDirectory() as folder:
        apps = {} if quick else {
            "the line, sessions in memory": caller(create_app(settings_in(folder), open_store("memory:"))),
            "the line, SQLite normal": caller(create_app(settings_in(folder))),
            "the line, SQLite full": caller(create_app(settings_in(folder, "full"))),
        }  # fmt: skip
        rows: dict[str, Callable[[], object]] = {
            "bare Flask, form parsed (reference)": caller(hello),
            **apps,
            "converse: one turn, its screen drawn": turns(line),
            "signature: twilio's validator": lambda: validator.validate(f"{PUBLIC}/x", fields, signature),
            "signature: ours": lambda: is_plain(f"{PUBLIC}/x") and signs(f"{PUBLIC}/x", fields, signature, (TOKEN,)),
            "form, twenty fields": lambda: parse_qsl(body, keep_blank_values=True, errors="strict"),
            f"pack a session ({len(row)} bytes)": lambda: pack(session),
            "unpack it": lambda: unpack(row),
            "explain, 60 letters": partial(explained, line, cycle(SENTENCES)),
            "where, a name with a typo": lambda: line.gazetteer.find("i am near roterdam", asked=True),
        }
        rows |= {f"measure, 300 letters {name}": partial(measure, text) for name, text in TEXTS.items()}
        found: dict[str, list[float]] = {name: [] for name in rows}
        for _ in range(3 if quick else 9):
            for name, call in rows.items():
                found[name].append(timed(call, 40 if "where" in name or "explain" in name else CALLS))
    said = [report(found), f"content loaded in {loaded:.2f} s"]
    return "\n".join(said if quick else [*said, slowest(line), started(), checked()])


def talked(line: Line) -> Session:
    """What is kept of somebody who has texted for a while."""
    call, session = turns(line), None
    for _ in range(40):
        session = call()
    assert isinstance(session, Session)
    return session


def explained(line: Line, texts: Iterator[str]) -> None:
    """Target: under 2 ms with all languages loaded."""
    understand(line, next(texts))


def slowest(line: Line) -> str:
    """Texts that are built to be slow, each as the first one of a conversation. Target: each under 50 ms."""
    channel, spent = line.channels["sms"], {}
    for name, text in hostile(line).items():
        incoming = Incoming(text, channel, bytes(16), datetime(2026, 11, 24, 12, tzinfo=HOME))
        spent[name] = seconds_of(lambda incoming=incoming: converse(line, None, incoming)) * 1e3
        spent[f"where: {name}"] = seconds_of(lambda text=text: line.gazetteer.read(text, asked=True)) * 1e3
    worst = sorted(spent, key=lambda name: -spent[name])[:4]
    return "slowest hostile texts: " + ", ".join(f"{name} {spent[name]:.1f} ms" for name in worst)


def seconds_of(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def started() -> str:
    """From nothing to a line that answers: a fresh Python, all content and all languages. Target: under 2 s."""
    program = "from pathlib import Path; from smsline.content.loading import load; load(Path('menus'), Path('locales'))"
    spent = []
    for _ in range(5):
        begin = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-c", program + "; print(flush=True)"], cwd=ROOT, stdout=subprocess.PIPE
        ) as fresh:
            assert fresh.stdout
            assert fresh.stdout.readline() == b"\n"
            spent.append(time.perf_counter() - begin)
    return (
        f"start of the line: {min(spent):.2f} s at best of {len(spent)}, {statistics.median(spent):.2f} s in the middle"
    )


def checked() -> str:
    """`smsline check` of the real content as a whole. Target: under 20 s on two cores."""
    begin = time.perf_counter()
    problems = check(ROOT / "menus", ROOT / "locales", datetime.now(HOME).date())
    spent = time.perf_counter() - begin
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    assert content is not None
    by_language = Counter(screen.language for screen in screens(content, datetime.now(HOME).date()))
    screened = sum(by_language.values())
    blocking = sum(not one.reminder for one in problems)
    return (f"check of the real content: {spent:.2f} s, {screened} screens in {len(by_language)} languages, "
            f"{spent / screened * 1e6:.0f} us a screen, {blocking} problems")  # fmt: skip


def turns(line: Line) -> Callable[[], Session | None]:
    """One caller going through a conversation. Target: a turn under 50 us in the middle, each with its screen drawn."""
    number, sessions = count(), list[Session | None]([None])
    channel, now = line.channels["sms"], datetime.now(HOME)

    def call() -> Session | None:
        step = next(number)
        incoming = Incoming(CONVERSATION[step % len(CONVERSATION)], channel, step.to_bytes(16, "big"), now)
        sessions[0] = converse(line, sessions[0], incoming).session
        return sessions[0]

    return call


def report(found: dict[str, list[float]]) -> str:
    reference = next(iter(found.values()))
    rows = [f"{'in one process':40}{'median us':>10}{'min':>9}{'max':>9}{'speed to Flask':>16}"]
    for name, values in found.items():
        ratio = statistics.median(one / other for one, other in zip(reference, values, strict=True))
        rows.append(f"{name:40}{statistics.median(values):10.1f}{min(values):9.1f}{max(values):9.1f}{ratio:16.2f}")
    return "\n".join(rows)


if __name__ == "__main__":
    print(pieces(quick=False))
