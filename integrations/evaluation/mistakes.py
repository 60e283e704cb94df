"""What was read wrongly, the worst first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agent.signals import SignalKind
from integrations.evaluation.comparison import Comparison


class Fault(StrEnum):
    """A way to read a message wrongly, the worst first."""

    NON_SALES_HANDED_OFF = "non_sales_handed_off"
    MISSED_HANDOFF = "missed_handoff"
    WRONG_KIND = "wrong_kind"
    WRONG_SIGNALS = "wrong_signals"
    NEEDLESS_HANDOFF = "needless_handoff"
    """A buyer's message that was not hot yet and alerted a rep."""
    WRONG_TEMPERATURE = "wrong_temperature"
    """Cold for warm, or warm for cold: no rep is called or missed by it."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A message, its labels, what was read, and all that is wrong with it, the worst first."""

    compared: Comparison
    faults: tuple[Fault, ...]

    @property
    def missed(self) -> tuple[SignalKind, ...]:
        """The signals that are labelled and were not read."""
        one = self.compared
        return tuple(k for k in SignalKind if k in one.labelled and k not in one.reported)

    @property
    def invented(self) -> tuple[SignalKind, ...]:
        """The signals that were read and are not labelled, the surest first."""
        one = self.compared
        return tuple(sorted(one.reported.keys() - one.labelled, key=lambda k: -one.reported[k]))

    @property
    def confidence(self) -> float:
        """The confidence of the surest wrong signal; 0 when signals were only missed."""
        return max((self.compared.reported[kind] for kind in self.invented), default=0.0)


def worst_first(compared: Sequence[Comparison]) -> tuple[Mistake, ...]:
    """Give every message that was read wrongly: by its worst fault, then the surest, then the most signals wrong."""
    found = [Mistake(one, faults) for one in compared if (faults := tuple(_faults(one)))]
    return tuple(sorted(found, key=_badness))


def _faults(one: Comparison) -> Iterator[Fault]:
    wanted, given = one.example.wants_rep, one.is_handed_off
    if given and not one.is_sales:
        yield Fault.NON_SALES_HANDED_OFF
    if wanted and not given:
        yield Fault.MISSED_HANDOFF
    if one.reading.kind is not one.example.kind:
        yield Fault.WRONG_KIND
    if one.labelled != one.reported.keys():
        yield Fault.WRONG_SIGNALS
    if given and not wanted and one.is_sales:
        yield Fault.NEEDLESS_HANDOFF
    if wanted == given and one.reading.readiness is not one.example.readiness:
        yield Fault.WRONG_TEMPERATURE


def _badness(mistake: Mistake) -> tuple[int, float, int]:
    wrong = len(mistake.missed) + len(mistake.invented)
    return list(Fault).index(mistake.faults[0]), -mistake.confidence, -wrong
