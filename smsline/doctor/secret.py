"""Secrets: there, long, made at random as far as one can see, and each for one thing. None is ever shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smsline.doctor.finding import Finding, mend, ok, warn
from smsline.settings import Settings

OURS = {"SMSLINE_SECRET": 32, "SMSLINE_PATH_TOKEN": 16, "SMSLINE_METRICS_TOKEN": 16}
"""Secrets that an operator makes herself, and how many letters each has at least."""

FEWEST = 8
"""Different letters of a random secret: 32 random figures of hexadecimal have fewer once in 300,000,000,000."""

EXAMPLES = ("development", "a-token-of-the-tests", "made-as-the-readme-says", "as-the-console-shows-it", "change-me")
"""What documents and tests show in the place of a secret."""

MAKE = "Make one: python3 -c 'import secrets; print(secrets.token_hex(32))'"

_twilio = re.compile(r"[0-9a-f]{32}").fullmatch


def secrets(settings: Settings) -> Iterator[Finding]:
    """A row for each secret that is set, or should be."""
    held = list(_held(settings))
    for number, (name, value) in enumerate(held):
        others = [other for place, (other, same) in enumerate(held) if same == value and value and place != number]
        yield _judged(name, value, others[0] if others else "")
    if settings.production and not settings.metrics_token:
        yield warn("SMSLINE_METRICS_TOKEN is not set, so nobody can watch the line", MAKE)


def _held(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "SMSLINE_SECRET", settings.secret.decode() if settings.secret_given else ""
    if "twilio" in settings.gateways:
        for token in settings.twilio_tokens:
            yield "TWILIO_AUTH_TOKEN", "" if token == "development" else token  # noqa: S105  what stands for none
    for name, value in (("SMSLINE_PATH_TOKEN", settings.path_token), ("CM_PRODUCT_TOKEN", settings.cm_token),
                        ("SMSLINE_METRICS_TOKEN", settings.metrics_token)):  # fmt: skip
        if value:
            yield name, value


def _judged(name: str, value: str, same: str) -> Finding:
    make = MAKE if name in OURS else "Copy it from the gateway's console."
    if not value:
        return mend(f"{name} is not set", make)
    if value.lower() in EXAMPLES:
        return mend(f"{name} is an example from the documents", make)
    if len(value) < OURS.get(name, 1):
        return mend(f"{name} is shorter than {OURS[name]} letters", make)
    if name in OURS and len(set(value)) < FEWEST:
        return mend(f"{name} has fewer than {FEWEST} different letters, so it was not made at random", make)
    if same:
        return mend(f"{name} is the same as {same}", f"Whoever has one has both. {make}")
    if name == "TWILIO_AUTH_TOKEN" and not _twilio(value):
        do = "Copy it once more; an API key or its secret does not sign."
        return warn(f"{name} is not 32 figures and letters from a to f, as Twilio's are", do)
    return ok(f"{name} is set")
