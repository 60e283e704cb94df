"""What users of other products suffered from, case by case: where mails come in.

The numbers are those of the list of cases that this product is measured by; the others stand in
test_field_regressions.py.
"""

from itertools import count
from typing import Any

import pytest

from agent.automatic_mail import why_unanswered
from agent.conversation import Author, ConversationId, MessageSource
from agent.handoff import DeskPostKind, HandoffState
from agent.inbound import Inbound, Sender, Taken, Unanswered, read_letter
from agent.lead import LeadId
from tests.builders import a_lead
from tests.contracts.stores import Stores
from tests.scenarios.world import HOT, PRICE, PRICE_QUESTION, World, a_world, demo_playbook

DANA = "dana@nordlift.example"
AWAY = "I am away until Monday. For an urgent quote call my colleague, who would buy 200 seats by April."
NUMBERS = count(1)


async def mail_comes(
    world: World, text: str = HOT, sender: str = DANA, subject: str = "", **headers: str
) -> Taken:
    """Let a mail come in, and all that is due be done."""
    inbound = Inbound(
        MessageSource.EMAIL,
        f"{next(NUMBERS)}@mail.example",
        Sender(sender, "Dana Weiss"),
        subject,
        text,
        {name.replace("_", "-"): (value,) for name, value in headers.items()},
    )
    playbook = demo_playbook()
    letter = read_letter(inbound, why_unanswered(inbound, playbook), playbook.replies.mails_an_hour)
    taken = await world.stores.inbox.receive(letter)
    if world.id == ConversationId(""):
        world.id = taken.conversation_id
    world.wake(taken.conversation_id)
    await world.settles()
    return taken


async def said_in(world: World, taken: Taken) -> list[Author]:
    messages = await world.stores.conversations.messages(taken.conversation_id, 0)
    return [message.author for message in messages]


@pytest.mark.parametrize(
    "mail",
    [
        {"auto_submitted": "auto-replied"},
        {"return_path": "<>"},
        {"list_id": "<news.vendor.example>"},
        {"list_unsubscribe": "<mailto:off@vendor.example>"},
        {"x_auto_response_suppress": "All"},
        {"precedence": "bulk"},
        {"sender": "sales@tourvane.example"},
        {"sender": "mailer-daemon@mx.example"},
        {"content_type": "multipart/report; report-type=delivery-status"},
        {"subject": "Abwesenheitsnotiz: Angebot"},
    ],
    ids=lambda mail: next(iter(mail)),
)
async def test_case_15_automatic_mail_gets_no_answer_and_calls_nobody(
    stores: Stores, mail: dict[str, Any]
) -> None:
    async with a_world(stores=stores) as world:
        taken = await mail_comes(world, AWAY, **mail)
        assert taken.unanswered is not None
        assert await said_in(world, taken) == []
        assert await world.handoffs() == []
        assert world.desk.posts == []
        found = await stores.inbox.find(MessageSource.EMAIL, taken.inbound.external_id)
        assert found is not None
        assert found.inbound.text == AWAY


async def test_case_15_an_automatic_answer_to_our_reply_ends_there(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        asked = await mail_comes(world, PRICE_QUESTION)
        away = await mail_comes(
            world, AWAY, in_reply_to=f"<{asked.inbound.external_id}>", auto_submitted="auto-replied"
        )
        assert away.conversation_id == asked.conversation_id
        assert await said_in(world, asked) == [Author.VISITOR, Author.AGENT]


async def test_case_15_two_machines_that_say_nothing_of_it_stop_at_the_cap(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        taken = [await mail_comes(world, PRICE_QUESTION) for _ in range(25)]
        why = [each.unanswered for each in taken]
        assert why == [None] * 20 + [Unanswered.TOO_MANY] * 5
        assert len([a for a in await said_in(world, taken[0]) if a is Author.VISITOR]) == 25
        assert len(await world.turns()) == 20


async def test_case_15_automatic_mail_leaves_a_rep_in_peace(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await mail_comes(world)
        await world.rep_claims()
        await world.settles()
        before = len(world.desk.posts)
        await mail_comes(world, AWAY, auto_submitted="auto-replied")
        assert len(world.desk.posts) == before


# What people send is answered


async def test_a_mail_is_answered_and_says_that_a_machine_writes(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await mail_comes(world, PRICE_QUESTION)
        (reply,) = await world.replies()
        assert PRICE in reply
        assert reply.startswith(demo_playbook().company.disclosure["en"])


async def test_a_models_reply_to_a_mail_says_so_too_and_once(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        world.writer.says(PRICE)
        await mail_comes(world, PRICE_QUESTION)
        await mail_comes(world, "And what does Growth cost per seat again?")
        disclosure = demo_playbook().company.disclosure["en"]
        assert [disclosure in reply for reply in await world.replies()] == [True, False]


async def test_a_hot_mail_calls_a_rep_who_learns_how_to_answer(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await mail_comes(world, subject="Quote for 40 seats")
        assert world.card.state is HandoffState.OPEN
        briefing = world.card.briefing
        assert briefing.reach == f"by mail, as they wrote: {DANA}"
        assert any("Quote for 40 seats" in note for note in briefing.notes)
        assert briefing.contact == DANA
        assert world.count(DeskPostKind.CARD) == 1


async def test_who_writes_a_mail_is_never_told_to_wait_in_a_chat(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await mail_comes(world)
        (reply,) = await world.replies()
        assert "will write to you" in reply
        assert "right here" not in reply


async def test_a_mail_unlocks_nobodys_history(stores: Stores) -> None:
    known = a_lead(id=LeadId("l-known"), email=DANA, identities={"email": (DANA,)})
    await stores.add_leads([known])
    async with a_world(stores=stores) as world:
        await mail_comes(world)
        history = await stores.histories.recall(await world.conversation())
        assert history.lead.id != known.id
        assert any("not proven" in note for note in world.card.briefing.notes)


async def test_a_mail_is_read_without_what_it_quotes(stores: Stores) -> None:
    text = f"Thanks!\n\nOn Mon, 2 Mar 2026 at 10:00, Ada <ada@x.example> wrote:\n> {HOT}"
    async with a_world(stores=stores) as world:
        await mail_comes(world, text)
        assert await world.handoffs() == []
