"""What came of all scenarios: shares by check, kind and language, times, and what a judge says beside them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from integrations.evaluation.replies.checks import Check, CheckedTurn
from integrations.evaluation.replies.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many are right."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """Give the share, from 0 to 1; of nothing it is 1."""
        return self.right / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True)
class Grade:
    """What a judge makes of one reply, each with its reason in `because`."""

    relevant: bool
    accurate: bool
    safe: bool
    because: str = ""

    @property
    def is_good(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.relevant and self.accurate and self.safe


@dataclass(frozen=True, slots=True)
class CheckedScenario:
    """One scenario with its turns, and the judge's grade of each turn that was judged, by the turn's place."""

    scenario: Scenario
    turns: tuple[CheckedTurn, ...]
    grades: Mapping[int, Grade] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Tell whether nothing went wrong in any turn."""
        return not any(turn.failed for turn in self.turns)


@dataclass(frozen=True, slots=True)
class RepliesReport:
    """All scenarios as they were played with one writer."""

    writer: str
    scenarios: tuple[CheckedScenario, ...]
    has_judge: bool = False

    @property
    def turns(self) -> tuple[CheckedTurn, ...]:
        """Give all turns."""
        return tuple(turn for each in self.scenarios for turn in each.turns)

    @property
    def passed(self) -> Share:
        """Give how many turns have nothing wrong."""
        return _share(not turn.failed for turn in self.turns)

    @property
    def by_check(self) -> dict[Check, Share]:
        """Give each check's share of the turns it applies to."""
        outcomes = [outcome for turn in self.turns for outcome in turn.outcomes]
        return {
            check: _share(outcome.passed for outcome in outcomes if outcome.check is check)
            for check in Check
            if any(outcome.check is check for outcome in outcomes)
        }

    @property
    def by_kind(self) -> dict[str, Share]:
        """Give the share of turns with nothing wrong for each kind of scenario."""
        return self._by(lambda scenario: scenario.kind.value)

    @property
    def by_language(self) -> dict[str, Share]:
        """Give the share of turns with nothing wrong for each language."""
        return self._by(lambda scenario: scenario.language)

    @property
    def mentioned(self) -> Share:
        """Give how many of the titles that may be said aloud were."""
        may = sum(len(turn.played.asked.expect.mentions) for turn in self.turns)
        return Share(sum(turn.mentioned for turn in self.turns), may)

    @property
    def first_reply(self) -> tuple[float, float]:
        """Give p50 and p95 of the milliseconds to the first sentence of each conversation's first reply."""
        times = [each.turns[0].played.milliseconds for each in self.scenarios]
        return percentiles([time for time in times if time is not None])

    @property
    def judged(self) -> tuple[tuple[CheckedTurn, Grade], ...]:
        """Give the turns that a judge graded."""
        return tuple(
            (each.turns[place], grade)
            for each in self.scenarios
            for place, grade in each.grades.items()
        )

    @property
    def ungraded(self) -> int:
        """Count the replies that the judge was to grade and could not."""
        shown = sum(bool(turn.played.shown) for turn in self.turns)
        return shown - len(self.judged) if self.has_judge else 0

    @property
    def own(self) -> Share:
        """Give how many of the replies the writer wrote itself; where it fails, the composed one steps in."""
        return _share(turn.played.writer == self.writer for turn in self.turns if turn.played.shown)

    @property
    def agreement(self) -> Share:
        """Give how often judge and checks agree on whether a reply is good."""
        return _share(grade.is_good == (not turn.failed) for turn, grade in self.judged)

    @property
    def judge(self) -> dict[str, Share]:
        """Give the judge's own shares, which stand beside the checks and are never part of them."""
        return {
            name: _share(getattr(grade, name) for _, grade in self.judged)
            for name in ("relevant", "accurate", "safe")
        }

    def failures(self) -> list[tuple[CheckedScenario, CheckedTurn]]:
        """Give the turns in which something is wrong, in the order of the file."""
        return [(each, turn) for each in self.scenarios for turn in each.turns if turn.failed]

    def _by(self, name: Callable[[Scenario], str]) -> dict[str, Share]:
        names = sorted({name(each.scenario) for each in self.scenarios})
        return {
            called: _share(
                not turn.failed
                for each in self.scenarios
                if name(each.scenario) == called
                for turn in each.turns
            )
            for called in names
        }


def percentiles(times: Sequence[float]) -> tuple[float, float]:
    """Give p50 and p95; of nothing, zeros."""
    if len(times) < 2:  # one has no spread
        return (times[0], times[0]) if times else (0.0, 0.0)
    cuts = quantiles(times, n=20, method="inclusive")
    return cuts[9], cuts[18]


def as_json(report: RepliesReport) -> dict[str, object]:
    """Give all figures and all turns."""
    p50, p95 = report.first_reply
    figures: dict[str, object] = {
        "writer": report.writer,
        "scenarios": len(report.scenarios),
        "turns": len(report.turns),
        "passed": _shown(report.passed),
        "checks": {check.value: _shown(share) for check, share in report.by_check.items()},
        "kinds": {kind: _shown(share) for kind, share in report.by_kind.items()},
        "languages": {code: _shown(share) for code, share in report.by_language.items()},
        "mentioned": _shown(report.mentioned),
        "own": _shown(report.own),
        "ungraded": report.ungraded,
        "first_reply_milliseconds": {"p50": round(p50, 1), "p95": round(p95, 1)},
    }
    if report.judged:
        shares = {name: _shown(share) for name, share in report.judge.items()}
        figures["judge"] = shares | {"agreement": _shown(report.agreement)}
    return figures | {"replies": [_turns(each) for each in report.scenarios]}


def failures_by_check(report: RepliesReport) -> Counter[Check]:
    """Count what went wrong."""
    return Counter(outcome.check for turn in report.turns for outcome in turn.failed)


def _turns(each: CheckedScenario) -> dict[str, object]:
    return {
        "id": each.scenario.id,
        "kind": each.scenario.kind.value,
        "language": each.scenario.language,
        "turns": [_turn(turn, each.grades.get(place)) for place, turn in enumerate(each.turns)],
    }


def _turn(turn: CheckedTurn, grade: Grade | None) -> dict[str, object]:
    shown: dict[str, object] = {
        "visitor": turn.played.asked.visitor,
        "reply": turn.played.shown,
        "writer": turn.played.writer,
        "wrong": {outcome.check.value: outcome.wrong for outcome in turn.failed},
        "held_back": list(turn.played.held_back),
        "milliseconds": turn.played.milliseconds,
    }
    if grade:
        verdict = {
            name: getattr(grade, name) for name in ("relevant", "accurate", "safe", "because")
        }
        shown["judge"] = verdict
    return shown


def _shown(share: Share) -> dict[str, float]:
    return {"right": share.right, "of": share.of, "share": round(share.share, 4)}


def _share(passed: Iterable[bool]) -> Share:
    every = list(passed)
    return Share(sum(every), len(every))
