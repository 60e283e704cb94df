"""A local server that speaks the OpenAI protocol, so that tests drive the real client code."""

import argparse
import asyncio
import json
import math
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from aiohttp import web

from tests.fakes import openai_wire as wire
from tests.fakes.openai_wire import Call, Completion, split_tokens

DEFAULT_TEXT = "Thanks for writing. Which team would use it first?"
MODELS = ["gpt-4o-mini", "gpt-4o", "text-embedding-3-small"]
FAILURES = {
    401: "invalid_api_key",
    429: "rate_limit_exceeded",
}


class Fault(StrEnum):
    """What the twin can do wrong."""

    STATUS = "status"
    HANG = "hang"
    STALL = "stall"
    RESET = "reset"
    REFUSAL = "refusal"
    FILTER = "filter"
    RUBBISH = "rubbish"


@dataclass(slots=True)
class Trouble:
    """A fault, and for how many more calls it lasts (None: until `behaves()`)."""

    fault: Fault
    times: int | None = None
    status: int = 500
    retry_after: float | None = None
    after_tokens: int | None = None
    spares_plain_calls: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call together with its connection and the trouble it meets, if any."""

    request: web.Request
    call: Call
    trouble: Trouble | None

    def meets(self, *faults: Fault) -> bool:
        """Whether this call meets one of these faults."""
        return self.trouble is not None and self.trouble.fault in faults


@dataclass(slots=True)
class OpenAITwin:
    """Plays OpenAI on a loopback port: `async with OpenAITwin() as twin`, then `twin.base_url`."""

    text: str = DEFAULT_TEXT
    ttft: float = 0.0
    tokens_per_second: float = math.inf
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    takes_temperature: bool = True
    _answer: Callable[[str], str] | None = None
    _filled: Callable[[str], str] | None = None
    _trouble: Trouble | None = None
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _called: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def says(self, text: str) -> None:
        """Answer every call with this text."""
        self._answer = lambda _prompt: text

    def says_for(self, answer: Callable[[str], str]) -> None:
        """Answer every call with what this makes of its prompt."""
        self._answer = answer

    def fills_schemas_with(self, answer: wire.Json | str) -> None:
        """Answer every call that asks for a schema with this, whatever the schema says."""
        self._filled = lambda _prompt: answer if isinstance(answer, str) else json.dumps(answer)

    def spares_plain_calls(self) -> None:
        """Let the present trouble befall only calls that ask for a schema."""
        if self._trouble is not None:
            self._trouble.spares_plain_calls = True

    def behaves(self) -> None:
        """End any trouble."""
        self._trouble = None

    def fails_with(
        self, status: int, times: int | None = None, *, retry_after: float | None = None
    ) -> None:
        """Answer with this HTTP error."""
        self._trouble = Trouble(Fault.STATUS, times, status=status, retry_after=retry_after)

    def rejects_key(self) -> None:
        """Answer that the API key is wrong."""
        self._trouble = Trouble(Fault.STATUS, status=401)

    def hangs(self, times: int | None = None) -> None:
        """Accept calls and never answer."""
        self._trouble = Trouble(Fault.HANG, times)

    def stalls_after(self, n_tokens: int, times: int | None = None) -> None:
        """Stream this many tokens, then nothing more."""
        self._trouble = Trouble(Fault.STALL, times, after_tokens=n_tokens)

    def resets_after(self, n_tokens: int, times: int | None = None) -> None:
        """Stream this many tokens, then drop the connection."""
        self._trouble = Trouble(Fault.RESET, times, after_tokens=n_tokens)

    def refuses(self, times: int | None = None) -> None:
        """Put the answer into `refusal` and leave `content` empty."""
        self._trouble = Trouble(Fault.REFUSAL, times)

    def filters_content(self, times: int | None = None) -> None:
        """End answers at once with finish_reason content_filter."""
        self._trouble = Trouble(Fault.FILTER, times)

    def sends_rubbish(self, times: int | None = None) -> None:
        """Send JSON that cannot be read."""
        self._trouble = Trouble(Fault.RUBBISH, times)

    async def called(self, times: int = 1) -> None:
        """Wait until this many calls have arrived."""
        while len(self.calls) < times:
            self._called.clear()
            await self._called.wait()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = await wire.read_call(request)
        exchange = Exchange(request, call, self._next_trouble(call))
        self.calls.append(exchange.call)
        self._called.set()
        if exchange.trouble is not None and exchange.meets(Fault.STATUS):
            return _fail(exchange.trouble)
        if exchange.meets(Fault.HANG):
            return await self._hang(request)
        return await self._route(exchange)

    async def _route(self, exchange: Exchange) -> web.StreamResponse:
        match exchange.call.path.rsplit("/", 1)[-1]:
            case "completions":
                return await self._chat(exchange)
            case "embeddings":
                return wire.embeddings(exchange.call.body)
            case "models":
                return wire.model_list(MODELS)
            case _:
                return wire.failure(404, "Unknown request URL.", "unknown_url")

    def _next_trouble(self, call: Call) -> Trouble | None:
        trouble = self._trouble
        if trouble and trouble.spares_plain_calls and wire.requested_schema(call.body) is None:
            return None
        if trouble is None or trouble.times is None:
            return trouble
        trouble.times -= 1
        self._trouble = trouble if trouble.times else None
        return trouble

    async def _chat(self, exchange: Exchange) -> web.StreamResponse:
        if not exchange.call.body.get("messages"):
            return wire.failure(400, "Missing required parameter: 'messages'.", "missing_parameter")
        if not self.takes_temperature and "temperature" in exchange.call.body:
            return wire.failure(400, "Unsupported value: 'temperature'.", "unsupported_value")
        completion = self._complete(exchange)
        started = time.monotonic() + self.ttft
        if exchange.call.stream:
            return await self._stream(exchange, completion, started)
        return await self._send_whole(exchange, completion, started)

    async def _send_whole(
        self, exchange: Exchange, completion: Completion, started: float
    ) -> web.StreamResponse:
        await self._pace(started, len(completion.tokens))
        if exchange.meets(Fault.STALL, Fault.RESET):
            return await self._cut(exchange)
        if exchange.meets(Fault.RUBBISH):
            return web.Response(text='{"id": "chatcmpl-', content_type="application/json")
        return web.json_response(completion.whole())

    def _complete(self, exchange: Exchange) -> Completion:
        call = exchange.call
        said, limit = split_tokens(self._text_for(call)), wire.token_limit(call.body)
        tokens, finish_reason = said[:limit], "stop" if said[:limit] == said else "length"
        if exchange.meets(Fault.FILTER):
            tokens, finish_reason = [], "content_filter"
        return Completion(
            id=f"chatcmpl-{len(self.calls)}",
            model=call.model,
            created=int(call.received_at.timestamp()),
            tokens=tokens,
            part="refusal" if exchange.meets(Fault.REFUSAL) else "content",
            finish_reason=finish_reason,
            prompt_tokens=len(split_tokens(call.prompt)),
        )

    def _text_for(self, call: Call) -> str:
        schema = wire.requested_schema(call.body)
        answer = self._filled if schema and self._filled else self._answer
        if answer is not None:
            return answer(call.prompt)
        return self.text if schema is None else json.dumps(wire.smallest(schema, schema))

    async def _stream(
        self, exchange: Exchange, completion: Completion, started: float
    ) -> web.StreamResponse:
        await self._pace(started, 0)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(exchange.request)
        with suppress(ConnectionResetError):  # the client left, which is its right
            await self._send_tokens(exchange, completion, response, started)
            if exchange.meets(Fault.STALL, Fault.RESET):
                return await self._cut(exchange)
            await _send_end(exchange, completion, response)
        return response

    async def _send_tokens(
        self,
        exchange: Exchange,
        completion: Completion,
        response: web.StreamResponse,
        started: float,
    ) -> None:
        until = exchange.trouble.after_tokens if exchange.trouble else None
        await wire.send(response, completion.chunk({"role": "assistant", "content": ""}))
        for number, token in enumerate(completion.tokens[:until]):
            await self._pace(started, number)
            await wire.send(response, completion.chunk({completion.part: token}))

    async def _pace(self, started: float, n_tokens: int) -> None:
        due = started + n_tokens / self.tokens_per_second
        await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _cut(self, exchange: Exchange) -> web.StreamResponse:
        if exchange.meets(Fault.STALL):
            return await self._hang(exchange.request)
        return wire.drop(exchange.request)

    async def _hang(self, request: web.Request) -> web.StreamResponse:
        await self._closing.wait()
        return wire.drop(request)


async def _send_end(
    exchange: Exchange, completion: Completion, response: web.StreamResponse
) -> None:
    if exchange.meets(Fault.RUBBISH):
        await wire.send_line(response, '{"id": "chatcmpl-')
    await wire.send(response, completion.chunk({}, completion.finish_reason))
    if (exchange.call.body.get("stream_options") or {}).get("include_usage"):
        await wire.send(response, completion.usage_chunk())
    await wire.send_line(response, "[DONE]")


def _fail(trouble: Trouble) -> web.Response:
    code = FAILURES.get(trouble.status)
    return wire.failure(trouble.status, "The twin was told to fail.", code, trouble.retry_after)


async def _run(options: argparse.Namespace) -> None:
    twin = OpenAITwin(options.text, options.ttft, options.rate, options.port)
    async with twin:
        sys.stdout.write(f"{twin.base_url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Run the twin as a process of its own until it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9999)
    parser.add_argument("--ttft", type=float, default=0.0, help="seconds to the first token")
    parser.add_argument("--rate", type=float, default=math.inf, help="tokens a second")
    parser.add_argument("--text", default=DEFAULT_TEXT, help="what it answers")
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
