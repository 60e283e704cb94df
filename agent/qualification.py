"""BANT and MEDDIC, filled only from the visitor's own words, and the one question worth asking next."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from agent.conversation import Author, Held, MessageId
from agent.criteria import (
    BANT,
    Criterion,
    HeardAnswer,
    Question,
    VisitorMessage,
)
from agent.evidence import evidence
from agent.history import History
from agent.signals import HeardSignal, MessageKind, Reading, SignalKind

MOST_IGNORED = 2
MOST_USEFUL = (Question.NEED, Question.TIMELINE, Question.AUTHORITY, Question.BUDGET)
MONTHS = (
    "jan|january|feb|february|mar|march|apr|april|may|jun|june|jul|july|aug|august|sep|september"
    "|oct|october|nov|november|dec|december"
)
NOT_COUNTED_AFTER = (
    *"$€£/.,:+#",
    "$ ",
    "€ ",
    "£ ",
    "usd ",
    "eur ",
    "net ",
    "soc ",
    "iso ",
    "office ",
)
QUANTITY = re.compile(
    "".join(f"(?<!{re.escape(mark)})" for mark in NOT_COUNTED_AFTER)
    + "".join(rf"(?<!\b{month} )" for month in MONTHS.split("|"))
    + r"\b(?!20[2-4]\d\b)(\d{1,3}(?:[.,]\d{3})+|\d{1,6})\b(?![.,/:-]\d)"
    rf"(?!\.? (?:{MONTHS})\b)"
    r"(?!\s*(?:%|€|\$|£|euro|dollar|usd|eur|k\b|am\b|pm\b|:|h\b|days?|weeks?|months?))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A known criterion: its value and the verbatim words it rests on.

    `is_negative` when the words say that there is none ("no budget"), or that it is not the writer ("I don't
    decide"). `earlier` is what was said before and holds no more, newest first.
    """

    value: str
    quote: str
    message_id: MessageId
    at: datetime
    is_negative: bool = False
    earlier: tuple["Evidence", ...] = ()


@dataclass(frozen=True, slots=True)
class Qualification:
    """The criteria that are known, also those known to be lacking; all others are missing."""

    known: Mapping[Criterion, Evidence] = field(default_factory=dict)

    def missing(self) -> tuple[Criterion, ...]:
        """Give what BANT still lacks."""
        return tuple(criterion for criterion in BANT if criterion not in self.known)


def qualify(
    signals: Iterable[HeardSignal],
    said: Iterable[VisitorMessage] = (),
    answers: Iterable[HeardAnswer] = (),
) -> Qualification:
    """Fill in what the visitor's own words show, in the order in which they were said; the newest counts.

    `said` are the messages the signals were heard in and others of the same visitor; `answers` are a model's.
    """
    ours = {(each.criterion, each.message_id): each for each in _ordered(evidence(signals, said))}
    theirs = {(each.criterion, each.message_id): each for each in _ordered(answers)}
    both = {**ours, **{key: each for key, each in theirs.items() if _adds(each, ours.get(key))}}
    by_criterion = sorted(both.values(), key=lambda each: (each.criterion, *_age(each)))
    groups = groupby(by_criterion, key=lambda each: each.criterion)
    known = {criterion: _newest(list(group)) for criterion, group in groups}
    return Qualification({each: known[each] for each in Criterion if each in known})


def qualify_lead(
    history: History, reading: Reading | None = None, held: Held | None = None
) -> Qualification:
    """Fill in what a lead has said up to now, the words to be answered included."""
    said = {message.id: message for message in (*_messages(held), *history.said)}
    return qualify(
        (*(reading.signals if reading else ()), *history.signals),
        said.values(),
        (*(reading.answers if reading else ()), *history.answers),
    )


def next_question(
    qualification: Qualification, reading: Reading, said: str, asked: tuple[str, ...]
) -> Question | None:
    """Pick the most useful question that was neither asked nor answered; None when there is none.

    `said` is all the visitor wrote in this conversation, `asked` the questions put already. Nobody is asked who
    buys nothing, has cooled, waits for a person, or left two questions unanswered.
    """
    if reading.kind is not MessageKind.SALES or _is_spared(reading):
        return None
    if sum(_is_ignored(each, qualification, said) for each in asked) >= MOST_IGNORED:
        return None
    wanted = _wanted(qualification, reading, said)
    return next((question for question in wanted if question.value not in asked), None)


def _messages(held: Held | None) -> Iterator[VisitorMessage]:
    for message in (*held.before, *held.unanswered) if held else ():
        if message.author is Author.VISITOR:
            yield VisitorMessage(message.id, message.text, message.created_at)


def _age(answer: HeardAnswer) -> tuple[datetime, str]:
    return answer.at, answer.message_id


def _ordered(answers: Iterable[HeardAnswer]) -> list[HeardAnswer]:
    """Sort so that of several answers in one message the one that counts is last: a denial, then the longest quote."""
    return sorted(set(answers), key=lambda e: (*_age(e), e.is_negative, len(e.quote), e.quote))


def _adds(theirs: HeardAnswer, ours: HeardAnswer | None) -> bool:
    """Tell whether a model's answer counts: where we heard none, or missed that it is a denial."""
    return ours is None or (theirs.is_negative and not ours.is_negative)


def _newest(answers: list[HeardAnswer]) -> Evidence:
    """Give the newest of a criterion's answers, oldest first, with those that it replaces."""
    runs = groupby(answers, key=lambda each: (each.is_negative, _gist(each.quote)))
    first_said = [_evidence(next(run)) for _, run in runs]
    *earlier, newest = first_said
    return replace(newest, earlier=tuple(reversed(earlier)))


def _evidence(answer: HeardAnswer) -> Evidence:
    return Evidence(answer.quote, answer.quote, answer.message_id, answer.at, answer.is_negative)


def _gist(quote: str) -> str:
    return " ".join(re.findall(r"\w+", quote.casefold()))


def _is_spared(reading: Reading) -> bool:
    return reading.has(SignalKind.COOLING) or reading.has(SignalKind.HUMAN)


def _is_ignored(asked: str, qualification: Qualification, said: str) -> bool:
    match asked:
        case Question.SEATS:
            return not QUANTITY.search(said)
        case Question.CONTACT:
            return False
        case _:
            return Criterion(asked) not in qualification.known


def _wanted(qualification: Qualification, reading: Reading, said: str) -> Iterator[Question]:
    if reading.has(SignalKind.PRICING) and not QUANTITY.search(said):
        yield Question.SEATS
    for question in MOST_USEFUL:
        # Whoever orders knows what for; whoever speaks of it just now has answered, however vaguely.
        is_idle = question is Question.NEED and reading.has(SignalKind.PURCHASE)
        is_touched = is_idle or reading.has(SignalKind(question.value))
        if Criterion(question.value) not in qualification.known and not is_touched:
            yield question
