"""Reads `menus/line.yaml`: languages (`languages.py`), screens, prices, who is called first, what is spoken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smsline.content.languages import Languages, read_languages
from smsline.content.reader import Problems, Value, date_of, only, text_of, texts_of
from smsline.engine.model import Channel, Language
from smsline.engine.segments import USSD, room
from smsline.errors import Problem

LONGEST_SMS = 8
"""Segments of one message: what CM.com sends as one (its `maximumNumberOfMessageParts`)."""

LONGEST_WHATSAPP = 1600
"""Letters of one body at Twilio (twilio.com/docs/api/errors/21617)."""

USSD_GATEWAYS = {"africastalking": USSD, "infobip": USSD}
"""The gateways that may have screens of a length of their own, and the most that each takes."""

SMALLEST = {"septets": 100, "units": 40, "letters": 300}
"""Below this no menu fits."""

VOICES = frozenset((
    "ar-XA", "arb", "bg-BG", "cmn-CN", "cs-CZ", "de-DE", "en-GB", "en-US", "es-ES", "es-MX", "fr-FR", "hu-HU", "it-IT",
    "nl-BE", "nl-NL", "pl-PL", "pt-BR", "pt-PT", "ro-RO", "ru-RU", "th-TH", "tr-TR", "uk-UA", "vi-VN",
))  # fmt: skip
"""Languages that Twilio's <Say> speaks and a caller may need (twilio.com/docs/voice/twiml/say); Albanian and Tigrinya
it does not."""

SPOKEN_AS = {"zh": ("cmn", "zh"), "ar": ("ar", "arb")}
"""Languages whose voices have a code of another name."""


@dataclass(frozen=True, slots=True)
class Price:
    """What the operator pays for one SMS segment, sent and received, in `currency`."""

    sent: float = 0.0
    received: float = 0.0
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class Ages:
    """After how many years only the web address of an unverified contact is shown, and a fact may have changed."""

    contact_years: int = 5
    fact_years: int = 5


@dataclass(frozen=True, slots=True)
class Setup:
    """What the two files say."""

    languages: Languages
    channels: dict[str, Channel]
    price: Price
    emergency: str
    leaving: tuple[str, ...]
    voice: dict[str, str]
    old: Ages


def read_setup(file: Value | None, tables: Value | None, problems: Problems) -> Setup | None:
    """The setup; None where there is no language, so that nothing can be said."""
    if file is None:
        problems.found.append(Problem("menus/line.yaml", 0, "is missing: it names the languages."))
        return None
    only(file, ("languages", "screens", "price", "emergency", "leaving", "voice", "old", "live", "unsure",
                "tells-nothing"), problems, "line.yaml")  # fmt: skip
    languages = read_languages(file, tables, problems)
    if not languages.known:
        problems.add(file, "line.yaml names no languages. The first one is the language of the source.")
        return None
    return Setup(
        languages,
        _channels(file.get("screens"), problems),
        _price(file.get("price"), problems),
        text_of(file.get("emergency"), problems, "emergency"),
        tuple(item.text or "" for item in texts_of(file.get("leaving"), problems, "leaving")),
        _voice(file.get("voice"), languages.known, problems),
        _ages(file.get("old"), problems),
    )


def _ages(value: Value | None, problems: Problems) -> Ages:
    """How old what nobody has looked at again may be."""
    if value is None:
        return Ages()
    only(value, ("contact-years", "fact-years"), problems, "old")
    usual = Ages()
    return Ages(
        _whole(value, "contact-years", usual.contact_years, 1, 50, problems),
        _whole(value, "fact-years", usual.fact_years, 1, 50, problems),
    )


# --- screens, price, voice ----------------------------------------------------------------------------------


def _channels(value: Value | None, problems: Problems) -> dict[str, Channel]:
    """The longest screen of each channel, and of each USSD gateway that has one of its own."""
    if value:
        only(value, ("sms", "whatsapp", "ussd", *USSD_GATEWAYS), problems, "screens")
        for name, item in value.named():
            if item.pairs is None:
                problems.add(item, f"screens: {name} should have its sizes in braces, such as {{septets: 160}}.")
    sms, whatsapp, ussd = ((value.get(name) if value else None) for name in ("sms", "whatsapp", "ussd"))
    septets = room(_whole(sms, "gsm7-segments", 2, 1, LONGEST_SMS, problems), "GSM-7")
    units = room(_whole(sms, "ucs2-segments", 4, 1, LONGEST_SMS, problems), "UCS-2")
    letters = _whole(whatsapp, "letters", 1000, SMALLEST["letters"], LONGEST_WHATSAPP, problems)
    found = {
        "sms": Channel("sms", septets, units, parts=True),
        "whatsapp": Channel("whatsapp", letters, letters),
        "ussd": _ussd(ussd, problems),
    }
    for name in USSD_GATEWAYS:
        own = value.get(name) if value else None
        if own:
            found[name] = _ussd(own, problems, found["ussd"], USSD_GATEWAYS[name])
    return found


def _ussd(
    value: Value | None, problems: Problems, usual: Channel | None = None, most: Mapping[str, int] = USSD
) -> Channel:
    septets = _whole(value, "septets", usual.septets if usual else 160, SMALLEST["septets"], most["GSM-7"], problems)
    units = _whole(value, "units", usual.units if usual else 70, SMALLEST["units"], most["UCS-2"], problems)
    return Channel("ussd", septets, units, dialogue=True)


def _whole(value: Value | None, name: str, default: int, least: int, most: int, problems: Problems) -> int:
    item = value.get(name) if value else None
    if item is None:
        return default
    text = item.text or ""
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        problems.add(item, f'{name} is "{text}". Write a whole number from {least} to {most}.')
        return default
    return int(text)


def _price(value: Value | None, problems: Problems) -> Price:
    """The price of a segment. It is a fact like any other, so it has a source and a day."""
    if value is None:
        return Price()
    only(value, ("sent", "received", "currency", "source", "checked"), problems, "price")
    if not value.get("source") or date_of(value.get("checked"), problems, "price: checked") is None:
        problems.add(value, "price: say in source: and checked: where it was read, and when.")
    currency = text_of(value.get("currency"), problems, "price: currency") or "EUR"
    return Price(_amount(value, "sent", problems), _amount(value, "received", problems), currency)


def _amount(value: Value, name: str, problems: Problems) -> float:
    item = value.get(name)
    text = text_of(item, problems, f"price: {name}")
    whole, _, rest = text.partition(".")
    if text and not (text.isascii() and whole.isdigit() and (not rest or rest.isdigit())):
        assert item is not None
        problems.add(item, f'price: {name} is "{text}". Write an amount like 0.08.')
        return 0.0
    return float(text or 0)


def _voice(value: Value | None, languages: Mapping[str, Language], problems: Problems) -> dict[str, str]:
    """What is spoken to somebody who calls: languages in their order, each as Twilio calls it."""
    found = {}
    for code, item in value.named() if value else ():
        spoken = text_of(item, problems, f"voice: {code}")
        if code not in languages:
            problems.add(item, f"voice: {code} is no language of this line.")
        elif spoken not in VOICES:
            problems.add(item, f"voice: {spoken} cannot be spoken. Known are {', '.join(sorted(VOICES))}.")
        elif spoken.partition("-")[0] not in SPOKEN_AS.get(code, (code.partition("_")[0],)):
            problems.add(item, f"voice: {spoken} is the voice of another language than {code}.")
        else:
            found[code] = spoken
    if value is not None and not value.pairs:
        problems.add(value, "voice: names no language, so a caller would hear nothing. Write such as {nl: nl-NL}.")
    return found
