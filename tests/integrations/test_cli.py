import json
import os
import pty
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
import yaml
from typer.testing import CliRunner, Result

from integrations.cli import app
from integrations.keys import Keys, ensure_keys
from integrations.settings import Settings, setting_names
from tests.fakes import operator_app
from tests.minimal import MINIMAL, written

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unused_tcp_port: int) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOTLINE_PORT", str(unused_tcp_port))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "integrations.app", operator_app)


def hotline(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=given)


def process(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Run the command as users do, in a process of its own."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", "from integrations.cli import main; main()", *arguments],
        env={"PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


# Help and failures


def test_help_names_every_command() -> None:
    told = hotline("--help").output
    for command in ("serve", "chat", "classify", "index", "doctor", "migrate"):
        assert command in told
        assert "Example: " in hotline(command, "--help").output


def test_shows_the_version() -> None:
    assert hotline("--version").output == "hotline 0.1.0\n"


def test_starts_fast_as_nothing_heavy_is_imported() -> None:
    heavy = "{'fastapi', 'pydantic', 'sqlalchemy', 'chromadb', 'langchain', 'structlog', 'httpx'} & set(sys.modules)"
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"import sys, integrations.cli; print({heavy})"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.strip() == "set()"


def test_wrong_settings_are_told_without_a_traceback() -> None:
    ran = process("serve", HOTLINE_PORT="abc", OPENAI_BASE_URL="nowhere")
    output, errors = ran.communicate(timeout=30)
    assert ran.returncode == 2
    assert output == ""
    assert errors.splitlines() == [
        "HOTLINE_PORT: found 'abc'; expected a whole number from 1 to 65535.",
        "OPENAI_BASE_URL: found 'nowhere'; expected an address such as https://api.openai.com/v1.",
    ]


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_store_that_cannot_be_used_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", "locked")
    ran = hotline(command)
    assert ran.exit_code == 2
    assert ran.stderr == "The database is locked by another program.\n"


def test_unknown_settings_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PLAYBOK", "x")
    ran = hotline("migrate")
    assert (
        ran.stderr
        == "HOTLINE_PLAYBOK is not a setting of Hotline. Did you mean HOTLINE_PLAYBOOK?\n"
    )
    assert ran.stdout == "The schema is current.\n"


# serve


def test_serve_says_what_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", "data")

    async def stop_at_once(settings: Settings, on_open: Callable[[Keys], None]) -> None:
        on_open(ensure_keys(settings))
        raise KeyboardInterrupt

    monkeypatch.setattr(operator_app, "serve", stop_at_once)
    ran = hotline("serve", "--port", "9123")
    assert ran.exit_code == 0
    assert "http://localhost:9123/desk" in ran.stdout
    assert "API key  data/api-key" in ran.stdout
    assert "OPENAI_API_KEY adds a model" in ran.stdout
    assert Path("data/api-key").read_text() not in ran.stdout


def test_serve_on_a_port_in_use_says_so_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = hotline("serve", "--port", str(port))
    assert ran.exit_code == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith(
        f"Port {port} is in use by another program; choose another with HOTLINE_PORT={port + 1}"
    )
    assert not Path("data").exists()


def test_serve_recognises_a_hotline_that_holds_the_port(hotline_elsewhere: int) -> None:
    ran = hotline("serve", "--port", str(hotline_elsewhere))
    assert (
        f"by a Hotline that runs already (open http://localhost:{hotline_elsewhere}/)" in ran.stderr
    )
    assert len(ran.stderr.splitlines()) == 1


def test_serve_on_an_address_of_another_machine_is_explained() -> None:
    ran = hotline("serve", "--host", "192.0.2.1")
    assert ran.exit_code == 1
    assert "cannot be listened on" in ran.stderr


@pytest.fixture
def hotline_elsewhere() -> Iterator[int]:
    class Alive(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Alive) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


# classify


def test_classify_answers_in_the_order_of_the_input() -> None:
    given = '{"id": "1", "text": "What does it cost?", "source": "chat"}\n\n{"id": 2, "text": "Hello"}\n'
    ran = hotline("classify", given=given)
    first, second = (json.loads(line) for line in ran.stdout.splitlines())
    assert first == {
        "id": "1", "kind": "sales", "signals": [{"kind": "pricing", "quote": "cost", "confidence": 0.9}],
        "temperature": "hot", "handoff": True, "competitors": ["Crewpine"], "language": "en",
    }  # fmt: skip
    assert (second["id"], second["handoff"]) == (2, False)
    assert (ran.exit_code, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"no json", "is no JSON; expected one object a line."),
        (b"[1]", "is no object"),
        (b'{"id": "1"}', 'has no "text"'),
        (b'{"text": "a"}', 'has no "id"'),
        (b'{"id": "1", "text": "a", "source": "fax"}', 'has the wrong "source"; expected one of chat, form, email.'),
        (b'{"id": "1", "text": "\xff"}', "is not UTF-8."),
        (b"[" * 100_000, "is no JSON"),
        (b'{"id": "2", "text": ""}', 'has an empty "text"'),
        (b'{"id": "2", "text": " \\n\\t "}', 'has an empty "text"'),
        (b'{"id": "2", "text": "' + b"a" * 1_000_000 + b'"}', 'has 1,000,000 characters of "text"; at most 100,000'),
        (b'{"id": "2", "text": "a \\ud800 b"}', "half a character"),
    ],
)  # fmt: skip
def test_classify_answers_a_bad_line_in_its_place_and_goes_on(line: bytes, says: str) -> None:
    ran = hotline(
        "classify", given=b'{"id": "1", "text": "a"}\n' + line + b'\n{"id": "3", "text": "b"}\n'
    )
    answers = [json.loads(answer) for answer in ran.stdout.splitlines()]
    assert [answer.get("id") for answer in (answers[0], answers[2])] == ["1", "3"]
    assert answers[1]["line"] == 2
    assert says in answers[1]["error"]
    assert ran.stderr.startswith("Line 2: ")
    assert ran.exit_code == 1


def test_classify_names_the_message_it_cannot_read() -> None:
    ran = hotline("classify", given='{"id": "7", "text": ""}\n')
    assert json.loads(ran.stdout)["id"] == "7"


def test_classify_reads_past_control_bytes() -> None:
    ran = hotline("classify", given='{"id": "1", "text": "a\\u0000b \\u0007 price?"}\n')
    assert (json.loads(ran.stdout)["id"], ran.exit_code) == ("1", 0)


# index, slack-manifest


def test_index_says_how_the_library_changed(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "pricing.md").write_text("# Pricing")
    ran = hotline("index", str(pages))
    assert ran.exit_code == 0
    header, row, skipped = ran.stdout.splitlines()
    assert header.split() == ["source", "added", "removed", "in", "the", "library", "now"]
    assert row.split()[-3:] == ["1", "1", "1"]
    assert skipped == "skipped logo.png: no text in it"


def test_index_fails_where_a_source_does_and_tells_of_the_others(tmp_path: Path) -> None:
    ran = hotline("index", str(tmp_path), "https://shop.example", "--forget", "old")
    assert ran.exit_code == 1
    assert "failed https://shop.example: is down" in ran.stdout
    assert "old" in ran.stdout


def test_index_says_what_to_name_where_nothing_is_known() -> None:
    assert "name a folder, a file or a web site" in hotline("index").stderr


def test_index_refuses_a_folder_that_is_not_there() -> None:
    assert hotline("index", "nowhere").exit_code == 2


def test_slack_manifest_fits_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hotline("slack", "manifest").stdout == "socket_mode_enabled: true\n"
    monkeypatch.setenv("HOTLINE_PUBLIC_URL", "https://hotline.example")
    assert hotline("slack", "manifest").stdout == "socket_mode_enabled: false\n"
    assert hotline("slack-manifest").stdout == "socket_mode_enabled: false\n"


def test_slack_manifest_can_be_for_the_other_way_to_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("slack", "manifest", "--http", "https://other.example", "--format", "json")
    assert hotline(*asked).stdout == '{"request_url": "https://other.example"}\n'
    monkeypatch.setenv("HOTLINE_PUBLIC_URL", "https://hotline.example")
    assert hotline("slack", "manifest", "--socket").stdout == "socket_mode_enabled: true\n"


def test_slack_manifest_refuses_what_slack_would_refuse() -> None:
    assert "https://" in hotline("slack", "manifest", "--http", "http://hotline.example").stderr
    both = hotline("slack", "manifest", "--http", "https://x.example", "--socket")
    assert (both.exit_code, "Choose --http or --socket" in both.stderr) == (2, True)


# doctor


def test_doctor_checks_every_part() -> None:
    ran = hotline("doctor")
    assert ran.exit_code == 0, ran.stdout
    for part in (
        "settings",
        "data folder",
        "playbook",
        "database",
        "library",
        "model",
        "slack",
        "server",
    ):
        assert part in ran.stdout
    assert "42 facts" in ran.stdout


def test_doctor_fails_and_says_how_to_mend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOTLINE_PLAYBOOK", str(tmp_path / "none.yaml"))
    ran = hotline("doctor")
    assert ran.exit_code == 1
    assert "none.yaml does not exist" in ran.stdout
    assert "-> " in ran.stdout


def test_doctor_shows_wrong_settings_as_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PORT", "abc")
    ran = hotline("doctor")
    assert ran.exit_code == 1
    assert "fail" in ran.stdout
    assert "HOTLINE_PORT: found 'abc'" in ran.stdout


# playbook


def test_playbook_lists_the_packs() -> None:
    told = hotline("playbook", "packs").output.splitlines()
    names = [line for line in told if not line.startswith(" ")]
    assert names == ["b2b_ecommerce", "b2b_saas", "general", "professional_services", "real_estate", "recruitment"]  # fmt: skip
    assert told[told.index("real_estate") + 1].startswith("  Real estate: ")
    assert all(Path(line.strip()).is_file() for line in told if line.endswith(".yaml"))


def test_playbook_shows_the_playbook_with_its_pack(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOTLINE_PLAYBOOK", str(written(tmp_path, f"pack: recruitment\n{MINIMAL}")))
    shown = yaml.safe_load(hotline("playbook", "show").output)
    assert shown["company"]["name"] == "Acme"
    assert shown["scoring"]["engagement"]["high"]["acts"]["Interview Booked"] == 25
    assert "pack" not in shown
    assert "over the pack recruitment" in hotline("doctor").output


def test_playbook_shows_the_demo_playbook_when_none_is_set() -> None:
    assert yaml.safe_load(hotline("playbook", "show").output)["company"]["name"] == "Tourvane"


def test_playbook_show_tells_what_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = written(tmp_path, f"pack: recruitmant\n{MINIMAL}")
    monkeypatch.setenv("HOTLINE_PLAYBOOK", str(path))
    ran = hotline("playbook", "show")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"{path}:1: pack: found 'recruitmant'; expected one of b2b_ecommerce")  # fmt: skip
    assert "Did you mean recruitment?" in ran.stderr


# chat


def test_chat_starts_a_server_of_its_own_and_shows_what_the_agent_saw() -> None:
    ran = hotline("chat", "--as", "warm", "--plain", "-m", "What does it cost?", "-m", "again")
    assert ran.exit_code == 0, ran.output
    assert operator_app.DISCLOSURE in ran.stdout
    assert ran.stdout.count("Agent: It costs 49 euros.\n") == 2
    assert "(taken back, as there was more to answer)" in ran.stdout
    assert SEEN in ran.stdout


SEEN = """\
  | heard: pricing “what does it cost”
  | score: 43, warm: +25 asked for a price, +18 Head of Operations
  | facts: Pricing: Seats
  | decided: stay: warm
  | written by: composed in 412 ms
  | held back: “It is free.” (price)
"""


def test_chat_asks_until_the_input_ends() -> None:
    ran = hotline("chat", given="What does it cost?\n\n/quit\nnever sent\n")
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.count("49 euros.") == 1
    assert "asked for a price" in ran.stdout


def test_chat_tells_that_a_rep_has_taken_over() -> None:
    assert "A rep has taken over" in hotline("chat", "-m", "rep").stdout


def test_chat_tells_why_a_message_was_refused() -> None:
    ran = hotline("chat", "-m", "too long")
    assert ran.exit_code == 2
    assert "write at most 8,000 characters" in ran.stderr


def test_chat_has_no_personas_outside_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PLAYBOOK", "mine.yaml")
    assert (
        "Personas exist in the demo company only"
        in hotline("chat", "--as", "hot", "-m", "a").stderr
    )
    assert "49 euros." in hotline("chat", "-m", "a").stdout


def test_chat_tells_why_its_server_did_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", "locked")
    ran = hotline("chat", "-m", "a")
    assert ran.exit_code == 2
    assert ran.stderr == "The database is locked by another program.\n"


def test_chat_talks_to_a_server_that_runs_already(unused_tcp_port: int) -> None:
    code = (
        "import asyncio; from tests.fakes.operator_app import serve; from integrations.settings import Settings;"
        f"asyncio.run(serve(Settings(port={unused_tcp_port})))"
    )
    server = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)  # noqa: S603
    try:
        wait_for(f"http://127.0.0.1:{unused_tcp_port}/healthz")
        first = hotline("chat", "-m", "a").stdout
    finally:
        server.terminate()
        server.wait()
    assert "49 euros." in first


def wait_for(address: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{address} never answered")


def _all_of(terminal: int) -> bytes:
    """Read until the other end is closed, which Linux tells by an error."""
    read = b""
    with suppress(OSError):
        while more := os.read(terminal, 4_096):
            read += more
    return read


def test_classify_shows_a_bar_where_errors_go_to_a_terminal(tmp_path: Path) -> None:
    messages = tmp_path / "messages.jsonl"
    messages.write_text('{"id": "1", "text": "What does it cost?"}\n' * 30)
    ours, theirs = pty.openpty()
    with messages.open("rb") as given, ThreadPoolExecutor(1) as beside:
        reading = beside.submit(_all_of, ours)
        command = str(Path(sys.executable).with_name("hotline"))
        ran = subprocess.run([command, "classify"], stdin=given, stdout=subprocess.PIPE, stderr=theirs, check=True)  # noqa: S603  # our own command  # fmt: skip
        os.close(theirs)
        shown = reading.result().decode()
    os.close(ours)
    assert len(ran.stdout.splitlines()) == 30
    assert "30 messages" in shown
