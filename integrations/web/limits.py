"""How much one visitor and one address may do: enough for people and offices, too little for scripts.

Where the address comes from: the connection, or what a trusted proxy says of it (HOTLINE_TRUSTED_PROXIES). Calls of
this machine itself are counted by visitor alone: they come from a proxy that does not say for whom it asks.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Final, Protocol

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

ONE_HOME: Final = 64
"""How many bits of an IPv6 address are one home's or office's: who has one address there has all of them."""


class Act(StrEnum):
    """What is counted."""

    MESSAGE = "message"
    TYPING = "typing"
    UPLOAD = "upload"
    OPENING = "opening"
    EVENTS = "events"
    CONFIG = "config"
    RATING = "rating"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often within a minute: by one visitor, and by all behind one address."""

    visitor: int
    address: int


ALLOWED: Final[Mapping[Act, Allowance]] = {
    Act.MESSAGE: Allowance(30, 600),
    Act.TYPING: Allowance(120, 2_400),
    Act.UPLOAD: Allowance(20, 200),
    Act.OPENING: Allowance(10, 200),
    Act.EVENTS: Allowance(60, 1_200),
    Act.CONFIG: Allowance(60, 1_200),
    Act.RATING: Allowance(10, 200),
    Act.CONTACT: Allowance(10, 200),
}
OPEN_AT_ONCE: Final = Allowance(20, 2_000)
"""How many streams and long polls may be open at the same time."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts: a visitor, and the address they act from; empty is nobody in particular."""

    visitor: str
    address: str


class RateLimits(Protocol):
    """Where acts are counted; replicas may share one."""

    async def wait(self, act: Act, caller: Caller) -> float:
        """Count an act, and give 0; where it is one too many, count nothing and give the seconds to wait."""
        ...

    def opened(self, caller: Caller) -> bool:
        """Count a call that stays open; tells whether it may."""
        ...

    def closed(self, caller: Caller) -> None:
        """Forget a call that was open."""
        ...

    async def close(self) -> None:
        """Count no more."""
        ...


class NoLimits:
    """Lets everybody do everything."""

    async def wait(self, act: Act, caller: Caller) -> float:  # noqa: ARG002
        """Wait for nothing."""
        return 0.0

    def opened(self, caller: Caller) -> bool:  # noqa: ARG002
        """Let it be open."""
        return True

    def closed(self, caller: Caller) -> None:
        """Forget nothing."""

    async def close(self) -> None:
        """Close nothing."""


@dataclass(slots=True)
class MemoryLimits:
    """Counts within this process; `times` makes every allowance larger or smaller."""

    times: float = 1.0
    _window: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )
    _open: Counter[str] = field(default_factory=Counter)

    async def wait(self, act: Act, caller: Caller) -> float:
        """Count an act for visitor and address, unless it is one too many for either."""
        counts = [(RateLimitItemPerMinute(most), name) for name, most in self.most(act, caller)]
        full = [each for each in counts if not self._window.test(*each)]
        if full:
            free_at = max(self._window.get_window_stats(*each).reset_time for each in full)
            return max(1.0, free_at - time.time())
        for each in counts:
            self._window.hit(*each)
        return 0.0

    def most(self, act: Act, caller: Caller) -> Iterator[tuple[str, int]]:
        """Give the names under which an act is counted, and how often each may act within a minute."""
        for name, most in _names(caller, ALLOWED[act]):
            yield f"{act}:{name}", self._times(most)

    def opened(self, caller: Caller) -> bool:
        """Count an open call for visitor and address, unless it is one too many for either."""
        names = list(_names(caller, OPEN_AT_ONCE))
        if any(self._open[name] >= self._times(most) for name, most in names):
            return False
        self._open.update(name for name, _ in names)
        return True

    def closed(self, caller: Caller) -> None:
        """Forget an open call."""
        for name, _ in _names(caller, OPEN_AT_ONCE):
            self._open[name] -= 1
            if self._open[name] <= 0:
                del self._open[name]

    def _times(self, most: int) -> int:
        return max(1, round(most * self.times))

    async def close(self) -> None:
        """Close nothing."""


def _names(caller: Caller, allowance: Allowance) -> Iterator[tuple[str, int]]:
    if caller.visitor:
        yield f"visitor:{caller.visitor}", allowance.visitor
    if home := _home(caller.address):
        yield f"address:{home}", allowance.address


def _home(address: str) -> str:
    """Give what counts as one address; nothing for this machine itself."""
    try:
        place = ip_address(address)
    except ValueError:
        return address
    if place.is_loopback:
        return ""
    if place.version == 4:
        return address
    return str(place.ipv4_mapped or ip_network((place, ONE_HOME), strict=False))
