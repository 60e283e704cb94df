"""Recording what is promised before it is said: while nobody is there, a call-back at a time that will be kept."""

from datetime import datetime

import structlog

from agent.call_back import Said, plan_call_back
from agent.conversation import Author, Held
from agent.errors import HandoffEndedError, StepOvertakenError
from agent.handoff import (
    CallBack,
    Change,
    DeskPostKind,
    Handoff,
    Handoffs,
    HandoffState,
)
from agent.handoff_steps import promise_call_back
from agent.history import History
from agent.playbook import Playbook
from agent.promise import Promise, promise_of

log = structlog.get_logger()
PROMISED = Change("call_back_promised", posts=(DeskPostKind.UPDATE, DeskPostKind.CALL_BACK))


async def promise(
    handoff: Handoff | None,
    held: Held,
    history: History,
    playbook: Playbook,
    now: datetime,
    handoffs: Handoffs,
) -> Handoff | None:
    """Give the handoff with the call-back that may be told to the visitor; recorded already, so that it is kept.

    A time or a number that the visitor names later changes what was promised.
    """
    # A handoff of this turn was opened a moment after the turn began: nobody is promised sooner than that.
    played = held.conversation.now_in(max(now, handoff.opened_at) if handoff else now)
    made = promise_of(handoff, held, playbook, played) if handoff else None
    if handoff is None or made is None or not _may_promise(handoff, made):
        return handoff
    before = tuple(m.text for m in held.before if m.author is Author.VISITOR)
    said = Said(held.text, before, history.lead.time_zone)
    planned = plan_call_back(handoff, said, held.conversation, playbook, now, made.opens_at)
    if planned is None or planned == handoff.call_back:
        return handoff
    try:
        recorded = await handoffs.change(handoff.id, lambda h: _promised(h, planned), PROMISED)
    except (HandoffEndedError, StepOvertakenError):
        return handoff
    log.info("call_back.promised", handoff_id=handoff.id, at=planned.at, rep_id=planned.rep_id)
    return recorded


def _may_promise(handoff: Handoff, made: Promise) -> bool:
    if handoff.state is not HandoffState.OPEN:
        return False
    return handoff.call_back.is_pending if handoff.call_back else not made.is_open


def _promised(handoff: Handoff, planned: CallBack) -> Handoff:
    if handoff.state is not HandoffState.OPEN:
        raise StepOvertakenError("A rep is there now.")
    return promise_call_back(handoff, planned)
