"""`make faults`: kills and troubles Hotline for a while, and audits what is left. Exit status 1 on any break."""

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path
from random import Random
from time import monotonic

from rich.console import Console

from tests.faults.campaign import Campaign
from tests.faults.collecting import settled
from tests.faults.lives import Nursery
from tests.faults.report import lines, table
from tests.faults.workplace import a_workplace

CROWD = 10
PATIENCE = 150.0
console = Console(highlight=False)


async def kills_on_sqlite(options: argparse.Namespace, folder: Path) -> bool:
    """Kill one server on SQLite again and again; tells whether all is well."""
    dice, began = Random(options.seed), monotonic()  # noqa: S311 - dice that can be thrown again
    async with Nursery() as nursery, a_workplace(folder, nursery, dice) as place:
        campaign = Campaign(place, dice, _tell)
        place.open_doors(CROWD)
        await campaign.run(options.kills)
        await place.close_doors()
        _tell("the last visitor has left; waiting for what is due")
        evidence, breaks = await settled(place, PATIENCE)
    title = f"SQLite, one server, seed {options.seed}, {monotonic() - began:.0f} s"
    console.print(table(title, campaign.tally, evidence, breaks))
    for line in [*lines(campaign.tally, breaks), *place.troubles]:
        console.print(line, markup=False)
    return not breaks and not place.troubles and not campaign.tally.own_ends


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep the data and logs")
    options = parser.parse_args()
    # A twin whose caller was killed writes to nobody: that is what we are here for.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="hotline-faults-"))
    console.print(f"data and logs in {folder}")
    is_well = asyncio.run(kills_on_sqlite(options, folder))
    sys.exit(0 if is_well else 1)


def _tell(line: str) -> None:
    console.print(line, markup=False)


if __name__ == "__main__":
    main()
