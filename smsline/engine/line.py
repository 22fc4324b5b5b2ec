"""The line as a whole: everything that `converse` needs to know, built once from the content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from smsline.engine.catalog import Catalog
from smsline.engine.directory import Directory
from smsline.engine.model import Channel, Language, Node
from smsline.engine.places import Gazetteer
from smsline.engine.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things are remembered, in seconds. The defaults are the promise made to callers."""

    position: int = 60 * 60
    safety: int = 5 * 60
    language: int = 30 * 24 * 60 * 60
    resume: int = 5 * 60
    """A USSD code dialled again within this time was probably dropped: the caller may go on where she was."""
    texts: int = 100
    """Texts of one sender that are answered in ten minutes, and `daily` in a day. Urgent ones always are."""
    daily: int = 500


@dataclass(frozen=True, slots=True)
class Line:
    """Everything that `converse` needs to know. `emergency` is the name of the organisation to call first."""

    nodes: Mapping[str, Node]
    parents: Mapping[str, str]
    languages: Mapping[str, Language]
    default: str
    catalog: Catalog
    vocabulary: Vocabulary
    directory: Directory
    gazetteer: Gazetteer
    channels: Mapping[str, Channel]
    emergency: str
    leaving: tuple[str, ...] = ()
    """What is offered to somebody who texts only "quit" or "stoppen"."""
    voice: Mapping[str, str] = field(default_factory=dict)
    """The languages that are spoken to somebody who calls, each as the gateway names it."""
    unsure: tuple[str, ...] = ()
    """The languages of the screen for somebody whose language cannot be told; none: it is the first screen."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """For languages that are known and not served: the one that their speakers get."""
    limits: Limits = field(default_factory=Limits)
    ours: dict[object, list[str]] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What we say of ourselves as words alone, made once: a machine may send it back."""
    grave: frozenset[str] = field(init=False, compare=False, repr=False)
    """The nodes that speak of safety: looked up for each screen that a session remembers, with each text."""

    def __post_init__(self) -> None:
        grave = frozenset(name for name, node in self.nodes.items() if node.safety)
        object.__setattr__(self, "grave", grave)
