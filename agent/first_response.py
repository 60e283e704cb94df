"""PATH 1, a visitor wrote: read, recall, score, find, plan, publish, record."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import perf_counter

import structlog

from agent.briefing import LONGEST_QUOTE, brief
from agent.clock import Clock
from agent.composed_reply import ComposedWriter
from agent.conversation import Audience, Author, ConversationId, Held, MessageId, Source
from agent.decision import Decision, decide_handoff, open_handoff
from agent.errors import (
    HandoffEndedError,
    LibraryUnavailableError,
    ModelUnavailableError,
    StaleEpochError,
)
from agent.facts import AskedQuestion, Fact, Findings, Library
from agent.grounding import Sources, backing, objection, sources_of
from agent.handoff import Change, Handoff, HandoffId, Handoffs, refresh
from agent.history import Histories
from agent.playbook import Playbook
from agent.questions import split_questions
from agent.reply import Known, Move, Plan, Refused, Reply, Sentence, Writer, plan_reply
from agent.scoring import Assessment, score_lead
from agent.signals import Reading, SignalDetector, SignalKind
from agent.speech import SentenceBuffer
from agent.turn import Conversations, Turn
from agent.watcher import Watcher
from prompts.phrases import phrases, reasons

log = structlog.get_logger()
MOST_SOURCES = 3
PRICE_FACTS = 12


@dataclass(slots=True)
class Draft:
    """A reply in the making."""

    message_id: MessageId
    started: float
    interrupted: asyncio.Event
    sentences: list[Sentence] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    degraded: str | None = None
    writer: str = ""
    first_shown: float | None = None

    @property
    def text(self) -> str:
        """Give what was shown so far."""
        return "".join(sentence.text for sentence in self.sentences).strip()

    def times(self) -> dict[str, float]:
        """Give the milliseconds until the first sentence was shown, and until now."""
        times = {"total": perf_counter() - self.started}
        if self.first_shown is not None:
            times["first_sentence"] = self.first_shown - self.started
        return {step: round(1000 * seconds, 2) for step, seconds in times.items()}


class Stopwatch:
    """Measures the steps of a turn, in milliseconds."""

    def __init__(self) -> None:
        """Start."""
        self.spans: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, step: str) -> None:
        """Note the time since the last lap."""
        now = perf_counter()
        self.spans[step] = round(1000 * (now - self._last), 2)
        self._last = now


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was made of the words: the decision, the handoff in force, and the plan of the reply."""

    assessment: Assessment
    decision: Decision
    handoff: Handoff | None
    plan: Plan


@dataclass(frozen=True, slots=True)
class FirstResponse:
    """Answers visitors. `writer` is None without a model; the composed writer is always there."""

    conversations: Conversations
    handoffs: Handoffs
    histories: Histories
    library: Library
    detector: SignalDetector
    audience: Audience
    playbook: Playbook
    clock: Clock
    new_id: Callable[[str], str]
    writer: Writer | None = None
    watcher: Watcher = field(default_factory=Watcher)
    composed: Writer = field(default_factory=ComposedWriter)
    drafts: dict[ConversationId, Draft] = field(default_factory=dict)
    on_handoff: Callable[[ConversationId], None] = field(default=lambda _: None)

    async def respond(self, conversation_id: ConversationId) -> None:
        """Answer what is unanswered; can be run again at any moment and does nothing twice."""
        while await self._respond_once(conversation_id):
            pass

    async def anticipate(self, text: str) -> None:
        """Begin to look facts up while a message is still being saved; the library remembers them."""
        try:
            await asyncio.gather(*(self.library.find(each) for each in split_questions(text)))
        except LibraryUnavailableError:
            return

    def interrupt(self, conversation_id: ConversationId) -> None:
        """Drop the draft of which nothing was shown yet: new words arrived, or a rep took over."""
        if (draft := self.drafts.get(conversation_id)) and not draft.sentences:
            draft.interrupted.set()

    async def _respond_once(self, conversation_id: ConversationId) -> bool:
        """Answer one burst; tell whether to look again, because the draft went out of date."""
        async with self.conversations.hold(conversation_id) as held:
            if held is None or not held.unanswered:
                return False
            try:
                await self._turn(held)
            except StaleEpochError:
                self._take_back(conversation_id)
                log.info("turn.dropped", conversation_id=conversation_id)
                return True
            finally:
                self.drafts.pop(conversation_id, None)
                self.audience.set_typing(conversation_id, None)
        return False

    def _take_back(self, conversation_id: ConversationId) -> None:
        draft = self.drafts.get(conversation_id)
        if draft and draft.sentences:
            self.audience.discard(conversation_id, draft.message_id)
        self.audience.announce(conversation_id)

    async def _turn(self, held: Held) -> None:
        turn_id, started_at, clock = self.new_id("turn"), self.clock.now(), Stopwatch()
        structlog.contextvars.bind_contextvars(
            turn_id=turn_id, conversation_id=held.conversation.id
        )
        draft = self._begin(held)
        judgement = await self._judge(held, started_at, clock)
        self.audience.set_typing(held.conversation.id, Author.AGENT)
        with self.watcher.step("write"):
            reply = await self._publish(judgement.plan, held, draft)
        clock.lap("write")
        handoff, assessment = judgement.handoff, judgement.assessment
        turn = Turn(
            id=turn_id,
            answered=tuple(message.id for message in held.unanswered),
            reading=assessment.reading,
            score=assessment.score,
            facts=_used(draft, judgement.plan),
            handoff=handoff if handoff and handoff.state.is_active else None,
            decision=judgement.decision.because,
            reply=reply,
            playbook_version=self.playbook.version,
            prompt_version=(self.writer or self.composed).version,
            started_at=started_at,
            milliseconds=clock.spans | draft.times(),
            asked=judgement.plan.ask.value if judgement.plan.ask else None,
        )
        with self.watcher.step("record"):
            await self._record(held, turn, assessment)
        await self._refresh(held, turn, assessment)

    async def _judge(self, held: Held, now: datetime, clock: Stopwatch) -> Judgement:
        """Read, recall, score, decide and plan; a rep is called before the library has answered."""
        reading = self.detector.read(held.unanswered, held.before)
        clock.lap("read")
        finding = asyncio.create_task(self._find(held, reading))
        assessment, latest = await self._assess(held, reading, now)
        clock.lap("recall")
        decision = decide_handoff(reading, assessment.score, latest, self.playbook)
        handoff = await self._hand_off(held, decision, assessment) if decision.calls_rep else latest
        clock.lap("decide")
        known = await finding
        clock.lap("find")
        plan = plan_reply(held, assessment, known, handoff, self.playbook, self._now(held))
        return Judgement(assessment, decision, handoff, plan)

    def _now(self, held: Held) -> datetime:
        """Give the instant the conversation plays at, for hours and promises."""
        return held.conversation.now_in(self.clock.now())

    def _begin(self, held: Held) -> Draft:
        draft = Draft(MessageId(self.new_id("m")), perf_counter(), asyncio.Event())
        self.drafts[held.conversation.id] = draft
        return draft

    async def _assess(
        self, held: Held, reading: Reading, now: datetime
    ) -> tuple[Assessment, Handoff | None]:
        """Recall and score; give the latest handoff along with it."""
        with self.watcher.step("recall"):
            history, latest = await asyncio.gather(
                self.histories.recall(held.conversation),
                self.handoffs.latest(held.conversation.id),
            )
        score = score_lead(history, reading, self.playbook, now)
        return Assessment(reading, history, score), latest

    async def _find(self, held: Held, reading: Reading) -> Known:
        """Find facts for each question, and the price list for those who ask what it costs."""
        texts = split_questions(held.text)
        try:
            asked = tuple([AskedQuestion(text, await self.library.find(text)) for text in texts])
            more: tuple[Findings, ...] = ()
            if reading.has(SignalKind.PRICING):
                query = phrases("en").fill("price_query")
                more = (await self.library.find(query, PRICE_FACTS),)
        except LibraryUnavailableError as error:
            log.warning("library.failed", reason=str(error))
            return Known(tuple(AskedQuestion(text, Findings()) for text in texts))
        found = tuple(question.findings for question in asked)
        return Known(asked, found[0].joined((*found[1:], *more)))

    async def _hand_off(self, held: Held, decision: Decision, assessment: Assessment) -> Handoff:
        handoff = open_handoff(
            HandoffId(self.new_id("h")), decision, held, assessment, self.playbook, self.clock.now()
        )
        opened = await self.handoffs.open(held, handoff)
        self.audience.announce(held.conversation.id)
        self.watcher.handoff_opened(opened)
        self.on_handoff(held.conversation.id)
        log.info("handoff.opened", handoff_id=opened.id, temperature=opened.temperature.value)
        return opened

    async def _publish(self, plan: Plan, held: Held, draft: Draft) -> Reply:
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
        return _reply(draft, plan)

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
                piece = await _next(pieces, draft, limit - perf_counter())
                if piece is None:
                    break
                for sentence in buffer.add(piece):
                    yield sentence
            for sentence in buffer.flush():
                yield sentence
        finally:
            await _close(pieces)

    async def _record(self, held: Held, turn: Turn, assessment: Assessment) -> None:
        message = await self.conversations.record_turn(held, turn)
        conversation_id = held.conversation.id
        self.audience.announce(conversation_id)
        is_first = turn.reply is not None and held.is_first
        waited = self.clock.now() - held.unanswered[0].created_at if is_first else None
        self.watcher.turn_recorded(turn, waited, assessment.history.temperature)
        log.info(
            "turn.recorded",
            kind=turn.reading.kind.value,
            temperature=turn.score.temperature.value,
            score=turn.score.total,
            writer=turn.reply.writer if turn.reply else None,
            seq=message.seq if message else None,
            milliseconds=turn.milliseconds,
        )

    async def _refresh(self, held: Held, turn: Turn, assessment: Assessment) -> None:
        """Keep the card of an active handoff current, and tell the rep when the model was not there."""
        if turn.handoff is None:
            return
        briefing = brief(held, assessment, self.playbook, self._now(held))
        if turn.reply:
            notes = (reasons().fill("note_degraded"),) if turn.reply.degraded else ()
            briefing = replace(
                briefing, already_said=turn.reply.text[:LONGEST_QUOTE], notes=briefing.notes + notes
            )
        temperature = assessment.score.temperature
        try:
            await self.handoffs.change(
                turn.handoff.id,
                lambda h: refresh(h, briefing, temperature),
                Change(because="refreshed"),
            )
        except HandoffEndedError:
            return


async def _next(pieces: AsyncIterator[str], draft: Draft, seconds: float) -> str | None:
    """Wait for the next piece, an interruption, or the time limit, whichever comes first."""
    piece = asyncio.ensure_future(anext(pieces, None))
    interrupted = asyncio.ensure_future(draft.interrupted.wait())
    try:
        await asyncio.wait(
            {piece, interrupted}, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED
        )
        if draft.interrupted.is_set() and not draft.sentences:
            raise StaleEpochError("New words arrived before anything was shown.")
        if not piece.done():
            raise ModelUnavailableError("The model took too long.")
        return piece.result()
    finally:
        for task in (piece, interrupted):
            if not task.done():
                task.cancel()
        await asyncio.gather(piece, interrupted, return_exceptions=True)


async def _close(pieces: AsyncIterator[str]) -> None:
    """End a writer's stream, whatever state it is in."""
    aclose = getattr(pieces, "aclose", None)
    if aclose is not None:
        await aclose()


def _used(draft: Draft, plan: Plan) -> tuple[Fact, ...]:
    """Give the facts that back what was shown, the first cited first."""
    facts = {str(found.fact.id): found.fact for found in plan.findings.facts}
    cited = dict.fromkeys(fact_id for sentence in draft.sentences for fact_id in sentence.fact_ids)
    return tuple(facts[fact_id] for fact_id in cited if fact_id in facts)


def _reply(draft: Draft, plan: Plan) -> Reply:
    return Reply(
        message_id=draft.message_id,
        text=draft.text,
        writer=draft.writer,
        sources=_sources(_used(draft, plan), plan.playbook.company.website),
        sentences=tuple(draft.sentences),
        refused=tuple(draft.refused),
        degraded=draft.degraded,
    )


def _sources(facts: tuple[Fact, ...], website: str) -> tuple[Source, ...]:
    """Give each page once, the first cited first."""
    pages: dict[str, Source] = {}
    for fact in facts:
        url = website.rstrip("/") + fact.url if fact.url.startswith("/") else fact.url
        pages.setdefault(fact.page, Source(fact.page, url))
    return tuple(pages.values())[:MOST_SOURCES]
