"""The methods by which an app writes: messages, their updates and deletions, reactions."""

from tests.fakes.slack import limits
from tests.fakes.slack.arguments import readable, writable
from tests.fakes.slack.events import changed_event, deleted_event, message_event, reaction_event
from tests.fakes.slack.shown import show_message
from tests.fakes.slack.state import (
    BOT_ID,
    BOT_USER_ID,
    Channel,
    Json,
    Message,
    SlackError,
    Workspace,
)


def post_message(workspace: Workspace, arguments: Json) -> Json:
    """chat.postMessage."""
    channel = writable(workspace, arguments)
    message = say(workspace, channel, arguments)
    return {"channel": channel.id, "ts": message.ts, "message": show_message(workspace, message)}


def post_ephemeral(workspace: Workspace, arguments: Json) -> Json:
    """chat.postEphemeral."""
    channel = writable(workspace, arguments)
    reader = workspace.users.get(str(arguments.get("user")))
    if reader is None or reader.is_deleted:
        raise SlackError("user_not_in_channel")
    return {"message_ts": whisper(workspace, channel, reader.id, arguments).ts}


def say(workspace: Workspace, channel: Channel, arguments: Json) -> Message:
    """Let the bot write in a channel."""
    message = workspace.post(channel, _compose(workspace, channel, arguments))
    workspace.tell(message_event(workspace, message))
    return message


def whisper(workspace: Workspace, channel: Channel, reader: str, arguments: Json) -> Message:
    """Let the bot show something to one person only."""
    message = _compose(workspace, channel, arguments)
    message.ephemeral_to = reader
    channel.ephemeral.append(message)
    return message


def update(workspace: Workspace, arguments: Json) -> Json:
    """chat.update."""
    channel = writable(workspace, arguments)
    message = workspace.get_message(channel, arguments.get("ts"))
    if message.user != BOT_USER_ID or message.is_tombstone:
        raise SlackError("cant_update_message")
    workspace.tell(change_message(workspace, message, arguments))
    shown = show_message(workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(workspace: Workspace, arguments: Json) -> Json:
    """chat.delete."""
    channel = readable(workspace, arguments)
    message = workspace.get_message(channel, arguments.get("ts"))
    if message.user != BOT_USER_ID:
        raise SlackError("cant_delete_message")
    workspace.tell(remove_message(workspace, message))
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(workspace: Workspace, arguments: Json) -> Json:
    """chat.getPermalink."""
    channel = workspace.get_channel(arguments.get("channel"))
    message = workspace.get_message(channel, arguments.get("message_ts"))
    link = f"https://twin.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def add_reaction(workspace: Workspace, arguments: Json) -> Json:
    """reactions.add."""
    channel = readable(workspace, arguments)
    message = workspace.get_message(channel, arguments.get("timestamp"))
    workspace.tell(react(workspace, message, BOT_USER_ID, str(arguments.get("name"))))
    return {}


def remove_reaction(workspace: Workspace, arguments: Json) -> Json:
    """reactions.remove."""
    channel = readable(workspace, arguments)
    message = workspace.get_message(channel, arguments.get("timestamp"))
    workspace.tell(unreact(workspace, message, BOT_USER_ID, str(arguments.get("name"))))
    return {}


def react(workspace: Workspace, message: Message, user: str, name: str) -> Json:
    """Let somebody react, and give the event that tells of it."""
    users = message.reactions.setdefault(name, [])
    if user in users:
        raise SlackError("already_reacted")
    users.append(user)
    return reaction_event(workspace, "reaction_added", message, user, name)


def unreact(workspace: Workspace, message: Message, user: str, name: str) -> Json:
    """Take a reaction back, and give the event that tells of it."""
    users = message.reactions.get(name, [])
    if user not in users:
        raise SlackError("no_reaction")
    users.remove(user)
    if not users:
        del message.reactions[name]
    return reaction_event(workspace, "reaction_removed", message, user, name)


def change_message(workspace: Workspace, message: Message, arguments: Json) -> Json:
    """Give a message the text, blocks and metadata that are named, and give the event of it."""
    if "text" not in arguments and "blocks" not in arguments:
        raise SlackError("no_text")
    text = str(arguments.get("text") or "")
    limits.check_text(text, limits.UPDATE_TEXT)
    # A text without blocks takes the old blocks away; blocks without a text leave no text behind.
    blocks = limits.check_message_blocks(arguments.get("blocks") or [])
    if not text and not blocks:
        raise SlackError("no_text")
    before = show_message(workspace, message)
    if "metadata" in arguments:
        message.metadata = limits.check_metadata(arguments["metadata"])
    message.text, message.blocks = text, workspace.with_block_ids(blocks)
    message.edited_at = workspace.new_ts()
    message.n_updates += 1
    return changed_event(workspace, message, before)


def remove_message(workspace: Workspace, message: Message) -> Json:
    """Delete a message and give the event; where replies stand below, a tombstone stays."""
    channel = workspace.get_channel(message.channel)
    before = show_message(workspace, message)
    if workspace.replies(channel, message.ts):
        message.text, message.blocks = "This message was deleted.", []
        message.is_tombstone = True
        return changed_event(workspace, message, before)
    channel.messages.remove(message)
    return deleted_event(workspace, channel, before)


def _compose(workspace: Workspace, channel: Channel, arguments: Json) -> Message:
    text = str(arguments.get("text") or "")
    limits.check_text(text, limits.POST_TEXT)
    blocks = limits.check_message_blocks(arguments.get("blocks") or [])
    if not text and not blocks:
        raise SlackError("no_text")
    return Message(
        ts=workspace.new_ts(),
        channel=channel.id,
        user=BOT_USER_ID,
        bot_id=BOT_ID,
        text=text,
        blocks=workspace.with_block_ids(blocks),
        thread_ts=arguments.get("thread_ts"),
        metadata=limits.check_metadata(arguments.get("metadata")),
        username=arguments.get("username"),
        icon_url=arguments.get("icon_url"),
    )
