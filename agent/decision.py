"""Whether to call a rep now: arithmetic over the playbook, with a sentence that says why."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.briefing import brief
from agent.conversation import Held
from agent.duty import Roster
from agent.handoff import Handoff, HandoffId, HandoffState
from agent.history import History
from agent.patterns import Pattern
from agent.playbook import Playbook
from agent.routing import case_of, route
from agent.scoring import Assessment, Score
from agent.signals import MessageKind, Reading, SignalKind
from prompts.phrases import reasons


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a rep is called, and why or why not."""

    calls_rep: bool
    because: str


def decide_handoff(
    reading: Reading, score: Score, latest: Handoff | None, playbook: Playbook, now: datetime
) -> Decision:
    """Decide by the reading, the score and the lead's latest handoff, in any conversation.

    One handoff an episode: after one has ended, a new one needs new words that ask for a rep, or a new episode.
    """
    if refusal := _refusal(reading, latest, playbook):
        return Decision(calls_rep=False, because=refusal)
    if reading.asks_for_rep:
        return Decision(calls_rep=True, because=reasons().fill("decision_asked"))
    if reading.has(SignalKind.COOLING):
        return Decision(calls_rep=False, because=reasons().fill("decision_cooled"))
    return _by_score(reading, score, latest, playbook, now)


def decide_proactive(
    history: History,
    score: Score,
    patterns: tuple[Pattern, ...],
    latest: Handoff | None,
    playbook: Playbook,
    now: datetime,
) -> Decision:
    """Decide for a lead who has written nothing, by what they and their company just did.

    Asks for a hot lead and a pattern that calls a rep and has just been completed, beside others where the
    playbook wants more than one. `latest` is the lead's latest
    handoff, in any conversation: one an episode, which lasts until the lead has cooled and become hot anew, or
    `episode_days` after the handoff ended.
    """
    if refusal := _unasked_refusal(history, score, latest, playbook, now):
        return Decision(calls_rep=False, because=refusal)
    done_at, values = _done_at(latest), _values(score, playbook)
    news = _News(done_at, now - timedelta(hours=playbook.patterns.call_within_hours), now)
    if asked := _asked_by_act(history, playbook, news):
        because = reasons().fill("decision_explicit_act", act=asked, **values)
        return Decision(calls_rep=True, because=because)
    calling = _calling(patterns, news, playbook)
    if not calling or not _is_new_episode(score, done_at, playbook, now):
        key = "decision_same_behaviour" if calling else "decision_no_pattern"
        return Decision(calls_rep=False, because=reasons().fill(key))
    seen = max(calling, key=lambda pattern: (pattern.at, pattern.name)).because
    because = reasons().fill("decision_pattern", pattern=seen, **values)
    return Decision(calls_rep=True, because=because)


@dataclass(frozen=True, slots=True)
class _News:
    """The time of what may still call a rep: after the last handoff, and not long ago."""

    done_at: datetime
    oldest: datetime
    now: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.done_at < at and self.oldest <= at <= self.now


def _calling(patterns: tuple[Pattern, ...], news: _News, playbook: Playbook) -> list[Pattern]:
    """Give the news that call a rep; none where too few patterns in force would."""
    may_call = [pattern for pattern in patterns if pattern.calls_rep]
    if len(may_call) < playbook.patterns.call_needs:
        return []
    return [pattern for pattern in may_call if pattern.at in news]


def _asked_by_act(history: History, playbook: Playbook, news: _News) -> str:
    """Name the newest act among the news that asks for a salesperson as much as words would."""
    explicit = playbook.scoring.intent.explicit_acts
    asked = (e for e in history.events if e.name in explicit and e.at in news)
    newest = max(asked, key=lambda event: event.at, default=None)
    return newest.name if newest else ""


def open_handoff(
    handoff_id: HandoffId,
    decision: Decision,
    held: Held,
    assessment: Assessment,
    roster: Roster,
    now: datetime,
) -> Handoff:
    """Make the handoff with its briefing, its reps and its due time: the first of them can have come, in their hours."""
    conversation, playbook = held.conversation, roster.playbook
    local_now, reps = conversation.now_in(now), roster.shifted(conversation.rehearsal)
    case = case_of(held, assessment.reading.language, assessment.history)
    way = route(case, reps, local_now)
    due = reps.due_at(way.reps, local_now, playbook.claim_within())
    return Handoff(
        id=handoff_id,
        conversation_id=conversation.id,
        lead_id=conversation.lead_id,
        state=HandoffState.OPEN,
        temperature=assessment.score.temperature,
        reason=decision.because,
        opened_at=now,
        claim_due_at=due - conversation.rehearsal if due else None,
        briefing=brief(held, assessment, playbook, local_now),
        routed_to=way.reps,
        route=way.log,
        team=way.team,
    )


def _refusal(reading: Reading, latest: Handoff | None, playbook: Playbook) -> str | None:
    if latest and latest.state.is_active:
        return reasons().fill("decision_active")
    if playbook.scoring.intent.turns_away(reading.kind):
        return reasons().fill("decision_not_sales", kind=reading.kind.value.replace("_", " "))
    return None


def _unasked_refusal(
    history: History, score: Score, latest: Handoff | None, playbook: Playbook, now: datetime
) -> str | None:
    words = reasons()
    if latest and latest.state.is_active:
        return words.fill("decision_active")
    if playbook.scoring.intent.turns_away(kind := _last_kind(history, now)):
        return words.fill("decision_not_sales", kind=kind.value.replace("_", " "))
    if score.temperature.is_hot:
        return None
    is_below = words.fill("decision_below", **_values(score, playbook))
    return words.fill("decision_cooled") if _has_cooled(history, now) else is_below


def _last_kind(history: History, now: datetime) -> MessageKind:
    """Give what sort of message somebody wrote last, passing over those that say nothing of it."""
    heard = sorted((h for h in history.heard if h.at <= now), key=lambda h: h.at, reverse=True)
    kinds = [each.kind for each in heard]
    return next((kind for kind in kinds if kind is not MessageKind.OTHER), MessageKind.OTHER)


def _has_cooled(history: History, now: datetime) -> bool:
    """Tell whether the last thing heard was a negative."""
    heard = [signal for signal in history.signals if signal.at <= now]
    newest = max((signal.at for signal in heard), default=None)
    return any(signal.at == newest and signal.kind is SignalKind.COOLING for signal in heard)


def _done_at(latest: Handoff | None) -> datetime:
    if latest is None:
        return datetime.min.replace(tzinfo=UTC)
    return latest.ended_at or latest.opened_at


def _is_new_episode(score: Score, done_at: datetime, playbook: Playbook, now: datetime) -> bool:
    is_hot_anew = score.hot_since is not None and score.hot_since > done_at
    return is_hot_anew or now - done_at >= timedelta(days=playbook.patterns.episode_days)


def _values(score: Score, playbook: Playbook) -> dict[str, str]:
    return {
        "temperature": score.temperature.value.replace("_", "-"),
        "total": str(score.total),
        "hot_from": str(playbook.scoring.temperature.hot_from),
    }


def _by_score(
    reading: Reading, score: Score, latest: Handoff | None, playbook: Playbook, now: datetime
) -> Decision:
    words, values = reasons(), _values(score, playbook)
    if not score.temperature.is_hot:
        return Decision(calls_rep=False, because=words.fill("decision_below", **values))
    is_asked = reading.wants_rep or _is_new_episode(score, _done_at(latest), playbook, now)
    if latest and not is_asked:
        return Decision(calls_rep=False, because=words.fill("decision_same_episode"))
    if not (reading.wants_rep or reading.evaluates):
        return Decision(calls_rep=False, because=words.fill("decision_only_describes", **values))
    return Decision(calls_rep=True, because=words.fill("decision_hot", **values))
