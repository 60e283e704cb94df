"""What the audit goes by: what was sent, what the HTTP API says, what stands in Slack. Values only."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Said:
    """Words a visitor sent; `seq` and `message_id` are those of the 202, and None without one."""

    text: str
    client_id: str
    message_id: str | None = None
    seq: int | None = None
    after_card: bool = (
        False  # a rep had been called when it was sent, and was not gone when it was accepted
    )


@dataclass(frozen=True, slots=True)
class Logged:
    """A message as the API gives it."""

    seq: int
    message_id: str
    author: str
    text: str
    in_reply_to: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words a rep wrote in the thread while holding the conversation; taken without a word that they were not."""

    text: str
    is_acknowledged: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reply as a stream showed it; None as text takes the draft back."""

    message_id: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Watched:
    """One connection of a visitor's stream: after which seq it began, what came, whether it ended in peace."""

    after: int
    events: tuple[Logged | Piece, ...]
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation, from all sides."""

    conversation_id: str
    said: tuple[Said, ...]
    log: tuple[Logged, ...]
    held_by: str
    spoken: tuple[Spoken, ...] = ()
    watched: tuple[Watched, ...] = ()

    @property
    def longest_wait(self) -> float:
        """Give the most seconds from words to the reply that answers them; where a rep talked, words waited for them."""
        if any(message.author == "rep" for message in self.log):
            return 0.0
        said_at = {message.message_id: message.at for message in self.log}
        waits = [
            (message.at - asked_at).total_seconds()
            for message in self.log
            for answered in message.in_reply_to
            if message.at and (asked_at := said_at.get(answered))
        ]
        return max(waits, default=0.0)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a handoff's log."""

    because: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A handoff as the API gives it; `is_left_alone` when no rep was ever to come."""

    handoff_id: str
    conversation_id: str
    opened_at: datetime
    log: tuple[Step, ...]
    is_left_alone: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """A message in Slack; `post_id` and `part` are what Hotline marked it with."""

    ts: str
    text: str
    by_bot: bool
    thread_ts: str | None = None
    post_id: str = ""
    part: int = 0
    handoff_id: str = ""

    @property
    def is_card(self) -> bool:
        """Whether it stands in the channel itself."""
        return self.by_bot and self.thread_ts in (None, self.ts)


@dataclass(frozen=True, slots=True)
class Timer:
    """A step that must be taken once on a handoff nobody came to, so many seconds after it was opened."""

    names: frozenset[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything, after the last server had the time to finish."""

    talks: tuple[Talk, ...] = ()
    cases: tuple[Case, ...] = ()
    posts: tuple[Post, ...] = ()
    timers: tuple[Timer, ...] = ()
    doctor: tuple[str, ...] = field(default=())
