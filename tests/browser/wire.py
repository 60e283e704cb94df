"""A wire to the server that can be cut: a browser that is set offline keeps the streams it has open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CHUNK = 65_536
STREAM = b"text/event-stream"


@dataclass
class Wire:
    """Carries bytes between browsers and the server."""

    host: str
    port: int
    address: str = ""
    loses_answers: bool = False
    going_on: set[asyncio.Task[None]] = field(default_factory=set)
    streams: set[asyncio.Event] = field(default_factory=set)

    def cut(self) -> None:
        """Break every connection that is open; new ones are taken."""
        for task in self.going_on:
            task.cancel()

    def stall(self) -> None:
        """Let the streams that are open say nothing more, while their connections stay."""
        for flowing in self.streams:
            flowing.clear()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until an end closes it or the wire is cut."""
        task = asyncio.create_task(self._carry(reader, writer))
        self.going_on.add(task)
        task.add_done_callback(self.going_on.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(self.host, self.port)
        asking = asyncio.create_task(_pass_on(reader, there_writer))
        answering = asyncio.create_task(self._answer(there_reader, writer))
        try:
            await asyncio.wait((asking, answering), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task, end in ((asking, writer), (answering, there_writer)):
                task.cancel()
                end.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flowing = asyncio.Event()
        flowing.set()
        with suppress(ConnectionError):
            while data := await reader.read(CHUNK):
                if self.loses_answers:
                    return
                if STREAM in data:
                    self.streams.add(flowing)
                await flowing.wait()
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def a_wire(address: str) -> AsyncIterator[Wire]:
    """Lay a wire to this address."""
    parts = urlsplit(address)
    wire = Wire(parts.hostname or "", parts.port or 80)
    server = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
    wire.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()
        wire.cut()
        await asyncio.gather(*wire.going_on, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
