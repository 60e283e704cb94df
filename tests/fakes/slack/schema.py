"""Small checks that put together say what a block, an element or a view may hold."""

import re
from collections.abc import Callable, Iterator, Mapping

Problems = Iterator[str]
Check = Callable[[object, str], Problems]
Checks = Mapping[str, Check]


def problem(words: str, at: str) -> str:
    """A problem as Slack words it, with its place."""
    return f"[ERROR] {words} [json-pointer:{at}]"


def anything(_given: object, _at: str) -> Problems:
    """Takes whatever there is."""
    yield from ()


def boolean(given: object, at: str) -> Problems:
    """Takes true and false."""
    if not isinstance(given, bool):
        yield problem("must provide a boolean", at)


def number(least: int, most: int) -> Check:
    """Takes whole numbers from the least to the most."""

    def check(given: object, at: str) -> Problems:
        if isinstance(given, bool) or not isinstance(given, int):
            yield problem("must provide an integer", at)
        elif not least <= given <= most:
            yield problem(f"must be between {least} and {most}", at)

    return check


def string(most: int, least: int = 0) -> Check:
    """Takes texts of a length."""

    def check(given: object, at: str) -> Problems:
        if not isinstance(given, str):
            yield problem("must provide a string", at)
        elif len(given) > most:
            yield problem(f"must be less than {most + 1} characters", at)
        elif len(given) < least:
            yield problem(f"must be more than {least - 1} characters", at)

    return check


def matching(pattern: str) -> Check:
    """Takes texts of a form."""

    def check(given: object, at: str) -> Problems:
        if not isinstance(given, str) or not re.fullmatch(pattern, given):
            yield problem(f"must match the pattern {pattern}", at)

    return check


def one_of(*known: str) -> Check:
    """Takes these texts."""

    def check(given: object, at: str) -> Problems:
        if given not in known:
            yield problem(f"must be one of: {', '.join(known)}", at)

    return check


def list_of(item: Check, most: int, least: int = 0) -> Check:
    """Takes lists of such items."""

    def check(given: object, at: str) -> Problems:
        if not isinstance(given, list):
            yield problem("must provide an array", at)
            return
        if len(given) > most:
            yield problem(f"no more than {most} items allowed", at)
        if len(given) < least:
            yield problem(f"no less than {least} items allowed", at)
        for index, one in enumerate(given):
            yield from item(one, f"{at}/{index}")

    return check


def shape(required: Checks, optional: Checks | None = None) -> Check:
    """Takes objects with these keys and no others; `type` is checked by who chose the shape."""
    known = {"type": anything, **required, **(optional or {})}

    def check(given: object, at: str) -> Problems:
        if not isinstance(given, dict):
            yield problem("must provide an object", at)
            return
        for key in required:
            if key not in given:
                yield problem(f"missing required field: {key}", at)
        for key, value in given.items():
            if key not in known:
                yield problem(f"invalid additional property: {key}", at)
            else:
                yield from known[key](value, f"{at}/{key}")

    return check


def by_type(kinds: Checks) -> Check:
    """Takes objects of these types, each by its own check."""

    def check(given: object, at: str) -> Problems:
        if not isinstance(given, dict):
            yield problem("must provide an object", at)
        elif "type" not in given:
            yield problem("missing required field: type", at)
        elif given["type"] not in kinds:
            yield problem(f"unsupported type: {given['type']}", f"{at}/type")
        else:
            yield from kinds[given["type"]](given, at)

    return check


def both(*checks: Check) -> Check:
    """Takes what every one of these takes."""

    def check(given: object, at: str) -> Problems:
        for one in checks:
            yield from one(given, at)

    return check


def either(*keys: str) -> Check:
    """Takes objects with at least one of these keys."""

    def check(given: object, at: str) -> Problems:
        if isinstance(given, dict) and not any(key in given for key in keys):
            named = " or ".join(f"`{key}`" for key in keys)
            yield problem(f"must define either {named}", at)

    return check


def not_both(first: str, second: str) -> Check:
    """Takes objects without these two keys at once."""

    def check(given: object, at: str) -> Problems:
        if isinstance(given, dict) and first in given and second in given:
            yield problem(f"must not define both `{first}` and `{second}`", at)

    return check
