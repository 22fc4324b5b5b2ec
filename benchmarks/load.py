"""Load for `make bench`: signed texts of many senders over a number of connections, and how long each answer took.

    echo '{"port": 8000, "connections": 16, "seconds": 2, "first": 0}' | python benchmarks/load.py

One process with one thread, which keeps each connection busy. A server that closes after an answer is connected to
anew, as a proxy would; one that keeps connections is let. No sender has two texts under way at once. What this program
itself takes of the processor makes ratios between servers smaller than they are: see "server us" in the table, which
is counted at the servers alone.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import select
import socket
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlencode

PUBLIC, TOKEN, PATH = "http://127.0.0.1:8000", "development", "/sms/twilio"
SENDERS = 2000
MOST = 15_000
"""Answers in a second that no server here gives."""
CONVERSATION = ("hi", "1", "1", "0", "pep", "9", "0", "6")
"""What a caller texts: a first text, choices, a step back, a keyword, more, and a choice again."""


def fields_of(number: int) -> dict[str, str]:
    """The twenty fields of a text as Twilio sends them. Each sender goes through the conversation again and again."""
    known, sender = f"SM{number:032x}", number % SENDERS
    body = CONVERSATION[(number // SENDERS + sender) % len(CONVERSATION)]
    return {
        "ToCountry": "NL", "ToState": "", "SmsMessageSid": known, "NumMedia": "0", "ToCity": "", "FromZip": "",
        "SmsSid": known, "FromState": "", "SmsStatus": "received", "FromCity": "", "Body": body, "FromCountry": "NL",
        "To": "+3197000000000", "ToZip": "", "NumSegments": "1", "MessageSid": known,
        "AccountSid": "AC00000000000000000000000000000001", "From": f"+316{sender:08}", "ApiVersion": "2010-04-01",
        "MessagingServiceSid": "MG00000000000000000000000000000001",
    }  # fmt: skip


def request(number: int) -> bytes:
    """One HTTP request, signed (twilio.com/docs/usage/webhooks/webhooks-security)."""
    fields = fields_of(number)
    text = f"{PUBLIC}{PATH}" + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), text.encode(), "sha1")).decode()
    body = urlencode(fields)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Twilio-Signature: {signature}\r\nUser-Agent: TwilioProxy/1.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nAccept: */*\r\n\r\n"
    )
    return (head + body).encode()


class Connection:
    """One connection with at most one text under way."""

    def __init__(self, port: int) -> None:
        self.port, self.socket, self.begun, self.got = port, None, 0.0, b""

    def send(self, text: bytes, poll: select.epoll, by: dict[int, Connection]) -> None:
        """Begin to count with connecting, as whoever texts does."""
        self.begun, self.got = time.perf_counter(), b""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            poll.register(self.socket.fileno(), select.EPOLLIN)
            by[self.socket.fileno()] = self
        self.socket.sendall(text)

    def receive(self, poll: select.epoll, by: dict[int, Connection]) -> bool | None:
        """Whether a whole answer was a good one; None while it is not there yet."""
        read = self.socket.recv(65536)
        self.got += read
        head, ends, body = self.got.partition(b"\r\n\r\n")
        lower = head.lower()
        size = int(lower.partition(b"content-length:")[2].split(b"\r\n")[0] or 0) if ends else 0
        if read and (not ends or len(body) < size):
            return None
        if not read or b"connection: close" in lower:
            poll.unregister(self.socket.fileno())
            del by[self.socket.fileno()]
            self.socket.close()
            self.socket = None
        return head.startswith(b"HTTP/1.1 200")


def load(port: int, connections: int, seconds: float, texts: Iterator[bytes]) -> dict[str, object]:
    """Keep the connections busy for so long. Latencies in seconds, of answers; anything but a 200 is an error."""
    poll, by, took, errors = select.epoll(), dict[int, Connection](), list[float](), 0
    for connection in [Connection(port) for _ in range(connections)]:
        connection.send(next(texts), poll, by)
    begun = time.perf_counter()
    until, under_way = begun + seconds, connections
    while under_way:
        for file, _ in poll.poll():
            connection = by[file]
            good = connection.receive(poll, by)
            if good is None:
                continue
            now = time.perf_counter()
            took.append(now - connection.begun)
            errors += not good
            if now < until:
                connection.send(next(texts), poll, by)
            else:
                under_way -= 1
    return {"took": sorted(took), "seconds": time.perf_counter() - begun, "errors": errors}


def main() -> None:
    """Texts are made before the load begins: that work is not the server's."""
    asked = json.load(sys.stdin)
    begun = time.perf_counter()
    made = [request(asked["first"] + number) for number in range(int(asked["seconds"] * MOST) + asked["connections"])]
    found = load(asked["port"], asked["connections"], asked["seconds"], iter(made))
    json.dump({**found, "whole": time.perf_counter() - begun, "client": sum(os.times()[:2])}, sys.stdout)


if __name__ == "__main__":
    main()
