"""How often a method may be called.

https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.fakes.slack.state import Json
from tests.fakes.slack.troubles import POSTING

MINUTE = 60.0
BURST = 4  # Slack says "short bursts are allowed" and gives no number

TIER_2 = "conversations.list reactions.remove usergroups.list usergroups.users.list users.list"
TIER_3 = (
    "bots.info chat.delete chat.update conversations.history conversations.info conversations.join"
    " conversations.open conversations.replies reactions.add team.info users.conversations"
    " users.getPresence users.lookupByEmail"
)
TIER_4 = (
    "chat.postEphemeral conversations.members files.completeUploadExternal"
    " files.getUploadURLExternal files.info users.info views.open views.publish views.push"
    " views.update"
)
PER_MINUTE = {
    method: most
    for methods, most in ((TIER_2, 20), (TIER_3, 50), (TIER_4, 100))
    for method in methods.split()
}


@dataclass(slots=True)
class Rates:
    """Counts calls, and says how long to wait once there are too many; off until it is told."""

    has_tiers: bool = False
    seconds_between_posts: float = 0.0
    burst: int = 1
    _called_at: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _posts: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait_for(self, method: str, arguments: Json, now: float) -> int | None:
        """The seconds after which this call may be tried again; nothing if it may be made."""
        if method == POSTING:
            return self._after_post(str(arguments.get("channel")), now)
        return self._after_calls(method, now) if self.has_tiers else None

    def stop(self) -> None:
        """Let everything be called as often as one likes."""
        self.has_tiers, self.seconds_between_posts = False, 0.0
        self._called_at.clear()
        self._posts.clear()

    def _after_post(self, channel: str, now: float) -> int | None:
        if not self.seconds_between_posts:
            return None
        left, at = self._posts.get(channel, (float(self.burst), now))
        left = min(self.burst, left + (now - at) / self.seconds_between_posts)
        if left < 1:
            self._posts[channel] = (left, now)
            return math.ceil((1 - left) * self.seconds_between_posts)
        self._posts[channel] = (left - 1, now)
        return None

    def _after_calls(self, method: str, now: float) -> int | None:
        most = PER_MINUTE.get(method)
        if most is None:
            return None
        called = self._called_at[method]
        while called and called[0] <= now - MINUTE:
            called.popleft()
        if len(called) >= most:
            return max(1, math.ceil(called[0] + MINUTE - now))
        called.append(now)
        return None
