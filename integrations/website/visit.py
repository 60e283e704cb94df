"""A visit to a site: its bounds, and what it came to."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is fetched at most, how long that may take, and the pause between requests (seconds, bytes)."""

    pages: int = 500
    bytes_each: int = 20_000_000
    bytes_all: int = 300_000_000
    seconds_each: float = 20.0
    seconds_all: float = 1_800.0
    pause: float = 0.25


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came, by the address it names as its own."""

    address: str
    content: bytes
    media_type: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A page that was not fetched, and why; `is_gone` when the site says that it does not exist (any more)."""

    address: str
    reason: str
    is_gone: bool = False


@dataclass(slots=True)
class Visit:
    """What fetching a site came to."""

    pages: dict[str, Page] = field(default_factory=dict)
    unfetched: list[Unfetched] = field(default_factory=list)
    is_complete: bool = True
