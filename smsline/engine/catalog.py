"""Which words: every sentence a caller can read, ready in each language.

The texts arrive filled with facts and contacts; only `{place}` is left open. Where a language has no
valid translation, its text here is already that of the fallback language, so nothing is decided on the phone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from babel import Locale
from babel.numbers import format_decimal


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in one language. `later` is what it says after a day, without the figures that ended on it."""

    text: str
    later: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rewritten(Mapping[str, Text]):
    """The texts of a language in other letters, each written when it is asked for; `kept` as they are."""

    texts: Mapping[str, Text]
    write: Callable[[str], str]
    kept: frozenset[str] = frozenset()
    done: dict[str, Text] = field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, key: str) -> Text:
        if key not in self.done:
            one = self.texts[key]
            later = tuple((day, self.write(late)) for day, late in one.later)
            self.done[key] = one if key in self.kept else Text(self.write(one.text), later)
        return self.done[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Texts by language and key, such as `pep.answer` or `phrase.ask`."""

    texts: Mapping[str, Mapping[str, Text]]
    locales: Mapping[str, Locale]
    written: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """By language, how it is sent: which letters it goes without. Names of towns and organisations follow it too."""

    def __call__(self, language: str, key: str, today: date | None = None, **blanks: str) -> str:
        """The text, with `{blanks}` filled; empty where there is none."""
        found = self.texts[language].get(key)
        if found is None:
            return ""
        text = found.text
        for day, after in found.later:
            if today and today > day:
                text = after
        for name, value in blanks.items():
            text = text.replace("{" + name + "}", self.name(language, value))
        return text

    def name(self, language: str, text: str) -> str:
        """A name that is not of this language, such as Súdwest-Fryslân, in the letters that it is sent with."""
        return text if text.isascii() or language not in self.written else self.written[language](text)

    def number(self, language: str, dialled: str) -> str:
        """A number to dial, as the phone of that language shows it right."""
        return from_right(dialled) if self.locales[language].text_direction == "rtl" else dialled

    def kilometres(self, language: str, distance: float) -> str:
        """A distance as people of that language write it, whole from 10 km on."""
        digits = "#,##0" if distance >= 10 else "#,##0.0"
        return format_decimal(distance, format=digits, locale=self.locales[language])


_vowels = re.compile("[\u064b-\u0652]")


def from_right(number: str) -> str:
    """A number within a text from right to left, where a phone would turn its groups around and its plus to the end."""
    return number.replace(" ", "").replace("+", "00")


def plain(text: str) -> str:
    """What Babel writes, for old phones: a space that does not break costs a whole text its GSM-7, and the vowel signs
    of Arabic stand apart from their letters. An ordinary space, and none, read the same."""
    return _vowels.sub("", text.replace("\u202f", " ").replace("\xa0", " "))
