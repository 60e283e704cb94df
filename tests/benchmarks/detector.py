"""How fast the signal detector reads, and how much memory `hotline classify` takes with everything loaded."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from rich.table import Table

from integrations.evaluation.examples import read_examples
from integrations.models.embeddings import LocalEmbeddings
from integrations.models.learned_detector import LearnedDetector
from integrations.models.signal_model import SignalModel

MESSAGES = Path("knowledge/examples/development")
ORDINARY = range(8, 81)  # words
COMMAND = (str(Path(sys.executable).with_name("hotline")), "classify")


def measure_detector() -> Table:
    """Read the development messages one by one, then all of them through the command."""
    texts = [each.text for each in read_examples(MESSAGES)]
    ordinary = [text for text in texts if len(text.split()) in ORDINARY]
    reading = _milliseconds(LearnedDetector(SignalModel.load()).read_text, ordinary)
    embeddings = LocalEmbeddings.load()
    embedding = _milliseconds(lambda text: embeddings.embed([text]), ordinary)
    rate, kilobytes = _through_the_command(texts)
    table = Table(title=f"Signal detector, {len(ordinary)} messages of 8 to 80 words, one thread")
    table.add_column("what")
    table.add_column("measured", justify="right")
    for name, figures in (("read", reading), ("embed (for the ratio)", embedding)):
        table.add_row(f"{name}, p50", f"{median(figures):.1f} ms")
        table.add_row(f"{name}, p99", f"{quantiles(figures, n=100)[98]:.1f} ms")
    table.add_row("read / embed, medians", f"{median(reading) / median(embedding):.2f}")
    table.add_row(f"hotline classify, {len(texts)} messages of all lengths", f"{rate:.0f} a second")
    table.add_row("hotline classify, resident at the end", f"{kilobytes * 1024 / 1e6:.0f} MB")
    return table


def _milliseconds(read: object, texts: list[str]) -> list[float]:
    assert callable(read)
    for text in texts[:20]:
        read(text)
    found = []
    for text in texts:
        started = perf_counter()
        read(text)
        found.append((perf_counter() - started) * 1000)
    return found


def _through_the_command(texts: list[str]) -> tuple[float, int]:
    """Give messages a second from the first answer to the last, and the process's resident kilobytes."""
    lines = [json.dumps({"id": number, "text": text}) for number, text in enumerate(texts)]
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ran:  # noqa: S603  # our own command
        assert ran.stdin
        assert ran.stdout
        ran.stdin.write(f"{lines[0]}\n".encode())
        ran.stdin.flush()
        ran.stdout.readline()
        started = perf_counter()
        for line in lines[1:]:
            ran.stdin.write(f"{line}\n".encode())
            ran.stdin.flush()
            ran.stdout.readline()
        seconds = perf_counter() - started
        status = Path(f"/proc/{ran.pid}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return (len(lines) - 1) / seconds, int(resident.split()[1])
