"""Which sites may talk to us from a browser."""

import httpx
import pytest
from structlog.testing import capture_logs

from integrations.web.origins import AllowedOrigins
from tests.integrations.web.world import SHOP, World, a_world, problem_of

EVIL = "https://evil.example"


async def call(
    world: World, origin: str | None, path: str = "/v1/conversations", host: str = ""
) -> httpx.Response:
    headers = {"Origin": origin} if origin else {}
    if host:
        headers["Host"] = host
    return await world.client.post(path, json={}, headers=headers)


async def test_another_site_is_refused_with_a_sentence_for_its_developer(world: World) -> None:
    problem = problem_of(await call(world, EVIL))
    assert problem["status"] == 403
    assert EVIL in problem["detail"]
    assert "HOTLINE_ALLOWED_ORIGINS" in problem["detail"]
    assert world.store.talks == {}


async def test_the_log_says_it_once_for_each_site(world: World) -> None:
    with capture_logs() as logs:
        for origin in (EVIL, EVIL, "https://other.example", EVIL):
            await call(world, origin)
    refused = [entry["origin"] for entry in logs if entry["event"] == "origin.refused"]
    assert refused == [EVIL, "https://other.example"]


async def test_a_preflight_of_another_site_is_refused_and_logged(world: World) -> None:
    asks = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
    with capture_logs() as logs:
        answer = await world.client.options("/v1/conversations", headers=asks)
    assert answer.status_code == 403
    assert [entry["event"] for entry in logs] == ["origin.refused"]


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, ""),
        ("http://hotline.test", ""),
        ("https://chat.shop.example", "chat.shop.example"),
        ("https://chat.shop.example", "chat.shop.example:443"),
    ],
)
async def test_servers_and_our_own_pages_pass(world: World, origin: str | None, host: str) -> None:
    assert (await call(world, origin, host=host)).status_code == 201


async def test_a_page_without_an_origin_of_its_own_is_another_site(world: World) -> None:
    assert (await call(world, "null")).status_code == 403


async def test_tracking_is_guarded_by_its_write_key_instead(world: World) -> None:
    assert (await call(world, EVIL, "/v1/track")).status_code == 404


async def test_an_allowed_site_reads_the_answer_and_keeps_the_preflight() -> None:
    async with a_world(allowed_origins=(SHOP,)) as world:
        answer = await call(world, SHOP)
        asks = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
        preflight = await world.client.options("/v1/widget/events", headers=asks)
        refused = await call(world, EVIL)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (201, SHOP)
    assert preflight.headers["access-control-max-age"] == "7200"
    assert [each.headers["vary"] for each in (answer, refused)] == ["Origin", "Origin"]
    assert refused.status_code == 403


async def test_everybody_may_call_where_that_is_set() -> None:
    async with a_world(allowed_origins=("*",)) as world:
        answers = [await call(world, origin) for origin in (EVIL, "null")]
    assert [answer.status_code for answer in answers] == [201, 201]


def rules(*allowed: str, public_url: str = "http://localhost:8000") -> AllowedOrigins:
    return AllowedOrigins(allowed, public_url)


@pytest.mark.parametrize(
    "origin",
    ["https://shop.example", "https://SHOP.example", "https://shop.example:443", "https://shop.example/"],
)  # fmt: skip
def test_an_origin_is_compared_as_browsers_write_it(origin: str) -> None:
    assert rules("https://shop.example").allows(origin, "hotline.test")


WRONG = [
    "http://shop.example",
    "https://shop.example:8443",
    "https://shop.example.evil.example",
    "https://eviltshop.example",
    "https://shop-example",
    "https://shop.example@evil.example",
    "",
]


@pytest.mark.parametrize("origin", WRONG)
def test_what_only_looks_like_an_allowed_origin_is_none(origin: str) -> None:
    assert not rules("https://shop.example", "https://*.shop.example").allows(origin, "h.test")


def test_a_star_stands_for_every_sub_domain_and_not_for_the_domain() -> None:
    found = rules("https://*.shop.example")
    assert found.allows("https://www.shop.example", "hotline.test")
    assert found.allows("https://a.b.shop.example", "hotline.test")
    assert not found.allows("https://shop.example", "hotline.test")
    assert not found.allows("https://evilshop.example", "hotline.test")


@pytest.mark.parametrize("origin", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])  # fmt: skip
def test_this_machine_is_ours_under_each_of_its_names(origin: str) -> None:
    assert rules().allows(origin, "127.0.0.1:8000")
    assert not rules(public_url="https://chat.shop.example").allows(origin, "chat.shop.example")


def test_another_port_of_this_machine_is_another_site() -> None:
    assert not rules().allows("http://localhost:3000", "localhost:8000")
