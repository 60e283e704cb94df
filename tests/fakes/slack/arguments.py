"""What the methods of the Web API read from their arguments in the same way."""

from tests.fakes.slack.state import Channel, Json, SlackError, Workspace

YES = ("1", "true", "True")


def readable(workspace: Workspace, arguments: Json, name: str = "channel") -> Channel:
    """The channel that is named, if the bot is in it."""
    channel = visible(workspace, arguments, name)
    if not channel.is_member:
        raise SlackError("not_in_channel")
    return channel


def visible(workspace: Workspace, arguments: Json, name: str = "channel") -> Channel:
    """The channel that is named; a private one exists only for those who are in it."""
    channel = workspace.get_channel(arguments.get(name))
    if channel.is_private and not channel.is_member:
        raise SlackError("channel_not_found")
    return channel


def writable(workspace: Workspace, arguments: Json, name: str = "channel") -> Channel:
    """The channel that is named, if the bot may write there."""
    may_enter = "chat:write.public" in workspace.scopes
    channel = (visible if may_enter else readable)(workspace, arguments, name)
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def is_set(arguments: Json, name: str) -> bool:
    """Whether a switch is on, however it is written."""
    return str(arguments.get(name, "0")) in YES


def cut(total: int, arguments: Json, default_limit: int) -> tuple[int, int, str]:
    """Where the page that is asked for starts and ends, and the cursor of the next one."""
    start = _number(arguments.get("cursor") or 0, "invalid_cursor")
    end = start + _number(arguments.get("limit") or default_limit, "invalid_limit")
    return start, end, str(end) if end < total else ""


def listed(named: object) -> list[str]:
    """Names that come as a list, or as one text with commas."""
    if isinstance(named, list):
        return [str(name) for name in named]
    return [name.strip() for name in str(named or "").split(",") if name.strip()]


def _number(given: object, error: str) -> int:
    try:
        return int(str(given))
    except ValueError as failure:
        raise SlackError(error) from failure
