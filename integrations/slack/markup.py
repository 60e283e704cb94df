"""Between plain words and Slack's mark-up, both ways; words of strangers come out inert."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from integrations.slack.emoji import with_emoji

LONGEST_PART = 4_000
ELLIPSIS = "…"

# Control characters but tab and newline, and the marks that turn the reading direction around.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_REFERENCE = re.compile(r"<([^<>\n]+)>")
_CODE = re.compile(r"```(.*?)```|`([^`\n]+)`", re.DOTALL)
# Slack reads *bold* and _slanted_ only between blanks and punctuation: names_like_this stay whole.
_EMPHASIS = tuple(
    re.compile(
        rf"(?<![^\W_])(?<!{mark}){mark}(?=[^\s{mark}])([^\n{mark}]*[^\s{mark}]){mark}(?![^\W_])(?!{mark})"
    )
    for mark in (r"\*", "_")
)
_KEPT = re.compile("\ue000(\\d+)\ue001")
_KEEPERS = str.maketrans("", "", "\ue000\ue001")


def clean(text: str) -> str:
    """Give the text without characters that are invisible, reverse the line, or cannot be sent."""
    sendable = text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    return _INVISIBLE.sub("", sendable)


def one_line(text: str, at_most: int) -> str:
    """Give the text on one line, cut with an ellipsis."""
    return cut(" ".join(clean(text[: at_most * 4]).split()), at_most)


def cut(text: str, at_most: int) -> str:
    """Give the text, or as much as fits, with an ellipsis at the end."""
    return text if len(text) <= at_most else text[: max(at_most - 1, 0)].rstrip() + ELLIPSIS


def escape(text: str) -> str:
    """Write the three characters that begin Slack's mark-up so that they show as typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def parts(text: str, at_most: int = LONGEST_PART) -> Iterator[str]:
    """Give the text escaped, in pieces that fit one message each, broken at a blank where possible."""
    rest = clean(text).strip()
    while rest:
        end = _end_of_part(rest, at_most, lambda letter: len(escape(letter)))
        yield escape(rest[:end].rstrip())
        rest = rest[end:].lstrip()


def pieces(text: str, at_most: int) -> Iterator[str]:
    """Give the text in pieces of at most so many characters, broken at a blank where possible; nothing is lost."""
    rest = text.strip()
    while rest:
        end = _end_of_part(rest, at_most, len)
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()


def to_plain(text: str, name_of: Callable[[str], str | None]) -> str:
    """Give what a rep typed in Slack as plain words; `name_of` gives the name of a Slack user.

    Code, links and mentions are taken out first and put back last: what stands in them is no mark-up.
    """
    kept: list[str] = []

    def keep(words: str) -> str:
        kept.append(words)
        return f"\ue000{len(kept) - 1}\ue001"

    words = clean(text.translate(_KEEPERS))
    words = _CODE.sub(lambda found: keep(_code(found)), words)
    words = _REFERENCE.sub(lambda found: keep(_plain_reference(found[1], name_of)), words)
    for emphasis in _EMPHASIS:
        words = emphasis.sub(r"\1", words)
    words = _KEPT.sub(lambda found: kept[int(found[1])], with_emoji(words))
    words = _KEPT.sub(lambda found: kept[int(found[1])], words)
    return re.sub("&(?:amp|lt|gt);", lambda found: _ENTITIES[found[0]], words).strip()


def _code(found: re.Match[str]) -> str:
    block = found[1]
    if block is None:
        return found[2]
    return _REFERENCE.sub(lambda link: link[1].rpartition("|")[2], block.strip("\n"))


def _end_of_part(text: str, at_most: int, size_of: Callable[[str], int]) -> int:
    room, end = at_most, 0
    while end < len(text) and (room := room - size_of(text[end])) >= 0:
        end += 1
    if end == len(text):
        return end
    newline, blank = text.rfind("\n", end // 2, end), text.rfind(" ", end // 2, end)
    return next((at for at in (newline, blank) if at > 0), end)


def _plain_reference(inside: str, name_of: Callable[[str], str | None]) -> str:
    target, _, label = inside.partition("|")
    match target[:1]:
        case "@":
            return "@" + (name_of(target[1:]) or label.lstrip("@") or "someone")
        case "#":
            return "#" + (label or "channel")
        case "!":
            return _plain_special(target[1:], label)
        case _:
            return _plain_link(target, label)


def _plain_special(name: str, label: str) -> str:
    kind, _, rest = name.partition("^")
    if kind == "date":
        return label or _date(rest)
    named = label.lstrip("@") or ("team" if kind == "subteam" else kind)
    return f"@{named}"


def _date(rest: str) -> str:
    seconds = rest.partition("^")[0]
    try:
        at = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _plain_link(url: str, label: str) -> str:
    scheme, _, rest = url.partition(":")
    address = rest if scheme in ("mailto", "tel") else url
    if not label or label == address:
        return address
    # Slack makes links of numbers and of bare host names itself: the label then says all there is to say.
    if scheme == "tel" or url in {f"http://{label}", f"https://{label}"}:
        return label
    return f"{label} ({address})"
