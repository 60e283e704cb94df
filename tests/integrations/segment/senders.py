"""Segment's own SDKs as senders: each makes calls and says what became of them."""

import asyncio
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pytest
from segment.analytics import request
from segment.analytics.client import Client

from tests.integrations.segment.site import WRITE_KEY

SDKS = Path(__file__).parent / "sdks"
Call = tuple[str, Mapping[str, Any]]


class Sender(Protocol):
    """An SDK: calls go out in batches, and everything is sent when this returns."""

    async def send(self, host: str, calls: Sequence[Call], key: str = WRITE_KEY) -> list[str]:
        """Make these calls (method, fields of the specification) and give what failed."""
        ...


@dataclass(slots=True)
class PythonSender:
    """segment-analytics-python, in a thread of its own."""

    options: dict[str, Any] = field(default_factory=dict)

    async def send(self, host: str, calls: Sequence[Call], key: str = WRITE_KEY) -> list[str]:
        return await asyncio.to_thread(self._send, host, calls, key)

    def _send(self, host: str, calls: Sequence[Call], key: str) -> list[str]:
        failures: list[str] = []
        client = Client(
            key,
            host=host,
            on_error=lambda error, _batch: failures.append(str(error)),
            upload_interval=0.05,
            **self.options,
        )
        for method, fields in calls:
            getattr(client, method)(**{_snake(name): value for name, value in fields.items()})
        client.flush()
        client.join()
        request._session.close()
        return failures


@dataclass(frozen=True, slots=True)
class NodeSender:
    """@segment/analytics-node, in a process of its own."""

    node: str

    async def send(self, host: str, calls: Sequence[Call], key: str = WRITE_KEY) -> list[str]:
        options = {"writeKey": key, "host": host, "flushInterval": 100, "maxRetries": 3}
        script = json.dumps({"options": options, "calls": calls}, default=datetime.isoformat)
        process = await asyncio.create_subprocess_exec(
            self.node,
            str(SDKS / "send.mjs"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate(script.encode())
        assert process.returncode == 0
        outcome = json.loads(said)
        assert outcome["delivered"] + len(outcome["failures"]) >= len(calls)
        failures: list[str] = outcome["failures"]
        return failures


def find_node() -> str:
    """Find Node, of the environment or else of the machine; skips where it or the SDKs are missing."""
    beside = Path(sys.executable).with_name("node")
    node = str(beside) if beside.exists() else shutil.which("node")
    if node is None or not (SDKS / "node_modules").exists():
        pytest.skip("Segment's SDK for Node is missing: `make setup-dev` fetches it")
    return node


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
