"""Words not to use, long sentences and numbers in letters: content, with file and line."""

from __future__ import annotations

import pytest

from smsline.content.tone import Avoided, Tone, faults

from .test_screens import changed, said

AVOIDED_HERE = (
    Avoided("prostitut*", "sex worker", "it judges"),
    Avoided("should have", "what can be done now", "it blames"),
)
TONE = Tone(AVOIDED_HERE, frozenset(("two", "three")), 8)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sex workers pay tax.", []),
        ("A prostitute pays tax.", [('says "prostitut*". Say sex worker: it judges.', False)]),
        ("PROSTITUTION is legal.", [('says "prostitut*". Say sex worker: it judges.', False)]),
        ("You should have called.", [('says "should have". Say what can be done now: it blames.', False)]),
        ("You should call. Have time.", []),
        ("Wait two hours.", [('says "two". Write it as a figure.', True)]),
        ("Wait {pep-limit}.", []),
        ("One two-day three.", [('says "three". Write it as a figure.', True)]),
        ("a b c d e f g h", []),
        ("a b c d e f g h i", [("has a sentence of 9 words, at most 8: a b c d …", True)]),
        ("a b c d e.\na b c d e", []),
    ],
)
def test_a_text(text, found):
    assert list(faults(TONE, text)) == found


def with_tone(tmp_path, tone: str, **files):
    folder = changed(tmp_path, **files)
    (folder / "menus" / "tone.yaml").write_text(tone, encoding="utf-8")
    return folder


AVOIDED = "en:\n  words:\n    - {not: hookers, say: sex workers, because: it insults}\n"


def test_check_names_file_and_line_in_the_source_and_in_a_translation(tmp_path):
    folder = with_tone(tmp_path, AVOIDED + "nl:\n  words:\n    - {not: klik, say: niets, because: x}\n",
                       tree=("Go now.", "Hookers go now."))  # fmt: skip
    (row,) = [row for row in said(folder) if "hookers" in row]
    assert row.startswith("menus/tree.yaml:")
    assert row.endswith('pep.answer: says "hookers". Say sex workers: it insults.')


def test_a_stale_translation_is_not_read(tmp_path):
    folder = with_tone(tmp_path, "nl:\n  words:\n    - {not: ga, say: niets, because: x}\n")
    assert any('pep.answer: says "ga"' in row and row.startswith("locales/nl/") for row in said(folder))
    tree = folder / "menus/tree.yaml"
    tree.write_text(tree.read_text(encoding="utf-8").replace("Go now.", "Go at once."), encoding="utf-8")
    assert not any('pep.answer: says "ga"' in row for row in said(folder))


@pytest.mark.parametrize(
    ("tone", "sentence"),
    [
        ("xx:\n  words: []\n", "tone: xx is no language of this line."),
        ("en:\n  wrods: []\n", "tone: en: wrods is not known here. Did you mean words?"),
        ("en:\n  words: [whore]\n", "tone: en: a word needs not:, say: and because:."),
        ("en:\n  words:\n    - {not: whore}\n", "tone: en: a word needs not:, say: and because:."),
        ("en:\n  longest-sentence: long\n", 'tone: longest-sentence of en is "long". Write words, from 5 to 60.'),
    ],
)
def test_a_mistake_in_the_list_is_one_sentence(tmp_path, tone, sentence):
    rows = said(with_tone(tmp_path, tone))
    assert [row for row in rows if "menus/tone.yaml" in row and sentence in row]
