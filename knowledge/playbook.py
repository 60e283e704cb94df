"""Loads the playbook and tells whoever wrote it, line by line, what is wrong in it."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agent.errors import PlaybookError
from agent.playbook import Playbook
from agent.signals import SignalKind
from knowledge.yaml_lines import Document, Place, YamlProblem, read_yaml

EXPECTED = {
    "missing": "this key",
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a date such as 2026-12-24",
    "date_from_datetime_parsing": "a date such as 2026-12-24",
    "tuple_type": "a list, [one, two] or one `- entry` a line",
    "frozen_set_type": "a list, [one, two] or one `- entry` a line",
    "mapping_type": "a section of `key: value` lines",
    "model_type": "a section of `key: value` lines",
    "string_pattern_mismatch": "small letters, digits, dots, dashes and underscores only",
    "unquoted": 'a text; YAML reads yes, no, on and off as true or false unless they are quoted, as "NO"',
    "too_short": "at least one entry",
    "string_too_short": "a text that is not empty",
}
LONGEST = {"string_too_long": "characters", "too_long": "entries"}
LONGEST_FOUND = 60
PACK = "pack"
PACKS = Path(__file__).parent / "packs"


def demo_playbook_path() -> Path:
    """Give the playbook of the demo company."""
    return Path(__file__).parent / "demo" / "playbook.yaml"


def load_playbook(path: Path) -> Playbook:
    """Load and check a playbook over its pack; raises PlaybookError that names every problem, one a line."""
    return _load(path)[1]


def whole_playbook(path: Path) -> str:
    """Give a playbook and the pack below it as one text of YAML; raises PlaybookError if it cannot be loaded."""
    document, _ = _load(path)
    if not isinstance(document.content, dict):
        return ""
    content = {key: value for key, value in document.content.items() if key != PACK}
    return yaml.dump(content, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=120)


@dataclass(frozen=True, slots=True)
class Pack:
    """A playbook of a trade, to build one's own on: its name, what it is for, and its file."""

    name: str
    purpose: str
    path: Path


def packs() -> tuple[Pack, ...]:
    """Give all packs by name; the first line of each file says what it is for."""
    paths = sorted(PACKS.glob("*.yaml"))
    return tuple(
        Pack(path.stem, _text(path).partition("\n")[0].lstrip("# "), path) for path in paths
    )


class _PlainDumper(yaml.SafeDumper):
    """Writes a value that stands twice twice, without anchors."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _load(path: Path) -> tuple[Document, Playbook]:
    own = _read(path)
    problems = [
        (
            Place(own.file, line),
            f"{key}: stands twice in its section, first in line {first}; keep one.",
        )
        for line, key, first in own.repeated_keys()
    ]
    document = _over_pack(own)
    playbook = _check(document, problems)
    if problems or playbook is None:
        raise PlaybookError("\n".join(_told(problems, own.file)))
    return document, playbook


def _told(problems: Iterable[tuple[Place, str]], own: str) -> Iterator[str]:
    """Tell the problems of the file itself first, then what it no longer fits with in its pack."""
    for place, sentence in sorted(problems, key=lambda problem: (problem[0].file != own, problem)):
        other = "" if place.file == own else f" Say otherwise in {own}."
        yield f"{place.file}:{place.line}: {sentence}{other}"


def _over_pack(document: Document) -> Document:
    """Lay a document over the pack it names, which may itself stand on another."""
    if not isinstance(document.content, dict) or PACK not in document.content:
        return document
    name, known = document.content[PACK], {pack.name: pack for pack in packs()}
    if isinstance(name, str) and name in known:
        return document.over(_over_pack(_read(known[name].path)))
    near = difflib.get_close_matches(str(name).casefold(), known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    place = document.place_of([PACK])
    raise PlaybookError(
        f"{place.file}:{place.line}: {PACK}: found {_found(name)}; expected one of {', '.join(known)}.{hint}"
    )


def _read(path: Path) -> Document:
    try:
        document = read_yaml(_text(path), str(path))
    except YamlProblem as problem:
        raise PlaybookError(f"{path}:{problem.line}: {problem.sentence}") from problem
    if document.content is None:
        raise PlaybookError(f"{path}:1: the playbook is empty; start from a copy of the demo's.")
    if not isinstance(document.content, dict):
        raise PlaybookError(
            f"{path}:1: found {_found(document.content)}; expected sections such as `company:`."
        )
    return document


def _text(path: Path) -> str:
    if path.is_dir():
        raise PlaybookError(
            f"{path} is a folder; expected a file such as {path / 'playbook.yaml'}."
        )
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise PlaybookError(
            f"{path} does not exist; HOTLINE_PLAYBOOK must name a playbook."
        ) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise PlaybookError(
            f"{path}:{line}: not UTF-8; save the file with the encoding UTF-8."
        ) from error
    except OSError as error:
        raise PlaybookError(f"{path} cannot be read ({error.strerror}).") from error


def _check(document: Document, problems: list[tuple[Place, str]]) -> Playbook | None:
    try:
        return Playbook.model_validate(document.content)
    except ValidationError as error:
        problems += [_problem(document, details) for details in error.errors()]
    except RecursionError:
        problems.append((Place(document.file, 1), "an anchor contains itself."))
    return None


def _problem(document: Document, details: ErrorDetails) -> tuple[Place, str]:
    path = [part for part in details["loc"] if part != "[key]"]
    about = details["msg"] if details["type"] == "value_error" else ""
    return document.place_of(path, about), f"{_place(path)}{_sentence(path, details)}"


def _place(path: Sequence[str | int]) -> str:
    place = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"{place.lstrip('.')}: " if path else ""


def _sentence(path: Sequence[str | int], details: ErrorDetails) -> str:
    match details["type"]:
        case "extra_forbidden":
            return f"unknown key.{_nearest(str(path[-1]), _known_keys(path[:-1]))}"
        case "missing":
            return "found nothing; expected this key."
        case "value_error":
            return f"{details['msg'].removeprefix('Value error, ')}."
        case _:
            return f"found {_found(details['input'])}; expected {_expected(details)}"


def _expected(details: ErrorDetails) -> str:
    kind, told = details["type"], details["msg"].removeprefix("Input should be ")
    if kind == "enum":
        return f"one of {told}.{_nearest(str(details['input']), list(SignalKind))}"
    if kind == "string_type" and isinstance(details["input"], bool):
        return f"{EXPECTED['unquoted']}."
    if kind.startswith(("greater_than", "less_than")):
        return f"a number {told}."
    return f"{_longest(details) or EXPECTED.get(kind) or told}."


def _longest(details: ErrorDetails) -> str:
    what = LONGEST.get(details["type"])
    return f"at most {details['ctx']['max_length']} {what}" if what else ""


def _found(value: object) -> str:
    if isinstance(value, Mapping):
        return "a section"
    if value is None:
        return "nothing"
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    return shown if len(shown) <= LONGEST_FOUND else f"{shown[:LONGEST_FOUND]}..."


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
    if near:
        return f" Did you mean {near[0]}?"
    return f" Known here: {', '.join(known)}." if known else ""


def _known_keys(path: Sequence[str | int]) -> list[str]:
    section: object = Playbook
    for part in path:
        section = _inside(section, part)
    models = [
        kind for kind in _kinds(section) if isinstance(kind, type) and issubclass(kind, BaseModel)
    ]
    return list(models[0].model_fields) if models else []


def _inside(kind: object, part: str | int) -> object:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(part))
        return field.annotation if field else None
    kinds = [given for given in get_args(kind) if given is not Ellipsis]
    return kinds[-1] if kinds else None


def _kinds(kind: object) -> Iterator[object]:
    yield kind
    if get_origin(kind) is not None:
        yield from get_args(kind)
