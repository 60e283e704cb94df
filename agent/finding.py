"""Finds what the library has on a message: on each question, and on what the visitor needs besides."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from agent.answering.features import AnswerReader
from agent.answering.searching import Search
from agent.answering.statements import Statement, statements
from agent.conversation import Author, Held
from agent.errors import LibraryUnavailableError
from agent.facts import AskedQuestion, Findings, Library, Topic, Wanted
from agent.history import History
from agent.language import detect_language
from agent.playbook import Playbook
from agent.proof import story_query
from agent.questions import split_questions
from agent.recollection import as_taken_up
from agent.reply import Known, goes_on_about_price
from agent.requests import Request, requests_in, with_price
from agent.signals import Reading, SignalKind
from prompts.phrases import phrases

log = structlog.get_logger()
PRICE_FACTS = 12
STORY_FACTS = 12
MOST_CONTEXT = 300
READ_FACTS = 10
KEPT_FACTS = 10
CLEARER = 0.1
# Of the unanswerable questions among the examples kept apart, 7 of 100 have a statement so likely to answer.
ANSWERED_FROM = 0.45
FEW_WORDS = 6  # a question so short may point back
# Which signal asks for which facts, whatever the words are.
NEEDS = {
    SignalKind.PRICING: Topic.PRICE,
    SignalKind.BUDGET: Topic.PRICE,
    SignalKind.IMPLEMENTATION: Topic.ONBOARDING,
}


@dataclass(frozen=True, slots=True)
class About:
    """What facts are sought for: the message, what was read in it, and who wrote it."""

    held: Held
    reading: Reading
    history: History
    playbook: Playbook
    now: datetime


async def find_known(about: About, library: Library, reader: AnswerReader | None = None) -> Known:
    """Find what answers, and case studies for those who evaluate."""
    held, reading, history = about.held, about.reading, about.history
    if goes_on_about_price(held, history):
        reading = with_price(reading, held.unanswered[-1])
    taken_up = as_taken_up(held, history, about.now)
    known = await find_facts(taken_up, reading, history.lead.company.industry, library, reader)
    if Request.DISCOUNT in requests_in(held.text):
        known = await _with_discounts(known, library)
    query = story_query(reading, history, about.playbook)
    if not query:
        return known
    try:
        return replace(known, stories=await library.find(query, STORY_FACTS))
    except LibraryUnavailableError:
        return known


async def _with_discounts(known: Known, library: Library) -> Known:
    """Find the discounts that are published, for those who want another one."""
    query = phrases("en").fill("discount_query")
    try:
        found = await library.find(query)
    except LibraryUnavailableError:
        return known
    joined = known.findings.joined((found,))
    return replace(known, questions=(AskedQuestion(query, found),), findings=joined)


async def find_facts(
    held: Held,
    reading: Reading,
    industry: str,
    library: Library,
    reader: AnswerReader | None = None,
) -> Known:
    """Find facts for each question, the price list for those who ask what it costs, and what else is needed."""
    texts = split_questions(held.text)
    heard = frozenset(signal.kind for signal in reading.signals)
    needed = wanted_by(heard, reading.competitors, industry)
    wants = wants_of_each(
        needed, [context_of(text, held.text, said_before(held)) for text in texts]
    )
    try:
        asked = [
            AskedQuestion(text, await find_and_read(text, wanted, library, reader))
            for text, wanted in zip(texts, wants, strict=True)
        ]
        more: tuple[Findings, ...] = ()
        if reading.has(SignalKind.PRICING):
            more = (await library.find(phrases("en").fill("price_query"), PRICE_FACTS),)
    except LibraryUnavailableError as error:
        log.warning("library.failed", reason=str(error))
        return Known(tuple(AskedQuestion(text, Findings()) for text in texts))
    found = tuple(question.findings for question in asked)
    return Known(tuple(asked), found[0].joined((*found[1:], *more)))


async def find_and_read(
    question: str, wanted: Wanted, library: Library, reader: AnswerReader | None
) -> Findings:
    """Find facts on one question, and have the likeliest read: those that answer come first."""
    if reader is None:
        return await library.find(question, wanted=wanted)
    found = await library.find(question, READ_FACTS, wanted=wanted)
    every = [statements(each) for each in found.facts]
    candidates = tuple(statement for some in every for statement in some)
    if not candidates:
        return found
    try:
        chances = iter(await _chances(question, wanted.context, candidates, reader))
    except LibraryUnavailableError as error:
        log.warning("answer_reader.failed", reason=str(error))
        return replace(found, facts=found.facts[:KEPT_FACTS])
    read = [
        replace(each, answers=tuple(next(chances) for _ in some))
        for each, some in zip(found.facts, every, strict=True)
    ]
    read.sort(key=lambda each: -max(each.answers, default=0.0))
    best = max(max(each.answers, default=0.0) for each in read)
    return Findings(tuple(read[:KEPT_FACTS]), found.is_answered or best >= ANSWERED_FROM)


async def _chances(
    question: str, context: str, candidates: tuple[Statement, ...], reader: AnswerReader
) -> Sequence[float]:
    """Read a question alone, and one so short that it may point back also with what was said before it."""
    language = detect_language(question)
    alone = await reader.chances(Search(question, candidates, language))
    if not context or len(question.split()) > FEW_WORDS:
        return alone
    whole = await reader.chances(Search(question, candidates, language, context))
    return whole if max(whole) >= max(alone) + CLEARER else alone


def wanted_by(heard: Set[SignalKind], competitors: tuple[str, ...], industry: str = "") -> Wanted:
    """Give the facts that a reading asks for: prices, how to begin, a rival's comparison, a case like theirs."""
    needs = frozenset(topic for kind, topic in NEEDS.items() if kind in heard)
    return Wanted(topics=needs, names=competitors, industry=industry.lower())


def wants_of_each(needed: Wanted, contexts: Sequence[str]) -> list[Wanted]:
    """Give what is wanted besides for each question of a message: all that is needed with the first."""
    first, *others = contexts
    return [replace(needed, context=first), *(Wanted(context=each) for each in others)]


def context_of(question: str, message: str, before: str) -> str:
    """Give what a question of a message may point back to: the rest of the message, else the turn before."""
    around = message.replace(question, " ").strip() if len(message) > len(question) else ""
    return (around or before)[-MOST_CONTEXT:]


def said_before(held: Held) -> str:
    """Give the visitor's words of the turn before."""
    said = [message.text for message in held.before if message.author is Author.VISITOR]
    return said[-1] if said else ""
