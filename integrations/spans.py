"""Spans of time as commands take them: 30d, 12h, 2w."""

import re
from datetime import timedelta

import typer

SPAN = re.compile(r"(\d{1,5})([dhw])")
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "w": timedelta(weeks=1)}


def read_span(since: str) -> timedelta:
    """Read a span of time."""
    match = SPAN.fullmatch(since.strip().lower())
    if match is None:
        raise typer.BadParameter("write a span such as 30d, 12h or 2w", param_hint="--since")
    return int(match[1]) * UNITS[match[2]]
