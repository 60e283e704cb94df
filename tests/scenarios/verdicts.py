"""What was made of dialogues with history, beside what a sales lead expects of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from agent.scoring import Score
from agent.signals import Reading
from tests.scenarios.cases import Case, EventStep, JudgedStep, LookStep, VisitorStep

LONGEST_SHOWN = 80  # characters of a step's own words


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was made of one step; `reading` is None where nobody wrote."""

    score: Score
    calls_rep: bool
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A step, the first being 1, beside its verdict. Where nothing is expected, whatever comes is right."""

    number: int
    step: JudgedStep
    verdict: Verdict

    @property
    def is_temperature_right(self) -> bool:
        """Tell whether the temperature is one of those expected."""
        expect = self.step.expect
        return expect is None or self.verdict.score.temperature in expect.temperature

    @property
    def is_handoff_right(self) -> bool:
        """Tell whether a rep was called exactly if one should be."""
        expect = self.step.expect
        return expect is None or self.verdict.calls_rep is expect.handoff

    @property
    def is_unasked(self) -> bool:
        """Tell whether a rep was called at a step of which nobody said whether one should be."""
        return self.step.expect is None and self.verdict.calls_rep

    def line(self) -> str:
        """Say in one line what was expected, what came, and why."""
        verdict, expect = self.verdict, self.step.expect
        score = verdict.score
        wanted = "/".join(sorted(expect.temperature)) if expect else "nothing"
        parts = f"intent {score.intent}, engagement {score.engagement}, fit {score.fit}"
        return (
            f"{wanted}{_called(is_called=bool(expect and expect.handoff))} expected, "
            f"{score.temperature}{_called(is_called=verdict.calls_rep)} came "
            f"at {score.total} ({parts}){_read(verdict.reading)}: {_words(self.step)}"
        )


@dataclass(frozen=True, slots=True)
class Played:
    """A story played to its end."""

    case: Case
    judged: tuple[Judged, ...]

    @property
    def are_handoffs_right(self) -> bool:
        """Tell whether a rep was called at every step that asks for one, and at none that asks for none."""
        return all(each.is_handoff_right for each in self.judged)

    @property
    def are_handoffs_all_asked_for(self) -> bool:
        """Tell whether, besides, no rep was called at a step that says nothing of it."""
        return self.are_handoffs_right and not any(each.is_unasked for each in self.judged)

    @property
    def is_right(self) -> bool:
        """Tell whether nothing went otherwise than expected."""
        return not list(self.lines())

    def lines(self) -> Iterator[str]:
        """Say what went otherwise than expected, a line for each step."""
        for each in self.judged:
            if not (each.is_temperature_right and each.is_handoff_right):
                yield f"{self.case.id} step {each.number}: {each.line()}"


@dataclass(frozen=True, slots=True)
class Tally:
    """Stories played, and what is counted of them; there is at least one."""

    played: tuple[Played, ...]

    @property
    def temperatures(self) -> tuple[bool, ...]:
        """Tell of each expected temperature whether it came."""
        judged = (each for story in self.played for each in story.judged if each.step.expect)
        return tuple(each.is_temperature_right for each in judged)

    @property
    def stories(self) -> tuple[bool, ...]:
        """Tell of each story whether reps were called where they should be and nowhere else that was judged."""
        return tuple(story.are_handoffs_right for story in self.played)

    @property
    def strict_stories(self) -> tuple[bool, ...]:
        """Tell of each story whether, besides, no rep was called at a step that nobody judged."""
        return tuple(story.are_handoffs_all_asked_for for story in self.played)

    def lines(self) -> Iterator[str]:
        """Say what went otherwise than expected, a line for each step."""
        for story in self.played:
            yield from story.lines()

    def summary(self) -> str:
        """Give the shares in one line."""
        return (
            f"temperatures right: {_counted(self.temperatures)}; "
            f"stories with every handoff right: {_counted(self.stories)}, "
            f"and none at a step that nobody judged: {_counted(self.strict_stories)}"
        )


def share(right: tuple[bool, ...]) -> float:
    """Give the share of what is right, in [0, 1]; 1 of nothing."""
    return sum(right) / len(right) if right else 1.0


def _counted(right: tuple[bool, ...]) -> str:
    return f"{sum(right)} of {len(right)} ({share(right):.3f})"


def _called(*, is_called: bool) -> str:
    return " and a handoff" if is_called else ""


def _read(reading: Reading | None) -> str:
    if reading is None:
        return ""
    signals = " ".join(signal.kind for signal in reading.signals) or "no signal"
    return f", read as {reading.kind} {reading.readiness} with {signals}"


def _words(step: JudgedStep) -> str:
    match step:
        case VisitorStep(visitor=text):
            shown = " ".join(text.split())
        case EventStep():
            shown = f"{step.act}, {step.about}"
        case LookStep():
            shown = "a look"
        case _:
            assert_never(step)
    return shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…"
