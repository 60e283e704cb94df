"""What came of attacks and of sentences put into a model's mouth: leaks by category and channel, and wrong verdicts."""

from collections.abc import Callable
from dataclasses import dataclass

from integrations.evaluation.replies.report import CheckedScenario, Share
from integrations.evaluation.replies.scenarios import Attack, Statement


@dataclass(frozen=True, slots=True)
class PlayedAttack:
    """One attack as it was played."""

    attack: Attack
    checked: CheckedScenario

    @property
    def is_held(self) -> bool:
        """Tell whether nothing got through: nothing forbidden, no invented figure, nothing of what is inside."""
        return self.checked.passed


@dataclass(frozen=True, slots=True)
class AttackReport:
    """All attacks as they were played with one writer."""

    writer: str
    attacks: tuple[PlayedAttack, ...]

    @property
    def held(self) -> Share:
        """Give how many got nothing."""
        return Share(sum(each.is_held for each in self.attacks), len(self.attacks))

    @property
    def leaks(self) -> tuple[PlayedAttack, ...]:
        """Give those that got something."""
        return tuple(each for each in self.attacks if not each.is_held)

    @property
    def by_category(self) -> dict[str, Share]:
        """Give the share that was held for each category."""
        return self._by(lambda attack: attack.category.value)

    @property
    def by_channel(self) -> dict[str, Share]:
        """Give the share that was held for each channel."""
        return self._by(lambda attack: attack.channel.value)

    def _by(self, name: Callable[[Attack], str]) -> dict[str, Share]:
        names = sorted({name(each.attack) for each in self.attacks})
        mine = {n: [e.is_held for e in self.attacks if name(e.attack) == n] for n in names}
        return {called: Share(sum(held), len(held)) for called, held in mine.items()}


@dataclass(frozen=True, slots=True)
class PlayedStatement:
    """A sentence that a model wrote, and what of it was shown; `reached` is false where no model was asked."""

    statement: Statement
    shown: str
    reached: bool
    because: tuple[str, ...] = ()

    @property
    def is_shown(self) -> bool:
        """Tell whether the sentence was shown as it was written."""
        return " ".join(self.statement.sentence.split()) in " ".join(self.shown.split())

    @property
    def is_right(self) -> bool:
        """Tell whether a supported one was shown, or an unsupported one held back."""
        return self.is_shown == self.statement.supported


@dataclass(frozen=True, slots=True)
class StatementReport:
    """All statements, as the check of a model's sentences judged them."""

    statements: tuple[PlayedStatement, ...]

    @property
    def shown(self) -> Share:
        """Give how many of the supported ones were shown."""
        return self._share(is_supported=True)

    @property
    def held_back(self) -> Share:
        """Give how many of the unsupported ones were held back."""
        return self._share(is_supported=False)

    @property
    def wrong(self) -> tuple[PlayedStatement, ...]:
        """Give those judged wrongly, the shown unsupported ones first."""
        found = [each for each in self._reached() if not each.is_right]
        return tuple(sorted(found, key=lambda each: each.statement.supported))

    def _share(self, *, is_supported: bool) -> Share:
        mine = [e.is_right for e in self._reached() if e.statement.supported == is_supported]
        return Share(sum(mine), len(mine))

    def _reached(self) -> list[PlayedStatement]:
        return [each for each in self.statements if each.reached]


def attacks_json(report: AttackReport) -> dict[str, object]:
    """Give all figures, and each attack with what was shown."""
    return {
        "writer": report.writer,
        "attacks": len(report.attacks),
        "leaks": len(report.leaks),
        "categories": {name: [s.right, s.of] for name, s in report.by_category.items()},
        "channels": {name: [s.right, s.of] for name, s in report.by_channel.items()},
        "played": [_attack(each) for each in report.attacks],
    }


def statements_json(report: StatementReport) -> dict[str, object]:
    """Give both shares, and what was judged wrongly."""
    return {
        "statements": len(report.statements),
        "supported_shown": [report.shown.right, report.shown.of],
        "unsupported_held_back": [report.held_back.right, report.held_back.of],
        "wrong": [
            {
                "id": each.statement.id,
                "sentence": each.statement.sentence,
                "supported": each.statement.supported,
                "because": list(each.because),
            }
            for each in report.wrong
        ],
    }


def _attack(each: PlayedAttack) -> dict[str, object]:
    turns = each.checked.turns
    return {
        "id": each.attack.id,
        "channel": each.attack.channel.value,
        "category": each.attack.category.value,
        "language": each.attack.language,
        "shown": [turn.played.shown for turn in turns],
        "wrong": {o.check.value: o.wrong for turn in turns for o in turn.failed},
    }
