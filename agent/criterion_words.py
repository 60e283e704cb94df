"""Words that tell which criterion a sentence speaks of, in each language the detector reads.

They never find a buyer: they are looked up only in messages in which the detector heard a signal. Each is a
regular expression of beginnings of words, matched without regard to case.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CriterionWords:
    """One language's words.

    `no` negates; `budget` is money to spend; `hurry` a deadline or urgency; `decides` releasing, approving,
    signing; `decides_not` the writer's own lack of that power; `buyer` a role that releases money; `process`
    a body or step of a decision; `must` a requirement; `champion` somebody inside who pushes; `alone` deciding
    without others; `number` small numbers in words; `unsure` not knowing.
    """

    no: str
    budget: str
    hurry: str
    decides: str
    decides_not: str
    buyer: str
    process: str
    must: str
    champion: str = ""
    alone: str = ""
    number: str = ""
    unsure: str = ""
