"""Our requests against the public specification, played by Prism, a program we did not write.

Prism checks every request against ``georeport.yaml`` (a subset written from the public GeoReport v2 pages) and
answers with its examples. It keeps nothing, so what is said about once and twice is tested against the department.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from console.application.dispatch import DeliveryRefused
from console.application.errors import Unavailable
from console.infrastructure.gateways.open311 import Open311

PRISM = "@stoplight/prism-cli@5.14"
INSTALL_WITHIN_S = 170.0
READY_WITHIN_S = 60.0
CONTRACT = Path(__file__).with_name("georeport.yaml")

pytestmark = [pytest.mark.peer, pytest.mark.long, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the program, fetched by npm; it stays on this machine between runs as npm keeps its cache."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed; Prism is fetched by it")
    folder = tmp_path_factory.mktemp("prism")
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), PRISM]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_WITHIN_S)
    if done.returncode != 0:
        pytest.skip(f"npm could not fetch Prism: {done.stderr[-300:]}")
    return folder / "node_modules" / ".bin" / "prism"


@pytest.fixture
def far_end(prism: Path) -> Iterator[str]:
    """Return the address of a running mock."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(prism), "mock", str(CONTRACT), "--host", "127.0.0.1", "--port", str(port), "--errors"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    assert process.stdout is not None
    give_up_s = time.monotonic() + READY_WITHIN_S
    said = b""
    while b"listening" not in said:
        line = process.stdout.readline()
        said += line
        assert line and time.monotonic() < give_up_s, said
    yield f"http://127.0.0.1:{port}"
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate(timeout=20)


@pytest.fixture
def case() -> dict[str, Any]:
    return {
        "case_number": "20261122-0007",
        "service_code": "flood",
        "service_name": "道路积水",
        "condition": "积水面积大于 100 平方米",
        "address": "学府路 12 号北门",
        "due_at": "2026-11-22T10:00:00+00:00",
        "latitude": 31.19,
        "longitude": 121.43,
    }


def at(far_end: str) -> Open311:
    # Prism leaves out the path of the contract's own server.
    return Open311(far_end, "key-of-the-city")


@pytest.fixture(autouse=True)
def without_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.infrastructure.gateways.open311.API", "")


def test_a_case_as_we_send_it_satisfies_the_contract(far_end: str, case: dict[str, Any]) -> None:
    assert at(far_end).submit(case, "key-1") == "293944"


def test_a_case_without_coordinates_satisfies_it_too(far_end: str, case: dict[str, Any]) -> None:
    assert at(far_end).submit(case | {"latitude": None, "longitude": None}, "key-1") == "293944"


@pytest.mark.parametrize(
    "wrong", [{"remark": "长" * 4001}, {"latitude": 131.19}, {"latitude": "north", "longitude": "east"}]
)
def test_what_the_contract_forbids_is_refused_for_good(
    far_end: str, case: dict[str, Any], wrong: dict[str, Any]
) -> None:
    with pytest.raises(DeliveryRefused):
        at(far_end).submit(case | wrong, "key-1")


def test_services_are_read(far_end: str) -> None:
    assert [service["service_code"] for service in at(far_end).services()] == ["flood"]


def test_a_system_that_is_down_is_tried_again(far_end: str, case: dict[str, Any]) -> None:
    gateway = at(far_end)
    gateway._session.headers["Prefer"] = "code=503"
    with pytest.raises(Unavailable) as refusal:
        gateway.submit(case, "key-1")
    assert not isinstance(refusal.value, DeliveryRefused)
    gateway._session.headers["Prefer"] = "code=403"
    with pytest.raises(DeliveryRefused, match="api_key invalid"):
        gateway.submit(case, "key-1")


def test_the_contract_says_no_to_a_form_that_is_not_ours(far_end: str) -> None:
    """Else the tests above would show nothing."""
    answer = requests.post(f"{far_end}/requests.json", data={"description": "no key"}, timeout=10)
    assert answer.status_code in (400, 422)
