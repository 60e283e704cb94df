"""Who one can be when talking to the demo company."""

from enum import StrEnum


class Persona(StrEnum):
    """A visitor of the demo."""

    ANONYMOUS = "anonymous"
    WARM = "warm"
    HOT = "hot"
    AFTER_HOURS = "after_hours"
