"""Between plain words and Slack's mark-up, both ways; words of strangers come out inert."""

import re
from collections.abc import Callable, Iterator

LONGEST_PART = 4_000
ELLIPSIS = "…"

# Control characters but tab and newline, and the marks that turn the reading direction around.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_REFERENCE = re.compile(r"<([^<>\n]+)>")
_EMOJI = re.compile(r":([a-z0-9_+-]+):(?::skin-tone-[2-6]:)?")
_EMOJI_OF = {
    "slightly_smiling_face": "🙂", "smile": "😄", "smiley": "😃", "grinning": "😀", "grin": "😁",
    "blush": "😊", "wink": "😉", "joy": "😂", "laughing": "😆", "sweat_smile": "😅",
    "thinking_face": "🤔", "pray": "🙏", "+1": "👍", "thumbsup": "👍", "-1": "👎", "ok_hand": "👌",
    "clap": "👏", "wave": "👋", "tada": "🎉", "rocket": "🚀", "fire": "🔥", "eyes": "👀",
    "heart": "❤️", "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "warning": "⚠️",
    "raised_hands": "🙌", "muscle": "💪", "calendar": "📆", "phone": "☎️", "disappointed": "😞",
}  # fmt: skip


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
        end = _end_of_part(rest, at_most)
        yield escape(rest[:end].rstrip())
        rest = rest[end:].lstrip()


def to_plain(text: str, name_of: Callable[[str], str | None]) -> str:
    """Give what a rep typed in Slack as plain words; `name_of` gives the name of a Slack user."""
    words = _REFERENCE.sub(lambda found: _plain_reference(found[1], name_of), text)
    words = _EMOJI.sub(lambda found: _EMOJI_OF.get(found[1], found[0]), words)
    return re.sub("&(?:amp|lt|gt);", lambda found: _ENTITIES[found[0]], words).strip()


def _end_of_part(text: str, at_most: int) -> int:
    room, end = at_most, 0
    while end < len(text) and (room := room - len(escape(text[end]))) >= 0:
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
    if name.startswith("date^"):
        return label
    return "@" + (label.lstrip("@") or name.partition("^")[0])


def _plain_link(url: str, label: str) -> str:
    address = url.removeprefix("mailto:").removeprefix("tel:")
    if not label or label == address:
        return address
    # Slack makes links of bare host names itself: the label then says all there is to say.
    if url in {f"http://{label}", f"https://{label}"} or address != url:
        return label
    return f"{label} ({url})"
