"""The languages of `menus/line.yaml`: how each is called, asked for and written, and which of them are answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from babel import Locale

from smsline.content.letters import NAMES, latin_of, letters_of, romaniser, table_of, tidy
from smsline.content.organisations import is_language
from smsline.content.reader import Problems, Value, only, text_of, texts_of
from smsline.engine.model import Language
from smsline.engine.segments import costly_letter

ABC = "-abc"
"""What stands behind a code for the form in Latin letters of a language."""

LATIN = "latin"
"""The row of letters.yaml with the tables of other alphabets."""

_ROW = ("name", "latin", "also", "locale", "fallback", "plain-letters", "letters", "countries", "tells")


@dataclass(frozen=True, slots=True)
class Languages:
    """All that line.yaml says of languages. The first one is that of the source.

    `forms` are those in Latin letters, `written` is how each language and form is sent, `asked` what else asks for it,
    and `tells` the whole texts that tell one though speakers of others know them too. `live` are the ones that
    production answers in, `unsure` those of the question for the language, `quiet` the first texts that tell none.
    """

    known: dict[str, Language] = field(default_factory=dict)
    forms: dict[str, Language] = field(default_factory=dict)
    written: dict[str, Callable[[str], str]] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)
    tells: dict[str, str] = field(default_factory=dict)
    live: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()

    def answered(self, live: bool, without: frozenset[str] = frozenset()) -> Languages:
        """The same, where only those of production are answered, and some not at all (as their folders are called)."""
        wanted = self.live if live else tuple(self.known)
        codes = tuple(code for code in self.known if code in wanted and self.known[code].locale not in without)
        return replace(self, live=codes, unsure=tuple(code for code in self.unsure if code in codes))

    def served(self) -> dict[str, Language]:
        """The languages and forms that callers get."""
        every = {**self.known, **self.forms}
        return {code: one for code, one in every.items() if (one.of or code) in self.live}

    def instead(self) -> dict[str, str]:
        """What speakers of the others get: the first of their fallbacks that is answered, else the first language."""
        every = {**self.known, **self.forms}
        rest = {code: one for code, one in every.items() if (one.of or code) not in self.live}
        return {
            code: next((other for other in one.fallback if other in self.live), self.live[0])
            for code, one in rest.items()
        }


def read_languages(file: Value, tables: Value | None, problems: Problems) -> Languages:
    """The languages that the file names; what is wrong with one is a problem and leaves it out."""
    plain = {code: table_of(code, value, problems) for code, value in tables.named() if code != LATIN} if tables else {}
    others = tables.get(LATIN) if tables else None
    latin = {code: latin_of(code, value, problems) for code, value in others.named()} if others else {}
    found = Languages()
    listed = file.get("languages")
    for code, value in listed.named() if listed else ():
        language = _language(code, value, problems)
        if language is not None:
            letters = letters_of(code, value, plain, problems)
            found.known[code] = language
            found.asked[code] = [item.text or "" for item in texts_of(value.get("also"), problems, code)]
            found.tells.update({item.text or "": code for item in texts_of(value.get("tells"), problems, code)})
            found.written[code] = partial(tidy, letters=letters)
            if code in latin:
                found.forms[code + ABC] = replace(language, code=code + ABC, of=code)
                found.written[code + ABC] = _plainly(romaniser(latin[code]), plain.get(NAMES, {}))
    for code, language in found.known.items():
        for other in language.fallback:
            if other not in found.known:
                problems.add(file, f"{code}: fallback names {other}, which is no language of this line.")
    return replace(
        found,
        live=_codes(file, "live", found.known, problems) or tuple(found.known),
        unsure=_codes(file, "unsure", found.known, problems),
        quiet=tuple(item.text or "" for item in texts_of(file.get("tells-nothing"), problems, "tells-nothing")),
    )


def _plainly(own: Callable[[str], str], table: Mapping[str, str]) -> Callable[[str], str]:
    return lambda text: tidy(own(tidy(text)), table)


def _language(code: str, value: Value, problems: Problems) -> Language | None:
    only(value, _ROW, problems, code)
    locale = text_of(value.get("locale"), problems, code) or code
    if not is_language(locale):
        problems.add(value, f"{code} is no language that Babel knows. Use its ISO code, such as ro.")
        return None
    fallback = tuple(item.text or "" for item in texts_of(value.get("fallback"), problems, code))
    countries = tuple(item.text or "" for item in texts_of(value.get("countries"), problems, code))
    name = text_of(value.get("name"), problems, f"{code}: name")
    if not name or not name.isprintable():
        problems.add(value, f"{code}: has no name:, or one with a line break. Write what its speakers call it.")
    latin = text_of(value.get("latin"), problems, f"{code}: latin")
    if latin and (costly_letter(latin) or not latin.isprintable()):
        problems.add(value, f"{code}: latin has a letter that not every phone has. Write the name with a to z.")
    dutch = str(Locale.parse("nl").languages.get(locale.partition("_")[0], code))
    return Language(code, name or code, locale, fallback, dutch, latin or name or code, countries)


def _codes(file: Value, name: str, languages: Mapping[str, Language], problems: Problems) -> tuple[str, ...]:
    """Languages that a row of line.yaml names."""
    found = []
    for item in texts_of(file.get(name), problems, name):
        if item.text in languages:
            found.append(item.text or "")
        else:
            problems.add(item, f"{name}: {item.text} is no language of this line.")
    return tuple(found)
