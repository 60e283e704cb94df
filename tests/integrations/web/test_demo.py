"""The demo company and the built-in pages."""

import pytest

from agent.conversation import ConversationId
from tests.integrations.web.world import World, problem_of


async def test_says_what_there_is(demo: World) -> None:
    config = (await demo.client.get("/demo/config")).json()
    assert config["company"]["name"] == "Tourvane"
    assert [persona["id"] for persona in config["personas"]] == ["hot", "after_hours"]
    assert config["pages"] == [
        {"title": "Shop", "path": "/"},
        {"title": "Pricing & plans", "path": "/pricing"},
    ]


async def test_lets_you_be_somebody(demo: World) -> None:
    response = await demo.client.post("/demo/conversations", json={"persona": "hot"})
    opened = response.json()
    assert response.status_code == 201
    kept = await demo.conversations.get(ConversationId(opened["conversation_id"]))
    assert kept.visitor.name == "Dana Weiss"
    assert set(opened) == {"conversation_id", "visitor_token", "disclosure", "greeting", "hours"}


async def test_plays_at_the_personas_hour(demo: World) -> None:
    response = await demo.client.post("/demo/conversations", json={"persona": "after_hours"})
    assert response.json()["hours"] == {"open": False, "next_open_at": "2026-03-03T08:00:00Z"}


@pytest.mark.parametrize(
    "body", [{"persona": "king"}, {"persona": 1}, {}, {"persona": "hot", "x": 1}]
)
async def test_refuses_to_be_nobody(demo: World, body: dict[str, object]) -> None:
    response = await demo.client.post("/demo/conversations", json=body)
    problem_of(response)
    assert response.status_code == 422


async def test_explains_every_turn(demo: World) -> None:
    ada, eve = await demo.open("a-1"), await demo.open("a-2")
    await ada.say()
    await demo.answer(ada.conversation_id)
    url = f"/demo/conversations/{ada.conversation_id}/turns"
    [turn] = (await demo.client.get(url, headers=ada.headers)).json()["turns"]
    assert (turn["kind"], turn["decision"], turn["writer"]) == ("sales", "keep", "composed")
    assert turn["signals"][0] == {
        "kind": "pricing",
        "quote": "What does it cost",
        "confidence": 0.9,
    }
    assert turn["milliseconds"] == {"read": 6.5}
    assert (await demo.client.get(url, headers=eve.headers)).status_code == 404
    assert (await demo.client.get(url)).status_code == 401


async def test_shows_the_companys_pages(demo: World) -> None:
    page = await demo.client.get("/pricing")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert page.text == "<title>Pricing</title><p>It costs $29.</p>"


async def test_shows_its_front_page(demo: World) -> None:
    page = await demo.client.get("/")
    assert "What we sell" in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "unsafe" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("api.js", "text/javascript; charset=utf-8"),
        ("site.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
async def test_files_have_a_type_and_an_etag(world: World, path: str, kind: str) -> None:
    first = await world.client.get(f"/static/{path}")
    assert (first.status_code, first.headers["content-type"]) == (200, kind)
    again = await world.client.get(
        f"/static/{path}", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["../api.py", "..%2fapi.py", "%2e%2e/api.py", "/etc/passwd", "none.js", "", "%00"]
)
async def test_no_path_leads_out_of_the_folder(world: World, path: str) -> None:
    response = await world.client.get(f"/static/{path}")
    problem_of(response)
    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/", "/demo/config", "/pricing"])
async def test_there_is_no_demo_elsewhere(world: World, path: str) -> None:
    assert (await world.client.get(path)).status_code == 404
