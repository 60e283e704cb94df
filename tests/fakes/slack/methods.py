"""Slack's Web API methods, each a function of the workspace and its arguments."""

from collections.abc import Callable

from tests.fakes.slack import chat, conversations, modals, people, uploads
from tests.fakes.slack.state import Json, SlackError, Workspace

Method = Callable[[Workspace, Json], Json]


def _api_test(_workspace: Workspace, arguments: Json) -> Json:
    if error := arguments.get("error"):
        raise SlackError(str(error))
    return {"args": arguments}


METHODS: dict[str, Method] = {
    "api.test": _api_test,
    "auth.test": people.auth_test,
    "bots.info": people.bot_info,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.join": conversations.join,
    "conversations.list": conversations.list_all,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_direct,
    "conversations.replies": conversations.replies,
    "files.completeUploadExternal": uploads.complete_upload,
    "files.delete": uploads.delete_file,
    "files.getUploadURLExternal": uploads.get_upload_url,
    "files.info": uploads.file_info,
    "reactions.add": chat.add_reaction,
    "reactions.remove": chat.remove_reaction,
    "team.info": people.team_info,
    "usergroups.list": people.usergroup_list,
    "usergroups.users.list": people.usergroup_users,
    "users.conversations": conversations.list_of_user,
    "users.getPresence": people.presence,
    "users.info": people.user_info,
    "users.list": people.user_list,
    "users.lookupByEmail": people.lookup_by_email,
    "views.open": modals.open_view,
    "views.publish": modals.publish_view,
    "views.push": modals.push_view,
    "views.update": modals.update_view,
}
