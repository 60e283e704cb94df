"""Files are kept once, and given to nobody but whoever reads the conversation they are in."""

import pytest

from agent.attachments import AcceptedFile, words_for
from agent.conversation import Amendment, Attachment, AttachmentId, Author, Conversation
from agent.errors import RefusedFileError, UnknownAttachmentError
from agent.handoff import Change, HandoffId
from tests.contracts.stores import Stores, open_handoff, say, start
from tests.fakes.clock import MONDAY_TEN

OFFER = AcceptedFile("offer.pdf", "application/pdf", b"%PDF-1.7 offer")


async def send(stores: Stores, talk: Conversation, file: AcceptedFile = OFFER) -> Attachment:
    kept = await stores.attachments.keep(talk.id, Author.VISITOR, file)
    await stores.conversations.append(talk.id, f"c-{kept.id}", words_for([kept]), (kept,))
    return kept


async def test_a_file_that_was_sent_is_given_back_whole(stores: Stores) -> None:
    talk = await start(stores)
    kept = await send(stores, talk)
    stored = await stores.attachments.shown(talk.id, kept.id)
    assert (stored.attachment, stored.content) == (kept, OFFER.content)
    assert (kept.name, kept.media_type, kept.size) == ("offer.pdf", "application/pdf", 14)


async def test_the_message_carries_its_files(stores: Stores) -> None:
    talk = await start(stores)
    kept = await send(stores, talk)
    (message,) = await stores.conversations.messages(talk.id, 0)
    assert (message.text, message.attachments) == ("📎 offer.pdf", (kept,))


async def test_the_same_file_again_is_kept_once(stores: Stores) -> None:
    talk = await start(stores)
    first = await stores.attachments.keep(talk.id, Author.VISITOR, OFFER)
    assert await stores.attachments.keep(talk.id, Author.VISITOR, OFFER) == first
    by_rep = await stores.attachments.keep(talk.id, Author.REP, OFFER, "slack:F1")
    assert await stores.attachments.keep(talk.id, Author.REP, OFFER, "slack:F1") == by_rep
    assert by_rep.id != first.id


async def test_a_file_is_unknown_in_other_conversations(stores: Stores) -> None:
    talk, other = await start(stores), await start(stores, anonymous_id="a-2")
    kept = await send(stores, talk)
    with pytest.raises(UnknownAttachmentError):
        await stores.attachments.shown(other.id, kept.id)
    with pytest.raises(UnknownAttachmentError):
        await stores.attachments.uploaded(other.id, [kept.id])


async def test_a_file_is_not_shown_before_a_message_carries_it(stores: Stores) -> None:
    talk = await start(stores)
    kept = await stores.attachments.keep(talk.id, Author.VISITOR, OFFER)
    assert await stores.attachments.uploaded(talk.id, [kept.id]) == (kept,)
    with pytest.raises(UnknownAttachmentError):
        await stores.attachments.shown(talk.id, kept.id)


async def test_visitors_cannot_send_what_a_rep_uploaded(stores: Stores) -> None:
    talk = await start(stores)
    kept = await stores.attachments.keep(talk.id, Author.REP, OFFER, "slack:F1")
    with pytest.raises(UnknownAttachmentError):
        await stores.attachments.uploaded(talk.id, [kept.id])


async def test_an_id_that_nothing_has_is_unknown(stores: Stores) -> None:
    talk = await start(stores)
    for wrong in ("f-none", "../hotline.db", ""):
        with pytest.raises(UnknownAttachmentError):
            await stores.attachments.shown(talk.id, AttachmentId(wrong))


async def test_visitors_send_so_many_files_and_no_more(stores: Stores) -> None:
    talk = await start(stores)
    for number in range(20):
        file = AcceptedFile(f"{number}.txt", "text/plain", b"words")
        await stores.attachments.keep(talk.id, Author.VISITOR, file)
    with pytest.raises(RefusedFileError):
        await stores.attachments.keep(talk.id, Author.VISITOR, OFFER)


async def test_a_reps_file_reaches_the_conversation_in_which_the_visitor_wrote_last(
    stores: Stores,
) -> None:
    talk = await start(stores)
    await say(stores, talk, "Can you send an offer?")
    await open_handoff(stores, talk)
    kept = await stores.attachments.keep(talk.id, Author.REP, OFFER, "slack:F1")
    change = Change("spoke", rep_words="here", rep_words_id="w-1", rep_attachments=(kept,))
    await stores.handoffs.change(HandoffId("h-1"), lambda handoff: handoff, change)
    assert (await stores.attachments.shown(talk.id, kept.id)).content == OFFER.content


async def test_a_file_is_taken_back_with_its_message(stores: Stores) -> None:
    talk = await start(stores)
    await open_handoff(stores, talk)
    kept = await stores.attachments.keep(talk.id, Author.REP, OFFER, "slack:F1")
    change = Change("spoke", rep_words="here", rep_words_id="w-1", rep_attachments=(kept,))
    await stores.handoffs.change(HandoffId("h-1"), lambda handoff: handoff, change)
    await stores.conversations.amend([talk.id], "w-1", Amendment(None, MONDAY_TEN))
    with pytest.raises(UnknownAttachmentError):
        await stores.attachments.shown(talk.id, kept.id)


async def test_files_from_before_the_handoff_come_to_the_desk_after_its_card(
    stores: Stores,
) -> None:
    talk = await start(stores)
    await say(stores, talk, "hello")
    kept = await send(stores, talk)
    await open_handoff(stores, talk)
    due = await stores.handoffs.due_posts(talk.id, stores.clock.now())
    shown = [post.message.attachments for post in due if post.message]
    assert [post.kind.value for post in due] == ["card", "relay"]
    assert shown == [(kept,)]


async def test_visitors_send_so_much_in_one_conversation_and_no_more(stores: Stores) -> None:
    talk, other = await start(stores), await start(stores, anonymous_id="a-2")
    half = 50_000_000
    for number in range(2):
        large = AcceptedFile(f"{number}.txt", "text/plain", b"%d" % number * half)
        await stores.attachments.keep(talk.id, Author.VISITOR, large)
    with pytest.raises(RefusedFileError):
        await stores.attachments.keep(talk.id, Author.VISITOR, OFFER)
    assert (await stores.attachments.keep(other.id, Author.VISITOR, OFFER)).name == "offer.pdf"
