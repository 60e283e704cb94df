"""A page that looks roughly like Slack, to look at cards, modals, home tabs and threads.

    python -m tests.fakes.slack.render FILE.json > page.html

The file holds what an app would send (blocks, a message, a view) or what `picture` gives of a
channel of the twin: `{"channel": ..., "messages": [...], "names": {"U1": "Mia"}}`.
"""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from tests.fakes.slack.block_html import of_blocks
from tests.fakes.slack.inline_html import EMOJI, Names, of_mrkdwn, of_text
from tests.fakes.slack.shown import show_message
from tests.fakes.slack.state import BOT_USER_ID, Json, Workspace

STYLE = Path(__file__).with_name("render.css")
SIZE_OF_KILOBYTE = 1024


def picture(workspace: Workspace, channel: str) -> Json:
    """A channel of the twin with its threads and all names, as this module draws it."""
    place = workspace.get_channel(channel)
    names = {user.id: user.name for user in workspace.users.values()}
    names |= {known.id: known.name for known in workspace.channels.values()}
    names |= {group.id: group.handle for group in workspace.usergroups.values()}
    messages = [show_message(workspace, message) for message in place.messages]
    private = [
        {**show_message(workspace, message), "only_for": message.ephemeral_to}
        for message in place.ephemeral
    ]
    shown = sorted([*messages, *private], key=lambda one: str(one["ts"]))
    return {"channel": names.get(place.name, place.name), "messages": shown, "names": names}


def render(shown: Json | list[Json]) -> str:
    """The page of whatever of Slack this is."""
    if isinstance(shown, list):
        shown = {"blocks": shown}
    names: Names = shown.get("names", {})
    style = STYLE.read_text(encoding="utf-8")
    head = f'<meta charset="utf-8"><title>Slack</title><style>{style}</style>'
    return f"<!DOCTYPE html><html><head>{head}</head><body><main>{_main(shown, names)}</main></body></html>\n"


def _main(shown: Json, names: Names) -> str:
    match shown.get("type"):
        case "modal":
            return _modal(shown, names)
        case "home":
            return f'<div class="home">{of_blocks(shown["blocks"], names)}</div>'
        case _ if "messages" in shown:
            return _channel(shown, names)
        case _:
            return _message(shown, names)


def _channel(shown: Json, names: Names) -> str:
    messages: list[Json] = shown["messages"]
    title = f"<h2># {escape(str(shown['channel']))}</h2>" if "channel" in shown else ""
    drawn = ""
    for message in messages:
        if message.get("thread_ts", message["ts"]) != message["ts"]:
            continue
        below = [m for m in messages if m.get("thread_ts") == message["ts"] and m is not message]
        drawn += _message(message, names) + _thread(below, names)
    return title + drawn


def _thread(replies: Sequence[Json], names: Names) -> str:
    if not replies:
        return ""
    count = f'<div class="count">{len(replies)} {"reply" if len(replies) == 1 else "replies"}</div>'
    drawn = "".join(_message(reply, names) for reply in replies)
    return f'<div class="thread">{count}{drawn}</div>'


def _message(message: Json, names: Names) -> str:
    is_app = "bot_id" in message or "user" not in message
    name = message.get("username") or names.get(message.get("user", BOT_USER_ID), "Hotline")
    badge = '<span class="badge">APP</span>' if is_app else ""
    top = f'<span class="author">{escape(name)}</span>{badge} <span class="time">{_time(message)}</span>'
    if reader := message.get("only_for"):
        top += f' <span class="gone">Only visible to {escape(names.get(reader, reader))}</span>'
    return (
        f'<div class="message">{_avatar(message, name)}<div class="body"><div>{top}</div>'
        f"{_content(message, names)}{_files(message)}{_reactions(message)}</div></div>"
    )


def _content(message: Json, names: Names) -> str:
    edited = ' <span class="edited">(edited)</span>' if "edited" in message else ""
    if message.get("subtype") == "tombstone":
        return f'<div class="gone">{escape(message["text"])}</div>'
    if message.get("blocks"):
        return of_blocks(message["blocks"], names) + edited
    return f"<div>{of_mrkdwn(message.get('text', ''), names)}{edited}</div>"


def _avatar(message: Json, name: str) -> str:
    url = message.get("icon_url") or message.get("icons", {}).get("image_48")
    face = f'<img src="{escape(url)}" alt="">' if url else escape(name[:1].upper())
    return f'<div class="avatar">{face}</div>'


def _time(message: Json) -> str:
    if "ts" not in message:
        return ""
    return datetime.fromtimestamp(float(message["ts"]), UTC).strftime("%H:%M")


def _files(message: Json) -> str:
    return "".join(
        f'<div class="file"><b>{escape(file["title"])}</b><div class="hint">'
        f"{escape(file['filetype'].upper())}, {-(-file['size'] // SIZE_OF_KILOBYTE)} KB</div></div>"
        for file in message.get("files", [])
    )


def _reactions(message: Json) -> str:
    shown = "".join(
        f"<span>{EMOJI.get(one['name'], escape(one['name']))} {one['count']}</span>"
        for one in message.get("reactions", [])
    )
    return f'<div class="reactions">{shown}</div>' if shown else ""


def _modal(view: Json, names: Names) -> str:
    close = of_text(view["close"], names) if view.get("close") else "Cancel"
    buttons = f'<span class="button">{close}</span>'
    if view.get("submit"):
        buttons += f'<span class="button primary">{of_text(view["submit"], names)}</span>'
    return (
        f'<div class="modal"><header>{of_text(view["title"], names)}<span class="x">✕</span></header>'
        f"<section>{of_blocks(view['blocks'], names)}</section><footer>{buttons}</footer></div>"
    )


if __name__ == "__main__":
    sys.stdout.write(render(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
