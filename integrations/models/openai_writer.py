"""The writer with a model: one streaming call, from the same plan.

LangChain loads with the first call or `load()`, not on import: it costs seconds at start.
"""

import asyncio
from asyncio import CancelledError
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from agent.errors import ModelUnavailableError
from agent.reply import Plan
from agent.spending import Spending, SpentError, current_conversation
from integrations.models.chat_models import (
    make_chat_model,
    make_http_client,
    provider_of,
    stream_of,
)
from integrations.models.chat_stream import Asked, ChatStream, Piece
from integrations.models.circuit import Circuit, ModelMeter
from integrations.models.reply_prompt import messages
from integrations.redaction import redact_secrets
from prompts.render import prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable
    from openai import DefaultAioHttpClient

MOST_TOLD = 160  # characters


@dataclass(slots=True)
class OpenAIWriter:
    """Writes replies with a chat model: an OpenAI-compatible one, or `provider:name` of another.

    A call given up by others after `patience` seconds counts as a failure of the model.
    """

    api_key: str
    model: str
    base_url: str | None = None
    meter: ModelMeter | None = None
    seconds: float = 20.0
    patience: float = 5.0
    circuit: Circuit = field(default_factory=Circuit)
    fallback: "OpenAIWriter | None" = None
    spending: Spending | None = None
    _chat: "BaseChatModel | None" = None
    _stream: ChatStream | None = None
    _http: "DefaultAioHttpClient | None" = None

    @property
    def name(self) -> str:
        """Name the model."""
        return self.model

    @property
    def version(self) -> str:
        """Give the prompt's version."""
        return prompt("first_response").version

    @property
    def is_loaded(self) -> bool:
        """Tell whether the client is there."""
        return self._chat is not None

    def load(self) -> "BaseChatModel":
        """Import LangChain and make the client; takes seconds the first time.

        Raises ModelUnavailableError where the provider's package is not installed.
        """
        if self._chat is None:
            if provider_of(self.model) is None:
                self._http = make_http_client(self.seconds)
            self._chat = make_chat_model(
                self.model, self.api_key, self.base_url, self.seconds, self._http
            )
            self._stream = stream_of(self._chat, self.model)
            if self.fallback:
                self.fallback.load()
        return self._chat

    async def close(self) -> None:
        """Close the connections to the model."""
        if self._http is not None:
            await self._http.aclose()
        self._chat = self._stream = self._http = None
        if self.fallback:
            await self.fallback.close()

    async def check(self) -> str:
        """Ask for one word, for the doctor; raises ModelUnavailableError."""
        try:
            await self._brief().ainvoke([("user", "Say ok.")])
        except ModelUnavailableError:
            raise
        except Exception as error:
            raise ModelUnavailableError(self.told(error)) from error
        return f"{self.model} answers."

    def _brief(self) -> "Runnable[LanguageModelInput, AIMessage]":
        """Give the model held to a few words, where its provider is known to take the limit by that name."""
        model = self.load()
        return model if provider_of(self.model) else model.bind(max_completion_tokens=16)

    async def write(self, plan: Plan) -> AsyncGenerator[str, None]:
        """Give the model's words as they arrive, the fallback's where it fails at once.

        Raises ModelUnavailableError, as SpentError when a limit of the playbook is reached.
        """
        said = False
        try:
            async with aclosing(self._write(plan)) as pieces:
                async for piece in pieces:
                    said = True
                    yield piece
        except SpentError:
            raise
        except ModelUnavailableError:
            if said or self.fallback is None:
                raise
            async with aclosing(self.fallback.write(plan)) as others:
                async for piece in others:
                    yield piece

    async def _write(self, plan: Plan) -> AsyncGenerator[str, None]:
        if self.spending:
            self.spending.check(current_conversation.get())
        self.circuit.check()
        started = perf_counter()
        try:
            asked = messages(plan, prompt("first_response"))
            # Closed here, a draft that is dropped lets go of its connection at once.
            async with (
                aclosing(self._pieces(asked)) as pieces,
                aclosing(self._spoken(pieces)) as said,
            ):
                async for text in said:
                    yield text
        except ModelUnavailableError:
            self.circuit.failed()
            raise
        except CancelledError:
            # Given up for slowness, or dropped for new words: by then, most of the time was spent or was not.
            if perf_counter() - started >= self.patience:
                self.circuit.failed()
            raise
        except Exception as error:
            self.circuit.failed()
            raise ModelUnavailableError(self.told(error)) from error
        self.circuit.succeeded()

    async def _spoken(self, pieces: AsyncIterator[Piece]) -> AsyncGenerator[str, None]:
        started, said = perf_counter(), False
        tokens = 0, 0
        while (piece := await self._next(pieces, said=said)) is not None:
            # Some tell what went in at the beginning, and what came out at the end.
            tokens = max(tokens[0], piece.tokens_in), max(tokens[1], piece.tokens_out)
            if piece.text:
                said = True
                yield piece.text
        if self.spending:
            self.spending.count(current_conversation.get(), *tokens)
        if not said:
            raise ModelUnavailableError("The model answered nothing.")
        if self.meter:
            self.meter.model_called(self.model, perf_counter() - started, *tokens)

    def _pieces(self, asked: Asked) -> AsyncGenerator[Piece, None]:
        chat = self.load()
        return (self._stream or stream_of(chat, self.model)).pieces(asked)

    async def _next(self, pieces: AsyncIterator[Piece], *, said: bool) -> Piece | None:
        """Wait for the next piece; for the first only so long that a fallback can still answer in time."""
        if said or self.fallback is None:
            return await anext(pieces, None)
        async with asyncio.timeout(self.patience / 2):
            return await anext(pieces, None)

    def told(self, error: Exception) -> str:
        """Say what went wrong, in the words of whoever knows most, without the key that a provider may repeat."""
        from aiohttp import ClientConnectorError

        # The client of openai takes a server that nobody reaches for one that is slow.
        known = next((e for e in _chain(error) if isinstance(e, ClientConnectorError)), error)
        said = str(known).replace("\n", " ").replace(self.api_key or "\0", "[secret]")
        return f"{type(known).__name__}: {redact_secrets(said)[:MOST_TOLD]}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
