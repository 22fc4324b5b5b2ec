"""What an operator has to look at before going live: what the program can see itself, and what only a person can.

It reads settings and content, and opens the store as the line itself does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from smsline.address import SCHEMES, address
from smsline.content.check import check, unverified
from smsline.content.loading import read_content
from smsline.engine.model import HOME
from smsline.errors import SmslineError
from smsline.settings import Settings
from smsline.stores import is_missing, open_store


def examined(settings: Settings) -> Iterator[tuple[bool, str]]:
    """What was looked at, and whether it is right."""
    yield settings.production, "SMSLINE_ENV is production" if settings.production else "SMSLINE_ENV is development"
    secure = settings.public_url.startswith("https://")
    yield secure, f"SMSLINE_PUBLIC_URL is {'' if secure else 'not '}https"
    yield settings.secret_given, "SMSLINE_SECRET is " + ("set" if settings.secret_given else "not set")
    yield from _store(settings)
    yield from _content(settings)
    if "twilio" in settings.gateways:
        yield settings.redacts or settings.twilio_keep == "keep", _kept(settings)


def _kept(settings: Settings) -> str:
    if settings.redacts:
        return "texts are redacted at Twilio"
    if settings.twilio_keep == "keep":
        return "texts stay at Twilio, as SMSLINE_TWILIO_KEEP says"
    return "Twilio keeps every text: set TWILIO_ACCOUNT_SID, or SMSLINE_TWILIO_KEEP=keep"


def _store(settings: Settings) -> Iterator[tuple[bool, str]]:
    if settings.store == "memory:":
        yield False, "SMSLINE_STORE is memory: everything is forgotten at each start"
        return
    if is_missing(settings.store):
        yield True, "the store is not there yet: the first start makes it"
        return
    try:
        store = open_store(settings.store, settings.durability)
        store.salts()
        invented = store.is_invented()
    except SmslineError as error:
        yield False, str(error)
        return
    if invented:
        yield False, "the store holds an invented year, which production refuses: set another SMSLINE_STORE"
    else:
        yield True, "the store can be read and written"
    if settings.store.startswith(SCHEMES):
        yield from _redis(settings)


def _redis(settings: Settings) -> Iterator[tuple[bool, str]]:
    """How a Redis keeps what it has."""
    from smsline.stores.redis import RedisStore  # slow to import

    said = RedisStore(address(settings.store)).info()
    role, policy = said.get("role"), said.get("maxmemory_policy")
    if role != "master":
        yield False, "this Redis is a replica, which takes no changes: name the primary, or the sentinels"
    appends = said.get("aof_enabled") == 1
    off = "Redis has appendonly off: when it dies, all since its last snapshot is lost. Set appendonly yes"
    yield appends, "Redis writes what it is told to its disk" if appends else off
    loses = f"Redis has maxmemory-policy {policy}, which takes counts away when memory is full. Set noeviction"
    keeps = policy == "noeviction"
    yield keeps, "Redis takes nothing away when its memory is full" if keeps else loses


def _content(settings: Settings) -> Iterator[tuple[bool, str]]:
    today = datetime.now(HOME).date()
    problems = [one for one in check(settings.menus, settings.locales, today) if not one.reminder]
    what = f"smsline check finds {len(problems)} problems, first {problems[0]}" if problems else "the content checks"
    yield not problems, what
    content, _ = read_content(settings.menus, settings.locales)
    waiting = len(unverified(content)) if content else 0
    yield not waiting, f"{waiting} urgent answers and contacts are verified by nobody: smsline orgs due"


def questions(settings: Settings) -> Iterator[str]:
    """What stands in a console that we cannot see."""
    if "twilio" in settings.gateways:
        yield "Twilio, number, A message comes in: is it the webhook of this line, with POST?"
        yield "Twilio, number, fallback URL: is what `smsline fallback` prints there, on another machine than this one?"
        yield "Twilio, opt-out: is the default filter off, or Advanced Opt-Out set to your own words? Else HELP gets an"
        yield "  English answer, and who texts STOP, END, QUIT or CANCEL alone is blocked before we see it."
        yield "Twilio, geo permissions: are the countries of SMSLINE_COUNTRIES allowed, and no others?"
        yield "Twilio, a call comes in: is it /voice/twilio?"
    if "cm" in settings.gateways:
        yield "CM.com: does its webhook have the secret path, and is the log of paths at your proxy switched off?"
    yield "Proxy: does it write no addresses, numbers or queries into its log, and does it hold slow clients?"
    yield "Backup: is the store left out of it, or are its sessions (docs/privacy.md)?"
    yield "Did somebody text HELP, STOP, X and a word of each language to the number, from a prepaid phone?"
