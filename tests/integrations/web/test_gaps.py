"""What the library lacks, over HTTP."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from agent.conversation import ConversationId
from agent.errors import LibraryUnavailableError
from agent.gaps import Gap, GapGroup, GapId
from agent.lead import LeadId
from tests.fakes.clock import MONDAY_TEN
from tests.integrations.web.world import SERVER, World, a_world, problem_of


def a_gap(question: str, minute: int, language: str) -> Gap:
    at = MONDAY_TEN + timedelta(minutes=minute)
    return Gap(GapId(f"g-{minute}"), ConversationId("c"), LeadId("l"), "t", question, language, at)


GROUP = GapGroup((a_gap("Fly drones?", 9, "en"), a_gap("Drohnen?", 3, "de")), is_answerable=True)


async def test_groups_go_out_with_counts_languages_and_examples() -> None:
    asked: list[datetime | None] = []

    async def gaps(since: datetime | None) -> Sequence[GapGroup]:
        asked.append(since)
        return [GROUP]

    async with a_world(gaps=gaps) as world:
        url = "/v1/gaps?since=2026-03-01T10:00:00Z"
        answer = await world.client.get(url, headers=SERVER)

    [group] = answer.json()["groups"]
    assert group["question"] == "Fly drones?"
    assert (group["count"], group["languages"]) == (2, ["de", "en"])
    assert (group["first_at"], group["newest_at"]) == (
        "2026-03-02T10:03:00Z",
        "2026-03-02T10:09:00Z",
    )
    assert (group["examples"], group["is_answerable"]) == (["Drohnen?"], True)
    assert asked == [MONDAY_TEN - timedelta(days=1)]


async def test_gaps_are_for_the_desk_only(world: World) -> None:
    assert (await world.client.get("/v1/gaps")).status_code == 401
    assert (await world.client.get("/v1/gaps", headers=SERVER)).json() == {"groups": []}


async def test_an_instant_without_a_time_zone_is_refused(world: World) -> None:
    answer = await world.client.get("/v1/gaps?since=2026-03-01T10:00:00", headers=SERVER)
    assert answer.status_code == 422


async def test_a_library_that_is_away_is_a_problem_with_a_sentence() -> None:
    async def gaps(_since: datetime | None) -> Sequence[GapGroup]:
        raise LibraryUnavailableError("The library is still loading.")

    async with a_world(gaps=gaps) as world:
        answer = await world.client.get("/v1/gaps", headers=SERVER)
    assert answer.status_code == 503
    assert problem_of(answer)
