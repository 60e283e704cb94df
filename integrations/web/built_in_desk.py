"""The built-in rep desk: the rows are the desk, so that showing a post means telling the open pages to look."""

from dataclasses import dataclass

from agent.conversation import Audience
from agent.handoff import DeskPost


@dataclass(frozen=True, slots=True)
class BuiltInDesk:
    """Shows handoffs at `/desk`."""

    audience: Audience

    async def deliver(self, post: DeskPost) -> str:
        """Tell the open desk pages; never fails, as nothing outside is needed."""
        self.audience.announce(post.handoff.conversation_id)
        return f"desk:{post.id}"
