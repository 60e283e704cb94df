"""A sum of several parts while it is put together."""

from dataclasses import dataclass, field

from agent.answering.counted import Count
from agent.answering.explained import Worked
from agent.answering.statements import Statement
from agent.answering.steps import Step, Sum


@dataclass
class Sheet:
    """A sum while it is put together."""

    steps: list[Step] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)

    def add(self, step: Step, statement: Statement, *counts: Count) -> None:
        """Add a step with what it rests on and the counts that it uses."""
        self.steps.append(step)
        self.statements += [statement]
        self.counts += counts

    def worked(self, item: str, currency: str, per: str = "") -> Worked:
        """Give the sum."""
        facts = tuple(dict.fromkeys(s.fact for s in self.statements))
        found = Sum(item, currency, tuple(self.steps), facts, per)
        return Worked(found, tuple(self.statements), tuple(self.counts))
