"""What the widget needs before a word was said, from what knowledge keeps."""

from dataclasses import dataclass
from datetime import datetime

from agent.conversation import Conversation
from agent.engagement import EngagementEvent
from agent.errors import UnknownLeadError
from agent.greeting import KnownReader
from agent.lead import ANONYMOUS_ID, Identity
from agent.occurrences import VISIT
from agent.scoring import Temperature
from agent.turn import Turn
from integrations.app.parts import Parts
from integrations.web.services import WidgetServices
from knowledge.leads import SqlLeads

LOOKED_BACK = 50


@dataclass(frozen=True, slots=True)
class SqlPassersBy:
    """Browsers as the store knows them; fulfils `agent.greeting.PassersBy`."""

    leads: SqlLeads

    async def known(self, anonymous_id: str, now: datetime) -> KnownReader:
        """Tell what is known of a browser."""
        try:
            lead = await self.leads.find(str(Identity(ANONYMOUS_ID, anonymous_id)))
        except UnknownLeadError:
            return KnownReader()
        score = (await self.leads.scores([lead.id])).get(lead.id)
        done = await self.leads.timeline(lead.id, LOOKED_BACK)
        talks = await self.leads.conversations_of(lead.id)
        return KnownReader(
            was_here=any(_at(item) <= now - VISIT for item in done),
            temperature=score.temperature if score else Temperature.COLD,
            is_talking=any(map(_is_open, talks)),
        )


def widget_services(parts: Parts) -> WidgetServices:
    """Join the widget to the stores."""
    return WidgetServices(
        tracking=parts.store.tracking,
        passers_by=SqlPassersBy(parts.store.leads),
        duty=parts.duty,
        note_calls=parts.watcher.metrics.calls_tracked,
    )


def _at(item: EngagementEvent | Turn) -> datetime:
    return item.at if isinstance(item, EngagementEvent) else item.started_at


def _is_open(talk: Conversation) -> bool:
    """Tell whether somebody talks here; one that was opened for them, and in which nothing was said, is none."""
    return talk.ended_at is None and talk.last_seq > 0
