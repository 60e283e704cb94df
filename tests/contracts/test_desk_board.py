"""What every overview of the desk keeps to."""

from datetime import timedelta

import pytest

from agent.conversation import Conversation, RepId
from agent.desk_board import Claimed
from agent.errors import UnknownLeadError
from agent.handoff import Change, Handoff, HandoffId, claim
from agent.lead import LeadId
from agent.scoring import Temperature
from agent.team_rules import NO_TEAM
from tests.builders import a_briefing, a_handoff, a_lead, a_score, an_event
from tests.contracts.stores import Stores, hold, say, start, turn_of
from tests.fakes.clock import MONDAY_TEN

MIA = RepId("mia")


async def a_scored_lead(
    stores: Stores, browser: str, total: int, temperature: Temperature = Temperature.HOT
) -> Conversation:
    conversation = await start(stores, anonymous_id=browser)
    await say(stores, conversation, "hello")
    score = a_score(total=total, temperature=temperature)
    async with hold(stores, conversation) as held:
        turn = turn_of(held, id=f"t-{browser}", score=score, reply=None)
        await stores.conversations.record_turn(held, turn)
    return conversation


async def an_open_one(stores: Stores, browser: str, total: int = 72) -> Handoff:
    conversation = await start(stores, anonymous_id=browser)
    briefing = a_briefing(score=a_score(total=total))
    async with hold(stores, conversation) as held:
        handoff = a_handoff(
            id=HandoffId(f"h-{browser}"), conversation_id=conversation.id, briefing=briefing
        )
        return await stores.handoffs.open(held, handoff)


async def claims(stores: Stores, handoff: Handoff, rep: RepId = MIA) -> None:
    now = stores.clock.now()
    await stores.handoffs.change(handoff.id, lambda h: claim(h, rep, now), Change("claimed"))


async def test_lists_leads_of_a_temperature_by_score(stores: Stores) -> None:
    first = await a_scored_lead(stores, "a-1", 71)
    second = await a_scored_lead(stores, "a-2", 90)
    await a_scored_lead(stores, "a-3", 40, Temperature.WARM)

    found = await stores.board.leads([Temperature.HOT], 10)

    assert [line.lead.id for line in found.lines] == [second.lead_id, first.lead_id]
    assert [(line.total, line.temperature) for line in found.lines] == [(90, "hot"), (71, "hot")]
    assert found.total == 2


async def test_gives_no_more_leads_than_asked_for_and_says_how_many_there_are(
    stores: Stores,
) -> None:
    for number in range(4):
        await a_scored_lead(stores, f"a-{number}", 70 + number)

    found = await stores.board.leads([Temperature.HOT], 3)

    assert ([line.total for line in found.lines], found.total) == ([73, 72, 71], 4)


@pytest.mark.parametrize("words", ["ada", "HOLM", "Nordw", "ada@", "Ada@Nordwind.example", "l-ada"])
async def test_finds_a_lead_by_what_a_rep_may_type(stores: Stores, words: str) -> None:
    await stores.add_leads([a_lead()])
    found = await stores.board.named(words, 5)
    assert [line.lead.id for line in found.lines] == ["l-ada"]


@pytest.mark.parametrize("words", ["name", "%", "_", "Berta"])
async def test_finds_nobody_by_other_words(stores: Stores, words: str) -> None:
    await stores.add_leads([a_lead()])
    assert (await stores.board.named(words, 5)).total == 0


async def test_an_exact_address_finds_that_lead_alone(stores: Stores) -> None:
    other = a_lead(id=LeadId("l-2"), email="canada@nordwind.example", identities={})
    await stores.add_leads([a_lead(email="ada@nordwind.example", identities={}), other])
    found = await stores.board.named("ada@nordwind.example", 5)
    assert [line.lead.id for line in found.lines] == ["l-ada"]


async def test_a_lead_comes_with_their_last_acts_and_newest_card(stores: Stores) -> None:
    handoff = await an_open_one(stores, "a-1")
    await stores.add_events([an_event(lead_id=handoff.lead_id)])

    file = await stores.board.file(handoff.lead_id)

    assert [act.name for act in file.acts] == ["Content Downloaded"]
    assert file.card is not None
    assert file.card.handoff.id == handoff.id


async def test_refuses_a_lead_that_nobody_knows(stores: Stores) -> None:
    with pytest.raises(UnknownLeadError):
        await stores.board.file(LeadId("l-none"))


async def test_gives_what_a_rep_holds_and_nothing_else(stores: Stores) -> None:
    await an_open_one(stores, "a-1")
    await claims(stores, await an_open_one(stores, "a-2"), RepId("jonas"))
    mine = await an_open_one(stores, "a-3")
    await claims(stores, mine)

    held = await stores.board.held_by(MIA, 5)

    assert ([card.handoff.id for card in held.cards], held.total) == ([mine.id], 1)


async def test_gives_what_waits_by_score(stores: Stores) -> None:
    low, high = await an_open_one(stores, "a-1", 60), await an_open_one(stores, "a-2", 90)
    await claims(stores, await an_open_one(stores, "a-3", 95))

    waiting = await stores.board.waiting(5)

    assert [card.handoff.id for card in waiting.cards] == [high.id, low.id]
    assert waiting.total == 2


async def test_a_card_has_a_reference_once_it_is_there(stores: Stores) -> None:
    handoff = await an_open_one(stores, "a-1")
    assert (await stores.board.waiting(5)).cards[0].reference == ""

    now = stores.clock.now()
    (post,) = await stores.handoffs.due_posts(handoff.conversation_id, now)
    await stores.handoffs.mark_attempted(post.id, now)
    await stores.handoffs.mark_posted(post.id, "C1:1.5", now)

    assert (await stores.board.waiting(5)).cards[0].reference == "C1:1.5"


async def test_tells_where_the_visitor_waits_for_words(stores: Stores) -> None:
    handoff = await an_open_one(stores, "a-1")
    assert not (await stores.board.waiting(5)).cards[0].waits
    await stores.conversations.append(handoff.conversation_id, "x", "Are you there?")
    assert (await stores.board.waiting(5)).cards[0].waits


async def test_tells_when_handoffs_were_claimed(stores: Stores) -> None:
    await an_open_one(stores, "a-1")
    handoff = await an_open_one(stores, "a-2")
    stores.clock.advance(timedelta(minutes=3))
    await claims(stores, handoff)

    claimed_at = MONDAY_TEN + timedelta(minutes=3)
    assert await stores.board.claimed_since(MONDAY_TEN) == [
        Claimed(MONDAY_TEN, claimed_at, NO_TEAM)
    ]
    assert await stores.board.claimed_since(claimed_at + timedelta(seconds=1)) == []


async def test_counts_what_is_open_by_temperature(stores: Stores) -> None:
    for number, temperature in enumerate(("hot", "red_hot", "hot", "hot")):
        talk = await start(stores, anonymous_id=f"a-{number}")
        async with hold(stores, talk) as held:
            handoff = a_handoff(
                id=HandoffId(f"h-{number}"),
                conversation_id=talk.id,
                temperature=Temperature(temperature),
            )
            await stores.handoffs.open(held, handoff)
    await claims(stores, await stores.handoffs.get(HandoffId("h-0")))

    counts = await stores.board.open_by_temperature()

    assert dict(counts) == {Temperature.HOT: 2, Temperature.RED_HOT: 1}
