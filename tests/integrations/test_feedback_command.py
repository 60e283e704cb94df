"""`hotline feedback`, over a real data folder."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.conversation import RepId
from agent.handoff import Change, close
from agent.outcome import Closing, NotHotReason, Outcome
from integrations.cli import app
from integrations.clock import SystemClock
from knowledge.database import Database
from tests.contracts.stores import Stores, in_sql, open_handoff, start
from tests.fakes.clock import FixedClock

NOW = SystemClock().now()
MIA = RepId("mia")
WRONG = Closing(Outcome.NOT_HOT, reason=NotHotReason.NO_BUYER, note="Eine Schülerin, „Übung“.")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    return tmp_path


def feedback(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["feedback", *arguments])


def closed(folder: Path, *closings: Closing, days_ago: float = 1) -> None:
    asyncio.run(_close(folder, closings, days_ago))


async def _close(folder: Path, closings: tuple[Closing, ...], days_ago: float) -> None:
    database = await Database.open(folder / "hotline.db")
    stores = in_sql(database, FixedClock(NOW - timedelta(days=days_ago)))
    for number, closing in enumerate(closings):
        await _close_one(stores, f"{days_ago}-{number}", closing)
    await database.close()


async def _close_one(stores: Stores, name: str, closing: Closing) -> None:
    handoff = await open_handoff(stores, await start(stores, anonymous_id=name), f"h-{name}")
    change = Change("closed", MIA, closing=closing, playbook_version="p1")
    now = stores.clock.now()
    await stores.handoffs.change(
        handoff.id, lambda h: close(h, closing.outcome, closing.note, now), change
    )


def test_counts_how_many_hot_were_called_not_hot_and_why(folder: Path) -> None:
    closed(folder, WRONG, WRONG, Closing(Outcome.MEETING_BOOKED), Closing(Outcome.WON, 12_000))
    lines = [line.split() for line in feedback().stdout.splitlines()]
    assert ["hot", "4", "2", "50%"] in lines
    assert [*["no", "buyer", "(student,", "applicant,", "vendor,", "press)"], "2"] in lines
    assert ["meeting", "booked", "1"] in lines


def test_each_is_a_line_for_calibration(folder: Path) -> None:
    closed(folder, WRONG)
    (line,) = feedback("--json").stdout.splitlines()
    said = json.loads(line)
    assert (said["outcome"], said["reason"], said["note"]) == ("not_hot", "no_buyer", WRONG.note)
    assert (said["rep_id"], said["playbook_version"], said["temperature"]) == ("mia", "p1", "hot")
    assert said["decision"]
    assert isinstance(said["score"], int)


def test_leaves_out_what_was_said_before(folder: Path) -> None:
    closed(folder, WRONG, days_ago=40)
    closed(folder, WRONG, days_ago=2)
    assert len(feedback("--json").stdout.splitlines()) == 1
    assert len(feedback("--since", "9w", "--json").stdout.splitlines()) == 2


def test_says_when_there_is_nothing_yet(folder: Path) -> None:
    assert "Nothing yet" in feedback().stdout
    assert feedback("--json").stdout == ""


def test_refuses_a_span_that_is_none(folder: Path) -> None:
    found = feedback("--since", "lately")
    assert found.exit_code == 2
    assert "30d, 12h or 2w" in found.output
