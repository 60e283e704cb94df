"""What an act is called: the playbook's names for pages, and all names that the playbook knows."""

import re
from functools import cache

from agent.playbook import Playbook
from agent.tracking import CallKind, TrackingCall

PAGE_VIEWED, SCREEN_VIEWED = "Page Viewed", "Screen Viewed"
_LONGEST_URL = 2_000


def act_of(call: TrackingCall, playbook: Playbook) -> str:
    """Name the act that a call reports; empty for a call that reports none.

    A page is named by the first of the playbook's URL patterns that finds something in its address, else it is a
    plain "Page Viewed"; a screen of an app is a "Screen Viewed".
    """
    match call.kind:
        case CallKind.TRACK:
            return call.name.strip()
        case CallKind.PAGE:
            return _page(call.url[:_LONGEST_URL], playbook)
        case CallKind.SCREEN:
            return SCREEN_VIEWED
        case CallKind.IDENTIFY | CallKind.GROUP | CallKind.ALIAS:
            return ""


def known_acts(playbook: Playbook) -> tuple[str, ...]:
    """Give the names of all acts that the playbook gives points, a page or a class to, in a fixed order."""
    scored = [act for group in playbook.scoring.engagement.groups() for act in group.acts]
    rules = playbook.personalisation
    named = (*playbook.pages, *rules.say, *rules.steer, *rules.brief, PAGE_VIEWED, SCREEN_VIEWED)
    return tuple(dict.fromkeys((*scored, *named)))


def _page(url: str, playbook: Playbook) -> str:
    for act, patterns in playbook.pages.items():
        if any(_compiled(pattern).search(url) for pattern in patterns):
            return act
    return PAGE_VIEWED


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
