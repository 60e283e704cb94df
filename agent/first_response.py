"""PATH 1, a visitor wrote: read, recall, score, find, plan, publish, record."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter

import structlog

from agent.answering.features import AnswerReader
from agent.briefing import brief, with_reply
from agent.clock import Clock
from agent.composed_reply import ComposedWriter
from agent.context import in_context, since_handled
from agent.conversation import (
    Audience,
    Author,
    Conversation,
    ConversationId,
    Held,
    MessageId,
    RepId,
)
from agent.decision import Decision, decide_handoff, open_handoff
from agent.draft import Draft, Stopwatch, used
from agent.duty import Duty
from agent.engagement import EngagementLog
from agent.errors import (
    HandoffEndedError,
    StaleEpochError,
)
from agent.facts import Library
from agent.finding import About, find_known
from agent.foresight import Foreseer, Foresights
from agent.gaps import Gaps
from agent.handoff import (
    Change,
    Handoff,
    HandoffId,
    Handoffs,
    HandoffState,
    Joining,
    refresh,
)
from agent.history import Histories, History
from agent.noting import note_gaps, note_requests
from agent.playbook import Playbook
from agent.promising import promise
from agent.publishing import Publisher
from agent.reply import Known, Move, Plan, Reply, Writer, plan_reply
from agent.requests import as_meant
from agent.scoring import Assessment, score_lead
from agent.signals import Reading, SignalDetector
from agent.turn import Conversations, Turn
from agent.watcher import Watcher
from prompts.phrases import phrases, reasons

log = structlog.get_logger()


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
    foreseen: Foresights = field(default_factory=Foresights)
    on_handoff: Callable[[ConversationId], None] = field(default=lambda _: None)
    engagement: EngagementLog | None = None
    on_turn: Callable[[Held, Turn], None] = field(default=lambda _held, _turn: None)
    gaps: Gaps | None = None
    reader: AnswerReader | None = None
    duty: Duty | None = None

    async def respond(self, conversation_id: ConversationId) -> None:
        """Answer what is unanswered; can be run again at any moment and does nothing twice."""
        while await self._respond_once(conversation_id):
            pass
        self.watcher.responded(conversation_id)

    async def anticipate(self, conversation: Conversation, text: str) -> None:
        """Read new words and look facts up while they are still being saved, unless too many write at once."""
        if self.foreseen.are_enough:
            return
        foreseer = Foreseer(self.conversations, self.detector, self.library, self.reader)
        with self.foreseen.begin(conversation.id) as foresight:
            await foreseer.look(conversation, text, foresight)

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
        reply = await self._reply(judgement.plan, held, draft)
        clock.lap("write")
        handoff, assessment = judgement.handoff, judgement.assessment
        turn = Turn(
            id=turn_id,
            answered=tuple(message.id for message in held.unanswered),
            reading=assessment.reading,
            score=assessment.score,
            facts=used(draft),
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
        await note_requests(self.engagement, held, judgement.plan, turn_id, self.clock.now())
        await note_gaps(self.gaps, held, turn, judgement.plan, self.new_id)
        await self.refresh(held, turn, assessment)
        self.on_turn(held, turn)

    async def _reply(self, plan: Plan, held: Held, draft: Draft) -> Reply | None:
        """Write and show the reply; nothing where nothing is best."""
        if plan.move is Move.SILENT:
            return None
        self.audience.set_typing(held.conversation.id, Author.AGENT)
        with self.watcher.step("write"):
            return await self._publisher().publish(plan, held, draft)

    async def _judge(self, held: Held, now: datetime, clock: Stopwatch) -> Judgement:
        """Read, recall, score, decide and plan; a rep is called before the library has answered."""
        reading, (history, latest) = await asyncio.gather(self._read(held), self._recall(held))
        clock.lap("read")
        open_matters = since_handled(history, latest.ended_at if latest else None)
        reading = in_context(reading, held.unanswered, open_matters, self.playbook, now)
        reading = as_meant(reading, held)
        about = About(held, reading, history, self.playbook, self._now(held))
        finding = asyncio.create_task(self._find(about))
        assessment = Assessment(reading, history, score_lead(history, reading, self.playbook, now))
        decision = decide_handoff(reading, assessment.score, latest, self.playbook, now)
        if decision.calls_rep:
            handoff: Handoff | None = await self.hand_off(held, decision, assessment)
        else:
            handoff = await self.join(held, latest)
        handoff = await promise(handoff, held, history, self.playbook, now, self.handoffs)
        clock.lap("decide")
        known = await finding
        clock.lap("find")
        plan = plan_reply(held, assessment, known, handoff, self.playbook, self._now(held))
        return Judgement(assessment, decision, handoff, plan)

    async def _read(self, held: Held) -> Reading:
        """Read beside the event loop: it takes milliseconds, of a long message a tenth of a second."""
        await self.foreseen.read(held.conversation.id)
        return await asyncio.to_thread(self.detector.read, held.unanswered, held.before)

    async def _find(self, about: About) -> Known:
        await self.foreseen.found(about.held.conversation.id)
        return await find_known(about, self.library, self.reader)

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

    async def hand_off(self, held: Held, decision: Decision, assessment: Assessment) -> Handoff:
        """Open a handoff and tell everybody; gives the lead's active one when there is one. Raises StaleEpochError."""
        roster = await (self.duty or Duty(self.playbook)).roster()
        handoff = open_handoff(
            HandoffId(self.new_id("h")), decision, held, assessment, roster, self.clock.now()
        )
        opened = await self.handoffs.open(held, handoff, self._joining(held))
        if opened.id != handoff.id:
            return self._joined(held, opened)
        self.audience.announce(held.conversation.id)
        self.watcher.handoff_opened(opened)
        self.on_handoff(held.conversation.id)
        log.info("handoff.opened", handoff_id=opened.id, temperature=opened.temperature.value)
        return opened

    async def join(self, held: Held, latest: Handoff | None) -> Handoff | None:
        """Let the rep who was called for the lead elsewhere have this conversation, too; gives the handoff in force.

        Raises StaleEpochError, also when a rep holds the conversation from now on.
        """
        is_served = latest is not None and latest.id == held.conversation.handoff_id
        if latest is None or is_served or not latest.state.is_active:
            return latest
        active = await self.handoffs.join(held, self._joining(held))
        return self._joined(held, active) if active else latest

    def _joining(self, held: Held) -> Joining:
        words = phrases(held.conversation.locale.split("-")[0].lower())

        def greeting(rep_id: RepId) -> str | None:
            rep = self.playbook.rep(rep_id)
            return words.fill("rep_joined", rep=rep.name) if rep else None

        return Joining(reasons().fill("note_joined"), greeting)

    def _joined(self, held: Held, handoff: Handoff) -> Handoff:
        self.audience.announce(held.conversation.id)
        self.on_handoff(handoff.conversation_id)
        log.info("handoff.joined", handoff_id=handoff.id, conversation_id=held.conversation.id)
        if handoff.state is HandoffState.CLAIMED:
            raise StaleEpochError("A rep holds the lead's conversations, and now this one.")
        return handoff

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
            briefing = with_reply(briefing, turn.reply.text, is_backed=bool(turn.reply.sources))
            briefing = replace(briefing, notes=briefing.notes + notes)
        temperature = assessment.score.temperature
        try:
            await self.handoffs.change(
                turn.handoff.id,
                lambda h: refresh(h, briefing, temperature),
                Change(because="refreshed"),
            )
        except HandoffEndedError:
            return
