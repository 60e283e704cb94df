"""The steps at which a server may be killed, by name; how a life is told to die at one, and tells which it took."""

import json
import os
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

STEP, NTH, SEEN = "FAULTS_STEP", "FAULTS_NTH", "FAULTS_SEEN"


@dataclass(frozen=True, slots=True)
class Trap:
    """Where a life ends: when this step is reached for the n-th time."""

    step: str
    nth: int = 1

    def settings(self) -> dict[str, str]:
        """Give what tells the server so."""
        return {STEP: self.step, NTH: str(self.nth)}


@dataclass(slots=True)
class Steps:
    """Counts the steps of one life, writes the first of each name down, and ends the life at its trap."""

    seen_in: Path | None = None
    trap: Trap | None = None
    _times: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Steps":
        """Read what the driver told us."""
        seen, step = environment.get(SEEN), environment.get(STEP)
        trap = Trap(step, int(environment.get(NTH, "1"))) if step else None
        return cls(Path(seen) if seen else None, trap)

    def reached(self, step: str) -> None:
        """Note a step; where it is the trap's, nothing after this line is done."""
        self._times[step] += 1
        if self._times[step] == 1:
            self._write(step)
        if self.trap and step == self.trap.step and self._times[step] == self.trap.nth:
            self._write(step, is_last=True)
            os.kill(os.getpid(), signal.SIGKILL)

    def _write(self, step: str, *, is_last: bool = False) -> None:
        if self.seen_in is None:
            return
        with self.seen_in.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, "died_here": is_last}) + "\n")


def read_steps(path: Path) -> tuple[set[str], set[str]]:
    """Give the steps that lives took, and those at which one ended."""
    seen, ends = set[str](), set[str]()
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        noted = json.loads(line)
        seen.add(noted["step"])
        if noted["died_here"]:
            ends.add(noted["step"])
    return seen, ends
