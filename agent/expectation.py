"""What the widget may lead people to expect before anything is said: only what the desk's hours and timers keep."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_timedelta

from agent.composed_promise import when_from
from agent.duty import Roster
from agent.routing import Case, opens_at, route
from agent.team_rules import RepRules
from prompts.phrases import Phrases, phrases

MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Expectation:
    """Who would be called and is there, how soon they come, and when the desk opens; None: never, as far as is planned.

    `within` is None when nobody can be promised within the time to a claim: all are away, or about to leave.
    """

    reps: tuple[RepRules, ...]
    within: timedelta | None
    opens_at: datetime | None
    now: datetime

    @property
    def is_open(self) -> bool:
        """Tell whether somebody who may be called is within their hours."""
        return self.opens_at == self.now


def expect(case: Case, roster: Roster, now: datetime) -> Expectation:
    """Work out what a visitor may expect of people, by the same rules that will call one."""
    playbook, within = roster.playbook, roster.playbook.claim_within()
    called = route(case, roster, now).reps
    there = [rep for each in called if (rep := playbook.rep(each)) and roster.is_there(rep, now)]
    due_at = roster.due_at([rep.id for rep in there], now, within)
    return Expectation(
        reps=tuple(there[:MOST_SHOWN]),
        within=within if due_at and due_at <= now + within else None,
        opens_at=opens_at(case, playbook, now),
        now=now,
    )


def told(expectation: Expectation, roster: Roster, words: Phrases) -> str:
    """Say it in one sentence."""
    if expectation.opens_at is None:
        return words.fill("expect_never")
    if not expectation.is_open:
        zone = roster.playbook.hours.hours().zone
        when = when_from(expectation.now, expectation.opens_at, zone, phrases(words.language))
        return words.fill("expect_closed", when=when)
    if expectation.within is None:
        return words.fill("expect_later")
    span = format_timedelta(expectation.within, granularity="minute", locale=words.language)
    return words.fill("expect_open", span=str(span))
