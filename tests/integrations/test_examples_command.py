"""`hotline examples review`, over real rows, as somebody uses it."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.conversation import MessageId
from agent.second_reading import SecondReading
from agent.signals import MessageKind, Readiness, Signal, SignalKind, TextReading
from integrations.cli import app
from integrations.evaluation.examples import Example, read_examples
from integrations.settings import setting_names
from knowledge.database import Database
from tests.builders import a_reading, a_reply, a_signal
from tests.contracts.stores import hold, in_sql, say, start, turn_of
from tests.fakes.clock import MONDAY_TEN, FixedClock

PLAIN = "Can you show us? We leave Crewpine."
PRIVATE = "Call ada@nordwind.example or +49 170 1234567 for a demo \x1b[31m[bold]now"
LOCAL = a_reading(
    readiness=Readiness.COLD, signals=(), competitors=(), kind=MessageKind.OTHER, language="de"
)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "reviewed.jsonl"


def read_twice(*texts: str, quotes: Mapping[str, str] | None = None) -> None:
    """Keep turns of which the model heard a demo, and we nothing; the last text is the newest."""
    asyncio.run(_read_twice(texts, quotes or {}))


async def _read_twice(texts: tuple[str, ...], quotes: Mapping[str, str]) -> None:
    database = await Database.open(Path("data/hotline.db"))
    stores = in_sql(database, FixedClock())
    for number, text in enumerate(texts):
        conversation = await start(stores, anonymous_id=f"a-{number}")
        await say(stores, conversation, text)
        turn_id = f"t-{number}"
        async with hold(stores, conversation) as held:
            reply = a_reply("Sure.", message_id=MessageId(f"m-{number}"))
            turn = turn_of(held, id=turn_id, reading=LOCAL, reply=reply)
            await stores.conversations.record_turn(held, turn)
        signal = Signal(SignalKind.DEMO, quotes.get(text, text[:15]), 0.9)
        model = TextReading(MessageKind.SALES, Readiness.WARM, "", (signal,), ("Crewpine",))
        heard = a_signal(SignalKind.DEMO, quote=signal.quote)
        merged = a_reading(signals=(heard,), readiness=Readiness.WARM)
        reading = SecondReading(
            turn_id, conversation.id, MONDAY_TEN, "gpt", "v1", LOCAL, model, merged
        )
        await stores.readings.keep(reading)
    await database.close()


def review(*options: str, given: str = "") -> Result:
    return CliRunner().invoke(app, ["examples", "review", *options], input=given)


def written(out: Path) -> list[Example]:
    return read_examples(out)


def test_the_models_reading_becomes_a_labelled_line(out: Path) -> None:
    read_twice(PLAIN)
    ran = review(given="m\n")
    assert ran.exit_code == 0, ran.output
    assert "1 added to reviewed.jsonl, 0 left." in ran.output
    (example,) = written(out)
    assert example.text == PLAIN
    assert (example.kind, example.readiness) == (MessageKind.SALES, Readiness.WARM)
    assert example.signals == {SignalKind.DEMO: ("Can you show us",)}
    assert (example.competitors, example.language) == (("Crewpine",), "de")
    assert example.batch.startswith("review-2")
    assert example.id.endswith("-001")


def test_our_own_reading_can_be_the_right_one(out: Path) -> None:
    read_twice(PLAIN)
    review(given="l\n")
    (example,) = written(out)
    assert (example.kind, example.signals) == (MessageKind.OTHER, {})


def test_both_readings_stand_side_by_side() -> None:
    read_twice(PLAIN)
    output = review(given="q\n").output
    assert PLAIN in output
    row = next(line for line in output.splitlines() if line.strip().startswith("kind"))
    assert row.split() == ["kind", "other", "sales"]
    assert "“Can you show us”" in output


def test_the_newest_comes_first_and_each_once() -> None:
    read_twice("older words", "newer words")
    output = review(given="l\nl\n").output
    assert output.index("newer words") < output.index("older words")
    assert "Nothing to review" in review().output


def test_a_review_goes_on_where_it_stopped(out: Path) -> None:
    read_twice("one one", "two two", "three three")
    assert "1 added to reviewed.jsonl, 2 left." in review(given="m\nq\n").output
    assert "1 added to reviewed.jsonl, 1 left." in review(given="m\n").output
    assert [example.text for example in written(out)] == ["three three", "two two"]
    assert [example.id[-3:] for example in written(out)] == ["001", "002"]


def test_what_was_skipped_comes_back() -> None:
    read_twice("one one", "two two")
    assert "1 added to reviewed.jsonl, 1 left." in review(given="s\nm\n").output
    assert "two two" in review(given="q\n").output


def test_other_keys_ask_again(out: Path) -> None:
    read_twice(PLAIN)
    review(given="x\n\nM\n")
    assert len(written(out)) == 1


def test_labels_can_be_typed(out: Path) -> None:
    read_twice(PLAIN)
    typed = [
        "e", "buyer", "sales", "demo, competitor, magic", "demo, competitor", "", "not in it",
        "leave Crewpine", "hot", "Crewpine",
    ]  # fmt: skip
    ran = review(given="\n".join(typed) + "\n")
    assert "1 added" in ran.output
    (example,) = written(out)
    assert example.signals == {
        SignalKind.DEMO: ("Can you show us",),
        SignalKind.COMPETITOR: ("leave Crewpine",),
    }
    assert (example.kind, example.readiness) == (MessageKind.SALES, Readiness.HOT)


def test_personal_data_is_left_out_unless_wanted(out: Path) -> None:
    read_twice(PRIVATE)
    shown = review(given="m\n").output
    assert "nordwind" not in shown + out.read_text()
    assert "1234567" not in shown + out.read_text()
    assert "[email]" in written(out)[0].text


def test_a_quote_that_redaction_broke_leaves_its_label(out: Path) -> None:
    read_twice(PRIVATE, quotes={PRIVATE: "170 1234567 for a demo"})
    review(given="m\n")
    assert "1234567" not in out.read_text()
    assert set(written(out)[0].signals) == {SignalKind.DEMO}


def test_personal_data_is_kept_when_that_is_wanted(out: Path) -> None:
    read_twice(PRIVATE)
    review("--no-redact", given="m\n")
    assert written(out)[0].text == PRIVATE


def test_visitors_cannot_draw_on_the_terminal() -> None:
    read_twice(PRIVATE)
    output = review(given="q\n").output
    assert "\x1b" not in output
    assert "[bold]now" in output


def test_the_list_is_json_and_asks_nothing(out: Path) -> None:
    read_twice(PLAIN, PRIVATE)
    lines = [json.loads(line) for line in review("--list").output.splitlines()]
    assert [line["turn"] for line in lines] == ["t-1", "t-0"]
    assert lines[1]["local"]["kind"] == "other"
    assert lines[1]["model"]["signals"] == [{"kind": "demo", "quote": "Can you show us"}]
    assert lines[1]["merged"]["temperature"] == "warm"
    assert "nordwind" not in str(lines)
    assert not out.exists()


def test_lines_of_an_earlier_day_or_hand_are_kept(out: Path) -> None:
    out.write_text('{"id": "h1-001", "text": "Hi", "kind": "other", "temperature": "cold"}')
    read_twice(PLAIN)
    review(given="m\n")
    assert [example.id[-4:] for example in written(out)] == ["-001", "-001"]
    assert out.read_text().endswith("\n")


@pytest.mark.parametrize("place", ["nowhere/reviewed.jsonl", "."])
def test_a_place_that_cannot_be_written_is_said_first(place: str) -> None:
    read_twice(PLAIN)
    ran = review("--out", place, given="m\n")
    assert ran.exit_code == 2
    assert "local" not in ran.output
    assert "1 left" not in ran.output


def test_the_talk_before_comes_along(out: Path) -> None:
    asyncio.run(_two_turns())
    review(given="m\n")
    assert written(out)[0].before == (("visitor", "Hello"), ("agent", "Shall we show you?"))


async def _two_turns() -> None:
    database = await Database.open(Path("data/hotline.db"))
    stores = in_sql(database, FixedClock())
    conversation = await start(stores)
    for number, (text, reply) in enumerate((("Hello", "Shall we show you?"), ("Yes", "Good."))):
        await say(stores, conversation, text)
        async with hold(stores, conversation) as held:
            said = a_reply(reply, message_id=MessageId(f"m-{number}"))
            turn = turn_of(held, id=f"t-{number}", reading=LOCAL, reply=said)
            await stores.conversations.record_turn(held, turn)
    model = TextReading(
        MessageKind.SALES, Readiness.WARM, "", (Signal(SignalKind.DEMO, "Yes", 0.9),)
    )
    reading = SecondReading(
        "t-1", conversation.id, MONDAY_TEN, "gpt", "v1", LOCAL, model, a_reading()
    )
    await stores.readings.keep(reading)
    await database.close()
