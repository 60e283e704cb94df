"""The twin must be taken for OpenAI by the clients that the product uses."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator

import httpx2
import openai
import pytest
from langchain_openai import ChatOpenAI
from openai.types.chat import ChatCompletionUserMessageParam
from pydantic import BaseModel, SecretStr

from tests.fakes.openai_twin import OpenAITwin
from tests.fakes.openai_wire import embed, split_tokens

QUESTION: list[ChatCompletionUserMessageParam] = [{"role": "user", "content": "What is the price?"}]

# langchain-openai dumps the parsed answer from a field the openai package types as None.
dumps_parsed_answers = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")


class Wish(BaseModel):
    """A declared answer."""

    kind: str
    seats: int


@pytest.fixture
async def twin() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as running:
        yield running


@pytest.fixture
async def client(twin: OpenAITwin) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        base_url=twin.base_url, api_key="sk-test", max_retries=0, timeout=5
    ) as real:
        yield real


def chat_model(twin: OpenAITwin) -> ChatOpenAI:
    return ChatOpenAI(
        model="gpt-4o-mini",
        base_url=twin.base_url,
        api_key=SecretStr("sk-test"),
        streaming=True,
        stream_usage=True,
        max_retries=0,
        timeout=5,
    )


async def ask(client: openai.AsyncOpenAI) -> str | None:
    answer = await client.chat.completions.create(model="gpt-4o-mini", messages=QUESTION)
    return answer.choices[0].message.content


async def stream(client: openai.AsyncOpenAI, heard: list[str]) -> str | None:
    finish_reason = None
    async for chunk in await client.chat.completions.create(
        model="gpt-4o-mini", messages=QUESTION, stream=True
    ):
        heard += [choice.delta.content for choice in chunk.choices if choice.delta.content]
        finish_reason = next((choice.finish_reason for choice in chunk.choices), None)
    return finish_reason


async def test_tokens_are_words_that_join_to_the_text() -> None:
    text = "  Hello, Ann!\nIt costs 40 €. "
    assert "".join(split_tokens(text)) == text
    assert split_tokens("Hello, Ann") == ["Hello", ",", " Ann"]


async def test_answers_and_keeps_the_call(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.says("Forty euros.")
    assert await ask(client) == "Forty euros."
    [call] = twin.calls
    assert (call.prompt, call.model, call.stream) == ("What is the price?", "gpt-4o-mini", False)
    assert call.path == "/v1/chat/completions"


async def test_answers_what_the_prompt_calls_for(
    twin: OpenAITwin, client: openai.AsyncOpenAI
) -> None:
    twin.says_for(lambda prompt: "a price" if "price" in prompt else "no price")
    assert await ask(client) == "a price"


async def test_langchain_streams_tokens_and_counts_them(twin: OpenAITwin) -> None:
    twin.says("It is forty euros a seat.")
    chunks = [chunk async for chunk in chat_model(twin).astream("What is the price?")]
    assert [chunk.text for chunk in chunks if chunk.text] == split_tokens(
        "It is forty euros a seat."
    )
    [usage] = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]
    assert (usage["input_tokens"], usage["output_tokens"]) == (5, 7)
    assert twin.calls[0].stream


@dumps_parsed_answers
async def test_langchain_gets_a_declared_answer(twin: OpenAITwin) -> None:
    twin.says('{"kind": "asked_price", "seats": 40}')
    model = chat_model(twin).with_structured_output(Wish, method="json_schema")
    assert await model.ainvoke("Forty seats?") == Wish(kind="asked_price", seats=40)
    assert twin.calls[0].body["response_format"]["type"] == "json_schema"


@dumps_parsed_answers
async def test_fills_a_schema_when_nothing_was_said(twin: OpenAITwin) -> None:
    model = chat_model(twin).with_structured_output(Wish, method="json_schema")
    assert await model.ainvoke("Forty seats?") == Wish(kind="x", seats=0)


async def test_lists_models_and_embeds_alike_for_both_encodings(
    twin: OpenAITwin, client: openai.AsyncOpenAI
) -> None:
    assert "gpt-4o-mini" in [model.id async for model in client.models.list()]
    packed = await client.embeddings.create(model="m", input=["a price"])
    plain = await client.embeddings.create(model="m", input="a price", encoding_format="float")
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding)
    assert plain.data[0].embedding == pytest.approx(embed("a price"))


async def test_keeps_the_pace_it_is_given(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.ttft, twin.tokens_per_second = 0.05, 50
    twin.says("one two three")
    started = time.monotonic()
    chunks = await client.chat.completions.create(model="m", messages=QUESTION, stream=True)
    first, *_, last = [time.monotonic() - started async for _ in chunks]
    assert first >= 0.05
    assert last >= 0.09


async def test_stops_at_the_token_limit(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.says("one two three")
    answer = await client.chat.completions.create(
        model="m", messages=QUESTION, max_completion_tokens=2
    )
    assert answer.choices[0].finish_reason == "length"
    assert answer.choices[0].message.content == "one two"


async def test_fails_as_often_as_it_is_told(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.fails_with(429, times=1, retry_after=0.01)
    with pytest.raises(openai.RateLimitError):
        await ask(client)
    assert await ask(client) == twin.text


async def test_the_clients_retries_reach_it(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.fails_with(500, times=2, retry_after=0.01)
    assert await ask(client.with_options(max_retries=2)) == twin.text
    assert len(twin.calls) == 3


async def test_rejects_the_key(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.rejects_key()
    with pytest.raises(openai.AuthenticationError) as caught:
        await ask(client)
    assert caught.value.code == "invalid_api_key"
    twin.behaves()
    assert await ask(client) == twin.text


async def test_hangs_until_it_closes(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.hangs()
    with pytest.raises(openai.APITimeoutError):
        await ask(client.with_options(timeout=0.1))
    waiting = asyncio.create_task(ask(client))
    await twin.called(times=len(twin.calls) + 1)
    await twin.__aexit__()
    with pytest.raises(openai.APIConnectionError):
        await waiting


async def test_stalls_in_the_middle(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.stalls_after(2)
    heard: list[str] = []
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream(client, heard), 0.5)
    assert heard == split_tokens(twin.text)[:2]


async def test_drops_the_connection_in_the_middle(
    twin: OpenAITwin, client: openai.AsyncOpenAI
) -> None:
    twin.resets_after(2)
    heard: list[str] = []
    with pytest.raises((httpx2.TransportError, openai.APIConnectionError)):
        await stream(client, heard)
    assert heard == split_tokens(twin.text)[:2]


async def test_refuses(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.says("I cannot help with that.")
    twin.refuses()
    answer = await client.chat.completions.create(model="m", messages=QUESTION)
    assert answer.choices[0].message.refusal == "I cannot help with that."
    assert answer.choices[0].message.content is None


async def test_filters_content(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.filters_content()
    heard: list[str] = []
    assert await stream(client, heard) == "content_filter"
    assert heard == []


async def test_sends_rubbish(twin: OpenAITwin, client: openai.AsyncOpenAI) -> None:
    twin.sends_rubbish()
    with pytest.raises(json.JSONDecodeError):
        await stream(client, [])
    with pytest.raises((openai.APIResponseValidationError, json.JSONDecodeError)):
        await ask(client)


async def test_runs_as_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fakes.openai_twin",
        "--port=0",
        "--text=Hi.",
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    base_url = (await process.stdout.readline()).decode().strip()
    async with openai.AsyncOpenAI(base_url=base_url, api_key="sk-test") as client:
        assert await ask(client) == "Hi."
    process.terminate()
    await process.wait()
