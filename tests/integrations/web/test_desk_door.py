"""Who comes in at the built-in desk: with the key that all share, or as one rep."""

from datetime import timedelta

import httpx
import pytest

from agent.conversation import RepId
from integrations.web.door import MOST_FAILURES, DeskPerson
from tests.integrations.web.world import API_KEY, Talker, World, a_world, problem_of

OWN = {"Sec-Fetch-Site": "same-origin"}
MIA = RepId("mia")


@pytest.fixture
async def ada(world: World) -> Talker:
    talker = await world.open()
    await world.hand_off(talker.conversation_id)
    return talker


async def join(world: World, invite: str, **headers: str) -> httpx.Response:
    return await world.client.post("/desk/join", json={"invite": invite}, headers=headers)


def invited(world: World, rep: str = "mia") -> str:
    return world.services.desk.door.invites.issue(RepId(rep))


async def claim(world: World, rep: str) -> httpx.Response:
    return await world.client.post("/v1/handoffs/h-1/claim", json={"rep": rep}, headers=OWN)


async def sign_in(world: World, key: str = API_KEY) -> httpx.Response:
    return await world.client.post("/desk/login", json={"api_key": key})


async def test_a_rep_signs_in_and_out(world: World, ada: Talker) -> None:
    response = await sign_in(world)
    cookie = response.headers["set-cookie"].lower()
    assert response.status_code == 204
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert (await world.client.get("/v1/handoffs")).status_code == 200
    assert (await world.client.get("/v1/desk/me")).json()["reps"][0]["id"] == "mia"
    await world.client.post("/desk/logout")
    assert (await world.client.get("/v1/handoffs")).status_code == 401


async def test_a_wrong_key_does_not_sign_in(world: World) -> None:
    response = await sign_in(world, "wrong")
    problem_of(response)
    assert response.status_code == 401


async def test_a_session_ends(world: World) -> None:
    await sign_in(world)
    world.clock.advance(timedelta(hours=12))
    assert (await world.client.get("/v1/handoffs")).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://hotline.test"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://hotline.test"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_with_the_cookie_only_the_desks_own_page_acts(
    world: World, ada: Talker, headers: dict[str, str], status: int
) -> None:
    await sign_in(world)
    response = await world.client.post(
        "/v1/handoffs/h-1/claim", json={"rep": "mia"}, headers=headers
    )
    assert response.status_code == status


async def test_the_cookie_does_not_open_the_server_side(world: World) -> None:
    await sign_in(world)
    assert (await world.client.get("/v1/leads")).status_code == 401


async def test_in_the_demo_the_desk_is_open(demo: World) -> None:
    assert (await demo.client.get("/v1/handoffs")).status_code == 401
    page = await demo.client.get("/desk")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert (await demo.client.get("/v1/handoffs")).status_code == 200


async def test_elsewhere_the_desk_needs_a_key(world: World) -> None:
    page = await world.client.get("/desk")
    assert "set-cookie" not in page.headers
    assert (await world.client.get("/v1/handoffs")).status_code == 401


# As one rep


async def test_a_link_signs_one_rep_in(world: World, ada: Talker) -> None:
    response = await join(world, invited(world))
    cookie = response.headers["set-cookie"].lower()
    assert response.status_code == 204
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    assert (await world.client.get("/v1/desk/me")).json()["rep"] == "mia"
    assert (await claim(world, "mia")).json()["claimed_by"] == "mia"


async def test_over_https_the_cookie_goes_nowhere_else() -> None:
    async with a_world(public_url="https://hotline.test") as world:
        cookie = (await join(world, invited(world))).headers["set-cookie"].lower()
    assert "secure" in cookie


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("claim", {}),
        ("release", {}),
        ("close", {}),
        ("not_hot", {}),
        ("reopen", {}),
        ("snooze", {}),
        ("transfer", {"to_rep": "mia"}),
        ("called", {}),
        ("seen", {}),
        ("messages", {"text": "Hello"}),
        ("draft", {}),
        ("booking", {}),
    ],
)
async def test_who_signed_in_acts_as_nobody_else(
    world: World, ada: Talker, action: str, body: dict[str, str]
) -> None:
    await join(world, invited(world))
    path = f"/v1/handoffs/h-1/{action}"
    response = await world.client.post(path, json={"rep": "jonas", **body}, headers=OWN)
    assert response.status_code == 403
    assert "You are signed in as mia" in problem_of(response)["detail"]


async def test_a_link_works_once(world: World) -> None:
    invite = invited(world)
    await join(world, invite)
    world.client.cookies.clear()
    again = await join(world, invite)
    assert again.status_code == 401
    assert "ask for a new one" in problem_of(again)["detail"]
    assert (await world.client.get("/v1/desk/me")).status_code == 401


async def test_a_link_works_for_a_day(world: World) -> None:
    invite = invited(world)
    world.clock.advance(timedelta(hours=24))
    assert (await join(world, invite)).status_code == 401


async def test_a_cookie_is_no_link_and_a_link_is_no_cookie(world: World) -> None:
    cookie = world.services.desk.door.sessions.issue(DeskPerson(MIA))
    assert (await join(world, cookie)).status_code == 401
    headers = {"Cookie": f"hotline_desk={invited(world)}"}
    assert (await world.client.get("/v1/desk/me", headers=headers)).status_code == 401


async def test_who_left_the_playbook_is_not_let_in(world: World) -> None:
    assert (await join(world, invited(world, "gone"))).status_code == 401
    cookie = world.services.desk.door.sessions.issue(DeskPerson(RepId("gone")))
    headers = {"Cookie": f"hotline_desk={cookie}"}
    assert (await world.client.get("/v1/desk/me", headers=headers)).status_code == 401


async def test_another_site_signs_nobody_in(world: World) -> None:
    invite = invited(world)
    refused = await join(world, invite, Origin="https://evil.example")
    assert refused.status_code == 403
    assert (await join(world, invite, Origin="http://hotline.test")).status_code == 204


async def test_who_tries_too_often_waits(world: World) -> None:
    for _ in range(MOST_FAILURES):
        assert (await sign_in(world, "wrong")).status_code == 401
        world.clock.advance(timedelta(seconds=1))
    refused = await sign_in(world)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "291"
    assert "set-cookie" not in refused.headers
    problem_of(refused)
    world.clock.advance(timedelta(seconds=290))
    assert (await sign_in(world)).status_code == 204


async def test_vain_links_count_as_tries(world: World) -> None:
    for _ in range(MOST_FAILURES):
        await join(world, "no link")
    assert (await join(world, invited(world))).status_code == 429


async def test_in_the_demo_a_rep_stays_who_they_are(demo: World) -> None:
    await join(demo, invited(demo))
    await demo.client.get("/desk")
    assert (await demo.client.get("/v1/desk/me")).json()["rep"] == "mia"
