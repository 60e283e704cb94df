"""YAML with the line of each value, so that whoever wrote a file is told where to look."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

# What PyYAML says, and what its reader should hear.
PLAIN_WORDS = (
    ("found character '\\t'", "a tab; indent with spaces."),
    (
        "mapping values are not allowed here",
        "a second colon; put text that contains ': ' in quotes.",
    ),
    ("could not find expected ':'", "a key without its colon; write it as `key: value`."),
    ("expected <block end>", "indented differently from the lines around it."),
    (
        "found undefined alias",
        "an alias (*name) without its anchor (&name); quote texts that begin with *.",
    ),
    ("found unknown escape", "an unknown escape; double the backslash, or use single quotes."),
    ("could not determine a constructor", "a tag (!...), which is not allowed here."),
    ("but found another document", "a second document; only one is read, delete the line `---`."),
    ("unexpected end of stream", "a quote or bracket that is opened and never closed."),
)


class YamlProblem(Exception):  # noqa: N818
    """The text is no YAML that can be used: the line and what is wrong there."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"{line}: {sentence}")
        self.line = line
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Document:
    """What a text says, and where it says it."""

    content: object
    root: Node | None

    def line_of(self, path: Sequence[str | int], about: str = "") -> int:
        """Give the line of a key or list entry, or of its nearest ancestor when it is not there.

        `about` is a sentence on it: the first key and the last quoted word it names lead further down.
        """
        node, line = self.root, 1
        for part in path:
            found = _step(node, part)
            if found is None:
                return line
            line, node = found
        return _line_about(node, line, about)

    def repeated_keys(self) -> Iterator[tuple[int, str, int]]:
        """Give each key that stands twice in its section: its line, the key, the line of the first."""
        if self.root is not None:
            yield from _repeated(self.root, set())


def read_yaml(text: str) -> Document:
    """Read one document of plain values; raises YamlProblem."""
    try:
        root = yaml.compose(text, Loader=_Loader)
        return Document(yaml.load(text, Loader=_Loader), root)  # noqa: S506  a SafeLoader, see below
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlProblem(mark.line + 1 if mark else 1, _sentence(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        raise YamlProblem(
            line, "a control character that no text should have; delete it."
        ) from error
    except RecursionError as error:
        raise YamlProblem(1, "nested far too deeply.") from error


class _Loader(yaml.SafeLoader):
    """A SafeLoader that knows the line of a value it cannot read, such as the date 2026-02-31."""

    def construct_object(self, node: Node, deep: bool = False) -> object:  # noqa: FBT001, FBT002
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            sentence = f"{node.value!r} cannot be read ({error})"
            raise ConstructorError(problem=sentence, problem_mark=node.start_mark) from error


def _sentence(error: yaml.MarkedYAMLError) -> str:
    told = f"{error.problem or ''} {error.context or ''}"
    for found, sentence in PLAIN_WORDS:
        if found in told:
            return sentence
    return f"{(error.problem or error.context or 'this is no YAML').strip()}."


def _step(node: Node | None, part: str | int) -> tuple[int, Node] | None:
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return _line(node.value[part]), node.value[part]
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if str(key.value).casefold() == str(part).casefold():
                return _line(key), value
    return None


def _line_about(node: Node | None, line: int, about: str) -> int:
    named = (found for word in re.findall(r"\w+", about) if (found := _step(node, word)))
    line, node = next(named, (line, node))
    quoted = [_line(scalar) for scalar in _scalars(node, set()) if repr(scalar.value) in about]
    return max(quoted, default=line)


def _scalars(node: Node | None, walked: set[int]) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif node is not None and id(node) not in walked:
        walked.add(id(node))
        if isinstance(node, MappingNode):
            yield from (key for key, _ in node.value if isinstance(key, ScalarNode))
        for child in _children(node):
            yield from _scalars(child, walked)


def _repeated(node: Node, walked: set[int]) -> Iterator[tuple[int, str, int]]:
    if id(node) in walked or isinstance(node, ScalarNode):
        return
    walked.add(id(node))
    if isinstance(node, MappingNode):
        yield from _repeated_here(node)
    for child in _children(node):
        yield from _repeated(child, walked)


def _repeated_here(node: MappingNode) -> Iterator[tuple[int, str, int]]:
    first: dict[tuple[str, str], int] = {}
    for key, _ in node.value:
        name = (key.tag, str(key.value))
        if name in first:
            yield _line(key), str(key.value), first[name]
        first.setdefault(name, _line(key))


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [value for _, value in node.value]
    return list(node.value)


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
