"""What tracking could not use of what was reported, in sentences for whoever runs Hotline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from agent.engagement import ActTally
from agent.merges import RefusedLink
from agent.tracking import RefusalTally

MOST = 10
"""How many of a kind are named."""

LONGEST = 80
UNITS = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)
ACTS_MEND = (
    "To give an act points, name it in the playbook under scoring: engagement: high, medium or low: acts, "
    "as in `Webinar Attended: 12`; acts of the past count then too."
)
REFUSALS_MEND = "Have the sender leave out what names nobody, and send valid ids and addresses."
LINKS_MEND = "Have people identified by an id or address that is theirs alone."


@dataclass(frozen=True, slots=True)
class UnusedReports:
    """Acts without points, reports not done, identities not joined, as far as they came of late, seen from `now`.

    More than `MOST` of a kind means there are more.
    """

    now: datetime
    acts: Sequence[ActTally] = ()
    refusals: Sequence[RefusalTally] = ()
    links: Sequence[RefusedLink] = ()

    def sentence(self) -> str:
        """Say how much there is of each kind; empty when there is nothing."""
        told = (
            _count(len(self.acts), "event name gives no points", "event names give no points"),
            _count(len(self.refusals), "kind of value was refused", "kinds of values were refused"),
            _count(len(self.links), "link joined nobody", "links joined nobody"),
        )
        parts = ", ".join(filter(None, told))
        return f"{parts[0].upper()}{parts[1:]}." if parts else ""

    def details(self) -> tuple[str, ...]:
        """Name the first of each kind, a line each."""
        return (
            *_listed("no points", [_act(tally, self.now) for tally in self.acts]),
            *_listed("refused", [_refusal(tally, self.now) for tally in self.refusals]),
            *_listed("not joined", [_link(link, self.now) for link in self.links]),
        )

    def mend(self) -> str:
        """Say what to do about each kind that there is."""
        kinds = (self.acts, ACTS_MEND), (self.refusals, REFUSALS_MEND), (self.links, LINKS_MEND)
        return " ".join(mend for found, mend in kinds if found)


def _count(count: int, one: str, many: str) -> str:
    if count > MOST:
        return f"more than {MOST} {many}"
    return f"{count} {one if count == 1 else many}" if count else ""


def _listed(kind: str, lines: Sequence[str]) -> list[str]:
    named = [f"{kind}: {line}" for line in islice(lines, MOST)]
    return [*named, f"{kind}: and more"] if len(lines) > MOST else named


def _act(tally: ActTally, now: datetime) -> str:
    return f"{_short(tally.name)}, {_times(tally.count)}, last {_ago(tally.last_at, now)}"


def _refusal(tally: RefusalTally, now: datetime) -> str:
    seen = f"{_times(tally.count)}, last {_ago(tally.last_at, now)}"
    return f"{tally.because} ({seen}, as in {_short(tally.example)})"


def _link(link: RefusedLink, now: datetime) -> str:
    ends = f"{_short(str(link.one))} and {_short(str(link.other))}"
    return f"{ends}, which {link.because} (last seen {_ago(link.seen_at, now)})"


def _ago(at: datetime, now: datetime) -> str:
    """Say how long ago it was, in the greatest unit of which one has passed."""
    past = now - at
    for name, unit in UNITS:
        if (count := past // unit) > 0:
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _short(text: str) -> str:
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else text
