import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from integrations.tracing import Tracer


class Receiver:
    """A real OTLP receiver on the loopback interface that keeps the spans."""

    def __init__(self) -> None:
        self.endpoint = ""
        self.spans: list[Span] = []

    async def receive(self, request: web.Request) -> web.Response:
        export = ExportTraceServiceRequest.FromString(await request.read())
        for resource in export.resource_spans:
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)
        return web.Response(body=b"", content_type="application/x-protobuf")


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    there = Receiver()
    application = web.Application()
    application.router.add_post("/v1/traces", there.receive)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    there.endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield there
    finally:
        await runner.cleanup()


def attributes(span: Span) -> dict[str, str]:
    return {
        item.key: item.value.string_value or str(item.value.int_value) for item in span.attributes
    }


async def test_spans_arrive_with_their_parents_and_without_visitors_words() -> None:
    async with receiver() as there:
        tracer = Tracer(there.endpoint, "0.1.0")
        with (
            tracer.span("turn", conversation_id="c-1", facts=3),
            tracer.span("write", text="what I said"),
        ):
            await asyncio.sleep(0)
        await asyncio.to_thread(tracer.close)
    write, turn = sorted(there.spans, key=lambda span: span.name, reverse=True)
    assert (turn.name, attributes(turn)) == ("turn", {"conversation_id": "c-1", "facts": "3"})
    assert write.parent_span_id == turn.span_id
    assert attributes(write) == {"text": "[11 characters]"}


async def test_a_failure_is_told_by_its_type_only() -> None:
    async with receiver() as there:
        tracer = Tracer(there.endpoint)
        with pytest.raises(ValueError, match="private"), tracer.span("turn"):
            raise ValueError("private words")
        await asyncio.to_thread(tracer.close)
    (span,) = there.spans
    assert span.status.code == Status.STATUS_CODE_ERROR
    assert span.status.message == "ValueError"
    assert b"private" not in span.SerializeToString()


def test_without_an_endpoint_nothing_is_imported() -> None:
    code = (
        "import sys\n"
        "from integrations.tracing import Tracer\n"
        "tracer = Tracer(None)\n"
        "with tracer.span('turn', conversation_id='c-1'): pass\n"
        "tracer.close()\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert ran.stdout.strip() == "[]"


def test_closing_takes_seconds_when_nobody_listens(unused_tcp_port: int) -> None:
    tracer = Tracer(f"http://127.0.0.1:{unused_tcp_port}")
    with tracer.span("turn"):
        pass
    began = time.monotonic()
    tracer.close()
    assert time.monotonic() - began < 8
