"""Socket Mode: the websockets over which Slack sends what it would otherwise post."""

import asyncio
import json
import uuid
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.fakes.slack.state import APP_ID, Json


@dataclass(slots=True)
class Sockets:
    """The open websockets and the envelopes that wait for their acknowledgement."""

    ack_within: float = 3.0
    acknowledged: list[str] = field(default_factory=list)
    _tickets: set[str] = field(default_factory=set)
    _open: list[web.WebSocketResponse] = field(default_factory=list)
    _waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)
    _connected: asyncio.Event = field(default_factory=asyncio.Event)

    def issue_ticket(self) -> str:
        """A ticket for one connection, as apps.connections.open hands out."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection until either side ends it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401)
        self._tickets.remove(ticket)
        line = web.WebSocketResponse()
        await line.prepare(request)
        await self._greet(line)
        await self._listen(line)
        return line

    async def connected(self) -> None:
        """Wait until a client is connected."""
        async with asyncio.timeout(self.ack_within):
            await self._connected.wait()

    async def send(self, kind: str, payload: Json, **more: object) -> Json | None:
        """Send an envelope and give back what its acknowledgement carries."""
        await self.connected()
        envelope_id = str(uuid.uuid4())
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload, **more}
        self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        await self._open[-1].send_json({"accepts_response_payload": False, **envelope})
        async with asyncio.timeout(self.ack_within):
            return await self._waiting[envelope_id]

    async def ask_to_reconnect(self) -> None:
        """Announce the end of every connection, as Slack does every few hours."""
        self._connected.clear()
        for line in list(self._open):
            await line.send_json({"type": "disconnect", "reason": "refresh_requested"})

    async def close(self) -> None:
        """End every connection."""
        for line in list(self._open):
            await line.close()

    async def _greet(self, line: web.WebSocketResponse) -> None:
        self._open.append(line)
        known = {"type": "hello", "connection_info": {"app_id": APP_ID}}
        await line.send_json({**known, "num_connections": len(self._open)})
        self._connected.set()

    async def _listen(self, line: web.WebSocketResponse) -> None:
        async for frame in line:
            if frame.type is WSMsgType.TEXT:
                self._acknowledge(json.loads(frame.data))
        self._open.remove(line)
        if not self._open:
            self._connected.clear()

    def _acknowledge(self, answer: Json) -> None:
        envelope_id = answer["envelope_id"]
        self.acknowledged.append(envelope_id)
        waiting = self._waiting.pop(envelope_id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload"))
