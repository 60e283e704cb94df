"""Messages on which two readings differ, made into labelled ones by a person's choice."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from agent.conversation import Author
from agent.errors import HotlineError
from agent.second_reading import Disagreement
from agent.signals import MessageKind, Readiness, Reading, SignalKind, TextReading
from integrations.evaluation.examples import Example, write_example
from integrations.redaction import redact

SPEAKERS = (Author.VISITOR, Author.AGENT, Author.REP)


class UnwritableExamplesError(HotlineError):
    """Examples cannot be written where they should go; the text names the place."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a message is labelled with; a quote may be empty, and then only the label is kept."""

    kind: MessageKind
    readiness: Readiness
    signals: Mapping[SignalKind, str] = field(default_factory=dict)
    competitors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One disagreement as it is shown and written: with or without personal data."""

    turn_id: str
    text: str
    before: tuple[tuple[str, str], ...]
    language: str
    local: Labels
    model: Labels
    merged: Labels


def case_of(found: Disagreement, *, redacted: bool = True) -> Case:
    """Make a case; redacted, it has no mail addresses, phone numbers, keys or tokens."""

    def shown(text: str) -> str:
        return redact(text) if redacted else text

    text = shown("\n".join(message.text for message in found.unanswered))
    readings = (found.reading.local, found.reading.model, found.reading.merged)
    local, model, merged = (_labels(reading, text, redacted=redacted) for reading in readings)
    return Case(
        turn_id=found.reading.turn_id,
        text=text,
        before=tuple((m.author.value, shown(m.text)) for m in found.before if m.author in SPEAKERS),
        language=found.reading.local.language,
        local=local,
        model=model,
        merged=merged,
    )


def example_of(case: Case, labels: Labels, example_id: str) -> Example:
    """Make the labelled message."""
    return Example(
        id=example_id,
        text=case.text,
        kind=labels.kind,
        readiness=labels.readiness,
        language=case.language,
        signals={kind: (quote,) for kind, quote in labels.signals.items()},
        competitors=labels.competitors,
        before=case.before,
    )


def case_line(case: Case) -> str:
    """Write a case as one line of JSON."""
    readings = {"local": case.local, "model": case.model, "merged": case.merged}
    fields: dict[str, object] = {
        "turn": case.turn_id,
        "text": case.text,
        "before": case.before,
        "language": case.language,
        **{name: _as_json(labels) for name, labels in readings.items()},
    }
    return json.dumps(fields, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """A file that labelled messages are added to, line by line, numbered within a day's batch."""

    path: Path
    today: date

    def check(self) -> None:
        """Raise UnwritableExamplesError if nothing can be written there."""
        if self.path.is_dir():
            raise UnwritableExamplesError(f"{self.path} is a folder; name a file in it.")
        if not self.path.parent.is_dir():
            raise UnwritableExamplesError(
                f"{self.path}: the folder {self.path.parent} does not exist; make it first."
            )
        self._read()

    def next_id(self) -> str:
        """Give the next free id of today's batch."""
        batch = f"review-{self.today:%Y%m%d}"
        taken = re.findall(rf'"id": "{batch}-(\d+)"', self._read())
        return f"{batch}-{max(map(int, taken), default=0) + 1:03}"

    def add(self, example: Example) -> None:
        """Add one line; raises UnwritableExamplesError."""
        written = self._read()
        end_of_last = "\n" if written and not written.endswith("\n") else ""
        try:
            # Visitors' words: for the eyes of whoever reviews.
            self.path.touch(mode=0o600)
            with self.path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(f"{end_of_last}{write_example(example)}\n")
        except OSError as error:
            raise self._unusable(error) from error

    def _read(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> UnwritableExamplesError:
        because = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return UnwritableExamplesError(f"{self.path} cannot be added to: {because}.")


def _labels(reading: Reading | TextReading, text: str, *, redacted: bool) -> Labels:
    quotes: dict[SignalKind, str] = {}
    for signal in reading.signals:
        quote = redact(signal.quote) if redacted else signal.quote
        quotes.setdefault(signal.kind, quote if quote in text else "")
    names = (redact(name) if redacted else name for name in reading.competitors)
    return Labels(reading.kind, reading.readiness, quotes, tuple(names))


def _as_json(labels: Labels) -> dict[str, object]:
    return {
        "kind": labels.kind.value,
        "temperature": labels.readiness.value,
        "signals": [{"kind": k.value, "quote": quote} for k, quote in labels.signals.items()],
        "competitors": list(labels.competitors),
    }
