"""Whom to ring: whose number callers say is wrong, then who is urgent and not verified, then the rest, oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from smsline.content.check import STALE_DAYS
from smsline.content.loading import Content
from smsline.content.texts import BLANK
from smsline.engine.model import Organisation


@dataclass(frozen=True, slots=True)
class Due:
    """An organisation to ring or write to: why, and what to ask. `reported` is how often callers did this month."""

    organisation: Organisation
    reported: int
    urgent: bool
    why: tuple[str, ...]
    ask: tuple[str, ...]

    @property
    def reach(self) -> str:
        """The number to ring, else where to write or look."""
        one = self.organisation
        return one.phone or one.whatsapp or one.email or one.web or "no number known: look for one"


def due(content: Content, today: date, wrong: Mapping[str, int]) -> list[Due]:
    """Everybody who is due, in the order to ring them. `wrong` counts the reports of this month by organisation."""
    urgent = _urgent(content)
    found = []
    for name, listed in content.listed.items():
        why = [*_reported(wrong.get(name, 0)), *_unverified(listed.organisation, today)]
        if why:
            also = ("urgent answers need it",) if name in urgent else ()
            one = listed.organisation
            found.append(Due(one, wrong.get(name, 0), name in urgent, (*why, *also), _questions(one)))
    return sorted(found, key=_order)


def _order(one: Due) -> tuple[object, ...]:
    organisation = one.organisation
    return (
        -one.reported,
        organisation.verified is not None,
        not one.urgent,
        ("yes", "web only", "no").index(organisation.show),
        organisation.verified or organisation.read or date.min,
        organisation.name,
    )


def _urgent(content: Content) -> set[str]:
    """Organisations that an urgent answer names, or that offer what it looks for."""
    line = content.line
    found = {line.emergency}
    for name, node in line.nodes.items():
        if node.urgent:
            texts = (content.messages.get(f"{name}.{part}") for part in ("answer", "closed"))
            found |= {blank.partition(".")[0] for text in texts if text for blank in BLANK.findall(text.text)}
            offers = line.directory.offers.get(getattr(node, "help", None) or "")
            found |= {one.name for one in offers.organisations} if offers else set()
    return found & set(content.listed)


def _reported(times: int) -> list[str]:
    return [f"{times} caller{'s' * (times != 1)} said this month that the number is wrong"] if times else []


def _unverified(one: Organisation, today: date) -> list[str]:
    if one.verified is None:
        return [f"nobody has verified it (source {f'of {one.read.year}' if one.read else 'without a date'})"]
    if (today - one.verified).days > STALE_DAYS:
        return [f"last verified {one.verified}"]
    return []


def _questions(one: Organisation) -> tuple[str, ...]:
    """What to ask, from what is not known."""
    services = ", ".join(service.replace("_", " ") for service in one.services)
    asked = [f"is this still the number for {services}?"]
    asked += ["which number do foreign phones dial?"] if one.inside and not one.abroad else []
    asked += ["when are you open?"] if not one.hours else []
    asked += ["which languages do you speak?"] if not one.languages else []
    asked += ["may people stay anonymous?"] if one.anonymous is None else []
    asked += ["is it free?"] if one.free is None else []
    asked += [f"still only for {', '.join(one.audience).replace('_', ' ')}?"] if "all" not in one.audience else []
    return tuple(asked)
