"""How fast the line is: ratios to a bare Flask app, measured side by side in one run.

Interleaved rounds in one process, medians with the spread of the rounds. A ratio says something on any
machine; the microseconds only on this one. `make bench`, or `python benchmarks/bench.py ROUNDS`.
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
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import count, cycle
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, request
from twilio.request_validator import RequestValidator

from smsline.app import create_app
from smsline.content.check import check
from smsline.content.loading import load, read_content
from smsline.content.screens import screens
from smsline.engine.conversation import converse
from smsline.engine.line import Line
from smsline.engine.model import HOME, Incoming
from smsline.engine.segments import measure
from smsline.engine.understanding import understand
from smsline.settings import read_settings
from smsline.stores import open_store

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

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

CONVERSATION = ("hi", "1", "1", "0", "pep", "9", "0", "6")


def hello() -> Flask:
    """The reference: parse the form, answer TwiML."""
    app = Flask("hello")

    @app.post("/sms/twilio")
    def answer() -> str:
        return f"<Response><Message>{len(request.form)}</Message></Response>"

    return app


def requests(public: str, token: str) -> list[tuple[bytes, str]]:
    """Signed bodies of many callers."""
    validator, bodies = RequestValidator(token), []
    for number in range(CALLS):
        fields = {"MessageSid": f"SM{number:032d}", "AccountSid": "AC1", "From": f"+316000{number % 25:05d}",
                  "To": "+3197000000000", "Body": CONVERSATION[number % len(CONVERSATION)], "NumMedia": "0",
                  "FromCity": "", "FromCountry": "NL", "NumSegments": "1", "SmsStatus": "received"}  # fmt: skip
        bodies.append((urlencode(fields).encode(), validator.compute_signature(f"{public}/sms/twilio", fields)))
    return bodies


def caller(app: Flask, bodies: list[tuple[bytes, str]]) -> Callable[[], None]:
    """Posts the next body straight into the app, as a WSGI server would."""
    turn = count()

    def call() -> None:
        body, signature = bodies[next(turn) % len(bodies)]
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/sms/twilio", "SERVER_NAME": "x", "SERVER_PORT": "80",
                   "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
                   "HTTP_X_TWILIO_SIGNATURE": signature, "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http",
                   "wsgi.errors": sys.stderr, "QUERY_STRING": ""}  # fmt: skip
        status: list[str] = []
        b"".join(app(environ, lambda line, headers, exc=None: status.append(line)))
        assert status[0].startswith("200"), status

    return call


def timed(call: Callable[[], object], times: int) -> float:
    """Microseconds of one call, the median of `times`."""
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        spent.append(time.perf_counter() - begin)
    return statistics.median(spent) * 1e6


def main(rounds: int) -> None:
    begin = time.perf_counter()
    line = load(ROOT / "menus", ROOT / "locales")
    loaded = time.perf_counter() - begin
    folder = tempfile.mkdtemp()
    environ = {"SMSLINE_STORE": f"sqlite:///{folder}/bench.sqlite", "SMSLINE_MENUS": str(ROOT / "menus"),
               "SMSLINE_LOCALES": str(ROOT / "locales")}  # fmt: skip
    settings = read_settings(environ)
    bodies = requests(settings.public_url, settings.twilio_tokens[0])
    rows: dict[str, tuple[Callable[[], object], int]] = {
        "bare Flask, form parsed (reference)": (caller(hello(), bodies), CALLS),
        "full path, no disk (memory)": (caller(create_app(settings, open_store("memory:")), bodies), CALLS),
        "full path, SQLite": (caller(create_app(settings), bodies), CALLS),
        "converse, one turn": (turns(line), CALLS),
        "explain, 60 letters": (partial(explained, line, cycle(SENTENCES)), CALLS),
        "where, a name with a typo": (lambda: line.gazetteer.find("i am near roterdam", asked=True), 40),
    }
    rows |= {f"measure, 300 letters {name}": (partial(measure, text), CALLS) for name, text in TEXTS.items()}
    found: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, (call, times) in rows.items():
            found[name].append(timed(call, times))
    report(found, loaded)
    slowest(line)
    started()
    checked()


def explained(line: Line, texts: Iterator[str]) -> None:
    """Target: under 2 ms with all languages loaded."""
    understand(line, next(texts))


def slowest(line: Line) -> None:
    """Texts that are built to be slow, each as the first one of a conversation. Target: each under 50 ms."""
    channel, spent = line.channels["sms"], {}
    for name, text in hostile(line).items():
        incoming = Incoming(text, channel, bytes(16), datetime(2026, 11, 24, 12, tzinfo=HOME))
        begin = time.perf_counter()
        converse(line, None, incoming)
        spent[name] = (time.perf_counter() - begin) * 1e3
        begin = time.perf_counter()
        line.gazetteer.read(text, asked=True)
        spent[f"where: {name}"] = (time.perf_counter() - begin) * 1e3
    worst = sorted(spent, key=lambda name: -spent[name])[:4]
    print("slowest hostile texts: " + ", ".join(f"{name} {spent[name]:.1f} ms" for name in worst))


def started() -> None:
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
    print(
        f"start of the line: {min(spent):.2f} s at best of {len(spent)}, {statistics.median(spent):.2f} s in the middle"
    )


def checked() -> None:
    """`smsline check` of the real content as a whole. Target: under 20 s on two cores."""
    begin = time.perf_counter()
    problems = check(ROOT / "menus", ROOT / "locales", datetime.now(HOME).date())
    spent = time.perf_counter() - begin
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    assert content is not None
    by_language = Counter(screen.language for screen in screens(content, datetime.now(HOME).date()))
    screened = sum(by_language.values())
    blocking = sum(not one.reminder for one in problems)
    print(f"check of the real content: {spent:.2f} s, {screened} screens in {len(by_language)} languages, "
          f"{spent / screened * 1e6:.0f} us a screen, {blocking} problems")  # fmt: skip


def turns(line) -> Callable[[], None]:  # type: ignore[no-untyped-def]
    """One caller going through a conversation."""
    number, sessions = count(), [None]
    channel, now = line.channels["sms"], datetime.now(HOME)

    def call() -> None:
        step = next(number)
        incoming = Incoming(CONVERSATION[step % len(CONVERSATION)], channel, step.to_bytes(16, "big"), now)
        sessions[0] = converse(replace(line), sessions[0], incoming).session

    return call


def report(found: dict[str, list[float]], loaded: float) -> None:
    reference = next(iter(found.values()))
    print(f"{'':38}{'median us':>10}{'min':>9}{'max':>9}{'speed to reference':>22}")
    for name, values in found.items():
        ratios = statistics.median(one / other for one, other in zip(reference, values, strict=True))
        print(f"{name:38}{statistics.median(values):10.1f}{min(values):9.1f}{max(values):9.1f}{ratios:22.2f}")
    print(f"content loaded in {loaded:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
