"""A reply shown sentence by sentence: each checked first, mended once where it can be, or left out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import perf_counter
from typing import Protocol

import structlog

from agent.composed_reply import disclosure
from agent.conversation import ConversationId, Held, MessageId, Sentence
from agent.draft import Draft, close, next_piece, reply_of
from agent.errors import LibraryUnavailableError, ModelUnavailableError, StaleEpochError
from agent.facts import Library
from agent.grounding import (
    Sources,
    backing,
    is_courtesy,
    is_quotable,
    objection,
    repaired,
    sources_of,
    steers,
    trusted,
)
from agent.playbook import Playbook
from agent.reply import Move, Plan, Refused, Reply, Writer
from agent.speech import SentenceBuffer
from agent.spending import current_conversation
from agent.unsaid import unsaid
from agent.watcher import Watcher
from prompts.phrases import phrases

log = structlog.get_logger()
MOST_REPAIRS = 1


class Stage(Protocol):
    """Says whether a reply may still be shown."""

    async def begin_showing(self, held: Held) -> None:
        """Note that the first sentence is about to be shown; raises StaleEpochError."""
        ...

    async def is_current(self, held: Held) -> bool:
        """Tell whether nobody took the conversation over."""
        ...


class Viewers(Protocol):
    """Whoever reads a reply while it is written."""

    def show(self, conversation_id: ConversationId, message_id: MessageId, text: str) -> None:
        """Show a further piece."""
        ...

    def discard(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        """Take back what was begun."""
        ...

    async def visitor_paused(self, conversation_id: ConversationId, at_most: timedelta) -> None:
        """Return when the visitor is not typing, and after `at_most` in any case."""
        ...


@dataclass(frozen=True, slots=True)
class Publisher:
    """Shows replies: the model's where there is one, else or after its failure the composed one."""

    conversations: Stage
    library: Library
    audience: Viewers
    playbook: Playbook
    watcher: Watcher
    composed: Writer
    writer: Writer | None = None

    async def publish(self, plan: Plan, held: Held, draft: Draft) -> Reply:
        """Show the reply to a plan; raises StaleEpochError when the conversation was taken over meanwhile."""
        is_named = plan.mention is not None and is_quotable(plan.mention.title)
        plan = replace(
            plan,
            mention=plan.mention if is_named else None,
            findings=trusted(plan.findings),
            questions=tuple(
                replace(each, findings=trusted(each.findings)) for each in plan.questions
            ),
        )
        if self.writer is not None and plan.move is Move.ANSWER and not self._steered(plan):
            try:
                await self._write_checked(self.writer, plan, held, draft)
            except ModelUnavailableError as error:
                draft.degraded = str(error)
                self.watcher.model_failed(str(error))
                log.warning("model.failed", reason=str(error), shown=len(draft.sentences))
        if not draft.sentences or _leaves_open(draft):
            await self._write_composed(plan, held, draft)
        for sentence in list(unsaid(draft.text, plan)):
            await self._show(draft.backed(sentence, (), ()), held, draft)
        return reply_of(draft, plan)

    def _steered(self, plan: Plan) -> bool:
        """Tell whether the visitor tells the agent what to say: no model is asked then."""
        if steers(plan.question):
            log.info("reply.steered")
            return True
        return False

    async def _write_composed(self, plan: Plan, held: Held, draft: Draft) -> None:
        """Show the composed reply, or what it adds to what was shown."""
        draft.writer = draft.writer if draft.sentences else self.composed.name
        sources, shown = sources_of(plan), draft.text
        async for sentence in self._sentences(self.composed, plan, draft):
            if sentence.strip() not in shown and not (shown and sentence.strip().endswith("?")):
                by = backing(sentence, sources)
                await self._show(draft.backed(sentence, by, sources.told), held, draft)

    async def _write_checked(self, writer: Writer, plan: Plan, held: Held, draft: Draft) -> None:
        draft.writer = writer.name
        current_conversation.set(held.conversation.id)
        check = _Check(self.library, plan)
        # Who writes is said before the first sentence that holds, and never alone.
        first = (
            [draft.backed(f"{disclosure(plan, phrases(plan.language))} ", (), ())]
            if plan.discloses
            else []
        )
        waiting: list[Sentence] = list(first)
        async for sentence in self._sentences(writer, plan, draft, check.look_ahead):
            checked = await check.passed(sentence, draft)
            if checked is None:
                continue
            waiting.append(checked)
            # A courtesy alone waits for what it introduces: nobody reads "Sure." and then nothing.
            if is_courtesy(sentence) and not draft.sentences:
                continue
            for each in waiting:
                await self._show(each, held, draft)
            waiting.clear()
        if not draft.refused and waiting != first:
            for each in waiting:
                await self._show(each, held, draft)

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
        if draft.sentences and not draft.sentences[-1].text[-1:].isspace():
            sentence = replace(sentence, text=f" {sentence.text.lstrip(' ')}")
        draft.sentences.append(sentence)
        self.audience.show(held.conversation.id, draft.message_id, sentence.text)
        if len(draft.sentences) == 1:
            # Whoever watches gets the first sentence before the others are composed.
            await asyncio.sleep(0)

    async def _sentences(
        self,
        writer: Writer,
        plan: Plan,
        draft: Draft,
        look_ahead: Callable[[SentenceBuffer], None] = lambda _: None,
    ) -> AsyncIterator[str]:
        """Give the writer's sentences as they are complete, within the playbook's time limits."""
        buffer, rules = SentenceBuffer(), self.playbook.replies
        pieces = writer.write(plan)
        deadline = draft.started + rules.whole_reply_seconds
        first = draft.started + rules.first_sentence_seconds
        try:
            while True:
                limit = deadline if draft.sentences or writer is self.composed else first
                piece = await next_piece(pieces, draft, limit - perf_counter())
                if piece is None:
                    break
                for sentence in buffer.add(piece):
                    yield sentence
                look_ahead(buffer)
            for sentence in buffer.flush():
                yield sentence
        finally:
            await close(pieces)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one sentence is checked against, and the plan with what was found for it."""

    plan: Plan
    sources: Sources


@dataclass(slots=True)
class _Check:
    """Checks the sentences of one reply against what was found for the question, and for the sentence itself."""

    library: Library
    plan: Plan
    repairs: int = field(default=0)
    _first: asyncio.Task[Prepared] | None = None
    _ahead: tuple[str, asyncio.Task[Prepared]] | None = None

    def look_ahead(self, buffer: SentenceBuffer) -> None:
        """Prepare while the model goes on: take apart what was found at first, then look up what seems complete."""
        if self._first is None:
            self._first = asyncio.create_task(asyncio.to_thread(self._plainly))
        if buffer.is_at_an_end:
            said = buffer.rest.strip()
            self._ahead = said, asyncio.create_task(self._prepare(said))

    async def passed(self, sentence: str, draft: Draft) -> Sentence | None:
        """Give the sentence, or what stands in for it; None when it is not shown."""
        if sentence.strip() in draft.text:
            return None
        sources = await self._sources(sentence.strip())
        because = objection(sentence, sources)
        if because is None:
            return draft.backed(sentence, backing(sentence, sources), sources.told)
        draft.refused.append(Refused(sentence, because))
        log.info("reply.ungrounded", rule=because.partition(":")[0])
        return self._mended(sentence, sources, draft)

    def _mended(self, sentence: str, sources: Sources, draft: Draft) -> Sentence | None:
        mended = repaired(sentence, sources, draft.text) if self.repairs < MOST_REPAIRS else None
        if mended is None:
            return None
        self.repairs += 1
        return draft.backed(mended, backing(mended, sources), sources.told)

    async def _sources(self, sentence: str) -> Sources:
        if self._ahead and self._ahead[0] == sentence:
            prepared = await self._ahead[1]
        else:
            prepared = await self._prepare(sentence)
        self.plan = prepared.plan
        return prepared.sources

    async def _prepare(self, sentence: str) -> Prepared:
        """Gather what backs or contradicts a sentence: the library is asked about the sentence, too."""
        try:
            found = await self.library.find(sentence)
        except LibraryUnavailableError:
            return self._plainly()
        plan = replace(self.plan, findings=self.plan.findings.joined((found,)))
        return Prepared(plan, sources_of(plan))

    def _plainly(self) -> Prepared:
        return Prepared(self.plan, sources_of(self.plan).prepared())


def _leaves_open(draft: Draft) -> bool:
    """Tell whether something was held back and nothing that was shown rests on a fact."""
    return bool(draft.refused) and not any(sentence.fact_ids for sentence in draft.sentences)
