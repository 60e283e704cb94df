"""The sales team's rules as data: every number a head of sales may want to change stands here.

Loaded and checked by `knowledge.playbook`; wrong values stop the start with the line and what is expected.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from agent.business_hours import BusinessHours
from agent.conversation import RepId
from agent.criteria import Question
from agent.engagement import Discretion
from agent.hours_rules import HoursRules
from agent.pattern_rules import PatternRules
from agent.rules import Rules
from agent.scoring_rules import ScoringRules
from agent.spending import SpendingRules
from agent.talk import TalkRules
from agent.team_rules import DeskRules, RepRules, RoutingRule, SlaRules, TeamId, TeamRules
from agent.widget_rules import WidgetRules, is_pattern


class CompanyRules(Rules):
    """Who we are, in our own words."""

    name: str = Field(min_length=1, max_length=80)
    product: str = Field(min_length=1, max_length=80)
    offers: str = Field(
        min_length=1, max_length=400, description="one sentence: what we do, for whom"
    )
    website: str = ""
    booking_url: str = ""
    support: str = Field(
        default="", description="where existing customers get help, e.g. a mail address"
    )
    jobs: str = ""
    press: str = ""
    privacy: str = Field(
        default="",
        description="who deletes and exports personal data, e.g. a mail address; unset: what the library names, else support",
    )
    price_list: str = Field(
        default="", description="a page to leave with whoever is not ready yet, e.g. the price list"
    )
    disclosure: Mapping[str, str] = Field(
        description="a language code: the sentence that says this is an AI"
    )


class Competitor(Rules):
    """Another vendor our buyers compare us with."""

    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = Field(
        default=(), description="mail domains; whoever writes from one is no lead"
    )
    battlecard: str = Field(default="", description="one line for the rep, never shown to visitors")


class PersonalisationRules(Rules):
    """What may be said aloud, what only steers, what is for the rep: event names by class."""

    say: tuple[str, ...] = ()
    steer: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()
    say_within_days: Annotated[int, Field(gt=0)] = 120
    return_after_days: Annotated[float, Field(gt=0)] = Field(
        default=2,
        description="so long away, a visitor is welcomed back and taken up where they left",
    )
    steer_within_days: Annotated[float, Field(gt=0)] = Field(
        default=7, description="so long, a page viewed puts its facts first"
    )

    def discretion(self, event_name: str) -> Discretion:
        """Give the class of an act; an unknown one is for the rep only."""
        if event_name in self.say:
            return Discretion.SAY
        return Discretion.STEER if event_name in self.steer else Discretion.BRIEF


class ReplyRules(Rules):
    """How replies are written."""

    most_words: Annotated[int, Field(ge=20, le=400)] = 90
    first_sentence_seconds: Annotated[float, Field(gt=0, le=30)] = 6.0
    whole_reply_seconds: Annotated[float, Field(gt=0, le=120)] = 20.0
    typing_hold_seconds: Annotated[float, Field(ge=0, le=10)] = 2.0
    speaks: tuple[str, ...] = ("en",)
    discloses: bool = Field(
        default=False,
        description="begin the first reply with the disclosure, where the chat window does not show it, as in mails",
    )
    tells_of_customers: bool = Field(
        default=True, description="tell a buyer a sentence of a case study of their trade or size"
    )
    mails_an_hour: Annotated[int, Field(ge=1, le=1_000)] = Field(
        default=20, description="so many mails or forms of one sender are answered within an hour"
    )
    questions: Mapping[str, Mapping[str, str]] = Field(
        default_factory=dict,
        description="a question of ours (seats, contact, need, timeline, authority, budget): a language code: our words for it",
    )

    @field_validator("questions")
    @classmethod
    def _known_questions(cls, questions: Mapping[str, object]) -> Mapping[str, object]:
        known = [question.value for question in Question]
        for name in questions:
            if name not in known:
                raise ValueError(f"{name!r} is no question of ours; those are {', '.join(known)}")
        return questions


class Playbook(Rules):
    """All rules of one sales team."""

    version: str = Field(
        min_length=1, description="named in every decision, so that it can be replayed"
    )
    pack: str = Field(default="", description="the pack of a trade that this playbook stands on")
    company: CompanyRules
    voice: str = Field(default="", max_length=600, description="how we sound, told to the model")
    competitors: tuple[Competitor, ...] = ()
    pages: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="an event name: regular expressions for the URLs that count as it",
    )
    scoring: ScoringRules
    talk: TalkRules = TalkRules()
    patterns: PatternRules = PatternRules()
    reps: tuple[RepRules, ...] = Field(min_length=1)
    teams: tuple[TeamRules, ...] = ()
    hours: HoursRules
    sla: SlaRules = SlaRules()
    routing: tuple[RoutingRule, ...] = Field(min_length=1)
    desk: DeskRules = DeskRules()
    personalisation: PersonalisationRules
    replies: ReplyRules = ReplyRules()
    spending: SpendingRules = SpendingRules()
    widget: WidgetRules = WidgetRules()

    @field_validator("pages")
    @classmethod
    def _patterns(cls, pages: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for pattern in (pattern for patterns in pages.values() for pattern in patterns):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return pages

    @model_validator(mode="after")
    def _reps_exist(self) -> Self:
        known = {rep.id for rep in self.reps}
        if len(known) < len(self.reps):
            raise ValueError("reps: two reps have the same id")
        named = [(f"routing: rule {rule.name!r}", rule.reps) for rule in self.routing]
        named += [(f"teams: {team.id!r}", team.reps) for team in self.teams]
        named += [("desk: admins", self.desk.admins)]
        for place, rep_ids in named:
            for rep_id in rep_ids:
                if rep_id not in known:
                    raise ValueError(f"{place} names {rep_id!r}, who is not among reps")
        return self

    @model_validator(mode="after")
    def _teams_exist(self) -> Self:
        known = {team.id for team in self.teams}
        if len(known) < len(self.teams):
            raise ValueError("teams: two teams have the same id")
        for rule in self.routing:
            if rule.team and rule.team not in known:
                raise ValueError(
                    f"routing: rule {rule.name!r} names the team {rule.team!r}, which is not among teams"
                )
        return self

    @model_validator(mode="after")
    def _patterns_can_be(self) -> Self:
        acts, roles = self._acts(), self.scoring.fit.roles
        for name, rule in self.patterns.named():
            for act in rule.acts:
                if act not in acts:
                    raise ValueError(
                        f"patterns: {name!r} names {act!r}, an act that stands nowhere else"
                    )
        for name, rule in self.patterns.executives.items():
            for role in rule.roles:
                if role not in roles:
                    raise ValueError(
                        f"patterns: {name!r} names the role {role!r}; roles are {', '.join(roles)}"
                    )
        return self

    @model_validator(mode="after")
    def _greeted_pages_exist(self) -> Self:
        for rule in self.widget.greetings:
            for page in rule.pages:
                if not is_pattern(page) and page not in self.pages:
                    raise ValueError(
                        f"widget: greeting {rule.id!r} names {page!r}; name an act of pages, or give a pattern with a slash"
                    )
        return self

    def _acts(self) -> frozenset[str]:
        """Give the acts that are named anywhere but in a pattern."""
        groups, said = self.scoring.engagement.groups(), self.personalisation
        scored = (act for group in groups for act in group.acts)
        return frozenset({*self.pages, *scored, *said.say, *said.steer, *said.brief})

    def rep(self, rep_id: RepId | None) -> RepRules | None:
        """Find a rep by id."""
        return next((rep for rep in self.reps if rep.id == rep_id), None)

    def rep_in_slack(self, slack_user_id: str) -> RepRules | None:
        """Find a rep by Slack user."""
        return next((rep for rep in self.reps if rep.slack_user_id == slack_user_id), None)

    def team(self, team_id: TeamId) -> TeamRules | None:
        """Find a team by id."""
        return next((team for team in self.teams if team.id == team_id), None)

    def team_of(self, rep_id: RepId) -> TeamRules | None:
        """Find the first team that a rep is in."""
        return next((team for team in self.teams if rep_id in team.reps), None)

    def share_channel(self, one: TeamId, other: TeamId) -> bool:
        """Tell whether the cards of two teams stand in the same channel."""
        teams = (self.team(one), self.team(other))
        return len({team.slack_channel if team else "" for team in teams}) == 1

    def hours_of_team(self, team_id: TeamId) -> BusinessHours:
        """Give a team's hours: its own, else the company's."""
        team = self.team(team_id)
        return (team.hours if team and team.hours else self.hours).hours()

    def hours_of(self, rep: RepRules) -> BusinessHours:
        """Give a rep's hours: their own, else their team's, else the company's; less the days they are away."""
        if rep.hours is not None:
            hours = rep.hours.hours()
        else:
            team = self.team_of(rep.id)
            hours = self.hours_of_team(team.id) if team else self.hours.hours()
        return hours.without(rep.away) if rep.away else hours

    def admins(self) -> tuple[RepRules, ...]:
        """Give who hears of what is set up wrongly: those named, else the managers, else the first rep."""
        named = tuple(rep for rep in self.reps if rep.id in self.desk.admins)
        return named or tuple(rep for rep in self.reps if rep.is_manager) or self.reps[:1]

    def claim_within(self) -> timedelta:
        """Give the promised time to a claim, in business time."""
        return timedelta(minutes=self.sla.claim_minutes)
