"""How the line speaks: words not to use, and long sentences, per language. The lists are content, with their reasons.

A word that judges is a problem; a long sentence, or a number in letters, a reminder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from smsline.content.letters import tidy
from smsline.content.reader import Problems, Value, only, text_of, texts_of
from smsline.content.texts import BLANK

USUAL_WORDS = 20
"""Words of the longest sentence, where a language does not say."""

_sentence = re.compile(r"(?<=[.?!:])\s+|\n+")
_word = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Avoided:
    """A word not to use, in small letters (`victim*` is every word that begins so), what to say, and why."""

    word: str
    better: str
    because: str

    def stands_in(self, words: list[str]) -> bool:
        if _unparted(self.word):
            return any(self.word.rstrip("*") in word for word in words)
        if self.word.endswith("*"):
            return any(word.startswith(self.word[:-1]) for word in words)
        sought = self.word.split()
        return any(words[at : at + len(sought)] == sought for at in range(len(words) - len(sought) + 1))


def _unparted(word: str) -> bool:
    """Whether a word is Chinese, which has no blanks between words."""
    return "\u3400" <= word[0] <= "\u9fff"


@dataclass(frozen=True, slots=True)
class Tone:
    """What one language avoids. `figures` are numbers in letters, which are read slower than digits.

    `plainly` are words, or beginnings of words, that none may turn into where the text is sent without its marks.
    """

    avoided: tuple[Avoided, ...] = ()
    figures: frozenset[str] = frozenset()
    longest: int = USUAL_WORDS
    plainly: tuple[str, ...] = ()


def read_tone(file: Value | None, languages: Mapping[str, object], problems: Problems) -> dict[str, Tone]:
    """The tone of each language of `tone.yaml`."""
    found = {}
    for code, value in file.named() if file else ():
        if code not in languages:
            problems.add(value, f"tone: {code} is no language of this line.")
            continue
        only(value, ("words", "plainly-never", "figures", "longest-sentence"), problems, f"tone: {code}")
        plainly = tuple((item.text or "").lower() for item in texts_of(value.get("plainly-never"), problems, code))
        figures = frozenset((item.text or "").lower() for item in texts_of(value.get("figures"), problems, code))
        longest = text_of(value.get("longest-sentence"), problems, f"{code}: longest-sentence") or str(USUAL_WORDS)
        if not (longest.isascii() and longest.isdigit() and 5 <= int(longest) <= 60):
            problems.add(value, f'tone: longest-sentence of {code} is "{longest}". Write words, from 5 to 60.')
            longest = str(USUAL_WORDS)
        found[code] = Tone(tuple(_avoided(code, value.get("words"), problems)), figures, int(longest), plainly)
    return found


def _avoided(code: str, value: Value | None, problems: Problems) -> Iterator[Avoided]:
    for row in value.items or () if value else ():
        if row.pairs is None:
            problems.add(row, f"tone: {code}: a word needs not:, say: and because:.")
            continue
        only(row, ("not", "say", "because"), problems, f"tone: {code}")
        fields = ("not", "say", "because")
        word, better, because = (text_of(row.get(field), problems, f"{code}: {field}") for field in fields)
        if word and better and because:
            yield Avoided(word.lower(), better, because)
        else:
            problems.add(row, f"tone: {code}: a word needs not:, say: and because:.")


def turned(tone: Tone, sent: str) -> Iterator[str]:
    """The words that a text has when it is sent without its marks, and must not have."""
    words = [word.lower() for word in _word.findall(BLANK.sub("0", sent))]
    for one in tone.plainly:
        if one in words or (one.endswith("*") and any(word.startswith(one[:-1]) for word in words)):
            yield f'says "{one}" when it is sent without its marks. Use another word.'


def faults(tone: Tone, text: str) -> Iterator[tuple[str, bool]]:
    """What is wrong with a text that callers read, and whether that is only a reminder."""
    said = BLANK.sub("0", tidy(text))
    words = [word.lower() for word in _word.findall(said)]
    parts = [part for word in words for part in word.split("-")]
    for one in tone.avoided:
        if one.stands_in(words) or one.stands_in(parts):
            yield f'says "{one.word}". Say {one.better}: {one.because}.', False
    for word in words:
        if word in tone.figures:
            yield f'says "{word}". Write it as a figure.', True
    for sentence in _sentence.split(said):
        count = len(_word.findall(sentence))
        if count > tone.longest:
            yield f"has a sentence of {count} words, at most {tone.longest}: {' '.join(sentence.split()[:4])} …", True
