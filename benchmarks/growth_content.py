"""How content grows: a conversation with 100 to 10,000 nodes, and with 3 to 30 languages."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import cycle
from pathlib import Path

import yaml
from growth_measuring import Axis, Table, both, interleaved, median, short

from smsline.content.loading import load
from smsline.content.translations import plurals
from smsline.engine.conversation import converse
from smsline.engine.line import Line
from smsline.engine.model import HOME, Incoming, Session
from smsline.engine.understanding import understand
from smsline.errors import Problem

ROOT = Path(__file__).parent.parent
NOON = datetime(2026, 11, 24, 12, tzinfo=HOME)

WORDS, OWN, SHARED = 12, 6, 3
"""Phrases of an invented node; words of its own, each of which so many nodes have."""

SYLLABLES = (
    "ba", "cer", "dol", "fi", "gran", "hu", "jel", "kas", "lin", "mor", "nu", "pra", "ros", "ste", "tul", "vin", "wo",
    "zek", "ard", "bel", "com", "der", "ent", "far", "gis", "hol", "int", "kam", "lor", "men",
)  # fmt: skip

CODES = ("it", "de", "sv", "fi", "da", "nb", "cs", "sk", "hr", "sl", "et", "lv", "lt", "ca", "eu", "gl")
"""Languages that are invented from another one: their words are not those that these codes stand for."""

MODELS = ("ro", "es", "pl", "fr", "tr", "hu", "nl", "pt_BR")
"""Folders of the translations that words are changed of."""


def texted(line: Line, text: str, session: Session | None = None) -> Session | None:
    """The session after a text."""
    known = random.getrandbits(128).to_bytes(16, "big")
    return converse(line, session, Incoming(text, line.channels["sms"], known, NOON)).session


def first_texts(line: Line, texts: Iterable[str]) -> Callable[[], object]:
    """Texts that each begin a conversation."""
    following = cycle(texts)
    return lambda: texted(line, next(following))


def understood(line: Line, texts: Iterable[str]) -> Callable[[], object]:
    following = cycle(texts)
    return lambda: understand(line, next(following))


def choices(line: Line, menu: str) -> Callable[[], object]:
    """The first choice of a menu, by somebody who stands there."""
    there = texted(line, menu)
    return lambda: texted(line, "1", there)


# --- nodes ------------------------------------------------------------------------------------------------------


class Subjects:
    """Invented answers and the phrases that lead to them, of words as often as English has them in the content."""

    def __init__(self, line: Line) -> None:
        self.lot = random.Random(7)
        said = Counter(word for phrase in line.vocabulary.phrases if phrase.language == "en" for word in phrase.tokens)
        usual = [(word, times) for word, times in said.most_common(1500) if word.isascii() and word.isalpha()]
        self.usual, self.often = [word for word, _ in usual], [times for _, times in usual]

    def word(self, number: int) -> str:
        lot = random.Random(number)
        return "".join(lot.choices(SYLLABLES, k=lot.randint(2, 4)))

    def own(self, number: int, count: int) -> list[str]:
        """Words that few nodes have."""
        every = max(OWN, count * OWN // SHARED)
        return [self.word((number * OWN // SHARED + one * 7919) % every) for one in range(OWN)]

    def phrase(self, own: Sequence[str]) -> str:
        words = [*self.lot.choices(self.usual, self.often, k=self.lot.randint(1, 3)), self.lot.choice(own)]
        self.lot.shuffle(words)
        return " ".join(words)


def nodes_file(path: Path, subjects: Subjects, count: int) -> list[str]:
    """A file of menus of eight answers each; some free texts about them."""
    answers = range(count - -(-count // 9))
    nodes: dict[str, object] = {}
    texts = []
    for number in answers:
        own = subjects.own(number, count)
        words = list(dict.fromkeys(subjects.phrase(own) for _ in range(WORDS)))
        nodes[f"answer-{number}"] = {
            "title": f"Answer {number}", "answer": f"This is what can be done about {own[0]}.", "words": words,
            "keywords": [f"KEY{number}"], "source": "https://example.org/invented", "checked": "2026-11-01",
        }  # fmt: skip
        if len(texts) < 400 and subjects.lot.random() < 600 / count:
            texts.append(f"{subjects.lot.choice(words)} {subjects.phrase(own)}")
    for number in range(-(-count // 9)):
        within = [f"answer-{one}" for one in answers[number * 8 : number * 8 + 8]] or ["start"]
        nodes[f"menu-{number}"] = {"title": f"Menu {number}", "text": "What is it about?", "options": within}
    path.write_text(yaml.safe_dump(nodes, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")
    return texts


def nodes_axis(real: Line, folder: Path, sizes: Sequence[int], rounds: int) -> Axis:
    """The small line of the tests, with many invented nodes beside its own."""
    lines: dict[int, tuple[Line, list[str]]] = {}
    takes, memory = list[list[str]](), list[float]()
    for count in sizes:
        at = folder / f"nodes-{count}"
        shutil.copytree(ROOT / "tests" / "line", at)
        texts = nodes_file(at / "menus" / "invented.yaml", Subjects(real), count)
        line, mib, row = loaded(at, count)
        lines[count] = line, texts
        memory.append(mib)
        takes.append(row)
    calls: dict[str, Callable[[], object]] = {}
    for count, (line, texts) in lines.items():
        keywords = [f"KEY{random.randrange(count // 2)}" for _ in range(200)]
        calls |= {f"choice {count}": choices(line, "menu-3"), f"keyword {count}": first_texts(line, keywords),
                  f"text {count}": first_texts(line, texts)}  # fmt: skip
    names = {"choice": "a number of a menu", "keyword": "a keyword", "text": "free text"}
    says = (
        f"The small line of the tests with invented nodes beside its own, in menus of eight, each with {WORDS} phrases "
        f"in one language: one to three words as often as English has them in the content, and one of {OWN} that "
        f"{SHARED} nodes share. They are read from files, as the real ones."
    )
    why = {names["text"]: "all nodes that have a word, or a part of it, are weighed"}
    return _axis("nodes", sizes, says, names, calls, takes, memory, why, rounds)


# --- languages ----------------------------------------------------------------------------------------------------


def changed(text: str, turn: int) -> str:
    """Words of a language that there is not: vowels and consonants each turned within their own."""
    for letters in ("aeiou", "bcdfghklmnprstvz"):
        moved = letters[turn % len(letters) :] + letters[: turn % len(letters)]
        text = text.translate(str.maketrans(letters + letters.upper(), moved + moved.upper()))
    return text


def translation(text: str, code: str, turn: int) -> str:
    """A file of translations with all words changed; blanks, addresses and figures stay."""
    header, _, rows = text.partition("\n\n")
    kept = [row for row in header.split("\n") if "Language" not in row and "Plural-Forms" not in row]
    count, plural = plurals(code)
    kept += [f'"Language: {code}\\n"', f'"Plural-Forms: nplurals={count}; plural={plural};\\n"', ""]
    found, inside = kept, False
    for row in rows.split("\n"):
        inside = row.startswith("msgstr") or (inside and row.startswith('"'))
        if inside:
            begin = row.index('"')
            parts = re.split(r"(\{[^}]*\}|\\.|\S*[./@]\S*)", row[begin:])  # what stays is every second one
            row = row[:begin] + "".join(part if at % 2 else changed(part, turn) for at, part in enumerate(parts))
        found.append(row)
    return "\n".join(found)


def languages_folder(at: Path, count: int) -> None:
    """The real content in so many languages: the first ones, or all and invented ones."""
    shutil.copytree(ROOT / "menus", at / "menus")
    shutil.copytree(ROOT / "locales", at / "locales")
    rows = yaml.load((at / "menus" / "line.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    every = dict(rows["languages"])
    kept = dict(list(every.items())[:count])
    for number, code in enumerate(CODES[: max(0, count - len(every))]):
        model = MODELS[number % len(MODELS)]
        kept[code] = {"name": f"Invented {code}", "fallback": ["en"]}
        po = (at / "locales" / model / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
        fresh = at / "locales" / code / "LC_MESSAGES"
        fresh.mkdir(parents=True)
        (fresh / "messages.po").write_text(translation(po, code, number + 1), encoding="utf-8")
    for code in every.keys() - kept.keys():
        shutil.rmtree(at / "locales" / every[code].get("locale", code))
    rows["languages"] = kept
    rows["voice"] = {code: voice for code, voice in rows["voice"].items() if code in kept}
    _write(at / "menus" / "line.yaml", rows)
    tone = yaml.load((at / "menus" / "tone.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    _write(at / "menus" / "tone.yaml", {code: row for code, row in tone.items() if code in kept})


def _write(path: Path, rows: Mapping[str, object]) -> None:
    """As staff write it: nothing in quotes that need not be, so that yes stays yes."""
    path.write_text(yaml.dump(rows, Dumper=_Plain, allow_unicode=True, sort_keys=False), encoding="utf-8")


class _Plain(yaml.SafeDumper):
    def choose_scalar_style(self) -> str:
        style: str = super().choose_scalar_style()
        return "" if style == "'" and self.event.value in ("yes", "no") else style


def languages_axis(folder: Path, sizes: Sequence[int], rounds: int) -> Axis:
    """The real content in more and more languages; texts in three that all of them have."""
    texts = [row.rsplit(" | ", 2)[0] for code in ("en", "nl", "ro")
             for row in (ROOT / "tests" / "understanding" / f"{code}.txt").read_text(encoding="utf-8").split("\n")
             if row and not row.startswith("#")]  # fmt: skip
    random.Random(3).shuffle(texts)
    lines, takes, memory = dict[int, Line](), list[list[str]](), list[float]()
    for count in sizes:
        at = folder / f"languages-{count}"
        languages_folder(at, count)
        line, mib, row = loaded(at, count)
        lines[count] = line
        memory.append(mib)
        takes.append(row)
    calls: dict[str, Callable[[], object]] = {}
    for count, line in lines.items():
        calls |= {f"choice {count}": choices(line, "menu"), f"text {count}": first_texts(line, texts),
                  f"keyword {count}": first_texts(line, ("PEP", "SOA", "HIV test")),
                  f"understand {count}": understood(line, texts)}  # fmt: skip
    names = {"choice": "a number of a menu", "keyword": "a keyword", "text": "a first text, its language unknown",
             "understand": "understanding alone"}  # fmt: skip
    says = (
        "The real content in its first languages, in all it has and, beyond those, in invented ones: translations "
        f"whose letters are turned. The texts are {len(texts)} of tests/understanding, in the three languages that all "
        "sizes have."
    )
    says_why = "a text is compared with the phrases of all languages, since callers mix them"
    why = {names[kind]: says_why for kind in ("text", "understand")}
    return _axis("languages", sizes, says, names, calls, takes, memory, why, rounds)


# --- both -------------------------------------------------------------------------------------------------------


LOADED = """
import os, sys, time
from pathlib import Path
begin = time.perf_counter()
from smsline.content.loading import load
line = load(Path(sys.argv[1]) / "menus", Path(sys.argv[1]) / "locales")
seconds = time.perf_counter() - begin
print(seconds, int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20)
"""
"""What a fresh process does, to tell the seconds and the MiB of loading."""


def loaded(at: Path, count: int) -> tuple[Line, float, list[str]]:
    """The line of a folder; the MiB of a fresh process that has loaded it, and what it takes."""
    told = subprocess.run([sys.executable, "-c", LOADED, at], capture_output=True, text=True, check=True)
    seconds, memory = map(float, told.stdout.split())
    wrong = list[Problem]()
    line = load(at / "menus", at / "locales", told=wrong)
    assert not wrong, wrong[0]
    takes = [short(count), f"{seconds:.1f}", f"{memory:,.0f}", f"{len(line.vocabulary.phrases):,}"]
    return line, memory, takes


def _axis(
    name: str,
    sizes: Sequence[int],
    says: str,
    names: Mapping[str, str],
    calls: Mapping[str, Callable[[], object]],
    takes: Sequence[Sequence[str]],
    memory: Sequence[float],
    why: Mapping[str, str],
    rounds: int,
) -> Axis:
    spent = interleaved(calls, rounds, 100)
    rows = [[told, *(both(spent[f"{kind} {count}"]) for count in sizes)] for kind, told in names.items()]
    curves = {told: [median(spent[f"{kind} {count}"]) for count in sizes] for kind, told in names.items()}
    return Axis(name, sizes, says, [
        Table("A text", ["median / 99 % in us", *map(short, sizes)], rows),
        Table("What it takes", [name, "loaded in s", "a process in MiB", "phrases"], takes),
    ], curves, {"a process": memory}, why)  # fmt: skip
