"""A reply drafted for a rep: what the agent would say to the visitor's last words, shown to nobody but the rep."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from time import perf_counter
from typing import Protocol

from agent.context import in_context
from agent.conversation import (
    Author,
    Conversation,
    ConversationId,
    Held,
    Message,
    MessageId,
)
from agent.draft import Draft
from agent.finding import About, find_known
from agent.first_response import FirstResponse
from agent.publishing import Publisher
from agent.reply import Plan, Request, plan_reply
from agent.requests import as_meant
from prompts.phrases import phrases

NEWEST = 100
NO_DRAFT_OF_OURS = MessageId("")
ADMISSIONS = ("unknown", "unknown_name", "unknown_near", "unknown_near_name")


class Drafter(Protocol):
    """Writes what a rep may say next."""

    async def draft(self, conversation_id: ConversationId) -> str:
        """Draft an answer to what the visitor said last; empty where there is nothing to answer, or nothing to answer with."""
        ...


@dataclass(frozen=True, slots=True)
class ReplyDrafter:
    """Drafts with the agent's own writers and checks; records nothing, and takes nothing over."""

    path: FirstResponse

    async def draft(self, conversation_id: ConversationId) -> str:
        """Draft an answer to what the visitor said last; empty where there is nothing to answer, or nothing to answer with."""
        conversation = await self.path.conversations.get(conversation_id)
        held = last_words(conversation, await self._newest(conversation))
        if not held.unanswered:
            return ""
        plan = as_a_rep(await self._plan(held))
        draft = Draft(NO_DRAFT_OF_OURS, perf_counter(), asyncio.Event())
        reply = await self._publisher().publish(plan, held, draft)
        return "" if _admits(reply.text, plan.language) else reply.text

    async def _newest(self, conversation: Conversation) -> list[Message]:
        after = max(0, conversation.last_seq - NEWEST)
        return await self.path.conversations.messages(conversation.id, after)

    async def _plan(self, held: Held) -> Plan:
        path, now = self.path, self.path.clock.now()
        reading = await asyncio.to_thread(path.detector.read, held.unanswered, held.before)
        history = await path.histories.recall(held.conversation)
        reading = as_meant(in_context(reading, held.unanswered, history, path.playbook, now), held)
        local_now = held.conversation.now_in(now)
        about = About(held, reading, history, path.playbook, local_now)
        known = await find_known(about, path.library, path.reader)
        assessment, _ = await path.assess(held, reading, now)
        return plan_reply(held, assessment, known, None, path.playbook, local_now)

    def _publisher(self) -> Publisher:
        path, unshown = self.path, _Unshown()
        return Publisher(
            conversations=unshown,
            library=path.library,
            audience=unshown,
            playbook=path.playbook,
            watcher=path.watcher,
            composed=path.composed,
            writer=path.writer,
        )


def last_words(conversation: Conversation, messages: list[Message]) -> Held:
    """Take the visitor's last run of messages as what is to be answered, answered already or not: pure."""
    said = [message for message in messages if message.author is not Author.SYSTEM]
    end = max((i for i, m in enumerate(said, 1) if m.author is Author.VISITOR), default=0)
    others = (i for i, m in enumerate(said[:end], 1) if m.author is not Author.VISITOR)
    start = max(others, default=0)
    return Held(conversation, tuple(said[start:end]), tuple(said[:start]))


def as_a_rep(plan: Plan) -> Plan:
    """Leave out what only the agent says: that it is one, that it is back, that it asks a colleague."""
    return replace(
        plan,
        is_first=False,
        was_returned=False,
        asks_person=False,
        promise=None,
        is_new_promise=False,
        next_step=None,
        requests=plan.requests - {Request.IS_HUMAN},
    )


def _admits(text: str, language: str) -> bool:
    """Tell whether the pages answer nothing of it: a rep knows better than to say so."""
    texts = phrases(language).texts
    return any(texts[key].partition("{")[0].strip() in text for key in ADMISSIONS)


class _Unshown:
    """Nobody watches, and nothing is out of date."""

    async def begin_showing(self, held: Held) -> None: ...

    async def is_current(self, held: Held) -> bool:  # noqa: ARG002 - nothing can be out of date
        return True

    def show(self, conversation_id: ConversationId, message_id: MessageId, text: str) -> None: ...

    def discard(self, conversation_id: ConversationId, message_id: MessageId) -> None: ...

    async def visitor_paused(self, conversation_id: ConversationId, at_most: timedelta) -> None: ...
