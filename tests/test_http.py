"""The line over real HTTP: a running server, true signatures, and requests that are none."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as some
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder

from smsline.channels import twilio
from smsline.cli import main
from smsline.engine.model import Reply
from smsline.settings import read_settings

from .conftest import ROOT
from .server import PUBLIC, TOKEN, Server, cm_server, store_files

VECTORS = json.loads((Path(__file__).parent / "vectors" / "twilio_signatures.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("server")) as running:
        yield running


def message(xml: str) -> str | None:
    found = ElementTree.fromstring(xml).find("Message")
    return None if found is None else found.text


def test_a_text_gets_its_twiml(server):
    status, body = server.sms("good morning", sender="+31600000001")
    assert status == 200
    assert message(body).startswith("Automatic line: no person reads this. In danger call 112.")


def test_a_conversation_goes_on_from_text_to_text(server):
    server.sms("good morning", sender="+31600000002")
    assert message(server.sms("1", sender="+31600000002")[1]).startswith("1 STI and HIV")
    assert message(server.sms("0", sender="+31600000002")[1]).startswith("Automatic line")


def test_silence_is_an_empty_response(server):
    status, body = server.sms("x", sender="+31600000003")
    assert status == 200
    assert message(body) is None


def test_a_message_delivered_twice_is_one_step_with_one_reply(server):
    first = server.sms("good morning", sender="+31600000004", sid="SM1")
    second = server.sms("1", sender="+31600000004", sid="SM2")
    assert server.sms("1", sender="+31600000004", sid="SM2") == second
    assert server.sms("good morning", sender="+31600000004", sid="SM1") == first
    assert message(server.sms("0", sender="+31600000004", sid="SM3")[1]).startswith("Automatic line")


def test_a_picture_is_told_that_only_text_is_read(server):
    assert "only read text" in message(server.sms("", sender="+31600000005", NumMedia="1", MediaUrl0="https://x")[1])


def test_two_tokens_are_accepted_while_one_is_replaced(tmp_path):
    with Server(tmp_path, {"TWILIO_AUTH_TOKEN": f"the-old-one,{TOKEN}"}) as running:
        assert running.sms("good morning")[0] == 200


@pytest.mark.parametrize("signature", [None, "", "wrong", "ф" * 8, "A" * 5000, "AAAA=="])
def test_a_wrong_signature_is_refused_and_nothing_is_counted(server, signature):
    fields = urlencode({"MessageSid": "SM1", "From": "+31600000009", "Body": "good morning"}).encode()
    headers = {} if signature is None else {"X-Twilio-Signature": signature.encode().decode("latin-1")}
    status, body = server.request("/sms/twilio", fields, headers)
    assert (status, body.count("\n")) == (403, 1)


def test_a_signature_for_another_text_is_refused(server):
    fields = {"MessageSid": "SM1", "From": "+31600000009", "Body": "good morning"}
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/sms/twilio", fields)
    changed = urlencode({**fields, "Body": "stop"}).encode()
    assert server.request("/sms/twilio", changed, {"X-Twilio-Signature": signature})[0] == 403


def is_ours(vector: dict) -> bool:
    """A form signed with HMAC-SHA1, to a host that an operator would set as the public URL."""
    if vector.get("algorithm", "HMAC_SHA1") != "HMAC_SHA1" or not vector.get("form_body"):
        return False
    return not {*"@["} & {*vector["signed_url"].split("/")[2]}


FORMS = [vector for vector in VECTORS["vectors"] if is_ours(vector)]


@pytest.mark.parametrize("vector", FORMS, ids=lambda vector: vector["id"])
def test_signatures_are_judged_as_twilios_own_validator_judges_them(vector):
    """Accepted when the URL is the one that Twilio signed."""
    signed = vector["signed_url"]
    origin = "/".join(signed.split("/")[:3])
    path = signed[len(origin) :].partition("#")[0]
    settings = read_settings({"SMSLINE_PUBLIC_URL": origin, "TWILIO_AUTH_TOKEN": vector["auth_token"]})
    validator = RequestValidator(vector["auth_token"])
    expected = validator.validate(origin + path, MultiDict(vector["params"]), vector["signature"])
    assert guarded(path, vector["form_body"], vector["signature"], settings) is expected


@pytest.mark.parametrize("vector", VECTORS["negative"], ids=lambda vector: vector["id"])
def test_a_request_that_was_tampered_with_is_refused(vector):
    origin = "/".join(vector["url"].split("/")[:3])
    settings = read_settings({"SMSLINE_PUBLIC_URL": origin, "TWILIO_AUTH_TOKEN": vector["auth_token"]})
    assert vector["valid"] is False
    assert (
        guarded(vector["url"][len(origin) :], urlencode([*map(tuple, vector["params"])]), vector["signature"], settings)
        is False
    )


ORIGINS = ("https://sms.example.org", "https://sms.example.org:8443", "http://[::1]", "HTTPS://sms.example.org")
PATHS = ("/sms/twilio", "/sms/twilio?", "/sms/twilio?a=b&c", "/sms/twilio;", "//sms/./twilio", "/sms%2Ftwilio#x")
NAMES = some.text("FromBdy ié😀=&%+", max_size=6)


@given(
    some.sampled_from(ORIGINS), some.sampled_from(PATHS), some.dictionaries(NAMES, NAMES, max_size=6),
    some.sampled_from(["as it is", "another text", "another token", "a port more", "no base64", "é"]),
)  # fmt: skip
def test_the_short_check_of_a_signature_says_what_the_validator_says(origin, path, fields, signed):
    url, validator = origin + path, RequestValidator(TOKEN)
    signature = {
        "as it is": validator.compute_signature(url, fields),
        "another text": validator.compute_signature(url, {**fields, "Body": "another"}),
        "another token": RequestValidator("another").compute_signature(url, fields),
        "a port more": validator.compute_signature(f"{origin}:443{path}", fields),
        "no base64": "no base64",
        "é": "é",
    }[signed]
    short = twilio.signs(url, fields, signature, ("one before", TOKEN))
    if twilio.is_plain(url):
        assert not short or validator.validate(url, MultiDict(fields), signature)
        assert short or signed != "as it is"
    else:
        settings = read_settings({"SMSLINE_PUBLIC_URL": "https://sms.example.org", "TWILIO_AUTH_TOKEN": TOKEN})
        judged = validator.validate(settings.public_url + path, MultiDict(fields), signature)
        assert guarded(path, urlencode(fields), signature, settings) is judged


def guarded(path: str, body: str, signature: str, settings) -> bool:
    """What the guard says of a request as a server hands it over, with the path as it was sent."""
    builder = EnvironBuilder(method="POST", path="/", data=body.encode(),
                             content_type="application/x-www-form-urlencoded")  # fmt: skip
    environ = {**builder.get_environ(), "RAW_URI": path, "HTTP_X_TWILIO_SIGNATURE": signature}
    with Flask("vectors").request_context(environ):
        return twilio.guard(request, settings)


@pytest.mark.parametrize("missing", ["MessageSid", "From", "Body"])
def test_a_missing_field_is_a_4xx_in_one_sentence(server, missing):
    fields = {"MessageSid": "SM9", "From": "+31600000009", "Body": "good morning"}
    del fields[missing]
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/sms/twilio", fields)
    status, body = server.request("/sms/twilio", urlencode(fields).encode(), {"X-Twilio-Signature": signature})
    assert status == 400
    assert missing in body
    assert body.count("\n") == 1


def test_a_body_of_ten_megabytes_is_refused(server):
    try:
        status, _ = server.request("/sms/twilio", b"Body=" + b"a" * 10_000_000, {"X-Twilio-Signature": "x"})
    except OSError:
        status = 413  # the server may hang up before all of it was sent
    assert status == 413


@pytest.mark.parametrize("path", ["/sms/twilio", "/ussd/africastalking"])
def test_the_wrong_method_is_refused(server, path):
    assert server.get(path)[0] == 405
    assert server.request(path, b"", method="PUT")[0] == 405


@pytest.mark.parametrize("body", [b"text=%ff%fe&sessionId=1&phoneNumber=2", b"\xff\xfe\x00", b"{}", b"a=1&" * 500])
def test_broken_encoding_is_a_4xx(server, body):
    status, text = server.request("/ussd/africastalking", body)
    assert 400 <= status < 500
    assert "Traceback" not in text


def test_an_unknown_path_is_404_without_a_trace(server):
    status, body = server.get("/admin")
    assert (status, "Traceback" in body) == (404, False)


def test_a_ussd_session_from_dialling_to_the_end(server):
    status, body = server.ussd("", session="s2", sender="+31600000010")
    assert status == 200
    assert body.startswith("CON 1 Health\n2 Talk to someone")
    assert server.ussd("1", session="s2", sender="+31600000010")[1].startswith("CON 1 STI and HIV")
    assert server.ussd("1*1", session="s2", sender="+31600000010")[1].startswith("CON 1 STI test")
    back = server.ussd("1", session="s2", sender="+31600000010")[1]
    assert back.startswith("CON 1 STI and HIV")
    assert server.ussd("1*X", session="s2", sender="+31600000010")[1] == "END"


@pytest.mark.parametrize("fields", [{}, {"sessionId": "1"}, {"sessionId": "", "phoneNumber": "1", "text": ""},
                                    {"sessionId": "1" * 300, "phoneNumber": "1", "text": ""}])  # fmt: skip
def test_a_ussd_request_that_lacks_something_is_a_4xx(server, fields):
    assert server.request("/ussd/africastalking", urlencode(fields).encode() or b"x=1")[0] == 400


def test_in_production_ussd_has_a_secret_path_and_gateways_that_are_off_have_none(tmp_path):
    secret = "abcdefghijklmnop1234"
    production = {"SMSLINE_ENV": "production", "SMSLINE_SECRET": "s" * 40, "SMSLINE_PATH_TOKEN": secret}
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with Server(tmp_path / "a", {**production, "SMSLINE_GATEWAYS": "africastalking"}) as running:
        assert running.ussd("")[0] == 404
        assert running.ussd("", path=f"/ussd/africastalking/{secret}")[1].startswith("CON 1 Health")
        assert running.sms("good morning")[0] == 404
    with Server(tmp_path / "b", {**production, "SMSLINE_GATEWAYS": "twilio"}) as running:
        assert running.ussd("", path=f"/ussd/africastalking/{secret}")[0] == 404
        assert running.sms("good morning")[0] == 200


def test_letters_that_xml_forbids_never_reach_the_reply():
    reply = twilio.render(Reply("a\x00b\x0cc\ud83dd & <e>"))
    assert message(reply.get_data(as_text=True)) == "abcd & <e>"


def test_forget_deletes_what_a_running_line_keeps_of_a_number(tmp_path):
    secret = {"SMSLINE_SECRET": "s" * 40}
    with cm_server() as provider, Server(tmp_path, {**secret, "SMSLINE_CM_URL": provider.url}) as running:
        running.sms("good morning", sender="+31600000088")
        running.whatsapp("good morning", sender="+31600000088")
        running.cm("good morning", sender="0031600000088")
        running.infobip("s1", "start", sender="31600000088")
        running.ussd("", sender="+31600000088")
        environ = {**secret, "SMSLINE_STORE": f"sqlite:///{tmp_path}/line.sqlite",
                   "SMSLINE_MENUS": str(ROOT / "menus"), "SMSLINE_LOCALES": str(ROOT / "locales")}  # fmt: skip
        said = [CliRunner().invoke(main, ["forget"], input="+31600000088\n", env=environ).output for _ in range(2)]
        assert said == ["Deleted.\n", "Nothing is kept of that number.\n"]
        with sqlite3.connect(tmp_path / "line.sqlite") as store:
            assert store.execute("select count(*) from session").fetchone() == (0,)
        assert message(running.sms("1", sender="+31600000088")[1]).startswith("Automatic line")


def test_when_the_store_fails_the_text_alone_is_answered(tmp_path):
    with Server(tmp_path) as running:
        running.sms("good morning")
        for file in store_files(tmp_path):
            file.write_bytes(b"broken " * 1000)
        assert message(running.sms("pep", sender="+31600000077")[1]).startswith("Go now")
        assert "store-corrupt set-aside" in running.log
        aside = [file for file in tmp_path.glob("line.sqlite.corrupt-*") if not file.name.endswith(("-wal", "-shm"))]
        assert [file.read_bytes()[:7] for file in aside] == [b"broken "]
        assert message(running.sms("9", sender="+31600000077")[1]) != message(
            running.sms("good morning")[1]
        )  # it healed
