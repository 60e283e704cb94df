"""What every store of forms and mails does, whatever it is made of."""

import asyncio
from datetime import timedelta
from typing import Any

from agent.conversation import ConversationId, MessageSource
from agent.handoff import DeskPostKind
from agent.inbound import Inbound, Letter, Sender, Taken, Unanswered
from tests.builders import a_lead
from tests.contracts.stores import Stores, hold, open_handoff, turn_of

DANA = Sender("dana@nordlift.example", "Dana Weiss")
ERIK = Sender("erik@nordlift.example", "Erik")
STRANGER = Sender("mallory@elsewhere.example", "Mallory")
PRICE = "What does it cost?"


def a_letter(
    text: str = PRICE, *, cap: int = 20, parts: tuple[str, ...] = (), **changes: Any
) -> Letter:
    unanswered = changes.pop("unanswered", None)
    given = {"source": MessageSource.EMAIL, "external_id": "m1@mail.example", "sender": DANA}
    inbound = Inbound(**{**given, "text": text, **changes})
    return Letter(inbound, parts or (text,), "en", cap, unanswered)


async def receive(stores: Stores, text: str = PRICE, **changes: Any) -> Taken:
    return await stores.inbox.receive(a_letter(text, **changes))


async def said(stores: Stores, conversation_id: ConversationId) -> list[str]:
    return [message.text for message in await stores.conversations.messages(conversation_id, 0)]


async def is_due(stores: Stores, conversation_id: ConversationId) -> bool:
    return conversation_id in await stores.conversations.due(stores.clock.now())


async def answer(stores: Stores, taken: Taken) -> None:
    """Answer what waits, as the agent does."""
    conversation = await stores.conversations.get(taken.conversation_id)
    async with hold(stores, conversation) as held:
        await stores.conversations.record_turn(held, turn_of(held))


async def test_a_mail_becomes_a_visitors_message_that_is_due(stores: Stores) -> None:
    taken = await receive(stores, subject="Prices")
    conversation = await stores.conversations.get(taken.conversation_id)
    (message,) = await stores.conversations.messages(taken.conversation_id, 0)
    assert (message.id, message.text, message.author_name) == (
        taken.message_id,
        PRICE,
        "Dana Weiss",
    )
    assert (conversation.source, conversation.page.title) == (MessageSource.EMAIL, "Prices")
    assert not conversation.visitor.is_proven
    assert taken.is_new
    assert await is_due(stores, taken.conversation_id)


async def test_the_same_id_again_gives_what_was_kept_first(stores: Stores) -> None:
    first = await receive(stores)
    again = await receive(stores, "Something else entirely")
    assert (again.conversation_id, again.message_id) == (first.conversation_id, first.message_id)
    assert not again.is_new
    assert again.inbound.text == PRICE
    assert await said(stores, first.conversation_id) == [PRICE]


async def test_two_of_the_same_id_at_once_are_one(stores: Stores) -> None:
    first, second = await asyncio.gather(receive(stores), receive(stores))
    assert first.message_id == second.message_id
    assert sorted([first.is_new, second.is_new]) == [False, True]
    assert await said(stores, first.conversation_id) == [PRICE]


async def test_a_form_and_a_mail_may_have_the_same_id(stores: Stores) -> None:
    mail = await receive(stores)
    form = await receive(stores, source=MessageSource.FORM)
    assert mail.conversation_id != form.conversation_id


async def test_further_words_of_an_address_go_on_in_its_open_conversation(stores: Stores) -> None:
    first = await receive(stores)
    second = await receive(stores, "And for a year?", external_id="m2")
    assert second.conversation_id == first.conversation_id
    assert await said(stores, first.conversation_id) == [PRICE, "And for a year?"]


async def test_forms_and_mails_of_one_address_are_one_leads(stores: Stores) -> None:
    mail = await receive(stores)
    form = await receive(stores, source=MessageSource.FORM)
    leads = {
        (await stores.conversations.get(each.conversation_id)).lead_id for each in (mail, form)
    }
    assert len(leads) == 1


async def test_senders_without_an_address_are_never_taken_for_one(stores: Stores) -> None:
    first = await receive(stores, sender=Sender(name="Dana"), source=MessageSource.FORM)
    second = await receive(
        stores, sender=Sender(name="Dana"), source=MessageSource.FORM, external_id="f-2"
    )
    assert first.conversation_id != second.conversation_id


async def test_a_colleagues_reply_goes_on_in_the_conversation_it_replies_to(stores: Stores) -> None:
    first = await receive(stores)
    headers = {"in-reply-to": ("<m1@mail.example>",)}
    reply = await receive(stores, "I agree.", sender=ERIK, external_id="m2", headers=headers)
    assert reply.conversation_id == first.conversation_id
    names = [m.author_name for m in await stores.conversations.messages(first.conversation_id, 0)]
    assert names == ["Dana Weiss", "Erik"]


async def test_a_strangers_reply_begins_a_conversation_of_its_own(stores: Stores) -> None:
    first = await receive(stores)
    headers = {"references": ("<m1@mail.example>",)}
    reply = await receive(
        stores, "What did you say?", sender=STRANGER, external_id="m2", headers=headers
    )
    assert reply.conversation_id != first.conversation_id


async def test_what_is_told_of_the_sender_fills_their_lead(stores: Stores) -> None:
    taken = await receive(stores, company={"company.name": "Nordlift", "company.employees": "240"})
    conversation = await stores.conversations.get(taken.conversation_id)
    lead = (await stores.histories.recall(conversation)).lead
    assert (lead.name, lead.email) == ("Dana Weiss", "dana@nordlift.example")
    assert (lead.company.name, lead.company.employees) == ("Nordlift", 240)
    assert lead.company.domain == "nordlift.example"


async def test_an_address_that_is_known_is_a_claim_and_no_proof(stores: Stores) -> None:
    known = a_lead(email=DANA.email, identities={"email": (DANA.email,)})
    await stores.add_leads([known])
    taken = await receive(stores)
    conversation = await stores.conversations.get(taken.conversation_id)
    history = await stores.histories.recall(conversation)
    assert history.lead.id != known.id
    assert history.claimed is not None
    assert history.claimed.id == known.id


async def test_automatic_mail_is_kept_and_said_by_nobody(stores: Stores) -> None:
    first = await receive(stores)
    await answer(stores, first)
    headers = {"references": ("<m1@mail.example>",), "auto-submitted": ("auto-replied",)}
    away = await receive(
        stores,
        "I am away.",
        external_id="m2",
        headers=headers,
        unanswered=Unanswered.AUTO_SUBMITTED,
    )
    assert (away.conversation_id, away.seq) == (first.conversation_id, None)
    assert not await is_due(stores, first.conversation_id)
    found = await stores.inbox.find(MessageSource.EMAIL, "<m2>")
    assert found is not None
    assert (found.message_id, found.inbound.text) == (away.message_id, "I am away.")
    assert found.unanswered is Unanswered.AUTO_SUBMITTED
    assert "I am away." not in await said(stores, first.conversation_id)


async def test_words_beyond_the_cap_are_said_and_not_due(stores: Stores) -> None:
    first = await receive(stores, cap=1)
    await answer(stores, first)
    second = await receive(stores, "And again?", cap=1, external_id="m2")
    assert second.unanswered is Unanswered.TOO_MANY
    assert (await said(stores, first.conversation_id))[-1] == "And again?"
    assert not await is_due(stores, first.conversation_id)


async def test_the_cap_is_by_the_hour_and_by_sender(stores: Stores) -> None:
    await receive(stores, cap=1)
    other = await receive(stores, cap=1, sender=STRANGER, external_id="m2")
    stores.clock.advance(timedelta(hours=1))
    later = await receive(stores, cap=1, external_id="m3")
    assert (other.unanswered, later.unanswered) == (None, None)


async def test_a_colleague_who_joins_in_is_no_way_around_the_cap(stores: Stores) -> None:
    await receive(stores, cap=2)
    headers = {"in-reply-to": ("<m1@mail.example>",)}
    why = [
        (await receive(stores, cap=2, sender=ERIK, external_id=each, headers=headers)).unanswered
        for each in ("m2", "m3")
    ]
    assert why == [None, Unanswered.TOO_MANY]


async def test_a_rep_who_was_called_hears_words_beyond_the_cap(stores: Stores) -> None:
    first = await receive(stores, cap=1)
    conversation = await stores.conversations.get(first.conversation_id)
    handoff = await open_handoff(stores, conversation)
    await receive(stores, "And again?", cap=1, external_id="m2")
    card, relay = await stores.handoffs.due_posts(handoff.conversation_id, stores.clock.now())
    assert (card.kind, relay.kind, relay.text) == (
        DeskPostKind.CARD,
        DeskPostKind.RELAY,
        "And again?",
    )


async def test_a_long_mail_is_several_messages_answered_as_one(stores: Stores) -> None:
    taken = await receive(stores, parts=("first part", "second part"))
    assert await said(stores, taken.conversation_id) == ["first part", "second part"]
    conversation = await stores.conversations.get(taken.conversation_id)
    async with hold(stores, conversation) as held:
        assert [message.text for message in held.unanswered] == ["first part", "second part"]


async def test_all_that_came_is_found_again(stores: Stores) -> None:
    headers = {"received": ("from a", "from b"), "subject": ("Prices",)}
    await receive(
        stores, "Price?\n\n> old words", parts=("Price?",), headers=headers, files=("a.pdf",)
    )
    found = await stores.inbox.find(MessageSource.EMAIL, "m1@mail.example")
    assert found is not None
    assert found.inbound.text == "Price?\n\n> old words"
    assert found.inbound.headers == headers
    assert found.inbound.files == ("a.pdf",)


async def test_nothing_is_found_under_an_unknown_id(stores: Stores) -> None:
    assert await stores.inbox.find(MessageSource.EMAIL, "m1@mail.example") is None
