"""Ending, rating and leaving an address over HTTP."""

import asyncio

import httpx
import pytest

from agent.conversation import ConversationId, RepId
from agent.handoff import DeskPostKind
from tests.integrations.web.test_stream import watching
from tests.integrations.web.world import SERVER, Talker, World, problem_of, served, until


async def act(talker: Talker, what: str, **body: object) -> httpx.Response:
    return await talker.world.client.post(
        f"{talker.url}/{what}", json=body or None, headers=talker.headers
    )


async def test_a_conversation_that_was_ended_takes_no_more_words(world: World) -> None:
    ada = await world.open()
    await ada.say()
    assert (await act(ada, "end")).status_code == 204
    assert (await act(ada, "end")).status_code == 204
    problem = problem_of(await ada.say("one more thing", "2"))
    assert (problem["status"], "start a new one" in problem["detail"]) == (409, True)
    assert (await ada.say()).status_code == 202
    assert (await ada.read()).json()["ended_at"] == "2026-03-02T10:00:00Z"


async def test_whoever_returns_after_the_end_begins_a_new_conversation(world: World) -> None:
    ada = await world.open()
    await act(ada, "end")
    body = {"visitor": {"anonymous_id": "a-1"}}
    again = await world.client.post("/v1/conversations", json=body, headers=ada.headers)
    assert again.status_code == 201
    before = await world.conversations.get(ConversationId(ada.conversation_id))
    after = await world.conversations.get(ConversationId(again.json()["conversation_id"]))
    assert (before.id == after.id, before.lead_id == after.lead_id) == (False, True)


async def test_the_visitors_other_tabs_learn_of_the_end(world: World) -> None:
    ada = await world.open()
    async with served(world) as client, watching(client, ada) as events:
        await events.until("held_by")
        await client.post(f"{ada.url}/end", headers=ada.headers)
        assert await events.until("ended") == {"ended_at": "2026-03-02T10:00:00Z"}


async def test_the_desk_is_told_and_woken_once(world: World) -> None:
    ada = await world.open()
    await ada.say()
    await world.hand_off(ada.conversation_id)
    world.woken.clear()
    await act(ada, "end")
    await act(ada, "end")
    assert world.woken == [ada.conversation_id]
    notes = [post.text for post in world.store.posts if post.kind is DeskPostKind.NOTE]
    assert len(notes) == 1
    assert notes[0].startswith("The visitor has ended the conversation")


async def test_a_rep_who_writes_to_somebody_gone_learns_how_to_reach_them(world: World) -> None:
    ada = await world.open()
    await ada.say()
    handoff = await world.hand_off(ada.conversation_id)
    await world.services.takeover.claim(handoff.id, RepId("mia"))
    await act(ada, "contact", email="Dana@Nordlift.example")
    await act(ada, "end")
    response = await world.client.post(
        f"/v1/handoffs/{handoff.id}/messages", json={"rep": "mia", "text": "Hi"}, headers=SERVER
    )
    problem = problem_of(response)
    assert problem["status"] == 409
    assert "dana@nordlift.example" in problem["detail"]


async def test_the_latest_rating_is_shown_to_reps(world: World) -> None:
    ada = await world.open()
    handoff = await world.hand_off(ada.conversation_id)
    await act(ada, "rating", score=2, comment="slow")
    await act(ada, "end")
    assert (await act(ada, "rating", score=5)).status_code == 204
    seen = (await world.client.get(f"/v1/handoffs/{handoff.id}", headers=SERVER)).json()
    assert seen["conversation"]["rating"] == 5


@pytest.mark.parametrize("score", [0, 6, 2.5, True, "5", None])
async def test_a_rating_is_a_whole_number_from_1_to_5(world: World, score: object) -> None:
    ada = await world.open()
    assert problem_of(await act(ada, "rating", score=score))["status"] == 422


@pytest.mark.parametrize("email", ["", "dana", "dana@", "a b@c.example", "a@b", "@b.example"])
async def test_what_is_no_address_is_refused_with_a_sentence(world: World, email: str) -> None:
    ada = await world.open()
    problem = problem_of(await act(ada, "contact", email=email))
    assert problem["status"] == 422
    assert (await world.conversations.get(ConversationId(ada.conversation_id))).left_email == ""


@pytest.mark.parametrize("what", ["end", "rating", "contact"])
async def test_nobody_acts_in_somebody_elses_conversation(world: World, what: str) -> None:
    ada, eve = await world.open(), await world.open("a-2")
    response = await world.client.post(
        f"{ada.url}/{what}", json={"score": 1, "email": "e@e.example"}, headers=eve.headers
    )
    assert problem_of(response)["status"] in (404, 422)
    assert (await world.conversations.get(ConversationId(ada.conversation_id))).ended_at is None


async def test_who_waits_for_a_message_learns_of_the_end(world: World) -> None:
    ada = await world.open()
    waiting = asyncio.create_task(ada.read(wait=20))
    await until(lambda: world.services.audience.watchers() == 1)
    await act(ada, "end")
    answer = (await asyncio.wait_for(waiting, 5)).json()
    assert (answer["messages"], answer["ended_at"]) == ([], "2026-03-02T10:00:00Z")


async def test_after_the_end_a_poll_waits_as_ever(world: World) -> None:
    ada = await world.open()
    await act(ada, "end")
    waiting = asyncio.create_task(ada.read(wait=20))
    await until(lambda: world.services.audience.watchers() == 1)
    world.services.audience.announce(ConversationId(ada.conversation_id))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not waiting.done()
    world.services.audience.close()
    assert (await asyncio.wait_for(waiting, 5)).status_code == 200
