"""Who waits for a reply of this process: conversations with words that it has accepted and not answered yet."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from agent.conversation import ConversationId

MOST_WAITING: Final = 200
SHORTEST, LONGEST = 1, 30
FORGOTTEN: Final = 180.0
NEWEST: Final = 0.1
"""How much the newest reply counts in how long replies take."""


@dataclass(slots=True)
class WaitingRoom:
    """Has room for so many conversations; whoever was answered, or needs no answer, leaves it."""

    most: int = MOST_WAITING
    clock: Callable[[], float] = time.monotonic
    _since: dict[ConversationId, float] = field(default_factory=dict)
    _arriving: int = 0
    _takes: float = 0.0

    @property
    def count(self) -> int:
        """Give how many wait, those included whose words are being saved."""
        return len(self._since) + self._arriving

    @property
    def seconds(self) -> int:
        """Give when there will be room: by then those who wait now have been answered, if it goes on as it does."""
        return min(max(math.ceil(self._takes), SHORTEST), LONGEST)

    def is_full_for(self, conversation_id: ConversationId) -> bool:
        """Tell whether a conversation that does not wait yet would be one too many."""
        if conversation_id in self._since or self.count < self.most:
            return False
        self._let_go()
        return self.count >= self.most

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """Keep a place while words are being saved."""
        self._arriving += 1
        try:
            yield
        finally:
            self._arriving -= 1

    def enter(self, conversation_id: ConversationId) -> None:
        """Let a conversation wait."""
        self._since.setdefault(conversation_id, self.clock())

    def leave(self, conversation_id: ConversationId) -> None:
        """Let it wait no longer."""
        since = self._since.pop(conversation_id, None)
        if since is not None:
            self._takes += NEWEST * (self.clock() - since - self._takes)

    def _let_go(self) -> None:
        """Forget who has waited for minutes: not for their turn, but for something that is down."""
        until = self.clock() - FORGOTTEN
        for each in [each for each, since in self._since.items() if since < until]:
            del self._since[each]
