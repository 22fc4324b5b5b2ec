"""Settings come from the environment, and everything wrong is named at once."""

from __future__ import annotations

import pytest

from smsline.engine.line import Limits
from smsline.errors import SmslineError
from smsline.settings import GATEWAYS, read_settings

PRODUCTION = {
    "SMSLINE_ENV": "production",
    "SMSLINE_SECRET": "s" * 32,
    "SMSLINE_PUBLIC_URL": "https://sms.example.org/",
    "TWILIO_AUTH_TOKEN": "old, new",
}


def test_development_needs_nothing():
    settings = read_settings({})
    assert not settings.production
    assert settings.gateways == GATEWAYS
    assert settings.path_token == ""
    assert len(settings.secret) >= 32


def test_production_names_all_that_is_missing_at_once():
    with pytest.raises(SmslineError) as refused:
        read_settings({"SMSLINE_ENV": "production", "SMSLINE_GATEWAYS": "twilio,africastalking"})
    for name in ("SMSLINE_SECRET", "SMSLINE_PUBLIC_URL", "TWILIO_AUTH_TOKEN", "SMSLINE_PATH_TOKEN"):
        assert name in str(refused.value)


def test_production_with_its_secrets_starts():
    settings = read_settings(PRODUCTION)
    assert settings.production
    assert settings.gateways == ("twilio",)
    assert settings.twilio_tokens == ("old", "new")
    assert settings.public_url == "https://sms.example.org"


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("SMSLINE_ENV", "prod", "development or production"),
        ("SMSLINE_GATEWAYS", "twillio", "Known are"),
        ("SMSLINE_PUBLIC_URL", "sms.example.org", "SMSLINE_PUBLIC_URL"),
        ("SMSLINE_SECRET", "s" * 31, "shorter than 32"),
        ("SMSLINE_PATH_TOKEN", "short", "at least 16"),
        ("SMSLINE_PORT", "many", "whole number"),
        ("SMSLINE_PORT", "65536", "whole number from 1 to 65535"),
        ("SMSLINE_PUBLIC_URL", "https://sms.example.org/path", "without a path"),
        ("SMSLINE_GATEWAYS", ",", "names no gateway"),
        ("SMSLINE_STORE", "mysql://x", "Write sqlite:///path"),
        ("TWILIO_AUTH_TOKEN", ",", "TWILIO_AUTH_TOKEN should be as it was given"),
        ("SMSLINE_WORKERS", "0", "whole number"),
        ("SMSLINE_PUBLIC_URL", "http://[", "without a path"),
        ("SMSLINE_PUBLIC_URL", "https://sms.example.org#x", "without a path"),
        ("SMSLINE_PUBLIC_URL", "https://sms.example.org:99999", "without a path"),
        ("SMSLINE_PUBLIC_URL", "https://sms example.org", "without a path"),
        ("SMSLINE_CM_URL", "https://", "should be a web address"),
        ("SMSLINE_CM_URL", "https:foo", "should be a web address"),
        ("SMSLINE_CM_URL", "http://[", "should be a web address"),
        ("SMSLINE_GATEWAYS", "twilio,twilio", "names a gateway twice"),
        ("CM_PRODUCT_TOKEN", "tok\u20acn", "CM_PRODUCT_TOKEN should be as"),
        ("SMSLINE_SECRET", "s" * 40 + "\udcff", "not UTF-8"),
        ("SMSLINE_TEXTS", "0", "whole number from 1"),
        ("SMSLINE_TEXTS", "many", "whole number from 1"),
        ("SMSLINE_TEXTS_A_DAY", "-1", "whole number from 1"),
        ("SMSLINE_SEGMENTS_A_DAY", "0", "whole number from 1"),
        ("SMSLINE_SEGMENTS_A_DAY", "1e9", "whole number from 1"),
        ("SMSLINE_KEY_DAYS", "0", "whole number from 1"),
        ("SMSLINE_COUNTRIES", "NL,XX", 'names "XX", which is no country'),
        ("SMSLINE_COUNTRIES", "Netherlands", "Write codes such as NL,RO"),
        ("SMSLINE_COUNTRIES", "NL RO", "Write codes such as NL,RO"),
        ("SMSLINE_COUNTRIES", "31", "Write codes such as NL,RO"),
        ("SMSLINE_TWILIO_KEEP", "forget", "redact, delete or keep"),
        ("TWILIO_ACCOUNT_SID", "SK1", "begin with AC"),
        ("TWILIO_ACCOUNT_SID", "AC1/../x", "begin with AC"),
        ("SMSLINE_TWILIO_API", "api.twilio.com", "should be a web address"),
        ("SMSLINE_METRICS_TOKEN", "tok\u20acn", "SMSLINE_METRICS_TOKEN should be as"),
        ("SMSLINE_METRICS_TOKEN", ",", "SMSLINE_METRICS_TOKEN should be as"),
        ("SMSLINE_DURABILITY", "best", "normal or full"),
        ("SMSLINE_LOG", "xml", "text or json"),
        ("SMSLINE_COUNTRIES", ",", "SMSLINE_COUNTRIES"),
    ],
)
def test_a_wrong_value_is_one_sentence(name, value, what):
    with pytest.raises(SmslineError, match=what) as refused:
        read_settings({**PRODUCTION, name: value})
    assert "\n" not in str(refused.value)


def test_a_platforms_port_counts_where_ours_is_not_set():
    assert read_settings({"PORT": "5000"}).port == 5000
    assert read_settings({"PORT": "5000", "SMSLINE_PORT": "6000"}).port == 6000


def test_countries_may_be_written_in_small_letters_and_with_blanks():
    settings = read_settings({"SMSLINE_COUNTRIES": " nl, ro ,UA"})
    assert settings.countries == {"NL", "RO", "UA"}


def test_the_defaults_answer_where_people_come_from():
    settings = read_settings({})
    assert settings.countries >= {"NL", "BE", "RO", "PL", "BR", "CO", "TH", "VN", "NG", "BG", "UA"}
    assert settings.limits == Limits()
    assert (settings.key_days, settings.segments_a_day) == (30, 20_000)
