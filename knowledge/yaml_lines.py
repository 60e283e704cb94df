"""YAML with the file and line of each value, so that whoever wrote it is told where to look.

One document can be laid over another; each value then still tells which of the two files it comes from.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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


class Place(NamedTuple):
    """Where something stands."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a text says, and where it says it."""

    content: object
    root: Node | None
    file: str = ""

    def place_of(self, path: Sequence[str | int], about: str = "") -> Place:
        """Give the place of a key or list entry, or of its nearest ancestor when it is not there.

        `about` is a sentence on it: the first key and the first quoted value it names lead further down, those
        of this document before those of the one it was laid over.
        """
        node, place = self.root, Place(self.file, 1)
        for part in path:
            found = _step(node, part)
            if found is None:
                return place
            place, node = found
        return self._place_about(node, place, about)

    def repeated_keys(self) -> Iterator[tuple[int, str, int]]:
        """Give each key that stands twice in its section: its line, the key, the line of the first."""
        if self.root is not None:
            yield from _repeated(self.root, set())

    def over(self, base: "Document") -> "Document":
        """Lay this document over another, as JSON Merge Patch does (RFC 7396).

        Sections merge key by key, anything else replaces what was there, and `null` takes a key away; a value left
        empty does not, for it was probably forgotten. Keys that the base lacks come first, so that they win where
        the first match counts.
        """
        if self.root is None or base.root is None:
            return self if base.root is None else base
        root = _merged(self.root, base.root)
        return Document(_Loader("").construct_document(root), root, self.file)

    def _place_about(self, node: Node | None, place: Place, about: str) -> Place:
        words = re.findall(r"\w+", about)
        named = [found for word in words if (found := _step(node, word))]
        own = [found for found in named if found[0].file == self.file]
        nearest, below = next(iter([*own, *named]), (place, node))
        quoted = [_place(each) for each in _scalars(below, set()) if repr(each.value) in about]
        deepest = max(self._own(quoted) or quoted, default=nearest)
        if deepest.file == self.file:
            return deepest
        keys = (_place(key) for key in _keys(node, set()) if str(key.value) in words)
        return min(self._own(keys), default=deepest)

    def _own(self, places: Iterable[Place]) -> list[Place]:
        return [place for place in places if place.file == self.file]


def read_yaml(text: str, file: str = "") -> Document:
    """Read one document of plain values; `file` is told with each place. Raises YamlProblem."""
    try:
        root = _loader(text, file).get_single_node()
        return Document(_loader(text, file).get_single_data(), root, file)
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


def _loader(text: str, file: str) -> _Loader:
    loader = _Loader(text)
    loader.name = file
    return loader


def _sentence(error: yaml.MarkedYAMLError) -> str:
    told = f"{error.problem or ''} {error.context or ''}"
    for found, sentence in PLAIN_WORDS:
        if found in told:
            return sentence
    return f"{(error.problem or error.context or 'this is no YAML').strip()}."


def _merged(over: Node, base: Node) -> Node:
    if not (isinstance(over, MappingNode) and isinstance(base, MappingNode)):
        return over
    own, kept = _entries(over), _entries(base)
    new = [entry for name, entry in own.items() if name not in kept]
    old = [
        (own[name][0], _merged(own[name][1], entry[1])) if name in own else entry
        for name, entry in kept.items()
        if name not in own or not _is_null(own[name][1])
    ]
    return MappingNode(over.tag, [*new, *old], over.start_mark, over.end_mark)


def _entries(section: MappingNode) -> dict[tuple[str, str], tuple[Node, Node]]:
    """Give the entries by name, those of anchors that are merged in (`<<: *name`) among them."""
    flat = MappingNode(section.tag, list(section.value))
    _Loader("").flatten_mapping(flat)
    return {_name(key): (key, value) for key, value in flat.value}


def _is_null(node: Node) -> bool:
    """Tell whether null is written out."""
    return node.tag == "tag:yaml.org,2002:null" and node.value != ""


def _step(node: Node | None, part: str | int) -> tuple[Place, Node] | None:
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return _place(node.value[part]), node.value[part]
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if str(key.value).casefold() == str(part).casefold():
                return _place(key), value
    return None


def _scalars(node: Node | None, walked: set[int]) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif node is not None and id(node) not in walked:
        walked.add(id(node))
        if isinstance(node, MappingNode):
            yield from (key for key, _ in node.value if isinstance(key, ScalarNode))
        for child in _children(node):
            yield from _scalars(child, walked)


def _keys(node: Node | None, walked: set[int]) -> Iterator[Node]:
    if node is None or isinstance(node, ScalarNode) or id(node) in walked:
        return
    walked.add(id(node))
    if isinstance(node, MappingNode):
        yield from (key for key, _ in node.value)
    for child in _children(node):
        yield from _keys(child, walked)


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
        name, line = _name(key), _place(key).line
        if name in first:
            yield line, str(key.value), first[name]
        first.setdefault(name, line)


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [value for _, value in node.value]
    return list(node.value)


def _name(key: Node) -> tuple[str, str]:
    return key.tag, str(key.value)


def _place(node: Node) -> Place:
    return Place(str(node.start_mark.name), int(node.start_mark.line) + 1)
