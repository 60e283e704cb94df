from collections.abc import Callable
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agent.conversation import RepId
from agent.errors import HotlineError
from agent.handoff import (
    Handoff,
    HandoffState,
    Outcome,
    claim,
    close,
    give_back,
    refresh,
    snooze,
)
from agent.handoff_steps import escalate, nudge
from agent.scoring import Temperature
from agent.team_rules import NO_TEAM
from agent.transfer import Target, take_again, transfer
from tests.builders import a_briefing, a_handoff
from tests.fakes.clock import MONDAY_TEN

REPS = st.sampled_from([RepId("mia"), RepId("jonas"), RepId("amara")])


class HandoffMachine(RuleBasedStateMachine):
    """Several reps and the passing of time act on one handoff in any order."""

    @initialize()
    def is_opened(self) -> None:
        self.handoff = a_handoff()
        self.before = self.handoff
        self.now = MONDAY_TEN
        self.done = ""

    def act(self, name: str, transition: Callable[[Handoff], Handoff]) -> None:
        """Try a transition; one that raises leaves the handoff as it was."""
        self.before, self.done = self.handoff, name
        self.now += timedelta(minutes=1)
        try:
            self.handoff = transition(self.handoff)
        except HotlineError:
            self.done = "nothing"
            assert self.handoff == self.before

    @rule(rep=REPS)
    def claims(self, rep: RepId) -> None:
        self.act("claim", lambda h: claim(h, rep, self.now))
        if self.done == "claim":
            assert self.handoff.claimed_by == rep

    @rule(rep=REPS)
    def gives_back(self, rep: RepId) -> None:
        self.act("give_back", lambda h: give_back(h, rep, self.now))
        if self.done == "give_back":
            assert self.before.claimed_by == rep

    @rule(outcome=st.none() | st.sampled_from(Outcome))
    def closes(self, outcome: Outcome | None) -> None:
        self.act("close", lambda h: close(h, outcome, "", self.now))

    @rule(rep=REPS, to=REPS)
    def passes_on(self, rep: RepId, to: RepId) -> None:
        target = Target(to, (to,), NO_TEAM, None)
        self.act("transfer", lambda h: transfer(h, rep, target, "", self.now, timedelta()))
        if self.done == "transfer":
            assert self.before.claimed_by in (None, rep)

    @rule(rep=REPS)
    def takes_again(self, rep: RepId) -> None:
        self.act("take_again", lambda h: take_again(h, rep, self.now))
        if self.done == "take_again":
            assert self.handoff.claimed_by == rep

    @rule(minutes=st.integers(-5, 60))
    def snoozes(self, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        self.act("snooze", lambda h: snooze(h, until))

    @rule()
    def is_nudged(self) -> None:
        self.act("nudge", lambda h: nudge(h, self.now))

    @rule()
    def is_escalated(self) -> None:
        self.act("escalate", lambda h: escalate(h, self.now))

    @rule(temperature=st.sampled_from(Temperature))
    def is_refreshed(self, temperature: Temperature) -> None:
        self.act("refresh", lambda h: refresh(h, a_briefing(quote="new"), temperature))

    @invariant()
    def ended_stays_ended_until_it_is_taken_again(self) -> None:
        if not self.before.state.is_active and self.done != "take_again":
            assert self.handoff.state is self.before.state
            assert self.handoff.ended_at == self.before.ended_at
            assert self.handoff.outcome is self.before.outcome

    @invariant()
    def the_claimed_have_a_holder_and_the_open_none(self) -> None:
        assert (self.handoff.state is HandoffState.CLAIMED) <= (self.handoff.claimed_by is not None)
        assert (self.handoff.state is HandoffState.OPEN) <= (self.handoff.claimed_by is None)

    @invariant()
    def a_holder_is_replaced_only_by_their_own_leave_or_after_the_end(self) -> None:
        if self.done == "transfer":
            assert self.handoff.claimed_by is None
        elif self.done == "take_again" and not self.before.state.is_active:
            assert self.handoff.claimed_at == self.now
        elif self.before.claimed_by is not None:
            assert self.handoff.claimed_by == self.before.claimed_by
            assert self.handoff.claimed_at == self.before.claimed_at
        elif self.handoff.claimed_by is not None:
            assert self.done in ("claim", "take_again")

    @invariant()
    def only_giving_back_or_closing_ends_it(self) -> None:
        if self.before.state.is_active and not self.handoff.state.is_active:
            assert self.done in ("give_back", "close")
            assert self.handoff.ended_at == self.now

    @invariant()
    def it_stays_the_same_handoff(self) -> None:
        assert self.handoff.id == self.before.id
        assert self.handoff.opened_at == MONDAY_TEN


HandoffMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestHandoffMachine = HandoffMachine.TestCase
