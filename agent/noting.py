"""What a turn leaves for people to look at: requests about personal data, and questions that the library lacks."""

from collections.abc import Callable
from datetime import datetime

import structlog

from agent.conversation import Held
from agent.engagement import EngagementLog
from agent.errors import StoreUnavailableError
from agent.gaps import Gaps, gaps_of
from agent.reply import Plan
from agent.requests import OF_DATA, request_event
from agent.turn import Turn

log = structlog.get_logger()


async def note_requests(
    engagement: EngagementLog | None, held: Held, plan: Plan, turn_id: str, now: datetime
) -> None:
    """Keep a request about personal data where whoever must act on it finds it: the log, and the lead's record."""
    for request in sorted(plan.requests & OF_DATA):
        log.warning(
            "privacy.requested", request=request.value, conversation_id=held.conversation.id
        )
        if engagement is not None:
            await engagement.record([request_event(request, held, now, turn_id)])


async def note_gaps(
    gaps: Gaps | None, held: Held, turn: Turn, plan: Plan, new_id: Callable[[str], str]
) -> None:
    """Keep what the library could not answer; the turn stands, whatever becomes of that."""
    if gaps is None or not (found := gaps_of(held, turn, plan, new_id)):
        return
    try:
        await gaps.record(found)
        log.info("gap.recorded", count=len(found))
    except StoreUnavailableError as error:
        log.warning("gap.lost", reason=str(error))
