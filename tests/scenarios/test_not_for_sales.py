"""Support, vendors, applicants and spam get an answer, and never reach the desk."""

import pytest

from tests.scenarios.world import a_world

MESSAGES = {
    "support": "Our app keeps crashing and my login does not work, please help.",
    "vendor": "We sell SEO services and can get you on page one of Google.",
    "spam": "Buy cheap viagra now!!! http://x.example",
    "applicant": "I saw your job opening, where can I send my CV to apply?",
}


@pytest.fixture(params=MESSAGES)
def message(request: pytest.FixtureRequest) -> str:
    return MESSAGES[request.param]


async def test_the_desk_is_left_alone(message: str) -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(message)
        assert world.desk.posts == []


async def test_there_is_one_answer_and_it_promises_nobody(message: str) -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(message)
        (reply,) = await world.replies()
        assert "Mia" not in reply


async def test_no_model_is_spent_on_it(message: str) -> None:
    async with a_world(model=True) as world:
        await world.visitor_arrives()
        await world.visitor_says(message)
        assert world.writer.plans == []


async def test_support_is_told_where_to_go() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(MESSAGES["support"])
        assert "support@tourvane.example" in (await world.replies())[0]
