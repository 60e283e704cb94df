"""The visitor's side."""

import asyncio
import json
from datetime import timedelta

import pytest

from agent.conversation import Author, ConversationId
from agent.errors import ConversationClosedError, StoreUnavailableError
from tests.fakes.memory import MemoryConversations
from tests.integrations.web.world import World, a_world, problem_of, until


async def test_opens_a_conversation(world: World) -> None:
    body = {
        "visitor": {
            "anonymous_id": "a-1",
            "user_id": None,
            "user_hash": None,
            "email": None,
            "name": None,
            "traits": {"plan": "trial", "seats": 40},
        },
        "page": {"url": "https://shop.example/pricing", "title": "Pricing", "referrer": ""},
        "locale": "en-GB",
    }
    response = await world.client.post("/v1/conversations", json=body)
    opened = response.json()
    assert response.status_code == 201
    assert opened["disclosure"].startswith("You are chatting with Tourvane's AI assistant")
    assert opened["greeting"] is None
    assert opened["hours"] == {"open": True, "next_open_at": "2026-03-02T10:00:00Z"}
    kept = await world.conversations.get(ConversationId(opened["conversation_id"]))
    assert (kept.page.title, kept.visitor.traits) == ("Pricing", {"plan": "trial", "seats": "40"})


async def test_discloses_in_the_visitors_language(world: World) -> None:
    response = await world.client.post("/v1/conversations", json={"locale": "de_AT"})
    assert response.json()["disclosure"].startswith("Sie schreiben mit")


async def test_says_when_somebody_is_back(world: World) -> None:
    world.clock.advance(timedelta(hours=10))
    response = await world.client.post("/v1/conversations", json={})
    assert response.json()["hours"] == {"open": False, "next_open_at": "2026-03-03T08:00:00Z"}


async def test_a_returning_visitor_gets_the_open_conversation_back(world: World) -> None:
    ada = await world.open()
    again = await world.client.post(
        "/v1/conversations", json={"visitor": {"anonymous_id": "a-1"}}, headers=ada.headers
    )
    assert (again.status_code, again.json()["conversation_id"]) == (200, ada.conversation_id)


async def test_somebody_else_in_the_same_browser_starts_anew(world: World) -> None:
    ada = await world.open()
    again = await world.client.post(
        "/v1/conversations", json={"visitor": {"anonymous_id": "a-2"}}, headers=ada.headers
    )
    assert again.json()["conversation_id"] != ada.conversation_id


async def test_an_expired_token_starts_anew(world: World) -> None:
    ada = await world.open()
    world.clock.advance(timedelta(days=31))
    again = await world.client.post(
        "/v1/conversations", json={"visitor": {"anonymous_id": "a-1"}}, headers=ada.headers
    )
    assert again.status_code == 201


async def test_takes_a_message_and_starts_answering(world: World) -> None:
    ada = await world.open()
    response = await ada.say("What does it cost?")
    assert response.status_code == 202
    assert response.json()["seq"] == 1
    assert world.woken == [ada.conversation_id]


async def test_the_same_message_again_does_nothing_else(world: World) -> None:
    ada = await world.open()
    first, second = await ada.say(), await ada.say()
    assert (second.status_code, second.json()) == (202, first.json())
    assert len(world.woken) == 1


async def test_reads_what_was_said(world: World) -> None:
    ada = await world.open()
    said = (await ada.say("What is the price?")).json()["message_id"]
    await world.answer(ada.conversation_id)
    read = (await ada.read(after=1)).json()
    assert (read["held_by"], read["typing"]) == ("agent", None)
    [reply] = read["messages"]
    assert (reply["seq"], reply["author"], reply["in_reply_to"]) == (2, "agent", [said])
    assert reply["sources"] == [
        {"title": "Pricing: Team", "url": "https://shop.example/pricing#team"}
    ]


async def test_tells_for_each_sentence_of_a_reply_where_it_stands(world: World) -> None:
    ada = await world.open()
    await ada.say("What is the price?")
    await world.answer(ada.conversation_id)
    said, reply = (await ada.read()).json()["messages"]
    assert said["sentences"] == []
    assert "".join(sentence["text"] for sentence in reply["sentences"]) == reply["text"]
    cited = {"source": 0, "title": "Pricing: Team", "url": "https://shop.example/pricing#team"}
    assert [sentence["sources"] for sentence in reply["sentences"]] == [[cited]]


async def test_a_long_poll_returns_at_once_when_a_message_arrives(world: World) -> None:
    ada = await world.open()
    await ada.say()
    waiting = asyncio.create_task(ada.read(after=1, wait=30))
    await until(lambda: world.services.audience.watchers() == 1)
    world.services.audience.set_typing(ConversationId(ada.conversation_id), Author.AGENT)
    await asyncio.sleep(0)
    assert not waiting.done()
    await world.answer(ada.conversation_id)
    response = await asyncio.wait_for(waiting, 1)
    assert [message["seq"] for message in response.json()["messages"]] == [2]
    assert response.json()["typing"] == "agent"


async def test_a_long_poll_ends_empty(world: World) -> None:
    ada = await world.open()
    response = await ada.read(after=0, wait=0.05)
    assert response.json()["messages"] == []
    assert world.services.audience.watchers() == 0


async def test_a_long_poll_ends_when_the_server_stops(world: World) -> None:
    ada = await world.open()
    waiting = asyncio.create_task(ada.read(wait=30))
    await until(lambda: world.services.audience.watchers() == 1)
    world.services.audience.close()
    assert (await asyncio.wait_for(waiting, 1)).status_code == 200


async def test_holds_a_reply_back_while_the_visitor_types(world: World) -> None:
    ada = await world.open()
    response = await world.client.post(f"{ada.url}/typing", headers=ada.headers)
    assert response.status_code == 204
    paused = world.services.audience.visitor_paused
    waiting = asyncio.create_task(
        paused(ConversationId(ada.conversation_id), timedelta(seconds=20))
    )
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await ada.say()
    await asyncio.wait_for(waiting, 1)


async def test_asks_for_a_person(world: World) -> None:
    ada = await world.open()
    response = await world.client.post(f"{ada.url}/human", headers=ada.headers)
    assert response.status_code == 202
    [message] = (await ada.read()).json()["messages"]
    assert (message["author"], message["text"]) == ("visitor", "I would like to talk to a person.")
    assert world.woken == [ada.conversation_id]


async def test_asking_for_a_person_twice_with_one_id_asks_once(world: World) -> None:
    ada = await world.open()
    for _ in range(2):
        await world.client.post(
            f"{ada.url}/human", json={"client_message_id": "h"}, headers=ada.headers
        )
    assert len((await ada.read()).json()["messages"]) == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  hello \r\n there\x00\x07  ", "hello \n there"),
        ("x" * 8_000, "x" * 8_000),
        (" " * 100 + "y" * 8_000, "y" * 8_000),
        ("prix en €, 你好 👩‍🔧", "prix en €, 你好 👩‍🔧"),
        ("a\tb", "a\tb"),
    ],
)
async def test_cleans_what_the_visitor_says(world: World, text: str, kept: str) -> None:
    ada = await world.open()
    assert (await ada.say(text)).status_code == 202
    assert (await ada.read()).json()["messages"][0]["text"] == kept


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"client_message_id": "1", "text": ""}, "text", "1 to 8,000"),
        ({"client_message_id": "1", "text": " \x00\n "}, "text", "1 to 8,000"),
        ({"client_message_id": "1", "text": "x" * 8_001}, "text", "8,001"),
        ({"client_message_id": "1", "text": "\ud83d oh"}, "text", "surrogate"),
        ({"client_message_id": "1", "text": 5}, "text", "string"),
        ({"client_message_id": "1"}, "text", "required"),
        ({"text": "hi"}, "client_message_id", "required"),
        ({"client_message_id": "", "text": "hi"}, "client_message_id", "1 to 64"),
        ({"client_message_id": "x" * 65, "text": "hi"}, "client_message_id", "65"),
        ({"client_message_id": "a\x00b", "text": "hi"}, "client_message_id", "control"),
        ({"client_message_id": "1", "text": "hi", "colour": "red"}, "colour", "remove it"),
        ({"client_message_id": "1", "text": "hi", "\ud800": 1}, "body", "surrogate"),
    ],
)
async def test_refuses_a_message_it_cannot_use(
    world: World, body: dict[str, object], field: str, says: str
) -> None:
    ada = await world.open()
    headers = {**ada.headers, "Content-Type": "application/json"}
    response = await world.client.post(
        f"{ada.url}/messages", content=json.dumps(body), headers=headers
    )
    problem = problem_of(response)
    assert response.status_code == 422
    assert problem["errors"][0]["field"] == field
    assert says in problem["detail"]
    assert world.woken == []


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b'{"text": ', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 30_000, "application/json", 400),
        (b"text=hi", "application/x-www-form-urlencoded", 415),
        (b'{"client_message_id": "1", "text": "hi"}', "text/plain", 415),
        (b"", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
    ],
)
async def test_refuses_a_body_it_cannot_read(
    world: World, content: bytes, content_type: str, status: int
) -> None:
    ada = await world.open()
    headers = {**ada.headers, "Content-Type": content_type}
    response = await world.client.post(f"{ada.url}/messages", content=content, headers=headers)
    problem_of(response)
    assert response.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {"visitor": {"anonymous_id": ""}},
        {"visitor": {"anonymous_id": "a", "is_proven": True}},
        {"visitor": {"anonymous_id": "a", "traits": {"x": {"deep": 1}}}},
        {"visitor": {"anonymous_id": "a", "traits": {f"t{n}": n for n in range(51)}}},
        {"visitor": {"anonymous_id": "x" * 201}},
        {"locale": "../../etc"},
        {"page": {"url": "x" * 2_001}},
        {"surprise": 1},
    ],
)
async def test_refuses_an_opening_it_cannot_use(world: World, body: dict[str, object]) -> None:
    response = await world.client.post("/v1/conversations", json=body)
    problem_of(response)
    assert response.status_code == 422


@pytest.mark.parametrize("query", ["after=-1", "after=x", "wait=31", "wait=-1", "wait=nan"])
async def test_refuses_a_query_it_cannot_use(world: World, query: str) -> None:
    ada = await world.open()
    response = await world.client.get(f"{ada.url}/messages?{query}", headers=ada.headers)
    problem_of(response)
    assert response.status_code == 422


@pytest.mark.parametrize("path", ["messages", "stream"])
async def test_another_visitors_token_and_a_wrong_id_look_the_same(world: World, path: str) -> None:
    ada, eve = await world.open("a-1"), await world.open("a-2")
    others = await world.client.get(f"{ada.url}/{path}", headers=eve.headers)
    unknown = await world.client.get(f"/v1/conversations/c-none/{path}", headers=eve.headers)
    odd = await world.client.get(f"/v1/conversations/%00'/{path}", headers=eve.headers)
    assert others.status_code == unknown.status_code == odd.status_code == 404
    assert problem_of(others) == problem_of(unknown) == problem_of(odd)


async def test_knowing_an_anonymous_id_opens_nothing(world: World) -> None:
    ada, eve = await world.open("a-1"), await world.open("a-1")
    response = await world.client.get(f"{ada.url}/messages", headers=eve.headers)
    assert response.status_code == 404


async def test_nobody_writes_into_somebody_elses_conversation(world: World) -> None:
    ada, eve = await world.open("a-1"), await world.open("a-2")
    for path, body in (
        ("messages", {"client_message_id": "1", "text": "hi"}),
        ("human", None),
        ("typing", None),
    ):
        response = await world.client.post(f"{ada.url}/{path}", json=body, headers=eve.headers)
        assert response.status_code == 404
    assert (await ada.read()).json()["messages"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x.y.z"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer"},
    ],
)
async def test_asks_for_a_token(world: World, headers: dict[str, str]) -> None:
    ada = await world.open()
    response = await world.client.get(f"{ada.url}/messages", headers=headers)
    problem_of(response)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_token_in_the_url_is_worth_nothing(world: World) -> None:
    ada = await world.open()
    response = await world.client.get(f"{ada.url}/messages?token={ada.token}")
    assert response.status_code == 401


async def test_refuses_an_expired_token(world: World) -> None:
    ada = await world.open()
    world.clock.advance(timedelta(days=30))
    response = await ada.read()
    assert "expired" in problem_of(response)["detail"]
    assert response.status_code == 401


async def test_refuses_a_token_that_has_expired_since_it_was_last_shown(world: World) -> None:
    ada = await world.open()
    assert (await ada.read()).status_code == 200
    world.clock.advance(timedelta(days=31))
    response = await ada.read()
    assert response.status_code == 401


class EndedConversations(MemoryConversations):
    """Every conversation has ended."""

    async def append(self, *_: object) -> None:  # type: ignore[override]
        raise ConversationClosedError("c-1 has ended")


class FullDisk(MemoryConversations):
    """Nothing can be written."""

    async def append(self, *_: object) -> None:  # type: ignore[override]
        raise StoreUnavailableError("disk full at /var/lib")


async def test_a_closed_conversation_is_a_conflict(world: World) -> None:
    async with a_world(conversations=EndedConversations(world.store)) as ended:
        response = await (await ended.open()).say()
    assert response.status_code == 409
    assert "start a new one" in problem_of(response)["detail"]


async def test_a_full_disk_says_when_to_try_again(world: World) -> None:
    async with a_world(conversations=FullDisk(world.store)) as full:
        response = await (await full.open()).say()
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert "/var/lib" not in problem_of(response)["detail"]
    assert full.woken == []
