"""What can befall Slack, and an app in it, beyond a single refused call."""

from dataclasses import dataclass

from tests.fakes.slack.door import Door
from tests.fakes.slack.rates import BURST
from tests.fakes.slack.state import DEFAULT_SCOPES
from tests.fakes.slack.troubles import POSTING, Fault, Trouble
from tests.fakes.slack.web import WebApi


@dataclass(slots=True)
class Mishaps:
    """Brings them about, and ends them."""

    web: WebApi
    door: Door

    async def goes_down(self) -> None:
        """Refuse every connection, and end the open websockets."""
        await self.door.shut()
        await self.web.sockets.close()

    async def comes_back(self) -> None:
        """Listen again, at the same port."""
        await self.door.open()

    def answers_503(self, times: int | None = None, method: str | None = None) -> None:
        """Answer 503 with a page in HTML, to whatever is called unless one method is named."""
        self._add(Trouble(Fault.UNAVAILABLE, method, times))

    def answers_late(
        self, seconds: float, times: int | None = None, method: str | None = None
    ) -> None:
        """Do what is asked, and answer after this time."""
        self._add(Trouble(Fault.LATENCY, method, times, seconds=seconds))

    def loses_answers(self, times: int = 1, method: str = POSTING) -> None:
        """Do what is asked, and break the connection instead of answering."""
        self._add(Trouble(Fault.HANG_UP_AFTER, method, times))

    def never_answers(self, times: int = 1, method: str = POSTING) -> None:
        """Do what is asked, and leave the caller waiting."""
        self._add(Trouble(Fault.SILENCE_AFTER, method, times))

    def revokes_token(self, error: str = "token_revoked") -> None:
        """Refuse the tokens from now on; `account_inactive` when the app was uninstalled."""
        self.web.token_error = error

    def gives_token_back(self) -> None:
        """Take the tokens again."""
        self.web.token_error = ""

    def limits_calls(self, *, burst: int = BURST) -> None:
        """Count calls as Slack does: by tier a minute, posts by channel a second with bursts."""
        rates = self.web.rates
        rates.has_tiers, rates.seconds_between_posts, rates.burst = True, 1.0, burst

    def grants(self, *scopes: str) -> None:
        """Grant the app these scopes and no others."""
        self.web.workspace.scopes = frozenset(scopes)

    def takes_scope_away(self, *scopes: str) -> None:
        """Grant all the usual scopes but these."""
        self.web.workspace.scopes = DEFAULT_SCOPES - set(scopes)

    def unthreads_replies(self) -> None:
        """Post a reply to a deleted message in the channel itself instead of refusing it."""
        self.web.workspace.unthreads = True

    def _add(self, trouble: Trouble) -> None:
        self.web.troubles.add(trouble)
