"""What the law gives everybody: to get all that is held on them, and to have it erased."""

from collections.abc import AsyncIterator
from typing import Protocol

from agent.erasure import Extent


class People(Protocol):
    """What the law gives everybody: to get all that is held on them, and to have it erased."""

    async def look(self, reference: str) -> Extent:
        """Tell what erasing a lead would take; raises UnknownLeadError."""
        ...

    async def erase(self, reference: str) -> Extent:
        """Erase a lead and all that is held on them; raises UnknownLeadError."""
        ...

    async def pieces(self, reference: str) -> AsyncIterator[bytes]:
        """Give all that is held on a lead as one JSON, a piece at a time; raises UnknownLeadError at once."""
        ...
