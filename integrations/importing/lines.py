"""What may be wrong with one line."""

from agent.errors import HotlineError


class UnusableLineError(HotlineError):
    """A line that cannot be taken in; the text says why, and has nothing in it of what the line says."""
