"""Messages that were edited or taken back, as visitors and reps read them."""

import asyncio

from agent.conversation import ConversationId
from tests.integrations.web.test_stream import watching
from tests.integrations.web.world import SERVER, World, served, until


async def test_an_open_stream_gets_an_edit_once_and_without_an_id(world: World) -> None:
    ada = await world.open()
    await world.rep_says(ada, "29 EUR")
    async with served(world) as client, watching(client, ada) as events:
        said = [await events.next() for _ in range(2)]
        await events.until("held_by")
        await world.amend(ada, "39 EUR")
        name, message, event_id = await events.next()
        assert (name, message["text"], event_id) == ("message_changed", "39 EUR", None)
        assert message["message_id"] in [told["message_id"] for _, told, _ in said]
        assert message["edited_at"] is not None
        await world.amend(ada, None)
        _, message, _ = await events.next()
        assert (message["text"], message["deleted_at"] is None) == ("", False)
        await ada.say("hello?")
        assert (await events.next())[0] == "message"


async def test_whoever_comes_back_gets_what_was_changed_meanwhile(world: World) -> None:
    ada = await world.open()
    await world.rep_says(ada, "29 EUR")
    await world.amend(ada, "39 EUR")
    async with served(world) as client, watching(client, ada, "?after=2") as events:
        name, message, _ = await events.next()
        assert (name, message["text"]) == ("message_changed", "39 EUR")


async def test_whoever_reads_from_the_start_gets_an_edited_message_once(world: World) -> None:
    ada = await world.open()
    await world.rep_says(ada, "29 EUR")
    await world.amend(ada, "39 EUR")
    async with served(world) as client, watching(client, ada) as events:
        names = [(await events.next())[0] for _ in range(3)]
        assert names == ["message", "message", "held_by"]
        await ada.say("thanks")
        assert (await events.next())[0] == "message"


async def test_a_long_poll_returns_for_an_edit(world: World) -> None:
    ada = await world.open()
    await world.rep_says(ada, "29 EUR")
    first = (await ada.read()).json()
    assert (first["revision"], first["changed"]) == (0, [])
    poll = asyncio.create_task(ada.read(after=2, wait=5, revision=0))
    await until(lambda: world.services.audience.watchers() > 0)
    await world.amend(ada, "39 EUR")
    answer = (await poll).json()
    assert [message["text"] for message in answer["changed"]] == ["39 EUR"]
    assert (answer["messages"], answer["revision"]) == ([], 1)


async def test_who_tells_no_revision_is_told_of_no_changes(world: World) -> None:
    ada = await world.open()
    await world.rep_says(ada, "29 EUR")
    await world.amend(ada, "39 EUR")
    answer = (await ada.read(after=2)).json()
    assert (answer["changed"], answer["revision"]) == ([], 1)


async def test_only_the_visitors_own_reading_counts_as_read(world: World) -> None:
    ada = await world.open()
    await ada.say("hello?")
    await ada.read()
    assert world.read == []
    await world.rep_says(ada, "29 EUR")
    await world.client.get("/v1/handoffs/h-1", headers=SERVER)
    assert world.read == []
    await ada.read()
    assert world.read == [(ConversationId(ada.conversation_id), 3)]


async def test_a_reps_message_carries_the_picture_of_the_playbook(world: World) -> None:
    playbook = world.services.playbook
    reps = tuple(
        rep.model_copy(update={"picture": "/pictures/mia.png"}) if rep.id == "mia" else rep
        for rep in playbook.reps
    )
    pictured = playbook.model_copy(update={"reps": reps})
    object.__setattr__(world.services, "playbook", pictured)
    ada = await world.open()
    await ada.say("hello?")
    await world.rep_says(ada, "29 EUR")
    messages = (await ada.read()).json()["messages"]
    assert [message["author_picture"] for message in messages] == [None, None, "/pictures/mia.png"]
