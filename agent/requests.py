"""What people ask of us that is no question about the offer, and how each is met: manners and law."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache

from agent import request_words
from agent.conversation import Author, Held, Message
from agent.engagement import EngagementEvent, EngagementEventId
from agent.signals import HeardSignal, MessageKind, Readiness, Reading, SignalKind
from prompts.phrases import languages, phrases


class Request(StrEnum):
    """A request that facts about the offer do not meet."""

    ERASURE = "erasure"
    EXPORT = "export"
    IS_HUMAN = "is_human"
    INNER = "inner"
    OTHERS = "others"
    DISCOUNT = "discount"
    COMMITMENT = "commitment"
    ABUSE = "abuse"


WORDS: Mapping[Request, tuple[str, ...]] = {
    Request.ERASURE: request_words.ERASURE,
    Request.EXPORT: request_words.EXPORT,
    Request.IS_HUMAN: request_words.IS_HUMAN,
    Request.INNER: request_words.INNER,
    Request.OTHERS: request_words.OTHERS,
    Request.DISCOUNT: request_words.DISCOUNT,
    Request.COMMITMENT: request_words.COMMITMENT,
    Request.ABUSE: request_words.ABUSE,
}
HINTS: Mapping[Request, str] = {
    Request.ERASURE: r"delet|eras|remov|wip|forg|lösch|entfern|vernicht|vergess|borr|elimin|supr|supp|olvid|effac|oubli|apag|esquec|exclu|verwijder|wis|vergetel",
    Request.EXPORT: r"data|daten|auskunft|datos|donn|dados|gegevens|inzage|acces|accès|acceso|acesso|dsar|information|details|gdpr|dsgvo|rgpd|lgpd|\bavg\b|\bart",
}
OF_DATA = frozenset({Request.ERASURE, Request.EXPORT})
DECLINED = (Request.INNER, Request.OTHERS, Request.DISCOUNT)
LONGEST_READ = 2_000
REMEMBERED = 256
OFFERS_ABUSED = 25  # words: whoever writes more has something to say beside the insult
PERSON = re.compile(request_words.PERSON, re.IGNORECASE)
CLAUSE = re.compile(r"[.!,;:\n]\s")
YES = re.compile(
    r"\W*(?:yes|yeah|yep|yup|sure|ok(?:ay)?|please(?: do)?|of course|absolutely|go ahead|that would be (?:great|good|nice)"
    r"|ja|gern(?:e)?|klar|bitte|natürlich|sí|si|claro|vale|por favor|adelante|oui|d['’]accord|volontiers|bien sûr|avec plaisir"
    r"|sim|claro|com certeza|graag|prima|doe maar|natuurlijk)\b",
    re.IGNORECASE,
)
MOST_WORDS_OF_YES = 8


@lru_cache(maxsize=REMEMBERED)
def requests_in(text: str) -> frozenset[Request]:
    """Find what a text asks of us beside the offer; several are several."""
    sample = " ".join(text[:LONGEST_READ].split())
    found = frozenset(r for r, hint, pattern in _patterns() if hint.search(sample) and pattern.search(sample))  # fmt: skip
    asks_rules = "?" in sample and re.search(request_words.HYPOTHETICAL, sample, re.IGNORECASE)
    return found - OF_DATA if asks_rules else found


def wishes_person(text: str) -> bool:
    """Tell whether the last clause of a text asks who of us can be talked to."""
    return bool(PERSON.search(CLAUSE.split(text)[-1]))


def is_abusive(text: str) -> bool:
    """Tell whether a text insults and says little else."""
    return Request.ABUSE in requests_in(text) and len(text.split()) <= OFFERS_ABUSED


def was_abusive(before: Iterable[Message]) -> bool:
    """Tell whether the visitor has been abusive in this conversation already."""
    return any(is_abusive(m.text) for m in before if m.author is Author.VISITOR)


def asked_for_data(held: Held) -> bool:
    """Tell whether the visitor has asked for their personal data to be deleted or given out, now or before."""
    said = (m.text for m in (*held.before, *held.unanswered) if m.author is Author.VISITOR)
    return any(requests_in(text) & OF_DATA for text in said)


def as_meant(reading: Reading, held: Held) -> Reading:
    """Read insults as no business at all, and a yes to our offer of a colleague as a wish for one."""
    if is_abusive(held.text):
        return replace(reading, kind=MessageKind.SPAM, readiness=Readiness.COLD, signals=())
    if only_asks_who_we_are(held.text):
        return replace(reading, kind=MessageKind.OTHER, readiness=Readiness.COLD, signals=())
    if not accepts_colleague(held) or reading.has(SignalKind.HUMAN):
        return reading
    message = held.unanswered[-1]
    wish = HeardSignal(SignalKind.HUMAN, message.text[:80], 1.0, message.id, message.created_at)
    return replace(reading, kind=MessageKind.SALES, readiness=Readiness.HOT, signals=(*reading.signals, wish))  # fmt: skip


def only_asks_who_we_are(text: str) -> bool:
    """Tell whether a text asks whether we are human and no more; that is no wish for a person."""
    is_short = len(text.split()) <= MOST_WORDS_OF_YES and text.count("?") <= 1
    return is_short and Request.IS_HUMAN in requests_in(text)


def goes_on(held: Held) -> bool:
    """Tell whether the visitor says yes to going on where they had left."""
    last = next((m.text for m in reversed(held.before) if m.author is Author.AGENT), "")
    offers = any(last.endswith(phrases(code).fill("go_on")) for code in languages())
    return offers and bool(YES.match(held.text)) and len(held.text.split()) <= MOST_WORDS_OF_YES


def accepts_colleague(held: Held) -> bool:
    """Tell whether the visitor says yes to our offer to ask a colleague."""
    last = next((m for m in reversed(held.before) if m.author is not Author.VISITOR), None)
    if (
        last is None
        or last.author is not Author.AGENT
        or len(held.text.split()) > MOST_WORDS_OF_YES
    ):
        return False
    return offers_colleague(last.text) and bool(YES.match(held.text))


def with_price(reading: Reading, message: Message) -> Reading:
    """Read a number that we asked for as what it is: a further word about the price."""
    signal = HeardSignal(SignalKind.PRICING, message.text[:80], 1.0, message.id, message.created_at)
    return replace(reading, signals=(*reading.signals, signal))


def request_event(request: Request, held: Held, now: datetime, turn_id: str) -> EngagementEvent:
    """Give a request about personal data as an act of the lead, which the lead's record lists."""
    return EngagementEvent(
        id=EngagementEventId(f"{turn_id}-{request.value}"),
        lead_id=held.conversation.lead_id,
        name=f"{request.value.capitalize()} Requested",
        at=now,
        title="Personal data",
    )


def offers_colleague(text: str) -> bool:
    """Tell whether a reply of ours offers to ask a colleague, in any of our languages."""
    return any(phrase in text for phrase in _offers())


@cache
def _offers() -> tuple[str, ...]:
    keys = ("unknown_offer", "unknown_offer_closed")
    return tuple(
        phrases(code).texts[key].partition("{")[0].strip() for code in languages() for key in keys
    )


@cache
def _patterns() -> tuple[tuple[Request, re.Pattern[str], re.Pattern[str]], ...]:
    """Give each request's patterns, after a cheap one without which none of them can match."""
    return tuple(
        (
            request,
            re.compile(HINTS.get(request, ""), re.IGNORECASE),
            re.compile("|".join(words), re.IGNORECASE),
        )
        for request, words in WORDS.items()
    )
