"""Messages in and readings out, as JSON lines: `/v1/classify` for pipes."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from agent.errors import HotlineError
from agent.signals import Readiness, SignalDetector, TextReading

SOURCES = ("chat", "form", "email")
LONGEST_TEXT = 100_000  # as /v1/classify
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


class UnusableLineError(HotlineError):
    """A line is no message; the text says why. `message_id` is set where the line has one."""

    def __init__(self, because: str, message_id: str | int | None = None) -> None:
        super().__init__(because)
        self.message_id = message_id


@dataclass(frozen=True, slots=True)
class Answer:
    """The line to write, what was wrong with the line read (empty: nothing), and how many bytes that had."""

    line: str
    complaint: str = ""
    read: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    id: str | int
    text: str


def classify_lines(lines: Iterable[bytes], load: Callable[[], SignalDetector]) -> Iterator[Answer]:
    """Answer each line in order as soon as it arrives; an unusable one is answered with an error object."""
    detector = load()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _answer(number, line, detector)


def _answer(number: int, line: bytes, detector: SignalDetector) -> Answer:
    try:
        asked = _read(line)
        result = _result(asked.id, detector.read_text(asked.text))
        return Answer(_write(result), read=len(line))
    except UnusableLineError as error:
        known = {} if error.message_id is None else {"id": error.message_id}
        told = {**known, "line": number, "error": str(error)}
        return Answer(_write(told), f"Line {number}: {error}", len(line))


def _read(line: bytes) -> _Asked:
    message = _object(line)
    if not isinstance(message.get("text"), str):
        raise UnusableLineError(
            'has no "text"; expected {"id": "1", "text": "...", "source": "chat"}.'
        )
    if not isinstance(message.get("id"), str | int):
        raise UnusableLineError(
            'has no "id"; expected {"id": "1", "text": "...", "source": "chat"}.'
        )
    if message.get("source", "chat") not in SOURCES:
        raise UnusableLineError(f'has the wrong "source"; expected one of {", ".join(SOURCES)}.')
    asked = _Asked(message["id"], message["text"])  # type: ignore[arg-type]  # both were checked above
    if because := _unreadable(asked.text):
        raise UnusableLineError(because, asked.id)
    return asked


def _unreadable(text: str) -> str:
    """Say why there is nothing to read, or nothing."""
    if not text.strip():
        return 'has an empty "text"; there is nothing to read.'
    if len(text) > LONGEST_TEXT:
        return f'has {len(text):,} characters of "text"; at most {LONGEST_TEXT:,} are read. Send the message without attachments.'
    if LONE_SURROGATE.search(text):
        return 'has half a character (a lone surrogate) in "text"; send valid Unicode.'
    return ""


def _object(line: bytes) -> dict[str, object]:
    try:
        message = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnusableLineError("is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise UnusableLineError("is no JSON; expected one object a line.") from error
    if not isinstance(message, dict):
        raise UnusableLineError(
            'is no object; expected {"id": "1", "text": "...", "source": "chat"}.'
        )
    return message


def _result(message_id: str | int, reading: TextReading) -> dict[str, object]:
    return {
        "id": message_id,
        "kind": reading.kind.value,
        "signals": [
            {"kind": signal.kind.value, "quote": signal.quote, "confidence": signal.confidence}
            for signal in reading.signals
        ],
        "temperature": reading.readiness.value,
        "handoff": reading.readiness is Readiness.HOT,
        "competitors": list(reading.competitors),
        "language": reading.language,
    }


def _write(result: Mapping[str, object]) -> str:
    # Escaped, so that lone surrogates of broken senders can be written too.
    return json.dumps(result)
