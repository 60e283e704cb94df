"""What every store of histories keeps to: all of the visitor's own past, nothing of anybody else's."""

from datetime import timedelta
from typing import Any

from agent.conversation import MessageId
from agent.engagement import EngagementEvent, EngagementEventId
from agent.lead import LeadId
from agent.signals import MessageKind, SignalKind
from tests.builders import a_company, a_lead, a_reading, a_reply, a_score, a_signal, an_event
from tests.contracts.stores import Stores, hold, say, start, turn_of
from tests.fakes.clock import MONDAY_TEN

ADA = LeadId("l-ada")
BOB = LeadId("l-bob")


async def test_a_stranger_has_no_history(stores: Stores) -> None:
    conversation = await start(stores, anonymous_id="a-9")

    history = await stores.histories.recall(conversation)

    assert history.lead.id == conversation.lead_id
    assert history.lead.identities == {"anonymous_id": ("a-9",)}
    assert (history.events, history.signals, history.talks, history.claimed) == ((), (), (), None)
    assert (history.temperature, history.temperature_since) == ("cold", None)


async def test_a_proven_visitor_is_recognised(stores: Stores) -> None:
    await stores.add_leads([a_lead()])
    await stores.add_events([an_event()])

    conversation = await start(stores, user_id="u-ada", is_proven=True)
    history = await stores.histories.recall(conversation)

    assert (conversation.lead_id, history.lead.name) == (ADA, "Ada Holm")
    assert history.events == (an_event(),)
    assert history.claimed is None


async def test_a_proven_email_is_compared_without_case(stores: Stores) -> None:
    await stores.add_leads([a_lead()])

    conversation = await start(stores, email=" Ada@Nordwind.example ", is_proven=True)

    assert conversation.lead_id == ADA


async def test_an_unproven_identity_unlocks_nothing(stores: Stores) -> None:
    await stores.add_leads([a_lead(), a_lead(id=BOB, email="bob@nordwind.example", identities={})])
    await stores.add_events([an_event(), _event_of(BOB, "e-2")])

    conversation = await start(stores, user_id="u-ada", email="ada@nordwind.example")
    history = await stores.histories.recall(conversation)

    assert conversation.lead_id != ADA
    assert (history.events, history.company_events) == ((), ())
    assert (history.lead.name, history.lead.company.domain) == ("", "")
    assert history.claimed is not None
    assert history.claimed.id == ADA


async def test_a_claim_does_not_bind_the_identity(stores: Stores) -> None:
    await start(stores, anonymous_id="a-liar", user_id="u-new")

    honest = await start(stores, anonymous_id="a-honest", user_id="u-new", is_proven=True)
    liar = await start(stores, anonymous_id="a-liar", user_id="u-new")

    assert liar.lead_id != honest.lead_id


async def test_the_proof_of_a_user_id_does_not_cover_the_email(stores: Stores) -> None:
    await stores.add_leads([a_lead()])
    await stores.add_events([an_event()])

    conversation = await start(
        stores, user_id="u-mallory", email="ada@nordwind.example", is_proven=True
    )
    history = await stores.histories.recall(conversation)

    assert conversation.lead_id != ADA
    assert history.events == ()
    assert history.claimed is not None


async def test_what_a_browser_did_joins_the_lead_who_proves_to_use_it(stores: Stores) -> None:
    await stores.add_leads([a_lead()])
    browsing = await start(stores, anonymous_id="a-1")
    await stores.add_events([_event_of(browsing.lead_id, "e-7")])

    await start(stores, anonymous_id="a-1", user_id="u-ada", is_proven=True)
    history = await stores.histories.recall(browsing)

    assert history.lead.id == ADA
    assert [event.id for event in history.events] == ["e-7"]
    assert history.lead.identities["anonymous_id"] == ("a-1",)


async def test_a_shared_browser_does_not_join_two_people(stores: Stores) -> None:
    await stores.add_leads([a_lead(), a_lead(id=BOB, email="", identities={"user_id": ("u-bob",)})])
    ada = await start(stores, anonymous_id="a-kiosk", user_id="u-ada", is_proven=True)

    bob = await start(stores, anonymous_id="a-kiosk", user_id="u-bob", is_proven=True)

    assert (ada.lead_id, bob.lead_id) == (ADA, BOB)


async def test_recalls_the_newest_fifty_engagement_events(stores: Stores) -> None:
    await stores.add_leads([a_lead()])
    events = [_event_of(ADA, f"e-{i:03}", at=MONDAY_TEN + timedelta(minutes=i)) for i in range(60)]
    await stores.add_events(events)

    history = await stores.histories.recall(await start(stores, user_id="u-ada", is_proven=True))

    assert history.events == tuple(reversed(events[10:]))


async def test_recalls_the_freshest_dozen_of_each_act_however_much_came_later(
    stores: Stores,
) -> None:
    await stores.add_leads([a_lead()])
    names = ["Demo Requested"] * 20 + ["Page Viewed"] * 100
    events = [
        _event_of(ADA, f"e-{i:03}", name=name, at=MONDAY_TEN + timedelta(minutes=i))
        for i, name in enumerate(names)
    ]
    await stores.add_events(events)

    history = await stores.histories.recall(await start(stores, user_id="u-ada", is_proven=True))

    assert history.events == tuple(reversed([*events[8:20], *events[70:]]))


async def test_names_the_colleagues_who_did_something_last(stores: Stores) -> None:
    others = [
        a_lead(id=LeadId(f"l-{n}"), name=f"P{n}", email=f"p{n}@nordwind.example", identities={})
        for n in range(3)
    ]
    await stores.add_leads([a_lead(), *others])
    await stores.add_events(
        [_event_of(others[n].id, f"e-{n}", at=MONDAY_TEN - timedelta(days=n)) for n in (1, 0)]
    )

    history = await stores.histories.recall(await start(stores, user_id="u-ada", is_proven=True))

    assert [lead.name for lead in history.colleagues.values()] == ["P0", "P1"]


async def test_recalls_what_colleagues_did_apart(stores: Stores) -> None:
    stranger = a_lead(
        id=LeadId("l-x"), email="x@x.example", company=a_company(domain="x.example"), identities={}
    )
    await stores.add_leads(
        [a_lead(), a_lead(id=BOB, email="bob@nordwind.example", identities={}), stranger]
    )
    theirs = [_event_of(BOB, f"e-{i:02}", at=MONDAY_TEN + timedelta(minutes=i)) for i in range(60)]
    await stores.add_events([*theirs, _event_of(stranger.id, "e-x")])

    history = await stores.histories.recall(await start(stores, user_id="u-ada", is_proven=True))

    assert history.events == ()
    assert history.company_events == tuple(reversed(theirs[10:]))


async def test_people_without_a_company_have_no_colleagues(stores: Stores) -> None:
    nobody = a_company(domain="")
    await stores.add_leads(
        [
            a_lead(company=nobody),
            a_lead(id=BOB, email="bob@mail.example", company=nobody, identities={}),
        ]
    )
    await stores.add_events([_event_of(BOB, "e-1")])

    history = await stores.histories.recall(await start(stores, user_id="u-ada", is_proven=True))

    assert history.company_events == ()


async def test_recalls_earlier_talks_by_their_first_words(stores: Stores) -> None:
    for words in ("Hello", "Me again"):
        earlier = await start(stores)
        await say(stores, earlier, words)
        await say(stores, earlier, "and more")
        stores.clock.advance(timedelta(days=1))
    now = await start(stores)
    await say(stores, now, "Third time")
    await say(stores, await start(stores, anonymous_id="a-other"), "Somebody else")

    history = await stores.histories.recall(now)

    assert [talk.first_words for talk in history.talks] == ["Me again", "Hello"]
    assert history.talks[0].at == stores.clock.now() - timedelta(days=1)


async def test_recalls_signals_kinds_and_temperature_of_all_talks(stores: Stores) -> None:
    await _turn(stores, "t-1", SignalKind.BUDGET, MessageKind.SALES)
    stores.clock.advance(timedelta(days=1))
    await _turn(stores, "t-2", SignalKind.DEMO, MessageKind.OTHER)

    history = await stores.histories.recall(await start(stores))

    assert [signal.kind for signal in history.signals] == [SignalKind.DEMO, SignalKind.BUDGET]
    assert history.kinds == (MessageKind.OTHER, MessageKind.SALES)
    assert history.temperature == a_score().temperature
    assert history.temperature_since == a_score().since
    assert history.asked == ()


async def test_recalls_what_was_asked_in_this_conversation(stores: Stores) -> None:
    conversation = await start(stores)
    for number, asked in enumerate(("budget", None, "timeline")):
        await say(stores, conversation, f"words {number}")
        async with hold(stores, conversation) as held:
            turn = turn_of(held, id=f"t-{number}", asked=asked, reply=None)
            await stores.conversations.record_turn(held, turn)

    history = await stores.histories.recall(conversation)

    assert history.asked == ("timeline", "budget")


async def _turn(stores: Stores, turn_id: str, signal: SignalKind, kind: MessageKind) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Hello")
    heard = a_signal(signal, at=stores.clock.now())
    reply = a_reply(message_id=MessageId(f"m-{turn_id}"))
    async with hold(stores, conversation) as held:
        reading = a_reading(kind=kind, signals=(heard,))
        await stores.conversations.record_turn(
            held, turn_of(held, id=turn_id, reading=reading, reply=reply)
        )


def _event_of(lead_id: LeadId, event_id: str, **changes: Any) -> EngagementEvent:
    return an_event(id=EngagementEventId(event_id), lead_id=lead_id, **changes)
