"""Somebody does something without a word: the lead is scored anew, and a rep is called once."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from agent.acts import known_acts
from agent.conversation import ConversationId, Page
from agent.lead import LeadId
from agent.lead_watch import PAUSED_AFTER, LeadWatch
from agent.scoring import Temperature, score_lead
from agent.tracking import CallKind, TrackingCall
from knowledge.database import Database
from knowledge.history import SqlHistories
from knowledge.leads import SqlLeads
from knowledge.tracking import SqlTracking
from knowledge.watched_leads import SqlWatchedLeads
from tests.builders import a_visitor, an_opening
from tests.contracts.stores import in_sql
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.scenarios.world import MIA, World, a_world, demo_playbook

EVA = {
    "email": "eva@northlift.example",
    "name": "Eva Stone",
    "title": "COO",
    "company.name": "Northlift",
    "company.industry": "Elevator maintenance",
    "company.employees": "300",
    "company.country": "DE",
}
SURGE = ("Pricing Viewed", "Case Study Viewed", "Comparison Viewed", "Pricing Viewed", "Pricing Viewed")  # fmt: skip


@dataclass(slots=True)
class Site:
    """A web site that reports what one person does, and the watch over leads."""

    world: World
    tracking: SqlTracking
    watched: SqlWatchedLeads
    leads: SqlLeads
    watch: LeadWatch
    numbers: Iterator[int] = field(default_factory=count)

    async def reports(self, kind: CallKind, name: str = "", **more: object) -> None:
        """Report a call, and let what it makes due be done."""
        now = self.world.clock.now()
        call = TrackingCall(f"r-{next(self.numbers)}", kind, now, now, user_id="u-eva", anonymous_id="a-eva", name=name, title=name, **more)  # type: ignore[arg-type]  # fmt: skip
        await self.tracking.take_in([call])

    async def does(self, *acts: str) -> None:
        """Do one thing after another, two minutes apart."""
        for act in acts:
            self.world.clock.advance(timedelta(minutes=2))
            await self.reports(CallKind.TRACK, act)

    async def is_looked_at(self) -> None:
        """Look at all leads that are due, and let the desk hear of it."""
        for lead_id in await self.watched.due(self.world.clock.now()):
            await self.watch.look(lead_id)
        await self.world.settles()

    async def eva(self) -> LeadId:
        """Give the lead."""
        return (await self.leads.find("user_id:u-eva")).id


@asynccontextmanager
async def a_site(tmp_path: Path) -> AsyncIterator[Site]:
    clock = FixedClock(MONDAY_TEN)
    database = await Database.open(tmp_path / "hotline.db")
    try:
        playbook = demo_playbook()
        async with a_world(stores=in_sql(database, clock)) as world:
            histories = SqlHistories(database, known_acts(playbook))
            watched = SqlWatchedLeads(database, histories, clock)
            watch = LeadWatch(world.watch.first_response, watched, world.wake)
            tracking = SqlTracking(database, clock, playbook)
            site = Site(world, tracking, watched, SqlLeads(database, clock), watch)
            await site.reports(CallKind.IDENTIFY, traits=EVA)
            yield site
    finally:
        await database.close()


async def test_a_surge_calls_a_rep_though_nobody_wrote(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        await site.does(*SURGE)
        await site.is_looked_at()
        (handoff,) = await site.world.handoffs()
        assert handoff.temperature is Temperature.HOT
        assert "Pricing surge" in handoff.reason
        card = site.world.card.briefing
        assert (card.who, card.quote) == ("Eva Stone, COO", "")
        assert card.next_step.startswith("They have not written yet. Write or call them")


async def test_one_episode_calls_once(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        for _ in range(3):
            await site.does(*SURGE)
            await site.is_looked_at()
        assert len(await site.world.handoffs()) == 1


async def test_blog_reading_calls_nobody(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        await site.does(*["Blog Viewed"] * 40, *["Email Opened"] * 40)
        await site.is_looked_at()
        assert await site.world.handoffs() == []
        assert (await site.leads.scores([await site.eva()]))[
            await site.eva()
        ].temperature is Temperature.COLD


async def test_who_comes_to_the_chat_afterwards_is_in_the_conversation_the_rep_has(
    tmp_path: Path,
) -> None:
    async with a_site(tmp_path) as site:
        await site.does(*SURGE)
        await site.is_looked_at()
        (handoff,) = await site.world.handoffs()
        await site.world.takeover.claim(handoff.id, MIA)
        await site.world.visitor_arrives(anonymous_id="a-eva")
        assert site.world.id == handoff.conversation_id
        await site.world.visitor_says("Hello?")
        assert [post.message.text for post in site.world.desk.posts if post.message] == ["Hello?"]


@pytest.mark.parametrize("browser", ["a-other", "a-eva2"])
async def test_another_browser_does_not_get_that_conversation(tmp_path: Path, browser: str) -> None:
    async with a_site(tmp_path) as site:
        await site.does(*SURGE)
        await site.is_looked_at()
        (handoff,) = await site.world.handoffs()
        opening = an_opening(visitor=a_visitor(anonymous_id=browser), page=Page())
        talk = await site.world.stores.conversations.start(opening)
        assert talk.id != handoff.conversation_id


async def test_a_lead_cools_in_the_list_when_its_time_has_come(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        await site.does(*SURGE)
        await site.is_looked_at()
        assert await site.watched.due(site.world.clock.now()) == []
        lead_id, found = await site.eva(), []
        for _ in range(12):
            site.world.clock.advance(timedelta(days=15))
            await site.watch.catch_up()
            found.append((await site.leads.scores([lead_id]))[lead_id].temperature)
        assert found[-1] is Temperature.COLD
        assert list(dict.fromkeys(found)) in (
            [Temperature.HOT, Temperature.WARM, Temperature.COLD],
            [Temperature.WARM, Temperature.COLD],
        )


async def test_what_is_done_while_a_lead_is_looked_at_makes_it_due_again(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        await site.does("Pricing Viewed")
        lead_id = await site.eva()
        state = await site.watched.state(lead_id)
        score = score_lead(state.history, None, demo_playbook(), site.world.clock.now())
        await site.does("Demo Requested")
        await site.watched.settle(lead_id, score, None, state.due_at)
        assert await site.watched.due(site.world.clock.now()) == [lead_id]
        await site.is_looked_at()
        assert len(await site.world.handoffs()) == 1
        assert await site.watched.due(site.world.clock.now()) == []


async def test_who_writes_is_looked_at_once_they_have_paused(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        await site.is_looked_at()
        await site.world.visitor_arrives(anonymous_id="a-eva", user_id="u-eva", is_proven=True)
        await site.is_looked_at()
        for _ in range(3):
            site.world.clock.advance(timedelta(seconds=4))
            await site.world.visitor_says("Do you have an app for phones?")
            assert await site.watched.due(site.world.clock.now()) == []
        site.world.clock.advance(PAUSED_AFTER)
        assert await site.watched.due(site.world.clock.now()) == [await site.eva()]


async def test_who_did_something_before_they_wrote_stays_due(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        await site.is_looked_at()
        await site.world.visitor_arrives(anonymous_id="a-eva", user_id="u-eva", is_proven=True)
        await site.does("Pricing Viewed")
        await site.world.visitor_says("Do you have an app for phones?")
        assert await site.watched.due(site.world.clock.now()) == [await site.eva()]


async def test_an_unknown_lead_is_nothing_to_do(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        await site.watch.look(LeadId("l-nobody"))
        assert ConversationId("") == site.world.id


async def test_a_rep_is_called_once_the_conversation_is_free(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        await site.does(*SURGE)
        talk = await site.watched.talk_with(await site.eva())
        async with site.world.stores.conversations.hold(talk) as held:
            assert held is not None
            await site.is_looked_at()
            assert await site.world.handoffs() == []
        site.world.clock.advance(timedelta(minutes=1))
        await site.is_looked_at()
        assert len(await site.world.handoffs()) == 1
