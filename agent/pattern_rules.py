"""Which behaviour tells without words, as data: named patterns, what completes them, and what they are worth."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from agent.rules import Cap, Days, Gain, Loss, Rules

Times = Annotated[int, Field(ge=1, le=100)]
Several = Annotated[int, Field(ge=2, le=100)]


class Scope(StrEnum):
    """Whose acts a pattern is made of: one person's, or those of everybody at the company."""

    PERSON = "person"
    COMPANY = "company"


class PatternRule(Rules):
    """What all patterns have. Without `acts`, every act of high or medium weight counts.

    `points` fade by half every `half_life_days` from the moment the pattern was last complete; a rule that
    `calls_rep` may call a rep for a hot lead who has written nothing.
    """

    acts: tuple[str, ...] = ()
    points: Gain
    half_life_days: Days = 7
    calls_rep: bool = False


class BurstRule(PatternRule):
    """Many acts in a short time: at least `times` within `within_hours`.

    They must have at least so many different names (`kinds`), different titles (`titles`) and come from so many
    visits half an hour apart (`visits`); with `same`, the name of a property, all share its value.
    """

    of: Scope = Scope.PERSON
    times: Several
    within_hours: Annotated[float, Field(gt=0, le=24 * 366)]
    kinds: Times = 1
    titles: Times = 1
    visits: Times = 1
    same: str = ""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if max(self.kinds, self.titles, self.visits) > self.times:
            raise ValueError(f"times ({self.times}) must not be below kinds, titles or visits")
        if self.acts and self.kinds > len(set(self.acts)):
            raise ValueError(f"kinds ({self.kinds}) must not be above the number of acts")
        return self

    @property
    def span(self) -> timedelta:
        """Give the time the pattern is about."""
        return timedelta(hours=self.within_hours)


class PeopleRule(PatternRule):
    """At least so many people of one company active within `within_days`."""

    people: Several
    within_days: Days

    @property
    def span(self) -> timedelta:
        """Give the time the pattern is about."""
        return timedelta(days=self.within_days)


class ExecutiveRule(PatternRule):
    """A person of one of these roles, quiet for `quiet_days`, becomes active within `within_days` of others."""

    roles: tuple[str, ...] = Field(min_length=1)
    quiet_days: Days
    within_days: Days

    @property
    def span(self) -> timedelta:
        """Give the time the pattern is about."""
        return timedelta(days=self.within_days)


class ReturnRule(PatternRule):
    """Acts or words within `within_days` of the end of at least `quiet_days` without anything."""

    quiet_days: Days
    within_days: Days

    @property
    def span(self) -> timedelta:
        """Give the time the pattern is about."""
        return timedelta(days=self.quiet_days)


class AccelerationRule(PatternRule):
    """At least `times` acts in `days`, and `factor` times the pace of the `before_days` before.

    These were not empty, and of them only the time counts in which the lead was known.
    """

    times: Several
    days: Days
    before_days: Days
    factor: Annotated[float, Field(gt=1)]

    @property
    def span(self) -> timedelta:
        """Give the time the pattern is about."""
        return timedelta(days=self.days)


class QuietRule(Rules):
    """Nothing for `quiet_days` after at least `times` acts in the `before_days` before; may take points off."""

    acts: tuple[str, ...] = ()
    points: Loss = 0
    times: Times
    quiet_days: Days
    before_days: Days

    @property
    def span(self) -> timedelta:
        """Give the time the pattern is about."""
        return timedelta(days=self.quiet_days)


AnyRule = BurstRule | PeopleRule | ExecutiveRule | ReturnRule | AccelerationRule | QuietRule

BURST = {"surge": BurstRule(points=15, times=5, kinds=2, within_hours=24, calls_rep=True)}
PEOPLE = {"several_people": PeopleRule(points=8, people=2, within_days=7)}
EXECUTIVE = {
    "executive_joins": ExecutiveRule(
        points=14, roles=("decision_maker",), quiet_days=30, within_days=7, calls_rep=True
    )
}
RETURN = {"comes_back": ReturnRule(points=10, quiet_days=60, within_days=7, calls_rep=True)}
ACCELERATION = {
    "accelerates": AccelerationRule(points=8, times=4, days=7, before_days=28, factor=2)
}
QUIET = {"goes_quiet": QuietRule(times=3, quiet_days=14, before_days=30)}


class PatternRules(Rules):
    """Patterns by kind, each under its own name; `cap` is the most they give together.

    A pattern calls a rep within `call_within_hours` of being complete, not when old acts become known late, and
    only where `call_needs` patterns that may call one are in force. An episode of a proactive handoff lasts until
    the lead has cooled, or `episode_days` after it ended.
    """

    cap: Cap = 50
    episode_days: Days = 14
    call_within_hours: Annotated[float, Field(gt=0, le=24 * 30)] = 2
    call_needs: Annotated[int, Field(ge=1, le=10)] = 1
    bursts: Mapping[str, BurstRule] = Field(default_factory=BURST.copy)
    people: Mapping[str, PeopleRule] = Field(default_factory=PEOPLE.copy)
    executives: Mapping[str, ExecutiveRule] = Field(default_factory=EXECUTIVE.copy)
    returns: Mapping[str, ReturnRule] = Field(default_factory=RETURN.copy)
    accelerations: Mapping[str, AccelerationRule] = Field(default_factory=ACCELERATION.copy)
    quiet: Mapping[str, QuietRule] = Field(default_factory=QUIET.copy)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        seen: set[str] = set()
        for name, rule in self.named():
            if name in seen:
                raise ValueError(f"two patterns are called {name!r}")
            seen.add(name)
            if rule.points > self.cap:
                raise ValueError(f"cap ({self.cap}) must not be below {name!r} alone ({rule.points})")  # fmt: skip
        return self

    def named(self) -> Iterator[tuple[str, AnyRule]]:
        """Give all rules with their names."""
        for section in (self.bursts, self.people, self.executives, self.returns, self.accelerations, self.quiet):  # fmt: skip
            yield from section.items()
