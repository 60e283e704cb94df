"""How values are kept in columns, the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import DateTime, Dialect, Double, Enum, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Value = TypeVar("Value", bound=DataclassInstance)

Reader = Callable[[Any], Any]


def value_of(kind: "type[Value]", row: object, **others: object) -> "Value":
    """Read a value from what carries its fields under the same names; `others` are not in it."""
    names = (field.name for field in fields(kind) if field.name not in others)
    return kind(**{name: getattr(row, name) for name in names}, **others)


def columns_of(value: "DataclassInstance") -> dict[str, Any]:
    """Give the fields of a value, to be written to the columns of the same names."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def storable(text: str) -> str:
    """Give a text as every database takes it: without NUL, and with a sign in the place of half characters."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "")


class Instant(TypeDecorator[datetime]):
    """An instant, kept in UTC and aware when it comes back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive times: nobody knows when they were."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite gives naive times back, PostgreSQL aware ones."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader | None:
        """Read SQLite's text in one step: one recall reads hundreds of instants."""
        return (
            _instant_of if dialect.name == "sqlite" else super().result_processor(dialect, coltype)
        )


class Span(TypeDecorator[timedelta]):
    """A span of time, kept in seconds."""

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> float | None:  # noqa: ARG002
        """Keep seconds."""
        return None if value is None else value.total_seconds()

    def process_result_value(self, value: float | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002
        """Read seconds."""
        return None if value is None else timedelta(seconds=value)


class Json(TypeDecorator[Any]):
    """A whole value as JSON, checked against its type when it is read."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write JSON."""
        return None if value is None else _adapter(self.kind).dump_json(value).decode()

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader:  # noqa: ARG002
        """Read JSON; wrong data raises rather than spreads."""
        validate = _adapter(self.kind).validator.validate_json
        return lambda text: None if text is None else validate(text)


def choice(kind: type[StrEnum]) -> TypeEngine[Any]:
    """Keep a fixed choice as its lower-case word."""
    return Enum(
        kind, native_enum=False, length=40, values_callable=lambda k: [item.value for item in k]
    )


def _instant_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
