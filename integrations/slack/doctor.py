"""What is wrong with the Slack app, its channels and its people, each with how to mend it."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.playbook import Playbook
from agent.team_rules import RepRules
from integrations.slack.manifest import SCOPES
from integrations.slack.refusals import CONNECTION_ERRORS, code_of, mending

NO_CHANNEL = "No Slack channel is set. Give Hotline the id of the one for cards (channel details, at the bottom: C0…)."
MEMBER_ID = "their member id (Slack profile, ⋮, Copy member ID)"


@dataclass(frozen=True, slots=True)
class Checkup:
    """What keeps Slack from working, and what keeps single people from it; a sentence each."""

    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


async def examine(
    client: AsyncWebClient, channel: str, app_token: str, playbook: Playbook | None
) -> Checkup:
    """Find all that Slack can tell; teams and people only with a playbook."""
    try:
        problems = _missing_scopes((await client.auth_test()).headers)
        problems += await _of_channels(client, channel, playbook)
        problems += await _of_app_token(client, app_token)
        remarks = [each async for each in _of_reps(client, playbook)] if playbook else []
        return Checkup(tuple(problems), tuple(remarks))
    except SlackApiError as error:
        return Checkup((f"Slack: {mending(code_of(error))}",))
    except CONNECTION_ERRORS as error:
        return Checkup(
            (
                f"Slack cannot be reached ({type(error).__name__}). Check the network and SLACK_API_URL.",
            )
        )


def _missing_scopes(headers: Mapping[str, str]) -> list[str]:
    granted = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
    if granted is None:
        return []
    missing = sorted(set(SCOPES) - {scope.strip() for scope in granted.split(",")})
    if not missing:
        return []
    reasons = "; ".join(f"{scope} (to {SCOPES[scope]})" for scope in missing)
    return [f"The Slack app lacks {reasons}. Update it with Hotline's manifest and reinstall it."]


async def _of_channels(
    client: AsyncWebClient, channel: str, playbook: Playbook | None
) -> list[str]:
    if not channel:
        return [NO_CHANNEL]
    places = {channel: f"Slack channel {channel}"}
    for team in playbook.teams if playbook else ():
        if team.slack_channel:
            places[team.slack_channel] = f"Slack channel {team.slack_channel} of the team {team.id}"
    found = [await _of_channel(client, each, name) for each, name in places.items()]
    return [problem for problem in found if problem]


async def _of_channel(client: AsyncWebClient, channel: str, name: str) -> str:
    try:
        info = (await client.conversations_info(channel=channel))["channel"]
    except SlackApiError as error:
        return f"{name}: {mending(code_of(error))}"
    if info.get("is_archived"):
        return f"{name}: {mending('is_archived')}"
    return "" if info.get("is_member", True) else f"{name}: {mending('not_in_channel')}"


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


async def _of_reps(client: AsyncWebClient, playbook: Playbook) -> AsyncIterator[str]:
    for twins in _shared(playbook):
        yield twins
    for rep in playbook.reps:
        if problem := await _of_rep(client, rep):
            yield f"Rep {rep.id}: {problem}"


def _shared(playbook: Playbook) -> Iterator[str]:
    """Tell of reps who are the same person to Slack: whoever comes first in the playbook would act for both."""
    addresses = Counter(rep.email.lower() for rep in playbook.reps if rep.email)
    ids = Counter(rep.slack_user_id for rep in playbook.reps if rep.slack_user_id)
    for what, times in (*addresses.items(), *ids.items()):
        if times > 1:
            named = (rep.id for rep in playbook.reps if what in (rep.email.lower(), rep.slack_user_id))  # fmt: skip
            yield f"Reps {', '.join(named)} share {what}. Give each their own in the playbook."


async def _of_rep(client: AsyncWebClient, rep: RepRules) -> str:
    if not rep.slack_user_id and not rep.email:
        return f"has no Slack user. Give the playbook {MEMBER_ID} or their e-mail address."
    try:
        return _of_user(await _user(client, rep))
    except SlackApiError as error:
        return _unfound(code_of(error), rep)


def _of_user(user: Mapping[str, Any]) -> str:
    if user.get("deleted"):
        return "has left the Slack workspace. Take them out of the playbook, or give it their new user."
    return f"is an app in Slack, not a person. Give the playbook {MEMBER_ID}." if user.get("is_bot") else ""  # fmt: skip


async def _user(client: AsyncWebClient, rep: RepRules) -> Mapping[str, Any]:
    if rep.slack_user_id:
        found = await client.users_info(user=rep.slack_user_id)
    else:
        found = await client.users_lookupByEmail(email=rep.email)
    user: Mapping[str, Any] = found["user"]
    return user


def _unfound(code: str, rep: RepRules) -> str:
    match code:
        case "user_not_found" | "user_not_visible":
            return f"Slack knows no user {rep.slack_user_id}. Give the playbook {MEMBER_ID}."
        case "users_not_found":
            return f"nobody in Slack has the address {rep.email}. Give the playbook {MEMBER_ID}."
        case _:
            return mending(code)
