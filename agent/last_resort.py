"""What is left when a turn fails again and again, for a reason that nobody foresaw: the visitor is told, a rep called.

Errors of ours (a model, the library, the database being down) have ways of their own; this is for bugs.
"""

from collections import Counter
from dataclasses import dataclass, field

import structlog

from agent.conversation import ConversationId, Held, Holder, MessageId, Sentence
from agent.decision import Decision
from agent.errors import HotlineError, StaleEpochError
from agent.first_response import FirstResponse
from agent.handoff import Handoff
from agent.history import History
from agent.language import detect_language
from agent.lead import Lead
from agent.reply import Reply
from agent.scoring import Assessment, score_lead
from agent.signals import MessageKind, Readiness, Reading
from agent.turn import Turn
from prompts.phrases import phrases, reasons

log = structlog.get_logger()
TRIES = 3
MOST_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class LastResort:
    """Answers for turns that cannot be made; counts failures by the words they were to answer."""

    path: FirstResponse
    failures: Counter[MessageId] = field(default_factory=Counter)

    async def respond(self, conversation_id: ConversationId) -> None:
        """Answer as the first response does; after some failures in a row for the same words, with a plain sentence.

        Raises what went wrong as long as it is worth another try.
        """
        try:
            await self.path.respond(conversation_id)
        except HotlineError:
            raise
        except Exception:
            async with self.path.conversations.hold(conversation_id) as held:
                if held is None or not held.unanswered or self._is_worth_a_try(held):
                    raise
                log.exception("turn.given_up", conversation_id=conversation_id)
                await self._answer(held)
            self.path.watcher.responded(conversation_id)

    def _is_worth_a_try(self, held: Held) -> bool:
        last = held.unanswered[-1].id
        if len(self.failures) > MOST_REMEMBERED:
            self.failures.clear()
        self.failures[last] += 1
        return self.failures[last] < TRIES or held.conversation.holder is not Holder.AGENT

    async def _answer(self, held: Held) -> None:
        path, now = self.path, self.path.clock.now()
        language = detect_language(held.text)
        reading = Reading(MessageKind.OTHER, Readiness.COLD, language)
        history = History(Lead(held.conversation.lead_id))
        assessment = Assessment(reading, history, score_lead(history, None, path.playbook, now))
        decision = Decision(calls_rep=True, because=reasons().fill("decision_failed"))
        try:
            handoff = await self._call_rep(held, decision, assessment)
            key = "failed_passed_on" if handoff else "failed"
            turn = self._turn(held, assessment, handoff, phrases(language).fill(key))
            await path.conversations.record_turn(held, turn)
        except StaleEpochError:
            return
        path.audience.announce(held.conversation.id)

    async def _call_rep(
        self, held: Held, decision: Decision, assessment: Assessment
    ) -> Handoff | None:
        """Call a rep, or go on with the one who is called; None when that fails, too."""
        try:
            latest = await self.path.handoffs.latest(held.conversation.id)
            if latest is not None and latest.state.is_active:
                return await self.path.join(held, latest)
            return await self.path.hand_off(held, decision, assessment)
        except HotlineError:
            raise
        except Exception:
            log.exception("turn.no_rep_called", conversation_id=held.conversation.id)
            return None

    def _turn(self, held: Held, assessment: Assessment, handoff: Handoff | None, text: str) -> Turn:
        path = self.path
        message_id = MessageId(path.new_id("m"))
        return Turn(
            id=path.new_id("turn"),
            answered=tuple(message.id for message in held.unanswered),
            reading=assessment.reading,
            score=assessment.score,
            facts=(),
            handoff=handoff,
            decision=reasons().fill("decision_failed"),
            reply=Reply(message_id, text, "last resort", sentences=(Sentence(text),)),
            playbook_version=path.playbook.version,
            prompt_version="",
            started_at=path.clock.now(),
        )
