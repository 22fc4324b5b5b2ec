"""Texts that nobody sends to be answered: built to break what compares words, or to be slow for it."""

from __future__ import annotations

import random

from smsline.engine.line import Line


def hostile(line: Line) -> dict[str, str]:
    """Each with its name; some are made of the line's own words, with errors in them."""
    chance = random.Random(4)
    plain = (word for word in line.vocabulary.postings if word.isalpha() and word.isascii())
    known = sorted(word for word in plain if 4 <= len(word) < 8)
    some = [chance.choice(known) for _ in range(230)]
    return {
        "1,600 letters": "a" * 1600,
        "one letter": "q",
        "figures": "1" * 1600,
        "postcodes": " ".join(str(chance.randrange(1000, 9999)) for _ in range(300)),
        "emoji": "\N{GRINNING FACE}" * 400,
        "zero width": "a\u200b" * 800,
        "combining marks": "e" + "\u0301" * 800,
        "two marks a letter": "a\u0327\u0301" * 500,
        "mixed directions": "\u202eabc \u202dشكرا " * 100,
        "mixed alphabets": "аa" * 800,
        "words that are known": " ".join(some),
        "words with an error each": " ".join(word[:2] + chance.choice("qxzj") + word[3:] for word in some),
        "short words": " ".join(chance.choice(["ik", "de", "no", "me", "la", "nu", "el", "am"]) for _ in range(500)),
        "Chinese": "我想死不想做了" * 200,
        "one letter that is eighteen": "ﷺ" * 1600,
        "commas": "," * 1600,
        "what is not so, again and again": "nobody forces " * 110,
    }
