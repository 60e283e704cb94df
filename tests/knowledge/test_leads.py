"""Leads in SQL: finding, importing, joining, outcomes, timelines."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from agent.conversation import MessageId
from agent.engagement import EngagementEvent, EngagementEventId
from agent.errors import UnknownLeadError
from agent.handoff import Change, Outcome, close
from agent.lead import Company, Lead, LeadId
from agent.scoring import Temperature
from agent.turn import Turn
from knowledge.database import Database
from knowledge.engagement import SqlEngagement
from knowledge.leads import SqlLeads
from knowledge.tables import OutcomeRow
from tests.builders import a_lead, a_reply, a_score, a_visitor, an_event
from tests.contracts.stores import Stores, hold, in_sql, open_handoff, say, start, turn_of
from tests.fakes.clock import MONDAY_TEN, FixedClock

ADA = LeadId("l-ada")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "hotline.db")
    yield database
    await database.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def leads(database: Database, clock: FixedClock) -> SqlLeads:
    return SqlLeads(database, clock)


@pytest.fixture
def stores(database: Database, clock: FixedClock) -> Stores:
    return in_sql(database, clock)


@pytest.mark.parametrize("reference", ["l-ada", "user_id:u-ada", "email:ADA@nordwind.example"])
async def test_a_lead_is_found_by_any_of_its_names(leads: SqlLeads, reference: str) -> None:
    await leads.import_leads([a_lead()])

    lead = await leads.find(reference)

    assert (lead.id, lead.company) == (ADA, a_lead().company)
    assert lead.identities == {"email": ("ada@nordwind.example",), "user_id": ("u-ada",)}


@pytest.mark.parametrize("reference", ["l-nobody", "user_id:nobody", "email:", ""])
async def test_nobody_is_found_by_an_unknown_name(leads: SqlLeads, reference: str) -> None:
    with pytest.raises(UnknownLeadError):
        await leads.find(reference)


async def test_an_import_fills_and_does_not_empty(leads: SqlLeads) -> None:
    await leads.import_leads([a_lead()])

    await leads.import_leads([Lead(ADA, phone="+49 40 1", company=Company(industry="shipping"))])

    lead = await leads.get(ADA)
    assert (lead.name, lead.phone) == ("Ada Holm", "+49 40 1")
    assert (lead.company.name, lead.company.industry) == ("Nordwind", "shipping")


async def test_an_import_meets_somebody_we_know_by_email(leads: SqlLeads) -> None:
    known = await leads.identify(a_visitor(email="ada@nordwind.example"))

    await leads.import_leads([a_lead()])

    assert (await leads.find("user_id:u-ada")).id == known


async def test_identities_that_are_vouched_for_join(leads: SqlLeads) -> None:
    by_email = await leads.identify(a_visitor(anonymous_id="", email="ada@nordwind.example"))
    browser = await leads.identify(a_visitor(anonymous_id="a-7"))

    both = await leads.identify(
        a_visitor(anonymous_id="a-7", user_id="u-ada", email="ada@nordwind.example")
    )

    assert both == by_email
    assert (await leads.find("anonymous_id:a-7")).id == by_email
    assert (await leads.get(browser)).id == by_email


async def test_leads_are_listed_by_score_page_by_page(leads: SqlLeads, stores: Stores) -> None:
    for total in (20, 72, 50):
        await _talk(
            stores, f"a-{total}", total, Temperature.HOT if total > 30 else Temperature.COLD
        )

    hot = await leads.list(Temperature.HOT, None, 10)
    first = await leads.list(None, None, 2)
    rest = await leads.list(None, first[-1].id, 2)

    assert [lead.identities["anonymous_id"] for lead in hot] == [("a-72",), ("a-50",)]
    assert [lead.identities["anonymous_id"] for lead in (*first, *rest)] == [
        ("a-72",),
        ("a-50",),
        ("a-20",),
    ]
    scores = await leads.scores([lead.id for lead in hot])
    assert [scores[lead.id].total for lead in hot] == [72, 50]


async def test_an_outcome_is_kept_once(leads: SqlLeads, database: Database) -> None:
    await leads.import_leads([a_lead()])

    for _ in range(2):
        await leads.record_outcome(ADA, Outcome.WON, 12_000.0, MONDAY_TEN)

    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(OutcomeRow)) == 1
    with pytest.raises(UnknownLeadError):
        await leads.record_outcome(LeadId("l-nobody"), Outcome.WON, None, MONDAY_TEN)


async def test_the_timeline_mixes_acts_and_turns_page_by_page(
    leads: SqlLeads, stores: Stores, clock: FixedClock
) -> None:
    lead_id = await leads.identify(a_visitor(anonymous_id="a-72"))
    at = clock.now()
    await stores.add_events(
        [
            an_event(id=EngagementEventId(f"e-{i}"), lead_id=lead_id, at=at - timedelta(days=i))
            for i in (1, 2)
        ]
    )
    await _talk(stores, "a-72", 72, Temperature.HOT)

    first = await leads.timeline(lead_id, 2)
    rest = await leads.timeline(lead_id, 2, first[-1].id)

    assert [type(item) for item in (*first, *rest)] == [Turn, EngagementEvent, EngagementEvent]
    assert [item.id for item in (*first, *rest)] == ["t-a-72", "e-1", "e-2"]


async def test_conversations_and_handoffs_of_a_lead_come_newest_first(
    leads: SqlLeads, stores: Stores, clock: FixedClock
) -> None:
    first = await start(stores)
    clock.advance(timedelta(hours=1))
    second = await start(stores)
    for number, conversation in enumerate((first, second)):
        opened = await open_handoff(stores, conversation, f"h-{number}")
        await stores.handoffs.change(
            opened.id, lambda h: close(h, None, "", clock.now()), Change("closed")
        )

    talks = await leads.conversations_of(first.lead_id)
    handoffs = await leads.handoffs_of(first.lead_id)

    assert [talk.id for talk in talks] == [second.id, first.id]
    assert [handoff.id for handoff in handoffs] == ["h-1", "h-0"]


async def test_engagement_is_kept_once(leads: SqlLeads, database: Database) -> None:
    await leads.import_leads([a_lead()])
    engagement = SqlEngagement(database)
    events = [
        an_event(id=EngagementEventId(f"e-{i}"), at=MONDAY_TEN + timedelta(seconds=i))
        for i in range(1_200)
    ]

    assert await engagement.record([*events, *events[:5]]) == 1_200
    assert await engagement.record(events) == 0
    assert await engagement.of_lead(ADA, 3) == list(reversed(events[-3:]))


async def test_engagement_of_nobody_is_refused(database: Database) -> None:
    with pytest.raises(UnknownLeadError):
        await SqlEngagement(database).record([an_event()])


async def _talk(stores: Stores, anonymous_id: str, total: int, temperature: Temperature) -> None:
    conversation = await start(stores, anonymous_id=anonymous_id)
    await say(stores, conversation, "Hello")
    async with hold(stores, conversation) as held:
        turn = turn_of(
            held,
            id=f"t-{anonymous_id}",
            score=a_score(total=total, temperature=temperature),
            reply=a_reply(message_id=MessageId(f"m-{anonymous_id}")),
        )
        await stores.conversations.record_turn(held, turn)
