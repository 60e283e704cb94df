"""How leads are scored, as data: points, caps, half-lives, and where warm and hot begin.

The tables of the demo's playbook reproduce the points of five published sales guides; they are trade figures, not science.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from agent.rules import Cap, Days, Gain, Loss, Points, Rules
from agent.signals import HeardKind, HeardSignal, MessageKind, SignalKind


class ActGroup(Rules):
    """Acts of one weight: points for each, how fast they fade, and the most they give together."""

    half_life_days: Days
    cap: Cap
    acts: Mapping[str, Gain]

    @model_validator(mode="after")
    def _single_acts_fit(self) -> Self:
        for act, points in self.acts.items():
            if points > self.cap:
                raise ValueError(f"cap ({self.cap}) must not be below {act!r} alone ({points})")
        return self


class EngagementRules(Rules):
    """Points for what somebody did, by weight; `cap` is the most that all acts give together."""

    high: ActGroup
    medium: ActGroup
    low: ActGroup
    cap: Cap

    def groups(self) -> tuple[ActGroup, ActGroup, ActGroup]:
        """Give the three groups, the weightiest first."""
        return self.high, self.medium, self.low

    def telling_acts(self) -> frozenset[str]:
        """Give the acts of high and medium weight: those that can show a wish to buy."""
        return frozenset({*self.high.acts, *self.medium.acts})

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        seen: set[str] = set()
        for group in self.groups():
            if twice := seen & set(group.acts):
                raise ValueError(f"{min(twice)!r} stands in two groups; keep it in one")
            seen |= set(group.acts)
            if group.cap > self.cap:
                raise ValueError(f"cap ({self.cap}) must not be below the cap of a group ({group.cap})")  # fmt: skip
        return self


class QuoteRules(Rules):
    """Whole words that a quote must show (one of `says`, if there are any), and must not (`unless`)."""

    says: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def fits(self, quote: str) -> bool:
        """Tell whether a quote keeps to the rule; letters alone count, without regard to case."""
        said = " ".join(["", *re.findall(r"\w+", quote.lower()), ""])
        if any(f" {words.lower()} " in said for words in self.unless):
            return False
        return not self.says or any(f" {words.lower()} " in said for words in self.says)


class IntentRules(Rules):
    """Points for what somebody said; all but `cooling` give points.

    `direct_inquiry` is for words that ask for a salesperson now, `inquiry` for other words of somebody who may buy, `explicit_acts` for acts that say as much as words; `cooling_keeps` is the share of what was said before that still counts once somebody cools down.
    What was said in a message of one of `kinds` does not count and calls no rep, and the points of the kind last heard are taken off until a sales message that is not cold follows.
    A signal makes a message hot only when its quote keeps to `hot_quotes`. Who did one of `trial_acts` within `trial_days` tries the product, and asks for help as a buyer does.
    """

    signals: Mapping[SignalKind, Points]
    direct_inquiry: Gain
    inquiry: Gain = 32
    explicit_acts: Mapping[str, Gain] = Field(default_factory=dict)
    half_life_days: Days
    cooling_keeps: Annotated[float, Field(ge=0, le=1)] = 0.25
    kinds: Mapping[MessageKind, Loss] = Field(default_factory=dict)
    hot_quotes: Mapping[SignalKind, QuoteRules] = Field(default_factory=dict)
    trial_acts: tuple[str, ...] = ()
    trial_days: Days = 60
    cap: Cap

    def makes_hot(self, signal: HeardSignal) -> bool:
        """Tell whether the very words of a signal speak for somebody who wants to get on."""
        return self.hot_quotes.get(signal.kind, QuoteRules()).fits(signal.quote)

    def turns_away(self, kind: MessageKind) -> bool:
        """Tell whether who writes such a message is nobody to sell to: not so a recruiter's job seeker."""
        return kind in self.kinds and kind is not MessageKind.OTHER

    def telling(self, heard: tuple[HeardKind, ...]) -> tuple[HeardKind, ...]:
        """Keep what shows whether somebody buys: messages of sales, and of those who are turned away."""
        return tuple(h for h in heard if h.kind is MessageKind.SALES or self.turns_away(h.kind))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for kind, points in self.signals.items():
            if (points > 0) if kind is SignalKind.COOLING else (points < 0):
                raise ValueError(f"signals: {kind.value!r} must {'give' if points < 0 else 'take off'} points, not {points}")  # fmt: skip
        if (
            most := max(
                [
                    self.direct_inquiry,
                    self.inquiry,
                    *self.signals.values(),
                    *self.explicit_acts.values(),
                ]
            )
        ) > self.cap:
            raise ValueError(f"cap ({self.cap}) must not be below a single signal ({most})")
        if MessageKind.SALES in self.kinds:
            raise ValueError("kinds: 'sales' must not take points off")
        return self


class FitRules(Rules):
    """Points for who somebody is; a role counts by the first pattern its title matches.

    `free_mail` is for a private mail address, `competitor` for the mail domain of a competitor: one that the playbook
    names, or one whose comparison with our product somebody has read in one of `comparing_acts`.
    """

    industries: tuple[str, ...] = ()
    industry: Gain = 10
    smallest: int = 1
    largest: int = 1_000_000
    size: Gain = 10
    countries: tuple[str, ...] = ()
    geography: Gain = 5
    roles: Mapping[str, Gain] = Field(
        description="decision_maker, strong_influencer, end_user, other"
    )
    titles: Mapping[str, tuple[str, ...]] = Field(
        description="a role: words of titles that show it"
    )
    cap: Cap = 45
    free_mail: Loss = 0
    free_mail_domains: tuple[str, ...] = ()
    competitor: Loss = -100
    comparing_acts: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.smallest > self.largest:
            raise ValueError(f"smallest ({self.smallest}) must not be above largest ({self.largest})")  # fmt: skip
        if unknown := set(self.titles) - set(self.roles):
            raise ValueError(f"titles: {min(unknown)!r} is no role; roles are {', '.join(self.roles)}")  # fmt: skip
        most = max([self.industry, self.size, self.geography, *self.roles.values()])
        if most > self.cap:
            raise ValueError(f"cap ({self.cap}) must not be below a single point of fit ({most})")
        return self


class TemperatureRules(Rules):
    """Where warm and hot begin, how far below a lead must fall to cool, and what makes hot red.

    Warm asks for `warm_interest` points of what was said and done, so that nobody is warm by their company alone.
    Hot asks for words that ask for a salesperson, or for one of the explicit acts; or else for `hot_interest` points
    of two kinds of evidence: telling behaviour beside anything else, or words and acts of `hot_evidence` points each.
    Whoever lacks it is held below the threshold. A signal counts towards the red-hot sets for `red_hot_days`, and
    only when its quote keeps to `red_hot_quotes`.
    """

    warm_from: Annotated[int, Field(ge=1, le=99)]
    warm_interest: Annotated[int, Field(ge=0, le=99)] = 10
    hot_interest: Annotated[int, Field(ge=0, le=99)] = 45
    hot_evidence: Annotated[int, Field(ge=0, le=99)] = 25
    hot_from: Annotated[int, Field(ge=2, le=100)]
    margin: Annotated[int, Field(ge=0, le=20)] = 4
    red_hot_signals: tuple[frozenset[SignalKind], ...] = Field(
        description="sets of signals; a hot lead that shows all of one set is red-hot"
    )
    red_hot_days: Days = 30
    red_hot_quotes: Mapping[SignalKind, QuoteRules] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.warm_from >= self.hot_from:
            raise ValueError(
                f"warm_from ({self.warm_from}) must be below hot_from ({self.hot_from})"
            )
        if self.hot_from - self.margin <= self.warm_from or self.margin >= self.warm_from:
            raise ValueError(f"margin ({self.margin}) must be smaller than warm_from and than the way from there to hot_from")  # fmt: skip
        if not all(self.red_hot_signals):
            raise ValueError("red_hot_signals: an empty set would make every hot lead red-hot")
        return self


class GradeRules(Rules):
    """The letter shows fit (A best), the number interest (1 best): the points from which each begins."""

    a_from: int = 25
    b_from: int = 10
    one_from: int = 50
    two_from: int = 20

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.b_from >= self.a_from or self.two_from >= self.one_from:
            raise ValueError("expected b_from < a_from and two_from < one_from")
        return self


class ScoringRules(Rules):
    """How a lead's score is made. `repeat` is the share that each repetition of an act still gives."""

    grade: GradeRules = GradeRules()
    repeat: Annotated[float, Field(ge=0, le=1)] = 0.5
    intent: IntentRules
    engagement: EngagementRules
    fit: FitRules
    temperature: TemperatureRules

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for complaint in self._complaints():
            raise ValueError(complaint)
        return self

    def _complaints(self) -> Iterator[str]:
        hot_from, low = self.temperature.hot_from, self.engagement.low.cap
        if low + self.fit.cap >= hot_from:
            yield f"low acts ({low}) and fit ({self.fit.cap}) alone must stay below hot_from ({hot_from})"
        known = {act for group in self.engagement.groups() for act in group.acts}
        if unknown := set(self.intent.explicit_acts) - known:
            yield f"intent: {min(unknown)!r} under explicit_acts is in none of the groups of acts"
