"""A reply in the making: its sentences, its times, the pieces it is made of, and what it rests on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import perf_counter

from agent.conversation import MessageId, Source
from agent.errors import ModelUnavailableError, StaleEpochError
from agent.facts import Fact
from agent.reply import Plan, Refused, Reply, Sentence

MOST_SOURCES = 3


@dataclass(slots=True)
class Draft:
    """A reply in the making."""

    message_id: MessageId
    started: float
    interrupted: asyncio.Event
    sentences: list[Sentence] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    degraded: str | None = None
    writer: str = ""
    first_shown: float | None = None

    @property
    def text(self) -> str:
        """Give what was shown so far."""
        return "".join(sentence.text for sentence in self.sentences).strip()

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
    """Wait for the next piece, an interruption, or the time limit, whichever comes first."""
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


async def close(pieces: AsyncIterator[str]) -> None:
    """End a writer's stream, whatever state it is in."""
    aclose = getattr(pieces, "aclose", None)
    if aclose is not None:
        await aclose()


def used(draft: Draft, plan: Plan) -> tuple[Fact, ...]:
    """Give the facts that back what was shown, the first cited first."""
    facts = {str(found.fact.id): found.fact for found in plan.findings.facts}
    cited = dict.fromkeys(fact_id for sentence in draft.sentences for fact_id in sentence.fact_ids)
    return tuple(facts[fact_id] for fact_id in cited if fact_id in facts)


def reply_of(draft: Draft, plan: Plan) -> Reply:
    """Give the reply as it was shown."""
    return Reply(
        message_id=draft.message_id,
        text=draft.text,
        writer=draft.writer,
        sources=_sources(used(draft, plan), plan.playbook.company.website),
        sentences=tuple(draft.sentences),
        refused=tuple(draft.refused),
        degraded=draft.degraded,
    )


def _sources(facts: tuple[Fact, ...], website: str) -> tuple[Source, ...]:
    """Give each page once, the first cited first."""
    pages: dict[str, Source] = {}
    for fact in facts:
        url = website.rstrip("/") + fact.url if fact.url.startswith("/") else fact.url
        pages.setdefault(fact.page, Source(fact.page, url))
    return tuple(pages.values())[:MOST_SOURCES]
