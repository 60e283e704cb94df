"""What is shown at the desk is a change that home tabs follow, too."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.handoff import DeskPost, DeskPostKind, RepDesk


@dataclass(frozen=True, slots=True)
class FollowedDesk:
    """A desk that says when a card was shown or changed."""

    desk: RepDesk
    on_change: Callable[[], None]

    async def deliver(self, post: DeskPost) -> str:
        """Show one post and give its reference; see RepDesk."""
        reference = await self.desk.deliver(post)
        if post.kind in (DeskPostKind.CARD, DeskPostKind.UPDATE):
            self.on_change()
        return reference
