from io import StringIO

from agent.signals import MessageKind, Readiness, Signal, SignalKind
from integrations.evaluation.metrics import Report, evaluate
from integrations.evaluation.table import show_report
from tests.integrations.evaluation.readings import a_text_reading, an_example

K = SignalKind


def shown(report: Report, worst: int = 10) -> str:
    file = StringIO()
    show_report(report, worst, file)
    return file.getvalue()


def row(table: str, name: str) -> list[str]:
    return next(line.split() for line in table.splitlines() if line.strip().startswith(name))


def test_what_cannot_be_measured_is_shown_as_a_dash() -> None:
    table = shown(evaluate([an_example(K.NEED)], [a_text_reading(K.NEED, K.DEMO)]))
    assert row(table, "demo") == ["demo", "-", "-", "-", "0", "1"]
    assert row(table, "need") == ["need", "1.000", "1.000", "1.000", "1", "1"]
    assert row(table, "handoff precision") == ["handoff", "precision", "-"]


def test_fits_80_columns_whatever_is_in_the_messages() -> None:
    long = an_example(
        *SignalKind, id="x" * 90, text="w" * 3000, competitors=("Name of a Firm " * 9,),
        kind=MessageKind.STUDENT_PRESS, readiness=Readiness.HOT,
    )  # fmt: skip
    table = shown(evaluate([long] * 1200, [a_text_reading()] * 1200))
    assert max(map(len, table.splitlines())) <= 80
    assert not [line for line in table.splitlines() if line.endswith(" ")]
    assert "1,200 messages" in table


def test_the_worst_are_shown_up_to_the_number_wanted() -> None:
    examples = [an_example(id=f"m-{n}", readiness=Readiness.HOT) for n in range(5)]
    report = evaluate(examples, [a_text_reading()] * 5)
    assert shown(report, 2).count("missed handoff\n") == 2
    assert "The worst" not in shown(report, 0)
    assert row(shown(report, 0), "missed handoff") == ["missed", "handoff", "5"]


def test_all_right_is_said() -> None:
    assert "No message was read wrongly." in shown(evaluate([an_example()], [a_text_reading()]))


def test_a_message_cannot_steer_the_terminal_or_the_markup() -> None:
    nasty = "[bold]cost[/] \x1b[31mred\x07 \ud800 \u202eleft"
    example = an_example(id="\x1b[2J", text=nasty, competitors=("\x9b31m",))
    table = shown(evaluate([example], [a_text_reading(Signal(K.NEED, "", 0.5))]))
    assert "[bold]cost[/] \ufffd[31mred\ufffd \ufffd \ufffdleft" in table
    assert not {"\x1b", "\x07", "\x9b", "\ud800", "\u202e"} & set(table)
