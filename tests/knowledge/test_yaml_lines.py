"""One document laid over another: sections merge, anything else replaces, null takes away."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.yaml_lines import Document, Place, read_yaml

SCALARS = st.none() | st.booleans() | st.integers() | st.text("abcé: #'\"no", max_size=6)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner),
    max_leaves=20,
)
SECTIONS = st.dictionaries(st.sampled_from("abcd"), VALUES, min_size=1)


def document(content: object, file: str = "own") -> Document:
    return read_yaml(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), file)


def merged(own: object, base: object) -> object:
    """Merge plain values, as RFC 7396 does for what the base has."""
    if not (isinstance(own, dict) and isinstance(base, dict)):
        return own
    new = {key: value for key, value in own.items() if key not in base}
    old = {
        key: merged(own[key], value) if key in own else value
        for key, value in base.items()
        if key not in own or own[key] is not None
    }
    return new | old


@given(own=SECTIONS, base=SECTIONS)
def test_merges_as_plain_values_do_and_keeps_the_order(own: object, base: object) -> None:
    found = document(own).over(document(base, "base")).content
    assert found == merged(own, base)
    assert yaml.safe_dump(found, sort_keys=False) == yaml.safe_dump(
        merged(own, base), sort_keys=False
    )


@given(SECTIONS, SECTIONS)
def test_each_place_is_a_line_of_the_file_it_names(own: dict[str, object], base: object) -> None:
    texts = {"own": yaml.safe_dump(own), "base": yaml.safe_dump(base)}
    over = read_yaml(texts["own"], "own").over(read_yaml(texts["base"], "base"))
    assert isinstance(over.content, dict)
    for key in over.content:
        file, line = over.place_of([key])
        assert file == ("own" if key in own else "base")
        assert texts[file].splitlines()[line - 1].lstrip("? ").strip("'\"").startswith(key)


@given(SECTIONS)
def test_over_itself_it_only_loses_its_nulls(content: dict[str, object]) -> None:
    assert document(content).over(document(content)).content == merged(content, content)


def test_a_value_left_empty_takes_nothing_away() -> None:
    over = read_yaml("a: {b:, c: null, d: ~}\n", "own").over(
        read_yaml("a: {b: 1, c: 2, d: 3}", "base")
    )
    assert over.content == {"a": {"b": None}}


def test_the_deeper_place_of_its_own_wins_over_one_of_the_base() -> None:
    over = read_yaml("a:\n  high: 1\n", "own").over(read_yaml("a:\n\n\n  low: 2\n", "base"))
    assert over.place_of(["a"], "low (2) must be below high (1)") == Place("own", 2)
    assert over.place_of(["a"], "low (2) is odd") == Place("base", 4)
    assert over.place_of(["a", "none"]) == Place("own", 1)


def test_three_documents_lie_over_each_other() -> None:
    first = read_yaml("a: {x: 1, y: 1, z: 1}", "first")
    second = read_yaml("a: {y: 2, z: 2}", "second").over(first)
    third = read_yaml("a: {z: 3}", "third").over(second)
    assert third.content == {"a": {"x": 1, "y": 2, "z": 3}}
    assert [third.place_of(["a", key]).file for key in "xyz"] == ["first", "second", "third"]
