"""What a text means, apart from where the caller is: a pure function, and it can say why.

The order is that of `understand`. What stands on the screen (numbers, an asked place) is known to
`conversation.py` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from smsline.engine.fold import words
from smsline.engine.line import Line
from smsline.engine.model import Place
from smsline.engine.places import ABROAD, Found
from smsline.engine.vocabulary import ELSEWHERE, TELLING, Match, Vocabulary

LONGEST = 60
"""Words of a text that are looked at."""

CLEAR, LEAD = 1.0, 0.1
"""From which score a node is meant, where it leads the next one by so much."""

ALIKE = 0.6
"""How like one phrase a text is that needs nothing else to be clear."""

CLOSE, BESIDE = 0.5, 0.6
"""From which score a node may be meant, and from which part of the best score another one is offered with it."""

ASKED = 3
"""Nodes that are offered at most."""

URGENT, LIGHT, LOUD = 0.8, 1.2, 5.0
"""Of an urgent phrase: the part that a text must have, what a word may weigh that it lacks, and what all its words
weigh together before it is heard inside a longer text."""

HEARD, NEARLY = 0.9, 0.12
"""From which score an urgent node is answered at once, and by how much another one may be ahead of it."""

MOST_ASKED = 8
"""Words of a text that asks for a language."""

MOSTLY = 0.7
"""The part of a text that a phrase must be for its language to be that of the text."""

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


def understand(line: Line, text: str, language: str | None = None, country: str = "") -> Meaning:
    """The meaning of a text that came alone.

    In this order: a command, a language or a keyword that is the whole text · an urgent phrase · a place
    that is the whole text · a language asked for in a sentence · free text, with a place in it if there is
    one · a place inside the text, or one abroad that is all of it · nothing.
    """
    tokens = words(text)
    if len(tokens) > LONGEST:  # what matters stands at the begin or at the end
        tokens = tokens[: LONGEST // 2] + tokens[-LONGEST // 2 :]
    if not tokens:
        return Meaning("none", reasons=("no letters or figures",))
    exact = _exact(line, "".join(tokens)) or _repeated(line, tokens)
    if exact:
        return exact
    spoken = line.vocabulary.speech.language(text, country)
    matches = line.vocabulary.matches(line.vocabulary.meant(tokens), language or spoken)
    asked = _language_asked(line.vocabulary, tokens)
    urgent = cry(line.vocabulary, matches)
    if urgent and not asked:  # "speak english please" has two words of "save me please"
        told = None if all(token.isdigit() for token in tokens) else _language_of(urgent) or spoken
        return Meaning("node", urgent.node, language=told, reasons=(_why(urgent),))
    if any(" ".join(tokens).startswith(notice) for notice in line.vocabulary.machines):
        return Meaning("command", command="machine", reasons=("what machines send",))
    whole = "".join(tokens)
    if (whole[:4].isdigit() and len(whole) in (4, 6)) or _is_only_place(line, text):
        found = line.gazetteer.find(text)
        if found:
            return Meaning("place", place=found.place, reasons=("the name of a place",), rivals=found.rivals)
    if asked:
        return Meaning("language", language=asked)
    meaning = _free(line, text, matches, spoken)
    if meaning.kind == "none" and any(notice in " ".join(tokens) for notice in line.vocabulary.machines):
        return Meaning("command", command="machine", reasons=("what machines send",))
    return meaning


def _is_only_place(line: Line, text: str) -> bool:
    """Whether a text is a place and words around it that no topic has: "i am in utrecht", not "gemeente utrecht"."""
    rest = line.gazetteer.beside(text)
    return rest is not None and all(line.vocabulary.weights.get(word, 0.0) < TELLING for word in rest)


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
        return Meaning("node", vocabulary.keywords[whole], language=told, reasons=("keyword",))
    return None


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
    elsewhere = bool(matches) and matches[0].node == ELSEWHERE
    if elsewhere and _leads(matches):
        matches = []
    matches = [match for match in matches if match.node != ELSEWHERE]
    if matches and not elsewhere and _clear(matches[0], words(text)) and _leads(matches):
        return Meaning("node", matches[0].node, None, told, place, (), reasons, rivals)
    if read == ABROAD:
        return Meaning("abroad", language=told, reasons=("a place abroad",))
    close = [match for match in matches[:ASKED] if match.score >= max(CLOSE, BESIDE * matches[0].score)]
    if close:
        names = sorted((match.node for match in close), key=lambda name: name not in line.vocabulary.urgent)
        return Meaning("suggest", None, None, told, None if rivals else place, tuple(names), reasons)
    if place:
        return Meaning("place", place=place, language=told, reasons=("a place in the text",), rivals=rivals)
    return Meaning("none", language=told, reasons=reasons)


def _language_of(match: Match) -> str | None:
    """The language of the phrase that a text has nearly all of; one that is only somewhat like it tells none."""
    return match.phrase.language or None if match.phrase and match.phrase_cover >= URGENT else None


def _speaks(match: Match) -> bool:
    """Whether a match tells the language too: a name such as Belastingdienst stands in texts of all languages."""
    return match.text_cover >= MOSTLY and match.phrase_cover >= MOSTLY


def _clear(match: Match, tokens: list[str]) -> bool:
    """Whether a node can be meant: the text is like one of its phrases, or has several words that speak for it."""
    return match.likeness >= ALIKE or (match.score >= CLEAR and len(tokens) > 1)


def _leads(matches: list[Match]) -> bool:
    return len(matches) == 1 or matches[0].score - matches[1].score >= LEAD


def cry(vocabulary: Vocabulary, matches: list[Match]) -> Match | None:
    """The urgent node that a text speaks of, whatever else stands in it.

    One that leads or nearly does, by all that speaks for it; else one of whose phrases the text has nearly all.
    """
    best = next((match.score for match in matches if match.node != ELSEWHERE), 0.0)  # "cant talk now" may be a cry
    for match in matches:
        if match.node not in vocabulary.urgent:
            continue
        if match.score >= HEARD and best - match.score <= NEARLY:
            return match
        if match.phrase is None or match.phrase_cover < URGENT or match.missed > LIGHT:
            continue
        if match.phrase.weight >= LOUD or match.text_cover > 0.85:
            return match
    return None


def _language_asked(vocabulary: Vocabulary, tokens: list[str]) -> str | None:
    """A language by its code or a name of it, alone or among words like "please" and "speak"."""
    whole = vocabulary.languages.get("".join(tokens))
    if whole:
        return whole
    for start, end in combinations(range(min(len(tokens), MOST_ASKED) + 1), 2):
        named = vocabulary.languages.get("".join(tokens[start:end]))
        told = any(len(token) > 2 or not token.isascii() for token in tokens[start:end])  # "in nl" may be the country
        if named and told and all(token in vocabulary.fillers for token in (*tokens[:start], *tokens[end:])):
            return named
    return None


def _why(match: Match) -> str:
    """For staff: the phrase that is most like a text, and what all phrases of the node say together."""
    phrase = match.phrase
    like = f'like "{phrase.text}" ({phrase.language}), {match.phrase_cover:.0%} of it found; ' if phrase else ""
    return f"{match.node} {match.score:.2f}: {like}all phrases: {match.evidence:.1f}"
