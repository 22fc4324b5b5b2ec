"""Workers killed under signed load: no turn applied twice, none acknowledged and then lost.

Each caller texts `menu` again and again, each text with an id of its own, and repeats a text until it is answered, as
a gateway does. Every text is one event in the store, so at the end the store has exactly as many as were acknowledged;
and a text that is delivered again gets the reply that it had. `make soak SECONDS=120 KILLS=20`, or with the address of
an empty Redis as well: `STORE=redis://127.0.0.1:6379/5`.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from smsline.stores import open_store

ROOT = Path(__file__).parent.parent
TOKEN, PUBLIC = "soak", "https://soak.example.org"
CALLERS, WORKERS = 16, 3


@dataclass
class Figures:
    """What the callers saw, all together."""

    acknowledged: int = 0
    repeated: int = 0
    unlike: int = 0
    refused: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def post(url: str, number: str, known: str) -> str:
    """One signed text; `OSError` where nobody answers."""
    fields = {
        "MessageSid": known,
        "AccountSid": "AC1",
        "From": number,
        "To": "+3197000000000",
        "Body": "menu",
        "NumMedia": "0",
    }
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/sms/twilio", fields)
    request = urllib.request.Request(f"{url}/sms/twilio", urlencode(fields).encode(), {"X-Twilio-Signature": signature})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


def call(url: str, caller: int, over: threading.Event, figures: Figures) -> None:
    """One caller: texts until the end, each until it is answered; now and then a text is delivered again."""
    number, count = f"+316{caller:08}", 0
    chance = random.Random(caller)
    while not over.is_set():
        count += 1
        known, begin = f"SM{caller:04}{count:08}", time.monotonic()
        reply = answered(url, number, known, figures)
        again = answered(url, number, known, figures) if chance.random() < 0.2 else None
        with figures.lock:
            figures.acknowledged += 1
            figures.milliseconds.append((time.monotonic() - begin) * 1000)
            figures.unlike += again is not None and again != reply


def answered(url: str, number: str, known: str, figures: Figures) -> str:
    while True:
        try:
            return post(url, number, known)
        except urllib.error.HTTPError as error:
            with figures.lock:
                figures.refused.append(str(error.code))
        except (OSError, HTTPException):  # nobody there, or killed while it spoke
            with figures.lock:
                figures.repeated += 1
        time.sleep(0.05)


def kill(server: int, seconds: float, kills: int, over: threading.Event) -> int:
    """Kill a worker of the server with signal 9, again and again, evenly over the time."""
    done, pause = 0, seconds / (kills + 1)
    while done < kills and not over.wait(pause):
        found = subprocess.run(["pgrep", "-P", str(server)], capture_output=True, text=True, check=False).stdout.split()
        if found:
            os.kill(int(random.choice(found)), signal.SIGKILL)
            done += 1
    over.wait(pause)
    return done


def main() -> int:
    seconds, kills = float(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        store = sys.argv[3] if len(sys.argv) > 3 else f"sqlite:///{folder}/soak.sqlite"
        environ = {
            **os.environ, "SMSLINE_STORE": store, "SMSLINE_PORT": str(port), "SMSLINE_SECRET": "s" * 40,
            "SMSLINE_STAFF": f"{folder}/staff",
            "SMSLINE_PUBLIC_URL": PUBLIC, "TWILIO_AUTH_TOKEN": TOKEN, "SMSLINE_WORKERS": str(WORKERS),
            "SMSLINE_TEXTS": "1000000", "SMSLINE_TEXTS_A_DAY": "10000000", "SMSLINE_SEGMENTS_A_DAY": "100000000",
            "SMSLINE_MENUS": str(ROOT / "menus"), "SMSLINE_LOCALES": str(ROOT / "locales"),
        }  # fmt: skip
        command = [sys.executable, "-c", "from smsline.cli import main; main()", "serve"]
        server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return _soak(server, f"http://127.0.0.1:{port}", seconds, kills, store)
        finally:
            server.terminate()
            server.wait(15)


def _soak(server: subprocess.Popen[bytes], url: str, seconds: float, kills: int, store: str) -> int:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2)
            break
        except OSError:
            time.sleep(0.1)
    figures, over = Figures(), threading.Event()
    callers = [threading.Thread(target=call, args=(url, caller, over, figures)) for caller in range(CALLERS)]
    for caller in callers:
        caller.start()
    done = kill(server.pid, seconds, kills, over)
    over.set()
    for caller in callers:
        caller.join(60)
    stored = sum(day.times for day in open_store(store).days() if day.event == "visited")
    return _audit(figures, stored, done, seconds)


def _audit(figures: Figures, stored: int, kills: int, seconds: float) -> int:
    times = sorted(figures.milliseconds) or [0.0]
    print(f"{seconds:.0f} s, {CALLERS} callers, {WORKERS} workers, {kills} killed")
    print(f"acknowledged {figures.acknowledged}, stored {stored}, difference {stored - figures.acknowledged}")
    print(f"repeated because nobody answered {figures.repeated}, answered otherwise than before {figures.unlike}")
    print(f"refused {len(figures.refused)} {sorted(set(figures.refused))}")
    print(f"a text took {times[len(times) // 2]:.0f} ms (median), {times[int(len(times) * 0.99)]:.0f} ms (99 of 100)")
    wrong = stored != figures.acknowledged or figures.unlike or figures.refused or not figures.acknowledged
    print("FAILED" if wrong else "ok: each text was applied once, and none was lost")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
