"""A reply in the making: its sentences, its times, the pieces it is made of, and what it rests on."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter

from agent.conversation import Citation, MessageId, Sentence, Source
from agent.errors import ModelUnavailableError, StaleEpochError
from agent.facts import Fact
from agent.reply import Plan, Refused, Reply


@dataclass(slots=True)
class Draft:
    """A reply in the making."""

    message_id: MessageId
    started: float
    interrupted: asyncio.Event
    sentences: list[Sentence] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    degraded: str | None = None
    writer: str = ""
    first_shown: float | None = None

    @property
    def text(self) -> str:
        """Give what was shown so far."""
        return "".join(sentence.text for sentence in self.sentences).strip()

    def backed(self, text: str, by: tuple[str, ...], facts: Iterable[Fact]) -> Sentence:
        """Give a sentence that rests on facts, and keep those for its sources."""
        self.facts |= {str(fact.id): fact for fact in facts if str(fact.id) in by}
        return Sentence(text, by)

    def times(self) -> dict[str, float]:
        """Give the milliseconds until the first sentence was shown, and until now."""
        times = {"total": perf_counter() - self.started}
        if self.first_shown is not None:
            times["first_sentence"] = self.first_shown - self.started
        return {step: round(1000 * seconds, 2) for step, seconds in times.items()}


class Stopwatch:
    """Measures the steps of a turn, in milliseconds."""

    def __init__(self) -> None:
        """Start."""
        self.spans: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, step: str) -> None:
        """Note the time since the last lap."""
        now = perf_counter()
        self.spans[step] = round(1000 * (now - self._last), 2)
        self._last = now


async def next_piece(pieces: AsyncIterator[str], draft: Draft, seconds: float) -> str | None:
    """Wait for the next piece, an interruption, or the time limit, whichever comes first.

    Nothing interrupts a draft of which something was shown.
    """
    if draft.sentences:
        return await _within(seconds, pieces)
    piece = asyncio.ensure_future(anext(pieces, None))
    interrupted = asyncio.ensure_future(draft.interrupted.wait())
    try:
        await asyncio.wait(
            {piece, interrupted}, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED
        )
        if draft.interrupted.is_set() and not draft.sentences:
            raise StaleEpochError("New words arrived before anything was shown.")
        if not piece.done():
            raise ModelUnavailableError("The model took too long.")
        return piece.result()
    finally:
        for task in (piece, interrupted):
            if not task.done():
                task.cancel()
        await asyncio.gather(piece, interrupted, return_exceptions=True)


async def _within(seconds: float, pieces: AsyncIterator[str]) -> str | None:
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            return await anext(pieces, None)
    except TimeoutError as error:
        raise ModelUnavailableError("The model took too long.") from error


async def close(pieces: AsyncIterator[str]) -> None:
    """End a writer's stream, whatever state it is in."""
    aclose = getattr(pieces, "aclose", None)
    if aclose is not None:
        await aclose()


def used(draft: Draft) -> tuple[Fact, ...]:
    """Give the facts that back what was shown, the first cited first."""
    cited = dict.fromkeys(fact_id for sentence in draft.sentences for fact_id in sentence.fact_ids)
    return tuple(draft.facts[fact_id] for fact_id in cited if fact_id in draft.facts)


def reply_of(draft: Draft, plan: Plan) -> Reply:
    """Give the reply as it was shown, with the pages it rests on, and for each sentence where on them."""
    facts, website = {str(fact.id): fact for fact in used(draft)}, plan.playbook.company.website
    first: dict[str, Fact] = {}
    for fact in facts.values():
        first.setdefault(fact.page, fact)
    cited = {
        fact_id: Citation([*first].index(fact.page), fact.title, _address(fact, website))
        for fact_id, fact in facts.items()
    }
    return Reply(
        message_id=draft.message_id,
        text=draft.text,
        writer=draft.writer,
        sources=tuple(Source(page, _address(fact, website)) for page, fact in first.items()),
        sentences=_trimmed(_backed(sentence, cited) for sentence in draft.sentences),
        refused=tuple(draft.refused),
        degraded=draft.degraded,
    )


def _backed(sentence: Sentence, cited: Mapping[str, Citation]) -> Sentence:
    known = dict.fromkeys(cited[each] for each in sentence.fact_ids if each in cited)
    return replace(sentence, citations=tuple(known))


def _trimmed(sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
    """Take the white space off both ends, so that the sentences make up the text."""
    kept = list(sentences)
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return tuple(kept)


def _address(fact: Fact, website: str) -> str:
    return website.rstrip("/") + fact.url if fact.url.startswith("/") else fact.url
