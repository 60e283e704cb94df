import json
from collections.abc import AsyncIterator

import openai
import pytest
from aiohttp import web

from agent.errors import ModelUnavailableError
from integrations.models.chat_stream import OpenAIStream, Piece, StreamError
from integrations.models.openai_writer import OpenAIWriter
from tests.integrations.test_openai_writer import Meter, a_plan

END = b"data: [DONE]\n\n"
ASKED = [("system", "Be brief."), ("user", "What does it cost?")]


class Wire:
    """A server that sends these bytes, as they are, to whoever asks."""

    def __init__(self) -> None:
        self.sends: list[bytes] = []
        self.asked: dict[str, object] = {}
        self.address = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked = await request.json()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for some in self.sends:
            await response.write(some)
        return response


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    made, app = Wire(), web.Application()
    app.router.add_post("/v1/chat/completions", made.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield made
    await runner.cleanup()


async def heard(wire: Wire, *sends: bytes, temperature: float | None = 0.2) -> list[Piece]:
    wire.sends = [*sends]
    async with openai.AsyncOpenAI(
        api_key="sk-1", base_url=wire.address, http_client=openai.DefaultAioHttpClient()
    ) as client:
        stream = OpenAIStream(client, "m", temperature, 400)
        return [piece async for piece in stream.pieces(ASKED) if piece != Piece()]


async def words(wire: Wire, *sends: bytes) -> str:
    return "".join(piece.text for piece in await heard(wire, *sends))


def a_chunk(text: object, finish_reason: str | None = None, **more: object) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish_reason}
    told = json.dumps({"choices": [choice], **more}, ensure_ascii=False)
    return f"data: {told}\n\n".encode()


async def test_the_words_are_those_of_the_chunks(wire: Wire) -> None:
    assert await words(wire, a_chunk("It costs "), a_chunk("29 EUR."), END) == "It costs 29 EUR."


async def test_a_chunk_may_arrive_in_pieces(wire: Wire) -> None:
    whole = a_chunk("Füße") + END
    assert await words(wire, *(whole[at : at + 7] for at in range(0, len(whole), 7))) == "Füße"


async def test_comments_names_of_events_and_other_line_ends_are_no_words(wire: Wire) -> None:
    plain = a_chunk("Yes.").replace(b"data: ", b"data:").replace(b"\n", b"\r\n")
    assert await words(wire, b": PROCESSING\n\n", b"event: message\n", plain, END) == "Yes."


async def test_a_line_separator_within_words_ends_no_line(wire: Wire) -> None:
    assert await words(wire, a_chunk("One\u2028two\x85three"), END) == "One\u2028two\x85three"


async def test_words_may_come_in_parts(wire: Wire) -> None:
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "Yes."}]
    assert await words(wire, a_chunk(parts), END) == "Yes."


async def test_the_tokens_of_the_call_are_told(wire: Wire) -> None:
    usage = b'data: {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}}\n\n'
    assert await heard(wire, a_chunk("Yes."), usage, END) == [Piece("Yes."), Piece("", 12, 3)]


async def test_chunks_without_choices_or_usage_say_nothing(wire: Wire) -> None:
    nothing = b'data: {"choices": null, "usage": null}\n\ndata: {}\n\n'
    assert await words(wire, nothing, a_chunk("Yes."), END) == "Yes."


async def test_an_answer_whose_last_chunk_gives_a_reason_needs_no_mark_of_the_end(
    wire: Wire,
) -> None:
    assert await words(wire, a_chunk("Yes.", "stop")) == "Yes."


async def test_an_answer_without_an_end_was_cut_off(wire: Wire) -> None:
    with pytest.raises(ModelUnavailableError, match="cut off"):
        await words(wire, a_chunk("It costs 2"))


async def test_an_error_in_the_middle_is_told(wire: Wire) -> None:
    with pytest.raises(StreamError, match="overloaded"):
        await words(wire, a_chunk("It"), b'data: {"error": {"message": "overloaded"}}\n\n', END)


async def test_a_model_without_a_temperature_is_given_none(wire: Wire) -> None:
    await heard(wire, a_chunk("Yes."), END, temperature=None)
    assert "temperature" not in wire.asked
    assert wire.asked["max_completion_tokens"] == 400


async def test_what_went_in_may_be_told_first_and_what_came_out_last(wire: Wire) -> None:
    first = b'data: {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 0}}\n\n'
    last = b'data: {"choices": [], "usage": {"prompt_tokens": 0, "completion_tokens": 3}}\n\n'
    wire.sends = [first, a_chunk("Yes."), last, END]
    writer, meter = OpenAIWriter(api_key="sk-1", model="m", base_url=wire.address), Meter()
    writer.meter = meter
    assert "".join([piece async for piece in writer.write(a_plan())]) == "Yes."
    assert meter.calls == [("m", 12, 3)]
    await writer.close()
