"""When which visitor writes, decided before the first word is sent.

The loop is open: an instant stands whether or not the reply before it has come, so a slow server meets the same load
as a quick one, and the wait that it causes is counted from the instant at which the words were due.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Words:
    """One message that is due at an instant, in seconds from the beginning; `number` is among all messages."""

    number: int
    at: float


@dataclass(frozen=True, slots=True)
class Stay:
    """What one visitor says, in order."""

    visitor: int
    words: tuple[Words, ...]

    @property
    def begins_at(self) -> float:
        """Give when the first words are due."""
        return self.words[0].at


def steady(rate: float, seconds: float) -> list[float]:
    """Give instants at equal distances."""
    return [number / rate for number in range(round(rate * seconds))]


def poisson(rate: float, seconds: float, random: Random) -> list[float]:
    """Give instants as independent visitors make them: the same rate, with bursts and lulls."""
    return list(_until(seconds, rate, random))


def stays(instants: Sequence[float], at_once: int, says: int | None = None) -> list[Stay]:
    """Share instants out among so many visitors at once; whoever has said `says` messages makes room for another."""
    said: dict[int, list[Words]] = {}
    for number, at in enumerate(instants):
        round_of_all, place = divmod(number, at_once)
        followers = round_of_all // says if says else 0
        said.setdefault(followers * at_once + place, []).append(Words(number, at))
    return [Stay(visitor, tuple(words)) for visitor, words in said.items()]


def _until(seconds: float, rate: float, random: Random) -> Iterator[float]:
    at = random.expovariate(rate)
    while at < seconds:
        yield at
        at += random.expovariate(rate)
