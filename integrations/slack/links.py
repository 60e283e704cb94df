"""Links to cards; Slack is asked once for the address of the workspace, not once a card."""

from dataclasses import dataclass, field

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from integrations.slack.refusals import CONNECTION_ERRORS, code_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links of references, `channel:ts`."""

    client: AsyncWebClient
    _workspace: list[str] = field(default_factory=list)

    async def workspace(self) -> str:
        """Give the address of the workspace; empty while Slack does not tell it."""
        if not self._workspace:
            try:
                self._workspace.append(str((await self.client.auth_test())["url"]))
            except SlackApiError as error:
                log.warning("slack.workspace_unknown", error=code_of(error))
            except CONNECTION_ERRORS as error:
                log.warning("slack.workspace_unknown", error=type(error).__name__)
        return self._workspace[0] if self._workspace else ""


def link_to(workspace: str, reference: str) -> str:
    """Give the link to a message, as "Copy link" in Slack does; empty when either is unknown."""
    channel, _, ts = reference.partition(":")
    return f"{workspace}archives/{channel}/p{ts.replace('.', '')}" if workspace and ts else ""
