"""A conversation that begins with a reply to a greeting: the greeting is part of it."""

import pytest

from tests.integrations.web.world import World


async def opened_with(world: World, greeting_id: str, locale: str = "en-GB") -> dict[str, object]:
    body = {"visitor": {"anonymous_id": "a-1"}, "locale": locale, "greeting_id": greeting_id}
    response = await world.client.post("/v1/conversations", json=body)
    assert response.status_code == 201, response.text
    opened: dict[str, object] = response.json()
    return opened


async def test_the_greeting_is_the_first_message(world: World) -> None:
    greeting = (await opened_with(world, "pricing"))["greeting"]
    assert isinstance(greeting, dict)
    assert (greeting["seq"], greeting["author"], greeting["in_reply_to"]) == (1, "agent", [])
    assert greeting["text"].startswith("Questions about plans")


async def test_the_greeting_is_in_the_language_in_which_it_was_shown(world: World) -> None:
    greeting = (await opened_with(world, "pricing", "nl_BE"))["greeting"]
    assert isinstance(greeting, dict)
    assert greeting["text"].startswith("Vragen over")


@pytest.mark.parametrize("greeting_id", ["gone", "../../etc", "x" * 200])
async def test_a_greeting_we_do_not_know_is_ignored(world: World, greeting_id: str) -> None:
    assert (await opened_with(world, greeting_id))["greeting"] is None


async def test_who_comes_back_is_not_greeted_again(world: World) -> None:
    talker = await world.open()
    await talker.say()
    body = {"visitor": {"anonymous_id": "a-1"}, "greeting_id": "pricing"}
    response = await world.client.post("/v1/conversations", json=body, headers=talker.headers)
    assert response.status_code == 200
    assert response.json()["greeting"] is None
