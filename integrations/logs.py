"""What happened, as one line each on standard error: JSON for machines, coloured text on a terminal.

All loggers end here, also those of libraries, and every line passes the redaction. Ids that are bound with
`bind_ids` travel with the task and stand in each of its lines.
"""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from integrations.redaction import redact, redact_secrets, redact_value

LogFormat = Literal["json", "console"]

# These repeat whole requests or SQL parameters below a warning, which means visitors' words.
TALKATIVE = (
    *(
        "httpx",
        "httpx2",
        "httpcore",
        "openai",
        "langchain",
        "langchain_core",
        "chromadb",
        "posthog",
    ),
    *(
        "procrastinate",
        "psycopg",
        "sqlalchemy",
        "aiosqlite",
        "alembic",
        "slack_bolt",
        "slack_sdk",
        "aiohttp",
        "urllib3",
        "asyncio",
    ),
    "opentelemetry",
)
ROUTED = ("uvicorn", "uvicorn.error", "uvicorn.access", "fastapi")
OWN_FIELDS = frozenset({"level", "logger", "timestamp"})


def configure_logs(
    level: str, log_format: LogFormat | None = None, stream: TextIO | None = None
) -> None:
    """Send every log line to the stream (standard error); the format follows the terminal when not given."""
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        _formatter(log_format or ("console" if target.isatty() else "json"), target)
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    _route_libraries(level.upper())
    structlog.configure(
        processors=[
            *_shared(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


@contextmanager
def bind_ids(**ids: str) -> Iterator[None]:
    """Put `request_id`, `conversation_id` or `turn_id` into each line of this block."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield


def redact_line(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Take personal data and secrets out of one log line."""
    return {key: _redacted(key, value) for key, value in line.items()}


def name_request(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Tell uvicorn's access line by its parts, without the address of the caller and the query."""
    match line.pop("positional_args", None):
        case (_, str(method), str(path), _, int(status)) if line.get("logger") == "uvicorn.access":
            served = {"method": method, "path": path.partition("?")[0], "status": status}
            line.update(served, event="request.served")
        case _:
            pass
    return line


def _redacted(key: str, value: object) -> object:
    if key in OWN_FIELDS:
        return value
    if key in ("event", "exception", "stack"):
        return redact(str(value))
    return redact_value(redact_secrets(key), value)


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.StackInfoRenderer(),
    ]


def _formatter(log_format: LogFormat, target: TextIO) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), structlog.stdlib.ExtraAdder()],
        pass_foreign_args=True,
        processors=[
            name_request,
            _drop_meta,
            structlog.processors.format_exc_info,
            structlog.processors.UnicodeDecoder(),
            redact_line,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _renderer(log_format, target),
        ],
    )


def _drop_meta(
    _logger: WrappedLogger, _method: str, line: MutableMapping[str, object]
) -> EventDict:
    # `color_message` is uvicorn's second copy of the event, with terminal codes and unredacted arguments.
    return {key: value for key, value in line.items() if key[:1] != "_" and key != "color_message"}


def _renderer(log_format: LogFormat, target: TextIO) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=target.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _route_libraries(level: str) -> None:
    for name in ROUTED:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate, logger.disabled = [], True, False
        logger.setLevel(logging.NOTSET)
    floor = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(floor)
