"""A call-back that was promised, as a file for the rep's calendar."""

from fastapi import APIRouter, Depends, Response

from integrations.calendar_file import MEDIA_TYPE, NAME, calendar_file
from integrations.web.auth import require_desk
from integrations.web.handoffs import Id
from integrations.web.problems import ProblemError, refuses
from integrations.web.services import Services

router = APIRouter(tags=["desk"], dependencies=[Depends(require_desk)])


@router.get(
    "/v1/handoffs/{handoff_id}/call_back.ics",
    summary="Put the promised call into a calendar",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}, **refuses(401, 404, 503)},
)
async def call_back(handoff_id: Id, services: Services) -> Response:
    """Give the call as one event in the rep's time zone; 404 when none was promised."""
    handoff = await services.handoffs.get(handoff_id)
    if handoff.call_back is None:
        raise ProblemError(404, "No call back was promised for this handoff.")
    url = f"{services.public_url.rstrip('/')}/desk"
    file = calendar_file(handoff, handoff.call_back, services.playbook, url)
    disposition = {"Content-Disposition": f'attachment; filename="{NAME}"'}
    return Response(file, media_type=MEDIA_TYPE, headers=disposition)
