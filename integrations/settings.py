"""Everything that differs between installations, read once from the environment and a `.env` file.

Rules of the trade stand in the playbook. A wrong setting stops the start with one sentence that names it.
"""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    SettingsConfigDict,
)

from agent.errors import HotlineError
from integrations.redaction import redact
from integrations.setting_values import (
    OPENAI_EMBEDDINGS,
    WEB_ADDRESS,
    AppToken,
    BotToken,
    ChromaAddress,
    DatabaseAddress,
    EmbeddingModel,
    Folder,
    Origins,
    Proxies,
    Secret,
    Times,
    WebAddress,
)

PREFIX = "HOTLINE_"
DEFAULT_MODEL = "gpt-4o-mini"
DRAIN_SECONDS = 5.0
DEFAULT_CHANNEL = "#hot-leads"
OTHER_PROVIDERS = frozenset(
    [
        "anthropic",
        "azure_openai",
        "bedrock",
        "bedrock_converse",
        "cohere",
        "deepseek",
        "fireworks",
        "google_genai",
        "google_vertexai",
        "groq",
        "mistralai",
        "ollama",
        "together",
        "xai",
    ]
)


class SettingsError(HotlineError):
    """Settings are wrong; the message has one sentence for each."""


class Settings(BaseSettings):
    """One installation; the description of a field says what is expected in it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True,
        extra="ignore", validate_by_name=True, validate_by_alias=True, frozen=True, hide_input_in_errors=True,
        str_strip_whitespace=True,
    )  # fmt: skip

    host: str = Field(
        "127.0.0.1", description="a host name or IP address to listen on, e.g. 0.0.0.0"
    )
    port: int = Field(8000, ge=1, le=65535, description="a whole number from 1 to 65535")
    data_dir: Path = Field(Path("data"), description="a folder Hotline may write to")
    playbook: Path | None = Field(None, description="the path of a playbook.yaml")
    library: Folder | None = Field(None, description="an existing folder of knowledge pages")
    watch_library: bool = Field(default=True, description="true or false")
    refetch_hours: float = Field(
        24.0, ge=0, le=8_760, allow_inf_nan=False, description="hours from 0 (never) to 8760"
    )
    keep_days: int = Field(0, ge=0, le=36_500, description="days from 1 to 36500, or 0 (for good)")
    database_url: DatabaseAddress | None = None
    chroma_url: ChromaAddress | None = Field(
        None, description="the address of a Chroma server, such as http://chroma:8000"
    )
    public_url: WebAddress | None = Field(None, description=WEB_ADDRESS)
    api_key: Secret | None = None
    write_key: Secret | None = None
    identity_secret: SecretStr | None = None
    enforce_identity: bool = Field(default=False, description="true or false")
    allowed_origins: Origins = ()
    trusted_proxies: Proxies | None = Field(
        None,
        description="addresses or networks such as 10.0.0.2, 172.16.0.0/12, separated by commas, or *",
    )
    rate_limits: Times = Field(
        1.0,
        ge=0,
        le=1_000,
        allow_inf_nan=False,
        description="on, off, or how many times larger: 2, 0.5",
    )
    drain_seconds: float | None = Field(
        None, ge=0, le=600, allow_inf_nan=False, description="seconds from 0 to 600"
    )
    most_waiting: int = Field(200, ge=1, le=100_000, description="a whole number from 1 to 100000")
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        BeforeValidator(lambda level: str(level).lower()),
    ] = Field("info", description="debug, info, warning or error")
    log_format: Literal["json", "console"] | None = Field(None, description="json or console")
    openai_api_key: Secret | None = Field(None, validation_alias="OPENAI_API_KEY")
    openai_base_url: WebAddress | None = Field(
        None,
        validation_alias="OPENAI_BASE_URL",
        description="an address such as https://api.openai.com/v1",
    )
    model: str = Field(
        DEFAULT_MODEL, description="the name of a model, e.g. gpt-4o-mini, or provider:name"
    )
    fallback_model: str | None = Field(
        None, description="the name of a model that answers when the first one fails"
    )
    embeddings: EmbeddingModel = Field(
        "multilingual",
        description="multilingual, english, or openai: and the name of a model, e.g. openai:text-embedding-3-small",
    )
    slack_bot_token: BotToken | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    slack_signing_secret: Secret | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    slack_app_token: AppToken | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    slack_api_url: WebAddress = Field(
        "https://slack.com/api", validation_alias="SLACK_API_URL", description=WEB_ADDRESS
    )
    slack_channel: str = Field(
        DEFAULT_CHANNEL, description="a channel such as #hot-leads, or its id"
    )
    attachment_megabytes: int = Field(
        10, ge=1, le=25, description="a whole number from 1 to 25, in megabytes"
    )
    attachment_megabytes_a_day: int = Field(
        2_000, ge=0, le=1_000_000, description="a whole number of megabytes from 0 to 1000000"
    )
    otlp_endpoint: WebAddress | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="an address such as http://localhost:4318",
    )

    @model_validator(mode="after")
    def _can_be_enforced(self) -> Self:
        if self.enforce_identity and self.identity_secret is None:
            raise ValueError(
                "HOTLINE_ENFORCE_IDENTITY is on while HOTLINE_IDENTITY_SECRET is unset, so nobody could prove who "
                "they are; set the secret, or switch enforcement off."
            )
        return self

    @model_validator(mode="after")
    def _can_embed(self) -> Self:
        if self.embeddings.startswith(OPENAI_EMBEDDINGS) and self.openai_api_key is None:
            raise ValueError(
                f"HOTLINE_EMBEDDINGS is {self.embeddings} while OPENAI_API_KEY is unset; set the key, or leave the "
                "setting out for the model that is built in."
            )
        return self

    @property
    def is_demo(self) -> bool:
        """Tell whether the demo company is served, as no playbook is set."""
        return self.playbook is None

    @property
    def has_model(self) -> bool:
        """Tell whether a model can be asked: with OpenAI's key, or another provider's name and its own key."""
        return bool(self.openai_api_key) or self.model.partition(":")[0] in OTHER_PROVIDERS

    @property
    def has_slack(self) -> bool:
        """Tell whether Slack can be spoken to and can answer."""
        return bool(self.slack_bot_token and (self.slack_signing_secret or self.slack_app_token))

    @property
    def url(self) -> str:
        """Give the address people use: the public one, or this machine's."""
        host = "localhost" if self.host in ("0.0.0.0", "::", "127.0.0.1") else self.host  # noqa: S104
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def files_folder(self) -> Path:
        """Give the folder of what visitors and reps send each other; nothing serves it by itself."""
        return self.data_dir / "attachments"

    @property
    def database(self) -> Path | str:
        """Give the SQLite file, or the address of a PostgreSQL server."""
        address = self.database_url.get_secret_value() if self.database_url else ""
        if address.startswith("postgresql:"):
            return address
        return Path(address.split(":///", 1)[1]) if address else self.data_dir / "hotline.db"

    @property
    def drain(self) -> float:
        """Give the seconds to serve on when told to stop; alone there is nobody to go on."""
        usual = DRAIN_SECONDS if self.is_shared else 0.0
        return usual if self.drain_seconds is None else self.drain_seconds

    @property
    def server(self) -> str | None:
        """Give the address of the PostgreSQL server, where there is one."""
        return self.database if isinstance(self.database, str) else None

    @property
    def is_shared(self) -> bool:
        """Tell whether several processes may serve together, as they share a PostgreSQL server."""
        return isinstance(self.database, str)


def load_settings() -> Settings:
    """Read the environment and `.env`; raises SettingsError with one sentence for each wrong setting."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(map(_sentence, error.errors()))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f".env cannot be read ({error}); expected a UTF-8 text file."
        ) from error


def settings_warnings(settings: Settings) -> list[str]:
    """Give one sentence for each setting that is allowed and probably not meant."""
    return [
        *_unknown_names(_written_names()),
        *_half_a_slack(settings),
        *_weak_key(settings),
        *_open_to_all(settings),
        *_several_libraries(settings),
    ]


def setting_names() -> list[str]:
    """Give the environment variables that are read."""
    return [_variable(name) for name in Settings.model_fields]


def _variable(field: str) -> str:
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{field.upper()}"


def _sentence(error: ErrorDetails) -> str:
    if not error["loc"]:
        return error["msg"].removeprefix("Value error, ")
    place = str(error["loc"][0])
    field = next(
        (name for name in Settings.model_fields if place in (name, _variable(name))), place
    )
    return f"{_variable(field)}: found {_found(field, error['input'])}; expected {_expected(field, error)}."


def _found(field: str, value: object) -> str:
    if isinstance(value, SecretStr) or "SecretStr" in str(Settings.model_fields[field].annotation):
        return "a value that does not fit (not shown, as it is secret)"
    return redact(repr(str(value)))


def _expected(field: str, error: ErrorDetails) -> str:
    return Settings.model_fields[field].description or error["msg"].removeprefix("Value error, ")


def _written_names() -> set[str]:
    sources = EnvSettingsSource(Settings), DotEnvSettingsSource(Settings)
    return {name.upper() for source in sources for name in source.env_vars}


def _unknown_names(written: Iterable[str]) -> list[str]:
    known = setting_names()
    unknown = sorted(name for name in written if name.startswith(PREFIX) and name not in known)
    return [f"{name} is not a setting of Hotline.{_nearest(name, known)}" for name in unknown]


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    return f" Did you mean {near[0]}?" if near else " .env.example lists them all."


def _half_a_slack(settings: Settings) -> list[str]:
    if settings.slack_bot_token and not settings.has_slack:
        return [
            "SLACK_BOT_TOKEN is set alone, so Slack stays off; add SLACK_SIGNING_SECRET or SLACK_APP_TOKEN."
        ]
    if settings.slack_bot_token is None and (
        settings.slack_signing_secret or settings.slack_app_token
    ):
        return [
            "SLACK_BOT_TOKEN is unset, so Slack stays off although other Slack settings are there."
        ]
    return []


def _open_to_all(settings: Settings) -> list[str]:
    if "*" not in settings.allowed_origins:
        return []
    return [
        "HOTLINE_ALLOWED_ORIGINS is *, so any web site can show the widget; name your own sites."
    ]


def _several_libraries(settings: Settings) -> list[str]:
    if settings.chroma_url or not settings.is_shared:
        return []
    return [
        "HOTLINE_CHROMA_URL is unset, so each process has a library of its own in its data folder; set it where "
        "several serve together on PostgreSQL."
    ]


def _weak_key(settings: Settings) -> list[str]:
    if settings.api_key is None:
        return []
    if settings.api_key == settings.write_key:
        return [
            "HOTLINE_WRITE_KEY is the same as HOTLINE_API_KEY, and web pages show it to everybody; choose another."
        ]
    if len(settings.api_key.get_secret_value()) < 20:
        return ["HOTLINE_API_KEY is short; 20 characters or more are hard to guess."]
    return []
