"""Random texts in all scripts, and requests that no gateway sends: no exception, no 5xx, a screen that fits.

5,000 cases with a fixed seed; `make fuzz CASES=100000` takes other ones.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from smsline.app import create_app
from smsline.engine.pages import fits
from smsline.settings import read_settings

from .conftest import NOON, ROOT, Phone

CASES = int(os.environ.get("CASES", "5000"))
FIXED = "CASES" not in os.environ

TOKEN, PUBLIC = "fuzz", "https://sms.example.org"


def cases(part: float):
    """Settings for a part of all cases."""
    return settings(max_examples=max(1, int(CASES * part)), deadline=None, derandomize=FIXED, database=None,
                    suppress_health_check=list(HealthCheck))  # fmt: skip


SCRIPTS = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(whitelist_categories=("Ll", "Lu", "Nd", "Zs")), max_size=60),
    st.text(st.characters(min_codepoint=0x400, max_codepoint=0x4FF), max_size=40),
    st.text(st.characters(min_codepoint=0x600, max_codepoint=0x6FF), max_size=40),
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=20),
    st.text(st.characters(min_codepoint=0x300, max_codepoint=0x36F), max_size=200),
    st.text(st.sampled_from("\u200b\u200d\u202e\u2066\ufeff\u0000\x1b*#9 0"), max_size=60),
    st.text(st.sampled_from("0123456789*# "), max_size=12),
    st.sampled_from(
        ["he wont let me go", "sti test utrecht", "3011 AB", "help", "x", "ok", "8", "9", "0", "1", "menu", "ro"]
    ),
    st.sampled_from(["a", "🙂", "ß", "ş"]).map(lambda letter: letter * 1600),
)


@cases(0.3)
@given(
    texts=st.lists(SCRIPTS, min_size=1, max_size=5),
    channel=st.sampled_from(["sms", "ussd", "whatsapp"]),
    language=st.sampled_from([None, "en", "nl", "ro"]),
    hours=st.integers(0, 400),
)
def test_whatever_is_texted_there_is_a_reply_that_fits(line, texts, channel, language, hours):
    caller = Phone(line, channel, NOON, language)
    for text in texts:
        caller.time += timedelta(hours=hours)
        assert fits(line.channels[channel], caller.text(text))


@pytest.fixture(scope="module")
def client():
    environ = {
        "SMSLINE_STORE": "memory:", "SMSLINE_MENUS": str(ROOT / "menus"), "SMSLINE_LOCALES": str(ROOT / "locales"),
        "TWILIO_AUTH_TOKEN": TOKEN, "SMSLINE_PUBLIC_URL": PUBLIC, "TWILIO_ACCOUNT_SID": "AC1",
        "SMSLINE_TEXTS": "999999", "SMSLINE_TEXTS_A_DAY": "999999",
    }  # fmt: skip
    return create_app(read_settings(environ)).test_client()


FIELDS = (
    "Body", "From", "To", "MessageSid", "NumMedia", "OptOutType", "Latitude", "Longitude", "CallSid", "MessageStatus",
    "sessionId", "phoneNumber", "serviceCode", "text", "status",
)  # fmt: skip
PLAUSIBLE = ["+31612345678", "whatsapp:+40712345678", "SM1", "1", "-1", "52.1", "delivered", "STOP"]
VALUES = st.one_of(SCRIPTS, st.sampled_from(PLAUSIBLE))
FORMS = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=9)
PATHS = ("/sms/twilio", "/voice/twilio", "/sms/twilio/status", "/ussd/africastalking")


@cases(0.3)
@given(path=st.sampled_from(PATHS), fields=FORMS)
@example(path="/sms/twilio", fields={"Body": "\ud800", "From": "+31612345678", "MessageSid": "SM1"})
def test_a_signed_form_of_any_fields_is_answered_or_refused(client, path, fields):
    body = urlencode(fields, errors="surrogatepass").encode()
    form = {name: value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for name, value in fields.items()}
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{path}", form)
    answer = client.post(path, data=body, headers={"X-Twilio-Signature": signature},
                         content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert answer.status_code < 500


NAMES = st.sampled_from(["from", "to", "number", "message", "text", "media", "msisdn", "body", "channel"])
TREES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), SCRIPTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=8,
)
JSON_PATHS = ("/sms/cm", "/ussd/infobip/session/a/start", "/ussd/infobip/session/b/response")
KINDS = ("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=a", "a", "")
ROUTES = (*PATHS, "/sms/cm", "/metrics", "/healthz")


@cases(0.2)
@given(path=st.sampled_from(JSON_PATHS), tree=TREES)
def test_json_of_any_shape_is_answered_or_refused(client, path, tree):
    """503 is the only answer above: it says that CM.com did not take the reply, and asks for the message again."""
    answer = client.post(path, data=json.dumps(tree), content_type="application/json")
    assert answer.status_code < 500 or (path, answer.status_code) == ("/sms/cm", 503)


@cases(0.2)
@given(
    path=st.one_of(st.sampled_from(ROUTES), st.binary(max_size=30).map(quote_from_bytes)),
    body=st.binary(max_size=200),
    kind=st.sampled_from(KINDS),
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", "PATCH"]),
    signature=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
)
def test_bytes_of_any_kind_are_refused(client, path, body, kind, method, signature):
    answer = client.open("/" + path.lstrip("/"), method=method, data=body, content_type=kind,
                         headers={"X-Twilio-Signature": signature})  # fmt: skip
    assert answer.status_code < 500
