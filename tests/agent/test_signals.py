import pytest

from agent.signals import MessageKind, Readiness, SignalKind, readiness
from tests.builders import a_reading

K = SignalKind


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ((), Readiness.COLD),
        ((K.PRICING,), Readiness.WARM),
        ((K.DEMO,), Readiness.WARM),
        ((K.PURCHASE,), Readiness.HOT),
        ((K.HUMAN,), Readiness.HOT),
        ((K.DEMO, K.NEED), Readiness.HOT),
        ((K.PRICING, K.TIMELINE), Readiness.HOT),
        ((K.PRICING, K.NEED), Readiness.WARM),
        ((K.NEED, K.IMPLEMENTATION), Readiness.WARM),
        ((K.PURCHASE, K.BUDGET, K.COOLING), Readiness.COLD),
    ],
)
def test_readiness_follows_what_was_heard(
    heard: tuple[SignalKind, ...], expected: Readiness
) -> None:
    assert readiness(MessageKind.SALES, frozenset(heard)) is expected


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind is not MessageKind.SALES])
def test_whoever_does_not_buy_is_cold(kind: MessageKind) -> None:
    assert readiness(kind, frozenset({K.PURCHASE, K.HUMAN})) is Readiness.COLD


def test_only_hot_words_want_a_rep() -> None:
    wanted = [each for each in Readiness if a_reading(readiness=each).wants_rep]
    assert wanted == [Readiness.HOT]
