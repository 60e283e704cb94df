import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from agent.errors import ModelUnavailableError, StoreUnavailableError
from integrations.doctor import (
    Finding,
    Health,
    Probes,
    all_checks,
    check_data_folder,
    check_keys,
    check_library,
    check_model,
    check_server,
    check_slack,
    examine,
)
from integrations.keys import ensure_keys
from integrations.settings import Settings, setting_names
from integrations.slack.doctor import Checkup
from tests.fakes.operator_app import VisitorApi, gives, probes


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settings(tmp_path: Path, unused_tcp_port: int) -> Settings:
    return Settings(data_dir=tmp_path / "data", port=unused_tcp_port)


@pytest.fixture
def well(settings: Settings) -> Probes:
    return probes(settings)


async def test_a_fresh_installation_is_well(settings: Settings, well: Probes) -> None:
    findings = await examine(all_checks(settings, well))
    assert [finding for finding in findings if finding.health is not Health.OK] == []
    assert [finding.name for finding in findings] == list(all_checks(settings, well))


async def test_what_fails_is_told_in_its_own_sentence_with_a_mend(
    settings: Settings, well: Probes
) -> None:
    async def locked() -> str:
        raise StoreUnavailableError("The database is locked.")

    async def refused() -> str:
        raise ModelUnavailableError("The key is wrong.")

    checks = all_checks(settings, replace(well, database=locked, model=refused))
    failed = [finding for finding in await examine(checks) if finding.health is Health.FAIL]
    assert [(finding.name, finding.sentence) for finding in failed] == [
        ("database", "The database is locked."),
        ("model", "The key is wrong."),
    ]
    assert all(finding.mend for finding in failed)


async def test_a_check_that_breaks_or_hangs_is_a_finding_too() -> None:
    async def breaks() -> Finding:
        raise ZeroDivisionError("oops")

    async def hangs() -> Finding:
        await asyncio.Event().wait()
        raise AssertionError

    broken, hung = await examine({"a": breaks, "b": hangs}, at_most=0.05)
    assert broken == Finding("a", Health.FAIL, "ZeroDivisionError: oops")
    assert hung == Finding("b", Health.FAIL, "No answer within 0.05 seconds.")


async def test_a_data_folder_that_cannot_be_written_fails(settings: Settings, well: Probes) -> None:
    settings.data_dir.write_text("a file")
    findings = {finding.name: finding for finding in await examine(all_checks(settings, well))}
    assert findings["data folder"].health is Health.FAIL
    assert "HOTLINE_DATA_DIR" in findings["data folder"].sentence


async def test_the_data_folder_has_room(settings: Settings) -> None:
    assert "are free" in (await check_data_folder(settings)).sentence


async def test_keys_that_others_can_read_are_warned_of(settings: Settings) -> None:
    path = ensure_keys(settings).signing_secret_path or settings.data_dir
    assert (await check_keys(settings)).health is Health.OK
    path.chmod(0o644)
    finding = await check_keys(settings)
    assert (finding.health, finding.mend) == (Health.WARN, f"Run: chmod 600 {path}")


async def test_an_empty_library_is_warned_of(well: Probes) -> None:
    finding = await check_library(replace(well, library=gives(0)))
    assert (finding.health, finding.mend) == (Health.WARN, "Fill it: hotline index PATH|URL")


async def test_documents_that_need_a_look_are_named(well: Probes) -> None:
    lines = [f"page-{number}.md was skipped: is empty" for number in range(22)]
    finding = await check_library(replace(well, documents=gives(lines)))
    assert finding.health is Health.WARN
    assert (len(finding.details), finding.details[-1]) == (21, "and 2 more")


async def test_a_model_that_answers_is_well(well: Probes) -> None:
    assert (
        await check_model(replace(well, model=gives("gpt-4o-mini answered in 0.4 s.")))
    ).health is Health.OK


async def test_slack_tells_all_its_problems(well: Probes) -> None:
    wrong = Checkup(("The token is revoked.", "No channel."))
    finding = await check_slack(replace(well, slack=gives(wrong)))
    assert (finding.health, finding.sentence) == (Health.FAIL, "The token is revoked. No channel.")
    assert (await check_slack(replace(well, slack=gives(Checkup())))).health is Health.OK


async def test_reps_who_cannot_act_in_slack_are_warned_of(well: Probes) -> None:
    remark = "Rep jonas: nobody in Slack has the address j@x.example."
    finding = await check_slack(replace(well, slack=gives(Checkup(remarks=(remark,)))))
    assert (finding.health, finding.details) == (Health.WARN, (remark,))


async def give_page(_request: web.Request) -> web.Response:
    return web.Response()


@asynccontextmanager
async def running(settings: Settings, pages: tuple[str, ...]) -> AsyncIterator[None]:
    application = VisitorApi().application()
    application.add_routes([web.get(page, give_page) for page in pages])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings.port).start()
    try:
        yield
    finally:
        await runner.cleanup()


async def test_a_running_server_gives_its_pages(settings: Settings) -> None:
    async with running(settings, ("/", "/desk", "/docs", "/widget.js", "/metrics")):
        assert (
            await check_server(settings)
        ).sentence == f"It answers at http://localhost:{settings.port}."


async def test_missing_pages_are_named(settings: Settings) -> None:
    async with running(settings, ("/", "/docs", "/metrics")):
        finding = await check_server(settings)
    assert (finding.health, finding.sentence) == (
        Health.WARN,
        "It runs, but does not give /desk.",
    )


async def test_a_public_address_that_leads_elsewhere_is_warned_of(
    settings: Settings, unused_tcp_port_factory: object
) -> None:
    assert callable(unused_tcp_port_factory)
    public = settings.model_copy(
        update={"public_url": f"http://127.0.0.1:{unused_tcp_port_factory()}"}
    )
    async with running(settings, ()):
        finding = await check_server(public)
    assert finding.health is Health.WARN
    assert "HOTLINE_PUBLIC_URL" in finding.mend
