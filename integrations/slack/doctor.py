"""What is wrong with the Slack app, each with how to mend it."""

from collections.abc import Mapping

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from integrations.slack.manifest import SCOPES
from integrations.slack.refusals import CONNECTION_ERRORS, code_of, mending

NO_CHANNEL = "No Slack channel is set. Give Hotline the id of the one for cards (channel details, at the bottom: C0…)."


async def problems(client: AsyncWebClient, channel: str, app_token: str) -> list[str]:
    """Find all problems that Slack can tell; none when all is well."""
    try:
        found = _missing_scopes((await client.auth_test()).headers)
        found += await _of_channel(client, channel)
        return found + await _of_app_token(client, app_token)
    except SlackApiError as error:
        return [f"Slack: {mending(code_of(error))}"]
    except CONNECTION_ERRORS as error:
        return [
            f"Slack cannot be reached ({type(error).__name__}). Check the network and SLACK_API_URL."
        ]


def _missing_scopes(headers: Mapping[str, str]) -> list[str]:
    granted = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
    if granted is None:
        return []
    missing = sorted(set(SCOPES) - {scope.strip() for scope in granted.split(",")})
    if not missing:
        return []
    reasons = "; ".join(f"{scope} (to {SCOPES[scope]})" for scope in missing)
    return [f"The Slack app lacks {reasons}. Update it with Hotline's manifest and reinstall it."]


async def _of_channel(client: AsyncWebClient, channel: str) -> list[str]:
    if not channel:
        return [NO_CHANNEL]
    try:
        info = (await client.conversations_info(channel=channel))["channel"]
    except SlackApiError as error:
        return [f"Slack channel {channel}: {mending(code_of(error))}"]
    if info.get("is_archived"):
        return [f"Slack channel {channel}: {mending('is_archived')}"]
    return (
        []
        if info.get("is_member", True)
        else [f"Slack channel {channel}: {mending('not_in_channel')}"]
    )


async def _of_app_token(client: AsyncWebClient, app_token: str) -> list[str]:
    if not app_token:
        return []
    try:
        await client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        return [
            f"Socket Mode: Slack answered {code_of(error)}. Check SLACK_APP_TOKEN (xapp-…, with the scope "
            "connections:write) and that Socket Mode is on in the app's settings."
        ]
    return []
