"""The built-in desk: its page, signing in, and word of what changes."""

from collections.abc import AsyncIterator

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field
from starlette.responses import Response as AnyResponse

from agent.conversation import ConversationId
from agent.errors import HotlineError
from integrations.web.auth import DESK_COOKIE, is_api_key, require_desk
from integrations.web.conversations import Body
from integrations.web.files import static_file
from integrations.web.problems import refuses, unauthorized
from integrations.web.services import Services, WebServices
from integrations.web.shapes import Shape
from integrations.web.texts import Url
from integrations.web.tokens import DESK_SESSION_LASTS

LOOK_AGAIN = 15.0

router = APIRouter(tags=["desk"])
log = structlog.get_logger()


class DeskRepShape(Shape):
    """Somebody who may act at the desk."""

    id: str = Field(examples=["mia"])
    name: str = Field(examples=["Mia Hartung"])
    title: str = Field(examples=["Account Executive"])


class DeskShape(Shape):
    """What the desk's page needs to start; `rep` is null as the desk's key is shared by all."""

    company: str = Field(examples=["Tourvane"])
    reps: list[DeskRepShape]
    rep: str | None = Field(examples=[None])


class LoginBody(Body):
    """What opens the desk."""

    api_key: Url = Field(examples=["hk_..."])


@router.get("/desk", include_in_schema=False)
async def desk_page(request: Request, services: Services) -> AnyResponse:
    """Give the desk's page; in the demo it opens without a key."""
    page = static_file("desk.html", request)
    if services.is_demo:
        _sign_in(page, services)
    return page


@router.post(
    "/desk/login",
    status_code=204,
    summary="Sign in at the desk",
    responses=refuses(400, 401, 413, 422),
)
async def login(body: LoginBody, response: Response, services: Services) -> None:
    """Exchange the API key for a cookie of twelve hours."""
    if not is_api_key(services, body.api_key):
        raise unauthorized("This is not the API key of this installation.")
    _sign_in(response, services)


@router.post("/desk/logout", status_code=204, summary="Sign out of the desk")
async def logout(response: Response, services: Services) -> None:
    """Forget the cookie."""
    response.delete_cookie(
        DESK_COOKIE, httponly=True, samesite="strict", secure=_is_secure(services)
    )


@router.get(
    "/v1/desk/me",
    dependencies=[Depends(require_desk)],
    summary="Who can act at the desk",
    responses=refuses(401),
)
async def desk_me(services: Services) -> DeskShape:
    """Name the reps of the playbook."""
    playbook = services.playbook
    reps = [DeskRepShape(id=rep.id, name=rep.name, title=rep.title) for rep in playbook.reps]
    return DeskShape(company=playbook.company.name, reps=reps, rep=None)


@router.get(
    "/v1/desk/stream",
    response_class=EventSourceResponse,
    dependencies=[Depends(require_desk)],
    summary="Watch for conversations with a handoff that change",
    responses=refuses(401, 503),
)
async def stream_desk(services: Services) -> AsyncIterator[ServerSentEvent]:
    """`changed` names a conversation to read again; null means all of them."""
    with services.open_stream():
        async with services.audience.subscribe_to_all() as desk:
            yield ServerSentEvent(comment="watching")
            while not services.audience.is_closing:
                for changed in await desk.next(LOOK_AGAIN):
                    if changed is None or await _has_handoff(services, changed):
                        yield ServerSentEvent(event="changed", data={"conversation_id": changed})


async def _has_handoff(services: WebServices, conversation_id: ConversationId) -> bool:
    """Tell whether reps have to do with this conversation; in doubt they look."""
    try:
        return await services.handoffs.latest(conversation_id) is not None
    except HotlineError as error:
        log.warning("desk.lookup_failed", conversation_id=conversation_id, because=str(error))
        return True


def _sign_in(response: AnyResponse, services: WebServices) -> None:
    response.set_cookie(
        DESK_COOKIE,
        services.desk_sessions.issue(),
        max_age=int(DESK_SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=_is_secure(services),
    )


def _is_secure(services: WebServices) -> bool:
    return services.public_url.startswith("https://")
