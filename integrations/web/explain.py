"""From values of the trade to JSON shapes; pure."""

from agent.briefing import Briefing
from agent.conversation import Attachment, Author, Conversation, Message, Sentence
from agent.facts import Fact
from agent.handoff import CallBack, Handoff
from agent.patterns import Pattern
from agent.playbook import Playbook
from agent.scoring import Reason, Score
from agent.signals import HeardSignal, Readiness, Signal, TextReading
from agent.turn import Turn
from integrations.web.shapes import (
    AttachmentShape,
    BriefingShape,
    CallBackShape,
    CaseMessageShape,
    CitationShape,
    ClassifiedShape,
    ConversationShape,
    FactShape,
    HandoffShape,
    MessageShape,
    PatternShape,
    PresentRepShape,
    ReasonShape,
    RefusedShape,
    RouteStepShape,
    ScoreShape,
    SentenceShape,
    SignalShape,
    SourceShape,
    TimedLineShape,
    TurnShape,
)


def explain_message(message: Message, playbook: Playbook) -> MessageShape:
    """Give a message as visitors read it."""
    here = f"/v1/conversations/{message.conversation_id}"
    return MessageShape(
        seq=message.seq,
        message_id=message.id,
        author=message.author,
        author_name=message.author_name,
        author_picture=_picture(message, playbook),
        text=message.text,
        created_at=message.created_at,
        in_reply_to=list(message.in_reply_to),
        sources=[SourceShape(title=source.title, url=source.url) for source in message.sources],
        attachments=[explain_attachment(each, here) for each in message.attachments],
        edited_at=message.edited_at,
        deleted_at=message.deleted_at,
        sentences=[_sentence(sentence) for sentence in message.sentences],
    )


def explain_case_message(
    message: Message, handoff: Handoff, playbook: Playbook
) -> CaseMessageShape:
    """Give a message as reps read it, who may see several conversations as one."""
    shape, here = explain_message(message, playbook), f"/v1/handoffs/{handoff.id}"
    read_there = {
        "attachments": [explain_attachment(each, here) for each in message.attachments],
        "conversation_id": message.conversation_id,
    }
    shown = {name: getattr(shape, name) for name in MessageShape.model_fields}
    return CaseMessageShape(**{**shown, **read_there})


def explain_rep(conversation: Conversation, playbook: Playbook) -> PresentRepShape | None:
    """Give the rep who holds a conversation as the visitor knows them."""
    rep = playbook.rep(conversation.rep_id)
    return PresentRepShape(name=rep.name, picture=rep.picture or None) if rep else None


def explain_attachment(attachment: Attachment, where: str) -> AttachmentShape:
    """Give a file, and its address below that of what it belongs to."""
    return AttachmentShape(
        attachment_id=attachment.id,
        name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        url=f"{where}/attachments/{attachment.id}",
    )


def explain_conversation(conversation: Conversation) -> ConversationShape:
    """Give the state of a conversation as reps see it."""
    return ConversationShape(
        conversation_id=conversation.id,
        lead_id=conversation.lead_id,
        held_by=conversation.holder,
        rep=conversation.rep_id,
        locale=conversation.locale,
        started_at=conversation.started_at,
        last_seq=conversation.last_seq,
        page_url=conversation.page.url,
        page_title=conversation.page.title,
        visitor_name=conversation.visitor.name,
        is_proven=conversation.visitor.is_proven,
        ended_at=conversation.ended_at,
        rating=conversation.rating,
        left_email=conversation.left_email,
    )


def explain_score(score: Score) -> ScoreShape:
    """Give a score with all its reasons."""
    return ScoreShape(
        total=score.total,
        intent=score.intent,
        engagement=score.engagement,
        fit=score.fit,
        temperature=score.temperature,
        since=score.since,
        grade=score.grade,
        reasons=[_reason(reason) for reason in score.reasons],
    )


def explain_pattern(pattern: Pattern) -> PatternShape:
    """Give a pattern with the acts that show it."""
    return PatternShape(
        name=pattern.name, because=pattern.because, at=pattern.at, events=list(pattern.events)
    )


def explain_handoff(handoff: Handoff) -> HandoffShape:
    """Give a handoff with its briefing."""
    return HandoffShape(
        handoff_id=handoff.id,
        conversation_id=handoff.conversation_id,
        lead_id=handoff.lead_id,
        state=handoff.state,
        temperature=handoff.temperature,
        reason=handoff.reason,
        opened_at=handoff.opened_at,
        due_at=handoff.claim_due_at,
        claimed_by=handoff.claimed_by,
        claimed_at=handoff.claimed_at,
        snoozed_until=handoff.snoozed_until,
        nudged_at=handoff.nudged_at,
        escalated_at=handoff.escalated_at,
        ended_at=handoff.ended_at,
        outcome=handoff.outcome,
        note=handoff.note,
        team=handoff.team,
        transferred_at=handoff.transferred_at,
        call_back=_call_back(handoff.call_back) if handoff.call_back else None,
        routed_to=list(handoff.routed_to),
        route=[
            RouteStepShape(rep_id=step.rep_id, is_chosen=step.is_chosen, because=step.because)
            for step in handoff.route
        ],
        briefing=explain_briefing(handoff.briefing),
    )


def explain_briefing(briefing: Briefing) -> BriefingShape:
    """Give a briefing as it stands on the card."""
    return BriefingShape(
        who=briefing.who,
        company=briefing.company,
        contact=briefing.contact,
        local_time=briefing.local_time,
        quote=briefing.quote,
        wants=briefing.wants,
        score=explain_score(briefing.score),
        why_now=list(briefing.why_now),
        known=list(briefing.known),
        missing=list(briefing.missing),
        competitors=list(briefing.competitors),
        timeline=[TimedLineShape(at=line.at, text=line.text) for line in briefing.timeline],
        already_said=briefing.already_said,
        next_step=briefing.next_step,
        notes=list(briefing.notes),
        reach=briefing.reach,
    )


def explain_turn(turn: Turn) -> TurnShape:
    """Give a turn with what was heard, weighed, decided, written and held back."""
    reply = turn.reply
    return TurnShape(
        turn_id=turn.id,
        started_at=turn.started_at,
        answered=list(turn.answered),
        message_id=reply.message_id if reply else None,
        kind=turn.reading.kind,
        readiness=turn.reading.readiness,
        language=turn.reading.language,
        signals=[_signal(signal) for signal in turn.reading.signals],
        competitors=list(turn.reading.competitors),
        score=explain_score(turn.score),
        facts=[_fact(fact) for fact in turn.facts],
        decision=turn.decision,
        handoff_id=turn.handoff.id if turn.handoff else None,
        writer=reply.writer if reply else None,
        degraded=reply.degraded if reply else None,
        refused=[
            RefusedShape(text=refused.text, because=refused.because)
            for refused in (reply.refused if reply else ())
        ],
        asked=turn.asked,
        milliseconds=dict(turn.milliseconds),
        playbook_version=turn.playbook_version,
        prompt_version=turn.prompt_version,
    )


def explain_reading(message_id: str | int, reading: TextReading) -> ClassifiedShape:
    """Give what one text says on its own."""
    return ClassifiedShape(
        id=message_id,
        kind=reading.kind,
        signals=[_signal(signal) for signal in reading.signals],
        temperature=reading.readiness,
        handoff=reading.readiness is Readiness.HOT,
        competitors=list(reading.competitors),
        language=reading.language,
    )


def _picture(message: Message, playbook: Playbook) -> str | None:
    if message.author is not Author.REP:
        return None
    named = (rep.picture for rep in playbook.reps if rep.name == message.author_name)
    return next(named, "") or None


def _sentence(sentence: Sentence) -> SentenceShape:
    return SentenceShape(
        text=sentence.text,
        sources=[
            CitationShape(source=each.source, title=each.title, url=each.url)
            for each in sentence.citations
        ],
    )


def _call_back(call: CallBack) -> CallBackShape:
    return CallBackShape(
        at=call.at,
        rep_id=call.rep_id,
        contact=call.contact,
        asked=call.asked,
        done_at=call.done_at,
        missed_at=call.missed_at,
    )


def _reason(reason: Reason) -> ReasonShape:
    return ReasonShape(
        points=reason.points,
        because=reason.because,
        group=reason.group,
        signal=reason.signal,
        quote=reason.quote,
        event=reason.event,
        at=reason.at,
    )


def _signal(signal: Signal | HeardSignal) -> SignalShape:
    return SignalShape(kind=signal.kind, quote=signal.quote, confidence=signal.confidence)


def _fact(fact: Fact) -> FactShape:
    return FactShape(title=fact.title, url=fact.url, text=fact.text)
