"""What calls of models cost: counted per conversation and per day, and stopped at the playbook's limits."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date

from agent.errors import ModelUnavailableError
from agent.rules import Rules

MILLION = 1_000_000
current_conversation: ContextVar[str] = ContextVar("current_conversation", default="")
"""Whose reply is being written: set by whoever asks a writer, read by what counts."""
MOST_CONVERSATIONS = 10_000


class SpendingRules(Rules):
    """Limits on what models may use; None sets none. Prices are per million tokens, in one currency of yours."""

    input_price: float | None = None
    output_price: float | None = None
    most_tokens_a_conversation: int | None = 60_000
    most_tokens_a_day: int | None = None
    most_money_a_conversation: float | None = None
    most_money_a_day: float | None = None

    @property
    def limits(self) -> dict[str, float]:
        """Give the limits that are set, by what they are of."""
        all_limits = {
            "tokens_a_conversation": self.most_tokens_a_conversation,
            "tokens_a_day": self.most_tokens_a_day,
            "money_a_conversation": self.most_money_a_conversation,
            "money_a_day": self.most_money_a_day,
        }
        return {of: most for of, most in all_limits.items() if most is not None}

    @property
    def has_unpriced_limit(self) -> bool:
        """Tell whether money is limited while nothing has a price."""
        is_limited = any(of.startswith("money") for of in self.limits)
        return is_limited and not (self.input_price or self.output_price)


class SpentError(ModelUnavailableError):
    """A limit on tokens or money is reached; replies are composed until it is not."""


@dataclass(slots=True)
class Spent:
    """Tokens read and written, and their price (0 where no prices are set)."""

    tokens: int = 0
    money: float = 0.0

    def add(self, other: "Spent") -> None:
        """Add what was used besides."""
        self.tokens += other.tokens
        self.money += other.money


def _nobody() -> None:
    """Nobody wants to hear of it."""


@dataclass(slots=True)
class Spending:
    """Counts what this process uses, and learns what was used before it and beside it; a day ends at midnight UTC.

    What it counts waits in `unsaved`, by the date of the day and by the conversation, until somebody takes it to where
    all is kept; `on_count` tells them.
    """

    rules: SpendingRules
    today: Callable[[], date]
    day: date | None = None
    of_day: Spent = field(default_factory=Spent)
    of_conversation: dict[str, Spent] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    """Conversations that were refused a model today."""
    unsaved: dict[str, Spent] = field(default_factory=dict)
    on_count: Callable[[], None] = _nobody

    def check(self, conversation: str) -> None:
        """Raise SpentError when this conversation or this day may use no more."""
        rules, own = self.rules, self.of_conversation.get(conversation, Spent())
        if _is_over(own, rules.most_tokens_a_conversation, rules.most_money_a_conversation):
            self._hold(conversation)
            raise SpentError("Limit: this conversation has used what the playbook allows it.")
        if self.is_day_over:
            self._hold(conversation)
            raise SpentError("Limit: today's models have used what the playbook allows a day.")

    @property
    def today_spent(self) -> Spent:
        """Give what was used today."""
        self._turn_over()
        return self.of_day

    @property
    def held_today(self) -> int:
        """Count the conversations that were refused a model today."""
        self._turn_over()
        return len(self.held)

    @property
    def is_day_over(self) -> bool:
        """Tell whether the day's limit is reached."""
        self._turn_over()
        return _is_over(self.of_day, self.rules.most_tokens_a_day, self.rules.most_money_a_day)

    def count(self, conversation: str, tokens_in: int, tokens_out: int) -> float:
        """Count a call; give its price."""
        self._turn_over()
        price = (self.rules.input_price or 0.0) * tokens_in + (
            self.rules.output_price or 0.0
        ) * tokens_out
        used = Spent(tokens_in + tokens_out, price / MILLION)
        self._conversation(conversation).add(used)
        self.of_day.add(used)
        for of in filter(None, (conversation, self.today().isoformat())):
            self.unsaved.setdefault(of, Spent()).add(used)
        self.on_count()
        return used.money

    def take_unsaved(self) -> dict[str, Spent]:
        """Give what is not kept yet, to be kept now; what cannot be is given back."""
        taken, self.unsaved = self.unsaved, {}
        return taken

    def give_back(self, taken: Mapping[str, Spent]) -> None:
        """Let what could not be kept wait for the next time."""
        for of, spent in taken.items():
            self.unsaved.setdefault(of, Spent()).add(spent)

    def learn(self, totals: Mapping[str, Spent]) -> None:
        """Take in what all have used, by the date of a day or by the conversation."""
        self._turn_over()
        for of, total in totals.items():
            known = Spent(total.tokens, total.money)
            known.add(self.unsaved.get(of, Spent()))
            if of == self.today().isoformat():
                self.of_day = known
            else:
                self._make_room()
                self.of_conversation[of] = known

    def _conversation(self, conversation: str) -> Spent:
        self._make_room()
        return self.of_conversation.setdefault(conversation, Spent())

    def _make_room(self) -> None:
        if len(self.of_conversation) >= MOST_CONVERSATIONS:
            del self.of_conversation[next(iter(self.of_conversation))]

    def _hold(self, conversation: str) -> None:
        self._turn_over()
        if len(self.held) < MOST_CONVERSATIONS:
            self.held.add(conversation)

    def _turn_over(self) -> None:
        if self.day != (today := self.today()):
            self.day, self.of_day, self.held = today, Spent(), set()


def _is_over(spent: Spent, most_tokens: int | None, most_money: float | None) -> bool:
    return (most_tokens is not None and spent.tokens >= most_tokens) or (
        most_money is not None and spent.money >= most_money
    )
