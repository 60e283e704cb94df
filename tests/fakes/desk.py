"""A rep desk that shows nothing and remembers all."""

from collections import deque
from dataclasses import dataclass, field

from agent.errors import DeskRefusedError, DeskUnavailableError, HotlineError
from agent.handoff import DeskPost, DeskPostId, DeskPostKind, Handoff


@dataclass(slots=True)
class RecordingDesk:
    """Records what reps see: cards as they stand, and what was said in the thread of each."""

    posts: list[DeskPost] = field(default_factory=list)
    cards: dict[str, Handoff] = field(default_factory=dict)
    _references: dict[DeskPostId, str] = field(default_factory=dict)
    _failures: deque[tuple[HotlineError, bool]] = field(default_factory=deque)

    async def deliver(self, post: DeskPost) -> str:
        """Show one post and give its reference."""
        failure, comes_after = self._failures.popleft() if self._failures else (None, False)
        if failure and not comes_after:
            raise failure
        reference = self._show(post)
        if failure:
            raise failure
        return reference

    def is_unavailable(self, times: int = 1, retry_after: float = 5.0) -> None:
        """Be out of reach for the next posts."""
        self._failures += [
            (DeskUnavailableError("The desk is closed.", retry_after), False)
        ] * times

    def is_lost_after_posting(self) -> None:
        """Show the next post, but let nobody know."""
        self._failures.append((DeskUnavailableError("No answer came."), True))

    def heals(self) -> None:
        """Be there again for all that follows."""
        self._failures.clear()

    def refuses(self, because: str = "There is no such desk.") -> None:
        """Refuse the next post for good."""
        self._failures.append((DeskRefusedError(because), False))

    def of_kind(self, kind: DeskPostKind) -> list[DeskPost]:
        """Give what was shown of one kind, in order."""
        return [post for post in self.posts if post.kind is kind]

    @property
    def relayed(self) -> list[str]:
        """What reps read in the thread, in order."""
        return [post.message.text for post in self.posts if post.message]

    def _show(self, post: DeskPost) -> str:
        if post.kind is not DeskPostKind.CARD and post.thread is None:
            raise DeskUnavailableError("The card is not there yet.")
        if post.is_in_doubt and post.id in self._references:
            return self._references[post.id]
        self.posts.append(post)
        reference = (
            post.thread if post.kind is DeskPostKind.UPDATE and post.thread else f"desk:{post.id}"
        )
        if post.kind in (DeskPostKind.CARD, DeskPostKind.UPDATE):
            self.cards[reference] = post.handoff
        return self._references.setdefault(post.id, reference)
