"""Who visitors are, and what their tokens open."""

from datetime import timedelta
from typing import Any

import jwt
import pytest

from agent.conversation import ConversationId
from integrations.web.door import DeskPerson
from integrations.web.identity import hash_identity
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.integrations.web.world import IDENTITY_SECRET, World, a_world, problem_of

TOMORROW = (MONDAY_TEN + timedelta(days=1)).timestamp()
YESTERDAY = (MONDAY_TEN - timedelta(days=1)).timestamp()


def signed(secret: str = IDENTITY_SECRET, **claims: Any) -> str:
    return jwt.encode({"exp": TOMORROW, **claims}, secret, algorithm="HS256")


async def opened(world: World, **visitor: Any) -> Any:
    body = {"visitor": {"anonymous_id": "a-1", **visitor}}
    return await world.client.post("/v1/conversations", json=body)


async def visitor_of(world: World, response: Any) -> Any:
    conversation = await world.conversations.get(ConversationId(response.json()["conversation_id"]))
    return conversation.visitor


async def test_a_hash_of_the_user_id_proves_it() -> None:
    async with a_world(identity_secret=IDENTITY_SECRET) as world:
        proof = hash_identity(IDENTITY_SECRET, "u-1")
        response = await opened(world, user_id="u-1", user_hash=proof.upper())
        visitor = await visitor_of(world, response)
    assert (visitor.user_id, visitor.is_proven) == ("u-1", True)


async def test_a_proven_user_id_does_not_prove_an_address() -> None:
    async with a_world(identity_secret=IDENTITY_SECRET) as world:
        proof = hash_identity(IDENTITY_SECRET, "u-1")
        response = await opened(world, user_id="u-1", email="boss@x.example", user_hash=proof)
        visitor = await visitor_of(world, response)
    assert (visitor.email, visitor.traits) == (None, {"email": "boss@x.example"})


async def test_a_hash_of_the_address_proves_it_when_there_is_no_user_id() -> None:
    async with a_world(identity_secret=IDENTITY_SECRET) as world:
        proof = hash_identity(IDENTITY_SECRET, "ada@x.example")
        visitor = await visitor_of(
            world, await opened(world, email="ada@x.example", user_hash=proof)
        )
    assert (visitor.email, visitor.is_proven) == ("ada@x.example", True)


async def test_a_signed_token_proves_what_it_names() -> None:
    async with a_world(identity_secret=IDENTITY_SECRET) as world:
        token = signed(user_id="u-1", email="ada@x.example")
        visitor = await visitor_of(world, await opened(world, user_id="u-999", user_jwt=token))
    assert (visitor.user_id, visitor.email, visitor.is_proven) == ("u-1", "ada@x.example", True)


@pytest.mark.parametrize(
    "proof",
    [
        {"user_id": "u-1", "user_hash": "0" * 64},
        {"user_id": "u-1", "user_hash": "ünïcode"},
        {"user_hash": hash_identity(IDENTITY_SECRET, "")},
        {"user_jwt": signed("another-secret-that-is-long-enough", user_id="u-1")},
        {"user_jwt": signed(user_id="u-1", exp=YESTERDAY)},
        {"user_jwt": signed(user_id="u-1", exp=1e300)},
        {"user_jwt": signed(name="nobody")},
        {"user_jwt": jwt.encode({"user_id": "u-1"}, IDENTITY_SECRET, algorithm="HS256")},
        {"user_jwt": jwt.encode({"user_id": "u-1", "exp": TOMORROW}, "", algorithm="none")},
        {"user_jwt": "x"},
    ],
)
async def test_refuses_a_wrong_proof(proof: dict[str, str]) -> None:
    async with a_world(identity_secret=IDENTITY_SECRET) as world:
        response = await opened(world, **proof)
    problem_of(response)
    assert response.status_code == 403


@pytest.mark.parametrize("claim", [{"user_id": "u-1"}, {"email": "ada@x.example"}])
async def test_refuses_a_claim_without_proof_when_that_is_the_rule(claim: dict[str, str]) -> None:
    async with a_world(identity_secret=IDENTITY_SECRET, enforces_identity=True) as world:
        response = await opened(world, **claim)
        anonymous = await opened(world)
    assert "user_hash" in problem_of(response)["detail"]
    assert (response.status_code, anonymous.status_code) == (403, 201)


async def test_an_unproven_claim_stays_unproven(world: World) -> None:
    visitor = await visitor_of(world, await opened(world, user_id="u-1", user_hash="0" * 64))
    assert not visitor.is_proven


async def test_a_proven_person_reads_on_with_another_browser() -> None:
    async with a_world(identity_secret=IDENTITY_SECRET) as world:
        proof = {"user_id": "u-1", "user_hash": hash_identity(IDENTITY_SECRET, "u-1")}
        first = (await opened(world, **proof)).json()
        second = (await opened(world, **{**proof, "anonymous_id": "a-2"})).json()
        url = f"/v1/conversations/{first['conversation_id']}/messages"
        headers = {"Authorization": f"Bearer {second['visitor_token']}"}
        assert (await world.client.get(url, headers=headers)).status_code == 200


async def test_who_signs_out_leaves_no_conversation_behind() -> None:
    async with a_world(identity_secret=IDENTITY_SECRET) as world:
        proof = hash_identity(IDENTITY_SECRET, "u-1")
        first = (await opened(world, user_id="u-1", user_hash=proof)).json()
        headers = {"Authorization": f"Bearer {first['visitor_token']}"}
        body = {"visitor": {"anonymous_id": "a-1"}}
        again = await world.client.post("/v1/conversations", json=body, headers=headers)
    assert again.json()["conversation_id"] != first["conversation_id"]


async def test_a_desk_session_is_no_visitor_token(world: World) -> None:
    ada = await world.open()
    ada.token = world.services.desk.door.sessions.issue(DeskPerson())
    assert (await ada.read()).status_code == 401


async def test_tokens_of_another_secret_are_foreign(world: World) -> None:
    from integrations.web.tokens import VisitorTokens

    ada = await world.open()
    conversation = await world.conversations.get(ConversationId(ada.conversation_id))
    ada.token = VisitorTokens("another secret", FixedClock()).issue(conversation)
    assert (await ada.read()).status_code == 401
