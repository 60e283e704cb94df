"""Which scopes a method asks for.

https://docs.slack.dev/reference/scopes
"""

from tests.fakes.slack.arguments import listed
from tests.fakes.slack.conversations import kind_of
from tests.fakes.slack.state import Json, SlackError, Workspace

NAMES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}

BY_METHOD = {
    "bots.info": "users:read",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.join": "channels:join",
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "files.delete": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "team.info": "team:read",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.getPresence": "users:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
}
BY_CHANNEL = {
    "conversations.history": "history",
    "conversations.info": "read",
    "conversations.members": "read",
    "conversations.replies": "history",
}
BY_TYPES = {"conversations.list", "users.conversations"}


class MissingScopeError(SlackError):
    """The app was not granted what the method asks for."""

    def __init__(self, needed: str) -> None:
        super().__init__("missing_scope")
        self.needed = needed


def check_scopes(workspace: Workspace, method: str, arguments: Json) -> None:
    """Refuse a call for which a scope is missing."""
    for needed in _needed(workspace, method, arguments):
        if needed not in workspace.scopes:
            raise MissingScopeError(needed)


def _needed(workspace: Workspace, method: str, arguments: Json) -> list[str]:
    if method in BY_CHANNEL:
        kind = kind_of(workspace.get_channel(arguments.get("channel")))
        return [f"{NAMES[kind]}:{BY_CHANNEL[method]}"]
    if method in BY_TYPES:
        kinds = listed(arguments.get("types")) or ["public_channel"]
        return [f"{NAMES[kind]}:read" for kind in kinds if kind in NAMES]
    needed = [BY_METHOD[method]] if method in BY_METHOD else []
    if method.startswith("chat.post") and (arguments.get("username") or arguments.get("icon_url")):
        needed.append("chat:write.customize")
    return needed
