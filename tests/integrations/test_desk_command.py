"""`hotline desk invite`, over a real data folder."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.conversation import RepId
from integrations.cli import app
from integrations.clock import SystemClock
from integrations.web.door import DeskPerson, RepInvites
from tests.integrations.web.world import UsedInMemory


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOTLINE_PUBLIC_URL", "https://hotline.shop.example/")
    return tmp_path


def invite(rep: str) -> Result:
    return CliRunner().invoke(app, ["desk", "invite", rep])


async def test_prints_a_link_that_lets_this_rep_in(folder: Path) -> None:
    address, _, secret_part = invite("mia").stdout.strip().partition("#invite=")
    invites = RepInvites((folder / "secret").read_text().strip(), SystemClock())
    assert address == "https://hotline.shop.example/desk"
    assert await invites.redeem(secret_part, UsedInMemory()) == DeskPerson(RepId("mia"))


def test_each_link_is_another(folder: Path) -> None:
    assert invite("mia").stdout != invite("mia").stdout


def test_names_the_reps_there_are(folder: Path) -> None:
    told = invite("nobody")
    assert told.exit_code == 2
    assert "mia, jonas, amara" in told.stderr
    assert not told.stdout
