"""Three server processes on one PostgreSQL; the one that has everything in hand is killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.benchmarks.server import ServerProcess
from tests.fakes.openai_twin import OpenAITwin
from tests.faults.company import write_playbook
from tests.integrations.test_replicas import Talk
from tests.postgres import Postgres
from tests.scenarios.world import WANTS_PERSON

LONG = 60.0
PROMISED = 15.0
REPLY = "Happy to tell you more. What would you like to know about our product first?"
ANSWERED = "SELECT count(*) FROM messages WHERE conversation_id = %s AND author = 'agent'"
NUDGED = "SELECT count(*) FROM handoff_log WHERE because = 'nudged'"
IN_HAND = "SELECT count(*) FROM conversations WHERE lease_owner IS NOT NULL"
TAKEN_OVER_AFTER = (
    "SELECT extract(epoch FROM max(created_at)) FROM messages "
    "WHERE conversation_id = %s AND author = 'agent'"
)
NOW = "SELECT extract(epoch FROM clock_timestamp())"


@dataclass(frozen=True, slots=True)
class Fleet:
    """Three servers, the model that they ask, and their database."""

    servers: list[ServerProcess]
    twin: OpenAITwin
    database: str

    def ask(self, query: str, *values: str) -> float:
        """Ask the database for a number."""
        with psycopg.connect(self.database) as connection:
            row = connection.execute(query.encode(), values).fetchone()
        return float(row[0]) if row else 0.0

    async def until(self, query: str, number: float, *values: str) -> None:
        """Wait until the database says this number."""
        async with asyncio.timeout(LONG):
            while await asyncio.to_thread(self.ask, query, *values) != number:  # noqa: ASYNC110
                await asyncio.sleep(0.1)


@pytest.fixture
async def fleet(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Fleet]:
    address = postgres.make()
    async with OpenAITwin(text=REPLY) as twin:
        settings = {
            "HOTLINE_DATABASE_URL": address,
            "HOTLINE_PLAYBOOK": str(write_playbook(tmp_path / "playbook.yaml")),
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": twin.base_url,
            "HOTLINE_DRAIN_SECONDS": "1",
        }
        servers = [ServerProcess(tmp_path / name, settings) for name in ("one", "two", "three")]
        try:
            await asyncio.gather(*(server.start() for server in servers))
            yield Fleet(servers, twin, address)
        finally:
            await asyncio.gather(*(server.stop() for server in servers))
    postgres.drop(address)


async def test_others_answer_for_a_process_that_died_and_keep_its_timers(fleet: Fleet) -> None:
    dying, *_ = fleet.servers
    async with Talk.begun(dying.address) as hot, Talk.begun(dying.address) as asking:
        assert await hot.say(dying.address, WANTS_PERSON) == 202
        await fleet.until(ANSWERED, 1, hot.id)
        await fleet.until(IN_HAND, 0)
        fleet.twin.tokens_per_second = 2
        assert await asking.say(dying.address, "Tell me about your product") == 202
        await fleet.until(IN_HAND, 1)

        os.kill(dying.pid, signal.SIGKILL)
        died_at = fleet.ask(NOW)
        fleet.twin.tokens_per_second = 1_000

        await fleet.until(ANSWERED, 1, asking.id)
        assert fleet.ask(TAKEN_OVER_AFTER, asking.id) - died_at < PROMISED
        await fleet.until(NUDGED, 1)
        await fleet.until(IN_HAND, 0)
    assert fleet.ask(ANSWERED, asking.id) == 1
    assert fleet.ask(NUDGED) == 1
