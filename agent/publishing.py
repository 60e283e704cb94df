"""Showing a reply while it is being written: sentence by sentence, each checked, within the playbook's time limits."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter

import structlog

from agent.conversation import Audience, Held
from agent.draft import Draft, close, next_piece, reply_of
from agent.errors import ModelUnavailableError, StaleEpochError
from agent.grounding import Sources, backing, objection, sources_of
from agent.playbook import Playbook
from agent.reply import Move, Plan, Refused, Reply, Sentence, Writer
from agent.speech import SentenceBuffer
from agent.turn import Conversations
from agent.watcher import Watcher

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Publishing:
    """Shows replies. `writer` is None without a model; `composed` is always there, and steps in when that fails."""

    conversations: Conversations
    audience: Audience
    playbook: Playbook
    watcher: Watcher
    composed: Writer
    writer: Writer | None

    async def publish(self, plan: Plan, held: Held, draft: Draft) -> Reply:
        """Show the reply sentence by sentence; when the model fails, the composed one in its place."""
        sources = sources_of(plan)
        if self.writer is not None and plan.move is Move.ANSWER:
            try:
                await self._write(self.writer, plan, held, draft, sources)
            except ModelUnavailableError as error:
                draft.degraded = str(error)
                self.watcher.model_failed(str(error))
                log.warning("model.failed", reason=str(error), shown=len(draft.sentences))
        if not draft.sentences:
            await self._write(self.composed, plan, held, draft, sources)
        return reply_of(draft, plan)

    async def _write(
        self, writer: Writer, plan: Plan, held: Held, draft: Draft, sources: Sources
    ) -> None:
        draft.writer = writer.name
        async for sentence in self._sentences(writer, plan, draft):
            if writer is not self.composed and (because := objection(sentence, sources)):
                draft.refused.append(Refused(sentence, because))
                log.info("reply.ungrounded", rule=because.partition(":")[0])
                continue
            await self._show(Sentence(sentence, backing(sentence, sources)), held, draft)

    async def _show(self, sentence: Sentence, held: Held, draft: Draft) -> None:
        if not draft.sentences:
            hold = timedelta(seconds=self.playbook.replies.typing_hold_seconds)
            await self.audience.visitor_paused(held.conversation.id, hold)
            await self.conversations.begin_showing(held)
            draft.first_shown = perf_counter()
        elif not await self.conversations.is_current(held):
            self.audience.discard(held.conversation.id, draft.message_id)
            raise StaleEpochError(
                "The conversation was taken over while the reply was being shown."
            )
        draft.sentences.append(sentence)
        self.audience.show(held.conversation.id, draft.message_id, sentence.text)

    async def _sentences(self, writer: Writer, plan: Plan, draft: Draft) -> AsyncIterator[str]:
        """Give the writer's sentences as they are complete, within the playbook's time limits."""
        buffer, rules = SentenceBuffer(), self.playbook.replies
        pieces = writer.write(plan)
        deadline = draft.started + rules.whole_reply_seconds
        try:
            while True:
                limit = (
                    draft.started + rules.first_sentence_seconds
                    if not draft.sentences
                    else deadline
                )
                piece = await next_piece(pieces, draft, limit - perf_counter())
                if piece is None:
                    break
                for sentence in buffer.add(piece):
                    yield sentence
            for sentence in buffer.flush():
                yield sentence
        finally:
            await close(pieces)
