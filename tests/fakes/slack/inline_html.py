"""Slack's two kinds of marked-up text, mrkdwn and rich text, as HTML."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape, unescape

from tests.fakes.slack.state import Json

Names = Mapping[str, str]  # of users, channels and groups, by id

EMOJI = {
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "eyes": "👀", "wave": "👋", "fire": "🔥",
    "x": "❌", "warning": "⚠️", "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "bell": "🔔",
    "red_circle": "🔴", "large_orange_circle": "🟠", "large_yellow_circle": "🟡",
    "large_blue_circle": "🔵", "large_green_circle": "🟢", "+1": "👍", "-1": "👎", "tada": "🎉",
    "calendar": "📅", "telephone_receiver": "📞", "email": "📧", "speech_balloon": "💬",
    "zzz": "💤", "mute": "🔇", "moneybag": "💰", "chart_with_upwards_trend": "📈",
    "clock1": "🕐", "pushpin": "📌", "memo": "📝", "raised_hand": "✋", "no_entry": "⛔",
}  # fmt: skip

CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
ENTITY = re.compile(r"<([^<>]+)>")
EMOJI_NAME = re.compile(r":([a-z0-9_+-]+):")
EDGE = r"(?<![\w{0}]){0}(?=\S)(.+?)(?<=\S){0}(?![\w{0}])"
MARKS = [
    (re.compile(EDGE.format(re.escape(m))), tag) for m, tag in (("*", "b"), ("_", "i"), ("~", "s"))
]
STYLES = {"bold": "b", "italic": "i", "strike": "s", "code": "code", "underline": "u"}


def of_text(shown: Json, names: Names) -> str:
    """A text object as HTML."""
    if shown.get("type") == "mrkdwn":
        return of_mrkdwn(str(shown["text"]), names)
    plain = unescape(str(shown["text"]))
    return _lines(plain if shown.get("emoji") is False else _emoji(plain))


def of_mrkdwn(text: str, names: Names) -> str:
    """Mark-up as HTML; code first, for nothing within it is mark-up."""
    kept: list[str] = []

    def keep(html: str) -> str:
        kept.append(html)
        return f"\x00{len(kept) - 1}\x00"

    text = CODE.sub(lambda m: keep(_code(m)), text)
    text = ENTITY.sub(lambda m: keep(_entity(m[1], names)), text)
    html = _emoji(escape(unescape(text), quote=False))
    for mark, tag in MARKS:
        html = mark.sub(rf"<{tag}>\1</{tag}>", html)
    html = "".join(_quoted(html))
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m[1])], html)


def of_rich_text(elements: list[Json], names: Names) -> str:
    """The elements of a block of rich text as HTML."""
    return "".join(_rich(element, names) for element in elements)


def _rich(element: Json, names: Names) -> str:
    inner = element.get("elements", [])
    match element["type"]:
        case "rich_text_list":
            tag = "ol" if element.get("style") == "ordered" else "ul"
            items = "".join(f"<li>{_run(item['elements'], names)}</li>" for item in inner)
            indent = 24 * (element.get("indent", 0) + 1)
            return f'<{tag} style="padding-left:{indent}px">{items}</{tag}>'
        case "rich_text_quote":
            return f"<blockquote>{_run(inner, names)}</blockquote>"
        case "rich_text_preformatted":
            return f"<pre>{_run(inner, names)}</pre>"
        case _:
            return f"<div>{_run(inner, names) or '&nbsp;'}</div>"


def _run(elements: list[Json], names: Names) -> str:
    return "".join(_styled(element, _inline(element, names)) for element in elements)


def _inline(element: Json, names: Names) -> str:
    for key, mark in MENTIONS.items():
        if key in element:
            return _mention(mark, str(element[key]), names)
    draw = INLINE.get(element["type"])
    return draw(element) if draw else escape(f"[{element['type']}]")


def _styled(element: Json, html: str) -> str:
    for style, tag in STYLES.items():
        if element.get("style", {}).get(style):
            html = f"<{tag}>{html}</{tag}>"
    return html


def _entity(inner: str, names: Names) -> str:
    target, _, label = inner.partition("|")
    by_mark: dict[str, Callable[[], str]] = {
        "@": lambda: _mention("@", target[1:], names),
        "#": lambda: _mention("#", target[1:], {**names, **({target[1:]: label} if label else {})}),
        "!": lambda: _special(target[1:], label, names),
    }
    show = by_mark.get(target[:1], lambda: _link(unescape(target), unescape(label or target)))
    return show()


def _special(target: str, label: str, names: Names) -> str:
    kind, _, rest = target.partition("^")
    if kind == "date":
        return escape(unescape(label) or _moment(int(rest.partition("^")[0])))
    return _mention("@", rest or kind, names)


def _code(match: re.Match[str]) -> str:
    block, inline = match[1], match[2]
    if block is not None:
        return f"<pre>{escape(unescape(block.strip(chr(10))))}</pre>"
    return f"<code>{escape(unescape(inline))}</code>"


def _quoted(html: str) -> list[str]:
    shown: list[str] = []
    for index, line in enumerate(html.split("\n")):
        if line.startswith("&gt;"):
            shown.append(
                f"<blockquote>{line.removeprefix('&gt;').strip() or '&nbsp;'}</blockquote>"
            )
        else:
            shown.append(f"<br>{line}" if index and not shown[-1].endswith("quote>") else line)
    return shown


def _mention(mark: str, target: str, names: Names) -> str:
    return f'<span class="mention">{mark}{escape(names.get(target, target))}</span>'


def _link(url: str, label: str) -> str:
    return f'<a href="{escape(url)}">{escape(label)}</a>'


def _emoji(text: str) -> str:
    return EMOJI_NAME.sub(lambda m: EMOJI.get(m[1], m[0]), text)


def _lines(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


def _moment(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%d %B %Y, %H:%M")


MENTIONS = {"user_id": "@", "usergroup_id": "@", "channel_id": "#", "range": "@"}
INLINE: dict[str, Callable[[Json], str]] = {
    "text": lambda one: _lines(str(one["text"])),
    "link": lambda one: _link(one["url"], one.get("text") or one["url"]),
    "emoji": lambda one: _emoji(f":{one['name']}:"),
    "date": lambda one: escape(one.get("fallback") or _moment(one["timestamp"])),
}
