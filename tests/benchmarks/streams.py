"""What five thousand visitors who only watch cost one server process, and how soon a rep's words reach them.

Each stream is a conversation of its own over a socket of its own. The limits of rate are off: all of them come from
one address. `python -m tests.benchmarks.streams` runs only this.
"""

import asyncio
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.table import Table

from tests.benchmarks.server import ServerProcess, serving, settled

STREAMS = 5_000
SAMPLED = 100
IDLE_SECONDS = 30.0
AT_ONCE = 20
PATIENCE = 60.0
QUICK = 150.0  # milliseconds to a first sentence, once all models are loaded
FILES = STREAMS + 1_000  # each process has one end of every stream
MOST_KEPT = 64 * 1024
MEGABYTE = 1024 * 1024
KEY = "hk_benchmark_of_streams"
REP = "mia"


@dataclass(frozen=True, slots=True)
class Seat:
    """A conversation, and what opens it."""

    id: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Stream(asyncio.Protocol):
    """One open stream; tells when words come."""

    def __init__(self, seat: Seat, host: str) -> None:
        self.is_lost = False
        self._awaited = b""
        self._came = asyncio.Event()
        self._read = b""
        self._request = (
            f"GET /v1/conversations/{seat.id}/stream HTTP/1.1\r\nHost: {host}\r\n"
            f"Accept: text/event-stream\r\nAuthorization: Bearer {seat.token}\r\n\r\n"
        ).encode()

    async def begins(self) -> None:
        """Wait for the first event."""
        await self._comes(b"event: held_by")

    async def hears(self, author: str) -> None:
        """Wait for a further message of this author."""
        await self._comes(f'"author":"{author}"'.encode())

    async def _comes(self, part: bytes) -> None:
        self._awaited, self._read = part, b""
        self._came.clear()
        async with asyncio.timeout(PATIENCE):
            await self._came.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._read = (self._read + data)[-MOST_KEPT:]
        if self._awaited and self._awaited in self._read:
            self._came.set()

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_lost = True


@dataclass(frozen=True, slots=True)
class Held:
    """A handoff that a rep has claimed, and the stream of its visitor."""

    handoff_id: str
    stream: Stream


async def measure_streams() -> Table:
    """Measure and give the table."""
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    )
    with tempfile.TemporaryDirectory() as folder:
        async with serving(Path(folder), HOTLINE_API_KEY=KEY) as server:
            await settled(server.address, QUICK)
            return await _measure(server)


async def _measure(server: ServerProcess) -> Table:
    table = Table("what", "figure", title=f"{STREAMS:,} idle streams on one process")
    table.add_row("resident before", _megabytes(_resident(server.pid)))
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(
        base_url=server.address, timeout=PATIENCE, limits=limits
    ) as client:
        seats = await _open_conversations(client)
        table.add_row(
            "resident with the conversations, unwatched", _megabytes(_resident(server.pid))
        )
        streams, seconds = await _timed_watch(seats, server.address)
        table.add_row("streams open after", f"{seconds:.1f} s")
        table.add_row("resident with all streams", _megabytes(_resident(server.pid)))
        table.add_row(
            "processor while idle", f"{100 * await _idle_share(server.pid):.0f} % of a core"
        )
        each = len(seats) // SAMPLED
        held = await _claimed(client, dict(zip(seats[::each], streams[::each], strict=True)))
        waits = [await _deliver(client, one) for one in held]
        table.add_row(f"a rep's words to their stream, {SAMPLED} in turn", _spread(waits))
        waits = await asyncio.gather(*(_deliver(client, one) for one in held))
        table.add_row(f"a rep's words to their stream, {SAMPLED} at once", _spread(waits))
        table.add_row("resident at the end", _megabytes(_resident(server.pid)))
        table.add_row("most ever resident", _megabytes(_resident(server.pid, "VmHWM")))
        table.add_row("streams lost", f"{sum(stream.is_lost for stream in streams):,}")
    return table


async def _open_conversations(client: httpx.AsyncClient) -> list[Seat]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Seat:
        async with gate:
            body = {"visitor": {"anonymous_id": f"watcher-{number}"}}
            answer = await client.post("/v1/conversations", json=body)
            opened = answer.raise_for_status().json()
            return Seat(opened["conversation_id"], opened["visitor_token"])

    return list(await asyncio.gather(*map(one, range(STREAMS))))


async def _timed_watch(seats: Sequence[Seat], address: str) -> tuple[list[Stream], float]:
    started = time.perf_counter()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(seat: Seat) -> Stream:
        async with gate:
            return await _watch(seat, address)

    streams = list(await asyncio.gather(*map(one, seats)))
    return streams, time.perf_counter() - started


async def _watch(seat: Seat, address: str) -> Stream:
    at = urlsplit(address)
    stream = Stream(seat, at.netloc)
    host, port = at.hostname or "", at.port or 80
    await asyncio.get_running_loop().create_connection(lambda: stream, host, port)
    await stream.begins()
    return stream


async def _claimed(client: httpx.AsyncClient, watched: dict[Seat, Stream]) -> list[Held]:
    """Let the visitors ask for a person and a rep claim them all, so that nobody else answers."""
    for seat, stream in watched.items():
        path = f"/v1/conversations/{seat.id}/human"
        asked = client.post(path, headers=seat.headers)
        answer, _ = await asyncio.gather(asked, stream.hears("agent"))
        answer.raise_for_status()
    streams = {seat.id: stream for seat, stream in watched.items()}
    client.headers["Authorization"] = f"Bearer {KEY}"
    answer = await client.get("/v1/handoffs", params={"state": "open", "limit": len(watched)})
    held = [
        Held(each["handoff_id"], streams[each["conversation_id"]])
        for each in answer.raise_for_status().json()["handoffs"]
    ]
    for one in held:
        claimed = await client.post(f"/v1/handoffs/{one.handoff_id}/claim", json={"rep": REP})
        claimed.raise_for_status()
    return held


async def _deliver(client: httpx.AsyncClient, held: Held) -> float:
    """Write as the rep; gives the seconds until the visitor's stream has the words."""
    started = time.perf_counter()
    body = {"rep": REP, "text": "Are you there?"}
    written = client.post(f"/v1/handoffs/{held.handoff_id}/messages", json=body)
    answer, _ = await asyncio.gather(written, held.stream.hears("rep"))
    answer.raise_for_status()
    return time.perf_counter() - started


async def _idle_share(pid: int) -> float:
    before = _processor_seconds(pid)
    await asyncio.sleep(IDLE_SECONDS)
    return (_processor_seconds(pid) - before) / IDLE_SECONDS


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int, key: str = "VmRSS") -> int:
    """Give the bytes of memory that a process has now, or (VmHWM) has ever had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(key))


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.0f} MB"


def _spread(seconds: Sequence[float]) -> str:
    cuts = quantiles(seconds, n=100)
    return f"p50 {1000 * cuts[49]:.0f} ms, p95 {1000 * cuts[94]:.0f} ms, most {1000 * max(seconds):.0f} ms"


if __name__ == "__main__":
    Console().print(asyncio.run(measure_streams()))
