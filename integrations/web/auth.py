"""Who may do what: visitors by token, servers by API key, reps at the built-in desk by cookie."""

import hmac
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from agent.conversation import Conversation, ConversationId, RepId
from agent.errors import UnknownConversationError
from integrations.web.door import DeskPerson
from integrations.web.problems import ProblemError, unauthorized
from integrations.web.services import Services, WebServices
from integrations.web.texts import is_id
from integrations.web.tokens import InvalidTokenError, VisitorClaims

DESK_COOKIE = "hotline_desk"
SAFE_METHODS = ("GET", "HEAD")

_visitor_token = HTTPBearer(
    auto_error=False, scheme_name="visitor_token", description="the visitor_token"
)
_api_key = HTTPBearer(auto_error=False, scheme_name="api_key", description="the API key")
_desk_cookie = APIKeyCookie(name=DESK_COOKIE, auto_error=False, scheme_name="desk_session")

VisitorToken = Annotated[HTTPAuthorizationCredentials | None, Depends(_visitor_token)]
ApiKey = Annotated[HTTPAuthorizationCredentials | None, Depends(_api_key)]
DeskCookie = Annotated[str | None, Depends(_desk_cookie)]


async def own_conversation(
    conversation_id: str, services: Services, token: VisitorToken
) -> Conversation:
    """Give the conversation if it is this visitor's; anything else is as unknown as a wrong id."""
    if token is None:
        raise unauthorized("Send the visitor_token as Authorization: Bearer <token>.")
    claims = services.tokens.read(token.credentials)
    if not is_id(conversation_id):
        raise UnknownConversationError(conversation_id)
    conversation = await services.conversations.get(ConversationId(conversation_id))
    if not claims.opens(conversation):
        raise UnknownConversationError(conversation_id)
    return conversation


async def claims_if_any(services: Services, token: VisitorToken) -> VisitorClaims | None:
    """Give what a returning visitor's token says; an old or foreign one counts as none."""
    if token is None:
        return None
    try:
        return services.tokens.read(token.credentials)
    except InvalidTokenError:
        return None


async def require_server(services: Services, key: ApiKey) -> None:
    """Let in whoever has the API key."""
    if key is None or not is_api_key(services, key.credentials):
        raise unauthorized("Send the API key as Authorization: Bearer <key>.")


async def require_desk(
    request: Request, services: Services, key: ApiKey, cookie: DeskCookie
) -> DeskPerson:
    """Let in whoever has the API key, or has signed in at the desk and acts from its own page."""
    if key is not None and is_api_key(services, key.credentials):
        return DeskPerson()
    person = signed_in(services, cookie) if key is None else None
    if person is None:
        raise unauthorized("Sign in at /desk, or send the API key as Authorization: Bearer <key>.")
    if request.method not in SAFE_METHODS:
        require_same_origin(request, services)
    return person


def signed_in(services: WebServices, cookie: str | None) -> DeskPerson | None:
    """Tell whom the desk's cookie names; None when it is none of ours, is old, or the rep has left the playbook."""
    try:
        person = services.desk.door.sessions.read(cookie or "")
    except InvalidTokenError:
        return None
    has_left = person.rep_id is not None and services.playbook.rep(person.rep_id) is None
    return None if has_left else person


def acting(person: DeskPerson, rep: str) -> RepId:
    """Give the rep who acts; who has signed in as themselves acts as nobody else."""
    if person.rep_id not in (None, rep):
        raise ProblemError(403, f"You are signed in as {person.rep_id} and cannot act as {rep}.")
    return RepId(rep)


def require_same_origin(request: Request, services: WebServices) -> None:
    """Refuse what another site made a rep's browser send."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = (request.headers.get("host"), urlsplit(services.public_url).netloc)
    is_own = (
        site == "same-origin" if site else bool(origin) and urlsplit(origin or "").netloc in own
    )
    if not is_own:
        raise ProblemError(
            403,
            "With the desk's cookie this works from the desk's own page only; servers send the API key.",
        )


def refuse_other_sites(request: Request, services: WebServices) -> None:
    """Refuse to sign anybody in for another site; who is no browser says nothing of sites."""
    if "sec-fetch-site" in request.headers or "origin" in request.headers:
        require_same_origin(request, services)


def is_api_key(services: WebServices, key: str) -> bool:
    """Tell whether this is the API key, in constant time."""
    return hmac.compare_digest(key.encode(), services.api_key.encode())


AtDesk = Annotated[DeskPerson, Depends(require_desk)]
Own = Annotated[Conversation, Depends(own_conversation)]
Claims = Annotated[VisitorClaims | None, Depends(claims_if_any)]
