"""The stores that contracts are about, and the steps that several contracts take."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.acts import known_acts
from agent.attachments import Attachments
from agent.conversation import Conversation, Held
from agent.desk_board import DeskBoard
from agent.engagement import EngagementEvent
from agent.feedback import FeedbackLog
from agent.gaps import Gaps
from agent.handoff import Handoff, HandoffId, Handoffs
from agent.history import Histories
from agent.inbound import Inbox
from agent.lead import Identity, Lead, LeadId
from agent.partings import Partings
from agent.rep_states import RepStates
from agent.second_reading import Readings
from agent.tracking import Tracking
from agent.turn import Conversations, Turn
from integrations.redaction import redact
from knowledge.attachment_bytes import bytes_of
from knowledge.attachments import SqlAttachments
from knowledge.conversations import SqlConversations
from knowledge.database import Database
from knowledge.desk_board import SqlDeskBoard
from knowledge.engagement import SqlEngagement
from knowledge.feedback import SqlFeedback
from knowledge.gaps import SqlGaps
from knowledge.handoffs import SqlHandoffs
from knowledge.history import SqlHistories
from knowledge.inbound import SqlInbox
from knowledge.leads import SqlLeads
from knowledge.partings import SqlPartings
from knowledge.readings import SqlReadings
from knowledge.rep_states import SqlRepStates
from knowledge.tracking import SqlTracking
from tests.agent.tourvane import PLAYBOOK
from tests.builders import a_handoff, a_turn, a_visitor, an_opening
from tests.fakes.clock import FixedClock
from tests.fakes.memory import (
    MemoryConversations,
    MemoryHandoffs,
    MemoryHistories,
    MemoryReadings,
    MemoryStore,
)
from tests.fakes.memory_attachments import MemoryAttachments
from tests.fakes.memory_desk_board import MemoryDeskBoard, MemoryRepStates
from tests.fakes.memory_gaps import MemoryGaps
from tests.fakes.memory_inbox import MemoryInbox
from tests.fakes.memory_partings import MemoryPartings
from tests.fakes.memory_tracking import MemoryTracking


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores under test, and the two ways knowledge of leads gets into them."""

    clock: FixedClock
    conversations: Conversations
    handoffs: Handoffs
    histories: Histories
    readings: Readings
    gaps: Gaps
    add_leads: Callable[[Sequence[Lead]], Awaitable[object]]
    add_events: Callable[[Sequence[EngagementEvent]], Awaitable[object]]
    tracking: Tracking
    find: Callable[[str], Awaitable[Lead]]
    events_of: Callable[[LeadId], Awaitable[Sequence[EngagementEvent]]]
    colleagues_of: Callable[[LeadId], Awaitable[Sequence[Lead]]]
    feedback: FeedbackLog
    board: DeskBoard
    rep_states: RepStates
    attachments: Attachments
    partings: Partings
    inbox: Inbox


def in_sql(database: Database, clock: FixedClock, files: Path | None = None) -> Stores:
    leads, engagement = SqlLeads(database, clock), SqlEngagement(database)
    histories = SqlHistories(database, known_acts(PLAYBOOK))

    async def colleagues_of(lead_id: LeadId) -> Sequence[Lead]:
        return list((await histories.of_lead(lead_id)).colleagues.values())

    return Stores(
        clock,
        SqlConversations(database, clock),
        SqlHandoffs(database, clock),
        histories,
        SqlReadings(database, clock),
        SqlGaps(database, redact),
        leads.import_leads,
        engagement.record,
        SqlTracking(database, clock, PLAYBOOK),
        leads.find,
        lambda lead_id: engagement.of_lead(lead_id, 1_000),
        colleagues_of,
        SqlFeedback(database),
        SqlDeskBoard(database, histories, PLAYBOOK, clock),
        SqlRepStates(database, clock),
        SqlAttachments(database, bytes_of(database, files or Path("nowhere"), clock), clock),
        SqlPartings(database, clock),
        SqlInbox(database, clock, "a secret"),
    )


def in_memory(clock: FixedClock, store: MemoryStore | None = None) -> Stores:
    store = store or MemoryStore(clock)
    histories = MemoryHistories(store, known_acts(PLAYBOOK))

    async def add_leads(leads: Sequence[Lead]) -> None:
        for lead in leads:
            store.add_lead(lead)

    async def add_events(events: Sequence[EngagementEvent]) -> None:
        store.add_events(events)

    async def find(reference: str) -> Lead:
        return store.lead(store.who.owners.get(Identity.read(reference)) or LeadId(reference))

    async def events_of(lead_id: LeadId) -> Sequence[EngagementEvent]:
        return store.newest_events([lead_id])

    async def colleagues_of(lead_id: LeadId) -> Sequence[Lead]:
        return histories.colleagues(store.lead(lead_id))

    return Stores(
        clock,
        MemoryConversations(store),
        MemoryHandoffs(store),
        histories,
        MemoryReadings(store),
        MemoryGaps(lambda conversation_id: store.talks[conversation_id].conversation.lead_id),
        add_leads,
        add_events,
        MemoryTracking(store, PLAYBOOK),
        find,
        events_of,
        colleagues_of,
        MemoryHandoffs(store),
        MemoryDeskBoard(store),
        MemoryRepStates(),
        MemoryAttachments(store),
        MemoryPartings(store),
        MemoryInbox(store),
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
