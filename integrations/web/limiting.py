"""Where calls are counted, and what whoever calls too often is told."""

import math
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import Depends, Query, Request

from agent.conversation import Conversation
from integrations.web.auth import Own
from integrations.web.limits import Act, Caller
from integrations.web.problems import ProblemError
from integrations.web.services import Services, WebServices

OPEN_AGAIN_SECONDS: Final = 10
OFTEN: Final = (
    "That was a lot at once. Nothing that you sent before is lost; try again in {seconds} seconds."
)
OPEN: Final = (
    "Too many tabs are watching at the same time; close some, or try again in {seconds} seconds."
)


def caller_of(request: Request, visitor: str = "") -> Caller:
    """Give who calls: the visitor, as far as they are known, and the address."""
    return Caller(visitor, request.client.host if request.client else "")


async def count(request: Request, services: WebServices, act: Act, visitor: str = "") -> None:
    """Count an act; raises a 429 when it is one too many."""
    seconds = await services.limits.wait(act, caller_of(request, visitor))
    if seconds:
        raise too_often(seconds)


def too_often(seconds: float, words: str = OFTEN) -> ProblemError:
    """Give the polite refusal."""
    after = str(math.ceil(seconds))
    return ProblemError(429, words.format(seconds=after), headers={"Retry-After": after})


class Counts:
    """Counts an act of the visitor whose conversation it is; for `Depends`."""

    def __init__(self, act: Act) -> None:
        self._act = act

    async def __call__(self, request: Request, conversation: Own, services: Services) -> None:
        """Count it; raises a 429."""
        await count(request, services, self._act, conversation.lead_id)


class CountsAddress:
    """Counts an act of somebody who has not said yet who they are; for `Depends`."""

    def __init__(self, act: Act) -> None:
        self._act = act

    async def __call__(self, request: Request, services: Services) -> None:
        """Count it; raises a 429."""
        await count(request, services, self._act)


async def hold_poll(
    request: Request,
    conversation: Own,
    services: Services,
    wait: Annotated[float, Query(include_in_schema=False)] = 0,
) -> AsyncIterator[None]:
    """Count a long poll while it waits; one that does not wait is not counted."""
    if not wait > 0:
        yield
        return
    async for _ in _held(request, conversation, services):
        yield


async def _held(
    request: Request, conversation: Conversation, services: WebServices
) -> AsyncIterator[None]:
    caller = count_open(request, conversation, services)
    try:
        yield
    finally:
        services.limits.closed(caller)


def count_open(request: Request, conversation: Conversation, services: WebServices) -> Caller:
    """Count a call that stays open, and give who is to be taken off the count after it; raises a 429."""
    caller = caller_of(request, conversation.lead_id)
    if not services.limits.opened(caller):
        raise too_often(OPEN_AGAIN_SECONDS, OPEN)
    return caller


OpenPoll = Depends(hold_poll)
