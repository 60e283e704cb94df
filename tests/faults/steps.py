"""The steps at which a server may be killed, by name; how a life is told to die at one, and tells which it took."""

import json
import os
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SEEN, TRAP, CLOCK = "FAULTS_SEEN", "FAULTS_TRAP", "FAULTS_CLOCK"


@dataclass(frozen=True, slots=True)
class Trap:
    """Where a life ends: when this step is reached for the n-th time from now on."""

    step: str
    nth: int = 1

    def set_in(self, path: Path) -> None:
        """Set it, for the server that looks there; whole or not at all."""
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps({"step": self.step, "nth": self.nth}), "utf-8")
        draft.replace(path)

    @classmethod
    def found_in(cls, path: Path) -> "Trap | None":
        """Find what was set, if anything was."""
        try:
            told = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        return cls(told["step"], told["nth"])


@dataclass(slots=True)
class Steps:
    """Counts the steps of one life, writes the first of each name down, and ends the life at its trap."""

    seen_in: Path | None = None
    trap_in: Path | None = None
    _seen: set[str] = field(default_factory=set)
    _trap: Trap | None = None
    _since: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Steps":
        """Read where the driver looks."""
        seen, trap = environment.get(SEEN), environment.get(TRAP)
        return cls(Path(seen) if seen else None, Path(trap) if trap else None)

    def reached(self, step: str) -> None:
        """Note a step; where it is the trap's, nothing after this line is done."""
        if step not in self._seen:
            self._seen.add(step)
            self._write(step)
        trap = Trap.found_in(self.trap_in) if self.trap_in else None
        if trap != self._trap:
            self._trap = trap
            self._since.clear()
        self._since[step] += 1
        if trap and self.trap_in and step == trap.step and self._since[step] >= trap.nth:
            self.trap_in.unlink()
            self._write(step, is_last=True)
            os.kill(os.getpid(), signal.SIGKILL)

    def _write(self, step: str, *, is_last: bool = False) -> None:
        if self.seen_in is None:
            return
        with self.seen_in.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, "died_here": is_last}) + "\n")


def read_steps(path: Path) -> tuple[set[str], Counter[str]]:
    """Give the steps that lives took, and how often one ended at which."""
    seen, ends = set[str](), Counter[str]()
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        noted = json.loads(line)
        seen.add(noted["step"])
        ends[noted["step"]] += noted["died_here"]
    return seen, +ends
