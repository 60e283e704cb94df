"""Text from outside: what is removed, what is refused, and how long it may be."""

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from agent.conversation import LONGEST_TEXT

LONGEST_CLASSIFIED = 100_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")


def clean(text: str) -> str:
    """Give the text without control characters and surrounding blanks; raises ValueError for broken Unicode."""
    if _LONE_SURROGATE.search(text):
        raise ValueError("half a character (a lone surrogate) is in this text; send valid Unicode")
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def clean_line(text: str) -> str:
    """Give the text as one line."""
    return " ".join(clean(text).split())


def is_id(text: str) -> bool:
    """Tell whether this could be one of our ids at all."""
    return _ID.fullmatch(text) is not None


def _message(text: str) -> str:
    return _sized(clean(text), 1, LONGEST_TEXT)


def _message_or_nothing(text: str) -> str:
    return _sized(clean(text), 0, LONGEST_TEXT)


def _document(text: str) -> str:
    return _sized(clean(text), 0, LONGEST_CLASSIFIED)


def _line(text: str) -> str:
    return _sized(clean_line(text), 0, 300)


def _comment(text: str) -> str:
    return _sized(clean(text), 0, 1_000)


def _url(text: str) -> str:
    return _sized(clean_line(text), 0, 2_000)


def _token(text: str) -> str:
    if text != clean_line(text):
        raise ValueError(
            "control characters and surrounding blanks are not allowed; send a plain id"
        )
    return _sized(text, 1, 64)


def _name(text: str) -> str:
    return _sized(clean_line(text), 1, 200)


def _sized(text: str, shortest: int, longest: int) -> str:
    if not shortest <= len(text) <= longest:
        raise ValueError(f"send {shortest:,} to {longest:,} characters; this has {len(text):,}")
    return text


def _schema(shortest: int, longest: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": shortest, "maxLength": longest})


MessageText = Annotated[str, AfterValidator(_message), _schema(1, LONGEST_TEXT)]
MessageTextOrNothing = Annotated[str, AfterValidator(_message_or_nothing), _schema(0, LONGEST_TEXT)]
DocumentText = Annotated[str, AfterValidator(_document), _schema(0, LONGEST_CLASSIFIED)]
Comment = Annotated[str, AfterValidator(_comment), _schema(0, 1_000)]
Line = Annotated[str, AfterValidator(_line), _schema(0, 300)]
Url = Annotated[str, AfterValidator(_url), _schema(0, 2_000)]
ClientId = Annotated[str, AfterValidator(_token), _schema(1, 64)]
Name = Annotated[str, AfterValidator(_name), _schema(1, 200)]
