"""What reps do, for any desk: look, claim, speak, give back, close, snooze, say "not hot", pass on, take again."""

import uuid
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, Field

from agent.conversation import ConversationId, Message, RepId
from agent.errors import UnknownHandoffError
from agent.handoff import Handoff, HandoffId, HandoffState
from agent.outcome import Closing, NotHotReason, Outcome
from integrations.web.auth import require_desk
from integrations.web.conversations import PAGE, Body
from integrations.web.explain import explain_fully, explain_handoff
from integrations.web.problems import ProblemError, refuses
from integrations.web.services import Services, WebServices
from integrations.web.shapes import HandoffDetailShape, HandoffShape, HandoffsShape
from integrations.web.texts import ClientId, Line, MessageText, is_id

LONGEST_SNOOZE = timedelta(days=30)

router = APIRouter(tags=["desk"], dependencies=[Depends(require_desk)])


class RepBody(Body):
    """Which rep acts."""

    rep: ClientId = Field(description="an id of the playbook", examples=["mia"])


class ClosingBody(RepBody):
    """What became of it."""

    outcome: Outcome | None = Field(None, examples=["meeting_booked"])
    value: float | None = Field(
        None,
        ge=0,
        allow_inf_nan=False,
        description="money, in no particular currency",
        examples=[12000],
    )
    note: Line = Field("", examples=["Call on Thursday at 10."])


class NotHotBody(RepBody):
    """Why it is not hot."""

    reason: NotHotReason | None = Field(None, examples=["no_buyer"])
    note: Line = Field("", examples=["A student."])


class SnoozeBody(RepBody):
    """How long reminders are held back: for some minutes, or until an instant."""

    minutes: float = Field(
        30, gt=0, le=LONGEST_SNOOZE.total_seconds() / 60, allow_inf_nan=False, examples=[30]
    )
    until: AwareDatetime | None = Field(None, examples=["2026-11-23T10:00:00Z"])


class PassingBody(RepBody):
    """Whom to call instead."""

    to: ClientId = Field(description="a rep or a team of the playbook", examples=["jonas"])
    note: Line = Field("", examples=["Speaks German."])


class WordsBody(RepBody):
    """What the rep says to the visitor; the same client_message_id again says it only once."""

    text: MessageText = Field(examples=["Hello Dana, this is Mia. Shall we talk at 14:00?"])
    client_message_id: ClientId | None = Field(
        None, examples=["5b0c1c2e-0d7f-4b0e-9a4e-0f9a1a1f6b1d"]
    )


def known_id(handoff_id: str) -> HandoffId:
    """Give the id; raises UnknownHandoffError when it cannot be one of ours."""
    if not is_id(handoff_id):
        raise UnknownHandoffError(handoff_id)
    return HandoffId(handoff_id)


Id = Annotated[HandoffId, Depends(known_id)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get(
    "/v1/handoffs", summary="List handoffs, newest first", responses=refuses(401, 404, 422, 503)
)
async def list_handoffs(
    services: Services,
    state: HandoffState | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> HandoffsShape:
    """Give one page; `cursor` of the answer gives the next."""
    before = known_id(cursor) if cursor else None
    found = await services.handoffs.find(state, limit, before)
    more = found[-1].id if len(found) == limit else None
    return HandoffsShape(handoffs=[explain_handoff(handoff) for handoff in found], cursor=more)


@router.get(
    "/v1/handoffs/{handoff_id}",
    summary="Read a handoff with its conversation and reasons",
    responses=refuses(401, 404, 503),
)
async def get_handoff(handoff_id: Id, services: Services) -> HandoffDetailShape:
    """Give the briefing, what was said, and for each turn why the agent did what it did.

    One handoff may serve several conversations of the lead: their messages come as one list, in order of time,
    each with its `conversation_id`; `seq` counts within that.
    """
    handoff = await services.handoffs.get(handoff_id)
    served = await services.handoffs.served(handoff_id)
    messages = [m for talk in served for m in await _all_messages(services, talk.id)]
    turns = [turn for talk in served for turn in await services.conversations.turns(talk.id)]
    messages.sort(key=lambda message: message.created_at)
    turns.sort(key=lambda turn: turn.started_at)
    return explain_fully(handoff, served[0], messages, turns, services.playbook)


ACTS = refuses(400, 401, 403, 404, 409, 422, 503)


@router.post("/v1/handoffs/{handoff_id}/claim", summary="Take the conversation", responses=ACTS)
async def claim(handoff_id: Id, body: RepBody, services: Services) -> HandoffShape:
    """The agent is silent from now on. Lost the race: 409, `claimed_by` names who won."""
    return explain_handoff(await services.takeover.claim(handoff_id, RepId(body.rep)))


@router.post(
    "/v1/handoffs/{handoff_id}/release", summary="Let the agent answer again", responses=ACTS
)
async def release(handoff_id: Id, body: RepBody, services: Services) -> HandoffShape:
    """Give the conversation back; only the rep who holds it may."""
    return explain_handoff(await services.takeover.give_back(handoff_id, RepId(body.rep)))


@router.post("/v1/handoffs/{handoff_id}/close", summary="End it with its outcome", responses=ACTS)
async def close(handoff_id: Id, body: ClosingBody, services: Services) -> HandoffShape:
    """Say what became of it."""
    closing = Closing(body.outcome, body.value, note=body.note)
    return explain_handoff(await _close(services, handoff_id, body, closing))


@router.post("/v1/handoffs/{handoff_id}/not_hot", summary="Say that it was not hot", responses=ACTS)
async def not_hot(handoff_id: Id, body: NotHotBody, services: Services) -> HandoffShape:
    """End it as a false alarm, which the rules can learn from."""
    closing = Closing(Outcome.NOT_HOT, reason=body.reason, note=body.note)
    return explain_handoff(await _close(services, handoff_id, body, closing))


@router.post(
    "/v1/handoffs/{handoff_id}/pass_on", summary="Call a colleague or a team", responses=ACTS
)
async def pass_on(handoff_id: Id, body: PassingBody, services: Services) -> HandoffShape:
    """Others are called instead; the agent answers until one of them claims. Of one that is claimed only the holder may."""
    rep, to = RepId(body.rep), RepId(body.to)
    return explain_handoff(await services.takeover.pass_on(handoff_id, rep, to, body.note))


@router.post(
    "/v1/handoffs/{handoff_id}/take_again", summary="Take one that has ended", responses=ACTS
)
async def take_again(handoff_id: Id, body: RepBody, services: Services) -> HandoffShape:
    """Go on with the lead's latest one, as if it had not ended."""
    return explain_handoff(await services.takeover.take_again(handoff_id, RepId(body.rep)))


@router.post(
    "/v1/handoffs/{handoff_id}/called",
    summary="Note that the promised call was made",
    responses=ACTS,
)
async def called(handoff_id: Id, body: RepBody, services: Services) -> HandoffShape:
    """Nobody is reminded of it any more."""
    return explain_handoff(await services.takeover.called(handoff_id, RepId(body.rep)))


@router.post("/v1/handoffs/{handoff_id}/snooze", summary="Hold reminders back", responses=ACTS)
async def snooze(handoff_id: Id, body: SnoozeBody, services: Services) -> HandoffShape:
    """For some minutes, or until an instant."""
    until = _until(body, services.clock.now())
    return explain_handoff(await services.takeover.snooze(handoff_id, RepId(body.rep), until))


@router.post("/v1/handoffs/{handoff_id}/messages", summary="Speak to the visitor", responses=ACTS)
async def speak(handoff_id: Id, body: WordsBody, services: Services) -> HandoffShape:
    """Say something; only the rep who holds the conversation may."""
    words_id = body.client_message_id or str(uuid.uuid4())
    rep = RepId(body.rep)
    return explain_handoff(await services.takeover.speak(handoff_id, rep, body.text, words_id))


async def _close(
    services: WebServices, handoff_id: HandoffId, body: RepBody, closing: Closing
) -> Handoff:
    return await services.takeover.close_with(handoff_id, RepId(body.rep), closing)


def _until(body: SnoozeBody, now: datetime) -> datetime:
    until = body.until or now + timedelta(minutes=body.minutes)
    if not now < until <= now + LONGEST_SNOOZE:
        raise ProblemError(
            422, f"until: choose an instant within {LONGEST_SNOOZE.days} days from now."
        )
    return until


async def _all_messages(services: WebServices, conversation_id: ConversationId) -> list[Message]:
    messages: list[Message] = []
    while True:
        after = messages[-1].seq if messages else 0
        more = await services.conversations.messages(conversation_id, after, PAGE)
        messages += more
        if len(more) < PAGE:
            return messages
