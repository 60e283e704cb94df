"""A visitor and a rep in Slack talk, with all parts in between: what each of them has in front of them."""

from pathlib import Path

from agent.attachments import AttachmentRules, accept, words_for
from agent.conversation import Author
from agent.receipts import ReadReceipts
from integrations.slack.marks import SlackMarks
from tests.fakes.slack.state import Message
from tests.scenarios.slack_world import SlackWorld, a_slack_world
from tests.scenarios.world import HOT

CLAIM = "handoff.claim"
PDF = b"%PDF-1.7 our offer"


async def held_by_mia(slack: SlackWorld) -> None:
    await slack.visitor_says(HOT)
    await slack.presses(slack.mia, CLAIM)


async def from_mia(slack: SlackWorld) -> Message:
    """Mia answers."""
    return await slack.replies(slack.mia, "It costs *29* EUR")


async def test_an_edit_in_slack_changes_the_visitors_message_in_place(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await held_by_mia(slack)
        message = await from_mia(slack)
        before = (await slack.world.messages())[-1]
        await slack.mia.edits(message, "It costs *39* EUR")
        await slack.settles()
        after = (await slack.world.messages())[-1]
        assert (before.text, after.text) == ("It costs 29 EUR", "It costs 39 EUR")
        assert (after.id, after.seq) == (before.id, before.seq)


async def test_what_mia_takes_back_the_agent_does_not_know_when_it_goes_on(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await held_by_mia(slack)
        await slack.mia.deletes(await slack.replies(slack.mia, "the other customer pays 12 EUR"))
        await slack.settles()
        async with slack.world.stores.conversations.hold(slack.world.id) as held:
            assert held is not None
            assert all("12 EUR" not in message.text for message in held.before)
        assert await slack.rep_words() == [""]


async def test_a_file_of_mia_is_the_visitors_to_fetch_until_she_deletes_it(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await held_by_mia(slack)
        shared = await slack.mia.uploads(
            slack.channel, "offer.pdf", PDF, "our offer", slack.card.ts
        )
        await slack.settles()
        said = (await slack.world.messages())[-1]
        (file,) = said.attachments
        stored = await slack.world.stores.attachments.shown(slack.world.id, file.id)
        assert (said.text, stored.content) == ("our offer", PDF)
        await slack.mia.deletes(shared)
        await slack.settles()
        assert (await slack.world.messages())[-1].attachments == ()


async def test_a_visitors_file_stands_in_the_thread_after_the_words_before_it(
    tmp_path: Path,
) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await held_by_mia(slack)
        await slack.visitor_says("here is our brief")
        stores = slack.world.stores
        file = accept("brief.pdf", PDF, AttachmentRules())
        kept = await stores.attachments.keep(slack.world.id, Author.VISITOR, file)
        await stores.conversations.append(slack.world.id, "c-file", words_for([kept]), (kept,))
        slack.world.wake(slack.world.id)
        await slack.settles()
        shown = [m for m in slack.twin.messages(slack.channel) if m.is_reply and m.bot_id]
        assert [m.text for m in shown][-3:] == ["here is our brief", "📎 brief.pdf", ""]
        assert [f.content for f in shown[-1].files] == [PDF]


async def test_marks_tell_mia_what_was_delivered_and_read(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await held_by_mia(slack)
        message = await from_mia(slack)
        said = (await slack.world.messages())[-1]
        assert list(message.reactions) == ["white_check_mark"]
        marks = SlackMarks(slack.connection.client)
        receipts = ReadReceipts(slack.world.stores.conversations, marks.seen)
        await receipts.note(slack.world.id, said.seq)
        assert list(message.reactions) == ["white_check_mark", "eyes"]


async def test_a_deleted_card_comes_back_with_the_talk_going_on_in_its_thread(
    tmp_path: Path,
) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await held_by_mia(slack)
        gone = slack.card
        await slack.mia.deletes(gone)
        await slack.settles()
        await slack.visitor_says("are you there?")
        anew = next(m for m in slack.cards if not m.is_tombstone)
        assert anew.ts != gone.ts
        below = [m for m in slack.twin.messages(slack.channel) if m.is_reply]
        assert [m.text for m in below if m.thread_ts == anew.ts] == ["are you there?"]
        await slack.mia.replies(anew, "Yes, I am here.")
        await slack.settles()
        assert await slack.rep_words() == ["Yes, I am here."]


async def test_files_from_before_the_handoff_stand_in_the_thread_too(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        stores = slack.world.stores
        file = accept("brief.pdf", PDF, AttachmentRules())
        kept = await stores.attachments.keep(slack.world.id, Author.VISITOR, file)
        await stores.conversations.append(slack.world.id, "c-file", "our brief", (kept,))
        await slack.visitor_says(HOT)
        shown = [m for m in slack.twin.messages(slack.channel) if m.is_reply]
        assert shown[0].text == "our brief"
        assert [f.content for f in shown[1].files] == [PDF]
