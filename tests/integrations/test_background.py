"""Work beside a reply: what fails in it is nobody's trouble, and nothing of it is left behind at the end."""

import asyncio

from agent.errors import StoreUnavailableError
from integrations.app.background import Background


async def test_stopping_waits_for_work_and_for_what_that_begins() -> None:
    background, done = Background(), []

    async def last() -> None:
        await asyncio.sleep(0)
        done.append("last")

    async def first() -> None:
        await asyncio.sleep(0)
        done.append("first")
        background.begin(last())

    background.begin(first())
    await background.stop()

    assert done == ["first", "last"]
    assert background.going_on == set()


async def test_work_that_fails_is_logged_and_troubles_nobody() -> None:
    background = Background()

    async def fail(error: Exception) -> None:
        raise error

    for error in (StoreUnavailableError("The disk is full."), ZeroDivisionError()):
        background.begin(fail(error))
    tasks = tuple(background.going_on)
    await background.stop()

    assert [task.exception() for task in tasks] == [None, None]
