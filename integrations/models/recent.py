"""Results that somebody else asks for again in a moment; each is given back once, and few are kept."""

from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Result = TypeVar("Result")
MOST = 64


class Recent(Generic[Key, Result]):
    """Keeps the last results until they are taken; safe to use from several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[Key, Result] = {}
        self._lock = Lock()

    def keep(self, key: Key, result: Result) -> None:
        """Keep one, and let go of the oldest where there are too many."""
        with self._lock:
            self._kept[key] = result
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]

    def take(self, key: Key) -> Result | None:
        """Give one and let go of it; None where it is not there."""
        with self._lock:
            return self._kept.pop(key, None)
