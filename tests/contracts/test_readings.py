"""What every store of second readings keeps to."""

from dataclasses import replace
from typing import Any

import pytest

from agent.conversation import Conversation, MessageId
from agent.criteria import Answer, Criterion, HeardAnswer
from agent.errors import StaleEpochError
from agent.scoring import Temperature
from agent.second_reading import SecondReading, Verdict
from agent.signals import MessageKind, Readiness, Signal, SignalKind, TextReading
from tests.builders import a_reading, a_reply, a_score, a_signal
from tests.contracts.stores import Stores, hold, say, start, turn_of
from tests.fakes.clock import MONDAY_TEN

MODEL = TextReading(
    MessageKind.SALES, Readiness.WARM, "", (Signal(SignalKind.DEMO, "show us", 0.7),), ("Acme",)
)
DEMO = a_signal(SignalKind.DEMO, quote="show us", confidence=0.7)


def a_second_reading(conversation: Conversation, **changes: Any) -> SecondReading:
    local = a_reading()
    reading = SecondReading(
        turn_id="t-1",
        conversation_id=conversation.id,
        at=MONDAY_TEN,
        reader="gpt-4o-mini",
        prompt_version="read_signals@1",
        local=local,
        model=MODEL,
        merged=replace(local, signals=(*local.signals, DEMO)),
    )
    return replace(reading, **changes)


async def a_turn_about(stores: Stores, *words: str, turn_id: str = "t-1") -> Conversation:
    """Answer a burst of words in a new conversation."""
    conversation = await start(stores)
    await answer(stores, conversation, *words, turn_id=turn_id)
    return conversation


async def answer(stores: Stores, conversation: Conversation, *words: str, turn_id: str) -> None:
    for each in words:
        await say(stores, conversation, each)
    async with hold(stores, conversation) as held:
        reply = a_reply(message_id=MessageId(f"m-{turn_id}"))
        await stores.conversations.record_turn(held, turn_of(held, id=turn_id, reply=reply))


async def test_all_three_readings_come_back_with_the_words(stores: Stores) -> None:
    conversation = await a_turn_about(stores, "Hello", "Can you show us?")
    reading = a_second_reading(conversation)

    assert await stores.readings.keep(reading)

    (found,) = await stores.readings.disagreements()
    assert found.reading == reading
    assert [message.text for message in found.unanswered] == ["Hello", "Can you show us?"]
    assert found.before == ()


async def test_what_was_said_before_comes_along_and_nothing_said_after(stores: Stores) -> None:
    conversation = await a_turn_about(stores, "Hello", turn_id="t-0")
    await answer(stores, conversation, "Can you show us?", turn_id="t-1")
    await say(stores, conversation, "Still there?")
    await stores.readings.keep(a_second_reading(conversation))

    (found,) = await stores.readings.disagreements()

    assert [message.text for message in found.unanswered] == ["Can you show us?"]
    assert [message.text for message in found.before] == ["Hello", a_reply().text]


async def test_a_turn_has_one_second_reading(stores: Stores) -> None:
    conversation = await a_turn_about(stores, "Can you show us?")
    reading = a_second_reading(conversation)
    await stores.readings.keep(reading)

    assert not await stores.readings.keep(replace(reading, reader="another"))

    assert [each.reading for each in await stores.readings.disagreements()] == [reading]


async def test_readings_that_agree_are_no_disagreement(stores: Stores) -> None:
    conversation = await a_turn_about(stores, "Can you show us?")
    local = a_reading(readiness=MODEL.readiness, signals=(DEMO,), competitors=("ACME",))

    await stores.readings.keep(a_second_reading(conversation, local=local))

    assert await stores.readings.disagreements() == []


async def test_the_newest_disagreement_comes_first_and_the_limit_holds(stores: Stores) -> None:
    for number in range(3):
        turn_id = f"t-{number}"
        conversation = await a_turn_about(stores, f"Words {number}", turn_id=turn_id)
        await stores.readings.keep(a_second_reading(conversation, turn_id=turn_id))

    found = await stores.readings.disagreements(2)

    assert [each.reading.turn_id for each in found] == ["t-2", "t-1"]


async def test_what_was_judged_is_not_shown_again(stores: Stores) -> None:
    conversation = await a_turn_about(stores, "Can you show us?")
    await stores.readings.keep(a_second_reading(conversation))

    await stores.readings.judge("t-1", Verdict.MODEL)

    assert await stores.readings.disagreements() == []


async def test_heeded_signals_belong_to_the_lead_from_then_on(stores: Stores) -> None:
    conversation = await a_turn_about(stores, "Can you show us?")
    await stores.readings.keep(a_second_reading(conversation))
    score = a_score(temperature=Temperature.RED_HOT)

    current = await stores.conversations.get(conversation.id)
    async with hold(stores, conversation) as held:
        await stores.readings.heed(held, "t-1", (DEMO,), score)

    history = await stores.histories.recall(current)
    assert {signal.kind for signal in history.signals} == {SignalKind.PRICING, SignalKind.DEMO}
    assert history.temperature == Temperature.RED_HOT


async def test_heeding_twice_adds_nothing_twice(stores: Stores) -> None:
    conversation = await a_turn_about(stores, "Can you show us?")
    await stores.readings.keep(a_second_reading(conversation))

    async with hold(stores, conversation) as held:
        for _ in range(2):
            await stores.readings.heed(held, "t-1", (DEMO,), a_score())

    history = await stores.histories.recall(await stores.conversations.get(conversation.id))
    assert len(history.signals) == 2


async def test_nothing_is_heeded_when_the_hold_is_out_of_date(stores: Stores) -> None:
    conversation = await a_turn_about(stores, "Can you show us?")
    await stores.readings.keep(a_second_reading(conversation))
    async with hold(stores, conversation) as stale:
        pass
    async with hold(stores, conversation):
        with pytest.raises(StaleEpochError):
            await stores.readings.heed(stale, "t-1", (DEMO,), a_score(total=99))

    history = await stores.histories.recall(await stores.conversations.get(conversation.id))
    assert [signal.kind for signal in history.signals] == [SignalKind.PRICING]


async def test_what_a_model_found_of_the_criteria_is_part_of_the_history(stores: Stores) -> None:
    conversation = await a_turn_about(stores, "We have 20k for it")
    found = HeardAnswer(
        Criterion.BUDGET, "20k", is_negative=False, message_id=MessageId("m-1"), at=MONDAY_TEN
    )
    model = replace(
        MODEL, answers=(Answer(Criterion.BUDGET, "20k", is_negative=False, confidence=0.9),)
    )
    reading = a_second_reading(conversation, model=model)
    reading = replace(reading, merged=replace(reading.merged, answers=(found,)))
    await stores.readings.keep(reading)
    other = await start(stores, anonymous_id="a-other")

    mine = await stores.histories.recall(await stores.conversations.get(conversation.id))

    assert mine.answers == (found,)
    assert (await stores.histories.recall(other)).answers == ()
    (kept,) = await stores.readings.disagreements()
    assert kept.reading == reading
