"""What visitors do beside writing: they end a conversation, rate it, and leave an address to be reached at."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from agent.briefing import reach_with
from agent.conversation import Audience, Conversation, ConversationId
from agent.handoff import CallBack, Handoff, Handoffs
from prompts.phrases import reasons

SCORES: Final = range(1, 6)


@dataclass(frozen=True, slots=True)
class Rating:
    """What a visitor says of a conversation: 1 to 5, and why, if they like."""

    score: int
    comment: str = ""


class Partings(Protocol):
    """Where it is kept. Each tells whether that was news: what is told again changes nothing, and posts nothing.

    What the desk is told becomes due there in the same transaction.
    """

    async def end(self, conversation_id: ConversationId, note: str) -> bool:
        """End a conversation: words that come later are refused; `note` goes to the desk while a handoff is active."""
        ...

    async def rate(self, conversation_id: ConversationId, rating: Rating, note: str) -> bool:
        """Keep the latest rating; `note` goes to the desk when a rep took part."""
        ...

    async def leave_email(self, conversation_id: ConversationId, email: str, reach: str) -> bool:
        """Keep an address that was left; an active handoff's card says it as the way to `reach` the visitor.

        A call that was promised without a way to make it goes there.
        """
        ...

    async def ratings(self, since: datetime) -> list[Rating]:
        """Give the ratings from then on, the oldest first."""
        ...


def ignore_rating(_score: int) -> None:
    """Count nothing."""


@dataclass(frozen=True, slots=True)
class Parting:
    """What visitors can do beside writing; `wake` brings the desk's posts on their way."""

    partings: Partings
    handoffs: Handoffs
    audience: Audience
    wake: Callable[[ConversationId], None]
    count_rating: Callable[[int], None] = ignore_rating

    async def end(self, conversation: Conversation) -> None:
        """End a conversation, once; what waits for an answer is still answered."""
        handoff = await self.handoffs.active(conversation.id)
        if await self.partings.end(conversation.id, _ended(handoff)):
            self._tell(conversation)

    async def rate(self, conversation: Conversation, rating: Rating) -> None:
        """Keep what the visitor says of the conversation; the latest counts."""
        if await self.partings.rate(conversation.id, rating, _rated(rating)):
            self.count_rating(rating.score)
            self._tell(conversation)

    async def leave_email(self, conversation: Conversation, email: str) -> None:
        """Keep an address as a way to reach the visitor; it proves nothing of who they are."""
        handoff = await self.handoffs.active(conversation.id)
        known = handoff.briefing.reach if handoff else ""
        if before := conversation.left_email:
            known = known.replace(before, email)
        reach = reach_with(known, email)
        if await self.partings.leave_email(conversation.id, email, reach):
            self._tell(conversation)

    def _tell(self, conversation: Conversation) -> None:
        self.audience.announce(conversation.id)
        self.wake(conversation.id)


def ways_to_reach(handoff: Handoff) -> str:
    """Say how somebody is reached who has left the chat; empty when no way is known."""
    words, briefing = reasons(), handoff.briefing
    ways = (briefing.reach, briefing.contact)
    known = dict.fromkeys(way for way in ways if way and way != words.fill("reach_chat"))
    return " · ".join(known)


def called_at(call_back: CallBack | None, before: str, email: str) -> CallBack | None:
    """Let a promised call reach the address that was left, unless the visitor named another way."""
    if call_back is None or not call_back.is_pending or call_back.contact not in ("", before):
        return call_back
    return replace(call_back, contact=email)


def count_scores(ratings: Iterable[Rating]) -> Mapping[int, int]:
    """Count ratings by score, the best first."""
    counts = Counter(rating.score for rating in ratings)
    return {score: counts[score] for score in reversed(SCORES) if counts[score]}


def gone(handoff: Handoff) -> str:
    """Say to a rep why their words reach nobody here, and how else they would."""
    words, ways = reasons(), ways_to_reach(handoff)
    return words.fill("gone_reach", ways=ways) if ways else words.fill("gone")


def _ended(handoff: Handoff | None) -> str:
    words, ways = reasons(), ways_to_reach(handoff) if handoff else ""
    return words.fill("ended_reach", ways=ways) if ways else words.fill("ended")


def _rated(rating: Rating) -> str:
    words = reasons()
    said = words.fill("rated", score=str(rating.score))
    comment = " ".join(rating.comment.split())
    return f"{said} {words.fill('rated_comment', comment=comment)}" if comment else said
