"""`hotline import`, as people run it: real files, a real data folder."""

import asyncio
import csv
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from agent.errors import UnknownLeadError
from agent.lead import Lead
from integrations.app.intake import is_served
from integrations.app.locking import data_folder
from integrations.settings import Settings
from knowledge.database import Database
from knowledge.engagement import SqlEngagement
from knowledge.leads import SqlLeads
from tests.fakes.clock import FixedClock
from tests.integrations.importing.conftest import Hotline

Found = TypeVar("Found")
ROOT = Path(__file__).parents[3]
EVENTS = "email,event,timestamp,title\n"
AT = "2026-03-01T09:45:00Z"


@dataclass(frozen=True)
class Kept:
    """What is in the database, asked from outside."""

    path: Path

    def acts(self, reference: str) -> list[str]:
        async def ask(database: Database) -> list[str]:
            lead = await SqlLeads(database, FixedClock()).find(reference)
            return [event.name for event in await SqlEngagement(database).of_lead(lead.id, 100)]

        return asyncio.run(self._asked(ask))

    def lead(self, reference: str) -> Lead:
        return asyncio.run(self._asked(lambda db: SqlLeads(db, FixedClock()).find(reference)))

    async def _asked(self, ask: Callable[[Database], Awaitable[Found]]) -> Found:
        database = await Database.open(self.path)
        try:
            return await ask(database)
        finally:
            await database.close()


@pytest.fixture
def kept(data: Path) -> Kept:
    return Kept(data / "hotline.db")


def file(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def rejected(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def test_help_says_what_can_be_imported(hotline: Hotline) -> None:
    assert "events" in hotline("import", "--help").output
    for kind in ("events", "leads"):
        told = hotline("import", kind, "--help").output
        assert "Example: " in told
        assert "--dry-run" in told


def test_events_of_a_csv_are_on_the_leads_record(
    hotline: Hotline, tmp_path: Path, kept: Kept
) -> None:
    rows = f"Dana@x.example,Pricing Viewed,{AT},Pricing\nkim@x.example,Demo Requested,{AT},\n"
    ran = hotline("import", "events", file(tmp_path / "a.csv", EVENTS + rows))
    assert ran.exit_code == 0, ran.output
    assert "2  new" in ran.stdout
    assert kept.acts("email:dana@x.example") == ["Pricing Viewed"]
    assert kept.acts("email:kim@x.example") == ["Demo Requested"]
    assert not (tmp_path / "a.csv.rejected.csv").exists()


def test_a_second_run_knows_everything(hotline: Hotline, tmp_path: Path, kept: Kept) -> None:
    rows = f"dana@x.example,Email Opened,{AT},\n" * 2 + f"dana@x.example,Email Opened,{AT},Other\n"
    path = file(tmp_path / "a.csv", EVENTS + rows)
    first, second = hotline("import", "events", path), hotline("import", "events", path)
    assert "2  new" in first.stdout
    assert "1  known already" in first.stdout
    assert "0  new" in second.stdout
    assert "3  known already" in second.stdout
    assert kept.acts("email:dana@x.example") == ["Email Opened", "Email Opened"]


def test_json_lines_join_who_they_identify(hotline: Hotline, tmp_path: Path, kept: Kept) -> None:
    items = [
        {"type": "track", "event": "Demo Requested", "anonymousId": "a-1", "timestamp": AT},
        {"type": "identify", "userId": "u-1", "anonymousId": "a-1", "timestamp": AT,
         "traits": {"email": "dana@x.example", "name": "Dana"}},
        {"type": "page", "userId": "u-1", "timestamp": AT, "properties": {"url": "https://x.example/"}},
    ]  # fmt: skip
    text = "\n".join(map(json.dumps, items))
    ran = hotline("import", "events", file(tmp_path / "a.jsonl", text))
    assert "3  new" in ran.stdout
    assert sorted(kept.acts("email:dana@x.example")) == ["Demo Requested", "Page Viewed"]
    assert (kept.lead("anonymous_id:a-1")).name == "Dana"


def test_rejected_lines_are_kept_with_their_reasons_and_can_be_mended(
    hotline: Hotline, tmp_path: Path, kept: Kept
) -> None:
    rows = f'dana,Pricing Viewed,{AT},"a, ""b"""\nkim@x.example,Demo Requested,{AT},\nkim@x.example,Demo Requested,1970-01-01,\n'
    ran = hotline("import", "events", file(tmp_path / "a.csv", EVENTS + rows))
    assert ran.exit_code == 1
    assert "2  rejected, kept in" in ran.stdout
    path = tmp_path / "a.csv.rejected.csv"
    header, first, second = rejected(path)
    assert header == ["hotline_line", "hotline_reason", "email", "event", "timestamp", "title"]
    assert first[0] == "2"
    assert first[2:] == ["dana", "Pricing Viewed", AT, 'a, "b"']
    assert second[:2] == ["4", "happened before the year 2000, as its time says"]
    assert path.stat().st_mode & 0o077 == 0

    mended = path.read_text().replace("dana,", "dana@x.example,").replace("1970-01-01", AT)
    again = hotline("import", "events", file(tmp_path / "mended.csv", mended))
    assert again.exit_code == 0, again.output
    assert kept.acts("email:dana@x.example") == ["Pricing Viewed"]
    assert "1  known already" in again.stdout


def test_a_mended_file_that_fails_again_does_not_grow_columns(
    hotline: Hotline, tmp_path: Path
) -> None:
    path = file(tmp_path / "a.csv", f"{EVENTS}dana,Pricing Viewed,{AT},\n")
    hotline("import", "events", path)
    hotline("import", "events", tmp_path / "a.csv.rejected.csv")
    assert rejected(tmp_path / "a.csv.rejected.csv.rejected.csv")[0] == rejected(tmp_path / "a.csv.rejected.csv")[0]  # fmt: skip


def test_a_dry_run_checks_everything_and_writes_nothing(
    hotline: Hotline, tmp_path: Path, data: Path
) -> None:
    path = file(tmp_path / "a.csv", f"{EVENTS}dana@x.example,A,{AT},\ndana,A,{AT},\n")
    ran = hotline("import", "events", path, "--dry-run")
    assert ran.exit_code == 1
    assert "1  can be imported; nothing was written" in ran.stdout
    assert "1  rejected" in ran.stdout
    assert "no address" in ran.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv"]
    assert not data.exists()


def test_a_dry_run_writes_rejected_lines_where_it_is_told_to(
    hotline: Hotline, tmp_path: Path
) -> None:
    path = file(tmp_path / "a.csv", f"{EVENTS}dana,A,{AT},\n")
    hotline("import", "events", path, "--dry-run", "--rejected", tmp_path / "why.csv")
    assert len(rejected(tmp_path / "why.csv")) == 2


def test_the_file_itself_is_never_written_over(hotline: Hotline, tmp_path: Path) -> None:
    path = file(tmp_path / "a.csv", f"{EVENTS}dana,A,{AT},\n")
    before = path.read_text()
    ran = hotline("import", "events", path, "--rejected", path)
    assert ran.exit_code == 2
    assert "is the file that is imported" in ran.stderr
    assert path.read_text() == before


def test_rejected_lines_that_cannot_be_written_are_told(hotline: Hotline, tmp_path: Path) -> None:
    path = file(tmp_path / "a.csv", f"{EVENTS}dana,A,{AT},\n")
    ran = hotline("import", "events", path, "--rejected", tmp_path / "none" / "why.csv")
    assert ran.exit_code == 2
    assert "cannot be written (no such file or directory)" in ran.stderr


def test_dates_that_may_be_two_days_are_asked_about(hotline: Hotline, tmp_path: Path) -> None:
    path = file(tmp_path / "a.csv", EVENTS + "dana@x.example,A,03/04/2026,\n")
    ran = hotline("import", "events", path)
    assert ran.exit_code == 2
    assert "--dates day-first or month-first" in ran.stderr
    assert hotline("import", "events", path, "--dates", "day-first").exit_code == 0


def test_wrong_options_are_told_in_a_sentence(hotline: Hotline, tmp_path: Path) -> None:
    path = file(tmp_path / "a.csv", EVENTS)
    for options, says in (
        (("--map", "x=email"), "no column 'x'"),
        (("--timezone", "Mars"), "no time zone"),
        (("--encoding", "klingon"), "--encoding"),
    ):
        ran = hotline("import", "events", path, *options)
        assert (ran.exit_code, says in ran.stderr) == (2, True), ran.output
    assert hotline("import", "events", tmp_path / "none.csv").exit_code == 2


def test_a_header_alone_is_no_mistake(hotline: Hotline, tmp_path: Path) -> None:
    ran = hotline("import", "events", file(tmp_path / "a.csv", EVENTS))
    assert (ran.exit_code, "0  new" in ran.stdout) == (0, True)


def test_leads_are_brought_up_to_date_and_never_emptied(
    hotline: Hotline, tmp_path: Path, kept: Kept
) -> None:
    first = "Email,First Name,Last Name,Phone Number,Company Name,Number of Employees\n"
    hotline("import", "leads", file(tmp_path / "a.csv", f"{first}dana@x.example,Dana,Weiß,040 1,Nordlift,240\nkim,,,,,\n"))  # fmt: skip
    second = hotline("import", "leads", file(tmp_path / "b.csv", f"{first}DANA@x.example,,,040 2,,\nlee@x.example,Lee,,,,\n"))  # fmt: skip
    assert "1  new" in second.stdout
    assert "1  brought up to date" in second.stdout
    dana = kept.lead("email:dana@x.example")
    assert (dana.name, dana.phone, dana.company.name) == ("Dana Weiß", "040 2", "Nordlift")
    assert dana.company.employees == 240
    with pytest.raises(UnknownLeadError):
        kept.lead("email:kim")


def test_leads_meet_what_was_known_of_their_acts(
    hotline: Hotline, tmp_path: Path, kept: Kept
) -> None:
    hotline("import", "events", file(tmp_path / "a.csv", f"{EVENTS}dana@x.example,Demo Requested,{AT},\n"))  # fmt: skip
    hotline("import", "leads", file(tmp_path / "b.csv", "Email,Job Title\ndana@x.example,CEO\n"))
    assert kept.acts("email:dana@x.example") == ["Demo Requested"]
    assert (kept.lead("email:dana@x.example")).title == "CEO"


def test_hostile_columns_are_shown_harmlessly(hotline: Hotline, tmp_path: Path) -> None:
    header = 'email,event,timestamp,"\x1b[2J\x1b]0;owned\x07[bold red]x"\n'
    ran = hotline("import", "events", file(tmp_path / "a.csv", f"{header}d@x.example,A,{AT},y\n"))
    assert ran.exit_code == 0, ran.output
    assert "\x1b" not in ran.output
    assert "\x07" not in ran.output
    assert "[bold red]x" in ran.output


def test_tells_a_service_that_runs(data: Path) -> None:
    settings = Settings(data_dir=data)
    assert not is_served(settings)
    with data_folder(settings):
        assert is_served(settings)
    assert not is_served(settings)


def test_imports_beside_a_service(hotline: Hotline, tmp_path: Path, data: Path) -> None:
    path = file(tmp_path / "a.csv", f"{EVENTS}dana@x.example,Demo Requested,{AT},\n")
    with data_folder(Settings(data_dir=data)):
        ran = hotline("import", "events", path)
    assert (ran.exit_code, "1  new" in ran.stdout) == (0, True)


# A shell starts what it puts into the background with interrupts ignored, and children inherit that.
HEEDING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from integrations.cli import main; main()"


def process(*arguments: str, data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-c", HEEDING, *arguments],
        env={"PYTHONPATH": str(ROOT), "HOTLINE_DATA_DIR": str(data)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_import_goes_on_when_it_is_started_again(
    hotline: Hotline, tmp_path: Path, data: Path, kept: Kept, sent: signal.Signals
) -> None:
    many = 8_000
    rows = "".join(f"dana@x.example,Email Opened,{AT},{n}\n" for n in range(many))
    path = file(tmp_path / "a.csv", EVENTS + rows)
    with pytest.raises(UnknownLeadError):
        kept.lead("email:dana@x.example")
    running = process("import", "events", str(path), data=data)
    _some_are_kept(kept)
    running.send_signal(sent)
    told = running.communicate(timeout=60)
    if sent is signal.SIGINT:
        assert running.returncode == 130, told
        assert b"the same command again goes on" in told[1]
    again = hotline("import", "events", path)
    new, known = (int(line.split()[0].replace(",", "")) for line in again.stdout.splitlines()[1:3])
    assert new + known == many
    assert 0 < new < many


def _some_are_kept(kept: Kept) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if kept.acts("email:dana@x.example"):
                return
        except UnknownLeadError:
            time.sleep(0.02)
    raise AssertionError("nothing was ever imported")


def test_shows_a_bar_where_errors_go_to_a_terminal(tmp_path: Path, data: Path) -> None:
    rows = "".join(f"dana@x.example,Email Opened,{AT},{n}\n" for n in range(500))
    path = file(tmp_path / "a.csv", EVENTS + rows)
    ours, theirs = pty.openpty()
    ran = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", "from integrations.cli import main; main()", "import", "events", str(path)],
        env={"PYTHONPATH": str(ROOT), "HOTLINE_DATA_DIR": str(data), "TERM": "xterm"},
        stdout=subprocess.PIPE, stderr=theirs, check=True,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # what reading from a terminal that is gone ends with
        while more := os.read(ours, 100_000):
            shown += more
    os.close(ours)
    assert b"500 lines" in shown
    assert b"500  new" in ran.stdout
