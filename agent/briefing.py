"""What the rep reads first: who, why now, history, qualification, next step."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.conversation import Author, Held
from agent.criteria import Criterion
from agent.history import History
from agent.lead import Company, Lead
from agent.playbook import Playbook
from agent.qualification import QUANTITY, Evidence, Qualification, qualify_lead
from agent.routing import case_of, opens_at
from agent.scoring import Assessment, Score
from agent.signals import Reading, SignalKind
from prompts.phrases import reasons

LONGEST_QUOTE = 400
MOST_LINES = 12
MOST_REASONS = 4
RECENT = timedelta(days=30)
PHONE = re.compile(
    r"(?<![\w./-])(?!\d{4}-\d\d?-\d\d?\b|\d\d?([./-])\d\d?\1\d{2,4}\b)\+?\(?\d[\d ()./-]{6,18}\d(?!\w)"
)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class BriefingLine:
    """One item of history with its time."""

    at: datetime
    text: str


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


def brief(held: Held, assessment: Assessment, playbook: Playbook, now: datetime) -> Briefing:
    """Write the briefing from what is known at this moment."""
    reading, history, score = assessment.reading, assessment.history, assessment.score
    known = qualify_lead(history, reading, held)
    return Briefing(
        who=_who(history.lead),
        company=_company(history.lead.company),
        contact=" · ".join(filter(None, (history.lead.email, history.lead.phone))),
        local_time=_local_time(history.lead, now),
        quote=_most_telling(reading, held),
        wants=_wants(held, reading),
        score=score,
        why_now=tuple(_short(r.because, f" ({r.points:+d})") for r in score.reasons[:MOST_REASONS]),
        known=tuple(_known(criterion, each) for criterion, each in known.known.items()),
        missing=tuple(criterion.value.replace("_", " ") for criterion in known.missing()),
        competitors=tuple(_battlecards(reading.competitors, playbook)),
        timeline=_timeline(history),
        already_said=_last_reply(held),
        next_step=_next_step(reading, known) if held.unanswered else _reach_out(history),
        notes=tuple(map(_short, _notes(held, assessment, playbook, now))),
    )


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


def _most_telling(reading: Reading, held: Held) -> str:
    """Give the visitor's words that matter: the message with the most signals, else the last one."""
    if not held.unanswered:
        return ""
    counts = Counter(signal.message_id for signal in reading.signals)
    best = counts.most_common(1)[0][0] if counts else None
    message = next((m for m in held.unanswered if m.id == best), held.unanswered[-1])
    return message.text[:LONGEST_QUOTE]


def _wants(held: Held, reading: Reading) -> str:
    spans = [
        s.quote
        for s in reading.signals
        if s.kind in (SignalKind.TIMELINE, SignalKind.PURCHASE, SignalKind.DEMO)
    ]
    numbers = QUANTITY.findall(held.text)
    counted = re.search(rf"{re.escape(numbers[0])}\s+\w+", held.text) if numbers else None
    seats = counted[0] if counted else ""
    return " · ".join(dict.fromkeys(filter(None, (seats, *spans))))[:LONGEST_QUOTE]


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


def _known(criterion: Criterion, evidence: Evidence) -> str:
    """Write a known criterion with its quote, and the words that it replaces."""
    words, name = reasons(), criterion.value.replace("_", " ")
    key = "known_lacking" if evidence.is_negative else "known"
    line = words.fill(key, criterion=name, quote=_short(evidence.quote))
    if not evidence.earlier:
        return line
    before = evidence.earlier[0]
    return line + words.fill("known_before", quote=_short(before.quote), date=f"{before.at:%d %b}")


def _timeline(history: History) -> tuple[BriefingLine, ...]:
    acts = [
        BriefingLine(e.at, _short(f"{e.name}: {e.title}" if e.title else e.name))
        for e in history.events
    ]
    talks = [
        BriefingLine(talk.at, f"Earlier chat: “{talk.first_words[:80]}”") for talk in history.talks
    ]
    return tuple(sorted((*acts, *talks), key=lambda line: line.at, reverse=True)[:MOST_LINES])


def _short(text: str, end: str = "") -> str:
    return text[:LONGEST_QUOTE] + end


def _last_reply(held: Held) -> str:
    ours = [message.text for message in held.before if message.author is Author.AGENT]
    return ours[-1][:LONGEST_QUOTE] if ours else ""


def _next_step(reading: Reading, known: Qualification) -> str:
    words = reasons()
    missing = ", ".join(criterion.value for criterion in known.missing()) or words.fill(
        "missing_nothing"
    )
    if reading.has(SignalKind.PURCHASE):
        return words.fill("next_quote", missing=missing)
    if reading.has(SignalKind.HUMAN):
        return words.fill("next_claim_asked")
    key = "next_call" if reading.has(SignalKind.DEMO) else "next_general"
    return words.fill(key, missing=missing)


def _reach_out(history: History) -> str:
    """Say how to begin with somebody who has not written."""
    words = reasons()
    did = next((e.title or e.name for e in history.events), "")
    has_address = bool(history.lead.email or history.lead.phone)
    return words.fill("next_reach_out" if has_address else "next_wait_for_them", act=did)


def _notes(held: Held, assessment: Assessment, playbook: Playbook, now: datetime) -> Iterator[str]:
    history, words, text = (
        assessment.history,
        reasons(),
        "\n".join(m.text for m in (*held.before, *held.unanswered) if m.author is Author.VISITOR),
    )
    if history.claimed:
        yield words.fill("note_unproven", who=_who(history.claimed))
    if phone := PHONE.search(text):
        yield words.fill("note_phone", phone=phone[0].strip())
    if email := EMAIL.search(text):
        yield words.fill("note_email", email=email[0])
    if colleagues := {event.lead_id for event in history.company_events if event.at > now - RECENT}:
        yield words.fill("note_colleagues", count=str(len(colleagues)))
    case = case_of(held, assessment.reading.language, history)
    if opens_at(case, playbook, now) != now:
        yield words.fill("note_after_hours")
