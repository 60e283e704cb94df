"""The writer with a model: one streaming call through LangChain's ChatOpenAI, from the same plan.

LangChain loads with the first call or `load()`, not on import: it costs seconds at start.
"""

from asyncio import CancelledError
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from agent.composed_reply import when
from agent.conversation import Author, Message
from agent.errors import ModelUnavailableError
from agent.estimate import Estimate, money
from agent.facts import FoundFact
from agent.reply import Plan
from integrations.redaction import redact_secrets
from prompts.phrases import phrases
from prompts.render import Prompt, as_data, prompt

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessageChunk
    from langchain_openai import ChatOpenAI
    from openai import DefaultAsyncHttpxClient

FAILURES_UNTIL_PAUSE = 3
PAUSE_SECONDS = 30.0
MOST_FACTS = 6
MOST_BEFORE = 10
LONGEST_QUESTION = 4_000
MOST_TOKENS = 400


class ModelMeter(Protocol):
    """What is told of each call, for metrics."""

    def model_called(
        self, model: str, seconds: float, tokens_in: int, tokens_out: int, stage: str = "reply"
    ) -> None:
        """Take note of a finished call; the stage says what it was asked for."""
        ...


@dataclass(slots=True)
class Circuit:
    """Stops asking a model that keeps failing, for a while."""

    clock: Callable[[], float] = perf_counter
    failures: int = 0
    paused_until: float = 0.0

    def check(self) -> None:
        """Raise while the model is paused."""
        if self.clock() < self.paused_until:
            raise ModelUnavailableError("The model failed repeatedly and is paused for a moment.")

    def failed(self) -> None:
        """Count a failure."""
        self.failures += 1
        if self.failures >= FAILURES_UNTIL_PAUSE:
            self.paused_until = self.clock() + PAUSE_SECONDS

    def succeeded(self) -> None:
        """Forget the failures."""
        self.failures = 0


@dataclass(slots=True)
class OpenAIWriter:
    """Writes replies with an OpenAI-compatible chat model.

    A call given up by others after `patience` seconds counts as a failure of the model.
    """

    api_key: str
    model: str
    base_url: str | None = None
    meter: ModelMeter | None = None
    seconds: float = 20.0
    patience: float = 5.0
    circuit: Circuit = field(default_factory=Circuit)
    _chat: "ChatOpenAI | None" = None
    _http: "DefaultAsyncHttpxClient | None" = None

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

    def load(self) -> "ChatOpenAI":
        """Import LangChain and make the client; takes seconds the first time."""
        if self._chat is None:
            from langchain_openai import ChatOpenAI
            from openai import DefaultAsyncHttpxClient
            from pydantic import SecretStr

            # Our own, as LangChain shares one among all models of the process and never closes it.
            self._http = DefaultAsyncHttpxClient(timeout=self.seconds)
            self._chat = ChatOpenAI(
                model=self.model,
                api_key=SecretStr(self.api_key),
                base_url=self.base_url,
                temperature=0.2,
                max_completion_tokens=MOST_TOKENS,
                timeout=self.seconds,
                max_retries=0,
                stream_usage=True,
                http_async_client=self._http,
            )
        return self._chat

    async def close(self) -> None:
        """Close the connections to the model."""
        if self._http is not None:
            await self._http.aclose()
        self._chat = self._http = None

    async def check(self) -> str:
        """Ask for one word, for the doctor; raises ModelUnavailableError."""
        try:
            await self.load().ainvoke([("user", "Say ok.")], max_completion_tokens=16)
        except Exception as error:
            raise ModelUnavailableError(f"{type(error).__name__}: {self.short(error)}") from error
        return f"{self.model} answers."

    async def write(self, plan: Plan) -> AsyncIterator[str]:
        """Give the model's words as they arrive; raises ModelUnavailableError."""
        self.circuit.check()
        started = perf_counter()
        try:
            async for piece in self._stream(messages(plan, prompt("first_response"))):
                yield piece
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
            raise ModelUnavailableError(f"{type(error).__name__}: {self.short(error)}") from error
        self.circuit.succeeded()

    async def _stream(self, asked: list[tuple[str, str]]) -> AsyncIterator[str]:
        started, said = perf_counter(), False
        usage: dict[str, int] = {}
        async for chunk in self.load().astream(asked):
            _check_refusal(chunk)
            usage.update(_usage(chunk))
            if text := _text(chunk):
                said = True
                yield text
        if not said:
            raise ModelUnavailableError("The model answered nothing.")
        if self.meter:
            spent = perf_counter() - started
            self.meter.model_called(
                self.model, spent, usage.get("input", 0), usage.get("output", 0)
            )

    def short(self, error: Exception) -> str:
        """Give the beginning of what the provider says, which may repeat the key it was given."""
        said = str(error).replace("\n", " ").replace(self.api_key, "[secret]")
        return redact_secrets(said)[:160]


def messages(plan: Plan, template: Prompt) -> list[tuple[str, str]]:
    """Make the model's input from a plan: rules first, then this turn's material between tags."""
    company = plan.playbook.company
    system = template.fill_system(
        company=company.name,
        offers=company.offers,
        voice=plan.playbook.voice,
        most_words=str(plan.playbook.replies.most_words),
    )
    user = template.fill_user(
        language=plan.language,
        facts="\n".join(_facts(plan.findings.facts[:MOST_FACTS])) or "none",
        sums="\n".join(_sum(estimate) for estimate in plan.estimates) or "none",
        history=as_data(f"{plan.mention.name}: {plan.mention.title}")
        if plan.mention
        else "nothing",
        people=_people(plan),
        ask=phrases("en").fill(f"ask_{plan.ask.value}") if plan.ask else "nothing",
        conversation="\n".join(_said(m) for m in plan.before[-MOST_BEFORE:]) or "nothing yet",
        question=as_data(plan.question[:LONGEST_QUESTION]),
    )
    return [("system", system), ("user", user)]


def _facts(found: tuple[FoundFact, ...]) -> Iterator[str]:
    for number, item in enumerate(found, 1):
        yield f"[{number}] {as_data(item.fact.title)}: {as_data(item.fact.text)}"


def _sum(estimate: Estimate) -> str:
    price, currency = estimate.price, estimate.price.currency
    line = f"{estimate.seats} × {money(price.amount, currency)} {price.plan} = {money(estimate.monthly, currency)} a month"
    line += f"; × 12 = {money(estimate.yearly, currency)} a year"
    if estimate.yearly_less is None:
        return line
    return f"{line}; less {estimate.discount} % with annual billing = {money(estimate.yearly_less, currency)} a year"


def _people(plan: Plan) -> str:
    promise = plan.promise
    if promise is None:
        return "No colleague was called. Do not promise that one will be in touch; you may ask whether to call one."
    name = promise.rep.name
    if promise.is_open:
        return f"{name} was told just now and will answer in this chat, usually within {promise.within_minutes} minutes. Say so first."
    opens = (
        when(promise.opens_at, plan.playbook, phrases("en"))
        if promise.opens_at
        else "an unknown time"
    )
    return f"The desk is closed. {name} is back {opens} and finds this message at the top of the list. Say so."


def _said(message: Message) -> str:
    speaker = (
        "visitor"
        if message.author is Author.VISITOR
        else "assistant"
        if message.author is Author.AGENT
        else "colleague"
    )
    return f"{speaker}: {as_data(message.text[:600])}"


def _text(chunk: "BaseMessageChunk") -> str:
    if isinstance(chunk.content, str):
        return chunk.content
    parts = (part if isinstance(part, str) else str(part.get("text", "")) for part in chunk.content)
    return "".join(parts)


def _usage(chunk: "BaseMessageChunk") -> dict[str, int]:
    usage = getattr(chunk, "usage_metadata", None)
    return {"input": usage["input_tokens"], "output": usage["output_tokens"]} if usage else {}


def _check_refusal(chunk: "BaseMessageChunk") -> None:
    reason = chunk.response_metadata.get("finish_reason")
    if chunk.additional_kwargs.get("refusal") or reason == "content_filter":
        raise ModelUnavailableError("The model refused to answer.")
