"""How much visitors may do, counted where the settings say."""

from integrations.settings import Settings
from integrations.web.limits import MemoryLimits, NoLimits, RateLimits
from integrations.web.shared_limits import SharedLimits


def limits_of(settings: Settings) -> RateLimits:
    """Make the limits: none, those of this process, or those of all on one database."""
    if not settings.rate_limits:
        return NoLimits()
    alone = MemoryLimits(settings.rate_limits)
    if not isinstance(settings.database, str):
        return alone
    from knowledge.shared_counts import PostgresCounts

    return SharedLimits(PostgresCounts.at(settings.database), alone)
