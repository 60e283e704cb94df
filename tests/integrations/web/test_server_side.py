"""Leads, classification and operations."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from tests.integrations.web.world import SERVER, World, a_world, problem_of


async def test_gives_a_lead_with_reasons_that_add_up(world: World) -> None:
    lead = (await world.client.get("/v1/leads/user_id:u-ada", headers=SERVER)).json()
    assert lead["lead_id"] == "l-ada"
    assert lead["company"]["name"] == "Nordwind"
    assert lead["identities"] == {"user_id": ["u-ada"]}
    assert sum(reason["points"] for reason in lead["score"]["reasons"]) == lead["score"]["total"]
    assert lead["qualification"]["bant"]["budget"] == {
        "status": "known",
        "value": "approved",
        "evidence": "the budget is approved",
        "message_id": "m-1",
        "at": "2026-03-02T10:00:00Z",
        "is_negative": False,
        "earlier": [],
    }
    assert set(lead["qualification"]["bant"]) == {"budget", "authority", "need", "timeline"}
    assert len(lead["qualification"]["meddic"]) == 6
    assert lead["qualification"]["meddic"]["champion"]["status"] == "unknown"
    assert (lead["handoffs"][0]["handoff_id"], lead["timeline"][0]["name"]) == (
        "h-1",
        "Pricing Viewed",
    )


async def test_gives_the_patterns_of_a_lead(world: World) -> None:
    lead = (await world.client.get("/v1/leads/user_id:u-ada", headers=SERVER)).json()
    assert lead["patterns"] == [
        {
            "name": "pricing_surge",
            "because": "Pricing surge: Pricing Viewed 3 times, within 24 hours",
            "at": "2026-03-02T10:00:00Z",
            "events": ["e-1", "e-2", "e-3"],
        }
    ]


async def test_what_is_denied_and_what_it_replaced_is_shown(world: World) -> None:
    lead = (await world.client.get("/v1/leads/user_id:u-ada", headers=SERVER)).json()
    authority = lead["qualification"]["bant"]["authority"]
    assert (authority["status"], authority["is_negative"]) == ("known", True)
    assert authority["earlier"] == [
        {
            "value": "20,000 EUR",
            "evidence": "20k",
            "message_id": "m-0",
            "at": "2026-03-01T10:00:00Z",
            "is_negative": False,
        }
    ]
    assert lead["qualification"]["bant"]["need"] == {
        "status": "unknown",
        "value": None,
        "evidence": None,
        "message_id": None,
        "at": None,
        "is_negative": False,
        "earlier": [],
    }


async def test_lists_leads_by_temperature(world: World) -> None:
    hot = (await world.client.get("/v1/leads?temperature=hot", headers=SERVER)).json()
    cold = (await world.client.get("/v1/leads?temperature=cold", headers=SERVER)).json()
    assert [lead["lead_id"] for lead in hot["leads"]] == ["l-ada"]
    assert cold == {"leads": [], "cursor": None}


async def test_records_an_outcome(world: World) -> None:
    body = {"outcome": "won", "value": 48000, "at": "2026-03-01T10:00:00Z"}
    response = await world.client.post("/v1/leads/l-ada/outcomes", json=body, headers=SERVER)
    assert (response.status_code, response.json()) == (201, {"lead_id": "l-ada", **body})
    assert [(o[0], o[1], o[2]) for o in world.leads.outcomes] == [("l-ada", "won", 48000)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": "perhaps"},
        {"outcome": "won", "value": -1},
        {"outcome": "won", "at": "2030-01-01T00:00:00Z"},
    ],
)
async def test_refuses_an_outcome_it_cannot_use(world: World, body: dict[str, Any]) -> None:
    response = await world.client.post("/v1/leads/l-ada/outcomes", json=body, headers=SERVER)
    problem_of(response)
    assert response.status_code == 422


@pytest.mark.parametrize(
    "reference", ["l-none", "email:eve@x.example", "%00", "x" * 301, "email:%ED%A0%80"]
)
async def test_an_unknown_lead_is_not_found(world: World, reference: str) -> None:
    response = await world.client.get(f"/v1/leads/{reference}", headers=SERVER)
    problem_of(response)
    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/v1/leads", "/v1/leads/l-ada"])
async def test_strangers_see_no_leads(world: World, path: str) -> None:
    response = await world.client.get(path)
    problem_of(response)
    assert response.status_code == 401


# Classification


async def classify(world: World, *messages: dict[str, Any]) -> Any:
    return await world.client.post("/v1/classify", json={"messages": messages}, headers=SERVER)


async def test_reads_messages(world: World) -> None:
    asks = {"id": "1", "text": "What is the price?", "source": "chat"}
    results = (await classify(world, asks, {"id": 2, "text": ""})).json()["results"]
    assert results[0] == {
        "id": "1",
        "kind": "sales",
        "signals": [{"kind": "pricing", "quote": "price", "confidence": 0.9}],
        "temperature": "hot",
        "handoff": True,
        "competitors": ["Crewpine"],
        "language": "en",
    }
    assert (results[1]["id"], results[1]["handoff"]) == (2, False)


async def test_reads_many_messages_in_order(world: World) -> None:
    messages = [{"id": str(number), "text": "x" * 1_000} for number in range(500)]
    results = (await classify(world, *messages)).json()["results"]
    assert [result["id"] for result in results] == [str(number) for number in range(500)]


@pytest.mark.parametrize(
    "messages",
    [
        [{"id": str(number), "text": "x"} for number in range(501)],
        [{"id": "1", "text": "x" * 100_001}],
        [{"id": "1"}],
        [{"text": "x"}],
        [{"id": "1", "text": "x", "source": "fax"}],
        [{"id": "1", "text": "x", "colour": "red"}],
    ],
)
async def test_refuses_messages_it_cannot_read(
    world: World, messages: list[dict[str, Any]]
) -> None:
    response = await classify(world, *messages)
    problem_of(response)
    assert response.status_code == 422


async def test_strangers_classify_nothing(world: World) -> None:
    response = await world.client.post("/v1/classify", json={"messages": []})
    assert response.status_code == 401


# Operations


async def test_is_alive(world: World) -> None:
    health = (await world.client.get("/healthz")).json()
    assert health["status"] == "ok"
    assert 0 <= health["event_loop_lag_seconds"] < 5


async def test_is_ready(world: World) -> None:
    ready = await world.client.get("/readyz")
    assert ready.json() == {"status": "ready", "parts": {"database": "ok", "library": "ok"}}


async def library_down() -> Mapping[str, str]:
    return {"database": "ok", "library": "The library is still loading."}


async def test_says_what_is_not_ready() -> None:
    async with a_world(readiness=library_down) as world:
        response = await world.client.get("/readyz")
    problem = problem_of(response)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert problem["parts"]["library"] == "The library is still loading."
    assert "library: The library is still loading." in problem["detail"]


async def never() -> Mapping[str, str]:
    await asyncio.Event().wait()
    return {}


async def test_a_part_that_hangs_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.web.ops.READINESS_SECONDS", 0.01)
    async with a_world(readiness=never) as world:
        response = await world.client.get("/readyz")
    assert response.status_code == 503


async def test_gives_metrics(world: World) -> None:
    response = await world.client.get("/metrics")
    assert (response.text, response.headers["content-type"]) == (
        "up 1\n",
        "text/plain; version=0.0.4; charset=utf-8",
    )
