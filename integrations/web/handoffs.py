"""What the desk reads of handoffs: all of them, and one with its conversation and reasons."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from agent.conversation import RepId
from agent.errors import UnknownHandoffError
from agent.handoff import Handoff, HandoffId, HandoffState, Whose
from agent.team_rules import TeamId
from integrations.web.auth import require_desk
from integrations.web.desk_shapes import CaseMessagesShape, HandoffDetailShape
from integrations.web.explain import explain_case_message, explain_handoff
from integrations.web.explain_desk import explain_fully
from integrations.web.problems import refuses
from integrations.web.services import Services
from integrations.web.shapes import HandoffsShape
from integrations.web.texts import is_id

MOST_SORTED = 200

router = APIRouter(tags=["desk"], dependencies=[Depends(require_desk)])


class Order(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    SCORE = "score"


def known_id(handoff_id: str) -> HandoffId:
    """Give the id; raises UnknownHandoffError when it cannot be one of ours."""
    if not is_id(handoff_id):
        raise UnknownHandoffError(handoff_id)
    return HandoffId(handoff_id)


async def whose(
    team: Annotated[str | None, Query(max_length=64, description="in this team's channel")] = None,
    rep: Annotated[
        str | None, Query(max_length=64, description="held by this rep, or waiting for them")
    ] = None,
) -> Whose:
    """Give whose handoffs are asked for."""
    return Whose(TeamId(team) if team is not None else None, RepId(rep) if rep else None)


Id = Annotated[HandoffId, Depends(known_id)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get(
    "/v1/handoffs",
    summary="List handoffs, newest or highest score first",
    responses=refuses(401, 404, 422, 503),
)
async def list_handoffs(
    services: Services,
    of: Annotated[Whose, Depends(whose)],
    state: HandoffState | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
    order: Order = Order.NEWEST,
) -> HandoffsShape:
    """Give one page; `cursor` of the answer gives the next.

    By score there is one page only: the highest of the newest 200.
    """
    if order is Order.SCORE:
        newest = await services.handoffs.find(state, MOST_SORTED, None, of)
        return _page(sorted(newest, key=_by_score)[:limit])
    before = known_id(cursor) if cursor else None
    found = await services.handoffs.find(state, limit, before, of)
    return _page(found, found[-1].id if len(found) == limit else None)


@router.get(
    "/v1/handoffs/{handoff_id}",
    summary="Read a handoff with its conversation, log and reasons",
    responses=refuses(401, 404, 503),
)
async def get_handoff(handoff_id: Id, services: Services) -> HandoffDetailShape:
    """Give the briefing, what was said, who did and saw what, and for each turn why the agent did what it did.

    One handoff may serve several conversations of the lead: their messages come as one list, in order of time,
    each with its `conversation_id`; `seq` counts within that.
    """
    dossier = await services.dossiers.read(handoff_id)
    served = await services.handoffs.served(handoff_id)
    turns = [turn for talk in served for turn in await services.conversations.turns(talk.id)]
    turns.sort(key=lambda turn: turn.started_at)
    feedback = await services.desk.feedback.of_handoff(handoff_id)
    return explain_fully(dossier, served[0], turns, feedback, services.playbook)


@router.get(
    "/v1/handoffs/{handoff_id}/messages",
    summary="Read what was said under a handoff",
    responses=refuses(401, 404, 503),
)
async def read_messages(handoff_id: Id, services: Services) -> CaseMessagesShape:
    """Give the messages of all conversations that it serves, in order of time."""
    handoff = await services.handoffs.get(handoff_id)
    said = await services.dossiers.messages(handoff_id)
    return CaseMessagesShape(
        messages=[explain_case_message(message, handoff, services.playbook) for message in said]
    )


def _page(handoffs: list[Handoff], more: HandoffId | None = None) -> HandoffsShape:
    return HandoffsShape(handoffs=[explain_handoff(each) for each in handoffs], cursor=more)


def _by_score(handoff: Handoff) -> int:
    return -handoff.briefing.score.total
