"""What reps do over HTTP beyond claiming and speaking: pass on, reopen, draft, book, call back, see."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from agent.conversation import RepId
from agent.handoff import CallBack, HandoffId
from agent.team_rules import RepRules, TeamId, TeamRules
from tests.integrations.web.world import (
    SERVER,
    ScriptedDrafter,
    Talker,
    World,
    a_world,
    demo_playbook,
    problem_of,
)

EMEA = TeamRules(id=TeamId("emea"), name="EMEA", reps=(RepId("jonas"),))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    playbook = demo_playbook().model_copy(update={"teams": (EMEA,)})
    async with a_world(playbook=playbook) as built:
        yield built


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


async def read(world: World) -> Any:
    return (await world.client.get("/v1/handoffs/h-1", headers=SERVER)).json()


async def listed(world: World, query: str) -> list[str]:
    found = (await world.client.get(f"/v1/handoffs?{query}", headers=SERVER)).json()
    return [handoff["handoff_id"] for handoff in found["handoffs"]]


async def test_a_handoff_is_passed_on_to_a_colleague(world: World, ada: Talker) -> None:
    await act(world, "claim")
    passed = (await act(world, "transfer", to_rep="jonas", note="Your field.")).json()
    assert (passed["state"], passed["claimed_by"], passed["routed_to"]) == ("open", None, ["jonas"])
    assert (await ada.read()).json()["held_by"] == "agent"
    assert "Your field." in (await read(world))["route"][-1]["because"]


async def test_a_handoff_is_passed_on_to_a_team(world: World, ada: Talker) -> None:
    passed = (await act(world, "transfer", to_team="emea")).json()
    assert (passed["team"], passed["routed_to"]) == ("emea", ["jonas"])
    assert await listed(world, "team=emea") == ["h-1"]
    assert await listed(world, "team=apac") == []


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"to_rep": "jonas", "to_team": "emea"},
        {"to_rep": "nobody"},
        {"to_team": "nobody"},
        {"to_rep": "emea"},
    ],
)
async def test_passing_on_to_nobody_is_refused(
    world: World, ada: Talker, target: dict[str, str]
) -> None:
    response = await act(world, "transfer", **target)
    problem_of(response)
    assert response.status_code == 422


@pytest.mark.parametrize("action", ["transfer", "draft", "booking", "close", "release"])
async def test_what_another_rep_holds_is_left_alone(world: World, ada: Talker, action: str) -> None:
    await act(world, "claim", rep="jonas")
    more = {"to_rep": "amara"} if action == "transfer" else {}
    response = await act(world, action, **more)
    assert response.status_code == 409
    assert problem_of(response)["claimed_by"] == "jonas"


async def test_a_draft_is_given_to_the_rep_and_sent_to_nobody(world: World, ada: Talker) -> None:
    await act(world, "claim")
    before = (await ada.read()).json()["messages"]
    drafted = await act(world, "draft")
    assert drafted.json() == {"text": "Growth costs $42 a technician."}
    assert (await ada.read()).json()["messages"] == before


async def test_a_draft_answers_where_the_visitor_wrote_last(world: World) -> None:
    first, second = await world.open(), await world.open()
    await first.say("At my desk", "1")
    world.clock.advance(timedelta(seconds=1))
    await second.say("On my phone", "2")
    await world.hand_off(first.conversation_id)
    await world.hand_off(second.conversation_id, "h-2")
    await act(world, "claim")
    await act(world, "draft")
    assert isinstance(world.services.desk.drafter, ScriptedDrafter)
    assert world.services.desk.drafter.asked == [second.conversation_id]


async def test_words_that_offer_a_time_are_given_and_not_sent(world: World, ada: Talker) -> None:
    await act(world, "claim")
    before = (await ada.read()).json()["messages"]
    assert "https://tourvane.example/book" in (await act(world, "booking")).json()["text"]
    assert (await ada.read()).json()["messages"] == before


async def test_without_a_calendar_no_time_is_offered() -> None:
    company = demo_playbook().company.model_copy(update={"booking_url": ""})
    playbook = demo_playbook().model_copy(update={"company": company})
    async with a_world(playbook=playbook) as world:
        talker = await world.open()
        await world.hand_off(talker.conversation_id)
        await act(world, "claim")
        response = await act(world, "booking")
    assert response.status_code == 409
    assert "booking_url" in problem_of(response)["detail"]


async def test_a_call_that_was_made_is_told_of_once(world: World, ada: Talker) -> None:
    at = world.clock.now() + timedelta(hours=3)
    call = CallBack(at, RepId("mia"), "+49 40 1234567", "call me at one")
    handoff = world.store.handoffs[HandoffId("h-1")]
    world.store.handoffs[handoff.id] = replace(handoff, call_back=call)
    assert (await read(world))["call_back"] == {
        "at": "2026-03-02T13:00:00Z",
        "rep_id": "mia",
        "contact": "+49 40 1234567",
        "asked": "call me at one",
        "done_at": None,
        "missed_at": None,
    }
    await act(world, "called")
    world.clock.advance(timedelta(minutes=1))
    assert (await act(world, "called")).json()["call_back"]["done_at"] == "2026-03-02T10:00:00Z"


async def test_where_no_call_was_promised_none_can_be_told_of(world: World, ada: Talker) -> None:
    response = await act(world, "called")
    assert response.status_code == 409
    assert "No call was promised" in problem_of(response)["detail"]


async def test_what_has_ended_can_be_taken_again(world: World, ada: Talker) -> None:
    await act(world, "claim")
    await act(world, "close", outcome="lost")
    again = (await act(world, "reopen", rep="jonas")).json()
    assert (again["state"], again["claimed_by"], again["outcome"]) == ("claimed", "jonas", None)
    lost = await act(world, "reopen")
    assert problem_of(lost)["claimed_by"] == "jonas"


async def test_the_log_tells_who_did_and_saw_what(world: World, ada: Talker) -> None:
    for _ in range(2):
        assert (await act(world, "seen", rep="jonas")).status_code == 204
    await act(world, "claim")
    told = [(entry["rep_id"], entry["because"]) for entry in (await read(world))["log"]]
    assert told == [(None, "opened"), ("jonas", "seen"), ("mia", "claimed")]


async def test_feedback_stands_beside_the_decision(world: World, ada: Talker) -> None:
    await act(world, "close", outcome="won", value=4800, note="Signed.")
    [told] = (await read(world))["feedback"]
    assert (told["outcome"], told["value"], told["note"]) == ("won", 4800, "Signed.")
    assert (told["decision"], told["score"], told["rep_id"]) == ("Asked for a price.", 72, "mia")


async def test_why_it_was_not_hot_is_kept(world: World, ada: Talker) -> None:
    await act(world, "not_hot", reason="no_buyer", note="A student.")
    [told] = (await read(world))["feedback"]
    assert (told["outcome"], told["reason"], told["note"]) == ("not_hot", "no_buyer", "A student.")


async def test_what_is_known_and_missing_comes_with_the_words(world: World, ada: Talker) -> None:
    qualification = (await read(world))["qualification"]
    assert set(qualification["bant"]) == {"budget", "authority", "need", "timeline"}
    assert "champion" in qualification["meddic"]


async def test_handoffs_are_listed_by_rep(world: World, ada: Talker) -> None:
    assert await listed(world, "rep=mia") == ["h-1"]
    await act(world, "claim", rep="jonas")
    assert await listed(world, "rep=mia") == []
    assert await listed(world, "rep=jonas&state=claimed") == ["h-1"]


async def test_handoffs_are_listed_by_score(world: World) -> None:
    for number, total in enumerate((71, 90, 80)):
        talker = await world.open(f"a-{number}")
        handoff = await world.hand_off(talker.conversation_id, f"h-{number}")
        score = replace(handoff.briefing.score, total=total)
        briefing = replace(handoff.briefing, score=score)
        world.store.handoffs[handoff.id] = replace(handoff, briefing=briefing)
    assert await listed(world, "order=score") == ["h-1", "h-2", "h-0"]
    assert await listed(world, "order=score&limit=1") == ["h-1"]


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("close", {"value": -1}),
        ("close", {"value": 1e13}),
        ("close", {"value": "much"}),
        ("not_hot", {"reason": "because"}),
        ("seen", {"rep": "nobody"}),
        ("reopen", {"rep": "nobody"}),
        ("transfer", {"to_rep": "jonas", "note": "x" * 301}),
    ],
)
async def test_refuses_what_makes_no_sense(
    world: World, ada: Talker, action: str, body: dict[str, Any]
) -> None:
    response = await act(world, action, **body)
    problem_of(response)
    assert response.status_code == 422


async def test_the_desk_is_summed_up(world: World, ada: Talker) -> None:
    other = await world.open("a-2")
    await world.hand_off(other.conversation_id, "h-2")
    world.clock.advance(timedelta(seconds=90))
    await act(world, "claim")

    summary = (await world.client.get("/v1/desk/summary?rep=mia", headers=SERVER)).json()

    waited = {"claimed": 1, "median_seconds": 90.0}
    assert summary == {
        "open": {"red_hot": 0, "hot": 1, "warm": 0, "cold": 0},
        "unclaimed": 1,
        "mine": 1,
        "time_to_claim_today": waited,
        "time_to_claim_7_days": waited,
    }


async def test_a_desk_where_nothing_happened_has_no_time_to_claim(world: World) -> None:
    summary = (await world.client.get("/v1/desk/summary", headers=SERVER)).json()
    assert (summary["mine"], summary["unclaimed"]) == (None, 0)
    assert summary["time_to_claim_7_days"] == {"claimed": 0, "median_seconds": None}


async def test_a_rep_with_an_own_calendar_offers_that(world: World, ada: Talker) -> None:
    playbook = world.services.playbook
    mia = playbook.reps[0].model_copy(update={"booking_url": "https://cal.example/mia"})
    assert isinstance(mia, RepRules)
    own = playbook.model_copy(update={"reps": (mia, *playbook.reps[1:])})
    async with a_world(playbook=own) as there:
        talker = await there.open()
        await there.hand_off(talker.conversation_id)
        await act(there, "claim")
        assert "https://cal.example/mia" in (await act(there, "booking")).json()["text"]
