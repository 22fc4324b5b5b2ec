"""Requests that are none, and the small things that real gateways do."""

from __future__ import annotations

import contextlib
import socket
import time
from threading import Thread
from urllib.parse import urlencode

import pytest
from werkzeug.exceptions import ServiceUnavailable

from smsline.channels import cm
from smsline.engine.model import Reply
from smsline.service import Message
from smsline.settings import read_settings

from .conftest import NOON

# --- requests that are none -----------------------------------------------------------------------------------------


def raw(server, sent: bytes) -> bytes:
    """What comes back to bytes on a socket."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall(sent)
        found = b""
        while part := client.recv(4096):
            found += part
        return found


MARKED = "31698765432"


@pytest.mark.parametrize(
    "sent",
    [
        f"POST /sms/cm HTTP/1.1\r\nHost: x\r\nX {MARKED}: 1\r\n\r\n",
        f"POST /sms/cm?{MARKED} HTTP/9.9\r\n\r\n",
        f"{MARKED}\r\n\r\n",
        f"POST /sms/cm HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {MARKED}\r\n\r\n",
        f"POST /sms/cm HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{MARKED}ZZ\r\n",
        f"POST /sms/twilio HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n{MARKED}",
    ],
)
def test_what_is_no_request_is_a_400_that_says_nothing_of_it(server, sent):
    answer = raw(server, sent.encode())
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert MARKED.encode() not in answer
    assert MARKED not in server.log


def test_a_sender_that_falls_silent_is_given_up_and_nothing_is_said_of_it(server):
    head = f"POST /ussd/infobip/session/{MARKED}/start HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{"
    assert b"400" in raw(server, head.encode()).split(b"\r\n")[0]
    assert MARKED not in server.log
    assert "Traceback" not in server.log


def test_no_header_of_a_client_says_what_our_path_is(server):
    status, body = server.request("/healthz", None, {"SCRIPT_NAME": f"/{MARKED}"})
    assert (status, body) == (200, "ok\n")


def test_two_slashes_are_no_redirect_that_says_the_query_back(server):
    answer = raw(server, f"POST //sms//twilio?From={MARKED} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert MARKED.encode() not in answer


# --- small things that real gateways do ------------------------------------------------------------------------------


def test_media_without_a_body_and_a_location_without_figures_are_answered(server):
    fields = {"MessageSid": "SMmedia1", "From": "+31600000301", "To": "+3197010203040", "NumMedia": "1"}
    status, body = server.signed("/sms/twilio", fields)
    assert (status, "only read text" in body) == (200, True)
    status, body = server.whatsapp("pep", sender="+31600000302", Latitude="", Longitude="")
    assert (status, "Go now" in body) == (200, True)
    assert server.whatsapp("", sender="+31600000302", Latitude="5_2.1", Longitude="5.1")[0] == 400


def test_a_media_object_of_empty_texts_is_no_picture(server, provider):
    provider.sent.clear()
    nothing = {"mediaUri": "", "contentType": "", "title": ""}
    assert server.cm("", sender="0031600000303", message={"text": "pep", "media": nothing})[0] == 200
    assert provider.replies[0].startswith("Go now")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_of_cm_is_taken(server, provider, status):
    provider.status = status
    assert server.cm("good morning", sender="0031600000304", timeUtc=f"2026-11-24T05:00:{status % 60:02}")[0] == 200
    provider.status = 200


def test_a_cm_that_drips_is_given_up_in_time(server):
    """Each byte comes in time, all of them never."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            client, _ = listening.accept()
            with client, contextlib.suppress(OSError):
                client.recv(4096)
                for letter in b"HTTP/1.1 200 OK and much more of it":
                    client.sendall(bytes([letter]))
                    time.sleep(0.5)

        Thread(target=drip, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        settings = read_settings({"SMSLINE_CM_URL": url})
        message = Message("+31600000305", "good morning", "1", "sms", NOON, to="3669")
        begin = time.monotonic()
        with pytest.raises(ServiceUnavailable):
            cm.deliver(message, Reply("hello"), settings)
        assert time.monotonic() - begin < cm.SECONDS + 1


def test_a_long_ussd_session_goes_on(server):
    """Ten texts in one's own words are more than one text may have."""
    typed = "*".join(["I do not know what to do and nobody can help me with this " * 3] * 11)
    assert len(typed) > 1600
    assert server.ussd(typed, session="long", sender="+31600000306")[1].startswith("CON ")
    assert server.ussd("a" * 1601, session="long2", sender="+31600000306")[0] == 400


def test_a_one_figure_code_does_not_swallow_that_answer(server):
    fields = {"sessionId": "s9", "phoneNumber": "+31600000307", "serviceCode": "*1#"}
    texts = []
    for text in ("", "1"):
        texts.append(server.request("/ussd/africastalking", urlencode({**fields, "text": text}).encode())[1])
    assert texts[0] != texts[1]
    assert texts[1].startswith("CON 1 STI")


@pytest.mark.parametrize(("fields", "status"), [(190, 200), (201, 413), (3000, 413)])
def test_a_form_has_at_most_two_hundred_fields(server, fields, status):
    sent = {
        "sessionId": f"f{fields}",
        "phoneNumber": "+31600000310",
        "text": "",
        **{f"x{n}": "1" for n in range(fields)},
    }
    assert server.request("/ussd/africastalking", urlencode(sent).encode())[0] == status


def test_a_request_that_drips_is_given_up_in_all(server):
    """Each letter comes in time, all of them never."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(b"POST /sms/cm HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        begin, answer = time.monotonic(), b""
        client.settimeout(0.5)
        while not answer and time.monotonic() - begin < 25:
            client.sendall(b"x")
            with contextlib.suppress(TimeoutError):
                answer = client.recv(4096)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert time.monotonic() - begin < 15
