"""The built-in desk: its page, signing in, and word of what changes."""

from collections.abc import AsyncIterator

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field
from starlette.responses import Response as AnyResponse

from agent.conversation import ConversationId
from agent.errors import HotlineError
from integrations.web.auth import (
    DESK_COOKIE,
    AtDesk,
    DeskCookie,
    is_api_key,
    refuse_other_sites,
    require_desk,
    signed_in,
)
from integrations.web.conversations import Body
from integrations.web.desk_shapes import DeskRepShape, DeskShape, DeskTeamShape
from integrations.web.door import SESSION_LASTS, DeskPerson
from integrations.web.files import static_file
from integrations.web.problems import ProblemError, refuses, unauthorized
from integrations.web.services import Services, WebServices
from integrations.web.texts import Url
from integrations.web.tokens import InvalidTokenError

LOOK_AGAIN = 15.0
NOT_KNOCKED = "unknown"

router = APIRouter(tags=["desk"])
log = structlog.get_logger()


class LoginBody(Body):
    """What opens the desk."""

    api_key: Url = Field(examples=["hk_..."])


class JoinBody(Body):
    """What a sign-in link carries."""

    invite: Url = Field(examples=["eyJhbGciOi.eyJyZXAi.c2ln"])


@router.get("/desk", include_in_schema=False)
async def desk_page(request: Request, services: Services, cookie: DeskCookie) -> AnyResponse:
    """Give the desk's page; in the demo it opens without a key."""
    page = static_file("desk.html", request)
    if services.is_demo and signed_in(services, cookie) is None:
        _sign_in(page, services, DeskPerson())
    return page


@router.post(
    "/desk/login",
    status_code=204,
    summary="Sign in at the desk with the key that all share",
    responses=refuses(400, 401, 403, 413, 422, 429),
)
async def login(request: Request, body: LoginBody, response: Response, services: Services) -> None:
    """Exchange the API key for a cookie of twelve hours; each time the rep who acts is named."""
    who = _knocks(request, services)
    if not is_api_key(services, body.api_key):
        services.desk.door.failures.note(who)
        raise unauthorized("This is not the API key of this installation.")
    _sign_in(response, services, DeskPerson())


@router.post(
    "/desk/join",
    status_code=204,
    summary="Sign in at the desk as one rep",
    responses=refuses(400, 401, 403, 413, 422, 429, 503),
)
async def join(request: Request, body: JoinBody, response: Response, services: Services) -> None:
    """Exchange what a sign-in link carries for a cookie of twelve hours, once; `hotline desk invite` prints links."""
    who = _knocks(request, services)
    try:
        person = await services.desk.door.invites.redeem(body.invite, services.desk.door.used)
    except InvalidTokenError as error:
        services.desk.door.failures.note(who)
        raise unauthorized(
            "This sign-in link was used, is too old or is not ours; ask for a new one."
        ) from error
    if services.playbook.rep(person.rep_id) is None:
        raise unauthorized("The playbook does not name you any more; ask whoever keeps it.")
    _sign_in(response, services, person)


@router.post("/desk/logout", status_code=204, summary="Sign out of the desk")
async def logout(response: Response, services: Services) -> None:
    """Forget the cookie."""
    response.delete_cookie(
        DESK_COOKIE, httponly=True, samesite="strict", secure=_is_secure(services)
    )


@router.get("/v1/desk/me", summary="Who can act at the desk, and as whom", responses=refuses(401))
async def desk_me(services: Services, person: AtDesk) -> DeskShape:
    """Name the reps and teams of the playbook, and the rep who has signed in."""
    playbook = services.playbook
    return DeskShape(
        company=playbook.company.name,
        reps=[DeskRepShape(id=rep.id, name=rep.name, title=rep.title) for rep in playbook.reps],
        teams=[
            DeskTeamShape(id=team.id, name=team.name, reps=list(team.reps))
            for team in playbook.teams
        ],
        rep=person.rep_id,
        is_open=services.is_demo,
    )


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


def _knocks(request: Request, services: WebServices) -> str:
    """Give who wants to sign in; raises ProblemError for other sites and after too many failures."""
    refuse_other_sites(request, services)
    who = request.client.host if request.client else NOT_KNOCKED
    wait = services.desk.door.failures.wait(who)
    if wait is not None:
        seconds = str(int(wait.total_seconds()) + 1)
        detail = f"Too many attempts to sign in; try again in {seconds} seconds."
        raise ProblemError(429, detail, headers={"Retry-After": seconds})
    return who


def _sign_in(response: AnyResponse, services: WebServices, person: DeskPerson) -> None:
    response.set_cookie(
        DESK_COOKIE,
        services.desk.door.sessions.issue(person),
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=_is_secure(services),
    )


def _is_secure(services: WebServices) -> bool:
    return services.public_url.startswith("https://")
