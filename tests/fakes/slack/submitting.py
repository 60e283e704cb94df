"""What Slack does with an app's answer to a modal that was sent off."""

from tests.fakes.slack import limits
from tests.fakes.slack.modals import change_view, close_view, push_over
from tests.fakes.slack.state import Json, SlackError, View, Workspace


def settle(workspace: Workspace, view: View, answer: Json) -> None:
    """Close, replace or cover the modal, or leave it open with its errors."""
    match answer.get("response_action"):
        case None:
            close_view(workspace, view, whole_stack=False)
        case "clear":
            close_view(workspace, view, whole_stack=True)
        case "errors":
            _check_errors(view, answer.get("errors") or {})
        case "update":
            change_view(workspace, view, limits.check_view(answer.get("view")))
        case "push":
            push_over(workspace, view, limits.check_view(answer.get("view")))
        case other:
            raise SlackError("invalid_arguments", f"[ERROR] unknown response_action {other}")


def _check_errors(view: View, errors: dict[str, str]) -> None:
    inputs = {b["block_id"] for b in view.view["blocks"] if b.get("type") == "input"}
    unknown = sorted(set(errors) - inputs)
    if unknown or not errors:
        raise SlackError("invalid_arguments", f"[ERROR] no inputs for the errors of {unknown}")
