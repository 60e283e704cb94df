"""What a text is about, compared roughly: the beginnings of its longer words and its abbreviations, in any language."""

import re
from functools import lru_cache

SHORTEST, KEPT = 4, 5
MOST_KEPT = 1_024
ABBREVIATION = re.compile(r"\b[A-Z]{2,5}\b")
_EMPTY = """
about that this with from have what when where which will would your yours they them there then than could
should does into also just like need want please hello thanks some more most much many know tell over only
eine einen einer eines einem oder aber auch dass nicht sind haben werden kann können unsere unser wenn wann
welche wieviel bitte para como pero esta este esto tiene tienen puede cuando cuanto cuánto donde nuestro
nuestra pour avec dans vous nous votre notre quand combien quel quelle quels sont avez peut mais isso esse
essa você vocês quanto quando onde nosso nossa voor naar hebben kunnen jullie wanneer hoeveel waar onze niet
guide checklist checkliste report document documento dokument webinar guía guia leitfaden steps
"""
EMPTY = frozenset(word[:KEPT] for word in _EMPTY.split())


# The pages of a library are compared with each visitor's words.
@lru_cache(maxsize=MOST_KEPT)
def topics(text: str) -> frozenset[str]:
    """Give the beginnings of a text's words of four letters and more, without those that say nothing."""
    words = re.findall(rf"[^\W\d_]{{{SHORTEST},}}", text.casefold())
    short = (word.casefold() for word in ABBREVIATION.findall(text))
    return frozenset((*(word[:KEPT] for word in words), *short)) - EMPTY
