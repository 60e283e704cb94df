"""What reps say of handoffs is the lead's outcome, too, as the API's outcomes are."""

from pathlib import Path

from agent.conversation import RepId
from agent.handoff import Change, Handoff, close
from agent.outcome import Closing, Outcome, ToldOutcome
from knowledge.database import Database
from knowledge.leads import SqlLeads
from tests.contracts.stores import Stores, in_sql, open_handoff, start
from tests.fakes.clock import FixedClock


async def closed(stores: Stores, closing: Closing) -> Handoff:
    handoff = await open_handoff(stores, await start(stores))
    now = stores.clock.now()
    return await stores.handoffs.change(
        handoff.id,
        lambda h: close(h, closing.outcome, "", now),
        Change("closed", RepId("mia"), closing=closing),
    )


async def test_an_outcome_of_a_handoff_is_the_leads(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "hotline.db")
    clock = FixedClock()
    handoff = await closed(in_sql(database, clock), Closing(Outcome.WON, 12_000))
    told = await SqlLeads(database, clock).outcomes_of(handoff.lead_id)
    assert list(told) == [ToldOutcome(Outcome.WON, 12_000, clock.now())]
    await database.close()


async def test_what_was_closed_without_a_word_is_no_outcome(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "hotline.db")
    clock = FixedClock()
    handoff = await closed(in_sql(database, clock), Closing())
    assert list(await SqlLeads(database, clock).outcomes_of(handoff.lead_id)) == []
    await database.close()
