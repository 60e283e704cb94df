"""What a text gives when it is taken apart is kept for the next time: much of what is short, little of what is long.

Sentences and statements are short and come again and again; a whole talk is long, and wanted for one reply only.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

MOST_SHORT: Final = 2_048
MOST_LONG: Final = 16
LONGEST_TEXT: Final = 600
"""So many letters are short still."""
MOST_WORDS: Final = 60
"""And so many words of a set."""
Whole = TypeVar("Whole", bound=str | frozenset[str])
Taken = TypeVar("Taken")


def keeping(longest: int) -> Callable[[Callable[[Whole], Taken]], Callable[[Whole], Taken]]:
    """Keep what a function gives for values that are equal; those of more than `longest` parts are long."""

    def keep(take_apart: Callable[[Whole], Taken]) -> Callable[[Whole], Taken]:
        short = lru_cache(maxsize=MOST_SHORT)(take_apart)
        long = lru_cache(maxsize=MOST_LONG)(take_apart)

        @wraps(take_apart)
        def kept(whole: Whole) -> Taken:
            return short(whole) if len(whole) <= longest else long(whole)

        return kept

    return keep
