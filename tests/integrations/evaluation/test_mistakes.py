from agent.signals import MessageKind, Readiness, Signal, SignalKind
from integrations.evaluation.comparison import Comparison
from integrations.evaluation.mistakes import Fault, worst_first
from tests.integrations.evaluation.readings import a_text_reading, an_example

K = SignalKind
COLD, HOT = Readiness.COLD, Readiness.HOT


def test_the_worst_fault_comes_first_and_what_is_right_is_left_out() -> None:
    compared = [
        Comparison(an_example(id="right"), a_text_reading()),
        Comparison(an_example(id="cooler"), a_text_reading(readiness=COLD)),
        Comparison(an_example(id="too early"), a_text_reading(readiness=HOT)),
        Comparison(an_example(K.NEED, id="signals"), a_text_reading()),
        Comparison(an_example(id="kind"), a_text_reading(kind=MessageKind.OTHER)),
        Comparison(an_example(id="missed", readiness=HOT), a_text_reading()),
        Comparison(
            an_example(id="pitch", kind=MessageKind.VENDOR_PITCH, readiness=COLD),
            a_text_reading(readiness=HOT),
        ),
    ]
    found = worst_first(compared)
    assert [each.compared.example.id for each in found] == [
        "pitch", "missed", "kind", "signals", "too early", "cooler",
    ]  # fmt: skip
    assert found[0].faults == (Fault.NON_SALES_HANDED_OFF, Fault.WRONG_KIND)


def test_alike_faults_are_ranked_by_how_sure_the_wrong_signal_was() -> None:
    compared = [
        Comparison(an_example(K.NEED, id="missed one"), a_text_reading()),
        Comparison(an_example(K.NEED, K.DEMO, id="missed two"), a_text_reading()),
        Comparison(
            an_example(K.NEED, id="doubtful"),
            a_text_reading(Signal(K.NEED, "", 0.99), Signal(K.DEMO, "", 0.4)),
        ),
        Comparison(an_example(id="sure"), a_text_reading(Signal(K.DEMO, "", 0.95))),
    ]
    assert [each.compared.example.id for each in worst_first(compared)] == [
        "sure", "doubtful", "missed two", "missed one",
    ]  # fmt: skip


def test_tells_which_signals_were_missed_and_which_invented() -> None:
    read = a_text_reading(Signal(K.DEMO, "", 0.5), Signal(K.HUMAN, "", 0.7))
    (mistake,) = worst_first([Comparison(an_example(K.NEED, K.DEMO), read)])
    assert mistake.missed == (K.NEED,)
    assert mistake.invented == (K.HUMAN,)
    assert mistake.confidence == 0.7
