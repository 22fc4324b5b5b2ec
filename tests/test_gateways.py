"""Each gateway over real HTTP, with its own sample payloads, and with requests that are none."""

from __future__ import annotations

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from smsline.app import add_gateway, create_app
from smsline.channels import africastalking, cm, e164, infobip, twilio, voice
from smsline.settings import read_settings

from .conftest import ROOT
from .server import CM_SAMPLE, PUBLIC, TOKEN, Server, cm_server, said

USSD = json.loads((Path(__file__).parent / "vectors" / "ussd.json").read_text(encoding="utf-8"))["gateways"]


def sample(module, number: int = 0) -> str:
    """The sample payload of a gateway's docstring, its lines joined."""
    blocks = [block for block in module.__doc__.split("\n\n") if block.startswith("    ")]
    return "".join(row.strip() for row in blocks[number].split("\n"))


# --- Twilio: SMS, WhatsApp, voice ---------------------------------------------------------------------------------


def test_the_samples_in_the_docstring_of_twilio_get_their_twiml(server):
    text = dict(parse_qsl(sample(twilio), keep_blank_values=True))
    asked = said(server.signed("/sms/twilio", text))  # "hallo" is Dutch, German and more
    assert asked.startswith("Automatic line. In danger call 112.\nAutomatische lijn.")
    location = dict(parse_qsl(sample(twilio, 1), keep_blank_values=True))
    assert said(server.signed("/sms/twilio", location)).startswith("For Amsterdam")


def test_on_whatsapp_screens_are_longer_and_the_session_is_its_own(server):
    sms, whatsapp = (said(texted("condom broke", sender="+31600000101")) for texted in (server.sms, server.whatsapp))
    assert "9 More" in sms
    assert "9 More" not in whatsapp
    assert len(whatsapp) > len(sms)
    server.sms("menu", sender="+31600000101")
    assert said(server.whatsapp("1", sender="+31600000101")).startswith("Where are you?")


def test_a_location_answers_where_somebody_is(server):
    server.whatsapp("sti test", sender="+31600000102")
    found = said(server.whatsapp("", sender="+31600000102", Latitude="51.9225", Longitude="4.4792"))
    assert "Rotterdam" in found
    assert "GGD" in found


@pytest.mark.parametrize(("latitude", "longitude"), [("48.85", "2.35"), ("0", "0"), ("-90", "180")])
def test_a_location_abroad_is_a_place_that_is_not_known(server, latitude, longitude):
    server.whatsapp("sti test", sender="+31600000103")
    told = said(server.whatsapp("", sender="+31600000103", Latitude=latitude, Longitude=longitude))
    assert told.startswith("I do not know that place.")


@pytest.mark.parametrize(
    "fields",
    [{"Latitude": "52"}, {"Latitude": "x", "Longitude": "4"}, {"Latitude": "nan", "Longitude": "4"},
     {"Latitude": "90.1", "Longitude": "4"}, {"Latitude": "52", "Longitude": "180.1"}],
)  # fmt: skip
def test_a_location_that_is_none_is_a_4xx(server, fields):
    assert server.whatsapp("", **fields)[0] == 400


def test_media_on_whatsapp_are_told_that_only_text_is_read(server):
    assert "only read text" in said(server.whatsapp("", sender="+31600000104", NumMedia="1"))


@pytest.mark.parametrize(("letters", "status"), [(4096, 200), (4097, 400)])
def test_a_whatsapp_message_may_be_as_long_as_whatsapp_lets_it(server, letters, status):
    assert server.whatsapp("a" * letters, sender="+31600000105")[0] == status


def test_a_field_that_is_there_twice_is_a_4xx(server):
    fields = [("MessageSid", "SM1"), ("From", "+31600000106"), ("Body", "good morning"), ("Body", "pep")]
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/sms/twilio", MultiDict(fields))
    assert server.request("/sms/twilio", urlencode(fields).encode(), {"X-Twilio-Signature": signature})[0] == 400


def test_who_calls_the_number_hears_what_it_is_and_whom_to_ring(server):
    status, body = server.call()
    said = ElementTree.fromstring(body).findall("Say")
    assert status == 200
    assert [one.get("language") for one in said] == ["nl-NL", "en-GB", "ro-RO"]
    for one in said:
        assert "1 1 2" in one.text  # not "one hundred and twelve"
        assert "0 8 0 0, 2 0 0 0" in one.text
    assert "număr" in said[2].text  # a voice needs every letter


def test_a_call_is_signed_as_a_text_is(server):
    fields = urlencode(dict(parse_qsl(sample(voice)))).encode()
    assert server.request("/voice/twilio", fields, {"X-Twilio-Signature": "wrong"})[0] == 403
    assert server.signed("/voice/twilio", dict(parse_qsl(sample(voice))))[0] == 200
    assert server.signed("/voice/twilio", {"From": "+31600000107"})[0] == 400
    assert server.get("/voice/twilio")[0] == 405


# --- CM.com -------------------------------------------------------------------------------------------------------


def test_the_sample_of_cm_gets_its_reply_as_a_call_from_the_number_that_was_texted(server, provider):
    provider.sent.clear()
    assert json.loads(sample(cm)) == CM_SAMPLE
    assert server.json("/sms/cm", CM_SAMPLE) == (200, "")
    sent = provider.sent[0]["messages"]
    assert sent["authentication"] == {"productToken": "development"}
    assert sent["msg"][0]["from"] == "3669"
    assert sent["msg"][0]["to"] == [{"number": "0031612345678"}]
    assert sent["msg"][0]["allowedChannels"] == ["SMS"]
    assert "112" in provider.replies[0]  # HULP is a cry


def test_the_first_version_of_cms_messages_is_read_too(server, provider):
    provider.sent.clear()
    old = {"from": "0031600000201", "to": "3669", "body": "pep", "reference": "", "groupings": ["", "", ""]}
    assert server.json("/sms/cm", old)[0] == 200
    assert provider.replies[0].startswith("Go now")


def test_when_cm_does_not_take_the_reply_its_retry_is_the_queue(server, provider):
    provider.sent.clear()
    hi, one = ({"sender": "0031600000202", "timeUtc": f"2026-11-24T04:00:0{second}"} for second in (1, 2))
    server.cm("good morning", **hi)
    provider.status = 500
    assert server.cm("1", **one)[0] == 503
    assert server.cm("1", **one)[0] == 503
    provider.status = 200
    assert server.cm("1", **one)[0] == 200
    assert provider.replies[1] == provider.replies[2] == provider.replies[3]
    assert provider.replies[3].startswith("1 STI and HIV")  # one step, however often it came


def test_a_reply_that_went_out_over_cm_is_not_sent_again(server, provider):
    provider.sent.clear()
    one = {"sender": "0031600000206", "timeUtc": "2026-11-24T04:00:01"}
    assert [server.cm("good morning", **one)[0] for _ in range(3)] == [200, 200, 200]
    assert len(provider.sent) == 1
    for text in ("1", "0", "1"):  # sent from a queue within one second: three texts all the same
        assert server.cm(text, **one)[0] == 200
    assert len(provider.sent) == 4
    assert provider.replies[1] == provider.replies[3] != provider.replies[2]


def test_a_cm_that_hangs_is_given_up_in_time(server, provider):
    provider.hangs.set()
    begin = time.monotonic()
    assert server.cm("good morning", sender="0031600000203")[0] == 503
    assert time.monotonic() - begin < cm.SECONDS + 2
    provider.hangs.clear()


def test_silence_is_no_call(server, provider):
    provider.sent.clear()
    assert server.cm("x", sender="0031600000204")[0] == 200
    assert provider.sent == []


def test_a_picture_over_cm_is_told_that_only_text_is_read(server, provider):
    provider.sent.clear()
    picture = {"message": {"text": "", "media": {"mediaUri": "https://x", "contentType": "image/jpeg"}}}
    assert server.cm("", sender="0031600000205", **picture)[0] == 200
    assert "only read text" in provider.replies[0]


@pytest.mark.parametrize(
    "wrong",
    [{"from": None}, {"from": {}}, {"from": {"number": ""}}, {"from": {"number": 31612345678}},
     {"from": {"number": "KPN"}}, {"from": {"number": "0031" + "6" * 80}}, {"from": ["0031612345678"]},
     {"to": {"number": ""}}, {"to": {"number": "../3669"}}, {"message": {}}, {"message": {"text": 5}},
     {"message": {"text": "a" * 1601}}, {"message": "hi"}, {"channel": "WhatsApp"}, {"channel": 5}, {"timeUtc": {}}],
)  # fmt: skip
def test_a_message_of_cm_that_is_none_is_a_4xx_and_is_not_answered(server, provider, wrong):
    provider.sent.clear()
    status, body = server.json("/sms/cm", {**CM_SAMPLE, **wrong})
    assert (400 <= status < 500, body.count("\n"), provider.sent) == (True, 1, [])


def test_in_development_nothing_is_sent_to_cm_by_accident(tmp_path):
    with Server(tmp_path) as running:
        status, body = running.cm("good morning")
        assert status == 503
        assert "CM_PRODUCT_TOKEN is not set" in body


# --- Infobip and Africa's Talking -----------------------------------------------------------------------------------


def test_the_steps_of_infobips_contract_get_answers_of_its_form(server):
    for step in USSD["infobip"]["steps"]:
        status, body = server.json("/ussd/infobip" + step["path"], step["json"])
        assert status == 200
        assert set(json.loads(body)) == set(step["reply_json"]) | ({"shouldClose", "ussdMenu"} & set(json.loads(body)))
    assert sample(infobip).startswith('{"msisdn": "31612345678"')


def test_an_infobip_session_from_dialling_to_the_end(server):
    number = "31600000301"
    status, first = server.infobip("i1", "start", sender=number)
    assert (status, first["shouldClose"]) == (200, False)
    assert first["ussdMenu"].startswith("1 Health\n")
    assert server.infobip("i1", "start", sender=number)[1] == first  # two session starts are one
    assert server.infobip("i1", "response", "1", number)[1]["ussdMenu"].startswith("1 STI and HIV")
    assert server.infobip("i1", "response", "1", number)[1]["ussdMenu"].startswith("1 STI test")  # the same key again
    assert server.infobip("i1", "response", "*123#", number)[1]["ussdMenu"] == "1 Continue\n2 Start"
    over = server.infobip("i1", "response", "x", number)[1]
    assert (over["shouldClose"], over["ussdMenu"]) == (True, "")
    assert server.infobip("i1", "end", sender=number) == (200, {"responseExitCode": 200, "responseMessage": ""})
    after = server.infobip("i1", "response", "1", number)[1]["ussdMenu"]  # a session id seen after its end
    assert "1 Health" in after


def test_a_session_id_seen_before_its_first_request_is_answered(server):
    assert "1 Health" in server.infobip("never-begun", "response", "1", "31600000302")[1]["ussdMenu"]
    assert server.ussd("1", session="never-begun", sender="+31600000303")[1].startswith("CON 1 STI and HIV")


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("s1/begin", {"msisdn": "1", "text": ""}, 404), (f"{'s' * 201}/start", {"msisdn": "1"}, 400),
        ("s1/response", {"msisdn": "31600000304"}, 400), ("s1/response", {"text": "1"}, 400),
        ("s1/response", {"msisdn": "", "text": "1"}, 400), ("s1/response", {"msisdn": 5, "text": "1"}, 400),
        ("s1/response", {"msisdn": "1", "text": "a" * 1601}, 400), ("s1/response", ["1"], 400),
        ("s1/response", b'{"msisdn":"1","text":"1","text":"2"}', 400), ("s1/response", b"{", 400),
        ("s1/response", b'{"msisdn":"1","text":"\xff"}', 400), ("s1/response", b"[" * 60_000, 400),
        ("s1/response", b'{"msisdn":"1","text":NaN}', 400),
    ],
)  # fmt: skip
def test_a_request_of_infobip_that_is_none_is_a_4xx(server, path, sent, status):
    found, body = server.json(f"/ussd/infobip/session/{path}", sent)
    assert (found, body.count("\n"), "Traceback" in body) == (status, 1, False)


def test_json_that_is_not_called_so_is_a_4xx(server):
    assert server.request("/sms/cm", json.dumps(CM_SAMPLE).encode())[0] == 415
    assert server.json("/ussd/africastalking", {"sessionId": "1"})[0] == 415


def test_the_steps_of_africas_talkings_contract(server):
    steps = USSD["africastalking"]["steps"]
    assert steps[2]["body"] == sample(africastalking)
    for step in steps:
        status, body = server.request("/ussd/africastalking", step["body"].encode())
        assert status == 200
        assert body.startswith("CON ")
    note = urlencode(USSD["africastalking"]["end_notification"]["form"]).encode()
    assert server.request("/ussd/africastalking", note) == (200, "")


def test_a_star_in_an_answer_and_a_step_back_come_right_over_http(server):
    said = {}
    for text in ("", "1", "1*1", "1*1*0", "1*1*0*0"):
        said[text] = server.ussd(text, session="stars", sender="+31600000305")[1]
    assert said["1*1*0*0"] == said[""]
    assert server.ussd("1*1", session="stars", sender="+31600000305")[1] == said["1*1"]  # the gateway stepped back
    assert server.ussd("1*1*0", session="stars", sender="+31600000305")[1] == said["1"]
    assert server.ussd("1*1*pep*hiv", session="stars", sender="+31600000305")[1].startswith("CON Go now")


def test_requests_at_once_for_one_session_are_one_step_each(server):
    with ThreadPoolExecutor(8) as callers:
        starts = list(callers.map(lambda _: server.ussd("", session="at-once", sender="+31600000306"), range(8)))
        assert {status for status, _ in starts} == {200}
        assert len({body for _, body in starts}) == 1
        pages = list(callers.map(lambda _: server.infobip("at-once", "response", "9", "31600000307"), range(8)))
        assert {status for status, _ in pages} == {200}
        assert all(page["ussdMenu"] for _, page in pages)
        same = list(callers.map(lambda _: server.ussd("1", session="at-once", sender="+31600000306"), range(8)))
        assert {body for _, body in same} == {same[0][1]}  # one message, however often it came


def test_nothing_is_stored_of_what_was_refused(tmp_path):
    with Server(tmp_path) as running:
        for wrong in (b"", b"{}", b"text=1", b"sessionId=1&sessionId=2&phoneNumber=3&text=", b"\xff"):
            for path in ("/sms/twilio", "/sms/cm", "/ussd/africastalking", "/ussd/infobip/session/1/start"):
                for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
                    assert 400 <= running.request(path, wrong, {"Content-Type": kind})[0] < 500
        database = sqlite3.connect(tmp_path / "line.sqlite")
        for table in ("session", "day", "month"):
            assert database.execute(f"select count(*) from {table}").fetchone() == (0,), table


@pytest.mark.parametrize(
    ("written", "number"),
    [("+31612345678", "+31612345678"), ("0031612345678", "+31612345678"), ("31612345678", "+31612345678"),
     ("0612345678", "0612345678"), ("KPN", "KPN"), ("", "")],
)  # fmt: skip
def test_a_number_is_written_in_one_way_so_that_it_is_one_caller(written, number):
    assert e164(written) == number


def test_in_production_gateways_that_sign_nothing_have_a_secret_path(tmp_path):
    secret = "abcdefghijklmnop1234"
    production = {"SMSLINE_ENV": "production", "SMSLINE_SECRET": "s" * 40, "SMSLINE_PATH_TOKEN": secret,
                  "CM_PRODUCT_TOKEN": "a-token-of-cm", "SMSLINE_GATEWAYS": "cm,infobip"}  # fmt: skip
    with cm_server() as provider, Server(tmp_path, {**production, "SMSLINE_CM_URL": provider.url}) as running:
        assert running.cm("good morning")[0] == 404
        assert running.cm("good morning", path=f"/sms/cm/{secret}")[0] == 200
        assert provider.sent[0]["messages"]["authentication"] == {"productToken": "a-token-of-cm"}
        assert running.infobip("s1", "start")[0] == 404
        assert running.json(f"/ussd/infobip/{secret}/session/s1/start", {"msisdn": "1", "text": ""})[0] == 200
        assert running.sms("good morning")[0] == 404
        assert running.call()[0] == 404
        assert "a-token-of-cm" not in running.log
        assert secret not in running.log


def test_the_gateway_that_contributing_shows_works_as_it_stands_there():
    shown = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    assert shown.count("\n") <= 60
    elks = ModuleType("elks")
    exec(shown, elks.__dict__)
    settings = read_settings({"SMSLINE_STORE": "memory:", "SMSLINE_MENUS": str(ROOT / "menus"),
                              "SMSLINE_LOCALES": str(ROOT / "locales")})  # fmt: skip
    app = create_app(settings)
    add_gateway(app, elks.GATEWAY, app.extensions["smsline"], settings)
    sent = {"data": sample(elks), "content_type": "application/x-www-form-urlencoded"}
    first, again = (app.test_client().post("/sms/elks", **sent) for _ in range(2))
    assert first.status_code == 200
    assert first.text.startswith("Automatic line")
    assert again.text == first.text
    assert app.test_client().post("/sms/elks", data={"from": "1"}).status_code == 400
