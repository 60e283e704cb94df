"""PATH 1, a visitor wrote: read, recall, score, find, plan, publish, record."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter

import structlog

from agent.briefing import LONGEST_QUOTE, brief
from agent.clock import Clock
from agent.composed_reply import ComposedWriter
from agent.conversation import Audience, Author, ConversationId, Held, MessageId
from agent.decision import Decision, decide_handoff, open_handoff
from agent.draft import Draft, Stopwatch, used
from agent.errors import (
    HandoffEndedError,
    LibraryUnavailableError,
    StaleEpochError,
)
from agent.facts import AskedQuestion, Findings, Library
from agent.handoff import Change, Handoff, HandoffId, Handoffs, refresh
from agent.history import Histories, History
from agent.playbook import Playbook
from agent.publishing import Publisher
from agent.questions import split_questions
from agent.reply import Known, Plan, Writer, plan_reply
from agent.scoring import Assessment, score_lead
from agent.signals import Reading, SignalDetector, SignalKind, in_the_talk
from agent.turn import Conversations, Turn
from agent.watcher import Watcher
from prompts.phrases import phrases, reasons

log = structlog.get_logger()
PRICE_FACTS = 12


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
    on_turn: Callable[[Held, Turn], None] = field(default=lambda _held, _turn: None)

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
            reply = await self._publisher().publish(judgement.plan, held, draft)
        clock.lap("write")
        handoff, assessment = judgement.handoff, judgement.assessment
        turn = Turn(
            id=turn_id,
            answered=tuple(message.id for message in held.unanswered),
            reading=assessment.reading,
            score=assessment.score,
            facts=used(draft, judgement.plan),
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
        await self.refresh(held, turn, assessment)
        self.on_turn(held, turn)

    async def _judge(self, held: Held, now: datetime, clock: Stopwatch) -> Judgement:
        """Read, recall, score, decide and plan; a rep is called before the library has answered."""
        # Reading takes milliseconds, of a long message a tenth of a second: beside the event loop.
        reading, (history, latest) = await asyncio.gather(
            asyncio.to_thread(self.detector.read, held.unanswered, held.before),
            self._recall(held),
        )
        clock.lap("read")
        heard = self.playbook.scoring.intent.telling(history.heard)
        reading = in_the_talk(reading, heard, now)
        finding = asyncio.create_task(self._find(held, reading))
        assessment = Assessment(reading, history, score_lead(history, reading, self.playbook, now))
        decision = decide_handoff(reading, assessment.score, latest, self.playbook)
        handoff = await self.hand_off(held, decision, assessment) if decision.calls_rep else latest
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

    async def assess(
        self, held: Held, reading: Reading, now: datetime
    ) -> tuple[Assessment, Handoff | None]:
        """Recall and score; give the latest handoff along with it."""
        history, latest = await self._recall(held)
        score = score_lead(history, reading, self.playbook, now)
        return Assessment(reading, history, score), latest

    async def _recall(self, held: Held) -> tuple[History, Handoff | None]:
        with self.watcher.step("recall"):
            return await asyncio.gather(
                self.histories.recall(held.conversation),
                self.handoffs.latest(held.conversation.id),
            )

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

    async def hand_off(self, held: Held, decision: Decision, assessment: Assessment) -> Handoff:
        """Open a handoff and tell everybody; gives the active one when there is one. Raises StaleEpochError."""
        handoff = open_handoff(
            HandoffId(self.new_id("h")), decision, held, assessment, self.playbook, self.clock.now()
        )
        opened = await self.handoffs.open(held, handoff)
        self.audience.announce(held.conversation.id)
        self.watcher.handoff_opened(opened)
        self.on_handoff(held.conversation.id)
        log.info("handoff.opened", handoff_id=opened.id, temperature=opened.temperature.value)
        return opened

    def _publisher(self) -> Publisher:
        return Publisher(
            conversations=self.conversations,
            library=self.library,
            audience=self.audience,
            playbook=self.playbook,
            watcher=self.watcher,
            composed=self.composed,
            writer=self.writer,
        )

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

    async def refresh(self, held: Held, turn: Turn, assessment: Assessment) -> None:
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
