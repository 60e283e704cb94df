"""All that is known of whoever writes: the lead, what they did, what they said before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from agent.conversation import Conversation
from agent.criteria import HeardAnswer, VisitorMessage
from agent.engagement import EngagementEvent
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Identity, Lead, LeadId, Visitor
from agent.profile import normal_email
from agent.signals import HeardKind, HeardSignal


@dataclass(frozen=True, slots=True)
class EarlierTalk:
    """A former conversation, in one line; `came_by` is the identity it was held under, as an act's is."""

    at: datetime
    first_words: str
    came_by: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What is known when a reply is planned; newest first. `claimed` is an unproven identity's record.

    `events` are the freshest dozen of each act that the playbook knows and the newest fifty of any. `company_events`
    are the newest fifty acts of `colleagues`: other leads of the same company, who did something last first.
    `heard` is what sort of message each turn was, with its instant. The score reads neither `temperature` nor
    `temperature_since`: they are what was recorded last, for telling what a turn has changed.
    `home` is the identity under which the lead was first known; what was recorded of them belongs to it.
    `said` is in the visitor's own words, in all their conversations; `answers` is what a model found in them.
    """

    lead: Lead
    events: tuple[EngagementEvent, ...] = ()
    company_events: tuple[EngagementEvent, ...] = ()
    signals: tuple[HeardSignal, ...] = ()
    talks: tuple[EarlierTalk, ...] = ()
    temperature: str = "cold"
    temperature_since: datetime | None = None
    claimed: Lead | None = None
    asked: tuple[str, ...] = field(default_factory=tuple)
    colleagues: Mapping[LeadId, Lead] = field(default_factory=dict)
    heard: tuple[HeardKind, ...] = ()
    home: str = ""
    said: tuple[VisitorMessage, ...] = ()
    answers: tuple[HeardAnswer, ...] = ()

    def names_of(self, visitor: Visitor) -> frozenset[str]:
        """Give what `came_by` says of acts that surely are this proven visitor's own.

        That is the proven identity, this very browser, and their own record.
        """
        email = Identity(EMAIL, normal_email(visitor.email or ""))
        proven = str(Identity(USER_ID, visitor.user_id) if visitor.user_id else email)
        browser = str(Identity(ANONYMOUS_ID, visitor.anonymous_id))
        return frozenset({proven, browser, *([""] if self.home == proven else [])})


class Histories(Protocol):
    """Where histories are kept."""

    async def recall(self, conversation: Conversation) -> History:
        """Recall what is known of this conversation's visitor; empty when nobody is known."""
        ...
