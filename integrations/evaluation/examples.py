"""Labelled messages: the shape that training reads, `hotline eval` reads, and `hotline classify` writes.

One JSON object a line. `signals` may be what `hotline classify` writes (`[{"kind", "quote"}]`), a list of
names, or an object of names and quotes; `temperature` may be left out when `handoff` is given. `lang` and
`temp` are read as `language` and `temperature`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from agent.errors import HotlineError
from agent.signals import MessageKind, Readiness, SignalKind

SHAPE = (
    '{"id": "1", "text": "...", "kind": "sales", "signals": [{"kind": "pricing", "quote": "..."}], '
    '"temperature": "warm", "competitors": []}'
)


Label = TypeVar("Label", MessageKind, SignalKind, Readiness)


class UnusableExampleError(HotlineError):
    """A line is no labelled message; the text gives file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Example:
    """One message and what it should be read as."""

    id: str
    text: str
    kind: MessageKind
    readiness: Readiness
    source: str = "chat"
    language: str = ""
    """Two letters; empty when the line does not say."""
    signals: Mapping[SignalKind, tuple[str, ...]] = field(default_factory=dict)
    competitors: tuple[str, ...] = ()
    before: tuple[tuple[str, str], ...] = ()
    """The turns before it, oldest first: (author, text), the author being visitor, agent or rep."""

    @property
    def batch(self) -> str:
        """The author's batch, which is what a split goes by: `h1-b03` of `h1-b03-017`."""
        return self.id.rpartition("-")[0] or self.id

    @property
    def wants_rep(self) -> bool:
        """Tell whether a rep should be alerted."""
        return self.readiness is Readiness.HOT


def read_examples(path: Path) -> list[Example]:
    """Read a file, or all `*.jsonl` files of a folder. Raises UnusableExampleError at the first bad line."""
    paths = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    places: dict[str, str] = {}
    examples = []
    for place, example in (line for each in paths for line in _of_file(each)):
        first = places.setdefault(example.id, place)
        if first != place:
            raise UnusableExampleError(
                f'{place}: The id "{example.id}" is that of {first} too; ids must be unique.'
            )
        examples.append(example)
    return examples


def _of_file(path: Path) -> Iterator[tuple[str, Example]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableExampleError(f"{path}: cannot be read as UTF-8 text ({error}).") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield f"{path}:{number}", parse_example(line)
            except json.JSONDecodeError as error:
                wrong = f"This is no JSON ({error.msg} at column {error.colno})."
                raise _unusable(path, number, wrong) from error
            except (ValueError, RecursionError) as error:
                raise _unusable(path, number, str(error)) from error


def _unusable(path: Path, number: int, wrong: str) -> UnusableExampleError:
    return UnusableExampleError(f"{path}:{number}: {wrong} Expected {SHAPE}, one a line.")


def parse_example(line: str) -> Example:
    """Read one line. Raises ValueError saying what is wrong."""
    fields = json.loads(line)
    if not isinstance(fields, dict):
        raise ValueError("This is no object.")  # noqa: TRY004  # one family of errors for one line
    text = _text(fields, "text")
    kind = _one_of(MessageKind, _present(fields, "kind"), "kind")
    signals = _signals(fields.get("signals", []))
    for quote in (quote for quotes in signals.values() for quote in quotes):
        if quote not in text:
            raise ValueError(f'The quote "{quote}" is not in the text.')
    return Example(
        id=str(_present(fields, "id")),
        text=text,
        kind=kind,
        readiness=_readiness(fields),
        source=str(fields.get("source", "chat")),
        language=str(fields.get("language") or fields.get("lang") or ""),
        signals=signals,
        competitors=_names(fields.get("competitors") or []),
        before=_turns(fields.get("before") or []),
    )


def write_example(example: Example) -> str:
    """Write one line, without the line break, in the shape `hotline classify` writes."""
    fields: dict[str, object] = {
        "id": example.id,
        "source": example.source,
        **({"language": example.language} if example.language else {}),
        "kind": example.kind.value,
        "signals": [
            {"kind": kind.value, "quote": quote}
            for kind, quotes in example.signals.items()
            for quote in quotes or ("",)
        ],
        "temperature": example.readiness.value,
        "handoff": example.wants_rep,
        "competitors": list(example.competitors),
    }
    if example.before:
        fields["before"] = [list(turn) for turn in example.before]
    return json.dumps({**fields, "text": example.text}, ensure_ascii=False)


def _signals(given: object) -> dict[SignalKind, tuple[str, ...]]:
    pairs: list[tuple[object, object]] = []
    if isinstance(given, dict):
        pairs = list(given.items())
    elif isinstance(given, list):
        pairs = [
            (one.get("kind"), one.get("quote", "")) if isinstance(one, dict) else (one, "")
            for one in given
        ]
    else:
        raise ValueError('"signals" must be a list or an object.')  # noqa: TRY004  # as above
    found: dict[SignalKind, tuple[str, ...]] = {}
    for name, quotes in pairs:
        kind = _one_of(SignalKind, name, "signal")
        every = quotes if isinstance(quotes, list) else [quotes]
        found[kind] = (*found.get(kind, ()), *(str(quote) for quote in every if quote))
    return found


def _readiness(fields: Mapping[str, object]) -> Readiness:
    given, handoff = fields.get("temperature", fields.get("temp")), fields.get("handoff")
    if given is None and isinstance(handoff, bool):
        return Readiness.HOT if handoff else Readiness.COLD
    if given is None:
        raise ValueError('It has no "temperature".')
    found = _one_of(Readiness, given, "temperature")
    if isinstance(handoff, bool) and handoff != (found is Readiness.HOT):
        raise ValueError(
            f'"handoff" is {str(handoff).lower()}, but the temperature is "{found.value}"; '
            "a rep is due exactly when it is hot."
        )
    return found


def _names(given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise ValueError('"competitors" must be a list of names.')
    return tuple(given)


def _turns(given: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, list) or not all(
        isinstance(turn, list) and len(turn) == 2 and all(isinstance(part, str) for part in turn)
        for turn in given
    ):
        raise ValueError('"before" must be a list of [author, text].')
    return tuple((author, said) for author, said in given)


def _one_of(labels: type[Label], value: object, name: str) -> Label:
    try:
        return labels(str(value))
    except ValueError:
        known = ", ".join(label.value for label in labels)
        raise ValueError(f'"{value}" is no {name}; expected one of {known}.') from None


def _text(fields: Mapping[str, object], name: str) -> str:
    value = _present(fields, name)
    if not isinstance(value, str):
        raise ValueError(f'"{name}" must be text.')  # noqa: TRY004  # as above
    return value


def _present(fields: Mapping[str, object], name: str) -> object:
    if fields.get(name) is None:
        raise ValueError(f'It has no "{name}".')
    return fields[name]
