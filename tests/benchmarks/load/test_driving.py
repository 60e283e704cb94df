"""Whatever a server does wrong to words that it has accepted is counted; a server is played here that does it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from tests.benchmarks.load.driving import Plan, drive
from tests.benchmarks.load.figures import Faults, Run
from tests.benchmarks.load.schedule import stays

IN_VAIN = 1.0


@dataclass
class PlayedServer:
    """Answers every message at once, but for what it is told to do wrong."""

    refuses: int = 0
    loses: int = 0
    is_silent: bool = False
    doubles_replies: bool = False
    doubles_words: bool = False
    swaps_words: bool = False
    log: list[dict[str, object]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    streams: list[asyncio.Event] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def open(self, _: web.Request) -> web.Response:
        return web.json_response({"conversation_id": "c-1", "visitor_token": "t"}, status=201)

    async def say(self, request: web.Request) -> web.Response:
        if self.refuses:
            self.refuses -= 1
            return web.json_response({}, status=503, headers={"Retry-After": "0"})
        body = await request.json()
        self.asked.append(body["client_message_id"])
        message = f"m-{len(self.asked)}"
        self._take(message)
        for news in self.streams:
            news.set()
        return web.json_response({"message_id": message, "seq": 1}, status=202)

    async def watch(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        news, sent = asyncio.Event(), int(request.headers["Last-Event-ID"])
        self.streams.append(news)
        while True:
            for event in self.log[sent:]:
                await response.write(f"event: message\ndata: {json.dumps(event)}\n\n".encode())
            sent = len(self.log)
            news.clear()
            await news.wait()

    def _take(self, message: str) -> None:
        if self.loses:
            self.loses -= 1
            return
        if self.swaps_words and not self.held:
            self.held.append(message)
            return
        for each in [message, *self.held] if self.swaps_words else [message]:
            for _ in range(2 if self.doubles_words else 1):
                self._write("visitor", each, [])
        for each in [] if self.is_silent else [message, *self.held]:
            for number in range(2 if self.doubles_replies else 1):
                self._write("agent", f"r-{each}-{number}", [each])

    def _write(self, author: str, message: str, answers: list[str]) -> None:
        seq = len(self.log) + 1
        row = {"seq": seq, "message_id": message, "author": author, "in_reply_to": answers}
        self.log.append(row)


@asynccontextmanager
async def served(played: PlayedServer) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/v1/conversations", played.open)
    app.router.add_post("/v1/conversations/c-1/messages", played.say)
    app.router.add_get("/v1/conversations/c-1/stream", played.watch)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def played_by(played: PlayedServer, waits: float = 20.0) -> Run:
    async with served(played) as address:
        plan = Plan(stays([0.0, 0.01], 1), 0.02, 1, waits=waits)
        return await drive([address], plan)


async def test_what_is_answered_once_and_in_order_has_no_faults() -> None:
    run = await played_by(PlayedServer())
    assert (run.done, run.faults, run.errors, run.refusals) == (2, Faults(), 0, 0)


async def test_words_go_out_in_order_and_under_ids_of_their_own() -> None:
    played = PlayedServer()
    await played_by(played)
    assert played.asked == ["load-0", "load-1"]


async def test_refused_words_are_tried_again_and_counted() -> None:
    played = PlayedServer(refuses=3)
    run = await played_by(played)
    assert (run.refusals, run.done, played.asked) == (3, 2, ["load-0", "load-1"])


@pytest.mark.parametrize(
    ("played", "faults"),
    [
        (PlayedServer(doubles_replies=True), Faults(doubled=2)),
        (PlayedServer(doubles_words=True), Faults(doubled=2)),
        (PlayedServer(swaps_words=True), Faults(disordered=2)),
    ],
)
async def test_faults_are_counted(played: PlayedServer, faults: Faults) -> None:
    assert (await played_by(played)).faults == faults


async def test_words_that_no_stream_shows_are_lost() -> None:
    run = await played_by(PlayedServer(loses=1), waits=IN_VAIN)
    assert run.faults == Faults(unanswered=1, lost=1)


async def test_words_that_nobody_answers_are_no_turns() -> None:
    run = await played_by(PlayedServer(is_silent=True), waits=IN_VAIN)
    assert (run.done, run.faults.unanswered) == (0, 2)
