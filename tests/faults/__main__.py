"""`make faults`: kills and troubles Hotline for a while, and audits what is left. Exit status 1 on any break."""

import argparse
import asyncio
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from math import inf
from pathlib import Path

from rich.console import Console

from tests.faults.rounds import Round, Store, campaigns_on, play, troubles

console = Console(highlight=False, soft_wrap=True)


def main() -> None:
    """Run what is asked for, and say at the end whether all of it is well."""
    options = _options()
    # A twin whose caller was killed writes to nobody: that is what we are here for.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    stores = [*Store] if options.store == "both" else [Store(options.store)]
    campaigns = [
        each
        for store in stores
        for each in campaigns_on(store, options.seed, options.kills, options.minutes)
    ]
    others = [each for store in stores for each in _troubles(options, store)]
    folder = Path(tempfile.mkdtemp(prefix="hotline-faults-"))
    console.print(f"seed {options.seed}; data and logs in {folder}")
    is_well = asyncio.run(_play(campaigns, others, folder))
    if all(is_well):
        shutil.rmtree(folder)
    console.print("all is well" if all(is_well) else f"something is broken, see above and {folder}")
    sys.exit(0 if all(is_well) else 1)


async def _play(campaigns: Sequence[Round], others: Sequence[Round], folder: Path) -> list[bool]:
    """Kill on all stores at once, as most of the time is waiting; then one trouble after the other."""
    is_well = await asyncio.gather(*(play(each, folder, _tell) for each in campaigns))
    return [*is_well, *[await play(each, folder, _tell) for each in others]]


def _troubles(options: argparse.Namespace, store: Store) -> list[Round]:
    named = options.only
    chosen = [] if options.no_troubles else troubles(store, options.seed)
    return [each for each in chosen if not named or each.name in named]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="on each store; 0 for none")
    parser.add_argument("--minutes", type=float, default=inf, help="kill no longer than so")
    parser.add_argument("--store", choices=[*Store, "both"], default="both")
    parser.add_argument("--seed", type=int, default=1, help="of the dice of visitors and kills")
    parser.add_argument("--quick", action="store_true", help="12 kills on each store, no troubles")
    parser.add_argument("--no-troubles", action="store_true", help="kills only")
    parser.add_argument("--only", nargs="*", metavar="TROUBLE", help="these troubles only")
    options = parser.parse_args()
    if options.quick:
        options.kills, options.no_troubles = 12, True
    if options.only:
        options.kills = 0
    return options


def _tell(what: object) -> None:
    console.print(what, markup=False)


if __name__ == "__main__":
    main()
