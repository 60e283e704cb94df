"""A model that begins after a while and speaks at a pace, as providers do; with tools, it calls one before it answers."""

import json
from collections.abc import Sequence
from time import monotonic, time

from aiohttp import web

from tests.benchmarks.first_response import said_of_facts
from tests.fakes import openai_wire as wire
from tests.fakes.openai_twin import Exchange, OpenAITwin
from tests.fakes.openai_wire import Call, Completion, requested_schema

TIME_TO_FIRST_TOKEN = 0.3
TOKENS_PER_SECOND = 50
KEY = "sk-bench"
READING = {"kind": "sales", "signals": [], "competitors": [], "temperature": "warm", "criteria": []}
ARGUMENT_TOKENS = 12


class ToolCallingTwin(OpenAITwin):
    """Says what stands in the facts of a prompt; asked with tools, calls the first of them first."""

    async def _chat(self, exchange: Exchange) -> web.StreamResponse:
        body = exchange.call.body
        if not body.get("tools") or body["messages"][-1]["role"] == "tool":
            return await super()._chat(exchange)
        return await self._call_tool(exchange)

    async def _call_tool(self, exchange: Exchange) -> web.StreamResponse:
        body = exchange.call.body
        await self._pace(monotonic() + self.ttft, ARGUMENT_TOKENS)
        completion = Completion(
            f"chatcmpl-{len(self.calls)}", exchange.call.model, int(time()), [], "content", "tool_calls", 1
        )  # fmt: skip
        asked = {"question": str(body["messages"][-1]["content"])}
        function = {"name": body["tools"][0]["function"]["name"], "arguments": json.dumps(asked)}
        call = {"index": 0, "id": "call-1", "type": "function", "function": function}
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(exchange.request)
        await wire.send(response, completion.chunk({"role": "assistant", "tool_calls": [call]}))
        await wire.send(response, completion.chunk({}, "tool_calls"))
        await wire.send_line(response, "[DONE]")
        return response


def a_model() -> ToolCallingTwin:
    """Make the model that everybody is measured with."""
    twin = ToolCallingTwin(ttft=TIME_TO_FIRST_TOKEN, tokens_per_second=TOKENS_PER_SECOND)
    twin.says_for(said_of_facts)
    twin.fills_schemas_with(READING)
    return twin


def settings_of(twin: OpenAITwin) -> dict[str, str]:
    """Give the settings that let a server use it."""
    return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": twin.base_url}


def is_reply(call: Call) -> bool:
    """Tell whether a call asks for words to a visitor, not for a reading."""
    return requested_schema(call.body) is None


def arrivals(calls: Sequence[Call], texts: Sequence[str]) -> dict[str, float]:
    """Give when the call that was to answer each text reached the model, on the wall clock."""
    found: dict[str, float] = {}
    for call in calls:
        for text in texts:
            if text in call.prompt and _answers(call):
                found.setdefault(text, call.received_at.timestamp())
    return found


def _answers(call: Call) -> bool:
    """Tell whether the model has all it needs to answer: where it is given tools, what they found."""
    return is_reply(call) and (
        not call.body.get("tools") or call.body["messages"][-1]["role"] == "tool"
    )
