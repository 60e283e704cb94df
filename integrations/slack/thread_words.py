"""What people write in the thread of a card: the claim holder's words go to the visitor, all else stays."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import structlog
from slack_bolt.async_app import AsyncApp

from agent.errors import HandoffEndedError, NotClaimedByError
from agent.handoff import HandoffId
from agent.team_rules import RepRules
from integrations.slack import answers
from integrations.slack.desk_actions import DeskActions
from integrations.slack.errands import Errands, quietly
from integrations.slack.incoming import ThreadReply
from integrations.slack.markup import to_plain
from integrations.slack.people import SlackPeople

log = structlog.get_logger()

DELIVERED = "white_check_mark"


@dataclass(frozen=True, slots=True)
class ThreadWords:
    """Acts on messages in threads."""

    errands: Errands
    actions: DeskActions
    people: SlackPeople
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def listen(self, app: AsyncApp) -> None:
        """Listen to messages."""
        app.event("message")(self.on_message)

    async def on_message(self, event: dict[str, Any]) -> None:
        """Listen to messages; Bolt has acknowledged them before."""
        if reply := ThreadReply.read(event):
            self.errands.begin(self._in_order(reply), reply, answers.NOT_DELIVERED)

    async def _in_order(self, reply: ThreadReply) -> None:
        # Two quick replies come as two requests: what was written first is said first.
        async with self._locks.setdefault(f"{reply.channel}:{reply.thread_ts}", asyncio.Lock()):
            await self._reply(reply)

    async def _reply(self, reply: ThreadReply) -> None:
        handoff_id = await self.actions.threads.handoff_of(reply.channel, reply.thread_ts)
        if handoff_id is None or not await self.actions.seen.first_time(_key(reply)):
            return
        rep = await self.people.rep(reply.user)
        if rep is None:
            log.info("slack.note_ignored", handoff_id=handoff_id, because="not a rep")
        elif reply.is_broadcast or not reply.text.strip():
            await self._cannot_pass_on(reply, handoff_id, rep)
        else:
            await self._speak(reply, handoff_id, rep)

    async def _speak(self, reply: ThreadReply, handoff_id: HandoffId, rep: RepRules) -> None:
        words = to_plain(reply.text, self.people.name)
        try:
            await self.actions.takeover.speak(handoff_id, rep.id, words, reply.words_id)
        except (NotClaimedByError, HandoffEndedError) as error:
            await self._hint(reply, error)
        except ValueError as error:
            await self.errands.answer(reply, answers.not_sent(error))
        else:
            log.info("slack.reply_passed_on", handoff_id=handoff_id, rep_id=rep.id)
            await self._confirm(reply)

    async def _cannot_pass_on(
        self, reply: ThreadReply, handoff_id: HandoffId, rep: RepRules
    ) -> None:
        handoff = await self.actions.takeover.handoffs.get(handoff_id)
        if handoff.state.is_active and handoff.claimed_by == rep.id:
            await self.errands.answer(
                reply, answers.NO_BROADCAST if reply.is_broadcast else answers.NO_FILES
            )

    async def _hint(self, reply: ThreadReply, error: NotClaimedByError | HandoffEndedError) -> None:
        """Tell somebody once that their replies stay here, and again when that has another reason."""
        holder = error.claimed_by if isinstance(error, NotClaimedByError) else "ended"
        key = f"hint:{reply.channel}:{reply.thread_ts}:{reply.user}:{holder}"
        if await self.actions.seen.first_time(key):
            await self.errands.answer(
                reply, answers.not_passed_on(error, self.actions.takeover.playbook)
            )

    async def _confirm(self, reply: ThreadReply) -> None:
        await quietly(
            self.errands.client.reactions_add(
                channel=reply.channel, timestamp=reply.ts, name=DELIVERED
            )
        )
        if reply.has_files:
            await self.errands.answer(reply, answers.NO_FILES)


def _key(reply: ThreadReply) -> str:
    return f"{'broadcast' if reply.is_broadcast else 'message'}:{reply.channel}:{reply.ts}"
