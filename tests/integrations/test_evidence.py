import numpy as np

from agent.signals import SignalKind
from integrations.models.evidence import names, quote
from integrations.models.signal_model import NAME, SIGNALS, TokenScores


def scores(text: str, column: int, marked: dict[str, float]) -> TokenScores:
    """Token scores by words: the words given have the score given, all others 0.01."""
    offsets, rows, at = [], [], 0
    for word in text.split(" "):
        offsets.append((at, at + len(word)))
        row = np.full(len(SIGNALS) + 1, 0.01, dtype=np.float32)
        row[column] = marked.get(word, 0.01)
        rows.append(row)
        at += len(word) + 1
    return TokenScores(tuple(offsets), np.array(rows))


PRICING = SIGNALS.index(SignalKind.PRICING)


def test_a_quote_grows_over_strong_neighbours_and_stops_at_weak_ones() -> None:
    text = "hello there what would forty vans cost us please and thank you"
    marked = scores(text, PRICING, {"what": 0.6, "would": 0.7, "vans": 0.8, "cost": 0.9})
    assert quote(text, marked, SignalKind.PRICING) == "what would forty vans cost"


def test_a_quote_is_never_empty_and_has_no_marks_at_its_ends() -> None:
    text = "(what is the price?)"
    assert quote(text, scores(text, PRICING, {"price?)": 0.9}), SignalKind.PRICING) == "price"


def test_a_quote_ends_with_whole_words() -> None:
    text = "unaffordable"
    half = TokenScores(((2, 8),), np.full((1, 12), 0.9, dtype=np.float32))
    assert quote(text, half, SignalKind.PRICING) == "unaffordable"


def test_a_long_quote_is_cut_between_words() -> None:
    text = "price " * 100
    found = quote(text, scores(text.strip(), PRICING, {"price": 0.9}), SignalKind.PRICING)
    assert len(found) <= 240
    assert set(found.split()) == {"price"}


def test_names_are_given_once_as_written_in_order() -> None:
    text = "Orbit Desk or pipefox but not orbit desk Leeds"
    marked = {"Orbit": 0.9, "Desk": 0.9, "pipefox": 0.8, "orbit": 0.9, "desk": 0.9, "Leeds": 0.2}
    assert names(text, scores(text, NAME, marked), least=0.5) == ("Orbit Desk", "pipefox")


def test_a_run_of_many_words_is_no_name() -> None:
    text = "a b c d e f g"
    assert names(text, scores(text, NAME, dict.fromkeys("abcdefg", 0.9)), least=0.5) == ()
