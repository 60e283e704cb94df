"""Leases on conversations: who works on one now, and what becomes of its words when they are done, fail or die."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from agent.conversation import Holder
from knowledge.ledger import Ledger

LEASE: Final = timedelta(seconds=60)
"""A process that lives may hold a conversation so long and no longer, whatever hangs in it."""
AFTER_FAILURE: Final = timedelta(seconds=5)


def take(ledger: Ledger, lease: str, abandoned: Callable[[str], bool]) -> bool:
    """Lease a conversation and raise its epoch; tells whether it was free, or its lease was abandoned."""
    if ledger.is_leased and not abandoned(ledger.row.lease_owner or ""):
        return False
    row = ledger.row
    row.lease_owner, row.lease_until = lease, ledger.now + LEASE
    row.epoch, row.showing_epoch = row.epoch + 1, None
    if row.words_due_at is not None:
        # Whoever took the words has a minute; words that come meanwhile are due at once again.
        row.words_due_at = row.lease_until if row.holder is Holder.AGENT else None
        if row.holder is not Holder.AGENT:
            ledger.look_again()
    ledger.settle()
    return True


def release(ledger: Ledger, lease: str, *, has_failed: bool) -> None:
    """End a lease; words that it leaves unanswered are due at once, or after a while where answering failed."""
    row = ledger.row
    if row.lease_owner != lease:
        return
    row.lease_owner = row.lease_until = None
    if row.words_due_at is not None and row.words_due_at > ledger.now:
        row.words_due_at = ledger.now + (AFTER_FAILURE if has_failed else timedelta())
        ledger.settle()


def free(ledger: Ledger) -> None:
    """End the lease of a process that is gone: its words are due now, and whatever it would still say is out of date."""
    row = ledger.row
    row.lease_owner = row.lease_until = None
    row.epoch += 1
    if row.words_due_at is not None:
        row.words_due_at = ledger.now
        ledger.settle()
