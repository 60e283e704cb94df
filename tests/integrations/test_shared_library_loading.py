"""The library of several processes, as each of them loads and keeps it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agent.errors import LibraryUnavailableError
from integrations.app import leading, loading
from integrations.app.documents import catalogue_of, library_of
from integrations.app.leading import lead
from integrations.app.loading import LoadingLibrary
from integrations.app.probing import make_probes
from integrations.doctor import Health, check_library
from integrations.settings import Settings, settings_warnings
from knowledge.catalogue import Catalogue
from knowledge.records import Duty
from tests.chroma import Chroma, running_chroma
from tests.integrations.web.world import until
from tests.knowledge.test_library import HashedEmbeddings

PRO = "Pro costs $49."


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(leading, "LOOK_SECONDS", 0.01)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "prices.md").write_text(f"# Prices\n\n{PRO}\n")
    return tmp_path / "pages"


@pytest.fixture
def own_chroma() -> Iterator[Chroma]:
    with running_chroma() as server:
        yield server


@asynccontextmanager
async def a_process(
    chroma: str, postgres: str, pages: Path | None
) -> AsyncIterator[LoadingLibrary]:
    library = LoadingLibrary(chroma, pages, Catalogue(postgres), HashedEmbeddings)
    await library.load()
    keeping = asyncio.create_task(library.keep_up())
    try:
        yield library
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await library.close()


def holds(library: LoadingLibrary, *texts: str) -> Callable[[], bool]:
    return lambda: {fact.text for fact in library.facts()} == {*texts}


async def test_the_pages_of_the_settings_are_indexed_once_and_known_to_all(
    chroma: Chroma, postgres_address: str, pages: Path
) -> None:
    address = chroma.make()
    async with (
        a_process(address, postgres_address, pages) as one,
        a_process(address, postgres_address, pages) as other,
    ):
        assert (await one.find("What does Pro cost?")).facts[0].fact.text == PRO
        assert (await other.find("What does Pro cost?")).facts[0].fact.text == PRO
        assert other.sources is not None
        await other.sources.forget((await other.sources.all())[0])
        await until(holds(one))


async def test_a_server_that_is_away_at_the_start_is_waited_for_without_holding_anything_up(
    own_chroma: Chroma, postgres_address: str, pages: Path
) -> None:
    own_chroma.stop()
    with capture_logs() as logs:
        async with a_process(own_chroma.address, postgres_address, pages) as library:
            assert "does not answer" in await library.state()
            with pytest.raises(LibraryUnavailableError, match="does not answer"):
                await library.find("What does Pro cost?")
            own_chroma.start()
            await until(lambda: library.failure is None)
            assert await library.state() == "ok"
            assert (await library.find("What does Pro cost?")).facts[0].fact.text == PRO
    said = [each for each in logs if each["event"] == "library.unavailable"]
    assert len(said) <= 1


async def test_a_server_that_goes_away_later_is_missed_by_nobody(
    own_chroma: Chroma, postgres_address: str, pages: Path
) -> None:
    async with a_process(own_chroma.address, postgres_address, pages) as library:
        own_chroma.stop()
        assert library.sources is not None
        Catalogue(postgres_address).note_change()
        with pytest.raises(LibraryUnavailableError):
            await library.sources.refresh()
        assert (await library.find("What does Pro cost?")).facts[0].fact.text == PRO
        assert await library.state() == "ok"


async def test_one_at_a_time_has_a_duty_and_another_takes_it_over(postgres_address: str) -> None:
    working: list[str] = []

    def work(name: str) -> "asyncio.Task[None]":
        async def until_cancelled() -> None:
            working.append(name)
            try:
                await asyncio.Event().wait()
            finally:
                working.remove(name)

        duty = lead(Catalogue(postgres_address), Duty.WATCH_FOLDERS, until_cancelled)
        return asyncio.create_task(duty)

    first = work("first")
    await until(lambda: working == ["first"])
    second = work("second")
    await asyncio.wait({second}, timeout=0.2)
    assert working == ["first"]
    await _cancelled(first)
    await until(lambda: working == ["second"])
    await _cancelled(second)


async def test_work_that_is_done_is_not_begun_again(postgres_address: str) -> None:
    done: list[str] = []

    async def work() -> None:
        done.append("once")

    await lead(Catalogue(postgres_address), Duty.REFETCH_SITES, work)
    assert done == ["once"]


async def test_the_doctor_tells_which_server_has_the_library(
    chroma: Chroma, postgres_address: str, tmp_path: Path
) -> None:
    settings = Settings(
        chroma_url=chroma.make(),
        database_url=postgres_address,
        data_dir=tmp_path,
        embeddings="english",
    )
    finding = await check_library(make_probes(settings))
    assert finding.health is Health.WARN
    assert finding.sentence.startswith(
        f"Chroma 1.0.0 answers at {settings.chroma_url}. It is empty"
    )


def test_where_processes_share_a_database_and_no_library_a_person_is_told(tmp_path: Path) -> None:
    alone = Settings(database_url="postgresql://db/hotline", data_dir=tmp_path)
    assert any("HOTLINE_CHROMA_URL is unset" in each for each in settings_warnings(alone))
    assert library_of(alone) == tmp_path / "library"
    assert not catalogue_of(alone).is_shared
    both = Settings(
        database_url="postgresql://db/hotline", chroma_url="http://chroma:8000", data_dir=tmp_path
    )
    assert not settings_warnings(both)
    assert library_of(both) == "http://chroma:8000"
    assert catalogue_of(both).is_shared


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
