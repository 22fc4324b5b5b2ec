"""What an operator can set, as rows: name, default, help. All from the environment, read once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import phonenumbers

from smsline.address import SCHEMES, address, shown
from smsline.engine.line import Limits
from smsline.errors import SmslineError

GATEWAYS = ("twilio", "cm", "africastalking", "infobip")
CM_URL = "https://gw.messaging.cm.com/v1.0/message"
TWILIO_API = "https://api.twilio.com"
STORES = ("sqlite:///", "memory:", *SCHEMES)


COUNTRIES = (
    "AD,AL,AT,AX,BA,BE,BG,BY,CH,CY,CZ,DE,DK,EE,ES,FI,FO,FR,GB,GG,GI,GR,HR,HU,IE,IM,IS,IT,JE,LI,LT,LU,LV,MC,MD,ME,MK,MT,"
    "NL,NO,PL,PT,RO,RS,RU,SE,SI,SJ,SK,SM,TR,UA,VA,XK,"
    "AO,AR,AW,BJ,BQ,BR,CD,CI,CM,CN,CO,CU,CV,CW,DO,DZ,EC,EG,EH,ER,ET,GH,GN,HK,IQ,JM,KZ,LY,MA,MX,MY,NG,PE,PH,PY,SG,SL,SN,SR,SY,"
    "TG,TH,TN,TW,UG,VE,VN"
)
"""Europe, and where people who do this work in the Netherlands come from. A list keeps away whoever earns with texts
that are answered."""

WHOLE = ("_SECONDS", "_PORT", "_WORKERS", "_DAYS", "_TEXTS", "_A_DAY")
"""How settings end that are whole numbers."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row. `secret` ones are needed in production, for the gateways named (empty: for all)."""

    name: str
    default: str
    help: str
    needed: bool = False
    gateways: tuple[str, ...] = ()


SETTINGS = (
    Setting("SMSLINE_ENV", "development", "`development` or `production`."),
    Setting("SMSLINE_SECRET", "", "Keys the hashes of senders; at least 32 letters. Make one: "
            "`python3 -c 'import secrets; print(secrets.token_hex(32))'`", needed=True),
    Setting("SMSLINE_STORE", "sqlite:///smsline.sqlite", "Where sessions are: `sqlite:///path`, `memory:` for "
            "one worker, or for several machines `redis://:password@host:6379/0` (`rediss` over TLS), "
            "`redis+sentinel://:password@host:26379,host:26379/service/0`."),
    Setting("SMSLINE_DURABILITY", "normal", "Of a file: `normal`: what was answered survives a crash of the "
            "process; `full`: of the machine too, more slowly. Redis has settings of its own."),
    Setting("SMSLINE_PUBLIC_URL", "http://127.0.0.1:8000", "What gateways call us by, without a path; "
            "signatures are checked against it.", needed=True),
    Setting("SMSLINE_GATEWAYS", "twilio", "Gateways that are on in production, with commas: `twilio`, `cm`, "
            "`africastalking`, `infobip`. In development all are."),
    Setting("TWILIO_AUTH_TOKEN", "", "Signs what Twilio sends; two with a comma while one is replaced.",
            needed=True, gateways=("twilio",)),
    Setting("TWILIO_ACCOUNT_SID", "", "Lets us redact what Twilio keeps of messages; without it nothing is "
            "redacted there."),
    Setting("SMSLINE_TWILIO_KEEP", "redact", "What happens at Twilio after delivery: `redact` takes the text away, "
            "`delete` the message, `keep` nothing."),
    Setting("SMSLINE_TWILIO_API", TWILIO_API, "Where Twilio's API is."),
    Setting("SMSLINE_METRICS_TOKEN", "", "Who may read `/metrics` (`Authorization: Bearer …`); without it in "
            "production nobody, in development everybody."),
    Setting("SMSLINE_LOG", "text", "How the log is written: `text`, or `json` with an object in each line."),
    Setting("CM_PRODUCT_TOKEN", "", "Lets CM.com take our replies.", needed=True, gateways=("cm",)),
    Setting("SMSLINE_CM_URL", CM_URL, "Where replies over CM.com are sent to."),
    Setting("SMSLINE_PATH_TOKEN", "", "The secret end of the path for gateways that sign nothing; at least "
            "16 letters or figures.", needed=True, gateways=("cm", "africastalking", "infobip")),
    Setting("SMSLINE_MENUS", "menus", "The folder of the menus."),
    Setting("SMSLINE_LOCALES", "locales", "The folder of the translations."),
    Setting("SMSLINE_STAFF", "smsline.staff", "The file of the accounts for the staff pages, which "
            "`smsline staff add` makes; without one there are no pages in production."),
    Setting("SMSLINE_STAFF_IDLE_SECONDS", "1800", "After how long without a click they sign somebody out."),
    Setting("SMSLINE_PORT", "8000", "The port to serve on; `PORT` counts too, as platforms set it."),
    Setting("SMSLINE_HOST", "127.0.0.1", "The address to serve on; `0.0.0.0` behind a platform's own proxy."),
    Setting("SMSLINE_WORKERS", "2", "Processes that answer."),
    Setting("SMSLINE_POSITION_SECONDS", "3600", "How long the place in the menu is kept."),
    Setting("SMSLINE_SAFETY_SECONDS", "300", "The same after a safety topic."),
    Setting("SMSLINE_LANGUAGE_SECONDS", "2592000", "How long the language is kept."),
    Setting("SMSLINE_KEY_DAYS", "30", "After how many days the hashes of senders get a new key; the old one is "
            "destroyed with its last row."),
    Setting("SMSLINE_TEXTS", "100", "Texts of one sender in ten minutes that are answered; urgent ones always are."),
    Setting("SMSLINE_TEXTS_A_DAY", "500", "The same in a day."),
    Setting("SMSLINE_COUNTRIES", COUNTRIES, "Countries (ISO codes, commas) whose senders are answered; the others get "
            "the emergency text once a day."),
    Setting("SMSLINE_SEGMENTS_A_DAY", "20000", "Segments sent to one country in a day, after which its answers shrink "
            "to one segment each."),
    Setting("SMSLINE_GO_LIVE_UNVERIFIED", "", "`yes` goes live although nobody has rung the contacts."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, checked. Tokens are a list: more than one while one is replaced."""

    production: bool
    secret: bytes
    secret_given: bool
    store: str
    public_url: str
    gateways: tuple[str, ...]
    twilio_tokens: tuple[str, ...]
    path_token: str
    cm_token: str
    cm_url: str
    menus: Path
    locales: Path
    staff: Path
    staff_idle: int
    host: str
    port: int
    workers: int
    limits: Limits
    unverified_allowed: bool
    key_days: int
    countries: frozenset[str]
    segments_a_day: int
    durability: str
    twilio_account: str
    twilio_keep: str
    twilio_api: str
    metrics_token: str
    log: str

    @property
    def redacts(self) -> bool:
        """Whether what Twilio keeps is redacted or deleted."""
        return bool(self.twilio_account) and self.twilio_keep != "keep" and "twilio" in self.gateways


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment. `SmslineError` names everything that is missing or wrong at once."""
    values = {row.name: environ.get(row.name, "").strip() or row.default for row in SETTINGS}
    values["SMSLINE_PORT"] = (
        environ.get("PORT", "") if "SMSLINE_PORT" not in environ and "PORT" in environ else values["SMSLINE_PORT"]
    )
    production = values["SMSLINE_ENV"] != "development"
    gateways = tuple(name.strip() for name in values["SMSLINE_GATEWAYS"].split(",") if name.strip())
    wrong = _wrong(values, environ, production, gateways)
    numbers = {name: _whole(name, values[name], wrong) for name in values if name.endswith(WHOLE)}
    if wrong:
        raise SmslineError("\n".join(wrong))
    return Settings(
        production=production,
        secret=(values["SMSLINE_SECRET"] or development_secret()).encode(),
        secret_given=bool(values["SMSLINE_SECRET"]),
        store=values["SMSLINE_STORE"],
        public_url=values["SMSLINE_PUBLIC_URL"].rstrip("/"),
        gateways=gateways if production else GATEWAYS,
        twilio_tokens=tuple(t.strip() for t in (values["TWILIO_AUTH_TOKEN"] or "development").split(",") if t.strip()),
        path_token=values["SMSLINE_PATH_TOKEN"] if production else "",
        cm_token=_cm_token(values, production),
        cm_url=values["SMSLINE_CM_URL"],
        **{name: Path(values[f"SMSLINE_{name.upper()}"]) for name in ("menus", "locales", "staff")},
        staff_idle=numbers["SMSLINE_STAFF_IDLE_SECONDS"],
        host=values["SMSLINE_HOST"],
        port=numbers["SMSLINE_PORT"],
        workers=numbers["SMSLINE_WORKERS"],
        limits=_limits(numbers),
        unverified_allowed=values["SMSLINE_GO_LIVE_UNVERIFIED"] == "yes",
        key_days=numbers["SMSLINE_KEY_DAYS"],
        countries=frozenset(code.strip().upper() for code in values["SMSLINE_COUNTRIES"].split(",") if code.strip()),
        segments_a_day=numbers["SMSLINE_SEGMENTS_A_DAY"],
        durability=values["SMSLINE_DURABILITY"],
        twilio_account=values["TWILIO_ACCOUNT_SID"],
        twilio_keep=values["SMSLINE_TWILIO_KEEP"],
        twilio_api=values["SMSLINE_TWILIO_API"].rstrip("/"),
        metrics_token=values["SMSLINE_METRICS_TOKEN"],
        log=values["SMSLINE_LOG"],
    )


def _limits(numbers: Mapping[str, int]) -> Limits:
    return Limits(
        numbers["SMSLINE_POSITION_SECONDS"],
        numbers["SMSLINE_SAFETY_SECONDS"],
        numbers["SMSLINE_LANGUAGE_SECONDS"],
        texts=numbers["SMSLINE_TEXTS"],
        daily=numbers["SMSLINE_TEXTS_A_DAY"],
    )


def _cm_token(values: Mapping[str, str], production: bool) -> str:
    """In development nothing is sent to CM.com by accident: without a token only to an address of one's own."""
    token, elsewhere = values["CM_PRODUCT_TOKEN"], values["SMSLINE_CM_URL"] != CM_URL
    return token or ("development" if elsewhere and not production else "")


_made: list[str] = []


def development_secret() -> str:
    """A secret of this process alone, so that a development store never outlives it by accident."""
    if not _made:
        _made.append(secrets.token_hex(32))
    return _made[0]


CHOICES = {
    "SMSLINE_ENV": ("development", "production"),
    "SMSLINE_DURABILITY": ("normal", "full"),
    "SMSLINE_LOG": ("text", "json"),
    "SMSLINE_TWILIO_KEEP": ("redact", "delete", "keep"),
}
"""Settings that have one of a few values."""


def _wrong(
    values: Mapping[str, str], environ: Mapping[str, str], production: bool, gateways: tuple[str, ...]
) -> list[str]:
    wrong = [f'{name} is "{values[name]}". Set it to {", ".join(known[:-1])} or {known[-1]}.'
             for name, known in CHOICES.items() if values[name] not in known]  # fmt: skip
    wrong += [f'SMSLINE_GATEWAYS names "{name}". Known are {", ".join(GATEWAYS)}.' for name in gateways
              if name not in GATEWAYS]  # fmt: skip
    if len(set(gateways)) < len(gateways):
        wrong.append("SMSLINE_GATEWAYS names a gateway twice.")
    for code in values["SMSLINE_COUNTRIES"].split(","):
        if code.strip() and not phonenumbers.country_code_for_region(code.strip().upper()):
            wrong.append(f'SMSLINE_COUNTRIES names "{code.strip()}", which is no country. Write codes such as NL,RO.')
    if not values["SMSLINE_COUNTRIES"].strip(", "):
        wrong.append("SMSLINE_COUNTRIES names no country. Write codes such as NL,RO.")
    if not values["SMSLINE_STORE"].startswith(STORES):
        wrong.append(
            f'SMSLINE_STORE is "{shown(values["SMSLINE_STORE"])}". Write sqlite:///path, redis://host or memory:.'
        )
    wrong += _unusable(values)
    return wrong + (_lacking(values, environ, gateways) if production else [])


def _unusable(values: Mapping[str, str]) -> list[str]:
    """Addresses and tokens that cannot be what they should be."""
    wrong = []
    if values["SMSLINE_STORE"].startswith(SCHEMES):
        try:
            address(values["SMSLINE_STORE"])
        except ValueError as error:
            wrong.append(f"SMSLINE_STORE {error}.")
    url = _address(values["SMSLINE_PUBLIC_URL"])
    if url is None or url.path.strip("/") or url.query or url.fragment or url.username is not None:
        wrong.append("SMSLINE_PUBLIC_URL should be like https://sms.example.org, without a path, a name or a password.")
    for name in ("SMSLINE_CM_URL", "SMSLINE_TWILIO_API"):
        if _address(values[name]) is None:
            wrong.append(f"{name} should be a web address, such as https://example.org/message.")
    for name in ("TWILIO_AUTH_TOKEN", "CM_PRODUCT_TOKEN", "SMSLINE_METRICS_TOKEN"):
        text = values[name]
        if not text.isascii() or not text.isprintable() or (text and not text.strip(", ")):
            wrong.append(f"{name} should be as it was given: letters, figures and signs of one line.")
    if values["TWILIO_ACCOUNT_SID"] and not re.fullmatch(r"AC[0-9a-zA-Z]{1,60}", values["TWILIO_ACCOUNT_SID"]):
        wrong.append("TWILIO_ACCOUNT_SID should begin with AC, as Twilio's console shows it.")
    if any(not _encodable(text) for text in values.values()):
        wrong.append("A setting has bytes that are not UTF-8.")
    return wrong


def _lacking(values: Mapping[str, str], environ: Mapping[str, str], gateways: tuple[str, ...]) -> list[str]:
    """What production needs beside."""
    wrong = []
    if not gateways:
        wrong.append(f"SMSLINE_GATEWAYS names no gateway. Known are {', '.join(GATEWAYS)}.")
    for row in SETTINGS:
        given = environ.get(row.name, "").strip()
        if row.needed and not given and (not row.gateways or set(row.gateways) & set(gateways)):
            wrong.append(f"{row.name} is not set. {row.help}")
    if environ.get("SMSLINE_SECRET") and len(values["SMSLINE_SECRET"]) < 32:
        wrong.append("SMSLINE_SECRET is shorter than 32 letters. Make a longer one, as the README says.")
    token = values["SMSLINE_PATH_TOKEN"]
    if token and (len(token) < 16 or not token.isalnum()):
        wrong.append("SMSLINE_PATH_TOKEN should be at least 16 letters or figures.")
    return wrong


def _address(text: str) -> SplitResult | None:
    """A web address in its parts; None where it is none."""
    try:
        url = urlsplit(text)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        return None
    return url if usable and text.isprintable() and " " not in text else None


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _whole(name: str, text: str, wrong: list[str]) -> int:
    most = 65535 if name.endswith("_PORT") else 10**9
    if text.isascii() and text.isdigit() and 0 < int(text) <= most:
        return int(text)
    wrong.append(f'{name} is "{text}". Set it to a whole number from 1 to {most}.')
    return 0
