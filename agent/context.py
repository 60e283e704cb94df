"""What a message means in the light of what its writer said and did before."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from agent.approvals import approved_budget
from agent.conversation import Message
from agent.courtesies import is_calling_out
from agent.history import History
from agent.lead import Lead
from agent.playbook import Playbook
from agent.scoring_rules import IntentRules
from agent.signals import (
    DESCRIBING,
    EVALUATING,
    HeardSignal,
    MessageKind,
    Readiness,
    Reading,
    SignalKind,
    readiness,
)
from agent.talk import in_the_talk

FEW_MORE_WORDS = 6  # beside the wish for a person: a please, a name
# What a question about the trade is mistaken for; vendors write from firms of the trade too.
MISTAKEN = (MessageKind.STUDENT_PRESS, MessageKind.JOB_SEEKER, MessageKind.SPAM)
FEW_WORDS = 8  # in which a number or a name is easily taken for something else
SURE = 0.9  # what plain words tell; below it, a model's word for a refusal in a hot talk is doubted


def in_context(
    reading: Reading,
    unanswered: tuple[Message, ...],
    history: History,
    playbook: Playbook,
    now: datetime,
) -> Reading:
    """Read the messages to be answered as part of the talk; pure, and the model's word is no more than a part of it."""
    rules, talk = playbook.scoring.intent, _of_the_talk(history, playbook, now)
    if reading.kind in MISTAKEN and _fits(history.lead, playbook):
        reading = replace(reading, kind=MessageKind.OTHER)
    reading = in_the_talk(reading, rules.telling(history.heard), playbook.talk, now)
    if _is_unclear(reading, unanswered, talk):
        reading = replace(reading, readiness=Readiness.COLD, signals=())
    if reading.kind is MessageKind.OTHER and reading.has(SignalKind.HUMAN):
        return _asked_for_person(reading, unanswered, history, playbook)
    if reading.kind is not MessageKind.SALES or reading.has(SignalKind.COOLING):
        return reading
    if _explains(reading, unanswered, talk):
        return replace(reading, readiness=Readiness.COLD)
    return _weighed(_with_approval(reading, unanswered), talk, rules)


def since_handled(history: History, handled_at: datetime | None) -> History:
    """Leave out the signals that a rep has dealt with: they make what is said afterwards no readier.

    Otherwise a mere question after a handoff has ended would complete what led to it, and call the rep again.
    """
    if handled_at is None:
        return history
    signals = tuple(signal for signal in history.signals if signal.at > handled_at)
    return replace(history, signals=signals)


def _asked_for_person(
    reading: Reading, unanswered: tuple[Message, ...], history: History, playbook: Playbook
) -> Reading:
    """Heed a wish for a person that is all somebody says, or comes from somebody known, or comes again.

    Whoever tells a stranger's story beside it is told first what is sold here. Calling out is no wish for a person.
    """
    wishes = [signal for signal in reading.signals if signal.kind is SignalKind.HUMAN]
    if all(is_calling_out(wish.quote) for wish in wishes):
        kept = tuple(signal for signal in reading.signals if signal not in wishes)
        return replace(reading, signals=kept)
    earlier = _earlier(history.signals, unanswered)
    asked_before = any(signal.kind is SignalKind.HUMAN for signal in earlier)
    if asked_before or _is_all(reading, unanswered) or _is_known(history, playbook):
        return replace(reading, readiness=Readiness.HOT)
    return reading


def _fits(lead: Lead, playbook: Playbook) -> bool:
    """Tell whether somebody's company is of an industry and a size that we sell to."""
    fit, company = playbook.scoring.fit, lead.company
    is_sized = fit.smallest <= (company.employees or 0) <= fit.largest
    return is_sized and company.industry in fit.industries


def _of_the_talk(history: History, playbook: Playbook, now: datetime) -> History:
    """Leave of what was heard what was said in this talk."""
    since = now - playbook.talk.same_talk
    heard = tuple(each for each in history.heard if since <= each.at <= now)
    signals = tuple(each for each in history.signals if since <= each.at <= now)
    return replace(history, heard=heard, signals=signals)


def _is_unclear(reading: Reading, unanswered: tuple[Message, ...], talk: History) -> bool:
    """Tell whether a few words among those of somebody hot were taken, and not surely, for a refusal."""
    refusals = [s.confidence for s in reading.signals if s.kind is SignalKind.COOLING]
    return (
        bool(refusals)
        and max(refusals) < SURE
        and _count(unanswered) <= FEW_WORDS
        and any(h.readiness is Readiness.HOT for h in talk.heard)
    )


def _count(unanswered: tuple[Message, ...]) -> int:
    return sum(len(message.text.split()) for message in unanswered)


def _explains(reading: Reading, unanswered: tuple[Message, ...], talk: History) -> bool:
    """Tell whether somebody who has just refused only says what things are like, and asks nothing."""
    kinds = {signal.kind for signal in reading.signals}
    asks = any(mark in message.text for message in unanswered for mark in "?？؟")
    is_told = reading.readiness is not Readiness.HOT and kinds <= DESCRIBING - {SignalKind.NEED}
    return is_told and not asks and _refused_at(talk) is not None


def _refused_at(talk: History) -> datetime | None:
    """Tell when somebody refused in this talk, if that was the last they said of buying."""
    newest = max(talk.signals, key=lambda s: (s.at, s.kind is SignalKind.COOLING), default=None)
    return newest.at if newest and newest.kind is SignalKind.COOLING else None


def _is_all(reading: Reading, unanswered: tuple[Message, ...]) -> bool:
    wish = max(len(s.quote.split()) for s in reading.signals if s.kind is SignalKind.HUMAN)
    return _count(unanswered) - wish <= FEW_MORE_WORDS


def _is_known(history: History, playbook: Playbook) -> bool:
    """Tell whether a record, an act or earlier words speak for a buyer."""
    telling = playbook.scoring.engagement.telling_acts()
    is_on_record = bool(history.lead.company.name or history.lead.email)
    has_acted = any(event.name in telling for event in history.events)
    return is_on_record or has_acted or any(h.kind is MessageKind.SALES for h in history.heard)


def _earlier(
    signals: Iterable[HeardSignal], unanswered: tuple[Message, ...]
) -> tuple[HeardSignal, ...]:
    """Leave out what was heard in these very messages, which may be read a second time."""
    present = {message.id for message in unanswered}
    return tuple(signal for signal in signals if signal.message_id not in present)


def _with_approval(reading: Reading, unanswered: tuple[Message, ...]) -> Reading:
    """Add the approved budget that plain words state, where the detector has not heard it."""
    if reading.has(SignalKind.BUDGET):
        return reading
    found = ((message, approved_budget(message.text)) for message in unanswered)
    told = [
        HeardSignal(SignalKind.BUDGET, quote, SURE, message.id, message.created_at)
        for message, quote in found
        if quote
    ]
    if not told:
        return reading
    ready = Readiness.WARM if reading.readiness is Readiness.COLD else reading.readiness
    return replace(reading, signals=(*reading.signals, told[0]), readiness=ready)


def _weighed(reading: Reading, talk: History, rules: IntentRules) -> Reading:
    """Let what was heard decide how ready a message is, together with what was said before in the same talk."""
    heard = frozenset(signal.kind for signal in reading.signals)
    if reading.readiness is Readiness.HOT:
        return (
            reading
            if _is_ready(reading, heard, rules)
            else replace(reading, readiness=Readiness.WARM)
        )
    orders = SignalKind.PURCHASE in heard and heard & EVALUATING
    is_warm = reading.readiness is Readiness.WARM
    if orders or (is_warm and _completes(reading.signals, _of_buying(talk), rules)):
        return replace(reading, readiness=Readiness.HOT)
    return reading


def _is_ready(reading: Reading, heard: frozenset[SignalKind], rules: IntentRules) -> bool:
    """Tell whether more was heard than a question and what things are like today."""
    marks = (signal for signal in reading.signals if rules.makes_hot(signal))
    return readiness(reading.kind, heard) is Readiness.HOT or any(
        signal.kind not in DESCRIBING for signal in marks
    )


def _completes(
    present: tuple[HeardSignal, ...], earlier: tuple[HeardSignal, ...], rules: IntentRules
) -> bool:
    """Tell whether a date and another part of an evaluation were told one after the other."""
    dated, others = SignalKind.TIMELINE, EVALUATING - {SignalKind.TIMELINE}
    now, before = (
        {signal.kind for signal in signals if signal.kind in others or rules.makes_hot(signal)}
        for signals in (present, earlier)
    )
    return bool((dated in now and before & others) or (dated in before and now & others))


def _of_buying(talk: History) -> tuple[HeardSignal, ...]:
    """Give what was heard in a talk's messages of sales, since its last refusal."""
    sales = {m for h in talk.heard if h.kind is MessageKind.SALES for m in h.messages}
    refused = max((s.at for s in talk.signals if s.kind is SignalKind.COOLING), default=None)
    since = (s for s in talk.signals if refused is None or s.at > refused)
    return tuple(s for s in since if s.message_id in sales)
