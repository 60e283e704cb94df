"""Whoever does too much is asked politely to wait; people and offices never notice."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from integrations.web.limits import ALLOWED, OPEN_AT_ONCE, Act, Caller, MemoryLimits
from tests.integrations.web.test_stream import watching
from tests.integrations.web.world import Talker, World, a_world, problem_of, served, until

MOST = ALLOWED[Act.MESSAGE].visitor
OFFICE = "203.0.113.7"


@pytest.fixture
async def limited() -> AsyncIterator[World]:
    async with a_world(limits=MemoryLimits()) as world:
        yield world


async def say_all(talker: Talker) -> None:
    for number in range(MOST):
        assert (await talker.say("hello", str(number))).status_code == 202


async def test_a_visitor_who_writes_too_much_is_asked_to_wait(limited: World) -> None:
    ada = await limited.open()
    await say_all(ada)
    refused = await ada.say("hello", "one more")
    problem = problem_of(refused)
    assert problem["status"] == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "Nothing that you sent before is lost" in problem["detail"]


async def test_others_are_not_held_up(limited: World) -> None:
    ada, eve = await limited.open(), await limited.open("a-2")
    await say_all(ada)
    assert (await eve.say()).status_code == 202


async def test_words_that_were_accepted_are_accepted_again_at_any_time(limited: World) -> None:
    ada = await limited.open()
    await say_all(ada)
    first = await ada.say("hello", "0")
    assert (first.status_code, first.json()["seq"]) == (202, 1)


async def test_what_was_accepted_is_kept_when_more_is_refused(limited: World) -> None:
    ada = await limited.open()
    await say_all(ada)
    await ada.say("hello", "one more")
    assert len((await ada.read()).json()["messages"]) == MOST


@pytest.mark.parametrize(
    ("what", "act"), [("typing", Act.TYPING), ("rating", Act.RATING), ("contact", Act.CONTACT)]
)
async def test_each_act_has_its_own_measure(limited: World, what: str, act: Act) -> None:
    ada = await limited.open()
    bodies = {"rating": {"score": 5}, "contact": {"email": "a@n.example"}}
    answers = [
        (
            await limited.client.post(
                f"{ada.url}/{what}", json=bodies.get(what), headers=ada.headers
            )
        ).status_code
        for _ in range(ALLOWED[act].visitor + 1)
    ]
    assert answers == [204] * ALLOWED[act].visitor + [429]
    assert (await ada.say()).status_code == 202


async def test_conversations_are_not_opened_without_end(limited: World) -> None:
    for _ in range(ALLOWED[Act.OPENING].visitor):
        await limited.open()
    body = {"visitor": {"anonymous_id": "a-1"}}
    assert problem_of(await limited.client.post("/v1/conversations", json=body))["status"] == 429


async def test_a_visitor_has_so_many_streams_open_and_no_more() -> None:
    async with a_world(limits=MemoryLimits(times=2 / OPEN_AT_ONCE.visitor)) as world:
        ada = await world.open()
        async with served(world) as client:
            async with watching(client, ada), watching(client, ada):
                refused = await client.get(f"{ada.url}/stream", headers=ada.headers)
                poll = await client.get(f"{ada.url}/messages?wait=5", headers=ada.headers)
                read = await client.get(f"{ada.url}/messages", headers=ada.headers)
            assert (problem_of(refused)["status"], problem_of(poll)["status"]) == (429, 429)
            assert read.status_code == 200
            await until(lambda: world.services.audience.watchers() == 0)
            async with watching(client, ada) as events:
                assert await events.until("held_by")


async def test_a_long_poll_that_is_over_is_counted_no_more() -> None:
    async with a_world(limits=MemoryLimits(times=1 / OPEN_AT_ONCE.visitor)) as world:
        ada = await world.open()
        for _ in range(3):
            assert (await ada.read(wait=0.01)).status_code == 200


def caller(visitor: str, address: str = OFFICE) -> Caller:
    return Caller(visitor, address)


async def test_an_office_behind_one_address_works_and_a_flood_from_it_does_not() -> None:
    limits = MemoryLimits()
    most = ALLOWED[Act.MESSAGE].address
    waits = [await limits.wait(Act.MESSAGE, caller(f"v-{n}")) for n in range(most)]
    assert not any(waits)
    assert await limits.wait(Act.MESSAGE, caller("v-new")) >= 1
    assert await limits.wait(Act.MESSAGE, caller("v-new", "203.0.113.8")) == 0


async def test_what_is_refused_is_not_counted() -> None:
    limits = MemoryLimits()
    for _ in range(10 * MOST):
        await limits.wait(Act.MESSAGE, caller("v-1"))
    others = ALLOWED[Act.MESSAGE].address - MOST
    waits = [await limits.wait(Act.MESSAGE, caller(f"o-{n}")) for n in range(others)]
    assert not any(waits)


async def test_neighbours_in_one_ipv6_network_are_one_address() -> None:
    limits = MemoryLimits(times=0.001)
    assert await limits.wait(Act.MESSAGE, caller("a", "2001:db8:1:2::1")) == 0
    assert await limits.wait(Act.MESSAGE, caller("b", "2001:db8:1:2:ffff::9")) > 0
    assert await limits.wait(Act.MESSAGE, caller("c", "2001:db8:1:3::1")) == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_a_proxy_that_does_not_say_for_whom_it_asks_stops_nobody(address: str) -> None:
    limits = MemoryLimits(times=0.001)
    waits = [await limits.wait(Act.MESSAGE, caller(f"v-{n}", address)) for n in range(5)]
    assert not any(waits)


async def test_limits_can_be_made_larger() -> None:
    limits = MemoryLimits(times=2)
    waits = [await limits.wait(Act.MESSAGE, caller("v-1")) for _ in range(2 * MOST + 1)]
    assert [bool(wait) for wait in waits] == [False] * 2 * MOST + [True]


async def test_many_at_once_pass_no_more_than_one_after_the_other(limited: World) -> None:
    ada = await limited.open()
    answers: list[httpx.Response] = await asyncio.gather(
        *(ada.say("hello", str(number)) for number in range(MOST + 5))
    )
    assert [answer.status_code for answer in answers].count(202) == MOST


async def test_a_browser_tells_of_its_visit_so_often_and_no_more(limited: World) -> None:
    page = {"type": "page", "anonymousId": "a-1", "messageId": "e-1"}
    answers = [
        (await limited.client.post("/v1/widget/events", json={"batch": [page]})).status_code
        for _ in range(ALLOWED[Act.EVENTS].visitor + 1)
    ]
    assert answers == [200] * ALLOWED[Act.EVENTS].visitor + [429]


async def test_the_widgets_settings_are_for_everybody_on_this_machine(limited: World) -> None:
    answers = {
        (await limited.client.get("/v1/widget")).status_code
        for _ in range(ALLOWED[Act.CONFIG].visitor + 1)
    }
    assert answers == {200}
