"""What a composed reply says aloud of the visitor's history: an earlier talk, an act, and when it was."""

from datetime import datetime, timedelta

from babel.core import Locale
from babel.dates import format_timedelta

from agent.engagement import EngagementEvent
from agent.playbook import Playbook
from prompts.phrases import Phrases

SAID: dict[str, str] = {
    "Downloaded": "said_downloaded",
    "Attended": "said_attended",
    "Held": "said_met",
    "Submitted": "said_received",
    "Completed": "said_received",
    "Used": "said_calculated",
    "Started": "said_trial",
    "Activated": "said_trial",
}
TRIALS = ("Started", "Activated")
MOST_QUOTED = 14
DAYS_OF_A_WEEK = 7
IN_WEEKS = 1.9  # of a unit, from which it is taken: "13 days ago", and then "2 weeks ago"


def mentioned(event: EngagementEvent, playbook: Playbook, now: datetime, words: Phrases) -> str:
    """Say an act aloud in a sentence; nothing for acts without a sentence of their own."""
    done = event.name.split()[-1]
    key = SAID.get(done)
    if key is None or (done in TRIALS and "Trial" not in event.name):
        return ""
    values = {"title": event.title, "when": ago(event.at, playbook, now, words)}
    return words.fill(key, **{k: v for k, v in values.items() if f"{{{k}}}" in words.texts[key]})


def ago(at: datetime, playbook: Playbook, now: datetime, words: Phrases) -> str:
    """Say how long ago something was, in days of the company's time zone: `yesterday`, `on Tuesday`, `3 weeks ago`."""
    zone = playbook.hours.hours().zone
    then, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    days = (today - then).days
    if days <= 1:
        return words.fill("when_yesterday" if days == 1 else "when_today")
    if days < DAYS_OF_A_WEEK:
        weekday = words.fill("weekdays").split(", ")[then.weekday()]
        return words.fill("when_weekday", weekday=weekday)
    passed = timedelta(days=-days)
    return str(format_timedelta(passed, granularity="day", threshold=IN_WEEKS, add_direction=True, locale=words.language))  # fmt: skip


def quoted(text: str) -> str:
    """Give the beginning of somebody's words, on one line."""
    words = text.split()
    return " ".join(words[:MOST_QUOTED]).rstrip(".,;:!? ") + (
        "…" if len(words) > MOST_QUOTED else ""
    )


def language_name(code: str, words: Phrases) -> str:
    """Give a language's name in the words' own language; the code for one that nobody names."""
    return str(Locale.parse(words.language).languages.get(code, code))
