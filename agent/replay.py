"""A lead's score over time: what it was at past moments, and what moved the temperature.

`score_lead` is pure and leaves out what came later, so that any past is scored as it would have been then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.history import History
from agent.lead import Lead
from agent.playbook import Playbook
from agent.scoring import Score, Temperature, score_lead

MOST_HAPPENINGS = 100
SAMPLES = 60
_INSTANT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something done or said that may have moved the score, in a few words; `quote` is what was said."""

    at: datetime
    what: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Turning:
    """The temperature changed: from, to, with which total, and what happened then; None: time alone passed."""

    at: datetime
    before: Temperature
    after: Temperature
    total: int
    because: Happening | None


@dataclass(frozen=True, slots=True)
class Replay:
    """A lead at a past moment, and how it came to that.

    `totals` are at equal steps from the first happening, at `began_at`, to the moment, both included. A turning
    before it rests on who the lead is.
    """

    lead: Lead
    at: datetime
    score: Score
    turnings: tuple[Turning, ...]
    began_at: datetime
    totals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Scored:
    at: datetime
    score: Score
    happening: Happening | None


def replay(history: History, playbook: Playbook, at: datetime) -> Replay:
    """Replay a lead up to `at` from its history, of which what came later is left out.

    The newest 100 happenings are looked at. Of acts that are repeated often the history has only the freshest, so
    that early totals may lack a point or two.
    """
    happenings = _happenings(history, at)
    began_at = happenings[0].at if happenings else at
    scored = [_score(history, playbook, *moment) for moment in _moments(happenings, at)]
    step = (at - began_at) / (SAMPLES - 1)
    instants = [began_at + n * step for n in range(SAMPLES - 1)] if step else []
    totals = [score_lead(history, None, playbook, instant).total for instant in instants]
    return Replay(
        lead=history.lead,
        at=at,
        score=scored[-1].score,
        turnings=tuple(_turnings(scored)),
        began_at=began_at,
        totals=(*totals, scored[-1].score.total),
    )


def _happenings(history: History, at: datetime) -> list[Happening]:
    """Give what was done and said until then, the oldest first, of one instant the weightiest word."""
    done = [Happening(e.at, f"{e.name}: {e.title}" if e.title else e.name) for e in history.events]
    said = [Happening(s.at, s.kind.value, s.quote) for s in history.signals]
    heard = [Happening(h.at, f"a message: {h.kind.value}") for h in history.heard]
    by_instant = {each.at: each for each in (*heard, *done, *said) if each.at <= at}
    return sorted(by_instant.values(), key=lambda each: each.at)[-MOST_HAPPENINGS:]


def _moments(
    happenings: Sequence[Happening], at: datetime
) -> Iterable[tuple[datetime, Happening | None]]:
    """Look just before each happening and at it, so that what time alone did is told apart."""
    for happening in happenings:
        yield happening.at - _INSTANT, None
        yield happening.at, happening
    if not happenings or happenings[-1].at != at:
        yield at, None


def _score(
    history: History, playbook: Playbook, at: datetime, happening: Happening | None
) -> _Scored:
    return _Scored(at, score_lead(history, None, playbook, at), happening)


def _turnings(scored: Sequence[_Scored]) -> Iterable[Turning]:
    before = Temperature.COLD
    for each in scored:
        score = each.score
        if score.temperature is not before:
            at = each.at if each.happening else score.since
            yield Turning(at, before, score.temperature, score.total, each.happening)
            before = score.temperature
