"""The stores that contracts are about, and the steps that several contracts take."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from agent.conversation import Conversation, Held
from agent.engagement import EngagementEvent
from agent.handoff import Handoff, HandoffId, Handoffs
from agent.history import Histories
from agent.lead import Lead
from agent.second_reading import Readings
from agent.turn import Conversations, Turn
from knowledge.conversations import SqlConversations
from knowledge.database import Database
from knowledge.engagement import SqlEngagement
from knowledge.handoffs import SqlHandoffs
from knowledge.history import SqlHistories
from knowledge.leads import SqlLeads
from knowledge.readings import SqlReadings
from tests.builders import a_handoff, a_turn, a_visitor, an_opening
from tests.fakes.clock import FixedClock
from tests.fakes.memory import (
    MemoryConversations,
    MemoryHandoffs,
    MemoryHistories,
    MemoryReadings,
    MemoryStore,
)


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores under test, and the two ways knowledge of leads gets into them."""

    clock: FixedClock
    conversations: Conversations
    handoffs: Handoffs
    histories: Histories
    readings: Readings
    add_leads: Callable[[Sequence[Lead]], Awaitable[object]]
    add_events: Callable[[Sequence[EngagementEvent]], Awaitable[object]]


def in_sql(database: Database, clock: FixedClock) -> Stores:
    leads = SqlLeads(database, clock)
    return Stores(
        clock,
        SqlConversations(database, clock),
        SqlHandoffs(database, clock),
        SqlHistories(database),
        SqlReadings(database, clock),
        leads.import_leads,
        SqlEngagement(database).record,
    )


def in_memory(clock: FixedClock) -> Stores:
    store = MemoryStore(clock)

    async def add_leads(leads: Sequence[Lead]) -> None:
        for lead in leads:
            store.add_lead(lead)

    async def add_events(events: Sequence[EngagementEvent]) -> None:
        store.add_events(events)

    return Stores(
        clock,
        MemoryConversations(store),
        MemoryHandoffs(store),
        MemoryHistories(store),
        MemoryReadings(store),
        add_leads,
        add_events,
    )


async def start(stores: Stores, **visitor: Any) -> Conversation:
    """Begin a conversation with a visitor."""
    return await stores.conversations.start(an_opening(visitor=a_visitor(**visitor)))


async def say(stores: Stores, conversation: Conversation, words: str) -> None:
    """Let the visitor say something."""
    await stores.conversations.append(conversation.id, f"client {words}", words)


@asynccontextmanager
async def hold(stores: Stores, conversation: Conversation) -> AsyncIterator[Held]:
    """Hold a conversation that is free."""
    async with stores.conversations.hold(conversation.id) as held:
        assert held is not None
        yield held


def turn_of(held: Held, **changes: Any) -> Turn:
    """A turn that answers what waits."""
    return a_turn(answered=tuple(message.id for message in held.unanswered), **changes)


async def open_handoff(
    stores: Stores, conversation: Conversation, handoff_id: str = "h-1"
) -> Handoff:
    """Hand the conversation off."""
    async with hold(stores, conversation) as held:
        handoff = a_handoff(
            id=HandoffId(handoff_id), conversation_id=conversation.id, lead_id=conversation.lead_id
        )
        return await stores.handoffs.open(held, handoff)
