"""The second reader: one structured answer a burst, through the writer's own connection to the model.

It asks only while the writer's circuit lets calls through, and its own failures never pause the writer.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from secrets import token_hex
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.conversation import Author, Message
from agent.criteria import Answer, Criterion
from agent.errors import ModelUnavailableError
from agent.own_words import own_words
from agent.signals import MessageKind, Readiness, Signal, SignalKind, TextReading
from agent.spending import current_conversation
from integrations.models.circuit import Circuit
from integrations.models.openai_writer import OpenAIWriter
from prompts.render import Prompt, prompt

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from openai import Omit

MOST_TOKENS = 1_400
MOST_AT_ONCE = 8
MOST_NAMES = 8
LONGEST_ANSWERED = 1_000
MOST_BEFORE = 6
LONGEST_BEFORE = 600
LONGEST_READ = 8_000
SPEAKERS = {Author.VISITOR: "visitor", Author.AGENT: "assistant", Author.REP: "colleague"}
# Strict schemas refuse some bounds, each provider others; the answer is held to all of them all the same.
NOT_SENT = frozenset(
    {"title", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength"}
)


class SignalAnswer(BaseModel):
    """One signal the model heard."""

    model_config = ConfigDict(extra="forbid")

    kind: SignalKind
    quote: Annotated[str, Field(max_length=LONGEST_ANSWERED, description="Copied, 2 to 12 words.")]
    confidence: Annotated[float, Field(ge=0, le=1, description="From 0 to 1.")]


class CriterionAnswer(BaseModel):
    """What the message says of one criterion of BANT or MEDDIC."""

    model_config = ConfigDict(extra="forbid")

    criterion: Criterion
    quote: Annotated[str, Field(max_length=LONGEST_ANSWERED, description="Copied, 1 to 30 words.")]
    is_negative: Annotated[bool, Field(description="True when the words say that there is none.")]
    confidence: Annotated[float, Field(ge=0, le=1, description="From 0 to 1.")]


class ReadingAnswer(BaseModel):
    """What the model is asked for; an answer may leave the criteria out."""

    # The schema that is sent requires every field all the same, as strict providers want.
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)

    kind: MessageKind
    signals: Annotated[list[SignalAnswer], Field(max_length=len(SignalKind))]
    competitors: Annotated[
        list[Annotated[str, Field(max_length=LONGEST_ANSWERED)]], Field(max_length=MOST_NAMES)
    ]
    temperature: Readiness
    criteria: Annotated[
        list[CriterionAnswer], Field(max_length=len(Criterion), default_factory=list)
    ]


@dataclass(slots=True)
class OpenAIReader:
    """Reads bursts with the writer's model; a call takes `seconds` at most."""

    writer: OpenAIWriter
    seconds: float = 8.0
    circuit: Circuit = field(default_factory=Circuit)
    new_mark: Callable[[], str] = lambda: f"={token_hex(8)}="
    _going_on: int = 0
    _takes_temperature: bool = True

    @property
    def name(self) -> str:
        """Name the model."""
        return self.writer.model

    @property
    def version(self) -> str:
        """Give the prompt's version."""
        return prompt("read_signals").version

    async def read(
        self, unanswered: tuple[Message, ...], before: tuple[Message, ...]
    ) -> TextReading:
        """Read a burst; raises ModelUnavailableError, also while the client loads or too many are being read."""
        if not self.writer.is_loaded:
            raise ModelUnavailableError("Loading: the model client is not there yet.")
        conversation = unanswered[0].conversation_id
        if self.writer.spending:
            self.writer.spending.check(conversation)
        self.writer.circuit.check()
        self.circuit.check()
        if self._going_on >= MOST_AT_ONCE:
            raise ModelUnavailableError("Busy: too many messages are being read a second time.")
        self._going_on += 1
        try:
            current_conversation.set(conversation)
            return await self._read(reading_messages(unanswered, before, self.new_mark()))
        finally:
            self._going_on -= 1

    async def _read(self, asked: list[tuple[str, str]]) -> TextReading:
        try:
            async with asyncio.timeout(self.seconds):
                answer = _checked(await self._ask(asked))
        except ModelUnavailableError:
            self.circuit.failed()
            raise
        except Exception as error:
            self.circuit.failed()
            said = self.writer.told(error)
            raise ModelUnavailableError(said) from error
        self.circuit.succeeded()
        return _reading(answer)

    async def _ask(self, asked: list[tuple[str, str]]) -> "AIMessage":
        """Ask as repeatably as the model allows: some take no sampling temperature but their own."""
        from openai import BadRequestError, omit

        if not self._takes_temperature:
            return await self._call(asked, omit)
        try:
            return await self._call(asked, 0.0)
        except BadRequestError as error:
            if "temperature" not in str(error):
                raise
            self._takes_temperature = False
            return await self._call(asked, omit)

    async def _call(
        self, asked: list[tuple[str, str]], sampling_temperature: "float | Omit"
    ) -> "AIMessage":
        started = perf_counter()
        answer = await self.writer.load().ainvoke(
            asked,
            response_format=_response_format(),
            max_completion_tokens=MOST_TOKENS,
            temperature=sampling_temperature,
        )
        if used := answer.usage_metadata:
            tokens = used["input_tokens"], used["output_tokens"]
            if self.writer.spending:
                self.writer.spending.count(current_conversation.get(), *tokens)
            if self.writer.meter:
                spent = perf_counter() - started
                self.writer.meter.model_called(self.name, spent, *tokens, stage="reading")
        return answer


def reading_messages(
    unanswered: tuple[Message, ...], before: tuple[Message, ...], mark: str
) -> list[tuple[str, str]]:
    """Make the model's input: the rules first, then the material between lines with a mark nobody can guess."""
    template: Prompt = prompt("read_signals")
    talk = (f"{SPEAKERS[m.author]}: {m.text[:LONGEST_BEFORE]}" for m in _spoken(before))
    user = template.fill_user(
        mark=mark,
        before="\n".join(talk) or "nothing",
        text="\n".join(_own(message.text) for message in unanswered)[:LONGEST_READ],
    )
    return [("system", template.fill_system()), ("user", user)]


def _spoken(before: tuple[Message, ...]) -> list[Message]:
    return [message for message in before if message.author in SPEAKERS][-MOST_BEFORE:]


def _own(text: str) -> str:
    return re.sub(r"[ \t]+\n", "\n", own_words(text)).strip()


@cache
def _response_format() -> dict[str, object]:
    """Give the shape that is asked for; to make it of the classes takes a millisecond."""
    schema = _sent(ReadingAnswer.model_json_schema(mode="serialization"))
    answer = {"name": "reading", "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": answer}


def _sent(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _sent(part) for key, part in schema.items() if key not in NOT_SENT}
    return [_sent(part) for part in schema] if isinstance(schema, list) else schema


def _checked(answer: "AIMessage") -> ReadingAnswer:
    """Take the answer apart; raises ModelUnavailableError, whose text repeats nothing of it."""
    reason = answer.response_metadata.get("finish_reason")
    if answer.additional_kwargs.get("refusal") or reason == "content_filter":
        raise ModelUnavailableError("Refused: the model would not read this.")
    try:
        return ReadingAnswer.model_validate_json(str(answer.content))
    except ValidationError as error:
        raise ModelUnavailableError(
            f"Rubbish: the answer has not the shape asked for ({error.error_count()} faults)."
        ) from None


def _reading(answer: ReadingAnswer) -> TextReading:
    return TextReading(
        kind=answer.kind,
        readiness=answer.temperature,
        language="",
        signals=tuple(Signal(s.kind, s.quote.strip(), s.confidence) for s in answer.signals),
        competitors=tuple(name.strip() for name in answer.competitors),
        answers=tuple(
            Answer(c.criterion, c.quote.strip(), c.is_negative, c.confidence)
            for c in answer.criteria
        ),
    )
