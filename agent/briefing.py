"""What the rep reads first: who, why now, history, qualification, next step."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.conversation import Author, Conversation, Held, Message, MessageSource
from agent.criteria import Criterion
from agent.history import History
from agent.lead import Company, Lead
from agent.playbook import Competitor, Playbook
from agent.qualification import QUANTITY, Evidence, Qualification, qualify_lead
from agent.reasons import Reason, ReasonGroup
from agent.request_words import CALL
from agent.routing import case_of, opens_at
from agent.scoring import Assessment, Score
from agent.signals import HeardSignal, Reading, SignalKind
from agent.timeline import BriefingLine as BriefingLine
from agent.timeline import timeline
from prompts.phrases import reasons

LONGEST_QUOTE = 400
MOST_REASONS = 3
MOST_WANTS = 3
RECENT = timedelta(days=30)
PHONE = re.compile(
    r"(?<![\w./-])(?!\d{4}-\d\d?-\d\d?\b|\d\d?([./-])\d\d?\1\d{2,4}\b)\+?\(?\d[\d ()./-]{6,18}\d(?!\w)"
)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything on one card; short strings ready to be shown to a rep."""

    who: str
    company: str
    contact: str
    local_time: str
    quote: str
    wants: str
    score: Score
    why_now: tuple[str, ...]
    known: tuple[str, ...]
    missing: tuple[str, ...]
    competitors: tuple[str, ...]
    timeline: tuple[BriefingLine, ...]
    already_said: str
    next_step: str
    notes: tuple[str, ...] = ()
    reach: str = ""


def brief(held: Held, assessment: Assessment, playbook: Playbook, now: datetime) -> Briefing:
    """Write the briefing from what is known at this moment."""
    reading, history, score = assessment.reading, assessment.history, assessment.score
    known = qualify_lead(history, reading, held)
    return Briefing(
        who=_who(history.lead),
        company=_company(history.lead.company),
        contact=" · ".join(filter(None, (history.lead.email, history.lead.phone))),
        local_time=_local_time(history.lead, now),
        quote=_most_telling(held, _heard(assessment, held)),
        wants=_wants(held, _heard(assessment, held)),
        score=score,
        why_now=tuple(_short(r.because, f" ({r.points:+d})") for r in _weightiest(score)),
        known=tuple(_known(criteria, each) for criteria, each in _by_words(known)),
        missing=tuple(criterion.value.replace("_", " ") for criterion in known.missing()),
        competitors=tuple(_battlecards(_rivals(held, reading, playbook), playbook)),
        timeline=timeline(history, playbook),
        already_said=_last_reply(held),
        next_step=_next_step(held, reading, known) if held.unanswered else _reach_out(history),
        notes=tuple(map(_short, _notes(held, assessment, playbook, now))),
        reach=_short(_reach(held, history.lead)),
    )


def with_reply(briefing: Briefing, text: str, *, is_backed: bool) -> Briefing:
    """Add what was just said, unless something of more substance was said before."""
    is_telling = is_backed or not briefing.already_said
    return replace(briefing, already_said=text[:LONGEST_QUOTE]) if is_telling else briefing


def _who(lead: Lead) -> str:
    return ", ".join(filter(None, (lead.name, lead.title))) or "A visitor we do not know yet"


def _company(company: Company) -> str:
    size = f"{company.employees:,} people" if company.employees else ""
    details = ", ".join(filter(None, (company.industry, size, company.city, company.country)))
    return f"{company.name} ({details})" if company.name and details else company.name or details


def _local_time(lead: Lead, now: datetime) -> str:
    try:
        return f"{now.astimezone(ZoneInfo(lead.time_zone)):%H:%M} there" if lead.time_zone else ""
    except (ZoneInfoNotFoundError, ValueError):
        return ""


def _heard(assessment: Assessment, held: Held) -> tuple[HeardSignal, ...]:
    """Give the signals of this conversation, those of the words to be answered first."""
    ours = {message.id for message in held.before}
    earlier = (s for s in assessment.history.signals if s.message_id in ours)
    return tuple(dict.fromkeys((*assessment.reading.signals, *earlier)))


def _weightiest(score: Score) -> list[Reason]:
    """Give the reasons that matter most: what holds the score down, what was said, what was done, then who it is."""
    by_weight = sorted(score.reasons, key=lambda reason: -abs(reason.points))
    losses = [reason for reason in by_weight if reason.points < 0][:1]
    said = [r for r in by_weight if r.points > 0 and r.group is ReasonGroup.INTENT]
    # That it was an inquiry says less than what for.
    said.sort(key=lambda reason: reason.because == reasons().fill("direct_inquiry"))
    done = [r for r in by_weight if r.points > 0 and r.group is ReasonGroup.ENGAGEMENT]
    fit = [r for r in by_weight if r.points > 0 and r.group is ReasonGroup.FIT]
    return [*losses, *said[:2], *done[:1], *said[2:], *done[1:], *fit][:MOST_REASONS]


def _said(held: Held) -> list[Message]:
    """Give what the visitor said in this conversation, newest first."""
    said = (*held.before, *held.unanswered)
    return [message for message in reversed(said) if message.author is Author.VISITOR]


def _most_telling(held: Held, heard: tuple[HeardSignal, ...]) -> str:
    """Give the visitor's words that matter: the message with the most signals, else the last one."""
    said, counts = _said(held), Counter(signal.message_id for signal in heard)
    telling = max(said, key=lambda message: counts[message.id], default=None)
    return telling.text[:LONGEST_QUOTE] if telling else ""


def _wants(held: Held, heard: tuple[HeardSignal, ...]) -> str:
    """Give how many, what and by when, in the visitor's own words; the newest first."""
    kinds = (SignalKind.TIMELINE, SignalKind.PURCHASE, SignalKind.DEMO)
    spans = dict.fromkeys(signal.quote for signal in heard if signal.kind in kinds)
    whole = [s for s in spans if not any(s in other for other in spans if other != s)]
    quantity, rest = _quantity(held), " · ".join(whole[:MOST_WANTS])
    wanted = (quantity if quantity not in rest else "", rest)
    return " · ".join(filter(None, wanted))[:LONGEST_QUOTE]


def _quantity(held: Held) -> str:
    """Give the number that was named last, with what it counts."""
    for message in _said(held):
        text = PHONE.sub(" ", message.text)
        if numbers := QUANTITY.findall(text):
            counted = re.search(rf"{re.escape(numbers[0])}\s+\w+", text)
            return counted[0] if counted else ""
    return ""


def reach_with(reach: str, email: str) -> str:
    """Add an address that was left to what is said of reaching somebody; what is said already stays first."""
    words = reasons()
    if not email or email.lower() in reach.lower():
        return reach
    left = words.fill("reach_email", email=email)
    return left if reach in ("", words.fill("reach_chat")) else f"{reach} · {left}"


def _reach(held: Held, lead: Lead) -> str:
    """Say how they would like to be reached: what they asked for or left here, else what our record has."""
    return reach_with(_reach_by_words(held, lead), held.conversation.left_email)


def _reach_by_words(held: Held, lead: Lead) -> str:
    text, words = "\n".join(message.text for message in _said(held)), reasons()
    phone, email = PHONE.search(text), EMAIL.search(text)
    if re.search(CALL, text, re.IGNORECASE):
        number = phone[0].strip() if phone else lead.phone
        return words.fill("reach_call", phone=number) if number else words.fill("reach_ask_number")
    if phone:
        return words.fill("reach_phone", phone=phone[0].strip())
    if email:
        return words.fill("reach_email", email=email[0])
    return _reach_by_source(held.conversation) if text else ""


def _reach_by_source(conversation: Conversation) -> str:
    """Say how to answer where the words came from."""
    source, email = conversation.source, conversation.visitor.email
    if source is MessageSource.CHAT:
        return reasons().fill("reach_chat")
    return (
        reasons().fill(f"reach_by_{source}", email=email)
        if email
        else reasons().fill("reach_nowhere")
    )


def _rivals(held: Held, reading: Reading, playbook: Playbook) -> tuple[str, ...]:
    """Give the competitors that were named in this conversation, by their own names."""
    said = " ".join(message.text for message in held.before if message.author is Author.VISITOR)
    earlier = (each.name for each in playbook.competitors if _names(said, each))
    return tuple(dict.fromkeys((*reading.competitors, *earlier)))


def _names(text: str, rival: Competitor) -> bool:
    names = "|".join(map(re.escape, (rival.name, *rival.aliases)))
    return bool(re.search(rf"(?<!\w)(?:{names})(?!\w)", text, re.IGNORECASE))


def _battlecards(named: tuple[str, ...], playbook: Playbook) -> Iterator[str]:
    for name in named:
        card = next(
            (
                c
                for c in playbook.competitors
                if name.lower() in (c.name.lower(), *map(str.lower, c.aliases))
            ),
            None,
        )
        yield f"{card.name}: {card.battlecard}" if card and card.battlecard else name


def _by_words(known: Qualification) -> list[tuple[list[Criterion], Evidence]]:
    """Bring together the criteria that the same words fill."""
    groups: dict[Evidence, list[Criterion]] = {}
    for criterion, each in known.known.items():
        groups.setdefault(each, []).append(criterion)
    return [(criteria, each) for each, criteria in groups.items()]


def _known(criteria: list[Criterion], evidence: Evidence) -> str:
    """Write known criteria with their quote, and the words that it replaces."""
    words, name = reasons(), ", ".join(each.value.replace("_", " ") for each in criteria)
    key = "known_lacking" if evidence.is_negative else "known"
    line = words.fill(key, criterion=name, quote=_short(evidence.quote))
    if not evidence.earlier:
        return line
    before = evidence.earlier[0]
    return line + words.fill("known_before", quote=_short(before.quote), date=f"{before.at:%d %b}")


def _short(text: str, end: str = "") -> str:
    return text[:LONGEST_QUOTE] + end


def _last_reply(held: Held) -> str:
    """Give our last reply that rests on something, else the last one: a promise of a rep alone says little."""
    ours = [m for m in held.before if m.author is Author.AGENT and not m.is_greeting]
    telling = [message for message in ours if message.sources]
    return (telling or ours)[-1].text[:LONGEST_QUOTE] if ours else ""


def _next_step(held: Held, reading: Reading, known: Qualification) -> str:
    words = reasons()
    missing = ", ".join(criterion.value for criterion in known.missing()) or words.fill(
        "missing_nothing"
    )
    if reading.has(SignalKind.PURCHASE):
        return words.fill("next_quote", missing=missing)
    if re.search(CALL, held.text, re.IGNORECASE):
        return words.fill("next_ring", missing=missing)
    if reading.has(SignalKind.HUMAN):
        return words.fill("next_asked")
    key = "next_call" if reading.has(SignalKind.DEMO) else "next_general"
    return words.fill(key, missing=missing)


def _reach_out(history: History) -> str:
    """Say how to begin with somebody who has not written."""
    words = reasons()
    did = next((e.title or e.name for e in history.events), "")
    has_address = bool(history.lead.email or history.lead.phone)
    return words.fill("next_reach_out" if has_address else "next_wait_for_them", act=did)


def _notes(held: Held, assessment: Assessment, playbook: Playbook, now: datetime) -> Iterator[str]:
    history, words = assessment.history, reasons()
    if (source := held.conversation.source) is not MessageSource.CHAT:
        yield words.fill(f"note_by_{source}", subject=held.conversation.page.title or "–")
    if history.claimed:
        yield words.fill("note_unproven", who=_who(history.claimed))
    if colleagues := {event.lead_id for event in history.company_events if event.at > now - RECENT}:
        yield words.fill("note_colleagues", count=str(len(colleagues)))
    case = case_of(held, assessment.reading.language, history)
    if opens_at(case, playbook, now) != now:
        yield words.fill("note_after_hours")
