"""Whether a text has words for a criterion, in its own language or in English."""

import re
from functools import cache

from agent.words_read import READ
from agent.words_spoken import SPOKEN

WORDS = {**SPOKEN, **READ}
UNSPACED = frozenset({"zh", "ja", "ko", "ar", "hi"})
"""Languages whose words are not parted, or begin with what others write apart."""

NEVER = re.compile(r"(?!)")


def mentions(name: str, text: str, language: str) -> bool:
    """Tell whether a text has words of this sort (a field of CriterionWords)."""
    return bool(words_of(name, language).search(text))


@cache
def words_of(name: str, language: str) -> re.Pattern[str]:
    """Compile a sort of words for a language; the English ones are always among them."""
    parts = [_bounded(code, name) for code in dict.fromkeys((language, "en")) if code in WORDS]
    kept = [part for part in parts if part]
    return re.compile("|".join(kept), re.IGNORECASE) if kept else NEVER


def _bounded(code: str, name: str) -> str:
    words = getattr(WORDS[code], name)
    start = "" if code in UNSPACED else r"(?<!\w)"
    return rf"{start}(?:{words})" if words else ""
