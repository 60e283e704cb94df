"""What is wrong with an installation and how to mend it: one finding for each part.

The parts of vendors are probed by functions that `integrations/app.py` passes in; nothing here knows them.
"""

import asyncio
import shutil
import stat
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

import httpx

from agent.errors import HotlineError, PlaybookError
from agent.playbook import Playbook
from agent.spending import SpendingRules
from integrations.keys import ensure_data_folder
from integrations.settings import Settings, settings_warnings
from integrations.spending_seen import SpendingSeen, limits_told, use_told
from integrations.unused_reports import UnusedReports

if TYPE_CHECKING:
    from integrations.slack.doctor import Checkup

CHECK_SECONDS = 20.0
MOST_LINES = 20
MEGABYTE = 1_000_000
FULL_BELOW = 50 * MEGABYTE
TIGHT_BELOW = 500 * MEGABYTE
MENDING = {
    "data folder": "Point HOTLINE_DATA_DIR at a folder Hotline may write to.",
    "playbook": "Change the lines named here; knowledge/demo/playbook.yaml is a complete example.",
    "database": "Stop other programs that use the file, then run: hotline migrate",
    "tracking": "Stop other programs that use the database, then run: hotline migrate",
    "library": "Stop other servers on this data folder; if it stays so, delete its `library` folder and index again. "
    "On a Chroma server: see that it runs, and that HOTLINE_CHROMA_URL leads to it.",
    "embeddings": "Install again: make setup",
    "model": "Check OPENAI_API_KEY, OPENAI_BASE_URL and HOTLINE_MODEL.",
    "slack": "Check the SLACK_ settings.",
}  # fmt: skip
PAGES = ("/", "/desk", "/docs", "/metrics")


class Health(StrEnum):
    """How a part is doing."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: how it does, in a sentence, what to do about it, and what it is about, a line each."""

    name: str
    health: Health
    sentence: str
    mend: str = ""
    details: tuple[str, ...] = ()


Check = Callable[[], Awaitable[Finding]]


@dataclass(frozen=True, slots=True)
class Probes:
    """What looks into the parts of vendors. Each raises a HotlineError whose text says what is wrong.

    `database` and `embeddings` give a sentence, `library` the number of facts (None: a
    running server has it and is well), `chroma` a sentence on the server it is on (None: it is on none), `documents` a line for each document that somebody should look at, `model` a sentence after a
    tiny request (None without a key), `slack` all problems and remarks found (None when Slack is off), `tracking`
    what it could not use, `spending` what a running server's models have used today (None: none runs, or no model is asked).
    """

    playbook: Callable[[], Playbook]
    database: Callable[[], Awaitable[str]]
    library: Callable[[], Awaitable[int | None]]
    embeddings: Callable[[], Awaitable[str]]
    tracking: Callable[[], Awaitable[UnusedReports]]
    chroma: Callable[[], Awaitable[str]] | None = None
    documents: Callable[[], Awaitable[Sequence[str]]] | None = None
    spending: Callable[[], Awaitable[SpendingSeen | None]] | None = None
    model: Callable[[], Awaitable[str]] | None = None
    slack: "Callable[[], Awaitable[Checkup]] | None" = None


def all_checks(settings: Settings, probes: Probes) -> dict[str, Check]:
    """Give every check by name, in the order a person would look."""
    return {
        "settings": partial(check_settings, settings),
        "data folder": partial(check_data_folder, settings),
        "keys": partial(check_keys, settings),
        "playbook": partial(check_playbook, settings, probes),
        "database": partial(check_database, probes),
        "tracking": partial(check_tracking, probes),
        "library": partial(check_library, probes),
        "embeddings": partial(check_embeddings, probes),
        "model": partial(check_model, probes),
        "spending": partial(check_spending, probes),
        "slack": partial(check_slack, probes),
        "server": partial(check_server, settings),
    }


async def examine(checks: dict[str, Check], at_most: float = CHECK_SECONDS) -> list[Finding]:
    """Run all checks at once; one that hangs or breaks is itself a finding."""
    return await asyncio.gather(*(_find(name, check, at_most) for name, check in checks.items()))


async def check_settings(settings: Settings) -> Finding:
    """Say which settings are probably not meant."""
    warnings = settings_warnings(settings)
    if warnings:
        return Finding(
            "settings", Health.WARN, " ".join(warnings), "Change the environment or .env."
        )
    return Finding("settings", Health.OK, "All settings are known and fit together.")


async def check_data_folder(settings: Settings) -> Finding:
    """See that the data folder can be written and has room."""
    folder = ensure_data_folder(settings)
    free = shutil.disk_usage(folder).free
    if free >= TIGHT_BELOW:
        return Finding(
            "data folder", Health.OK, f"{folder.resolve()} can be written, {_size(free)} are free."
        )
    health = Health.FAIL if free < FULL_BELOW else Health.WARN
    mend = "Free some space, or point HOTLINE_DATA_DIR at another disk."
    return Finding("data folder", health, f"{folder.resolve()} has {_size(free)} left.", mend)


async def check_keys(settings: Settings) -> Finding:
    """See that nobody else on this machine can read the made keys."""
    made = [path for name in ("api-key", "secret") if (path := settings.data_dir / name).exists()]
    open_to_others = [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_to_others:
        names = " ".join(map(str, open_to_others))
        return Finding("keys", Health.WARN, f"Others can read {names}.", f"Run: chmod 600 {names}")
    if settings.api_key or not made:
        where = "is set" if settings.api_key else "is made at the first start"
        return Finding("keys", Health.OK, f"The API key {where}.")
    return Finding("keys", Health.OK, f"The API key stands in {settings.data_dir / 'api-key'}.")


async def check_playbook(settings: Settings, probes: Probes) -> Finding:
    """Load the playbook."""
    playbook = await asyncio.to_thread(probes.playbook)
    whose = "the demo company" if settings.is_demo else playbook.company.name
    pack = f" over the pack {playbook.pack}" if playbook.pack else ""
    told = f"{playbook.version}{pack}, for {whose}, {len(playbook.reps)} reps."
    return Finding("playbook", Health.OK, told)


async def check_database(probes: Probes) -> Finding:
    """Open the database and compare its schema."""
    return Finding("database", Health.OK, await probes.database())


async def check_tracking(probes: Probes) -> Finding:
    """List what was reported and could not be used."""
    try:
        unused = await probes.tracking()
    except PlaybookError:
        return Finding("tracking", Health.WARN, "It is looked at once the playbook loads.")
    if told := unused.sentence():
        return Finding("tracking", Health.WARN, told, unused.mend(), unused.details())
    return Finding("tracking", Health.OK, "All that was reported could be used.")


async def check_library(probes: Probes) -> Finding:
    """Open the library and count its facts."""
    server = f"{await probes.chroma()} " if probes.chroma else ""
    facts = await probes.library()
    if facts == 0:
        mend = "Fill it: hotline index PATH|URL"
        told = f"{server}It is empty: visitors are received, but no question of theirs can be answered."
        return Finding("library", Health.WARN, told, mend)
    told = "A running server has it open and says it is well."
    told = told if facts is None else f"{server}It opens and holds {facts:,} facts."
    remarks = await probes.documents() if probes.documents else ()
    if not remarks:
        return Finding("library", Health.OK, told)
    mend = "Mend the documents named here, then run: hotline index"
    return Finding("library", Health.WARN, told, mend, _first(remarks))


async def check_embeddings(probes: Probes) -> Finding:
    """Embed a word."""
    return Finding("embeddings", Health.OK, await probes.embeddings())


async def check_model(probes: Probes) -> Finding:
    """Ask the model something tiny, when there is a key."""
    if probes.model is None:
        told = "OPENAI_API_KEY is unset: replies are composed from the library, which works without a model."
        return Finding("model", Health.OK, told)
    return Finding("model", Health.OK, await probes.model())


async def check_spending(probes: Probes) -> Finding:
    """Tell what models have used today, beside what the playbook allows."""
    if probes.model is None:
        return Finding("spending", Health.OK, "No model is asked, so nothing is spent.")
    try:
        rules = (await asyncio.to_thread(probes.playbook)).spending
    except PlaybookError:
        return Finding("spending", Health.WARN, "It is looked at once the playbook loads.")
    seen = await probes.spending() if probes.spending else None
    return _spent(rules, seen)


async def check_slack(probes: Probes) -> Finding:
    """Ask Slack what it would refuse, when it is set."""
    if probes.slack is None:
        return Finding("slack", Health.OK, "Slack is off: handoffs appear at the built-in desk.")
    found = await probes.slack()
    remarks = _first(found.remarks)
    if found.problems:
        mend = "`hotline slack manifest` prints the app that fits."
        return Finding("slack", Health.FAIL, " ".join(found.problems), mend, remarks)
    if remarks:
        told = "The app and its channels are fine, but not everybody can act in Slack."
        mend = "Change the playbook, and restart Hotline."
        return Finding("slack", Health.WARN, told, mend, remarks)
    return Finding("slack", Health.OK, "The token, its scopes, the channels and the reps are fine.")


async def check_server(settings: Settings) -> Finding:
    """See that a running server answers, also by the public address."""
    local = f"http://127.0.0.1:{settings.port}"
    async with httpx.AsyncClient(timeout=5, follow_redirects=True) as client:
        if not await _answers(client, f"{local}/healthz"):
            return Finding(
                "server",
                Health.OK,
                f"None runs on port {settings.port}; `hotline serve` starts it.",
            )
        wrong = [page for page in PAGES if not await _answers(client, local + page)]
        if not await _answers(client, f"{settings.url}/healthz"):
            return Finding("server", Health.WARN, *_not_public(settings))
    if wrong:
        mend = "Look into the server's log."
        return Finding(
            "server", Health.WARN, f"It runs, but does not give {', '.join(wrong)}.", mend
        )
    return Finding("server", Health.OK, f"It answers at {settings.url}.")


def _spent(rules: SpendingRules, seen: SpendingSeen | None) -> Finding:
    told = f"{use_told(rules, seen)} {limits_told(rules)}" if seen else limits_told(rules)
    if rules.has_unpriced_limit:
        told = f"Money is limited and nothing has a price, so that limit holds nothing back. {told}"
        mend = "Give input_price and output_price under `spending` in the playbook."
        return Finding("spending", Health.WARN, told, mend)
    if seen and (seen.is_day_over or seen.held):
        whose = "All" if seen.is_day_over else f"{seen.held:,}"
        told = (
            f"{whose} conversations are answered without the model, as a limit is reached. {told}"
        )
        return Finding("spending", Health.WARN, told, "Raise the limits in the playbook, or wait for tomorrow (UTC).")  # fmt: skip
    return Finding("spending", Health.OK, told)


def _first(lines: Sequence[str]) -> tuple[str, ...]:
    left = len(lines) - MOST_LINES
    return (*lines[:MOST_LINES], *([f"and {left:,} more"] if left > 0 else []))


def _not_public(settings: Settings) -> tuple[str, str]:
    return (
        f"It runs here, but {settings.url} does not lead to it.",
        "Set HOTLINE_PUBLIC_URL to the address visitors use, or mend the proxy before it.",
    )


async def _answers(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(address)).is_success
    except httpx.HTTPError:
        return False


async def _find(name: str, check: Check, at_most: float) -> Finding:
    try:
        return await asyncio.wait_for(check(), at_most)
    except TimeoutError:
        return Finding(
            name, Health.FAIL, f"No answer within {at_most:g} seconds.", MENDING.get(name, "")
        )
    except HotlineError as error:
        return Finding(name, Health.FAIL, str(error), MENDING.get(name, ""))
    except Exception as error:  # noqa: BLE001  whatever breaks is what the doctor was called for
        return Finding(name, Health.FAIL, f"{type(error).__name__}: {error}", MENDING.get(name, ""))


def _size(size: int) -> str:
    return (
        f"{size / 1000 / MEGABYTE:.1f} GB" if size >= 1000 * MEGABYTE else f"{size // MEGABYTE} MB"
    )
