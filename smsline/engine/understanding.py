"""What a text means, apart from where the caller is: a pure function, and it can say why.

The order is that of `understand`. What stands on the screen (numbers, an asked place) is known to
`conversation.py` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from smsline.engine import codes
from smsline.engine.clashes import meanings
from smsline.engine.fold import clauses, sentences, words
from smsline.engine.line import Line
from smsline.engine.model import Place
from smsline.engine.places import ABROAD, Found
from smsline.engine.vocabulary import ELSEWHERE, Match, Vocabulary
from smsline.engine.wishes import asked, beside

LONGEST, SENTENCES = 60, 8
"""Words of a text that are looked at; sentences that are also looked at by themselves."""

CLEAR, LEADING, LEAST = 1.5, 3.0, 1.1
"""How sure a node must be to be the answer: its score and so many times what it is ahead of the next one; and its score
at least, or its likeness ALIKE, since one word that nobody else has leads by far in any text."""

ALIKE, LEAD = 0.6, 0.1
"""How like a phrase a text must be that is clear by it alone, and how far ahead one of one word."""

CLOSE, BESIDE = 0.5, 0.6
"""From which score a node may be meant, and from which part of the best score another one is offered with it."""

ASKED = 3
"""Nodes that are offered at most."""

URGENT, LIGHT, SOME, MOST = 0.8, 1.2, 3, 0.85
"""Of an urgent phrase that is heard whatever its score: the part that a text must have, what a word may weigh that it
lacks, and the words it must have, or else the part of the text that it must be."""

HEARD, NEARLY, BEHIND = 0.8, 0.08, 0.7
"""From which score an urgent node is answered at once, and by how much another one may be ahead of it; by how much
another one may be ahead while the emergency number still stands above its answer."""

SILENCED, SAME = 0.5, 0.9
"""By how much a text must be more like small talk or an automatic reply than like a cry, to be none; or how like one of
those phrases, and nothing else."""

MOSTLY = 0.7
"""The part of a text that a phrase must be for its language to be that of the text."""

FADED = 0.5
"""What an urgent node loses where a text tells of long ago; where nothing else is asked, it still leads."""

KEYWORD, CODE = ("keyword",), ("a code of the cards",)
"""The reasons of what leads to a node as a whole text, so that it does from anywhere."""

WITH_A_WISH = ("node", "suggest", "place", "abroad")
"""What may be asked together with a language."""

Kind = Literal["node", "language", "place", "abroad", "command", "suggest", "none"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was understood. `rivals` are the places that may be meant as well as `place`.

    `reasons` are for staff, and name phrases of the content only.
    """

    kind: Kind
    node: str | None = None
    command: str | None = None
    language: str | None = None
    place: Place | None = None
    suggestions: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    rivals: tuple[Place, ...] = ()
    wished: bool = False
    """Whether the text asks for its `language` too."""
    grave: bool = False
    """Whether the text may speak of danger too."""


def understand(line: Line, text: str, language: str | None = None, country: str = "") -> Meaning:
    """The meaning of a text that came alone.

    In this order: a short code, alone or with a language · a command, a language or a keyword that is the whole
    text · an urgent phrase · a place that is the whole text · a language asked for in a sentence · free text, with a
    place in it if there is one · a short code beside what means nothing clearly, or a place · a place inside the
    text, or one abroad that is all of it · nothing.
    """
    tokens = _short(words(text))
    if not tokens:
        return Meaning("none", reasons=("no letters or figures",))
    coded = codes.found(line.vocabulary, tokens)
    alone = _coded(line, coded) if coded else None
    if alone:
        return alone
    meaning = _understood(line, text, tokens, language, country)
    return _beside(line, coded, meaning) if coded else meaning


def _understood(line: Line, text: str, tokens: list[str], language: str | None, country: str) -> Meaning:
    """The meaning of a text that is more than a short code."""
    exact = _exact(line, "".join(tokens)) or _repeated(line, tokens)
    meant = meanings(line.vocabulary, tokens[0]) if len(tokens) == 1 and language is None else {}
    if meant and (not exact or _danger_elsewhere(line, exact, meant)):
        return Meaning("suggest", suggestions=_urgent_first(line, meant)[:ASKED], reasons=_different(meant))
    if exact:
        return exact
    spoken = line.vocabulary.speech.language(text, country)
    matches = _matches(line.vocabulary, text, spoken or language)
    wish = asked(line.vocabulary, tokens)
    urgent = cry(line.vocabulary, matches) or _told(line.vocabulary, text, spoken or language)
    if urgent and not wish:  # "speak english please" has two words of "save me please"
        told = None if all(token.isdigit() for token in tokens) else _language_of(urgent) or spoken
        return _wishing(line, tokens, urgent, Meaning("node", urgent.node, language=told, reasons=(_why(urgent),)))
    said = " ".join(tokens)
    if said in line.vocabulary.notices or said.startswith(line.vocabulary.machines):
        return Meaning("command", command="machine", reasons=("what machines send",))
    whole = "".join(tokens)
    if (whole[:4].isdigit() and len(whole) in (4, 6)) or _is_only_place(line, text, spoken or language):
        found = line.gazetteer.find(text)
        if found:
            return Meaning("place", place=found.place, reasons=("the name of a place",), rivals=found.rivals)
    if wish:
        return Meaning("language", language=wish)
    meaning = _free(line, text, matches, spoken)
    if meaning.kind == "none" and any(notice in said for notice in line.vocabulary.machines):
        return Meaning("command", command="machine", reasons=("what machines send",))
    return _wishing(line, tokens, next(iter(matches), None), meaning)


def _wishing(line: Line, tokens: list[str], match: Match | None, meaning: Meaning) -> Meaning:
    """The same with the language that is asked for in the same text."""
    wish = beside(line.vocabulary, tokens, match.phrase if match else None) if meaning.kind in WITH_A_WISH else None
    return replace(meaning, language=wish, wished=True) if wish else meaning


def _matches(vocabulary: Vocabulary, text: str, language: str | None) -> list[Match]:
    """The nodes that a text may mean; where it tells of long ago, "raped years ago, can i get a permit", urgent ones
    count less."""
    matches = vocabulary.matches(_short(vocabulary.meant(clauses(text))), language)
    if not vocabulary.past(_short(words(text))):
        return matches
    faded = (replace(m, score=m.score - FADED) if m.node in vocabulary.urgent else m for m in matches)
    return sorted(faded, key=lambda match: (-match.score, match.node))


def _told(vocabulary: Vocabulary, text: str, language: str | None) -> Match | None:
    """The cry that one sentence of a longer text is: among many words it would not lead."""
    some = sentences(text)
    told = some if len(some) <= SENTENCES else some[: SENTENCES // 2] + some[-SENTENCES // 2 :]
    if vocabulary.past(_short(words(text))):
        return None
    return next(filter(None, (cry(vocabulary, _matches(vocabulary, one, language)) for one in told)), None)


def _short(tokens: list[str]) -> list[str]:
    """What is looked at of a long text: what matters stands at the begin or at the end."""
    return tokens if len(tokens) <= LONGEST else tokens[: LONGEST // 2] + tokens[-LONGEST // 2 :]


def _is_only_place(line: Line, text: str, language: str | None) -> bool:
    """Whether a text is a place, and words around it that are no topic: "i am in utrecht", not "gemeente utrecht"."""
    rest = line.gazetteer.beside(text)
    matches = line.vocabulary.matches(rest, language) if rest else []
    return rest is not None and not (matches and matches[0].node != ELSEWHERE and _clear(matches, list(rest)))


def _exact(line: Line, whole: str) -> Meaning | None:
    """What a text is that consists of one known word: never loosely compared."""
    vocabulary, told = line.vocabulary, line.vocabulary.told.get(whole)
    command = vocabulary.commands.get(whole)
    if command == "leave":
        return Meaning("suggest", suggestions=line.leaving, language=told)
    if command:
        return Meaning("command", command=command, language=told)
    if whole in vocabulary.languages:
        return Meaning("language", language=vocabulary.languages[whole])
    if whole in vocabulary.keywords:
        return Meaning("node", vocabulary.keywords[whole], language=told, reasons=KEYWORD)
    return None


def _coded(line: Line, coded: codes.Coded) -> Meaning | None:
    """What a short code means, with a language or a cry for help beside it or nothing that says more."""
    wish, whole = codes.wished(line.vocabulary, coded.rest), "".join(coded.rest)
    told, grave = line.vocabulary.told.get(whole), line.vocabulary.commands.get(whole) == "help"
    if wish or grave or codes.is_filling(line.vocabulary, coded):
        return Meaning("node", coded.node, language=wish or told, reasons=CODE, wished=bool(wish), grave=grave)
    other = codes.found(line.vocabulary, coded.rest)
    if other and not other.rest and other.node != coded.node:
        return Meaning("suggest", suggestions=_urgent_first(line, (coded.node, other.node)), reasons=CODE)
    return None


def _beside(line: Line, coded: codes.Coded, meaning: Meaning) -> Meaning:
    """The node of a code, near a place if that is the rest, where the whole text means nothing more clearly."""
    if coded.apart or meaning.kind in ("node", "command", "language"):
        return meaning
    found = line.gazetteer.find(" ".join(coded.rest))
    place, rivals = (found.place, found.rivals) if found else (None, ())
    grave = any(node in line.vocabulary.urgent for node in meaning.suggestions)
    told = meaning.language
    return Meaning("node", coded.node, language=told, place=place, reasons=CODE, rivals=rivals, grave=grave)


def _repeated(line: Line, tokens: list[str]) -> Meaning | None:
    """One command several times, as in HULP HULP HULP, SOS HELP, STOP STOP."""
    said = {line.vocabulary.commands.get(token) for token in tokens}
    return _exact(line, tokens[0]) if len(said) == 1 and None not in said else None


def _free(line: Line, text: str, matches: list[Match], spoken: str | None) -> Meaning:
    read = line.gazetteer.read(text)
    found = read if isinstance(read, Found) else None
    place, rivals = (found.place, found.rivals) if found else (None, ())
    speaks = matches and _speaks(matches[0]) and "".join(words(text)) not in line.vocabulary.speech.quiet
    told = spoken or (matches[0].phrase.language or None if speaks and matches[0].phrase else None)
    reasons = tuple(_why(match) for match in matches[:3])
    clear = bool(matches) and _clear(matches, words(text))
    if clear and matches[0].node == ELSEWHERE:
        clear, matches = False, []
    matches = [match for match in matches if match.node != ELSEWHERE]
    grave = _grave(line.vocabulary, matches)
    if clear:
        return Meaning("node", matches[0].node, None, told, place, (), reasons, rivals, grave=grave is not None)
    if read == ABROAD:
        return Meaning("abroad", language=told, reasons=("a place abroad",))
    close = [match for match in matches[:ASKED] if match.score >= max(CLOSE, BESIDE * matches[0].score)]
    if close and grave and grave not in close:
        close[ASKED - 1 :] = [grave]
    if close:
        where = None if rivals else place
        return Meaning("suggest", None, None, told, where, _urgent_first(line, [m.node for m in close]), reasons)
    if place:
        return Meaning("place", place=place, language=told, reasons=("a place in the text",), rivals=rivals)
    return Meaning("none", language=told, reasons=reasons)


def _danger_elsewhere(line: Line, exact: Meaning, meant: Iterable[str]) -> bool:
    """Whether a keyword of one language may be a cry in another."""
    return exact.kind == "node" and any(node in line.vocabulary.urgent and node != exact.node for node in meant)


def _urgent_first(line: Line, nodes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(nodes, key=lambda node: node not in line.vocabulary.urgent))


def _different(meant: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """For staff: what a word means in which languages."""
    return tuple(f"{node} in {' '.join(languages)}" for node, languages in meant.items())


def _language_of(match: Match) -> str | None:
    """The language of the phrase that a text has nearly all of; one that is only somewhat like it tells none."""
    return match.phrase.language or None if match.phrase and match.phrase_cover >= URGENT else None


def _speaks(match: Match) -> bool:
    """Whether a match tells the language too: a name such as Belastingdienst stands in texts of all languages."""
    return match.text_cover >= MOSTLY and match.phrase_cover >= MOSTLY


def _clear(matches: list[Match], tokens: list[str]) -> bool:
    """Whether the first node is meant; a text of one word must be like a phrase, since all phrases say little of it."""
    return _surely(matches) if len(tokens) > 1 else matches[0].likeness >= ALIKE and _leads(matches)


def _surely(matches: list[Match]) -> bool:
    first = matches[0]
    enough = first.score >= LEAST or first.likeness >= ALIKE
    return enough and first.score + LEADING * _lead(matches) >= CLEAR


def _leads(matches: list[Match]) -> bool:
    return _lead(matches) >= LEAD


def _lead(matches: list[Match]) -> float:
    """By how much the first node is ahead of the next one."""
    return matches[0].score - (matches[1].score if len(matches) > 1 else 0.0)


def cry(vocabulary: Vocabulary, matches: list[Match]) -> Match | None:
    """The urgent node that a text speaks of: one that leads by all that speaks for it, or nearly does.

    What nobody asks of the line must lead by far to silence it: "cant talk now he is here" begins like a notice.
    """
    urgent = next((match for match in matches if match.node in vocabulary.urgent), None)
    if urgent is None or _silenced(matches[0], urgent):
        return None
    best = next(match.score for match in matches if match.node != ELSEWHERE)
    heard = urgent.score >= HEARD or _said(urgent)
    return urgent if heard and best - urgent.score <= NEARLY else None


def _silenced(first: Match, urgent: Match) -> bool:
    """Whether a text that leads as small talk is no cry: it is ahead by far, or it is one of those phrases."""
    return first.node == ELSEWHERE and (first.score - urgent.score > SILENCED or first.likeness >= SAME)


def _said(match: Match) -> bool:
    """Whether a text has nearly all of an urgent phrase: of some words, or hardly anything else."""
    if match.phrase is None or match.phrase_cover < URGENT or match.missed > LIGHT:
        return False
    return len(match.phrase.distinct) >= SOME or match.text_cover > MOST


def _grave(vocabulary: Vocabulary, matches: list[Match]) -> Match | None:
    """The urgent node that a text may speak of beside another one, so that the emergency number is not left out."""
    urgent = next((match for match in matches if match.node in vocabulary.urgent), None)
    return urgent if urgent and matches[0].score - urgent.score <= BEHIND else None


def _why(match: Match) -> str:
    """For staff: the phrase that is most like a text, and what all phrases of the node say together."""
    phrase = match.phrase
    like = f'like "{phrase.text}" ({phrase.language}), {match.phrase_cover:.0%} of it found; ' if phrase else ""
    return f"{match.node} {match.score:.2f}: {like}all phrases: {match.evidence:.1f}"
