"""All that is known of whoever writes: the lead, what they did, what they said before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from agent.conversation import Conversation
from agent.engagement import EngagementEvent
from agent.lead import Lead, LeadId
from agent.signals import HeardKind, HeardSignal, MessageKind


@dataclass(frozen=True, slots=True)
class EarlierTalk:
    """A former conversation, in one line."""

    at: datetime
    first_words: str


@dataclass(frozen=True, slots=True)
class History:
    """What is known when a reply is planned; newest first. `claimed` is an unproven identity's record.

    `events` are the freshest dozen of each act that the playbook knows and the newest fifty of any. `company_events`
    are the newest fifty acts of `colleagues`: other leads of the same company, who did something last first.
    `heard` is what sort of message each turn was, with its instant. The score reads neither `temperature` nor
    `temperature_since`: they are what was recorded last, for telling what a turn has changed.
    """

    lead: Lead
    events: tuple[EngagementEvent, ...] = ()
    company_events: tuple[EngagementEvent, ...] = ()
    signals: tuple[HeardSignal, ...] = ()
    kinds: tuple[MessageKind, ...] = ()
    talks: tuple[EarlierTalk, ...] = ()
    temperature: str = "cold"
    temperature_since: datetime | None = None
    claimed: Lead | None = None
    asked: tuple[str, ...] = field(default_factory=tuple)
    colleagues: Mapping[LeadId, Lead] = field(default_factory=dict)
    heard: tuple[HeardKind, ...] = ()


class Histories(Protocol):
    """Where histories are kept."""

    async def recall(self, conversation: Conversation) -> History:
        """Recall what is known of this conversation's visitor; empty when nobody is known."""
        ...
