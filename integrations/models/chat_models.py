"""Clients of chat models: OpenAI-compatible servers directly, other providers through LangChain's `init_chat_model`."""

from typing import TYPE_CHECKING

from agent.errors import ModelUnavailableError
from integrations.models.chat_stream import ChatStream, LangChainStream, OpenAIStream

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from openai import DefaultAioHttpClient

TEMPERATURE = 0.2
MOST_TOKENS = 400
MOST_CONNECTIONS = 1_000
KEPT_OPEN = 60.0  # seconds
# Of each provider that LangChain knows, the package it needs; a local model's name may have a colon too (llama3:8b).
PACKAGES = {
    "anthropic": "langchain-anthropic",
    "azure_openai": "langchain-openai",
    "bedrock": "langchain-aws",
    "bedrock_converse": "langchain-aws",
    "cohere": "langchain-cohere",
    "deepseek": "langchain-deepseek",
    "fireworks": "langchain-fireworks",
    "google_genai": "langchain-google-genai",
    "google_vertexai": "langchain-google-vertexai",
    "groq": "langchain-groq",
    "mistralai": "langchain-mistralai",
    "ollama": "langchain-ollama",
    "together": "langchain-together",
    "xai": "langchain-xai",
}


def provider_of(model: str) -> str | None:
    """Give the provider of `provider:name`; None for a plain name, which an OpenAI-compatible server knows."""
    provider = model.partition(":")[0] if ":" in model else ""
    return provider if provider in PACKAGES else None


def make_chat_model(
    model: str,
    api_key: str,
    base_url: str | None,
    seconds: float,
    http: "DefaultAioHttpClient | None" = None,
) -> "BaseChatModel":
    """Make a client; another provider's key is read from that provider's own variable.

    Raises ModelUnavailableError where the provider's package is missing.
    """
    if (provider := provider_of(model)) is not None:
        return _of_provider(provider, model, seconds)
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return ChatOpenAI(
        model=model.removeprefix("openai:"),
        api_key=SecretStr(api_key),
        base_url=base_url,
        temperature=TEMPERATURE,
        max_completion_tokens=MOST_TOKENS,
        timeout=seconds,
        max_retries=0,
        stream_usage=True,
        http_async_client=http,
    )


def make_http_client(seconds: float) -> "DefaultAioHttpClient":
    """Make the connections to an OpenAI-compatible server, by aiohttp: httpx takes half a millisecond for each token.

    LangChain's own are shared by all models of the process and never closed. They are kept open between two visitors,
    so that few wait for a handshake.
    """
    from httpx2 import Limits
    from openai import DefaultAioHttpClient

    return DefaultAioHttpClient(
        timeout=seconds, limits=Limits(max_connections=MOST_CONNECTIONS, keepalive_expiry=KEPT_OPEN)
    )


def stream_of(chat: "BaseChatModel", model: str) -> ChatStream:
    """Give the words of a model as they arrive; LangChain may know that it takes no temperature."""
    from langchain_openai import ChatOpenAI

    if provider_of(model) is None and isinstance(chat, ChatOpenAI):
        return OpenAIStream(chat.root_async_client, chat.model_name, chat.temperature, MOST_TOKENS)
    return LangChainStream(chat)


def _of_provider(provider: str, model: str, seconds: float) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(
            model, temperature=TEMPERATURE, max_tokens=MOST_TOKENS, timeout=seconds, max_retries=0
        )
    except ImportError as error:
        raise ModelUnavailableError(
            f"HOTLINE_MODEL={model} needs a package that is not installed: run "
            f"`pip install {PACKAGES[provider]}` in Hotline's environment, and start again."
        ) from error
    except Exception as error:
        raise ModelUnavailableError(
            f"{type(error).__name__}: the client of {provider} cannot be made; check the key in its own variable."
        ) from error
