"""What others wrote, fit for a terminal: one line, without anything that moves the cursor or turns the text round."""

import re
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from integrations.tracking_text import one_line

NARROWEST, WIDEST = 60, 200
STYLES = {"cold": "blue", "warm": "yellow", "hot": "red", "red_hot": "bold red"}

# Marks that turn the direction of what follows, and letters that are not to be seen.
_TURNING = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029]")


def harmless(text: str) -> str:
    """Give a text as one line that a terminal shows and does not obey."""
    return one_line(_TURNING.sub("", text))


def quoted(text: str) -> str:
    """Give a text in quotation marks."""
    return f"“{harmless(text)}”"


def minute(at: datetime) -> str:
    """Write an instant to the minute, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def temperature(name: str) -> Text:
    """Write a temperature in its colour."""
    return Text(name.replace("_", "-"), style=STYLES.get(name, ""))


def page_console() -> Console:
    """Make a console for a page: as wide as the terminal within bounds, without colours away from one."""
    console = Console(highlight=False, emoji=False, markup=False)
    console.width = min(max(console.width, NARROWEST), WIDEST)
    return console
