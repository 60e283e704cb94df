"""What reps do over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from agent.handoff import HandoffId
from tests.integrations.web.world import SERVER, Talker, World, problem_of


@pytest.fixture
async def ada(world: World) -> Talker:
    talker = await world.open()
    await talker.say("What is the price?")
    await world.answer(talker.conversation_id)
    await world.hand_off(talker.conversation_id)
    return talker


async def act(world: World, action: str, **body: Any) -> httpx.Response:
    body = {"rep": "mia", **body}
    return await world.client.post(f"/v1/handoffs/h-1/{action}", json=body, headers=SERVER)


async def test_lists_handoffs_by_state(world: World, ada: Talker) -> None:
    listed = (await world.client.get("/v1/handoffs?state=open", headers=SERVER)).json()
    none = (await world.client.get("/v1/handoffs?state=claimed", headers=SERVER)).json()
    [handoff] = listed["handoffs"]
    assert (handoff["handoff_id"], handoff["conversation_id"]) == ("h-1", ada.conversation_id)
    assert handoff["due_at"] == "2026-03-02T10:10:00Z"
    assert handoff["briefing"]["who"] == "Ada Holm, Head of Operations"
    assert (listed["cursor"], none["handoffs"]) == (None, [])


async def test_lists_handoffs_page_by_page(world: World) -> None:
    for number in range(3):
        talker = await world.open(f"a-{number}")
        await world.hand_off(talker.conversation_id, f"h-{number}")
    first = (await world.client.get("/v1/handoffs?limit=2", headers=SERVER)).json()
    rest = await world.client.get(
        "/v1/handoffs", params={"limit": 2, "cursor": first["cursor"]}, headers=SERVER
    )
    assert [h["handoff_id"] for h in first["handoffs"]] == ["h-2", "h-1"]
    assert [h["handoff_id"] for h in rest.json()["handoffs"]] == ["h-0"]


async def test_reads_a_handoff_with_its_reasons(world: World, ada: Talker) -> None:
    read = (await world.client.get("/v1/handoffs/h-1", headers=SERVER)).json()
    assert [message["seq"] for message in read["messages"]] == [1, 2]
    [turn] = read["turns"]
    assert turn["signals"][0]["quote"] == "What does it cost"
    assert sum(reason["points"] for reason in turn["score"]["reasons"]) == turn["score"]["total"]
    assert turn["facts"][0]["title"] == "Pricing: Team"
    assert read["conversation"]["held_by"] == "agent"


async def test_what_one_person_writes_in_two_browsers_is_read_as_one(world: World) -> None:
    first, second = await world.open(), await world.open()
    await first.say("At my desk", "1")
    world.clock.advance(timedelta(seconds=1))
    await second.say("On my phone", "2")
    world.clock.advance(timedelta(seconds=1))
    await first.say("At my desk again", "3")
    await world.hand_off(first.conversation_id)
    assert (await world.hand_off(second.conversation_id, "h-2")).id == "h-1"

    listed = (await world.client.get("/v1/handoffs", headers=SERVER)).json()["handoffs"]
    read = (await world.client.get("/v1/handoffs/h-1", headers=SERVER)).json()

    assert [each["handoff_id"] for each in listed] == ["h-1"]
    assert read["conversation"]["conversation_id"] == first.conversation_id
    assert [(m["conversation_id"], m["text"], m["seq"]) for m in read["messages"]] == [
        (first.conversation_id, "At my desk", 1),
        (second.conversation_id, "On my phone", 1),
        (first.conversation_id, "At my desk again", 2),
    ]


async def test_a_claim_puts_the_rep_in(world: World, ada: Talker) -> None:
    response = await act(world, "claim")
    assert (response.json()["state"], response.json()["claimed_by"]) == ("claimed", "mia")
    read = (await ada.read(after=2)).json()
    assert (read["held_by"], read["messages"][0]["author"]) == ("rep", "system")


async def test_a_lost_race_names_who_won(world: World, ada: Talker) -> None:
    await act(world, "claim")
    response = await act(world, "claim", rep="jonas")
    assert response.status_code == 409
    assert problem_of(response)["claimed_by"] == "mia"


async def test_the_same_rep_claims_twice_without_harm(world: World, ada: Talker) -> None:
    await act(world, "claim")
    assert (await act(world, "claim")).status_code == 200


async def test_a_rep_speaks_once(world: World, ada: Talker) -> None:
    await act(world, "claim")
    for _ in range(2):
        response = await act(world, "messages", text="Hello Ada", client_message_id="r-1")
        assert response.status_code == 200
    said = (await ada.read(after=3)).json()["messages"]
    assert [(m["author"], m["author_name"], m["text"]) for m in said] == [
        ("rep", "Mia Hartung", "Hello Ada")
    ]


async def test_only_the_holder_speaks(world: World, ada: Talker) -> None:
    await act(world, "claim")
    response = await act(world, "messages", rep="jonas", text="Hello")
    assert response.status_code == 409
    assert problem_of(response)["claimed_by"] == "mia"


async def test_a_release_lets_the_agent_answer(world: World, ada: Talker) -> None:
    await act(world, "claim")
    assert (await act(world, "release")).json()["state"] == "given_back"
    assert (await ada.read()).json()["held_by"] == "agent"


async def test_a_handoff_closes_with_its_outcome(world: World, ada: Talker) -> None:
    response = await act(world, "close", outcome="meeting_booked", note="Thursday")
    assert (response.json()["outcome"], response.json()["note"]) == ("meeting_booked", "Thursday")


async def test_not_hot_is_an_outcome(world: World, ada: Talker) -> None:
    assert (await act(world, "not_hot")).json()["outcome"] == "not_hot"


async def test_what_has_ended_stays_so(world: World, ada: Talker) -> None:
    await act(world, "close")
    response = await act(world, "claim")
    assert response.status_code == 409
    assert "closed" in problem_of(response)["detail"]


async def test_a_snooze_holds_reminders_back(world: World, ada: Talker) -> None:
    response = await act(world, "snooze", minutes=30)
    assert response.json()["snoozed_until"] == "2026-03-02T10:30:00Z"
    until = (world.clock.now() + timedelta(hours=2)).isoformat()
    assert (await act(world, "snooze", until=until)).json()[
        "snoozed_until"
    ] == "2026-03-02T12:00:00Z"


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("claim", {"rep": "nobody"}),
        ("claim", {"rep": ""}),
        ("claim", {"why": "because"}),
        ("close", {"outcome": "maybe"}),
        ("snooze", {"minutes": 0}),
        ("snooze", {"until": "2020-01-01T00:00:00Z"}),
        ("snooze", {"until": "2026-03-02T12:00:00"}),
        ("messages", {"text": " "}),
        ("messages", {"text": "x" * 8_001}),
        ("messages", {}),
    ],
)
async def test_refuses_what_it_cannot_do(
    world: World, ada: Talker, action: str, body: dict[str, Any]
) -> None:
    response = await act(world, action, **body)
    problem_of(response)
    assert response.status_code == 422
    assert (await world.services.handoffs.get(HandoffId("h-1"))).claimed_by is None


@pytest.mark.parametrize("path", ["h-none", "%00", "h'1", "x" * 200])
async def test_an_unknown_handoff_is_not_found(world: World, path: str) -> None:
    response = await world.client.get(f"/v1/handoffs/{path}", headers=SERVER)
    problem_of(response)
    assert response.status_code == 404


@pytest.mark.parametrize("key", ["", "wrong", "hk_test_012345678", "schlüssel"])
async def test_strangers_see_no_handoffs(world: World, key: str) -> None:
    headers = {b"Authorization": f"Bearer {key}".encode()}
    response = await world.client.get("/v1/handoffs", headers=headers)
    problem_of(response)
    assert response.status_code == 401


async def test_a_visitors_token_opens_no_desk(world: World, ada: Talker) -> None:
    response = await world.client.get("/v1/handoffs", headers=ada.headers)
    assert response.status_code == 401


async def test_only_the_holder_passes_on_or_closes(world: World, ada: Talker) -> None:
    await act(world, "claim")
    for action, body in (("transfer", {"to_rep": "amara"}), ("close", {}), ("not_hot", {})):
        response = await act(world, action, rep="jonas", **body)
        assert response.status_code == 409, action
        assert problem_of(response)["claimed_by"] == "mia"
