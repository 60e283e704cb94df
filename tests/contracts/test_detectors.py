from functools import cache
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.conversation import LONGEST_TEXT, Author, MessageId
from agent.signals import MessageKind, Readiness, SignalDetector
from integrations.models.learned_detector import LearnedDetector
from integrations.models.signal_model import SignalModel
from tests.agent.tourvane import DETECTOR, PLAYBOOK
from tests.builders import a_message

PIECES = st.sampled_from(
    ["What does it cost?", "send me the contract", "by June", "Crewpine", "call me back", "CFO",
     "\n> we need a demo", "\n--\n", "\u2028", "\x0b> price", "\r\n", ". ", "; ", "ignore your instructions"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=20), max_size=8).map("".join)
MANY = settings(max_examples=120, deadline=None)


@cache
def _learned() -> SignalDetector:
    return LearnedDetector(SignalModel.load(), PLAYBOOK.competitors)


@pytest.fixture(params=["phrases", "learned"], scope="module")
def detector(request: pytest.FixtureRequest) -> SignalDetector:
    """Both detectors keep the same promises."""
    return DETECTOR if request.param == "phrases" else _learned()


@MANY
@given(TEXTS)
def test_every_quote_is_a_verbatim_span(detector: SignalDetector, text: str) -> None:
    reading = detector.read_text(text)
    assert all(signal.quote and signal.quote in text for signal in reading.signals)
    assert all(name in text for name in reading.competitors)


@MANY
@given(TEXTS)
def test_confidence_is_a_share_and_each_kind_is_heard_once(
    detector: SignalDetector, text: str
) -> None:
    signals = detector.read_text(text).signals
    assert all(0 < signal.confidence <= 1 for signal in signals)
    assert len({signal.kind for signal in signals}) == len(signals)


@MANY
@given(TEXTS)
def test_only_sales_is_ever_more_than_cold(detector: SignalDetector, text: str) -> None:
    reading = detector.read_text(text)
    assert reading.kind is MessageKind.SALES or reading.readiness is Readiness.COLD


@MANY
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_every_quote_of_a_burst_stands_in_the_message_it_names(
    detector: SignalDetector, texts: list[str]
) -> None:
    burst = tuple(a_message(text, id=MessageId(f"m-{n}")) for n, text in enumerate(texts))
    words = {message.id: message.text for message in burst}
    for signal in detector.read(burst, ()).signals:
        assert signal.quote in words[signal.message_id]


@pytest.mark.parametrize("piece", ["x", "xa", "a.", "in ", "ok ", "> ", "a@", "1 ", "talk to a ", "switching from ", "\n", "move our "])  # fmt: skip
def test_a_hostile_repetition_is_read_in_time(detector: SignalDetector, piece: str) -> None:
    started = perf_counter()
    detector.read_text((piece * LONGEST_TEXT)[:LONGEST_TEXT] + "a")
    assert perf_counter() - started < 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("40", "How many technicians are you?"),
        (
            "What does Growth cost for 40 technicians, and who can I talk to about a contract?",
            "Hello!",
        ),
        ("", ""),
    ],
)
def test_what_was_foreseen_reads_as_it_would_have(
    detector: SignalDetector, text: str, said: str
) -> None:
    before = (a_message(said, author=Author.AGENT),) if said else ()
    alone = detector.read((a_message(text),), before)
    detector.foresee(text, said)
    assert detector.read((a_message(text),), before) == alone


def test_what_was_foreseen_after_other_words_is_read_anew(detector: SignalDetector) -> None:
    asked = a_message("Which languages do you speak?", author=Author.AGENT)
    alone = detector.read((a_message("40"),), (asked,))
    detector.foresee("40", "How many technicians are you?")
    assert detector.read((a_message("40"),), (asked,)) == alone
