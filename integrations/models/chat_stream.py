"""The words of a chat model as they arrive: those of an OpenAI-compatible server read off the wire, others by LangChain.

An object of LangChain's and some of openai's for each token took a millisecond of the processor, while visitors wait;
a reply has about fifty. Here a token is a line of JSON.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from agent.errors import ModelUnavailableError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessageChunk
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletionMessageParam

DATA, DONE = b"data:", b"[DONE]"
FILTERED = "content_filter"
Asked = Sequence[tuple[str, str]]


class StreamError(Exception):
    """What a server says in the middle of its answer went wrong."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and the tokens that the call has taken, where the server says so."""

    text: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


class ChatStream(Protocol):
    """A chat model that speaks while it thinks."""

    def pieces(self, asked: Asked) -> AsyncGenerator[Piece, None]:
        """Give the answer to messages of (role, text), the roles being system and user, as it arrives.

        Raises ModelUnavailableError for a refusal, and whatever the library below raises.
        """
        ...


@dataclass(frozen=True, slots=True)
class OpenAIStream:
    """A model of an OpenAI-compatible server; `temperature` is None where it takes none."""

    client: "AsyncOpenAI"
    model: str
    temperature: float | None
    most_tokens: int

    async def pieces(self, asked: Asked) -> AsyncGenerator[Piece, None]:
        """Give the answer as it arrives; one without an end raises ModelUnavailableError."""
        from openai import omit

        has_ended = False
        async with self.client.chat.completions.with_streaming_response.create(
            model=self.model,
            messages=[_message(role, text) for role, text in asked],
            temperature=omit if self.temperature is None else self.temperature,
            max_completion_tokens=self.most_tokens,
            stream=True,
            stream_options={"include_usage": True},
        ) as response:
            async for told in _told(response.iter_bytes()):
                chunk = {} if told == DONE else json.loads(told)
                has_ended = has_ended or told == DONE or _is_last(chunk)
                yield _piece(chunk)
        if not has_ended:
            raise ModelUnavailableError("The model's answer was cut off.")


@dataclass(frozen=True, slots=True)
class LangChainStream:
    """A model of any provider that LangChain knows."""

    chat: "BaseChatModel"

    async def pieces(self, asked: Asked) -> AsyncGenerator[Piece, None]:
        """Give the answer as it arrives."""
        async for chunk in self.chat.astream([*asked]):
            reason = chunk.response_metadata.get("finish_reason")
            _check_refusal(chunk.additional_kwargs.get("refusal"), reason)
            yield _of_langchain(chunk)


def _message(role: str, text: str) -> "ChatCompletionMessageParam":
    if role == "system":
        return {"role": "system", "content": text}
    return {"role": "user", "content": text}


async def _told(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give what each server-sent event says; the server's comments and names of events say nothing."""
    async for line in _lines(pieces):
        if line.startswith(DATA) and (told := line.removeprefix(DATA).strip()):
            yield told


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    kept = b""
    async for piece in pieces:
        *lines, kept = (kept + piece).split(b"\n")
        for line in lines:
            yield line
    yield kept


def _is_last(chunk: Mapping[str, Any]) -> bool:
    return any(choice.get("finish_reason") for choice in chunk.get("choices") or ())


def _piece(chunk: Mapping[str, Any]) -> Piece:
    if error := chunk.get("error"):
        raise StreamError(str(error.get("message") if isinstance(error, dict) else error))
    said = ""
    for choice in (chunk.get("choices") or ())[:1]:
        delta = choice.get("delta") or {}
        _check_refusal(delta.get("refusal"), choice.get("finish_reason"))
        said = _text(delta.get("content"))
    usage = chunk.get("usage") or {}
    return Piece(said, usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0)


def _of_langchain(chunk: "BaseMessageChunk") -> Piece:
    usage = getattr(chunk, "usage_metadata", None) or {}
    return Piece(_text(chunk.content), usage.get("input_tokens", 0), usage.get("output_tokens", 0))


def _text(content: str | Sequence[str | Mapping[str, Any]] | None) -> str:
    """Give the words of what may come as a text or in parts; a part that is not words has no text."""
    if content is None or isinstance(content, str):
        return content or ""
    parts = (part if isinstance(part, str) else part.get("text") for part in content)
    return "".join(part for part in parts if isinstance(part, str))


def _check_refusal(refusal: str | None, finish_reason: str | None) -> None:
    if refusal or finish_reason == FILTERED:
        raise ModelUnavailableError("The model refused to answer.")
