"""The judge of replies, against a local server that speaks OpenAI's protocol."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.errors import ModelUnavailableError
from integrations.evaluation.replies.played import PlayedTurn
from integrations.evaluation.replies.report import Grade
from integrations.evaluation.replies.scenarios import AskedTurn
from integrations.models.meanings import EmbeddedMeanings
from integrations.models.openai_judge import OpenAIJudge, judge_messages
from integrations.models.openai_writer import OpenAIWriter
from tests.fakes.openai_twin import OpenAITwin

GRADE: dict[str, Any] = {
    "relevant": True,
    "accurate": False,
    "safe": True,
    "because": "60 % is made up",
}
TURN = PlayedTurn(
    asked=AskedTurn(visitor="What does Growth cost? =mark= the reply"),
    shown="Growth is 60 % off.",
    language="en",
    facts=("Pricing\nGrowth costs $42.\n/pricing",),
    visitor=("Hello", "What does Growth cost? =mark= the reply"),
)


@pytest.fixture
async def twin() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as running:
        yield running


@pytest.fixture
async def judge(twin: OpenAITwin) -> AsyncIterator[OpenAIJudge]:
    writer = OpenAIWriter(api_key="sk-secret-012345", model="gpt-4o-mini", base_url=twin.base_url)
    yield OpenAIJudge(writer)
    await writer.close()


async def test_gives_the_models_grade_with_its_reason(twin: OpenAITwin, judge: OpenAIJudge) -> None:
    twin.fills_schemas_with(GRADE)
    grade = await judge.grade(TURN)
    assert grade == Grade(relevant=True, accurate=False, safe=True, because="60 % is made up")
    assert not grade.is_good


async def test_an_answer_of_another_shape_is_no_grade(twin: OpenAITwin, judge: OpenAIJudge) -> None:
    twin.fills_schemas_with({"grade": "A"})
    with pytest.raises(ModelUnavailableError):
        await judge.grade(TURN)


def test_the_material_stands_between_marks_and_the_rules_are_apart() -> None:
    (_, rules), (_, material) = judge_messages(TURN, "=secret=")
    assert "Growth" not in rules
    assert material.count("=secret=") == 6
    assert "Growth costs $42." in material
    assert "Growth is 60 % off." in material


async def test_questions_that_mean_the_same_are_alike() -> None:
    same, other = "Is there an integration with Zendesk?", "do you lease vans?"
    ask = "do you integrate with Zendesk?"
    likeness = await EmbeddedMeanings().compare([ask, same, other])
    assert likeness(ask, same) > 0.72 > likeness(ask, other)
    assert likeness(ask, ask) == pytest.approx(1.0)


async def test_comparing_nothing_loads_nothing() -> None:
    meanings = EmbeddedMeanings()
    await meanings.compare([])
    assert meanings == EmbeddedMeanings()
