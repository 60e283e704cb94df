import json
import re
from pathlib import Path
from typing import Any

import pytest

from agent.signals import Readiness, SignalKind
from integrations.evaluation.examples import (
    Example,
    UnusableExampleError,
    parse_example,
    read_examples,
    write_example,
)

MESSAGES = Path(__file__).with_name("messages.jsonl")
K = SignalKind


def line(**changes: Any) -> str:
    fields = {"id": "1", "text": "how much?", "kind": "sales", "signals": [], "temperature": "warm"}
    return json.dumps({**fields, **changes})


def parsed(**changes: Any) -> Example:
    return parse_example(line(**changes))


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ([{"kind": "pricing", "quote": "how much"}], {K.PRICING: ("how much",)}),
        ([{"kind": "pricing"}, {"kind": "pricing", "quote": "much"}], {K.PRICING: ("much",)}),
        (["pricing", "need"], {K.PRICING: (), K.NEED: ()}),
        ({"pricing": "how much"}, {K.PRICING: ("how much",)}),
        ({"pricing": ["how", "much"], "need": None}, {K.PRICING: ("how", "much"), K.NEED: ()}),
    ],
)
def test_signals_come_in_three_shapes(
    signals: object, expected: dict[SignalKind, tuple[str, ...]]
) -> None:
    assert parsed(signals=signals).signals == expected


def test_a_handoff_alone_says_whether_it_is_hot() -> None:
    assert parsed(temperature=None, handoff=True).readiness is Readiness.HOT
    assert parsed(temperature=None, handoff=False).readiness is Readiness.COLD


def test_a_language_that_is_not_given_stays_open() -> None:
    assert parsed().language == ""
    assert parsed(lang="de").language == parsed(language="de").language == "de"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"text": None}, 'It has no "text".'),
        ({"text": 7}, '"text" must be text.'),
        ({"id": None}, 'It has no "id".'),
        ({"kind": None}, 'It has no "kind".'),
        ({"kind": "lead"}, '"lead" is no kind; expected one of sales, support'),
        ({"temperature": None}, 'It has no "temperature".'),
        ({"temperature": "tepid"}, '"tepid" is no temperature; expected one of cold, warm, hot.'),
        ({"handoff": True}, '"handoff" is true, but the temperature is "warm"'),
        ({"signals": "pricing"}, '"signals" must be a list or an object.'),
        ({"signals": ["price"]}, '"price" is no signal; expected one of pricing, budget'),
        ({"signals": {"pricing": "how many"}}, 'The quote "how many" is not in the text.'),
        ({"competitors": "Crewpine"}, '"competitors" must be a list of names.'),
        ({"competitors": [1]}, '"competitors" must be a list of names.'),
        ({"before": ["hi"]}, '"before" must be a list of [author, text].'),
        ({"before": [["agent", "Hello", "?"]]}, '"before" must be a list of [author, text].'),
    ],
)
def test_a_wrong_field_is_named_with_what_is_expected(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        parsed(**changes)


@pytest.mark.parametrize("bad", ["no json", "[1]", "{", "[" * 100_000, "7", '{"id": "1"'])
def test_a_bad_line_is_named_by_file_and_number(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(f"{line()}\n\n{bad}\n", encoding="utf-8")
    with pytest.raises(UnusableExampleError) as raised:
        read_examples(file)
    assert str(raised.value).startswith(f"{file}:3: ")
    assert 'Expected {"id": "1", "text": "...", "kind": "sales"' in str(raised.value)


def test_an_id_used_twice_is_named_in_both_places(tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text(line(id="x"), encoding="utf-8")
    second.write_text(f"{line(id='y')}\n{line(id='x')}", encoding="utf-8")
    with pytest.raises(UnusableExampleError) as raised:
        read_examples(tmp_path)
    assert (
        str(raised.value) == f'{second}:2: The id "x" is that of {first}:1 too; ids must be unique.'
    )


def test_what_is_no_utf8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "latin.jsonl"
    file.write_bytes(line(text="caf").encode() + b"\xe9")
    with pytest.raises(UnusableExampleError, match="cannot be read as UTF-8 text"):
        read_examples(file)


def test_byte_order_marks_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "windows.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + f"{line(id='1')}\r\n{line(id='2')}\r\n".encode())
    assert [example.id for example in read_examples(file)] == ["1", "2"]


def test_what_is_written_reads_the_same() -> None:
    examples = [each for each in read_examples(MESSAGES) if all(each.signals.values())]
    assert len(examples) == 10
    assert [parse_example(write_example(each)) for each in examples] == examples
