import io
import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from integrations.logs import bind_ids, configure_logs
from integrations.redaction import redact, redact_value


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def logged(log_format: Literal["json", "console"] = "json", level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    configure_logs(level, log_format, stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_its_event_keys_and_ids() -> None:
    stream = logged()
    with bind_ids(conversation_id="c-1", turn_id="t-1"):
        structlog.get_logger("hotline").info("handoff.posted", points=71)
    structlog.get_logger("hotline").info("after")
    first, after = lines(stream)
    assert first.pop("timestamp")
    assert first == {
        "event": "handoff.posted", "level": "info", "logger": "hotline", "points": 71,
        "conversation_id": "c-1", "turn_id": "t-1",
    }  # fmt: skip
    assert "turn_id" not in after


def test_libraries_are_routed_through_the_same_redaction() -> None:
    stream = logged()
    logging.getLogger("uvicorn.error").info(
        "mail from %s", "mia@tourvane.example", extra={"color_message": "%s"}
    )
    assert [line["event"] for line in lines(stream)] == ["mail from [email]"]
    assert "color_message" not in stream.getvalue()


def test_a_request_is_logged_without_the_callers_address_and_the_query() -> None:
    stream = logged()
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d',
        "203.0.113.9:51000",
        "GET",
        "/v1/leads/email%3Amia%40a.example?q=hello",
        "1.1",
        200,
    )
    (line,) = lines(stream)
    assert (line["event"], line["method"], line["status"]) == ("request.served", "GET", 200)
    assert "203.0.113.9" not in stream.getvalue()
    assert "mia" not in stream.getvalue()
    assert "hello" not in stream.getvalue()


def test_talkative_libraries_are_heard_from_warnings_on_even_when_debugging() -> None:
    stream = logged(level="debug")
    logging.getLogger("openai._base_client").debug("Request options: what a visitor said")
    logging.getLogger("sqlalchemy.engine").info("parameters")
    logging.getLogger("openai").warning("slow")
    assert [line["event"] for line in lines(stream)] == ["slow"]


@pytest.mark.parametrize(
    "key", ["text", "quote", "name", "email", "Authorization", "visitor_email", "X-Api-Key"]
)
def test_words_and_names_are_cut_to_a_marker(key: str) -> None:
    stream = logged()
    structlog.get_logger().info("message.arrived", **{key: "We need twenty seats"})
    assert lines(stream)[0][key] == "[20 characters]"


def test_nested_values_are_redacted_too() -> None:
    stream = logged()
    structlog.get_logger().info(
        "x", found={"quote": "secret words", "rows": [{"note": "ask mia@a.example"}], "n": 3}
    )
    assert lines(stream)[0]["found"] == {
        "quote": "[12 characters]",
        "rows": [{"note": "ask [email]"}],
        "n": 3,
    }


class Form(BaseModel):
    seats: int


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_an_exception_is_told_without_the_words_it_repeats(
    log_format: Literal["json", "console"],
) -> None:
    stream = logged(log_format)
    private_local = "my private words"
    try:
        Form.model_validate({"seats": private_local})
    except ValidationError:
        structlog.get_logger().exception("form.refused")
        logging.getLogger("some.library").exception("failed")
    told = stream.getvalue()
    assert told.count("Traceback") == 2
    assert "ValidationError" in told
    assert "my private words" not in told


def test_console_lines_are_for_people() -> None:
    stream = logged("console")
    structlog.get_logger().warning("handoff.late", handoff_id="h-1")
    assert "handoff.late" in stream.getvalue()
    assert "handoff_id=h-1" in stream.getvalue()


def test_json_is_the_default_away_from_a_terminal() -> None:
    stream = io.StringIO()
    configure_logs("info", None, stream)
    structlog.get_logger().info("hello")
    assert lines(stream)[0]["event"] == "hello"


@given(st.text(max_size=40), st.emails(), st.text(max_size=40))
def test_no_email_address_survives(before: str, email: str, after: str) -> None:
    told = redact(f"{before} {email} {after}")
    assert email not in told
    assert email.rpartition("@")[0] + "@" not in told


SECRET_LETTERS = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=20, max_size=60
)
KEYS = st.sampled_from(
    [
        "sk-",
        "sk-proj-",
        "xoxb-",
        "xoxp-",
        "xapp-1-",
        "Bearer ",
        "bearer ",
        "hotline_",
        "eyJhbGci.eyJ",
        "?token=",
    ]
)


@given(
    st.text(max_size=40),
    KEYS,
    SECRET_LETTERS.filter(lambda text: text[0].isalnum()),
    st.text(max_size=40),
)
def test_no_token_survives(before: str, prefix: str, secret: str, after: str) -> None:
    if prefix.startswith("xox") or prefix.startswith("xapp"):
        secret = secret.replace("_", "-")
    assume(secret not in before + after)
    assert secret not in redact(f"{before} {prefix}{secret} {after}")


@given(st.text(max_size=40), st.sampled_from(["+49 30 1234567", "+1 (415) 555-0132", "030/1234567", "0049 170 1234567", "+4915112345678", "020 7946 0958"]))  # fmt: skip
def test_no_phone_number_survives(before: str, phone: str) -> None:
    assert phone not in redact(f"{before} {phone}")


@given(
    st.recursive(
        st.text() | st.emails(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_whatever_is_logged_can_be_written_as_json(value: object) -> None:
    assert json.dumps(redact_value("value", value)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-18 10:30 GMT",
        "conversation 0193a5b2-7c41-7e55-9f0e-1c2d3e4f5a6b",
        "listening on http://127.0.0.1:8000",
        "took 1234.5 ms for 71 points",
        "version 1.45.2 of 2026.11",
    ],
)
def test_dates_ids_and_addresses_stay_readable(text: str) -> None:
    assert redact(text) == text


def test_long_texts_are_redacted_in_no_time() -> None:
    assert redact("a" * 200_000 + "@" + "b" * 10) != ""
