"""The humans of the desk as the playbook states them: reps, teams, who is called when, and what is promised."""

from datetime import date
from enum import StrEnum
from typing import Annotated, NewType, Self

from pydantic import Field, model_validator

from agent.conversation import RepId
from agent.hours_rules import HoursRules
from agent.rules import Rules

TeamId = NewType("TeamId", str)
NO_TEAM = TeamId("")

Minutes = Annotated[float, Field(gt=0)]
Name = Annotated[str, Field(min_length=1, pattern=r"^[a-z0-9_.-]+$")]


class RepRules(Rules):
    """A human seller."""

    id: Annotated[RepId, Field(min_length=1, pattern=r"^[a-z0-9_.-]+$")]
    name: str = Field(min_length=1)
    title: str = ""
    email: str = ""
    picture: str = ""
    slack_user_id: str = ""
    languages: tuple[str, ...] = ("en",)
    is_manager: bool = False
    is_on_call: bool = False
    hours: HoursRules | None = Field(
        default=None, description="their own hours; unset: those of their first team, else `hours`"
    )
    away: tuple[date, ...] = Field(default=(), description="days they are not there")
    capacity: Annotated[int, Field(ge=0, le=100)] = Field(
        default=5,
        description="conversations at a time, and the weight in a round robin; 0: only when named or owning",
    )
    booking_url: str = Field(default="", description="their own calendar; unset: the company's")


class TeamRules(Rules):
    """Reps who share a channel and hours."""

    id: Annotated[TeamId, Field(min_length=1, pattern=r"^[a-z0-9_.-]+$")]
    name: str = Field(min_length=1)
    reps: tuple[RepId, ...] = Field(min_length=1)
    slack_channel: str = Field(
        default="", description="an id (C0…) for this team's cards; unset: HOTLINE_SLACK_CHANNEL"
    )
    hours: HoursRules | None = Field(default=None, description="unset: those of `hours`")


class SlaRules(Rules):
    """What is promised and when somebody is reminded, in minutes of business time."""

    claim_minutes: Minutes = 5
    nudge_minutes: Minutes = 2.5
    backup_minutes: Minutes = 5
    escalate_minutes: Minutes = 10
    give_up_minutes: Minutes = Field(
        default=5,
        description="so long after a manager was told, the visitor is told that nobody came, and a call back is promised",
    )
    silent_nudge_minutes: Minutes = Field(
        default=5,
        description="the visitor waits so long for the rep who holds: the rep is reminded",
    )
    silent_rep_minutes: Minutes = Field(
        default=15, description="the visitor waits so long: the agent steps in"
    )
    call_back_minutes: Minutes = Field(
        default=60, description="so long after opening a call-back that was promised is due"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.nudge_minutes < self.claim_minutes < self.escalate_minutes:
            raise ValueError("expected nudge_minutes < claim_minutes < escalate_minutes")
        if not self.nudge_minutes < self.backup_minutes < self.escalate_minutes:
            raise ValueError("expected nudge_minutes < backup_minutes < escalate_minutes")
        if self.silent_nudge_minutes >= self.silent_rep_minutes:
            raise ValueError("expected silent_nudge_minutes < silent_rep_minutes")
        return self


class Choosing(StrEnum):
    """How a rule chooses among its reps."""

    IN_ORDER = "in_order"
    ROUND_ROBIN = "round_robin"


class RoutingRule(Rules):
    """The first rule whose conditions all hold names the reps; a rule without conditions always holds."""

    name: str
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    industries: tuple[str, ...] = Field(
        default=(), description="segments, as the company's record has them"
    )
    products: tuple[str, ...] = Field(
        default=(), description="words of which the visitor wrote one, or read a page about"
    )
    from_employees: int | None = None
    to_employees: int | None = None
    reps: tuple[RepId, ...] = ()
    team: TeamId = NO_TEAM
    choose: Choosing = Field(
        default=Choosing.IN_ORDER,
        description="in_order: all who are on duty, first choice first; round_robin: one, by capacity and turn",
    )

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not self.reps and not self.team:
            raise ValueError("expected `reps` or a `team`")
        return self

    @property
    def is_rota(self) -> bool:
        """Tell whether it calls one rep at a time, in turn."""
        return self.choose is Choosing.ROUND_ROBIN

    def names(self, rep_id: RepId) -> bool:
        """Tell whether it calls this rep by name, not by turn."""
        return rep_id in self.reps and not self.is_rota


class DeskRules(Rules):
    """How the desk behaves beside single handoffs."""

    admins: tuple[RepId, ...] = Field(
        default=(), description="who hears when something is set up wrongly; unset: the managers"
    )
    opening_digest: bool = Field(
        default=True, description="what came while nobody was there, by score, when the desk opens"
    )
    daily_summary: bool = Field(default=True, description="what became of the day, when it closes")
    reads_presence: bool = Field(
        default=False,
        description="ask Slack who is active; whoever is away is passed over by rotas",
    )
