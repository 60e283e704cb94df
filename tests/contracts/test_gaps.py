"""What every store of gaps keeps to."""

from dataclasses import replace
from datetime import timedelta

from agent.conversation import Conversation
from agent.gaps import Gap, GapId
from tests.contracts.stores import Stores, start
from tests.fakes.clock import MONDAY_TEN


def a_gap(conversation: Conversation, number: int = 1, **changes: object) -> Gap:
    gap = Gap(
        id=GapId(f"gap-{number}"),
        conversation_id=conversation.id,
        lead_id=conversation.lead_id,
        turn_id=f"t-{number}",
        question="Do you plan drone flights?",
        language="en",
        at=MONDAY_TEN + timedelta(minutes=number),
    )
    return replace(gap, **changes)  # type: ignore[arg-type]


async def test_gaps_come_back_newest_first_with_their_lead(stores: Stores) -> None:
    conversation = await start(stores)
    await stores.gaps.record([a_gap(conversation, 1), a_gap(conversation, 2, found="f-1")])

    found = await stores.gaps.since(None)

    assert [gap.id for gap in found] == ["gap-2", "gap-1"]
    assert found[0] == a_gap(conversation, 2, found="f-1")


async def test_the_same_question_of_the_same_turn_is_kept_once(stores: Stores) -> None:
    conversation = await start(stores)
    await stores.gaps.record([a_gap(conversation)])
    await stores.gaps.record([a_gap(conversation, id=GapId("gap-9"))])

    assert len(await stores.gaps.since(None)) == 1


async def test_personal_data_is_not_kept(stores: Stores) -> None:
    conversation = await start(stores)
    question = "Mail dana@nordlift.example or ring +49 30 5550 1234: do you do drones?"
    await stores.gaps.record([a_gap(conversation, question=question)])

    (gap,) = await stores.gaps.since(None)
    assert gap.question == "Mail [email] or ring [phone]: do you do drones?"


async def test_only_what_was_asked_since_is_given_and_no_more_than_the_limit(
    stores: Stores,
) -> None:
    conversation = await start(stores)
    await stores.gaps.record([a_gap(conversation, number) for number in (1, 2, 3)])

    assert len(await stores.gaps.since(MONDAY_TEN + timedelta(minutes=2))) == 2
    assert [gap.id for gap in await stores.gaps.since(None, 1)] == ["gap-3"]


async def test_nothing_to_keep_keeps_nothing(stores: Stores) -> None:
    await stores.gaps.record([])
    assert await stores.gaps.since(None) == []
