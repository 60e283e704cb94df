"""A rep changed or took back what they had said: the visitor's message follows."""

from dataclasses import dataclass

from agent.conversation import Amendment, Audience, Message, RepId
from agent.handoff import HandoffId, Handoffs, must_hold
from agent.takeover import checked
from agent.turn import Conversations


@dataclass(frozen=True, slots=True)
class Rewording:
    """Lets the visitor's messages follow what reps do to theirs, for any desk."""

    handoffs: Handoffs
    conversations: Conversations
    audience: Audience

    async def find(self, handoff_id: HandoffId, words_id: str) -> Message | None:
        """Find what was said to the visitor under this id."""
        served = await self.handoffs.served(handoff_id)
        return await self.conversations.find_words([talk.id for talk in served], words_id)

    async def reword(
        self, handoff_id: HandoffId, rep_id: RepId, words_id: str, amendment: Amendment
    ) -> Message | None:
        """Change words said under this id, in place; None while nothing was said under it.

        Raises NotClaimedByError and HandoffEndedError when the rep does not hold the conversation (any more), and
        ValueError for words that are empty or too long; nothing is changed then.
        """
        must_hold(await self.handoffs.get(handoff_id), rep_id)
        text = checked(amendment.text or "")
        return await self._amend(handoff_id, words_id, Amendment(text, amendment.at))

    async def take_back(
        self, handoff_id: HandoffId, words_id: str, amendment: Amendment
    ) -> Message | None:
        """Take words back; this is possible when the handoff has ended, too: what was a mistake stays one."""
        return await self._amend(handoff_id, words_id, Amendment(None, amendment.at))

    async def _amend(
        self, handoff_id: HandoffId, words_id: str, amendment: Amendment
    ) -> Message | None:
        served = await self.handoffs.served(handoff_id)
        message = await self.conversations.amend([t.id for t in served], words_id, amendment)
        if message is not None:
            self.audience.announce(message.conversation_id)
        return message
