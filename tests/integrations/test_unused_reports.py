"""What tracking could not use, as `hotline doctor` tells it over a real data folder."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.engagement import ActTally
from agent.playbook import Playbook
from agent.tracking import CallKind, TrackingCall
from integrations.app import probes
from integrations.app.locking import data_folder
from integrations.cli import app
from integrations.clock import SystemClock
from integrations.doctor import Finding, Health, check_tracking
from integrations.settings import load_settings, setting_names
from integrations.unused_reports import MOST, UnusedReports
from knowledge.database import Database
from knowledge.playbook import demo_playbook_path, load_playbook
from knowledge.tracking import SqlTracking
from tests.builders import a_call
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.minimal import MINIMAL, written

now = SystemClock().now
PLAYBOOK: Playbook = load_playbook(demo_playbook_path())
ESCAPES = "\x1b[2J\x1b]0;owned\x07\u202e[bold red]"


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(folder: Path, calls: Sequence[TrackingCall]) -> None:
    asyncio.run(_report(folder, calls))


async def _report(folder: Path, calls: Sequence[TrackingCall]) -> None:
    """Report these, as of when the last of them was received."""
    database = await Database.open(folder / "hotline.db")
    clock = FixedClock(max(call.received_at for call in calls))
    await SqlTracking(database, clock, PLAYBOOK).take_in(calls)
    await database.close()


def days_ago(days: float) -> datetime:
    return now() - timedelta(days=days)


def acts(*names: str, at: datetime | None = None) -> list[TrackingCall]:
    at = at or now()
    return [
        a_call(id=f"r-{at}-{number}", user_id="u-act", name=name, at=at, received_at=at)
        for number, name in enumerate(names)
    ]


def nobodies(count: int, at: datetime | None = None) -> list[TrackingCall]:
    at = at or now()
    return [
        a_call(id=f"n-{at}-{n}", user_id="null", anonymous_id="", at=at, received_at=at)
        for n in range(count)
    ]


def shared_mailbox(users: int, at: datetime | None = None) -> list[TrackingCall]:
    at = at or now()
    instants = [at - timedelta(seconds=users - n) for n in range(users)]
    traits = {"email": "info@nordwind.example"}
    return [
        a_call(CallKind.IDENTIFY, id=f"i-{n}", user_id=f"u-{n}", traits=traits, at=at, received_at=at)
        for n, at in enumerate(instants)
    ]  # fmt: skip


def found() -> Finding:
    return asyncio.run(check_tracking(probes(load_settings())))


def doctor() -> str:
    return CliRunner(env={"COLUMNS": "160"}).invoke(app, ["doctor"]).output


def test_is_quiet_when_all_was_used(data: Path) -> None:
    calm = Finding("tracking", Health.OK, "All that was reported could be used.")
    assert found() == calm
    report(data, acts("Demo Requested", "Pricing Viewed"))
    assert found() == calm


def test_names_that_give_no_points_are_listed_with_what_to_do(data: Path) -> None:
    report(data, acts("Brochure Opened", "Demo Requested", "Brochure Opened", "展示会に参加"))
    finding = found()
    assert (finding.health, finding.sentence) == (
        Health.WARN,
        "2 event names give no points.",
    )
    assert finding.details == (
        "no points: Brochure Opened, 2 times, last just now",
        "no points: 展示会に参加, once, last just now",
    )
    assert "scoring: engagement:" in finding.mend


def test_what_the_mend_says_gives_the_points(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report(data, acts("Brochure Opened"))
    assert found().health is Health.WARN
    points = "scoring: {engagement: {medium: {acts: {Brochure Opened: 12}}}}"
    text = f"pack: b2b_saas\n{MINIMAL}{points}\n"
    monkeypatch.setenv("HOTLINE_PLAYBOOK", str(written(data, text)))
    assert found().health is Health.OK


def test_at_most_ten_of_a_kind_are_named(data: Path) -> None:
    report(data, acts(*(f"Act {n}" for n in range(MOST))))
    assert found().sentence == "10 event names give no points."
    report(data, acts("One more", at=days_ago(0.001)))
    finding = found()
    assert finding.sentence == "More than 10 event names give no points."
    assert (len(finding.details), finding.details[-1]) == (MOST + 1, "no points: and more")


def test_what_was_refused_is_listed_with_an_example(data: Path) -> None:
    report(data, nobodies(3))
    finding = found()
    assert finding.sentence == "1 kind of value was refused."
    (line,) = finding.details
    assert line.startswith("refused: This user id was not taken as an identity, because")
    assert line.endswith("(3 times, last just now, as in null)")


def test_links_that_would_join_too_many_are_listed(data: Path) -> None:
    report(data, shared_mailbox(7))
    finding = found()
    assert finding.sentence == "2 links joined nobody."
    assert finding.details == tuple(
        f"not joined: email:info@nordwind.example and user_id:u-{n}, "
        "which would make more than 5 user ids or 5 emails one person's (last seen just now)"
        for n in (6, 5)
    )
    assert "theirs alone" in finding.mend


def test_the_doctor_tells_it_while_the_service_runs(data: Path) -> None:
    report(data, [*acts("Brochure Opened", f"Hostile {ESCAPES}"), *shared_mailbox(6)])
    before = (data / "hotline.db").read_bytes()
    with data_folder(load_settings()):
        told = doctor()
    assert "2 event names give no points, 1 link joined nobody." in told
    assert "Brochure Opened, once" in told
    assert "Hostile [2J ]0;owned [bold red]" in told
    assert not [c for c in told if not c.isprintable() and c != "\n"]
    assert (data / "hotline.db").read_bytes() == before


def test_what_did_not_come_back_for_a_month_is_not_told(data: Path) -> None:
    for days, name in ((31, "Old"), (29, "Late"), (2.5, "New")):
        report(data, acts(name, at=days_ago(days)))
    report(data, [*nobodies(2, days_ago(31)), *shared_mailbox(6, days_ago(31))])

    assert found().details == (
        "no points: Late, once, last 29 days ago",
        "no points: New, once, last 2 days ago",
    )


def test_what_comes_back_after_a_month_is_counted_anew(data: Path) -> None:
    for days in (40, 31, 0):
        report(data, [*acts("Brochure Opened", at=days_ago(days)), *nobodies(1, days_ago(days))])

    act, refusal = found().details
    assert act == "no points: Brochure Opened, once, last just now"
    assert refusal.endswith("(once, last just now, as in null)")


def test_an_act_of_long_ago_that_was_brought_in_today_is_told(data: Path) -> None:
    report(
        data, [a_call(user_id="u-1", name="Brochure Opened", at=days_ago(900), received_at=now())]
    )

    assert found().details == ("no points: Brochure Opened, once, last just now",)


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
    ],
)
def test_how_long_ago_is_said_in_the_greatest_unit(past: timedelta, words: str) -> None:
    (line,) = UnusedReports(MONDAY_TEN, [ActTally("Old", 1, MONDAY_TEN - past)]).details()
    assert line == f"no points: Old, once, last {words}"


def test_long_values_are_shortened() -> None:
    (line,) = UnusedReports(MONDAY_TEN, [ActTally("x" * 200, 1_234, MONDAY_TEN)]).details()
    assert line == f"no points: {'x' * 80}…, 1,234 times, last just now"


def test_waits_for_a_playbook_that_loads(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PLAYBOOK", str(written(data, "nonsense: true\n")))
    assert found() == Finding("tracking", Health.WARN, "It is looked at once the playbook loads.")
