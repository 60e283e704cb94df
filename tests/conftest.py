"""What holds for all tests."""

from collections.abc import Iterator

import pytest

from tests.chroma import Chroma, running_chroma
from tests.postgres import Postgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real server for all tests that want one; it starts with the first of them."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_address(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database with today's schema."""
    address = postgres.make()
    yield address
    postgres.drop(address)


@pytest.fixture(scope="session")
def chroma() -> Iterator[Chroma]:
    """A real Chroma server for all tests that want one; it starts with the first of them."""
    with running_chroma() as server:
        yield server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--forbid-skips", action="store_true", help="fail when a test that should run is skipped"
    )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not session.config.getoption("--forbid-skips"):
        return
    if skipped := reporter.stats.get("skipped", []):
        reporter.write_line(f"{len(skipped)} tests were skipped that should run", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
