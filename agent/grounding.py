"""Each statement of a reply rests on a fact: checked sentence by sentence before it is shown.

Numbers, prices, percentages, links, mail addresses, names and promises must stand in the facts, the playbook, the
visitor's own words or our own arithmetic. What is not supported is not shown.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.estimate import DISCOUNT, Estimate, figures, money
from agent.facts import Fact
from agent.reply import Plan

MONEY = re.compile(
    r"(?:[$€£]|\b(?:usd|eur|gbp))\s?(\d+(?:[.,]\d+)*)|(\d+(?:[.,]\d+)*)\s?(?:%|percent|dollars?|euros?|usd|eur|[$€£])",
    re.I,
)
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
LINK = re.compile(r"https?://[^\s)>\]]+|\b[\w.+-]+@[\w-]+\.[\w.-]+\b|\b(?:www\.)[^\s)>\]]+")
NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][\w-]*(?:\.\w+)?")
NAME_AMONG_CAPITALS = re.compile(r"\b[A-Z]\w*[A-Z]\w*")
CAPITAL_NOUNS = ("de",)
FITS = re.compile(r"\b(?:integrat|connect|synchron|compatib|support)\w*|\bsyncs?\b", re.I)
LIST_MARK = re.compile(r"^\s*\d{1,2}[.)]\s+")
DENIES = re.compile(
    r"\b(?:no|not|nothing|neither|nor|without|cannot|\w+n't|whether|unsure|kein\w*|nicht|nichts)\b",
    re.I,
)
PROMISES: tuple[tuple[str, str], ...] = (
    ("promise_of_contact", r"\b(?:will|'ll|is going to|shall) (?:\w+ )?(?:call|ring|contact|reach out|get back|e-?mail|follow up|answer|join|write)\b"),
    ("promise_of_time", r"\b(?:within|in) (?:the next )?(?:\w+ )?(?:seconds?|minutes?|hours?)\b"),
    ("done_deed", r"\bI(?:'ve| have)? (?:just )?(?:booked|scheduled|sent|e-?mailed|called|reserved|applied|upgraded|refunded|arranged)\b"),
)  # fmt: skip
NEVER: tuple[tuple[str, str], ...] = (
    ("guarantee", r"\b(?:guarantee|promise|commit to|legally binding|confirm in writing)\w*\b"),
    ("discount", r"\b(?:special|exclusive|extra|additional|personal|one-time) (?:discount|offer|price|deal)\b|\bfree of charge\b|\bwaive\w*\b"),
    ("surveillance", r"\bI (?:see|noticed|can see) (?:that )?you(?:'ve| have)? (?:been )?(?:look|view|visit|open|read|click|brows)\w*\b"),
    ("inner_workings", r"\b(?:system prompt|my instructions|lead score|playbook|buying signal)s?\b"),
)  # fmt: skip
CERTIFICATES = re.compile(
    r"\b(?:soc ?2|iso ?\d+|hipaa|pci|fedramp|gdpr|tisax|hitrust)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything a reply may rest on, prepared once a reply."""

    text: str
    stated: str
    numbers: frozenset[str]
    amounts: frozenset[str]
    words: frozenset[str]
    facts: tuple[Fact, ...]
    estimates: tuple[Estimate, ...]
    language: str
    may_promise: bool
    minutes: frozenset[str]


def sources_of(plan: Plan) -> Sources:
    """Gather what this plan's reply may rest on."""
    stated, said = "\n".join(_stated(plan)), "\n".join(_said(plan))
    sums = " ".join(figure for estimate in plan.estimates for figure in figures(estimate))
    text = f"{stated}\n{said}".lower()
    is_open = plan.promise is not None and plan.promise.is_open
    minutes = {str(plan.promise.within_minutes)} if plan.promise and is_open else set()
    return Sources(
        text=text,
        stated=stated.lower(),
        numbers=_numbers(f"{text} {sums}") | {"12"} | minutes,
        amounts=_numbers(f"{stated} {sums}"),
        words=_words(text),
        facts=tuple(found.fact for found in plan.findings.facts),
        estimates=plan.estimates,
        language=plan.language,
        may_promise=plan.promise is not None,
        minutes=frozenset(minutes),
    )


def objection(sentence: str, sources: Sources) -> str | None:
    """Name the rule that a sentence breaks, with what is unsupported; None when it may be shown."""
    for found in _unsupported(sentence, sources):
        return found
    for rule, pattern in NEVER:
        if (match := re.search(pattern, sentence, re.IGNORECASE)) and match[
            0
        ].lower() not in sources.stated:
            return f"{rule}: {match[0]}"
    return _broken_promise(sentence, sources)


def backing(sentence: str, sources: Sources) -> tuple[str, ...]:
    """Give the ids of the facts a sentence rests on: those it quotes, those of its sums, else those it resembles."""
    said = sentence.strip()
    quoted = tuple(fact.id for fact in sources.facts if said in fact.text)
    if quoted:
        return quoted[:1]
    summed = [
        e
        for e in sources.estimates
        if money(e.monthly, e.price.currency) in said or _is_yearly(e, said)
    ]
    if summed:
        prices = tuple(estimate.price.fact.id for estimate in summed)
        return prices + tuple(f.id for f in sources.facts if DISCOUNT.search(f.text))[:1]
    return tuple(fact.id for fact in sources.facts if _resembles(said, fact.text))[:2]


def _is_yearly(estimate: Estimate, sentence: str) -> bool:
    return money(estimate.yearly, estimate.price.currency) in sentence


def _resembles(sentence: str, text: str) -> bool:
    """Tell whether a fact has all figures of a sentence, or most of its content words."""
    figures_said, words = _numbers(sentence), _content(sentence)
    if figures_said and not figures_said <= _numbers(text):
        return False
    return len(words) > 2 and len(words & _content(text)) >= 0.6 * len(words)


def _unsupported(sentence: str, sources: Sources) -> Iterator[str]:
    without_links = LINK.sub(" ", LIST_MARK.sub("", sentence))
    name = NAME_AMONG_CAPITALS if sources.language in CAPITAL_NOUNS else NAME
    known = sources.text if DENIES.search(sentence) else sources.stated
    words = _words(known) if FITS.search(sentence) else sources.words
    links = (link.rstrip(".,;:!?") for link in LINK.findall(sentence))
    amounts = (first or second for first, second in MONEY.findall(without_links))
    yield from (f"link: {link}" for link in links if link.lower() not in sources.text)
    yield from (f"amount: {amount}" for amount in amounts if _plain(amount) not in sources.amounts)
    yield from (
        f"number: {n}" for n in NUMBER.findall(without_links) if _plain(n) not in sources.numbers
    )
    yield from (
        f"certificate: {c}" for c in CERTIFICATES.findall(sentence) if _bare(c) not in _bare(known)
    )
    yield from (
        f"name: {n}"
        for n in name.findall(CERTIFICATES.sub(" ", without_links))
        if n.lower() not in words | {"i"}
    )


def _broken_promise(sentence: str, sources: Sources) -> str | None:
    for rule, pattern in PROMISES:
        match = re.search(pattern, sentence, re.IGNORECASE)
        if not match or match[0].lower() in sources.stated:
            continue
        if rule == "done_deed" or not sources.may_promise:
            return f"{rule}: {match[0]}"
        if rule == "promise_of_time" and not set(NUMBER.findall(sentence)) & sources.minutes:
            return f"{rule}: {match[0]}"
    return None


def _said(plan: Plan) -> Iterator[str]:
    """What the visitor and we said: names may be taken up from it, but neither amounts nor discounts."""
    yield plan.question
    yield from (message.text for message in plan.before)


def _stated(plan: Plan) -> Iterator[str]:
    company, assessment = plan.playbook.company, plan.assessment
    for found in plan.findings.facts:
        yield from (found.fact.title, found.fact.text, found.fact.url)
    yield from (company.name, company.product, company.offers, company.website, company.booking_url)
    yield from (company.support, company.jobs, company.press, *company.disclosure.values())
    yield from (company.privacy, company.price_list, plan.privacy_contact)
    if plan.talk:
        yield plan.talk.first_words
    if plan.proof:
        yield from (plan.proof.customer, plan.proof.fact.text)
    yield from (name for c in plan.playbook.competitors for name in (c.name, *c.aliases))
    yield from _people(plan)
    if plan.mention:
        yield plan.mention.title
    if assessment.history.lead.name and assessment.history.lead.identities:
        yield assessment.history.lead.name
    yield _times(plan)


def _people(plan: Plan) -> Iterable[str]:
    return (plan.promise.rep.name,) if plan.promise else ()


def _times(plan: Plan) -> str:
    """Give opening and closing times as they may be said."""
    hours = plan.playbook.hours.hours()
    moments = (plan.promise.opens_at, plan.promise.closes_at) if plan.promise else ()
    return (
        " ".join(f"{at.astimezone(hours.zone):%A %H:%M %-H:%M %d %B}" for at in moments if at)
        + f" {hours.zone.key.replace('_', ' ')}"
    )


def _numbers(text: str) -> frozenset[str]:
    return frozenset(map(_plain, NUMBER.findall(text)))


def _plain(number: str) -> str:
    """Compare figures without their thousands separators and trailing zeros."""
    plain = re.sub(r"[,](?=\d{3}\b)", "", number).rstrip(".,:")
    return re.sub(r"\.0+$", "", plain)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w-]+", text.lower()) + re.findall(r"\w+", text.lower()))


def _bare(certificate: str) -> str:
    """Compare certificates however they are spaced: SOC2, ISO/IEC 27001."""
    return re.sub(r"\s|/iec", "", certificate.lower())


def _content(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w{4,}", text.lower()))
