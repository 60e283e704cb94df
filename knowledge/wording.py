"""Which words count as the same: other endings, accents, typing errors and parts of compounds."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import Stemmer
from rapidfuzz.distance import DamerauLevenshtein

from knowledge.questions import plain

STEMMERS = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "pt": "portuguese",
    "nl": "dutch",
    "it": "italian",
}
SHORTEST_PART = 4
SHORTEST_MISTYPED = 5
LONG = 8
AS_MISTYPED = 0.8
AS_PART = 0.7
JOINTS = ("", "s", "n", "en", "e", "es", "er")
WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Give the words of a text, lower case and without accents."""
    return WORD.findall(plain(text.lower().replace("'", "").replace("’", "")))


def stems(given: Iterable[str], language: str) -> list[str]:
    """Cut the endings of words as a language has them; of one without a stemmer nothing is cut."""
    name = STEMMERS.get(language)
    return _stemmer(name).stemWords(list(given)) if name else list(given)


def all_stems(word: str, languages: Iterable[str]) -> set[str]:
    """Give what a word may be cut to in each language."""
    return {stems([word], language)[0] for language in languages}


class Vocabulary:
    """The words a library uses, and which of them a visitor may have meant."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = sorted(known)
        self._reversed = sorted(word[::-1] for word in self._known)
        self._set = frozenset(self._known)

    def near(self, word: str) -> Mapping[str, float]:
        """Give known words for one that is not known, each with how far it counts as the same, in (0, 1)."""
        if word.isdigit() or len(word) < SHORTEST_PART:
            return {}
        return (
            dict.fromkeys(self._mistyped(word), AS_MISTYPED)
            or dict.fromkeys(self._parts(word), AS_PART)
            or dict.fromkeys(self._compounds(word), AS_PART)
        )

    def _mistyped(self, word: str) -> list[str]:
        """Words one typing error away, of long ones two; the first letter is seldom wrong."""
        allowed = 2 if len(word) >= LONG else 1
        if len(word) < SHORTEST_MISTYPED:
            return []
        best: list[str] = []
        nearest = allowed + 1
        for other in self._beginning_with(word[0]):
            if abs(len(other) - len(word)) > allowed or other.isdigit():
                continue
            distance = DamerauLevenshtein.distance(word, other, score_cutoff=allowed)
            if distance < nearest:
                best, nearest = [other], distance
            elif distance == nearest <= allowed:
                best.append(other)
        return best

    def _parts(self, word: str) -> list[str]:
        """Two known words that the word is joined from, or the known one that it ends in."""
        found: list[str] = []
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            head, tail = word[:cut], word[cut:]
            heads = [head.removesuffix(joint) for joint in JOINTS if head.endswith(joint)]
            known = [each for each in heads if each in self._set and len(each) >= SHORTEST_PART]
            if tail in self._set:
                return [*known[:1], tail]
            found = found or known[:1]
        return found

    def _compounds(self, word: str) -> list[str]:
        """Longer known words that begin or end with the word."""
        if len(word) < SHORTEST_PART + 1:
            return []
        ending = (each[::-1] for each in _with_prefix(self._reversed, word[::-1]))
        return [*_with_prefix(self._known, word), *ending]

    def _beginning_with(self, letter: str) -> Sequence[str]:
        return _with_prefix(self._known, letter)


def _with_prefix(ordered: Sequence[str], prefix: str) -> Sequence[str]:
    return ordered[bisect_left(ordered, prefix) : bisect_left(ordered, prefix + "\U0010ffff")]


@cache
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(name)
