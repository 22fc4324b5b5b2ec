"""The nouns of the line, one meaning each. Read this file first.

All are frozen values: a change is a new value. Nothing here knows files, clocks, gateways or senders. What the content
holds is made once; what travels with a text is made anew each time, and parts of it are kept: those are structs, which
are made, changed, packed and unpacked many times faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

HOME = ZoneInfo("Europe/Amsterdam")
"""The clock that opening hours and days are read by."""

START = "start"
"""The node of the first screen."""

LANGUAGES, ERASE = "languages", "erase"
"""What an option may lead to beside a node: the list of languages, and forgetting this caller."""

ACTIONS = (LANGUAGES, ERASE)


# --- what staff write -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """A numbered choice: where it goes, and under which key the catalog has its label."""

    target: str
    label: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A stop that offers choices."""

    name: str
    options: tuple[Option, ...]
    urgent: bool = False
    safety: bool = False
    authorities: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A stop that tells something; `help` is the service whose helpers it can list near the caller."""

    name: str
    options: tuple[Option, ...]
    help: str | None = None
    urgent: bool = False
    safety: bool = False
    authorities: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """A stop that asks where the caller is and lists who offers the service `help` near there."""

    name: str
    help: str
    options: tuple[Option, ...] = ()
    urgent: bool = False
    safety: bool = False
    authorities: bool = False


Node = Menu | Answer | Lookup


@dataclass(frozen=True, slots=True)
class Fact:
    """One typed value; `until` is the last day on which it is true.

    `unit` is one of minutes, hours, days, weeks, months, years, km, percent, EUR, number, age, year, date,
    phone.
    """

    name: str
    value: float | date | str
    unit: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A point of the Netherlands with a name; `key` names it in a session, and never changes."""

    key: str
    name: str
    municipality: str
    province: str
    latitude: float
    longitude: float
    kind: str
    population: int = 0


Shown = Literal["yes", "web only", "no"]
"""How much of an organisation stands on a phone."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who helps, with what, where.

    `phone` is as people dial it in the Netherlands; `inside` says that it works from there only, `abroad` is the number
    for a foreign phone. `point` is (latitude, longitude) in degrees,
    where it has an address; `served` the towns it serves, largest first, each with such a point. `hours` is in the
    OpenStreetMap notation. `read` is the last day on which its source can be from, `verified` the day on which a person
    found it right. `character` is whom it belongs to, where that is not for everybody (christian).
    """

    name: str
    title: str
    services: tuple[str, ...]
    national: bool
    areas: tuple[str, ...]
    municipalities: frozenset[str]
    provinces: frozenset[str] = frozenset()
    audience: tuple[str, ...] = ("all",)
    phone: str = ""
    inside: bool = False
    abroad: str = ""
    whatsapp: str = ""
    email: str = ""
    web: str = ""
    city: str = ""
    address: str = ""
    point: tuple[float, float] | None = None
    served: tuple[tuple[str, tuple[float, float]], ...] = ()
    hours: str = ""
    languages: tuple[str, ...] = ()
    anonymous: bool | None = None
    free: bool | None = None
    authority: bool = False
    character: str = ""
    show: Shown = "no"
    read: date | None = None
    verified: date | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of help; `instead` names what comes closest where nobody offers it."""

    name: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the line. `name` is what its speakers call it, `latin` the same in letters that every phone has.

    `dutch` is its name in Dutch, `locale` Babel's, `countries` where it is spoken (ISO 3166). `of` is the language of
    which this is the form in Latin letters.
    """

    code: str
    name: str
    locale: str
    fallback: tuple[str, ...]
    dutch: str = ""
    latin: str = ""
    countries: tuple[str, ...] = ()
    of: str = ""


# --- one text in, one text out -----------------------------------------------------------------------------


class Channel(Struct, frozen=True):
    """A kind of phone conversation, with the length of one screen.

    `septets` is the most in GSM-7, `units` the most in UCS-2. With `parts` a screen travels as a long SMS (parts of
    153 septets or 67 units). A `dialogue` is a USSD session: the gateway opens and closes it, and its screens are
    small, so the way to reach somebody stands before all that could be read later.
    """

    name: str
    septets: int
    units: int
    parts: bool = False
    dialogue: bool = False


class Incoming(Struct, frozen=True):
    """One text from a caller. Not who sent it: the engine cannot know.

    `id` is the keyed hash of the gateway's message id, `time` the moment at the edge, with a time zone.
    `begins` says that a USSD session starts with it, `unreadable` that it was a picture or a voice. `point` is a
    location that was sent, (latitude, longitude) in degrees. `path` is what was sent before in this USSD session,
    (id, text) from the first on, where a gateway tells all of it each time. `country` is that of the sender's number
    (ISO 3166), as far as it tells one.
    """

    text: str
    channel: Channel
    id: bytes
    time: datetime
    begins: bool = False
    unreadable: bool = False
    point: tuple[float, float] | None = None
    path: tuple[tuple[bytes, str], ...] = ()
    country: str = ""


class Reply(Struct, frozen=True):
    """One text back; empty is silence. `ends` closes a USSD session."""

    text: str
    ends: bool = False


View = Literal["node", "ask", "which", "near", "wrong", "suggest", "languages", "unsure", "phrase", "resume"]


class Spot(Struct, frozen=True, array_like=True):
    """A stop and what is shown of it.

    `node` its text, `ask` the question where the caller is, `which` the question which of several places of one name,
    `near` who helps there, `wrong` whose number is wrong. For
    `suggest`, `languages`, `resume` it is the stop to go back to, for `phrase` the name of one of the line's phrases.
    `unsure` is the question for the language, instead of the first screen or of the phrase `cry`.
    """

    node: str
    view: View = "node"


NOWHERE = Spot("")
"""Where a caller is whose position has ended: no number means anything, only the language is left."""


class State(Struct, frozen=True, array_like=True):
    """All that a screen depends on, beside line and channel. `time` is in seconds since 1970, UTC."""

    here: Spot
    language: str
    time: int
    page: int = 0
    place: str | None = None
    notice: str | None = None
    offered: tuple[str, ...] = ()
    root: bool = True
    """Whether 0 leads to the first screen, rather than one stop back."""

    @property
    def moment(self) -> datetime:
        """The time of the last message, as the clocks in the Netherlands show it."""
        return datetime.fromtimestamp(self.time, UTC).astimezone(HOME)


class Pace(Struct, frozen=True, array_like=True):
    """How often and how clearly a caller texted lately: figures only, times in seconds since 1970, UTC.

    `texts` since the begin of a `window` of ten minutes, `daily` on the `day` (days since 1970), `unclear` in a row.
    `warned` is when it was last said that these are too many, `last` when the last text came.
    """

    window: int = 0
    texts: int = 0
    day: int = 0
    daily: int = 0
    unclear: int = 0
    warned: int = 0
    last: int = 0


class Session(Struct, frozen=True, array_like=True):
    """Where a caller is, how to get back, and what the last few messages were answered with."""

    state: State
    trail: tuple[Spot, ...] = ()
    recent: tuple[tuple[bytes, State], ...] = ()
    chosen: bool = False
    """Whether the caller chose the language, rather than us guessing it."""
    delivered: tuple[bytes, ...] = ()
    """Of the recent messages, those whose reply went out as a call of our own: a repeat gets no second one."""
    pace: Pace = Pace()
    reported: tuple[str, ...] = ()
    """Organisations whose number this caller has said is wrong: once each, as long as the position is kept."""


EventKind = Literal[
    "visited", "found", "not-found", "not-understood", "language", "urgent", "stopped", "erased", "exit",
    "only-text", "broken", "called", "wrong-number",
    "limited", "loop", "machine", "abroad", "shrunk", "opted",
]  # fmt: skip


class Event(Struct, frozen=True):
    """What happened, without who and without what was typed.

    `found` and `not-found` carry the service and the municipality where somebody was looked for, `wrong-number` the
    organisation and nothing else.
    """

    kind: EventKind
    language: str
    node: str = ""
    service: str = ""
    municipality: str = ""
    organisation: str = ""


class Turn(Struct, frozen=True):
    """One step: what to say, what to remember (None: forget this caller), and what happened."""

    reply: Reply
    session: Session | None
    events: tuple[Event, ...] = ()
