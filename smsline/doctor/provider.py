"""What Twilio has set up, as its API says: read, never changed (twilio.com/docs/phone-numbers/api).

A number is named by its id in the console (PN…), never by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import urllib3

from smsline.channels.twilio import GATEWAY
from smsline.channels.voice import PATH as VOICE
from smsline.doctor.finding import Finding, mend, ok, warn
from smsline.settings import Settings

SECONDS = 5.0

MOST = 1000
"""Numbers of one page, which is the most that Twilio gives."""

DRIFT = 30
"""Seconds that our clock may differ from the provider's."""

_sid = re.compile(r"PN[0-9a-zA-Z]{1,60}").fullmatch

Row = Mapping[str, Any]


def provider(settings: Settings) -> Iterator[Finding]:
    """Whether the account is active and one of its numbers leads here; and what its clock says of ours."""
    if "twilio" not in settings.gateways:
        return
    yield clock(_date(settings.twilio_api), datetime.now(UTC))
    if not settings.twilio_account:
        return
    status, account = _read(settings, ".json")
    if status != 200:
        yield _unread(settings, status)
        return
    yield _account(account)
    status, page = _read(settings, f"/IncomingPhoneNumbers.json?PageSize={MOST}")
    rows = page.get("incoming_phone_numbers")
    if status != 200 or not isinstance(rows, list):
        yield _unread(settings, status)
        return
    yield from numbers([row for row in rows if isinstance(row, dict)], settings.public_url)


def _date(url: str) -> str:
    """The date that a server puts on its answers; empty where there is none."""
    try:
        answer = urllib3.request("HEAD", url, retries=False, redirect=False, timeout=urllib3.Timeout(total=SECONDS))
    except urllib3.exceptions.HTTPError:
        return ""
    return answer.headers.get("Date", "")


def _read(settings: Settings, rest: str) -> tuple[int, Row]:
    """Status and JSON of one answer; the status is 0 where there is none. Each token is tried."""
    url = f"{settings.twilio_api}/2010-04-01/Accounts/{settings.twilio_account}{rest}"
    for token in settings.twilio_tokens:
        headers = urllib3.make_headers(basic_auth=f"{settings.twilio_account}:{token}")
        try:
            answer = urllib3.request("GET", url, headers=headers, retries=False, redirect=False,
                                     timeout=urllib3.Timeout(total=SECONDS))  # fmt: skip
        except urllib3.exceptions.HTTPError:
            return 0, {}
        if answer.status != 401:
            break
    try:
        found = json.loads(answer.data)
    except ValueError:
        found = None
    return answer.status, found if isinstance(found, dict) else {}


def _unread(settings: Settings, status: int) -> Finding:
    if status in (401, 403):
        do = "Copy both from the console once more; texts cannot be redacted either."
        return mend("Twilio does not know TWILIO_ACCOUNT_SID with this TWILIO_AUTH_TOKEN", do)
    if status == 404:
        return mend("Twilio has no account TWILIO_ACCOUNT_SID", "Copy it from the console once more.")
    what = f"it answered {status}" if status else f"no answer in {SECONDS:.0f} seconds"
    do = "Let this machine reach it, or texts cannot be redacted; then run this again."
    return mend(f"Twilio's API at {settings.twilio_api} cannot be read: {what}", do)


def _account(row: Row) -> Finding:
    if row.get("status") != "active":
        return mend("the account at Twilio is not active", "Look in the console why, and pay or write to Twilio.")
    if row.get("type") == "Trial":
        return mend("the account at Twilio is a trial, which texts known numbers only", "Upgrade it in the console.")
    return ok("the account at Twilio is active")


def clock(date: str, now: datetime) -> Finding:
    """Whether our clock is that of the provider (RFC 9110, Date)."""
    try:
        off = int((now - parsedate_to_datetime(date)).total_seconds())
    except (ValueError, TypeError):
        return warn("Twilio's API says no time to compare the clock with", "Compare it with a watch.")
    if abs(off) > DRIFT:
        what = f"the clock of this machine is {abs(off)} seconds {'ahead' if off > 0 else 'behind'}"
        return mend(what, "Set it, and have it kept: timedatectl set-ntp true")
    return ok("the clock of this machine is right")


def numbers(rows: list[Row], public: str) -> Iterator[Finding]:
    """What leads from the numbers of the account to this line, and how. Numbers that lead elsewhere are left alone."""
    ours = [row for row in rows if _leads_here(row, public)]
    if not ours:
        do = f"At the number, under A message comes in: Webhook, {public}{GATEWAY.path}, HTTP POST."
        yield mend(f"none of the {len(rows)} numbers of the account leads to this line", do)
    for row in ours:
        sid = str(row.get("sid"))
        name = f"number {sid if _sid(sid) else '?'}"
        wrong = list(_wrong(row, name, public))
        yield from wrong or [ok(f"{name} leads to this line, by POST, with a fallback elsewhere")]


def _leads_here(row: Row, public: str) -> bool:
    """Whether texts to it go to our host, however badly."""
    return urlsplit(str(row.get("sms_url") or "")).hostname == urlsplit(public).hostname


def _wrong(row: Row, name: str, public: str) -> Iterator[Finding]:
    wanted = public + GATEWAY.path
    url, fallback = str(row["sms_url"]), str(row.get("sms_fallback_url") or "")
    if row.get("sms_application_sid"):
        do = "Take it away at the number, or give the application the same webhook."
        yield mend(f"{name} has a TwiML application, which counts instead of its webhook", do)
    if url.partition("#")[0] != wanted:
        yield mend(f"{name} calls another address for a text than {wanted}", f"Write {wanted} there, exactly.")
    if row.get("sms_method") != "POST":
        do = "Set POST: with GET the texts stand in logs, and the line answers 405."
        yield mend(f"{name} does not send texts by POST", do)
    if not fallback:
        do = "Put what `smsline fallback` prints on another machine, and its address there."
        yield mend(f"{name} has no fallback URL, so callers get nothing while the line is off", do)
    elif urlsplit(fallback).hostname == urlsplit(public).hostname:
        yield mend(f"{name} has its fallback URL on the machine of the line", "Put it on another, or as a TwiML bin.")
    spoken = row.get("voice_url") == public + VOICE and row.get("voice_method") == "POST"
    if not spoken or row.get("voice_application_sid") or row.get("trunk_sid"):
        yield warn(f"{name} does not speak to who rings it", f"Under A call comes in: {public}{VOICE}, HTTP POST.")
