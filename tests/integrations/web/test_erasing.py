"""Everything held on a person, over HTTP: given as one JSON, told before it goes, erased for good."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from agent.erasure import Extent
from agent.errors import UnknownLeadError
from agent.lead import LeadId
from tests.integrations.web.world import API_KEY, a_world

KEY = {"Authorization": f"Bearer {API_KEY}"}
EXTENT = Extent(LeadId("l-1"), (LeadId("l-1"),), ("c-1",), {"messages": 3, "gaps": 0}, ("f-1",))


@dataclass(slots=True)
class OnePerson:
    """Knows one lead, and who asked to have it erased."""

    erased: list[str] = field(default_factory=list)

    async def look(self, reference: str) -> Extent:
        if reference != "l-1":
            raise UnknownLeadError(f"There is no lead {reference}.")
        return EXTENT

    async def erase(self, reference: str) -> Extent:
        extent = await self.look(reference)
        self.erased.append(reference)
        return extent

    async def pieces(self, reference: str) -> AsyncIterator[bytes]:
        await self.look(reference)
        return _pieces()


async def _pieces() -> AsyncIterator[bytes]:
    for piece in (b'{"lead_id": ', b'"l-1"}'):
        yield piece


async def test_everything_is_given_as_one_json() -> None:
    async with a_world(people=OnePerson()) as world:
        answer = await world.client.get("/v1/leads/l-1/export", headers=KEY)
    assert answer.json() == {"lead_id": "l-1"}
    assert "attachment" in answer.headers["content-disposition"]


async def test_a_lead_is_erased_and_what_went_is_told() -> None:
    people = OnePerson()
    async with a_world(people=people) as world:
        answer = await world.client.delete("/v1/leads/l-1", headers=KEY)
    assert people.erased == ["l-1"]
    told = answer.json()
    assert (told["rows"], told["files"], told["is_erased"]) == ({"messages": 3}, 1, True)


async def test_a_dry_run_erases_nothing() -> None:
    people = OnePerson()
    async with a_world(people=people) as world:
        answer = await world.client.delete("/v1/leads/l-1?dry_run=true", headers=KEY)
    assert people.erased == []
    assert answer.json()["is_erased"] is False


async def test_an_unknown_lead_is_404() -> None:
    async with a_world(people=OnePerson()) as world:
        erased = await world.client.delete("/v1/leads/l-2", headers=KEY)
        exported = await world.client.get("/v1/leads/l-2/export", headers=KEY)
    assert (erased.status_code, exported.status_code) == (404, 404)


async def test_nobody_erases_without_the_key() -> None:
    people = OnePerson()
    async with a_world(people=people) as world:
        answer = await world.client.delete("/v1/leads/l-1")
    assert (answer.status_code, people.erased) == (401, [])
