"""The methods that tell of people, groups of people, the team and the bot."""

from tests.fakes.slack.arguments import cut, is_set
from tests.fakes.slack.shown import show_user
from tests.fakes.slack.state import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_ID,
    Json,
    SlackError,
    Usergroup,
    Workspace,
)

EMAIL_SCOPE = "users:read.email"


def auth_test(workspace: Workspace, _arguments: Json) -> Json:
    """auth.test."""
    return {
        "url": "https://twin.slack.com/",
        "team": "Twin",
        "user": workspace.users[BOT_USER_ID].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def user_info(workspace: Workspace, arguments: Json) -> Json:
    """users.info."""
    user = workspace.get_user(arguments.get("user"))
    return {"user": show_user(user, with_email=EMAIL_SCOPE in workspace.scopes)}


def user_list(workspace: Workspace, arguments: Json) -> Json:
    """users.list."""
    users = list(workspace.users.values())
    start, end, cursor = cut(len(users), arguments, 1000)
    with_email = EMAIL_SCOPE in workspace.scopes
    members = [show_user(user, with_email=with_email) for user in users[start:end]]
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def lookup_by_email(workspace: Workspace, arguments: Json) -> Json:
    """users.lookupByEmail; people who left are not found."""
    wanted = str(arguments.get("email") or "").casefold()
    for user in workspace.users.values():
        if wanted and user.email.casefold() == wanted and not user.is_deleted:
            return {"user": show_user(user)}
    raise SlackError("users_not_found")


def presence(workspace: Workspace, arguments: Json) -> Json:
    """users.getPresence."""
    user = workspace.get_user(arguments.get("user") or BOT_USER_ID)
    return {"presence": "away" if user.is_away or user.is_deleted else "active"}


def usergroup_list(workspace: Workspace, arguments: Json) -> Json:
    """usergroups.list."""
    with_users = is_set(arguments, "include_users")
    groups = [_show_group(group, with_users) for group in workspace.usergroups.values()]
    return {"usergroups": groups}


def usergroup_users(workspace: Workspace, arguments: Json) -> Json:
    """usergroups.users.list."""
    group = workspace.usergroups.get(str(arguments.get("usergroup")))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def team_info(_workspace: Workspace, _arguments: Json) -> Json:
    """team.info."""
    icon = {"image_default": True}
    return {"team": {"id": TEAM_ID, "name": "Twin", "domain": "twin", "icon": icon}}


def bot_info(workspace: Workspace, arguments: Json) -> Json:
    """bots.info."""
    if arguments.get("bot") not in (None, BOT_ID):
        raise SlackError("bot_not_found")
    name = workspace.users[BOT_USER_ID].name
    known = {"id": BOT_ID, "app_id": APP_ID, "user_id": BOT_USER_ID, "name": name}
    return {"bot": {**known, "deleted": False, "icons": {}}}


def _show_group(group: Usergroup, with_users: bool) -> Json:  # noqa: FBT001
    known: Json = {
        "id": group.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "handle": group.handle,
        "name": group.handle,
        "user_count": len(group.users),
    }
    return {**known, "users": list(group.users)} if with_users else known
