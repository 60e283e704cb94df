"""`hotline lead merges` and `hotline lead unmerge`, over a real data folder."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from agent.lead import LeadId
from agent.merges import Merge, Unmerged
from agent.playbook import Playbook
from agent.tracking import CallKind, TrackingCall
from integrations.app.locking import data_folder
from integrations.cli import app
from integrations.merge_screen import told_unmerged
from integrations.settings import load_settings, setting_names
from knowledge.database import Database
from knowledge.leads import SqlLeads
from knowledge.playbook import demo_playbook_path, load_playbook
from knowledge.tracking import SqlTracking
from tests.builders import a_call, a_lead
from tests.fakes.clock import MONDAY_TEN, FixedClock

PLAYBOOK: Playbook = load_playbook(demo_playbook_path())
ESCAPES = "\x1b[2J\x1b]0;owned\x07\u202e[bold red]"
BOB = a_lead(
    id=LeadId("l-bob"), name="Bob", email="bob@x.example", identities={"user_id": ("u-bob",)}
)
ALIAS = a_call(CallKind.ALIAS, id="r-alias", user_id="u-ada", previous_id="u-bob")
TWO_PEOPLE = "two people who shared an account"


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
    await SqlLeads(database, FixedClock()).import_leads([a_lead(), BOB])
    await database.close()
    acts = [a_call(id="t-ada", user_id="u-ada"), a_call(id="t-bob", user_id="u-bob")]
    await _report(folder, acts)


def report(folder: Path, *calls: TrackingCall) -> None:
    asyncio.run(_report(folder, calls))


async def _report(folder: Path, calls: Sequence[TrackingCall]) -> None:
    database = await Database.open(folder / "hotline.db")
    await SqlTracking(database, FixedClock(), PLAYBOOK).take_in(calls)
    await database.close()


def hotline(*arguments: str, width: int = 100) -> Result:
    return CliRunner(env={"COLUMNS": str(width)}).invoke(app, arguments)


def merges(lead: str) -> str:
    ran = hotline("lead", "merges", lead)
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def number_in(log: str) -> str:
    found = re.search(r"^ +(\d+)  \d{4}-", log, re.M)
    assert found
    return found[1]


@pytest.mark.parametrize("reference", ["l-ada", "l-bob", "user_id:u-bob", "bob@x.example"])
def test_lists_who_joined_by_what_and_when(data: Path, reference: str) -> None:
    report(data, ALIAS)
    told = merges(reference)
    assert told.splitlines()[0].endswith(" · l-ada")
    assert "2026-03-02 10:00  l-bob joined l-ada " in told
    assert "report r-alias (alias): " in told
    assert {"user_id:u-ada", "user_id:u-bob"} <= set(told.split())
    assert "in force " in told
    assert "hotline lead unmerge NUMBER" in told


def test_a_lead_that_nobody_joined_is_told_calmly(data: Path) -> None:
    told = merges("l-ada")
    assert "No other lead was found to be this one." in told
    assert "unmerge" not in told


def test_takes_a_merge_back_beside_a_service_that_runs(data: Path) -> None:
    report(data, ALIAS)
    number = number_in(merges("l-ada"))
    with data_folder(load_settings()):
        ran = hotline("lead", "unmerge", number, "--because", TWO_PEOPLE)
    assert (ran.exit_code, ran.stdout) == (
        0,
        f"Merge {number} is taken back; "
        "l-bob and l-ada are two leads, each with what came by its identities.\n",
    )
    assert hotline("lead", "show", "user_id:u-bob").stdout.startswith("Bob")
    for lead in ("l-ada", "l-bob"):
        told = merges(lead)
        assert re.search(rf"taken back 20\d\d-\d\d-\d\d \d\d:\d\d, because “{TWO_PEOPLE}”", told)
        assert "in force" not in told


def test_the_second_time_says_that_it_was_so_and_keeps_the_first_reason(data: Path) -> None:
    report(data, ALIAS)
    number = number_in(merges("l-ada"))
    hotline("lead", "unmerge", number, "--because", TWO_PEOPLE)
    ran = hotline("lead", "unmerge", number, "--because", "again")
    assert ran.exit_code == 0
    assert f"was taken back before, because “{TWO_PEOPLE}”; " in ran.stdout
    assert "again" not in merges("l-ada")


def test_what_other_reports_still_join_is_said(data: Path) -> None:
    report(data, ALIAS)
    number = number_in(merges("l-ada"))
    for user in ("u-ada", "u-bob"):
        told = {"user_id": user, "traits": {"email": "both@nordwind.example"}}
        report(data, a_call(CallKind.IDENTIFY, id=f"i-{user}", **told))
    ran = hotline("lead", "unmerge", number, "--because", TWO_PEOPLE)
    assert "other reports still show l-bob and l-ada to be one" in ran.stdout
    assert f"taken back, because “{TWO_PEOPLE}”, and in force by other reports" in " ".join(
        merges("l-ada").split()
    )


@pytest.mark.parametrize("reference", ["l-nobody", "\x1b[2J", ""])
def test_a_lead_that_is_not_there_is_told(data: Path, reference: str) -> None:
    ran = hotline("lead", "merges", reference)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("There is no lead")
    assert "\x1b" not in ran.stderr


@pytest.mark.parametrize("number", ["7", str(2**63 - 1)])
def test_a_merge_that_is_not_there_is_told(data: Path, number: str) -> None:
    ran = hotline("lead", "unmerge", number, "--because", TWO_PEOPLE)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"There is no merge {number}; `hotline lead merges ID` lists those of a lead.\n"
    )


@pytest.mark.parametrize("number", ["0", "-1", "one", str(2**63), "1.5"])
def test_a_number_that_is_none_is_refused(data: Path, number: str) -> None:
    ran = hotline("lead", "unmerge", "--because", TWO_PEOPLE, "--", number)
    assert (ran.exit_code, ran.stdout) == (2, "")


@pytest.mark.parametrize("because", ["", " \n\u202e", "x" * 501])
def test_a_reason_is_asked_for(data: Path, because: str) -> None:
    report(data, ALIAS)
    ran = hotline("lead", "unmerge", number_in(merges("l-ada")), "--because", because)
    assert ran.exit_code == 2
    assert "say why" in ran.stderr
    assert hotline("lead", "unmerge", "1").exit_code == 2
    assert "in force" in merges("l-ada")


@pytest.mark.parametrize("width", [60, 100, 200])
def test_hostile_words_are_shown_harmlessly_and_fit(data: Path, width: int) -> None:
    shown = {"user_id": f"u{ESCAPES}", "anonymous_id": f"a-{'x' * 200}"}
    report(data, a_call(id="t-1", user_id=shown["user_id"]))
    report(data, a_call(CallKind.PAGE, id="p-1", anonymous_id=shown["anonymous_id"]))
    report(data, a_call(CallKind.IDENTIFY, id=f"i{ESCAPES}", **shown))
    lead = f"anonymous_id:{shown['anonymous_id']}"
    number = number_in(merges(lead))
    hotline("lead", "unmerge", number, "--because", f"\udc80 {ESCAPES} 別人です")
    ran = hotline("lead", "merges", lead, width=width)
    assert ran.exit_code == 0, ran.output
    assert not [c for c in ran.output if not c.isprintable() and c != "\n"]
    assert max(map(cell_len, ran.stdout.splitlines())) <= width
    assert "別人です" in ran.stdout


def test_a_merge_whose_link_is_gone_is_not_said_to_be_taken_back() -> None:
    ids = LeadId("l-bob"), LeadId("l-ada")
    merge = Merge(3, *ids, MONDAY_TEN, "user_id:1", "user_id:2", "r", "alias", MONDAY_TEN)
    told = told_unmerged(Unmerged(merge, was_known=False, is_apart=True))
    assert told.startswith("Merge 3 has no link left to take back; l-bob and l-ada are two leads")


def test_help_has_an_example(data: Path) -> None:
    for command in ("merges", "unmerge"):
        assert "Example: " in hotline("lead", command, "--help").output
