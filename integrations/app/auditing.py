"""The audit of the store, beside a running server or without one."""

from collections.abc import Callable

from agent.errors import PlaybookError
from agent.playbook import Playbook
from integrations.app.detecting import playbook_of
from integrations.audit_report import AuditReport, BrokenPromise, MendedReport, PromiseReport
from integrations.clock import SystemClock
from integrations.keys import ensure_data_folder
from integrations.settings import Settings
from knowledge.attachment_bytes import bytes_of
from knowledge.auditing.rules import Surroundings
from knowledge.auditing.running import Kept, audit, mend
from knowledge.database import Database

NO_PLAYBOOK = "No timer is lost: the playbook does not load, so nobody knows what time makes due."


async def audit_store(
    settings: Settings, *, mends: bool, note: Callable[[str], None] = lambda _: None
) -> AuditReport:
    """Check every promise of the store, and put in order before what can be; raises StoreUnavailableError."""
    ensure_data_folder(settings)
    playbook = _playbook(settings)
    database = await Database.open(settings.database)
    try:
        clock = SystemClock()
        files = bytes_of(database, settings.files_folder, clock)
        around = Surroundings(clock.now(), playbook, files)
        mended = await mend(database, around) if mends else []
        kept = await audit(database, around, note)
        return AuditReport(
            database=database.place.name,
            at=around.now,
            promises=tuple(map(_promise, kept)),
            mended=tuple(
                MendedReport(promise=each.rule, rows=each.count, done=each.done) for each in mended
            ),
            left_out=() if playbook else (NO_PLAYBOOK,),
        )
    finally:
        await database.close()


def _playbook(settings: Settings) -> Playbook | None:
    try:
        return playbook_of(settings)
    except PlaybookError:
        return None


def _promise(kept: Kept) -> PromiseReport:
    first = [
        BrokenPromise(
            about=each.about,
            sentence=each.sentence,
            advice=each.advice,
            can_be_mended=each.can_be_mended,
        )
        for each in kept.breaks
    ]
    return PromiseReport(promise=kept.rule, broken=kept.count, first=tuple(first))
