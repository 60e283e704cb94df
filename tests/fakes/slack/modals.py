"""The methods that show views: modals, one over the other, and home tabs."""

import time

from tests.fakes.slack import limits
from tests.fakes.slack.shown import show_view
from tests.fakes.slack.state import Json, SlackError, Trigger, View, Workspace

TRIGGER_SECONDS = 3.0
MOST_IN_STACK = 3


def open_view(workspace: Workspace, arguments: Json) -> Json:
    """views.open."""
    trigger = _exchangeable(workspace, arguments)
    view = _checked(workspace, arguments)
    trigger.is_used = True
    return {"view": show_view(add_view(workspace, trigger.user, view))}


def push_view(workspace: Workspace, arguments: Json) -> Json:
    """views.push, over the modal in which the trigger was pulled."""
    trigger = _exchangeable(workspace, arguments)
    if trigger.view_id is None:
        raise SlackError("not_found")
    below = workspace.get_view(trigger.view_id)
    view = _checked(workspace, arguments)
    pushed = push_over(workspace, below, view)
    trigger.is_used = True
    return {"view": show_view(pushed)}


def update_view(workspace: Workspace, arguments: Json) -> Json:
    """views.update."""
    shown = workspace.get_view(arguments.get("view_id") or arguments.get("external_id"))
    _check_hash(shown, arguments)
    change_view(workspace, shown, _checked(workspace, arguments, shown))
    return {"view": show_view(shown)}


def publish_view(workspace: Workspace, arguments: Json) -> Json:
    """views.publish: the one home tab of a person."""
    user = workspace.users.get(str(arguments.get("user_id")))
    if user is None:
        problem = "[ERROR] invalid `user_id` [json-pointer:/user_id]"
        raise SlackError("invalid_arguments", problem)
    home = workspace.homes.get(user.id)
    if home is not None:
        _check_hash(home, arguments)
    view = limits.check_home(arguments.get("view"))
    if home is None:
        home_id = workspace.new_id("V")
        home = View(home_id, user.id, view, root_id=home_id)
        workspace.homes[user.id] = home
    change_view(workspace, home, view)
    return {"view": show_view(home)}


def add_view(workspace: Workspace, user: str, view: Json) -> View:
    """A modal in front of a person."""
    view_id = workspace.new_id("V")
    opened = View(view_id, user, {}, root_id=view_id)
    change_view(workspace, opened, view)
    workspace.views.append(opened)
    return opened


def push_over(workspace: Workspace, below: View, view: Json) -> View:
    """A modal over another one; no more than three lie on a stack."""
    stack = [one for one in workspace.views if one.is_open and one.root_id == below.root_id]
    if len(stack) >= MOST_IN_STACK:
        raise SlackError("push_limit_reached")
    pushed = add_view(workspace, below.user, view)
    pushed.root_id, pushed.previous_id = below.root_id, below.id
    return pushed


def change_view(workspace: Workspace, shown: View, view: Json) -> None:
    """Give a view its new content, and with it a new hash."""
    blocks = workspace.with_block_ids(view["blocks"])
    shown.view = {**view, "blocks": workspace.with_action_ids(blocks)}
    shown.hash = workspace.new_ts()


def close_view(workspace: Workspace, shown: View, *, whole_stack: bool) -> None:
    """Take a modal away, with all that lie on the stack or alone."""
    for one in workspace.views:
        if one is shown or (whole_stack and one.root_id == shown.root_id):
            one.is_open = False


def _exchangeable(workspace: Workspace, arguments: Json) -> Trigger:
    trigger = workspace.triggers.get(str(arguments.get("trigger_id")))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.is_used:
        raise SlackError("exchanged_trigger_id")
    if time.monotonic() - trigger.issued_at > TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    return trigger


def _checked(workspace: Workspace, arguments: Json, replaced: View | None = None) -> Json:
    is_home = replaced is not None and replaced.view.get("type") == "home"
    given = arguments.get("view")
    view = limits.check_home(given) if is_home else limits.check_view(given)
    external_id = view.get("external_id")
    for shown in workspace.views if external_id else ():
        if shown is not replaced and shown.is_open and shown.view.get("external_id") == external_id:
            raise SlackError("duplicate_external_id")
    return view


def _check_hash(shown: View, arguments: Json) -> None:
    if arguments.get("hash") and arguments["hash"] != shown.hash:
        raise SlackError("hash_conflict")
