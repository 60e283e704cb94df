"""What visitors asked that the library lacks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, Field

from agent.gaps import GapGroup
from integrations.web.auth import require_desk
from integrations.web.problems import refuses
from integrations.web.services import Services
from integrations.web.shapes import AT, Shape

MOST_EXAMPLES = 5

router = APIRouter(tags=["desk"], dependencies=[Depends(require_desk)])


class GapGroupShape(Shape):
    """Questions that ask the same; `question` is the newest of them, free of addresses and numbers of people."""

    question: str = Field(examples=["Do you have a connector to Kestrel ERP?"])
    count: int = Field(examples=[3])
    languages: list[str] = Field(examples=[["de", "en"]])
    first_at: datetime = Field(examples=[AT])
    newest_at: datetime = Field(examples=[AT])
    is_answerable: bool = Field(
        examples=[False], description="whether the library has an answer by now"
    )
    conversation_id: str = Field(description="where it was asked last", examples=["c_01"])
    lead_id: str = Field(description="who asked it last", examples=["l_01"])
    examples: list[str] = Field(
        examples=[["Kestrel ERP?"]], description="further wordings, newest first"
    )


class GapsShape(Shape):
    """What the library lacks, the most asked first."""

    groups: list[GapGroupShape]


@router.get(
    "/v1/gaps",
    summary="List what visitors asked that the library lacks",
    responses=refuses(401, 422, 503),
)
async def list_gaps(
    services: Services,
    since: Annotated[
        AwareDatetime | None, Query(description="asked at or after; default: ever")
    ] = None,
) -> GapsShape:
    """Questions that ask the same stand together; each is asked of the library again now."""
    return explain_gaps(await services.gaps(since))


def explain_gaps(groups: Sequence[GapGroup]) -> GapsShape:
    """Give groups as they go out."""
    return GapsShape(groups=[_shape(group) for group in groups])


def _shape(group: GapGroup) -> GapGroupShape:
    newest = group.newest
    others = dict.fromkeys(gap.question for gap in group.gaps if gap.question != newest.question)
    return GapGroupShape(
        question=newest.question,
        count=len(group.gaps),
        languages=list(group.languages),
        first_at=group.gaps[-1].at,
        newest_at=newest.at,
        is_answerable=group.is_answerable,
        conversation_id=newest.conversation_id,
        lead_id=newest.lead_id,
        examples=list(others)[:MOST_EXAMPLES],
    )
