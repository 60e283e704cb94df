"""What one of all processes does for the library: the others wait until it has gone, and one of them goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from agent.errors import LibraryUnavailableError
from knowledge.catalogue import Catalogue
from knowledge.records import Check, Duty

log = structlog.get_logger()
LOOK_SECONDS: Final = 10.0


async def lead(catalogue: Catalogue, duty: Duty, work: Callable[[], Awaitable[None]]) -> None:
    """Work when it is this process's turn, for as long as it is; until cancelled, or there is nothing to do."""
    while True:
        try:
            async with catalogue.leading(duty) as check:
                return await _while(check, work)
        except LibraryUnavailableError as error:
            log.warning("library.duty_lost", duty=duty.name.lower(), reason=str(error))
        await asyncio.sleep(LOOK_SECONDS)


async def _while(check: Check, work: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.ensure_future(work())
    try:
        while not (await asyncio.wait({task}, timeout=LOOK_SECONDS))[0]:
            await check()
        await task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(task, return_exceptions=True)
