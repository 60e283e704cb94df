"""What the visitor does beside writing: end the conversation, rate it, leave an address."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, Field

from agent.partings import Parting, Rating
from agent.profile import is_email, normal_email
from integrations.web.auth import Own
from integrations.web.conversations import Body
from integrations.web.limiting import Counts
from integrations.web.limits import Act
from integrations.web.problems import ProblemError, refuses
from integrations.web.services import Services, WebServices
from integrations.web.texts import Comment, Name

router = APIRouter(tags=["visitor"])


def _address(email: str) -> str:
    if not is_email(email.strip()):
        raise ValueError("this is no e-mail address; write one such as dana@nordlift.example")
    return normal_email(email)


class RatingBody(Body):
    """What the visitor says of the conversation."""

    score: int = Field(ge=1, le=5, strict=True, description="5 is best", examples=[4])
    comment: Comment = Field("", examples=["Quick and clear."])


class ContactBody(Body):
    """Where the visitor can be reached."""

    email: Annotated[Name, AfterValidator(_address)] = Field(examples=["dana@nordlift.example"])


@router.post(
    "/v1/conversations/{conversation_id}/end",
    status_code=204,
    summary="End the conversation",
    responses=refuses(401, 404, 503),
)
async def end_conversation(conversation: Own, services: Services) -> None:
    """What waits is still answered; later words get 409 and begin a new conversation. Ending it again does nothing."""
    await _parting(services).end(conversation)


@router.post(
    "/v1/conversations/{conversation_id}/rating",
    status_code=204,
    summary="Rate the conversation, 1 to 5",
    dependencies=[Depends(Counts(Act.RATING))],
    responses=refuses(400, 401, 404, 413, 422, 429, 503),
)
async def rate_conversation(body: RatingBody, conversation: Own, services: Services) -> None:
    """The latest counts; it may come after the end."""
    await _parting(services).rate(conversation, Rating(body.score, body.comment))


@router.post(
    "/v1/conversations/{conversation_id}/contact",
    status_code=204,
    summary="Leave an e-mail address to be reached at",
    dependencies=[Depends(Counts(Act.CONTACT))],
    responses=refuses(400, 401, 404, 413, 422, 429, 503),
)
async def leave_contact(body: ContactBody, conversation: Own, services: Services) -> None:
    """The rep sees it as the way to reach the visitor; it proves nothing of who they are."""
    await _parting(services).leave_email(conversation, body.email)


def _parting(services: WebServices) -> Parting:
    if services.parting is None:
        raise ProblemError(404, "This installation does not offer this.")
    return services.parting
