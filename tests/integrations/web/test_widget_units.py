"""The widget's own tests and types, checked in its own language by the Node that the test tools bring along."""

import subprocess
import sys
from pathlib import Path

NODE = Path(sys.executable).with_name("node")
WIDGET = Path(__file__).parents[3] / "integrations" / "web" / "widget"
TESTS = Path(__file__).parent / "widget"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Let Node do something in the widget's folder."""
    return subprocess.run(  # noqa: S603
        [NODE, *arguments], cwd=WIDGET, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_widgets_own_tests_pass() -> None:
    files = sorted(TESTS.glob("*.test.ts"))
    assert files != []
    ran = run("--test", *files)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_its_types_hold_and_so_do_those_it_publishes() -> None:
    ran = run(Path("node_modules", "typescript", "bin", "tsc"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
