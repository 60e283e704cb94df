"""Somebody asks what it costs."""

from tests.scenarios.world import OFFLINE_QUESTION, PRICE, PRICE_QUESTION, a_world


async def test_the_price_is_answered_from_its_page() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(PRICE_QUESTION)
        assert PRICE in (await world.replies())[0]
        assert [s.url for s in (await world.last_reply()).sources] == [
            "https://tourvane.example/pricing#growth"
        ]


async def test_each_sentence_names_the_passage_it_stands_on_and_a_question_names_none() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(PRICE_QUESTION)
        reply = await world.last_reply()
        assert "".join(sentence.text for sentence in reply.sentences) == reply.text
        [price] = [each for each in reply.sentences if each.text.strip() == PRICE]
        assert [reply.sources[each.source].title for each in price.citations] == ["Pricing"]
        assert price.citations[0].url == "https://tourvane.example/pricing#growth"
        asked = [each for each in reply.sentences if each.text.strip().endswith("?")]
        assert asked
        assert not any(each.citations for each in asked)


async def test_the_reply_names_the_message_it_answers() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        message = await world.visitor_writes(PRICE_QUESTION)
        await world.settles()
        assert (await world.last_reply()).in_reply_to == (message.id,)


async def test_a_number_of_seats_is_multiplied() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says("How much would Growth cost for 40 technicians?")
        assert "**$1,680 a month**" in (await world.replies())[0]


async def test_a_price_question_alone_calls_nobody() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(PRICE_QUESTION)
        assert world.desk.posts == []


async def test_what_no_page_says_is_not_guessed() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says("Can you connect to Zorbex?")
        assert "nothing in writing on Zorbex" in (await world.replies())[0]


async def test_the_same_message_four_times_is_answered_once() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        for _ in range(4):
            await world.visitor_says(OFFLINE_QUESTION, client_id="one-and-the-same")
        assert [line.split(":")[0] for line in await world.log()] == ["visitor", "agent"]
