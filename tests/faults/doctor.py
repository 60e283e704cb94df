"""What `hotline doctor --audit` says of the store, beside the servers that live."""

import asyncio
import os
import sys
from pathlib import Path

from tests.faults.workplace import Workplace


async def complaints(place: Workplace) -> tuple[str, ...]:
    """Give what it finds broken; nothing when all is well."""
    command = [str(Path(sys.executable).with_name("hotline")), "doctor", "--audit"]
    process = await asyncio.create_subprocess_exec(
        *command,
        env=os.environ | place.replicas[0].settings | {"NO_COLOR": "1", "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    if not process.returncode:
        return ()
    return tuple(line for line in said.decode().splitlines() if line.strip()) or ("it failed",)
