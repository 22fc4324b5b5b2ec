"""How a directory grows: who is nearest, among 300 to a million organisations."""

from __future__ import annotations

import gc
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import accumulate

from growth_measuring import Axis, Table, both, interleaved, median, resident, short

from smsline.engine.directory import Directory, directory_of
from smsline.engine.line import Line
from smsline.engine.lists import MOST_HELPERS
from smsline.engine.model import HOME, Organisation, Place

NATIONAL, REGIONAL, ADDRESSED = 0.05, 0.15, 0.7
"""The parts of the organisations that help the whole country, that serve a handful of towns (the others serve one), and
that have an address rather than the towns they serve."""

REGION, BRANCHES = 12, 20
"""Municipalities of a region; organisations that share one number, of one in ten."""


class Invented:
    """Organisations as there may be: where people live, with hours, languages and dates as in the real directory."""

    def __init__(self, line: Line) -> None:
        self.lot = random.Random(42)
        self.real = [one for one in line.directory.organisations.values() if one.show != "no"]
        self.places = [place for place in line.gazetteer.by_key.values() if place.population and place.municipality]
        self.weights = [*accumulate(place.population for place in self.places)]
        self.towns = sorted({place.municipality for place in self.places})
        self.province = {place.municipality: place.province for place in self.places}
        some = Counter(service for one in line.directory.organisations.values() for service in one.services)
        self.services, self.often = [*some], [*some.values()]

    def place(self) -> Place:
        return self.lot.choices(self.places, cum_weights=self.weights)[0]

    def organisation(self, number: int) -> Organisation:
        lot, place, real = self.lot, self.place(), self.lot.choice
        national = lot.random() < NATIONAL
        towns = [] if national else [place.municipality]
        if not national and lot.random() < REGIONAL:
            at = self.towns.index(place.municipality)
            towns = self.towns[max(0, at - REGION // 2) : at + REGION // 2]
        near = (place.latitude + lot.gauss(0, 0.01), place.longitude + lot.gauss(0, 0.015))
        has_address = lot.random() < (0.3 if national else ADDRESSED)
        shared = f"0900-{lot.randrange(1 + number // BRANCHES // 10)}" if lot.random() < 0.1 else ""
        shown, spoken, open_ = real(self.real), real(self.real), real(self.real)
        return replace(
            shown, name=f"invented-{number}", title=f"Invented {number}", national=national, areas=(),
            services=tuple(dict.fromkeys(lot.choices(self.services, self.often, k=lot.randint(1, 3)))),
            municipalities=frozenset(towns), provinces=frozenset(self.province[town] for town in towns),
            audience=real(self.real).audience, phone=shared or f"06-{number:08d}",
            point=near if has_address else None,
            served=() if has_address or national else ((place.municipality, near),),
            hours=open_.hours or lot.choice(("", "Mo-Fr 09:00-17:00; PH off", "Mo-Sa 10:00-22:00")),
            languages=spoken.languages or lot.choice(((), (), ("nl",), ("nl", "en"))),
        )  # fmt: skip


def directories(line: Line, sizes: Sequence[int]) -> tuple[dict[int, Directory], list[float], list[list[str]]]:
    """Directories of each size, each the begin of the next one, with their MiB, and what they take."""
    invented, some, found = Invented(line), list[Organisation](), dict[int, Directory]()
    empty, memory, takes = resident(), list[float](), list[list[str]]()
    gc.disable()  # as while content is loaded
    for count in sizes:
        some += map(invented.organisation, range(len(some), count))
        begin = time.perf_counter()
        by_name = {one.name: one for one in some}
        doubted = frozenset(invented.lot.sample([*by_name], min(30, count // 30)))
        found[count] = replace(directory_of(by_name, line.directory.services, line.directory.years), doubted=doubted)
        seconds = time.perf_counter() - begin
        memory.append(max(0.1, resident() - empty))
        takes.append([short(count), f"{seconds:.2f}", f"{memory[-1]:,.0f}", f"{memory[-1] * 2**20 / count:,.0f}"])
    gc.freeze()
    gc.enable()
    return found, memory, takes


def look_ups(line: Line, directory: Directory, kind: str) -> Callable[[], object]:
    """A look-up of somebody somewhere, of each kind of help as often as it is offered."""
    invented = Invented(line)
    invented.lot.seed(7)
    languages = [code for code in line.languages if "-" not in code]

    def call() -> object:
        lot = invented.lot
        hour = lot.randrange(24) if kind != "at night" else 3
        moment = datetime(2026, 11, 24, hour, lot.randrange(60), lot.randrange(60), tzinfo=HOME)
        service = lot.choices(invented.services, invented.often)[0]
        place = invented.place() if kind != "a village" else lot.choice(invented.places)
        if kind == "closed":
            return directory.open_now(service, place, moment)
        return directory.shortlist(service, place, moment, lot.choice(languages), MOST_HELPERS, lot.random() < 0.1)

    return call


KINDS = {"where people live": "nearest, where people live", "a village": "nearest, any town or village",
         "at night": "nearest, at three at night", "closed": "whether somebody is open now"}  # fmt: skip


WHY = (
    "of few organisations hardly any is near; of many some 60 are looked at, whatever their number, until there are "
    "enough that are open and speak the language, and so many do not fit into the cache of the processor"
)


def organisations_axis(line: Line, sizes: Sequence[int], rounds: int) -> Axis:
    """Who is nearest, as a list on a phone asks it."""
    found, memory, takes = directories(line, sizes)
    calls = {f"{kind} {count}": look_ups(line, directory, kind) for count, directory in found.items() for kind in KINDS}
    spent = interleaved(calls, rounds, 200)
    rows = [[says, *(both(spent[f"{kind} {count}"]) for count in sizes)] for kind, says in KINDS.items()]
    curves = {says: [median(spent[f"{kind} {count}"]) for count in sizes] for kind, says in KINDS.items()}
    says = (
        "Invented organisations where people live, each with one to three of the real kinds of help: one in twenty "
        "national, one in seven for a dozen municipalities, the others for one; hours, languages, audiences and dates "
        "as in the real directory, some numbers shared, some doubted. Each look-up is for another place, minute, "
        f"language and kind of help, and names {MOST_HELPERS} as a list on a phone does."
    )
    return Axis("organisations", sizes, says, [
        Table("A look-up", ["median / 99 % in us", *map(short, sizes)], rows),
        Table("What it takes", ["organisations", "maps drawn in s", "all in MiB", "bytes each"], takes),
    ], curves, {"the directory": memory}, dict.fromkeys(KINDS.values(), WHY))  # fmt: skip
