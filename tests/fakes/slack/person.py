"""A person at work in Slack: writes, presses, fills in, and the app is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes.slack import chat, events, payloads, uploads
from tests.fakes.slack.filling import acted, check_sendable, find_element, state_values
from tests.fakes.slack.hooks import ResponseHooks
from tests.fakes.slack.lines import Answer, Line
from tests.fakes.slack.shown import show_message
from tests.fakes.slack.state import File, Message, View, Workspace
from tests.fakes.slack.submitting import settle
from tests.fakes.slack.typed import rich_text


@dataclass(slots=True)
class Person:
    """Acts as one user, over one line to the app."""

    id: str
    workspace: Workspace
    hooks: ResponseHooks
    line: Line

    # In channels and threads

    async def says(self, channel: str, text: str, thread_ts: str | None = None) -> Message:
        """Write in a channel, in a thread of it, or to the bot (one's own id as the channel)."""
        place = self.workspace.get_channel(channel)
        message = self._message(place.id, text, thread_ts)
        self.workspace.post(place, message)
        await self.line.event(events.message_event(self.workspace, message))
        return message

    async def replies(self, message: Message, text: str) -> Message:
        """Write in the thread of a message."""
        return await self.says(message.channel, text, message.thread_ts or message.ts)

    async def edits(self, message: Message, text: str) -> Answer:
        """Change one's own words."""
        before = show_message(self.workspace, message)
        message.text, message.blocks = text, self.workspace.with_block_ids(rich_text(text))
        message.edited_at = self.workspace.new_ts()
        return await self.line.event(events.changed_event(self.workspace, message, before))

    async def deletes(self, message: Message) -> Answer:
        """Take a message away, one's own or, as an administrator may, the bot's."""
        return await self.line.event(chat.remove_message(self.workspace, message))

    async def uploads(
        self, channel: str, name: str, content: bytes, text: str = "", thread_ts: str | None = None
    ) -> Message:
        """Drop a file into a channel or a thread."""
        place = self.workspace.get_channel(channel)
        file = File(self.workspace.new_id("F"), name, self.id, len(content), content)
        self.workspace.files[file.id] = file
        message = self._message(place.id, text, thread_ts)
        message.files = [file]
        await self.line.event(uploads.post_files(self.workspace, place, message))
        return message

    async def reacts(self, message: Message, name: str) -> Answer:
        """Put an emoji on a message."""
        return await self.line.event(chat.react(self.workspace, message, self.id, name))

    async def unreacts(self, message: Message, name: str) -> Answer:
        """Take one's emoji back."""
        return await self.line.event(chat.unreact(self.workspace, message, self.id, name))

    # With buttons, menus and modals

    async def presses(
        self,
        place: Message | View,
        action_id: str,
        *,
        block_id: str | None = None,
        entered: Mapping[str, object] | None = None,
    ) -> Answer:
        """Press a button of a message, a modal or the home tab; say what was entered before."""
        return await self.chooses(place, action_id, None, block_id=block_id, entered=entered)

    async def chooses(
        self,
        place: Message | View,
        action_id: str,
        choice: object,
        *,
        block_id: str | None = None,
        entered: Mapping[str, object] | None = None,
    ) -> Answer:
        """Choose in a menu: the value of an option, a user, a channel, a date, a time."""
        blocks = place.blocks if isinstance(place, Message) else place.view["blocks"]
        action = acted(find_element(blocks, action_id, block_id), choice, self.workspace.new_ts())
        values = state_values(blocks, {action_id: choice, **(entered or {})})
        if isinstance(place, View):
            acts = payloads.view_actions(self.workspace, place, self.id, action, values)
            return await self.line.interaction(acts)
        url = self.hooks.issue(place.channel, self.id, place)
        acts = payloads.block_actions(self.workspace, self.id, place, action, url, values)
        return await self.line.interaction(acts)

    async def submits(self, view: View, entered: Mapping[str, object] | None = None) -> Answer:
        """Fill in a modal by action id and send it off; what the app answers is done."""
        values = state_values(view.view["blocks"], entered or {})
        check_sendable(view.view["blocks"], values)
        sent = payloads.view_submission(self.workspace, view, values)
        answer = await self.line.interaction(sent)
        if answer.is_acknowledged:
            settle(self.workspace, view, answer.payload)
        return answer

    async def closes(self, view: View, *, whole_stack: bool = False) -> Answer | None:
        """Close a modal; the app hears of it only if it asked to."""
        shown = payloads.view_closed(self.workspace, view, is_cleared=whole_stack)
        settle(self.workspace, view, {"response_action": "clear"} if whole_stack else {})
        return await self.line.interaction(shown) if view.view.get("notify_on_close") else None

    # From anywhere

    async def types(self, channel: str, command: str, text: str = "") -> Answer:
        """Type a slash command; the answer is shown as the app asks."""
        typed = payloads.slash_command(self.workspace, self.id, channel, command, text)
        typed["response_url"] = self.hooks.issue(channel, self.id)
        answer = await self.line.command(typed)
        shown = answer.payload or ({"text": answer.text} if answer.text else {})
        if answer.is_acknowledged and shown:
            self.hooks.answer(channel, self.id, shown)
        return answer

    async def uses_message_shortcut(self, message: Message, callback_id: str) -> Answer:
        """Choose a shortcut from the menu of a message."""
        url = self.hooks.issue(message.channel, self.id, message)
        chosen = payloads.message_shortcut(self.workspace, self.id, callback_id, message, url)
        return await self.line.interaction(chosen)

    async def uses_shortcut(self, callback_id: str) -> Answer:
        """Choose a global shortcut."""
        chosen = payloads.global_shortcut(self.workspace, self.id, callback_id)
        return await self.line.interaction(chosen)

    async def opens_home(self, tab: str = "home") -> Answer:
        """Look at the app's home tab, or at its messages."""
        home = self.workspace.homes.get(self.id) if tab == "home" else None
        event = events.home_opened_event(self.workspace, self.id, tab, home)
        return await self.line.event(event)

    def _message(self, channel: str, text: str, thread_ts: str | None) -> Message:
        blocks = self.workspace.with_block_ids(rich_text(text))
        ts = self.workspace.new_ts()
        return Message(ts, channel, self.id, text, blocks=blocks, thread_ts=thread_ts)
