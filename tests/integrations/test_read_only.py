"""A data folder on a disk that can only be read: Hotline says so in a sentence, and nothing is started."""

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOTLINE = "from integrations.cli import main; main()"
DROP_FROM_BOUNDING_SET = 24
OVERRIDES = (1, 2)  # what lets root write and read where nobody may
MOUNTED = 'mount -t tmpfs -o ro none "$0" && exec "$@"'
UNSHARE = shutil.which("unshare") or ""
Ended = subprocess.CompletedProcess[str]


def served_from_a_disk_mounted_read_only(folder: Path) -> Ended:
    """Serve where a real disk is, in a world of its own."""
    return _serve(folder, [UNSHARE, "-rm", "sh", "-c", MOUNTED, str(folder)])


def served_from_a_folder_closed_to_all(folder: Path) -> Ended:
    """Serve where nobody may write, not even root."""
    folder.chmod(0o555)
    return _serve(folder, [], _heed_permissions)


def ways() -> list[Callable[[Path], Ended]]:
    """Give those that this machine allows: where worlds of one's own are forbidden, permissions must do."""
    tried = [UNSHARE, "-rm", "true"]
    mounts = UNSHARE and not subprocess.run(tried, capture_output=True, check=False).returncode  # noqa: S603
    mounted = [served_from_a_disk_mounted_read_only] if mounts else []
    return [served_from_a_folder_closed_to_all, *mounted]


@pytest.mark.parametrize("served", ways())
def test_a_read_only_disk_is_said_in_a_sentence(
    served: Callable[[Path], Ended], tmp_path: Path
) -> None:
    ended = served(tmp_path)
    (said,) = ended.stderr.strip().splitlines()
    assert said.startswith(f"HOTLINE_DATA_DIR: found '{tmp_path}', which cannot be written")
    assert ended.returncode == 2


def _serve(folder: Path, within: list[str], before: Callable[[], None] | None = None) -> Ended:
    return subprocess.run(  # noqa: S603
        [*within, sys.executable, "-c", HOTLINE, "serve"],
        env={
            "HOTLINE_DATA_DIR": str(folder),
            "PYTHONPATH": str(ROOT),
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
            "COLUMNS": "400",
        },
        cwd=folder,
        capture_output=True,
        check=False,
        preexec_fn=before,
        text=True,
    )


def _heed_permissions() -> None:
    for capability in OVERRIDES:
        ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)
