"""The composition root: reads the settings, builds every part, and joins them. Nothing else meets knowledge.

What the commands need stands here; each function imports its parts when called, so that commands start at once.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from pathlib import Path

    from agent.erasure import Extent
    from agent.feedback import Feedback
    from agent.merges import MergeLog, Unmerged
    from agent.partings import Rating
    from agent.playbook import Playbook
    from agent.replay import Replay
    from agent.second_reading import Readings
    from agent.signals import SignalDetector
    from integrations.app.documents import IndexedPlace
    from integrations.app.intake import Intake
    from integrations.audit_report import AuditReport
    from integrations.copy_report import BackupReport, MoveReport, RestoreReport
    from integrations.doctor import Probes
    from integrations.keys import Keys
    from integrations.settings import Settings
    from integrations.web.gaps import GapsShape
    from integrations.web.leads import LeadShape
    from knowledge.playbook import Pack


async def serve(settings: "Settings", on_open: "Callable[[Keys], None]" = lambda _: None) -> None:
    """Run the server until it is stopped; `on_open` is called once the port is open.

    Raises what `running` raises, before anything is started.
    """
    from integrations.app.hotline import running
    from integrations.app.server import run_server

    async with running(settings) as hotline:
        await run_server(hotline, partial(on_open, hotline.parts.keys))


async def index(
    settings: "Settings",
    places: Sequence[str],
    progress: Callable[[int, int], None],
    *,
    pages: int,
    forget: Sequence[str] = (),
) -> "list[IndexedPlace]":
    """Index folders, files and web sites (all known ones where none is named), at most so many pages a site.

    A server that runs on the data folder does the work. Raises LibraryUnavailableError or DataFolderInUseError.
    """
    from integrations.app.handing_over import hand_over
    from integrations.app.indexing import index_places
    from integrations.app.locking import DataFolderInUseError, data_folder

    try:
        with data_folder(settings):
            return await index_places(settings, places, forget, pages, progress)
    except DataFolderInUseError:
        return await hand_over(settings, places, forget, pages, progress)


async def migrate(settings: "Settings") -> str:
    """Bring the database to this version's schema and say so; raises StoreUnavailableError."""
    from integrations.keys import ensure_data_folder
    from knowledge.database import SCHEMA, Database

    ensure_data_folder(settings)
    database = await Database.open(settings.database)
    await database.close()
    return f"{database.place.name} is at schema {SCHEMA}."


async def move_database(
    settings: "Settings", target: str | None, progress: "Callable[[str, int, int], None]"
) -> "MoveReport":
    """Move the SQLite file to a PostgreSQL database; raises TransferError, SettingsError, StoreUnavailableError."""
    from integrations.app.copying import move_database as move

    return await move(settings, target, progress)


async def back_up_to(
    settings: "Settings",
    path: "Path",
    progress: "Callable[[str, int, int], None]",
    *,
    with_keys: bool,
) -> "BackupReport":
    """Write a back-up, beside a running server or without one; raises ArchiveError or StoreUnavailableError."""
    from integrations.app.copying import back_up_to as back_up

    return await back_up(settings, path, progress, with_keys=with_keys)


async def restore_from(
    settings: "Settings",
    path: "Path",
    progress: "Callable[[str, int, int], None]",
    *,
    replaces: bool,
) -> "RestoreReport":
    """Restore a back-up where no server runs; raises ArchiveError, DataFolderInUseError, StoreUnavailableError."""
    from integrations.app.copying import restore_from as restore

    return await restore(settings, path, progress, replaces=replaces)


def detector(settings: "Settings") -> "SignalDetector":
    """Make the signal detector for the playbook that is set."""
    from integrations.app.detecting import make_detector, playbook_of

    return make_detector(playbook_of(settings))


def playbook_packs() -> "tuple[Pack, ...]":
    """Give the packs of the trades."""
    from knowledge.playbook import packs

    return packs()


def whole_playbook(settings: "Settings") -> str:
    """Give the playbook that is set, with its pack, as YAML; raises PlaybookError."""
    from knowledge.playbook import demo_playbook_path
    from knowledge.playbook import whole_playbook as whole

    return whole(settings.playbook or demo_playbook_path())


@asynccontextmanager
async def open_readings(settings: "Settings") -> "AsyncIterator[Readings]":
    """Open the kept readings, beside a running server or without one; raises StoreUnavailableError."""
    from integrations.clock import SystemClock
    from integrations.keys import ensure_data_folder
    from knowledge.database import Database
    from knowledge.readings import SqlReadings

    ensure_data_folder(settings)
    database = await Database.open(settings.database)
    try:
        yield SqlReadings(database, SystemClock())
    finally:
        await database.close()


def playbook_for(settings: "Settings") -> "Playbook":
    """Load the playbook that is set, else the demo company's; raises PlaybookError."""
    from knowledge.playbook import demo_playbook_path, load_playbook

    return load_playbook(settings.playbook or demo_playbook_path())


@asynccontextmanager
async def open_intake(settings: "Settings") -> "AsyncIterator[Intake]":
    """Open what keeps imported files, beside a running server or without one; raises StoreUnavailableError."""
    from integrations.app.intake import opened_intake

    async with opened_intake(settings, playbook_for(settings)) as intake:
        yield intake


async def lead_page(settings: "Settings", reference: str, cursor: str | None = None) -> "LeadShape":
    """Give a lead as `GET /v1/leads/{id}` does; raises UnknownLeadError or StoreUnavailableError."""
    from integrations.app.lead_pages import lead_page as page

    return await page(settings, playbook_for(settings), reference, cursor)


async def replay_lead(settings: "Settings", reference: str, at: "datetime | None") -> "Replay":
    """Replay a lead to an instant, None: to now; raises UnknownLeadError or StoreUnavailableError."""
    from integrations.app.lead_pages import replay_lead as replay

    return await replay(settings, playbook_for(settings), reference, at)


async def gaps(settings: "Settings", within: "timedelta | None") -> "GapsShape":
    """Give what visitors asked that the library lacks; raises LibraryUnavailableError or StoreUnavailableError."""
    from integrations.app.gaps import read_gaps

    return await read_gaps(settings, within)


async def feedback(settings: "Settings", within: "timedelta") -> "Sequence[Feedback]":
    """Give what reps said of handoffs, beside a running server or without one; raises StoreUnavailableError."""
    from integrations.app.lead_pages import feedback_within

    return await feedback_within(settings, within)


async def ratings(settings: "Settings", within: "timedelta") -> "Sequence[Rating]":
    """Give what visitors said of conversations; raises StoreUnavailableError."""
    from integrations.app.lead_pages import ratings_within

    return await ratings_within(settings, within)


async def merge_log(settings: "Settings", reference: str) -> "MergeLog":
    """Give the merges of a lead; raises UnknownLeadError or StoreUnavailableError."""
    from integrations.app.lead_pages import merge_log as log

    return await log(settings, playbook_for(settings), reference)


async def unmerge_leads(settings: "Settings", number: int, because: str) -> "Unmerged":
    """Take a merge back for good; raises UnknownMergeError or StoreUnavailableError."""
    from integrations.app.lead_pages import unmerge

    return await unmerge(settings, playbook_for(settings), number, because)


async def look_at_erasure(settings: "Settings", reference: str) -> "Extent":
    """Tell what erasing a lead would take; raises UnknownLeadError or StoreUnavailableError."""
    from integrations.app.erasing import opened_erasing

    async with opened_erasing(settings) as (erasing, _):
        return await erasing.look(reference)


async def erase_lead(settings: "Settings", reference: str) -> "Extent":
    """Erase a lead and all that is held on them; raises UnknownLeadError or StoreUnavailableError."""
    from integrations.app.erasing import opened_erasing

    async with opened_erasing(settings) as (erasing, _):
        extent = await erasing.erase(reference)
        await erasing.tidy()
        return extent


async def export_lead(settings: "Settings", reference: str, path: "Path") -> list[str]:
    """Write all that is held on a lead to a ZIP; gives the files that could not be read. Raises UnknownLeadError."""
    from integrations.app.erasing import opened_erasing

    async with opened_erasing(settings) as (_, exporting):
        return await exporting.archive(reference, path)


async def audit_store(settings: "Settings", *, mends: bool) -> "AuditReport":
    """Check every promise of the store, and mend before what can be; raises StoreUnavailableError."""
    from integrations.app.auditing import audit_store as audit

    return await audit(settings, mends=mends)


def desk_invite(settings: "Settings", rep: str) -> str:
    """Give the address by which a rep signs in at the desk; raises UnknownRepError."""
    from integrations.app.inviting import invite_address

    return invite_address(settings, rep, keys(settings).signing_secret.get_secret_value())


def keys(settings: "Settings") -> "Keys":
    """Give the keys of this installation, making what is missing; raises SettingsError or StoreUnavailableError."""
    import asyncio

    from integrations.app.shared_keys import read_keys
    from integrations.keys import ensure_keys

    return asyncio.run(read_keys(settings)) if settings.is_shared else ensure_keys(settings)


def api_key(settings: "Settings") -> str:
    """Give the server-side key itself."""
    return keys(settings).api_key.get_secret_value()


def slack_manifest(public_url: str | None) -> str:
    """Give the Slack app as YAML: over HTTP for this public address, in Socket Mode without one."""
    from integrations.slack.manifest import as_yaml

    return as_yaml(public_url)


def slack_manifest_json(public_url: str | None) -> str:
    """Give the same as JSON."""
    from integrations.slack.manifest import as_json

    return as_json(public_url)


def probes(settings: "Settings") -> "Probes":
    """Give what the doctor looks into."""
    from integrations.app.probing import make_probes

    return make_probes(settings)
