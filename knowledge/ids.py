"""Ids: opaque to everybody, sortable by the time they were made, safe in URLs."""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_LETTERS = 10
_RANDOM_LETTERS = 12


def new_id(prefix: str) -> str:
    """Make an id such as `m-01k3v9q2zt...`; later ids sort after earlier ones."""
    microseconds = time.time_ns() // 1_000
    return f"{prefix}-{_letters(microseconds, _TIME_LETTERS + 1)}{_random_letters()}"


def _letters(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def _random_letters() -> str:
    return _letters(secrets.randbits(5 * _RANDOM_LETTERS), _RANDOM_LETTERS)
