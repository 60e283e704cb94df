"""The desk at a glance: what waits, who holds what, how long leads wait for a claim."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from agent.conversation import RepId
from agent.desk_board import Claimed, usual_wait
from agent.playbook import Playbook
from agent.scoring import Temperature
from integrations.web.auth import AtDesk
from integrations.web.desk_shapes import DeskSummaryShape, WaitShape
from integrations.web.problems import refuses
from integrations.web.services import Services, WebServices

WEEK = timedelta(days=7)

router = APIRouter(tags=["desk"])
Rep = Annotated[str | None, Query(max_length=64, description="whose; unset: who signed in")]


@router.get("/v1/desk/summary", summary="The desk at a glance", responses=refuses(401, 422, 503))
async def desk_summary(services: Services, person: AtDesk, rep: Rep = None) -> DeskSummaryShape:
    """Count what is open, by temperature, and say how long leads waited for a claim."""
    now, playbook = services.clock.now(), services.playbook
    claims = await services.desk.board.claimed_since(now - WEEK)
    counts = await services.desk.board.open_by_temperature()
    midnight = _midnight(now, playbook)
    return DeskSummaryShape(
        open={each: counts.get(each, 0) for each in reversed(Temperature)},
        unclaimed=sum(counts.values()),
        mine=await _mine(services, RepId(rep) if rep else person.rep_id),
        time_to_claim_today=_wait(claims, midnight, playbook),
        time_to_claim_7_days=_wait(claims, now - WEEK, playbook),
    )


async def _mine(services: WebServices, rep_id: RepId | None) -> int | None:
    if rep_id is None:
        return None
    return (await services.desk.board.held_by(rep_id, 1)).total


def _wait(claims: Sequence[Claimed], since: datetime, playbook: Playbook) -> WaitShape:
    usual = usual_wait(claims, since, playbook)
    return WaitShape(
        claimed=sum(each.claimed_at >= since for each in claims),
        median_seconds=usual.total_seconds() if usual is not None else None,
    )


def _midnight(now: datetime, playbook: Playbook) -> datetime:
    local = now.astimezone(playbook.hours.hours().zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
