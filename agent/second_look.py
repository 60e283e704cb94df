"""PATH 1b, after the reply: a model reads the burst again; when that says more, the lead is looked at again.

Nobody waits for it: what fails or comes too late here leaves the turn as it was.
"""

import asyncio
from dataclasses import dataclass, replace

import structlog

from agent.context import in_context, since_handled
from agent.conversation import Held, Holder
from agent.decision import decide_handoff
from agent.errors import ModelUnavailableError, StaleEpochError
from agent.first_response import FirstResponse
from agent.handoff import Handoff
from agent.scoring import Assessment
from agent.second_reading import (
    Readings,
    SecondReader,
    SecondReading,
    added,
    merge,
    says_more,
    verified,
)
from agent.signals import Reading, TextReading
from agent.turn import Turn

log = structlog.get_logger()
PATIENCE = 10.0
TRIES = 3


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Reads what was answered again, and does what the turn would have done had it known.

    `patience` is in seconds.
    """

    first_response: FirstResponse
    reader: SecondReader
    readings: Readings
    patience: float = PATIENCE

    async def look(self, held: Held, turn: Turn) -> None:
        """Read the burst of a recorded turn again, keep all readings, and act on what is new in them, once."""
        said = await self._ask(held)
        if said is None:
            return
        reading = await self._compare(held, turn, verified(said, held.unanswered))
        is_new = await self.readings.keep(reading)
        log.info("reading.kept", turn_id=turn.id, differs=reading.differs, is_new=is_new)
        if is_new and says_more(reading.local, reading.merged):
            await self._act(held, turn, reading.merged)

    async def _ask(self, held: Held) -> TextReading | None:
        """Ask the reader, for as long as patience lasts; None when it has nothing to say."""
        try:
            async with asyncio.timeout(self.patience):
                return await self.reader.read(held.unanswered, held.before)
        except TimeoutError:
            because = "TimeoutError: The second reading took too long."
        except ModelUnavailableError as error:
            because = str(error)
        self.first_response.watcher.model_failed(because)
        log.warning("reading.failed", reason=because)
        return None

    async def _compare(self, held: Held, turn: Turn, said: TextReading) -> SecondReading:
        merged = merge(turn.reading, said, held.unanswered)
        return SecondReading(
            turn_id=turn.id,
            conversation_id=held.conversation.id,
            at=self.first_response.clock.now(),
            reader=self.reader.name,
            prompt_version=self.reader.version,
            local=turn.reading,
            model=said,
            merged=await self._in_the_talk(held, turn, merged),
        )

    async def _in_the_talk(self, held: Held, turn: Turn, merged: Reading) -> Reading:
        """Read it in the light of what was heard by the time of the turn, as the turn itself was."""
        path = self.first_response
        latest = await path.handoffs.latest(held.conversation.id)
        history = await path.histories.recall(held.conversation)
        earlier = replace(
            history,
            heard=tuple(
                h for h in history.heard if h.at <= turn.started_at and h.messages != turn.answered
            ),
            signals=tuple(s for s in history.signals if s.message_id not in turn.answered),
        )
        earlier = since_handled(earlier, latest.ended_at if latest else None)
        return in_context(merged, held.unanswered, earlier, path.playbook, turn.started_at)

    async def _act(self, held: Held, turn: Turn, merged: Reading) -> None:
        """Act on the conversation as it stands now; it may move on meanwhile, so a few times."""
        for _ in range(TRIES):
            conversation = await self.first_response.conversations.get(held.conversation.id)
            if conversation.holder is not Holder.AGENT:
                log.info("reading.left_to_rep", turn_id=turn.id)
                return
            try:
                await self._heed(replace(held, conversation=conversation), turn, merged)
            except StaleEpochError:
                continue
            return
        log.info("reading.dropped", turn_id=turn.id)

    async def _heed(self, held: Held, turn: Turn, merged: Reading) -> None:
        """Score the lead anew, and call a rep or mend the card as the turn would have."""
        path = self.first_response
        assessment, latest = await path.assess(held, merged, path.clock.now())
        heard = added(turn.reading, merged)
        await self.readings.heed(held, turn.id, heard, assessment.score)
        path.audience.announce(held.conversation.id)
        if _has_ended_since(latest, turn):
            return
        handoff = await self._hand_off(held, assessment, latest)
        if handoff is not None and handoff.state.is_active:
            await path.refresh(held, replace(turn, handoff=handoff), assessment)
            # The watch sets the reminders of a handoff when it comes by.
            await path.conversations.set_due(held.conversation.id, path.clock.now())

    async def _hand_off(
        self, held: Held, assessment: Assessment, latest: Handoff | None
    ) -> Handoff | None:
        path = self.first_response
        decision = decide_handoff(
            assessment.reading, assessment.score, latest, path.playbook, path.clock.now()
        )
        if decision.calls_rep:
            return await path.hand_off(held, decision, assessment)
        return await path.join(held, latest)


def _has_ended_since(latest: Handoff | None, turn: Turn) -> bool:
    """Tell whether a rep has dealt with these words already."""
    ended_at = latest.ended_at if latest else None
    return ended_at is not None and ended_at > turn.started_at
