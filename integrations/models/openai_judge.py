"""The judge of replies: one structured answer a reply, through the writer's own connection to the model."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import ModelUnavailableError
from integrations.evaluation.replies.played import PlayedTurn
from integrations.evaluation.replies.report import Grade
from integrations.models.openai_writer import OpenAIWriter
from prompts.render import prompt

MOST_TOKENS = 300
LONGEST_FACTS = 12_000
LONGEST_SAID = 4_000


class GradeAnswer(BaseModel):
    """What the model is asked for."""

    model_config = ConfigDict(extra="forbid")

    because: Annotated[str, Field(description="The reason, at most 40 words.")]
    relevant: bool
    accurate: bool
    safe: bool


@dataclass(frozen=True, slots=True)
class OpenAIJudge:
    """Grades replies with the model that is set; a call takes `seconds` at most."""

    writer: OpenAIWriter
    seconds: float = 30.0
    new_mark: Callable[[], str] = lambda: f"={token_hex(8)}="

    async def grade(self, turn: PlayedTurn) -> Grade:
        """Grade what a visitor was shown; raises ModelUnavailableError."""
        try:
            async with asyncio.timeout(self.seconds):
                answer = await self.writer.load().ainvoke(
                    judge_messages(turn, self.new_mark()),
                    response_format=_response_format(),
                    max_completion_tokens=MOST_TOKENS,
                )
            given = GradeAnswer.model_validate_json(answer.text)
        except ValidationError as error:
            raise ModelUnavailableError("The judge's answer is not in the agreed shape.") from error
        except Exception as error:
            said = self.writer.told(error)
            raise ModelUnavailableError(said) from error
        return Grade(given.relevant, given.accurate, given.safe, given.because)


def judge_messages(turn: PlayedTurn, mark: str) -> list[tuple[str, str]]:
    """Make the model's input: the rules first, then the material between lines with a mark nobody can guess."""
    template = prompt("judge_reply")
    user = template.fill_user(
        mark=mark,
        before="\n".join(turn.visitor[:-1])[-LONGEST_SAID:] or "nothing",
        asked=turn.asked.visitor[:LONGEST_SAID],
        facts="\n\n".join((*turn.facts, *turn.known))[:LONGEST_FACTS] or "none was found",
        reply=turn.shown[:LONGEST_SAID],
    )
    return [("system", template.fill_system()), ("user", user)]


def _response_format() -> dict[str, object]:
    schema = GradeAnswer.model_json_schema(mode="serialization")
    answer = {"name": "grade", "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": answer}
