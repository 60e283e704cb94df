"""Reads a file of labelled messages with the detector in service, and writes what came of it."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from agent.errors import HotlineError
from agent.signals import SignalDetector, TextReading
from integrations.evaluation.examples import Example, UnusableExampleError, read_examples
from integrations.evaluation.metrics import Report, as_json, evaluate
from integrations.evaluation.page import write_page

Advance = Callable[[int, int], None]


class UnwritableReportError(HotlineError):
    """A report cannot be written where it should go; the text names the place."""


@runtime_checkable
class ReadsInConversation(Protocol):
    """A detector that can read a text as the answer to what was said before it."""

    def read_example(self, text: str, before: Sequence[tuple[str, str]]) -> TextReading:
        """Read a text after turns given as (author, text)."""
        ...


def evaluate_file(path: Path, load: Callable[[], SignalDetector], advance: Advance) -> Report:
    """Read every message of a file (or of a folder's `*.jsonl`) and compare. Raises UnusableExampleError."""
    examples = read_examples(path)
    if not examples:
        raise UnusableExampleError(f"{path}: There are no messages in it; expected one a line.")
    return evaluate(examples, list(_readings(examples, load(), advance)))


def check_writable(path: Path) -> None:
    """Raise UnwritableReportError if no file can be written there."""
    if path.is_dir():
        raise UnwritableReportError(f"{path} is a folder; name a file in it.")
    if not path.parent.is_dir():
        raise UnwritableReportError(
            f"{path}: the folder {path.parent} does not exist; make it first."
        )


def save_page(report: Report, name: str, path: Path) -> None:
    """Write the report as one HTML page. Raises UnwritableReportError."""
    save_text(write_page(report, name), path)


def save_json(report: Report, path: Path) -> None:
    """Write the report as JSON. Raises UnwritableReportError."""
    save_text(json.dumps(as_json(report), indent=2) + "\n", path)


def _readings(
    examples: Sequence[Example], detector: SignalDetector, advance: Advance
) -> Iterator[TextReading]:
    for done, example in enumerate(examples, start=1):
        yield _read(example, detector)
        advance(done, len(examples))


def _read(example: Example, detector: SignalDetector) -> TextReading:
    if example.before and isinstance(detector, ReadsInConversation):
        return detector.read_example(example.text, example.before)
    return detector.read_text(example.text)


def save_text(text: str, path: Path) -> None:
    """Write a text as UTF-8. Raises UnwritableReportError."""
    try:
        path.write_bytes(text.encode("utf-8", errors="replace"))
    except OSError as error:
        raise UnwritableReportError(f"{path} cannot be written: {error.strerror}.") from error
