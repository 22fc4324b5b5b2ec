"""What an operator has to look at before going live: what the program can see itself, and what only a person can.

A file for each subject. Nothing is changed, nobody is texted, no secret and no number is shown. The network is asked
only where that is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from smsline.content.check import check, unverified
from smsline.content.loading import read_content
from smsline.doctor.files import files, unreadable
from smsline.doctor.finding import MEND, Finding, mend, ok
from smsline.doctor.machine import machine
from smsline.doctor.provider import provider
from smsline.doctor.secret import secrets
from smsline.doctor.store import store
from smsline.doctor.web import web
from smsline.engine.model import HOME
from smsline.settings import Settings

__all__ = ["MEND", "Finding", "examined", "questions"]


def examined(settings: Settings, online: bool = False) -> Iterator[Finding]:
    """What was looked at on this machine; and, where it is `online`, at the public URL and at the provider."""
    if settings.production:
        yield ok("SMSLINE_ENV is production")
    else:
        yield mend("SMSLINE_ENV is development", "Set SMSLINE_ENV=production.")
    yield from secrets(settings)
    yield from store(settings)
    yield from files(settings)
    yield from machine(settings)
    closed = list(unreadable(settings.menus, settings.locales))
    yield from closed or _content(settings)
    if settings.public_url.startswith("https://"):
        yield ok("SMSLINE_PUBLIC_URL is https")
    else:
        do = "Put a proxy with TLS in front, and set SMSLINE_PUBLIC_URL to its address."
        yield mend("SMSLINE_PUBLIC_URL is not https", do)
    if "twilio" in settings.gateways:
        yield _kept(settings)
    if online:
        yield from web(settings)
        yield from provider(settings)


def _kept(settings: Settings) -> Finding:
    if settings.redacts:
        return ok("texts are redacted at Twilio")
    if settings.twilio_keep == "keep":
        return ok("texts stay at Twilio, as SMSLINE_TWILIO_KEEP says")
    return mend("Twilio keeps every text", "Set TWILIO_ACCOUNT_SID, or SMSLINE_TWILIO_KEEP=keep if you want that.")


def _content(settings: Settings) -> Iterator[Finding]:
    today = datetime.now(HOME).date()
    problems = [one for one in check(settings.menus, settings.locales, today) if not one.reminder]
    if problems:
        yield mend(f"smsline check finds {len(problems)} problems, first {problems[0]}", "Run: smsline check")
    else:
        yield ok("the content checks")
    content, _ = read_content(settings.menus, settings.locales)
    waiting = len(unverified(content)) if content else 0
    what = f"{waiting} urgent answers and contacts are verified by nobody"
    yield mend(what, "Ring them; this says whom: smsline orgs due") if waiting else ok(what)


def questions(settings: Settings, online: bool = False) -> Iterator[str]:
    """What stands in a console that we cannot see; less where the provider was asked `online`."""
    if "twilio" in settings.gateways:
        if not (online and settings.twilio_account):
            yield "Twilio, number, A message comes in: is it the webhook of this line, with POST?"
            yield "Twilio, a call comes in: is it /voice/twilio?"
        yield "Twilio, number, fallback URL: is what `smsline fallback` prints there, on another machine than this one?"
        yield "Twilio, WhatsApp sender or Messaging Service, if you have one: has it the same webhook, with POST?"
        yield "Twilio, opt-out: is the default filter off, or Advanced Opt-Out set to your own words? Else HELP gets an"
        yield "  English answer, and who texts STOP, END, QUIT or CANCEL alone is blocked before we see it."
        yield "Twilio, geo permissions: are the countries of SMSLINE_COUNTRIES allowed, and no others?"
    if "cm" in settings.gateways:
        yield "CM.com: does its webhook have the secret path, and is the log of paths at your proxy switched off?"
    yield "Proxy: does it write no addresses, numbers or queries into its log, and does it hold slow clients?"
    yield "Backup: is it made by `smsline backup`, and are the store and its disk in no other (docs/privacy.md)?"
    yield "Did somebody text HELP, STOP, X and a word of each language to the number, from a prepaid phone?"
