"""What the deployment files run is there, and what they set is known."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from integrations.app.hotline import BACKGROUND_SECONDS
from integrations.app.server import GRACE_SECONDS
from integrations.cli import app
from integrations.settings import setting_names
from integrations.wakeups.runs import DRAIN_SECONDS

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "integrations" / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
COMPOSE: Mapping[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
REPLICAS = {name: each for name, each in COMPOSE["services"].items() if "hotline-" in name}
BLOCKS = re.findall(r"```yaml\n(.*?)```", (DEPLOY / "KUBERNETES.md").read_text(), re.DOTALL)
MANIFESTS = {
    each["kind"]: each for block in BLOCKS for each in yaml.safe_load_all(block) if each is not None
}
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]  # it is a group
PROBED = ("/healthz", "/readyz")


def instructions(name: str) -> list[str]:
    whole = CONTAINERFILE.replace("\\\n", " ")
    return [line[len(name) :].strip() for line in whole.splitlines() if line.startswith(f"{name} ")]


def seconds(span: str) -> float:
    return float(span.removesuffix("s"))


# The image


def test_the_image_is_made_of_files_that_are_there() -> None:
    copied = [line.split()[:-1] for line in instructions("COPY") if not line.startswith("--from")]
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []


def test_the_image_holds_what_the_lock_names_by_hash() -> None:
    assert any("--require-hashes requirements.lock" in line for line in instructions("RUN"))
    assert "--hash=sha256:" in (ROOT / "requirements.lock").read_text()


def test_the_image_takes_uv_as_the_makefile_does() -> None:
    version = re.search(r"UV_VERSION := (\S+)", (ROOT / "Makefile").read_text())
    assert version
    assert f"uv=={version[1]}" in CONTAINERFILE


def test_images_have_versions() -> None:
    images = [line.split()[0] for line in instructions("FROM")]
    images += [each["image"] for each in COMPOSE["services"].values()]
    assert [name for name in images if not re.search(r":(\d|local$)", name)] == []


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert int(instructions("USER")[-1]) > 0


def test_the_image_holds_no_secret() -> None:
    given = "\n".join(instructions("ENV") + instructions("ARG"))
    assert not re.search(r"KEY|SECRET|TOKEN|PASSWORD", given)


def test_the_image_starts_a_command_that_is_there() -> None:
    assert json.loads(instructions("ENTRYPOINT")[-1]) == ["hotline"]
    assert json.loads(instructions("CMD")[-1])[0] in COMMANDS


def test_what_is_not_needed_stays_out_of_the_image() -> None:
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    assert "**/.env" in ignored


class Health(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Health)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("status", [200, 500])
def test_the_health_check_tells_a_server_that_is_well_from_one_that_is_not(
    port: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Health, "status", status)
    assert (health_check(port) == 0) is (status == 200)


def test_the_health_check_fails_where_nobody_answers(unused_tcp_port: int) -> None:
    assert health_check(unused_tcp_port) != 0


def health_check(port: int) -> int:
    command = json.loads(instructions("HEALTHCHECK")[-1].partition("CMD ")[2])
    assert command[0] == "python"
    ran = subprocess.run(  # noqa: S603 - what the image runs
        [sys.executable, *command[1:]],
        env={"HOTLINE_PORT": str(port)},
        capture_output=True,
        check=False,
    )
    return ran.returncode


# Three on one machine


def test_three_processes_have_a_data_folder_each_and_all_else_in_common() -> None:
    assert len(REPLICAS) == 3
    folders = [each["volumes"] for each in REPLICAS.values()]
    assert len({str(folder) for folder in folders}) == 3
    assert all(folder[0].endswith(":/data") for folder in folders)
    common = [{k: v for k, v in each.items() if k != "volumes"} for each in REPLICAS.values()]
    assert common == [common[0]] * 3


def test_every_volume_is_declared() -> None:
    used = {
        volume.partition(":")[0]
        for each in COMPOSE["services"].values()
        for volume in each.get("volumes", [])
        if not volume.startswith(".")
    }
    assert used == set(COMPOSE["volumes"])


def test_every_setting_is_one() -> None:
    given = set(REPLICAS["hotline-1"]["environment"])
    for kind, key in (("Secret", "stringData"), ("ConfigMap", "data")):
        given |= set(MANIFESTS[kind][key])
    given |= set(re.findall(r"HOTLINE_[A-Z_]+(?==)", "\n".join(instructions("ENV"))))
    assert given - set(setting_names()) == set()


def test_the_balancer_asks_every_process_whether_it_is_ready() -> None:
    caddyfile = (DEPLOY / "Caddyfile").read_text()
    (upstreams,) = re.findall(r"reverse_proxy (.*) \{", caddyfile)
    assert upstreams.split() == [f"{name}:8000" for name in REPLICAS]
    assert "health_uri /readyz" in caddyfile
    assert "flush_interval -1" in caddyfile


def test_the_balancers_network_is_the_trusted_one() -> None:
    (network,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    assert REPLICAS["hotline-1"]["environment"]["HOTLINE_TRUSTED_PROXIES"] == network["subnet"]


def test_no_password_is_written_down() -> None:
    database = REPLICAS["hotline-1"]["environment"]["HOTLINE_DATABASE_URL"]
    assert ":${POSTGRES_PASSWORD:?" in database
    assert COMPOSE["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${")


def test_the_chroma_server_is_of_the_version_that_is_spoken() -> None:
    version = re.search(r"^chromadb==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert version
    assert COMPOSE["services"]["chroma"]["image"].endswith(f":{version[1]}")


def test_nobody_is_killed_while_leaving() -> None:
    compose, pod = REPLICAS["hotline-1"], MANIFESTS["Deployment"]["spec"]["template"]["spec"]
    drains = compose["environment"]["HOTLINE_DRAIN_SECONDS"]
    in_a_pod = float(MANIFESTS["ConfigMap"]["data"]["HOTLINE_DRAIN_SECONDS"])
    leaves = GRACE_SECONDS + DRAIN_SECONDS + BACKGROUND_SECONDS
    assert seconds(compose["stop_grace_period"]) > drains + leaves
    assert pod["terminationGracePeriodSeconds"] > in_a_pod + leaves


# Kubernetes


def test_every_probe_asks_what_is_there() -> None:
    (container,) = MANIFESTS["Deployment"]["spec"]["template"]["spec"]["containers"]
    probes = {name: each["httpGet"]["path"] for name, each in container.items() if "Probe" in name}
    assert probes == {
        "startupProbe": "/readyz",
        "readinessProbe": "/readyz",
        "livenessProbe": "/healthz",
    }


def test_every_command_of_a_pod_is_one() -> None:
    pods = [MANIFESTS[kind]["spec"]["template"]["spec"] for kind in ("Deployment", "Job")]
    assert [pod["containers"][0]["args"][0] in COMMANDS for pod in pods] == [True, True]


def test_every_command_that_the_pages_name_is_one() -> None:
    pages = "".join(page.read_text() for page in DEPLOY.glob("*.md")) + str(COMPOSE)
    named = set(re.findall(r"hotline-1 hotline (\w+)|`hotline (\w+)|-- hotline (\w+)", pages))
    assert {"".join(name) for name in named} - set(COMMANDS) == set()


def test_pods_belong_to_service_and_budget() -> None:
    labels = MANIFESTS["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert MANIFESTS["Service"]["spec"]["selector"] == labels
    assert MANIFESTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    replicas = MANIFESTS["Deployment"]["spec"]["replicas"]
    assert MANIFESTS["PodDisruptionBudget"]["spec"]["minAvailable"] < replicas


def test_a_roll_never_has_fewer_processes_than_wanted() -> None:
    assert MANIFESTS["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_every_volume_of_a_pod_is_declared() -> None:
    for kind in ("Deployment", "Job"):
        pod = MANIFESTS[kind]["spec"]["template"]["spec"]
        mounted = {each["name"] for each in pod["containers"][0]["volumeMounts"]}
        assert mounted == {each["name"] for each in pod["volumes"]}
