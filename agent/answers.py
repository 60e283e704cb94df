"""Which sentences of the found facts answer a message, question by question; what the library lacks is said."""

import re
from dataclasses import dataclass

from agent.estimate import PRICE
from agent.facts import AskedQuestion, FoundFact
from agent.reply import Plan
from agent.signals import SignalKind

_STOP_WORDS = """
a an and are as at be by can could do does for from have how i if in is it its me my of on or
our so that the their there they this to us was we what when where which who will with would you
your much many get need about und der die das wir ist ein eine für mit sie ich was wie el la los
las de que es un una para con en por qué le les des du et est pour nous vous o os as do da um
uma het een en van voor is wat hoe
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
NAMED = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]+[A-Z]\w*|[A-Z]{2,}[\w]*|[A-Z][a-z]{2,}\w*)(?!\w)")
NAMED_AMONG_CAPITALS = re.compile(r"\b(?:[A-Z][a-z]+[A-Z]\w*|[A-Z]{2,}\w*)")
CAPITAL_NOUNS = ("de",)
_NOT_NAMES = """
CEO CFO CTO COO CIO VP OK FAQ ASAP EU US USA UK VAT USD EUR PO RFP RFQ Q1 Q2 Q3 Q4 HR IT Monday
Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July
August September October November December English German French Spanish Dutch Portuguese Europe
Germany Hi Hello
"""
NOT_NAMES = frozenset(_NOT_NAMES.split())
ANSWERS_FROM = 0.5
SAME = {
    "SSO": "single sign-on",
    "MFA": "two-factor",
    "2FA": "two-factor",
    "SLA": "availability",
    "DPA": "data processing",
}
MOST_SENTENCES = 3
WORDS_A_SENTENCE = 45


@dataclass(frozen=True, slots=True)
class Answer:
    """What the library has on one question; without sentences it has nothing, and `lacks` may name what."""

    sentences: tuple[str, ...] = ()
    lacks: str = ""


def quote_facts(plan: Plan) -> list[Answer]:
    """Answer each question of a message with sentences of the found facts."""
    facts = list(plan.findings.facts)
    if plan.estimates:
        return [Answer(_about_plans(plan))]
    if plan.assessment.reading.has(SignalKind.PRICING) and (
        priced := _price_list(facts, plan.question)
    ):
        return [Answer(priced)]
    if only_asks_person(plan):
        return []
    most = MOST_SENTENCES if len(plan.questions) == 1 else 2
    return [_answer_one(asked, plan, most) for asked in plan.questions]


def _answer_one(asked: AskedQuestion, plan: Plan, most: int) -> Answer:
    facts = list(asked.findings.facts)
    if name := _unknown_name(asked.text, facts, plan):
        return Answer(lacks=name)
    return Answer(tuple(_best_sentences(asked.text, facts)[:most]))


def _unknown_name(question: str, facts: list[FoundFact], plan: Plan) -> str:
    """Find a product or standard that the visitor names and no found fact knows."""
    playbook, company = plan.playbook, plan.playbook.company
    pattern = NAMED_AMONG_CAPITALS if plan.language in CAPITAL_NOUNS else NAMED
    rivals = " ".join(name for c in playbook.competitors for name in (c.name, *c.aliases))
    found = " ".join(f"{each.fact.title} {each.fact.text}" for each in facts)
    known = " ".join((found, rivals, company.name, company.product, company.offers)).lower()
    named = (name for name in pattern.findall(question) if name not in NOT_NAMES)
    return next(
        (n for n in named if n.lower() not in known and SAME.get(n, n).lower() not in known), ""
    )


def only_asks_person(plan: Plan) -> bool:
    """Tell whether a message wants a person and nothing else."""
    return {signal.kind for signal in plan.assessment.reading.signals} == {SignalKind.HUMAN}


def _about_plans(plan: Plan) -> tuple[str, ...]:
    """Beside a sum for one named plan, say what that plan includes."""
    if len(plan.estimates) > 1:
        return ()
    name = plan.estimates[0].price.plan
    said = [
        s
        for f in plan.findings.facts
        for s in sentences(f.fact.text)
        if s.startswith(f"{name} includes")
    ]
    return tuple(said[:1])


def _price_list(facts: list[FoundFact], question: str) -> tuple[str, ...]:
    """State the price of the plans that the question names, else of every plan in as few sentences as can be."""
    stated = [
        (frozenset(match["plan"] for match in PRICE.finditer(sentence)), sentence)
        for found in facts
        for sentence in sentences(found.fact.text)
        if PRICE.search(sentence)
    ]
    every = frozenset(plan for plans, _ in stated for plan in plans)
    named = frozenset(
        plan for plan in every if re.search(rf"\b{re.escape(plan)}\b", question, re.I)
    )
    wanted = named or every
    chosen: list[str] = []
    for plans, sentence in sorted(stated, key=lambda pair: (len(pair[0] - wanted), -len(pair[0]))):
        if plans & wanted:
            chosen.append(sentence)
            wanted -= plans
    return tuple(chosen)


def _best_sentences(question: str, facts: list[FoundFact]) -> list[str]:
    """Choose the passage that answers best, then its best sentences; passages of one heading belong together."""
    asked = stems(question)
    best = max(facts, key=lambda found: _aptness(asked, found), default=None)
    if best is None or best.relevance < ANSWERS_FROM:
        return []
    passage = [
        f for f in facts if f.fact.title == best.fact.title and f.relevance >= best.relevance / 2
    ]
    said = [sentence for found in passage for sentence in sentences(found.fact.text)]
    fitting = [sentence for sentence in said if len(sentence.split()) <= WORDS_A_SENTENCE]
    ranked = sorted(fitting, key=lambda sentence: -_closeness(asked, sentence))[:MOST_SENTENCES]
    return [sentence for sentence in fitting if sentence in ranked]


def _aptness(asked: frozenset[str], found: FoundFact) -> float:
    said = stems(f"{found.fact.title} {found.fact.text}")
    is_question = found.fact.heading.rstrip().endswith("?")
    return found.relevance + 0.3 * len(asked & said) / (1 + len(asked)) + 0.15 * is_question


def _closeness(asked: frozenset[str], sentence: str) -> float:
    return len(asked & stems(sentence)) / (1 + len(asked)) + 0.1 * bool(re.search(r"\d", sentence))


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
