"""Other providers' models through `init_chat_model`, with a provider's package made for the test."""

import sys
from types import ModuleType

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from agent.errors import ModelUnavailableError
from integrations.models.chat_models import make_chat_model, provider_of
from integrations.models.openai_writer import OpenAIWriter
from integrations.models.reply_prompt import MOST_INPUT_TOKENS, most_tokens
from integrations.models.reply_prompt import messages as prompt_of
from prompts.render import prompt
from tests.fakes.openai_twin import OpenAITwin
from tests.integrations.test_openai_writer import TEXT, a_plan, written

SAYS = "From a provider of its own."


class ChatGroq(FakeListChatModel):
    """Stands in for a provider's client; notes what it was made with."""

    model: str = ""
    temperature: float = 0.0
    max_tokens: int = 0
    responses: list[str] = [SAYS]  # noqa: RUF012 - a pydantic field


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> None:
    package = ModuleType("langchain_groq")
    package.ChatGroq = ChatGroq  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "langchain_groq", package)


@pytest.mark.parametrize(
    ("model", "provider_name"),
    [("groq:llama-3", "groq"), ("llama3:8b", None), ("gpt-4o-mini", None), ("openai:gpt-4o", None)],
)
def test_a_colon_alone_makes_no_provider(model: str, provider_name: str | None) -> None:
    assert provider_of(model) == provider_name


@pytest.mark.usefixtures("provider")
async def test_a_providers_package_is_asked_by_its_own_name() -> None:
    made = make_chat_model("groq:llama-3", "unused", None, 5.0)
    assert isinstance(made, ChatGroq)
    assert (made.model, made.max_tokens) == ("llama-3", 400)
    assert "".join(await written(OpenAIWriter(api_key="", model="groq:llama-3"))) == SAYS


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_cohere", None)
    with pytest.raises(ModelUnavailableError, match="pip install langchain-cohere"):
        make_chat_model("cohere:command", "", None, 5.0)


async def test_the_fallback_answers_where_the_first_fails_at_once() -> None:
    async with OpenAITwin(text="never") as broken, OpenAITwin(text=TEXT) as second:
        broken.rejects_key()
        spare = OpenAIWriter(api_key="sk-2", model="spare", base_url=second.base_url, seconds=2.0)
        writer = OpenAIWriter(api_key="sk-1", model="first", base_url=broken.base_url, seconds=2.0, fallback=spare)  # fmt: skip
        assert "".join(await written(writer)) == TEXT
        await writer.close()
        assert (len(broken.calls), len(second.calls)) == (1, 1)


async def test_the_fallback_answers_where_the_first_says_nothing_in_time() -> None:
    async with OpenAITwin(text="never") as slow, OpenAITwin(text=TEXT) as second:
        slow.hangs()
        spare = OpenAIWriter(api_key="sk-2", model="spare", base_url=second.base_url, seconds=2.0)
        writer = OpenAIWriter(api_key="sk-1", model="first", base_url=slow.base_url, patience=0.4, fallback=spare)  # fmt: skip
        assert "".join(await written(writer)) == TEXT
        await writer.close()


@pytest.mark.parametrize(
    "question", ["What does it cost?", "why? " * 4_000, "我想知道价格。" * 900]
)
def test_what_the_model_reads_keeps_within_its_tokens(question: str) -> None:
    asked = prompt_of(a_plan(question), prompt("first_response"))
    assert sum(most_tokens(text) for _, text in asked) <= MOST_INPUT_TOKENS
