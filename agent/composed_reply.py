"""The writer that needs no model: the library's own sentences, sums, and the playbook's phrases.

True by construction: it says only what a fact states, what follows from it by arithmetic, and what the desk keeps.
It also answers whenever the model cannot.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.engagement import EngagementEvent
from agent.estimate import PRICE, Estimate, money
from agent.facts import Fact, FoundFact
from agent.playbook import Playbook
from agent.reply import Move, Plan, Promise
from agent.signals import SignalKind
from prompts.phrases import Phrases, phrases

SAID: dict[str, str] = {
    "Content Downloaded": "said_downloaded",
    "Buying Guide Downloaded": "said_downloaded",
    "Integration Docs Downloaded": "said_downloaded",
    "Webinar Attended": "said_attended",
    "Demo Attended": "said_attended",
    "Trial Started": "said_trial",
    "ROI Calculator Used": "said_calculated",
}
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "could",
        "do",
        "does",
        "for",
        "from",
        "have",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "so",
        "that",
        "the",
        "their",
        "there",
        "they",
        "this",
        "to",
        "us",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "would",
        "you",
        "your",
        "much",
        "many",
        "get",
        "need",
        "about",
        "und",
        "der",
        "die",
        "das",
        "wir",
        "ist",
        "ein",
        "eine",
        "für",
        "mit",
        "sie",
        "ich",
        "was",
        "wie",
        "el",
        "la",
        "los",
        "las",
        "de",
        "que",
        "es",
        "un",
        "una",
        "para",
        "con",
        "en",
        "por",
        "qué",
        "le",
        "les",
        "des",
        "du",
        "et",
        "est",
        "pour",
        "nous",
        "vous",
        "o",
        "os",
        "as",
        "do",
        "da",
        "um",
        "uma",
        "het",
        "een",
        "en",
        "van",
        "voor",
        "is",
        "wat",
        "hoe",
    ]
)
MOST_SENTENCES = 3
MOST_ESTIMATES = 3
WORDS_A_SENTENCE = 45
CLOSE_TO_BEST = 0.6


@dataclass(frozen=True, slots=True)
class ComposedWriter:
    """Writes replies without a model."""

    name: str = "composed"
    version: str = "1"

    async def write(self, plan: Plan) -> AsyncIterator[str]:
        """Give the reply sentence by sentence."""
        for sentence in compose(plan):
            yield sentence


def compose(plan: Plan) -> Iterator[str]:
    """Give the sentences of the reply, in order."""
    words = phrases(plan.language)
    if plan.move is not Move.ANSWER:
        yield _fixed(plan, words)
        if plan.promise and plan.is_new_promise:
            yield from _promise(plan.promise, plan, words)
        return
    yield from _answer(plan, words)
    if plan.mention and (key := SAID.get(plan.mention.name)):
        yield _said(plan.mention, key, words)
    if plan.promise and (plan.is_new_promise or plan.asks_person):
        yield from _promise(plan.promise, plan, words)
    if plan.ask:
        yield words.fill(f"ask_{plan.ask.value}")


def _fixed(plan: Plan, words: Phrases) -> str:
    company = plan.playbook.company
    values = {
        Move.GREET: {"company": company.name},
        Move.SUPPORT: {"support": company.support or company.website},
        Move.JOB_SEEKER: {"jobs": company.jobs or company.website},
        Move.STUDENT_PRESS: {"press": company.press or company.website},
        Move.SPAM: {"product": company.product},
    }
    return words.fill(plan.move.value, **values.get(plan.move, {}))


def _answer(plan: Plan, words: Phrases) -> Iterator[str]:
    if plan.estimates:
        yield from (_estimate(estimate, words) for estimate in plan.estimates[:MOST_ESTIMATES])
    quoted = quote_facts(plan)
    if quoted:
        if _is_foreign(plan, words):
            yield words.fill("facts_elsewhere")
        yield from quoted
    elif not plan.estimates and not plan.asks_person:
        yield words.fill("unknown")
        if not plan.promise:
            yield words.fill("unknown_offer")


def quote_facts(plan: Plan) -> list[str]:
    """Choose the sentences of the found facts that answer the question, in the order they stand in."""
    if not plan.findings.is_answered and not plan.estimates:
        return []
    facts = list(plan.findings.facts)
    if plan.estimates:
        return _about_plans(plan)
    if plan.assessment.reading.has(SignalKind.PRICING) and (priced := _price_list(facts)):
        return priced
    return _best_sentences(plan.question, facts)


def _about_plans(plan: Plan) -> list[str]:
    """Beside a sum for one named plan, say what that plan includes."""
    if len(plan.estimates) > 1:
        return []
    name = plan.estimates[0].price.plan
    said = [
        s
        for f in plan.findings.facts
        for s in sentences(f.fact.text)
        if s.startswith(f"{name} includes")
    ]
    return said[:1]


def _price_list(facts: list[FoundFact]) -> list[str]:
    """Give the sentences that state a price per unit and month, one a plan."""
    stated: dict[str, str] = {}
    for found in facts:
        for sentence in sentences(found.fact.text):
            if match := PRICE.search(sentence):
                stated.setdefault(match["plan"], sentence)
    return list(stated.values())


def _best_sentences(question: str, facts: list[FoundFact]) -> list[str]:
    asked = stems(question)
    candidates = [
        (_closeness(asked, sentence, found), number, sentence)
        for number, found in enumerate(facts)
        for sentence in sentences(found.fact.text)
        if len(sentence.split()) <= WORDS_A_SENTENCE
    ]
    if not candidates:
        return []
    ranked = sorted(candidates, key=lambda candidate: -candidate[0])
    best = ranked[0][0]
    chosen = [c for c in ranked[:MOST_SENTENCES] if c[0] >= best * CLOSE_TO_BEST]
    return [
        sentence for _, _, sentence in sorted(chosen, key=lambda c: (c[1], candidates.index(c)))
    ]


def _closeness(asked: frozenset[str], sentence: str, found: FoundFact) -> float:
    said, heading = stems(sentence), stems(found.fact.title)
    shared = len(asked & said) + 0.5 * len(asked & heading - said)
    return found.relevance + shared / (1 + len(asked)) + 0.1 * bool(re.search(r"\d", sentence))


def stems(text: str) -> frozenset[str]:
    """Give the content words of a text, roughly stemmed."""
    words = re.findall(r"[\w'-]{2,}", text.lower())
    return frozenset(
        re.sub(r"(?:ing|ed|es|s)$", "", word) for word in words if word not in STOP_WORDS
    )


def sentences(text: str) -> list[str]:
    """Split a fact's text into sentences; table rows and list items are sentences of their own."""
    lines = (line.strip(" -*•") for line in text.splitlines())
    return [
        part.strip()
        for line in lines
        for part in re.split(r"(?<=[.!?])\s+(?=[A-Z0-9“\"])", line)
        if part.strip()
    ]


def _estimate(estimate: Estimate, words: Phrases) -> str:
    currency = estimate.price.currency
    values = {
        "seats": f"{estimate.seats:,}",
        "plan": estimate.price.plan,
        "price": money(estimate.price.amount, currency),
    }
    if not estimate.is_yearly:
        return words.fill("estimate_month", monthly=money(estimate.monthly, currency), **values)
    yearly = money(estimate.yearly, currency)
    if estimate.yearly_less is None or estimate.discount is None:
        return words.fill("estimate_year", yearly=yearly, **values)
    less = money(estimate.yearly_less, currency)
    return words.fill(
        "estimate_less", yearly=yearly, less=less, discount=f"{estimate.discount:f}", **values
    )


def _promise(promise: Promise, plan: Plan, words: Phrases) -> Iterator[str]:
    rep = promise.rep.name.split()[0]
    if promise.is_open and plan.is_new_promise:
        yield words.fill("promise_open", rep=rep, minutes=str(promise.within_minutes))
    elif promise.is_open:
        yield words.fill("promise_pending", rep=rep)
    elif promise.opens_at is None:
        yield words.fill("promise_nobody")
    else:
        yield words.fill(
            "promise_closed", rep=rep, when=when(promise.opens_at, plan.playbook, words)
        )
    if not promise.is_open and plan.playbook.company.booking_url:
        yield words.fill("booking", url=plan.playbook.company.booking_url)


def when(at: datetime, playbook: Playbook, words: Phrases) -> str:
    """Write an opening time as weekday, wall time and place."""
    zone = playbook.hours.hours().zone
    local = at.astimezone(zone)
    weekday = words.fill("weekdays").split(", ")[local.weekday()]
    place = zone.key.rpartition("/")[2].replace("_", " ")
    return words.fill("when", weekday=weekday, time=f"{local:%H:%M}", zone=place)


def _said(event: EngagementEvent, key: str, words: Phrases) -> str:
    needs_title = "{title}" in words.texts[key]
    return words.fill(key, title=event.title) if needs_title else words.fill(key)


def _is_foreign(plan: Plan, words: Phrases) -> bool:
    """Tell whether the facts are in another language than our own words."""
    return any(found.fact.language != words.language for found in plan.findings.facts)


def cited(text: str, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Give the facts whose sentences stand in a text, or whose figures it uses."""
    return tuple(fact for fact in facts if any(s in text for s in sentences(fact.text)))
