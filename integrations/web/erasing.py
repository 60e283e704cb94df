"""Everything held on a person, given to them or erased."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from agent.erasure import Extent
from integrations.web.auth import require_server
from integrations.web.leads import Reference
from integrations.web.people import People
from integrations.web.problems import ProblemError, refuses
from integrations.web.services import Services, WebServices
from integrations.web.shapes import AT, Shape

router = APIRouter(tags=["server"], dependencies=[Depends(require_server)])
EXPORTED = {
    "format": "hotline-lead-1",
    "exported_at": AT,
    "lead_id": "l-1",
    "messages": [],
    "leads": [],
}


class ExtentShape(Shape):
    """All that is held on a person, by our ids and by rows of each table; `altered` counts what others keep without them."""

    lead_id: str = Field(examples=["l-1"])
    leads: list[str] = Field(
        description="the lead, and those that were found to be it", examples=[["l-1"]]
    )
    conversations: list[str] = Field(examples=[["c-1"]])
    rows: dict[str, int] = Field(examples=[{"messages": 12, "turns": 5}])
    files: int = Field(examples=[1])
    cards: int = Field(description="cards at the desk, which are blanked soon", examples=[1])
    altered: int = Field(examples=[2])
    is_erased: bool = Field(examples=[True])


@router.get(
    "/v1/leads/{lead_id}/export",
    summary="Get everything held on a person",
    responses={
        200: {"content": {"application/json": {"example": EXPORTED}}},
        **refuses(401, 404, 422, 503),
    },
    response_class=StreamingResponse,
)
async def export_lead(lead_id: Reference, services: Services) -> StreamingResponse:
    """Give one JSON with the rows of every table; `hotline lead export` adds the files as a ZIP."""
    pieces = await _people(services).pieces(lead_id)
    headers = {"Content-Disposition": 'attachment; filename="lead.json"'}
    return StreamingResponse(pieces, media_type="application/json", headers=headers)


@router.delete(
    "/v1/leads/{lead_id}",
    summary="Erase everything held on a person",
    responses=refuses(401, 404, 422, 503),
)
async def erase_lead(
    lead_id: Reference,
    services: Services,
    *,
    dry_run: Annotated[bool, Query(description="tell what would go, and erase nothing")] = False,
) -> ExtentShape:
    """Erase the lead, those merged into it, and all that hangs on them; it cannot be undone."""
    people = _people(services)
    extent = await (people.look(lead_id) if dry_run else people.erase(lead_id))
    return explain_extent(extent, is_erased=not dry_run)


def explain_extent(extent: Extent, *, is_erased: bool) -> ExtentShape:
    """Give what is held on a person, or was."""
    return ExtentShape(
        lead_id=extent.lead_id,
        leads=list(extent.leads),
        conversations=list(extent.conversations),
        rows={name: count for name, count in extent.rows.items() if count},
        files=len(extent.files),
        cards=len(extent.cards),
        altered=extent.altered,
        is_erased=is_erased,
    )


def _people(services: WebServices) -> People:
    if services.people is None:
        raise ProblemError(503, "Nobody can be erased or exported here.")
    return services.people
