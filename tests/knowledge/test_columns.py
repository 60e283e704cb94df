"""How values travel through columns, and what ids look like."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError
from sqlalchemy import Dialect
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

    assert column.process_result_value(MONDAY_TEN.replace(tzinfo=None), SQLITE) == MONDAY_TEN
    elsewhere = MONDAY_TEN.astimezone(timezone(timedelta(hours=5)))
    assert column.process_result_value(elsewhere, POSTGRESQL) == MONDAY_TEN
    assert column.process_bind_param(elsewhere, SQLITE) == MONDAY_TEN


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

    assert Json(Turn).process_result_value(json, SQLITE) == turn


def test_json_that_is_no_score_is_refused() -> None:
    json = Json(Score).process_bind_param(a_score(), SQLITE)
    assert json is not None

    with pytest.raises(ValidationError):
        Json(Score).process_result_value(json.replace('"hot"', '"lukewarm"'), SQLITE)


def test_ids_are_unique_sortable_and_fit_into_urls() -> None:
    ids = [new_id("m") for _ in range(2_000)]

    assert len(set(ids)) == 2_000
    assert [made[:13] for made in ids] == sorted(made[:13] for made in ids)
    assert all(re.fullmatch(r"m-[0-9a-z]{23}", made) for made in ids)
