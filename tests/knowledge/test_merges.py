"""Merges can be read, explained, and taken back: each side then has what came by its identities."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from agent.engagement import EngagementEventId
from agent.errors import UnknownLeadError, UnknownMergeError
from agent.handoff import Outcome
from agent.lead import Identity, Lead, LeadId
from agent.scoring import Score, score_lead
from agent.tracking import CallKind
from knowledge.database import Database
from knowledge.history import SqlHistories
from knowledge.leads import SqlLeads
from knowledge.merges import SqlMerges
from knowledge.tables import OutcomeRow
from knowledge.watched_leads import SqlWatchedLeads
from tests.agent.tourvane import PLAYBOOK
from tests.builders import a_call, a_lead, a_reading, a_signal, an_event
from tests.contracts.stores import Stores, hold, in_sql, open_handoff, say, start, turn_of
from tests.fakes.clock import MONDAY_TEN, FixedClock

ALIAS = a_call(CallKind.ALIAS, id="r-alias", user_id="u-ada", previous_id="u-bob")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "hotline.db")
    yield database
    await database.close()


@pytest.fixture
def stores(database: Database) -> Stores:
    return in_sql(database, FixedClock())


@pytest.fixture
def merges(database: Database) -> SqlMerges:
    return SqlMerges(database, FixedClock())


@pytest.fixture
def leads(database: Database) -> SqlLeads:
    return SqlLeads(database, FixedClock())


async def test_the_log_says_what_merged_when_and_why(stores: Stores, merges: SqlMerges) -> None:
    ada, bob = await _two_people(stores)

    await stores.tracking.take_in([ALIAS])

    (merge,) = await merges.of_lead(ada)
    assert (merge.from_lead, merge.into_lead) == (bob, ada)
    assert {merge.one, merge.other} == {"user_id:u-ada", "user_id:u-bob"}
    assert (merge.report, merge.because) == ("r-alias", "alias")
    assert (merge.at, merge.undone_at) == (MONDAY_TEN, None)
    assert await merges.of_lead(bob) == [merge]


async def test_the_log_names_the_link_that_joined(stores: Stores, merges: SqlMerges) -> None:
    await stores.tracking.take_in([a_call(CallKind.PAGE, id="p", anonymous_id="a-1")])
    traits = {"email": "ada@nordwind.example"}
    both = {"user_id": "u-1", "anonymous_id": "a-1"}
    await stores.tracking.take_in([a_call(id="t", user_id="u-1")])

    await stores.tracking.take_in([a_call(CallKind.IDENTIFY, id="i", traits=traits, **both)])

    (merge,) = await merges.of_lead((await stores.find("user_id:u-1")).id)
    assert {merge.one, merge.other} == {"anonymous_id:a-1", "user_id:u-1"}


async def test_who_was_merged_is_recalled_as_the_lead_they_are_now(
    stores: Stores, database: Database
) -> None:
    ada, bob = await _two_people(stores)
    await stores.tracking.take_in([ALIAS])

    histories = SqlHistories(database)

    assert (await histories.of_lead(bob)).lead.id == ada
    assert await histories.of_lead(bob) == await histories.of_lead(ada)
    with pytest.raises(UnknownLeadError):
        await histories.of_lead(LeadId("l-nobody"))


async def test_taking_a_merge_back_gives_each_side_its_own(
    stores: Stores, merges: SqlMerges, leads: SqlLeads, database: Database
) -> None:
    ada, bob = await _two_people(stores)
    talk = await start(stores, anonymous_id="a-bob", user_id="u-bob", is_proven=True)
    await say(stores, talk, "Hello")
    async with hold(stores, talk) as held:
        reading = a_reading(signals=(a_signal(),))
        await stores.conversations.record_turn(held, turn_of(held, reading=reading, handoff=None))
    await open_handoff(stores, talk)
    await leads.record_outcome(bob, Outcome.MEETING_BOOKED, None, MONDAY_TEN)
    before = [await _all_of(stores, leads, database, lead) for lead in (ada, bob)]

    await stores.tracking.take_in([ALIAS])
    together = await _all_of(stores, leads, database, ada)
    (merge,) = [merge for merge in await merges.of_lead(ada) if merge.report == "r-alias"]
    await merges.unmerge(merge.number, "two people who shared an account")

    assert together == tuple(sorted([*a, *b]) for a, b in zip(*before, strict=True))
    assert [await _all_of(stores, leads, database, lead) for lead in (ada, bob)] == before
    undone = {merge.report: merge.undone_at for merge in await merges.of_lead(ada)}
    assert undone["r-alias"] == MONDAY_TEN
    taken_back = await merges.get(merge.number)
    assert taken_back.undone_because == "two people who shared an account"


async def test_leads_that_merge_or_part_are_scored_anew_at_once(
    stores: Stores, merges: SqlMerges, database: Database
) -> None:
    clock = FixedClock()
    watched = SqlWatchedLeads(database, SqlHistories(database), clock)
    ada, bob = await _two_people(stores)
    await _all_looked_at(watched, clock)

    await stores.tracking.take_in([ALIAS])
    assert await watched.due(clock.now()) == [ada]
    together = await _all_looked_at(watched, clock)

    (merge,) = await merges.of_lead(ada)
    await merges.unmerge(merge.number, "two people who shared an account")
    assert set(await watched.due(clock.now())) == {ada, bob}
    apart = await _all_looked_at(watched, clock)
    assert together[ada].total > apart[ada].total


async def test_what_changes_nobody_makes_nobody_due(stores: Stores, database: Database) -> None:
    clock = FixedClock()
    watched = SqlWatchedLeads(database, SqlHistories(database), clock)
    await _two_people(stores)
    await stores.tracking.take_in([ALIAS])
    await _all_looked_at(watched, clock)

    await stores.tracking.take_in([replace(ALIAS, id="r-again")])

    assert await watched.due(clock.now()) == []


async def test_what_was_taken_back_stays_so(stores: Stores, merges: SqlMerges) -> None:
    ada, bob = await _two_people(stores)
    await stores.tracking.take_in([ALIAS])
    (merge,) = await merges.of_lead(ada)

    for _ in range(2):
        await merges.unmerge(merge.number, "not one person")
    again = a_call(CallKind.ALIAS, id="r-again", user_id="u-ada", previous_id="u-bob")
    await stores.tracking.take_in([again])

    assert (await stores.find("user_id:u-bob")).id == bob
    assert (await stores.find("user_id:u-ada")).id == ada
    assert (await stores.find("user_id:u-ada")).name == "Ada Holm"


async def test_a_browser_can_be_parted_from_its_user(stores: Stores, merges: SqlMerges) -> None:
    await stores.tracking.take_in([a_call(CallKind.PAGE, id="p", anonymous_id="a-1")])
    before = await stores.find("anonymous_id:a-1")
    both = {"user_id": "u-1", "anonymous_id": "a-1"}
    await stores.tracking.take_in([a_call(id="t", user_id="u-1")])
    await stores.tracking.take_in([a_call(CallKind.IDENTIFY, id="i", **both)])
    user = await stores.find("user_id:u-1")
    (merge,) = await merges.of_lead(user.id)

    await merges.unmerge(merge.number, "a library's computer")

    assert (await stores.find("anonymous_id:a-1")).id == before.id
    assert [event.id for event in await stores.events_of(before.id)] == ["p"]
    assert [event.id for event in await stores.events_of(user.id)] == ["t"]


async def test_an_unknown_merge_is_said(merges: SqlMerges) -> None:
    with pytest.raises(UnknownMergeError):
        await merges.unmerge(7, "why not")
    with pytest.raises(UnknownMergeError):
        await merges.get(7)
    with pytest.raises(UnknownLeadError):
        await merges.of_lead(LeadId("l-nobody"))


async def test_refused_links_are_listed_with_their_reason(
    stores: Stores, merges: SqlMerges
) -> None:
    mailbox = {"email": "info@nordwind.example"}
    for n in range(7):
        at = MONDAY_TEN + timedelta(minutes=n)
        told = {"user_id": f"u-{n}", "traits": mailbox, "at": at, "received_at": at}
        await stores.tracking.take_in([a_call(CallKind.IDENTIFY, id=f"i-{n}", **told)])

    refused = await merges.refused()

    assert {link.other for link in refused} == {
        Identity("user_id", "u-5"),
        Identity("user_id", "u-6"),
    }
    assert all("more than 5 user ids" in link.because for link in refused)


async def _two_people(stores: Stores) -> tuple[LeadId, LeadId]:
    bob = a_lead(
        id=LeadId("l-bob"), name="Bob", email="bob@x.example", identities={"user_id": ("u-bob",)}
    )
    await stores.add_leads([a_lead(), bob])
    theirs = [an_event(), an_event(id=EngagementEventId("e-2"), lead_id=LeadId("l-bob"))]
    await stores.add_events(theirs)
    await stores.tracking.take_in(
        [a_call(id="t-ada", user_id="u-ada"), a_call(id="t-bob", user_id="u-bob")]
    )
    return LeadId("l-ada"), LeadId("l-bob")


async def _all_of(
    stores: Stores, leads: SqlLeads, database: Database, lead_id: LeadId
) -> tuple[list[str], list[str], list[str], list[str], list[str]]:
    """Everything that belongs to a lead, by id."""
    lead: Lead = await leads.get(lead_id)
    return (
        sorted(f"{kind}:{value}" for kind, values in lead.identities.items() for value in values),
        sorted(str(event.id) for event in await stores.events_of(lead.id)),
        sorted(str(talk.id) for talk in await leads.conversations_of(lead.id)),
        sorted(str(handoff.id) for handoff in await leads.handoffs_of(lead.id)),
        sorted(await _outcomes(database, lead.id)),
    )


async def _all_looked_at(watched: SqlWatchedLeads, clock: FixedClock) -> dict[LeadId, Score]:
    """Do the lead watch's work without calling anybody."""
    scores = {}
    for lead_id in await watched.due(clock.now()):
        state = await watched.state(lead_id)
        scores[lead_id] = score_lead(state.history, None, PLAYBOOK, clock.now())
        await watched.settle(lead_id, scores[lead_id], None, state.due_at)
    return scores


async def _outcomes(database: Database, lead_id: LeadId) -> list[str]:
    async with database.read() as session:
        rows = await session.scalars(
            select(OutcomeRow.outcome).where(OutcomeRow.lead_id == lead_id)
        )
        return [str(outcome) for outcome in rows]
