"""How values travel through columns, and what ids look like."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Dialect, TypeDecorator
from sqlalchemy.dialects import registry

from agent.scoring import Score
from agent.turn import Turn
from knowledge.columns import Instant, Json, Span
from knowledge.ids import new_id
from tests.builders import a_handoff, a_score, a_turn
from tests.fakes.clock import MONDAY_TEN

SQLITE: Dialect = registry.load("sqlite")()
POSTGRESQL: Dialect = registry.load("postgresql")()


def test_instants_come_back_aware_whatever_the_database_gives() -> None:
    column = Instant()

    assert column.process_result_value(MONDAY_TEN.replace(tzinfo=None), POSTGRESQL) == MONDAY_TEN
    elsewhere = MONDAY_TEN.astimezone(timezone(timedelta(hours=5)))
    assert column.process_result_value(elsewhere, POSTGRESQL) == MONDAY_TEN
    assert column.process_bind_param(elsewhere, SQLITE) == MONDAY_TEN


@pytest.mark.parametrize("microsecond", [0, 7, 999_999])
def test_instants_are_read_from_the_text_that_sqlite_keeps(microsecond: int) -> None:
    instant = MONDAY_TEN.replace(microsecond=microsecond)
    bind = Instant().dialect_impl(SQLITE).bind_processor(SQLITE)
    assert bind is not None

    kept = bind(instant.astimezone(timezone(timedelta(hours=5))))

    read = _read(Instant(), kept)
    assert (read, read.tzinfo) == (instant, UTC)
    assert _read(Instant(), None) is None


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Instant().process_bind_param(datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None), SQLITE)


def test_spans_keep_microseconds() -> None:
    span = timedelta(days=-2, microseconds=7)

    seconds = Span().process_bind_param(span, SQLITE)

    assert Span().process_result_value(seconds, SQLITE) == span


def test_a_turn_comes_back_equal() -> None:
    turn = a_turn(handoff=a_handoff())

    json = Json(Turn).process_bind_param(turn, SQLITE)

    assert _read(Json(Turn), json) == turn


def test_json_that_is_no_score_is_refused() -> None:
    json = Json(Score).process_bind_param(a_score(), SQLITE)
    assert json is not None

    with pytest.raises(ValidationError):
        _read(Json(Score), json.replace('"hot"', '"lukewarm"'))


def test_ids_are_unique_sortable_and_fit_into_urls() -> None:
    ids = [new_id("m") for _ in range(2_000)]

    assert len(set(ids)) == 2_000
    assert [made[:13] for made in ids] == sorted(made[:13] for made in ids)
    assert all(re.fullmatch(r"m-[0-9a-z]{23}", made) for made in ids)


def _read(column: TypeDecorator[Any], kept: str | None) -> Any:
    read = column.dialect_impl(SQLITE).result_processor(SQLITE, None)
    assert read is not None
    return read(kept)
