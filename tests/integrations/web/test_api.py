"""What holds for every request."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from structlog.testing import capture_logs

from integrations.web.api import create_api
from tests.fakes.memory import MemoryConversations
from tests.integrations.web.world import SHOP, World, a_world, problem_of


async def test_nothing_there_is_a_problem(world: World) -> None:
    for path in ("/v1/nothing", "/v1/conversations/", "/%ED%A0%80"):
        response = await world.client.get(path)
        problem_of(response)
        assert response.status_code == 404


async def test_a_wrong_method_is_a_problem(world: World) -> None:
    response = await world.client.delete("/v1/conversations")
    problem_of(response)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


class BrokenConversations(MemoryConversations):
    """Fails in a way nobody foresaw."""

    async def start(self, *_: object) -> None:  # type: ignore[override]
        raise ZeroDivisionError("secret detail")


async def test_what_nobody_foresaw_keeps_its_details(world: World) -> None:
    async with a_world(conversations=BrokenConversations(world.store)) as broken:
        with capture_logs() as logs:
            response = await broken.client.post("/v1/conversations", json={})
    problem = problem_of(response)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.headers["x-request-id"] in problem["detail"]
    assert [entry["event"] for entry in logs] == ["request.failed"]


async def chunks(size: int) -> AsyncIterator[bytes]:
    yield b'{"locale": "'
    for _ in range(size // 1024):
        yield b"x" * 1024
    yield b'"}'


async def test_a_large_body_is_refused_by_its_length(world: World) -> None:
    response = await world.client.post("/v1/conversations", content=b"x" * (64 * 1024 + 1))
    problem_of(response)
    assert response.status_code == 413


async def test_a_large_body_is_refused_while_it_is_read(world: World) -> None:
    headers = {"Content-Type": "application/json"}
    response = await world.client.post(
        "/v1/conversations", content=chunks(65 * 1024), headers=headers
    )
    problem_of(response)
    assert response.status_code == 413


async def test_a_body_of_the_longest_message_fits(world: World) -> None:
    ada = await world.open()
    assert (await ada.say("é" * 8_000)).status_code == 202


async def test_requests_have_ids(world: World) -> None:
    named = await world.client.get("/healthz", headers={"X-Request-Id": "abc-1"})
    odd = await world.client.get("/healthz", headers={"X-Request-Id": "a b"})
    assert named.headers["x-request-id"] == "abc-1"
    assert len(odd.headers["x-request-id"]) == 16


async def test_answers_carry_safe_headers(world: World) -> None:
    response = await world.client.get("/healthz")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-security-policy"].startswith("default-src 'self'")


async def test_requests_are_noted_by_their_route() -> None:
    seen: list[tuple[str, str, int]] = []
    note = lambda *noted: seen.append(noted[:3])  # noqa: E731
    async with a_world(note_request=note) as world:
        ada = await world.open()
        await ada.read()
        await world.client.get("/nothing")
    assert seen == [
        ("POST", "/v1/conversations", 201),
        ("GET", "/v1/conversations/{conversation_id}/messages", 200),
        ("GET", "unknown", 404),
    ]


async def test_without_configured_sites_no_other_site_may_call(world: World) -> None:
    response = await world.client.post("/v1/conversations", json={}, headers={"Origin": SHOP})
    assert "access-control-allow-origin" not in response.headers


async def preflight(world: World, path: str, origin: str = SHOP) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return await world.client.options(path, headers=headers)


async def test_configured_sites_may_call_the_visitors_side_only() -> None:
    async with a_world(allowed_origins=(SHOP,)) as world:
        allowed = await preflight(world, "/v1/conversations/c-1/messages")
        other_site = await preflight(world, "/v1/conversations", "https://evil.example")
        server_side = await preflight(world, "/v1/leads")
        refused = await world.client.post(
            "/v1/conversations", json={"x": 1}, headers={"Origin": SHOP}
        )
    assert allowed.headers["access-control-allow-origin"] == SHOP
    assert "access-control-allow-credentials" not in allowed.headers
    assert "access-control-allow-origin" not in other_site.headers
    assert server_side.status_code == 405
    assert "access-control-allow-origin" not in server_side.headers
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (422, SHOP)


async def test_other_wires_join(world: World) -> None:
    router = APIRouter()
    router.add_api_route("/slack/events", lambda: {"ok": True}, methods=["POST"])
    app = create_api(world.services, [router])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        assert (await client.post("/slack/events")).json() == {"ok": True}


# OpenAPI


@pytest.fixture
async def openapi(demo: World) -> dict[str, Any]:
    schema: dict[str, Any] = (await demo.client.get("/openapi.json")).json()
    return schema


VISITOR = "/v1/conversations/{conversation_id}"
HANDOFF = "/v1/handoffs/{handoff_id}"


DESCRIBED = [
    ("post", "/v1/conversations"),
    ("post", f"{VISITOR}/messages"),
    ("get", f"{VISITOR}/messages"),
    ("get", f"{VISITOR}/stream"),
    ("post", f"{VISITOR}/typing"),
    ("post", f"{VISITOR}/human"),
    ("post", "/v1/classify"),
    ("get", "/v1/leads"),
    ("get", "/v1/leads/{lead_id}"),
    ("post", "/v1/leads/{lead_id}/outcomes"),
    ("get", "/v1/handoffs"),
    ("get", HANDOFF),
    *(
        ("post", f"{HANDOFF}/{act}")
        for act in ("claim", "release", "close", "snooze", "not_hot", "messages")
    ),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
    ("get", "/demo/config"),
]


async def test_openapi_describes_everything(openapi: dict[str, Any]) -> None:
    for method, path in DESCRIBED:
        operation = openapi["paths"][path][method]
        assert operation["summary"], path
        assert operation["tags"], path


async def test_openapi_has_examples_for_every_field(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"].startswith("3.1")
    schemas = openapi["components"]["schemas"]
    plain = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        if name.endswith(("Shape", "Body"))
        for field, described in schema.get("properties", {}).items()
        if "examples" not in described
        and "ref" not in json.dumps(described)
        and described.get("type") != "array"
    ]
    assert set(plain) <= {"VisitorBody.user_hash", "VisitorBody.user_jwt"}


async def test_openapi_describes_problems(openapi: dict[str, Any]) -> None:
    answers = openapi["paths"]["/v1/handoffs/{handoff_id}/claim"]["post"]["responses"]
    reference = answers["409"]["content"]["application/problem+json"]["schema"]["$ref"]
    assert reference == "#/components/schemas/Problem"
    assert "Problem" in openapi["components"]["schemas"]
    assert "HTTPValidationError" not in openapi["components"]["schemas"]


async def test_there_are_docs(world: World) -> None:
    assert "swagger" in (await world.client.get("/docs")).text.lower()
