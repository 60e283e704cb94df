"""`hotline lead show` and `hotline score explain`, over a real data folder."""

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner, Result

from agent.conversation import MessageId
from agent.engagement import EngagementEvent, EngagementEventId
from agent.handoff import Outcome
from agent.lead import Company, Lead, LeadId
from integrations.app import lead_page
from integrations.cli import app
from integrations.clock import SystemClock
from integrations.lead_screen import show_lead
from integrations.settings import load_settings, setting_names
from integrations.web.shapes import PatternShape
from knowledge.database import Database
from knowledge.engagement import SqlEngagement
from knowledge.leads import SqlLeads

NOW = SystemClock().now()
DANA = LeadId("l-dana")
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\n\u202e[bold red]"


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def act(
    number: int, name: str, days: float, title: str = "", url: str = "", lead: LeadId = DANA
) -> EngagementEvent:
    return EngagementEvent(EngagementEventId(f"e-{number}"), lead, name, ago(days), title, url)


ACTS = (
    act(1, "Webinar Attended", 40, "Wintermüdigkeit 🥶 in Aufzügen: was hilft? 東京"),
    act(2, "Demo Requested", 3, "Personal demo"),
    act(3, "Pricing Viewed", 2, "Pricing", "https://x.example/pricing"),
    act(4, "Page Viewed", 1, ESCAPES, "https://x.example/"),
)
SURGE = tuple(act(10 + n, "Pricing Viewed", 1 + n / 24, lead=LeadId("l-empty")) for n in range(3))
LEAD = Lead(
    DANA,
    name="Dana Weiß",
    email="dana@nordlift.example",
    title="Head of Operations",
    company=Company("Nordlift", "nordlift.example", "Elevator maintenance", 240, "DE", "Hamburg"),
    owner="mia",
    identities={"user_id": ("u-1",), "email": ("dana@nordlift.example",)},
)


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    asyncio.run(_fill(tmp_path))
    return tmp_path


async def _fill(folder: Path) -> None:
    database = await Database.open(folder / "hotline.db")
    leads = SqlLeads(database, SystemClock())
    nobody = Lead(LeadId("l-empty"), name=f"Mallory{ESCAPES}", identities={"user_id": ("u-2",)})
    await leads.import_leads([LEAD, nobody])
    await SqlEngagement(database).record(ACTS)
    await leads.record_outcome(DANA, Outcome.OPPORTUNITY, 48_000, ago(0.5))
    await database.close()


def hotline(*arguments: str, width: int = 100) -> Result:
    return CliRunner(env={"COLUMNS": str(width)}).invoke(app, arguments)


def total_and_points(told: str) -> tuple[int, list[int]]:
    total = re.search(r"Score\n +(\d+) ·", told)
    assert total
    return int(total[1]), [int(points) for points in re.findall(r"^ +([+-]\d+)  ", told, re.M)]


@pytest.mark.parametrize(
    "reference",
    ["l-dana", "email:dana@nordlift.example", "Dana@Nordlift.example", "user_id:u-1"],
)
def test_shows_a_lead_by_any_of_its_names(data: Path, reference: str) -> None:
    told = hotline("lead", "show", reference).stdout
    for part in (
        "Dana Weiß, Head of Operations",
        "Nordlift · nordlift.example · Elevator maintenance · 240 people · Hamburg, DE",
        "owner mia",
        "user_id:u-1",
        "Demo Requested: Personal demo",
        "opportunity  48,000.00",
        "Wintermüdigkeit 🥶 in Aufzügen: was hilft? 東京",
    ):
        assert part in told


def test_the_points_of_the_reasons_add_up_to_the_total(data: Path) -> None:
    total, points = total_and_points(hotline("lead", "show", "l-dana").stdout)
    assert sum(points) == total > 0


def test_the_timeline_is_newest_first(data: Path) -> None:
    timeline = hotline("lead", "show", "l-dana").stdout.partition("Timeline")[2]
    names = ("Page Viewed", "Pricing Viewed", "Demo Requested", "Webinar Attended")
    places = [timeline.index(name) for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("command", [("lead", "show"), ("score", "explain")])
def test_fits_the_terminal_and_has_no_colour_away_from_one(
    data: Path, width: int, command: tuple[str, str]
) -> None:
    ran = hotline(*command, "l-dana", width=width)
    assert ran.exit_code == 0, ran.output
    assert max(map(cell_len, ran.stdout.splitlines())) <= width
    assert "\x1b" not in ran.output


@pytest.mark.parametrize("command", [("lead", "show"), ("score", "explain")])
@pytest.mark.parametrize("lead", ["l-dana", "l-empty"])
def test_hostile_words_are_shown_harmlessly(
    data: Path, command: tuple[str, str], lead: str
) -> None:
    ran = hotline(*command, lead)
    assert ran.exit_code == 0, ran.output
    assert not [c for c in ran.output if not c.isprintable() and c != "\n"]
    assert "\u202e" not in ran.output


def test_somebody_of_whom_nothing_is_known_is_shown_calmly(data: Path) -> None:
    told = hotline("lead", "show", "l-empty").stdout
    assert "Nothing has happened yet." in told
    assert "unknown  budget, authority, need, timeline" in told
    assert "Handoffs" not in told


@pytest.mark.parametrize(
    "reference", ["l-nobody", "email:nobody@x.example", "\x1b[2J", "x" * 400, ""]
)
@pytest.mark.parametrize("command", [("lead", "show"), ("score", "explain")])
def test_a_lead_that_is_not_there_is_told(
    data: Path, reference: str, command: tuple[str, str]
) -> None:
    ran = hotline(*command, reference)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("There is no lead")
    assert "\x1b" not in ran.stderr


def test_json_is_the_whole_record(data: Path) -> None:
    record = json.loads(hotline("lead", "show", "l-dana", "--json").stdout)
    assert record["lead_id"] == "l-dana"
    assert [outcome["outcome"] for outcome in record["outcomes"]] == ["opportunity"]
    assert (
        sum(reason["points"] for reason in record["score"]["reasons"]) == record["score"]["total"]
    )
    assert len(record["timeline"]) == len(ACTS)


async def _record(folder: Path, acts: Sequence[EngagementEvent]) -> None:
    database = await Database.open(folder / "hotline.db")
    await SqlEngagement(database).record(acts)
    await database.close()


def test_patterns_are_shown_newest_first_with_their_evidence(data: Path) -> None:
    asyncio.run(_record(data, SURGE))
    (surge,) = json.loads(hotline("lead", "show", "l-empty", "--json").stdout)["patterns"]
    assert (surge["name"], sorted(surge["events"])) == ("pricing_surge", ["e-10", "e-11", "e-12"])
    assert surge["because"] == "Pricing surge: Pricing Viewed 3 times, within 24 hours"
    assert datetime.fromisoformat(surge["at"]) == SURGE[0].at
    told = hotline("lead", "show", "l-empty").stdout
    at = f"{SURGE[0].at.astimezone(UTC):%Y-%m-%d %H:%M}"
    assert f"Patterns\n  {at}  {surge['because']}\n" in told

    asyncio.run(_record(data, [act(20, "Comparison Viewed", 0.5, lead=LeadId("l-empty")), act(21, "Case Study Viewed", 0.4, lead=LeadId("l-empty"))]))  # fmt: skip
    patterns = json.loads(hotline("lead", "show", "l-empty", "--json").stdout)["patterns"]
    instants = [datetime.fromisoformat(pattern["at"]) for pattern in patterns]
    assert len(patterns) > 1
    assert instants == sorted(instants, reverse=True)


def test_without_a_pattern_none_is_spoken_of(data: Path) -> None:
    assert json.loads(hotline("lead", "show", "l-empty", "--json").stdout)["patterns"] == []
    assert "Patterns" not in hotline("lead", "show", "l-empty").stdout


def test_the_words_of_a_pattern_are_shown_harmlessly(data: Path) -> None:
    page = asyncio.run(lead_page(load_settings(), "l-dana"))
    hostile = PatternShape(name="surge", because=f"Surge: {ESCAPES}", at=NOW, events=[])
    console = Console(record=True, file=StringIO(), markup=False, highlight=False)
    show_lead(page.model_copy(update={"patterns": [hostile]}), console)
    told = console.export_text()
    assert "Surge: [2J ]0;owned 31m [bold red]" in told
    assert not [c for c in told if not c.isprintable() and c != "\n"]


def test_a_replay_leaves_out_what_came_later(data: Path) -> None:
    then = (ago(10)).strftime("%Y-%m-%dT%H:%M")
    early, late = hotline("score", "explain", "l-dana", "--at", then), hotline("score", "explain", "l-dana")  # fmt: skip
    assert "Webinar Attended" in early.stdout
    assert "Demo Requested" not in early.stdout
    total_then, points_then = total_and_points(early.stdout)
    total_now, points_now = total_and_points(late.stdout)
    assert sum(points_then) == total_then < total_now == sum(points_now)


def test_a_replay_says_what_changed_the_temperature(data: Path) -> None:
    turnings = hotline("score", "explain", "l-dana").stdout.partition("\nTemperature\n")[2]
    demo = f"{ACTS[1].at.astimezone(UTC):%Y-%m-%d %H:%M}"
    assert re.search(rf"{demo}  \w+ → (warm|hot) +\d+  Demo Requested: Personal demo", turnings)


def test_a_replay_to_before_anything_happened_has_only_who_they_are(data: Path) -> None:
    told = hotline("score", "explain", "l-dana", "--at", "2020-01-01").stdout
    assert "at 2020-01-01 00:00" in told
    assert "engagement 0" in told
    assert "Total over time" not in told


def test_a_moment_with_a_zone_is_that_moment(data: Path) -> None:
    told = hotline("score", "explain", "l-dana", "--at", "2026-03-01T12:00:00+0200").stdout
    assert "at 2026-03-01 10:00" in told


def test_a_moment_that_is_none_is_told(data: Path) -> None:
    ran = hotline("score", "explain", "l-dana", "--at", "soon")
    assert ran.exit_code == 2
    assert "'soon'" in ran.stderr


def test_help_has_an_example(data: Path) -> None:
    for command in (("lead", "show"), ("score", "explain")):
        assert "Example: " in hotline(*command, "--help").output


def test_a_message_id_is_no_lead(data: Path) -> None:
    assert hotline("lead", "show", str(MessageId("m-1"))).exit_code == 2
