"""Files: asked for, uploaded, shared, and fetched with the token."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.fakes.slack import limits
from tests.fakes.slack.arguments import listed, writable
from tests.fakes.slack.events import message_event
from tests.fakes.slack.shown import show_file
from tests.fakes.slack.state import (
    BOT_ID,
    BOT_USER_ID,
    Channel,
    File,
    Json,
    Message,
    SlackError,
    Workspace,
)

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOGIN = "<!DOCTYPE html><html><body>Sign in to Twin</body></html>"


def get_upload_url(workspace: Workspace, arguments: Json) -> Json:
    """files.getUploadURLExternal."""
    name, length = str(arguments.get("filename") or ""), str(arguments.get("length") or "")
    if not name or not length.isdigit() or int(length) == 0:
        raise SlackError("invalid_arguments")
    file = File(workspace.new_id("F"), name, BOT_USER_ID, int(length))
    workspace.files[file.id] = file
    token = workspace.new_id("upload-")
    workspace.uploads[token] = file.id
    return {"upload_url": f"http://{workspace.host}/upload/v1/{token}", "file_id": file.id}


def complete_upload(workspace: Workspace, arguments: Json) -> Json:
    """files.completeUploadExternal: shares the files in channels, or in a thread."""
    files = [_uploaded(workspace, named) for named in arguments.get("files") or []]
    if not files:
        raise SlackError("invalid_arguments")
    places = listed(arguments.get("channel_id") or arguments.get("channels"))
    channels = [writable(workspace, {"channel": place}) for place in places]
    for file in files:
        file.is_complete = True
    for channel in channels:
        _share(workspace, channel, files, arguments)
    return {"files": [show_file(workspace, file) for file in files]}


def file_info(workspace: Workspace, arguments: Json) -> Json:
    """files.info."""
    return {"file": show_file(workspace, _known(workspace, arguments.get("file")))}


def delete_file(workspace: Workspace, arguments: Json) -> Json:
    """files.delete: takes it out of the messages that show it, too."""
    file = _known(workspace, arguments.get("file"))
    if file.user != BOT_USER_ID:
        raise SlackError("cant_delete_file")
    del workspace.files[file.id]
    return {}


def post_files(workspace: Workspace, channel: Channel, message: Message) -> Json:
    """Show a message with its files, and give the event of it."""
    for file in message.files:
        file.is_complete = True
        if channel.id not in file.shared_in:
            file.shared_in.append(channel.id)
    return message_event(workspace, workspace.post(channel, message))


def receiving(workspace: Workspace) -> Answering:
    """What answers at an upload address."""

    async def receive(request: web.Request) -> web.Response:
        file_id = workspace.uploads.pop(request.match_info["token"], None)
        if file_id is None:
            return web.Response(status=404, text="not found")
        content = await _content(request)
        file = workspace.files[file_id]
        if len(content) != file.length:
            return web.Response(status=400, text="size mismatch")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    return receive


def serving(workspace: Workspace, is_token: Callable[[str], bool]) -> Answering:
    """What answers at the private address of a file."""

    async def serve(request: web.Request) -> web.Response:
        file = workspace.files.get(request.match_info["file"].partition("-")[2])
        if file is None or file.content is None:
            return web.Response(status=404)
        # Slack does not refuse: it leads whoever has no token to the page for signing in.
        if not is_token(request.headers.get("Authorization", "").removeprefix("Bearer ")):
            return web.Response(text=LOGIN, content_type="text/html")
        mimetype = str(show_file(workspace, file)["mimetype"])
        return web.Response(body=file.content, content_type=mimetype)

    return serve


async def _content(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


def _uploaded(workspace: Workspace, named: Json) -> File:
    file = _known(workspace, named.get("id"))
    if file.content is None or file.is_complete:
        raise SlackError("file_not_found")
    file.title = str(named.get("title") or "")
    return file


def _known(workspace: Workspace, file_id: object) -> File:
    if file := workspace.files.get(str(file_id)):
        return file
    raise SlackError("file_not_found")


def _share(workspace: Workspace, channel: Channel, files: list[File], arguments: Json) -> None:
    text = str(arguments.get("initial_comment") or "")
    blocks = [] if text else limits.check_message_blocks(arguments.get("blocks") or [])
    message = Message(
        ts=workspace.new_ts(),
        channel=channel.id,
        user=BOT_USER_ID,
        bot_id=BOT_ID,
        text=text,
        blocks=workspace.with_block_ids(blocks),
        thread_ts=arguments.get("thread_ts"),
        files=files,
    )
    workspace.tell(post_files(workspace, channel, message))
