"""The agent asks one thing at a time, nothing twice, and the rep reads the answers."""

from agent.criteria import Answer, Criterion
from agent.qualification import qualify_lead
from agent.signals import MessageKind, Readiness, TextReading
from tests.contracts.stores import Stores
from tests.scenarios.reader import ScriptedReader
from tests.scenarios.world import PRICE_QUESTION, World, a_world

SEATS, NEED, TIMELINE, AUTHORITY, BUDGET = (
    "How many technicians would use it?",
    "What should it solve for you first?",
    "When would you like to have it up and running?",
    "Who else will have a say in this?",
    "Is there already a budget for this?",
)
QUESTIONS = (SEATS, NEED, TIMELINE, AUTHORITY, BUDGET)


async def say(world: World, text: str) -> list[str]:
    """Say something a minute later; gives the questions in the reply."""
    await world.passes(minutes=1)
    await world.visitor_says(text)
    reply = (await world.replies())[-1]
    return [question for question in QUESTIONS if question in reply]


async def test_one_question_a_reply_in_order_and_none_after_the_last(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        assert await say(world, "How much is Growth per month?") == [SEATS]
        assert await say(world, "40 people. How much is it a year?") == [NEED]
        assert await say(world, "Double bookings") == [TIMELINE]
        assert await say(world, "By June, how much is Growth then?") == [AUTHORITY]
        assert await say(world, "Just me. How much is it?") == [BUDGET]
        assert await say(world, "Not yet. How much is Growth again?") == []


async def test_whoever_ignores_two_questions_is_asked_no_third(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        assert await say(world, PRICE_QUESTION) == [SEATS]
        assert await say(world, "Does it work offline?") == [NEED]
        assert await say(world, PRICE_QUESTION) == []
        assert await say(world, "How much is Growth?") == []


async def test_what_was_denied_in_an_earlier_talk_is_not_asked(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await say(
            world, "Hello, we have no deadline and no budget. How much is Growth for 9 people?"
        )
        await world.visitor_arrives()
        asked = [await say(world, "How much is Growth for 9 people?")]
        asked.append(await say(world, "Double bookings. How much is Growth?"))
        assert asked == [[NEED], [AUTHORITY]]


async def test_whoever_wants_a_person_is_not_interrogated(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        assert await say(world, "I want to talk to a person about Growth") == []
        assert await say(world, PRICE_QUESTION) == []


async def test_the_rep_reads_what_is_known_lacking_and_replaced(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await say(world, "We have no budget yet. How much is Growth for 40 technicians?")
        await say(world, "The budget is approved now. We need a quote for 40 technicians by April.")
        known = (await world.handoff()).briefing.known
        budget = next(line for line in known if line.startswith("budget"))
        assert budget.startswith("budget: “")
        assert budget.endswith("02 Mar still “We have no budget yet”")


async def test_what_a_model_found_is_kept_with_the_lead(stores: Stores) -> None:
    words = "ok so my boss keeps her hand on the purse"
    said = (Answer(Criterion.ECONOMIC_BUYER, "my boss", is_negative=False, confidence=0.9),)
    lie = (Answer(Criterion.BUDGET, "a million", is_negative=False, confidence=1.0),)
    reader = ScriptedReader(
        TextReading(MessageKind.SALES, Readiness.WARM, "", answers=(*said, *lie))
    )
    async with a_world(stores=stores, reader=reader) as world:
        await world.visitor_arrives()
        await world.visitor_says(words)
        reader.may_answer.set()
        await world.looks_again()
        history = await stores.histories.recall(await world.conversation())
        known = qualify_lead(history).known
        assert known[Criterion.ECONOMIC_BUYER].quote == "my boss"
        assert Criterion.BUDGET not in known
