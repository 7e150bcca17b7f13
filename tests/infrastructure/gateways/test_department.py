"""The demo's department keeps what it was told, says no as the specification does, and shows it to a person."""

import os
import stat
import subprocess
import sys
from typing import Any

import psutil
import pytest
import requests

from console.infrastructure.supervisor import environment_for_child

from .conftest import JPEG, Department

API = "/open311/v2"


def submit(department: Department, key: str = "k", **fields: str) -> requests.Response:
    form = {"api_key": department.key, "service_code": "09012", "address_string": "学府路 12 号"} | fields
    url = f"{department.base_url}{API}/requests.json"
    return requests.post(url, data=form, headers={"Idempotency-Key": key}, timeout=10)


def receipt_of(answer: requests.Response) -> str:
    assert answer.status_code == 201
    return str(answer.json()[0]["service_request_id"])


def test_services_are_listed_with_what_the_specification_demands(department: Department) -> None:
    found = requests.get(f"{department.base_url}{API}/services.json", timeout=10).json()
    assert {"09009", "09012"} <= {service["service_code"] for service in found}
    assert all(service["service_name"] and service["type"] == "realtime" for service in found)


@pytest.mark.parametrize(
    ("fields", "code", "says"),
    [
        ({"api_key": "wrong"}, 403, "api_key invalid"),
        ({"api_key": ""}, 403, "api_key invalid"),
        ({"service_code": ""}, 400, "service_code was not provided or is unknown"),
        ({"service_code": "no such thing"}, 400, "service_code was not provided or is unknown"),
        ({"description": "长" * 4001}, 400, "description is longer than 4000"),
        ({"address_string": ""}, 400, "a place is required: address_string, or lat and long"),
        ({"lat": "91", "long": "0"}, 400, "lat is not within 90 degrees"),
        ({"lat": "1", "long": "east"}, 400, "long is not within 180 degrees"),
    ],
)
def test_a_bad_request_is_refused_in_the_words_of_the_specification(
    department: Department, fields: dict[str, str], code: int, says: str
) -> None:
    answer = submit(department, **fields)
    assert answer.status_code == code
    assert answer.json() == [{"code": code, "description": says}]
    assert not (department.folder / "requests.jsonl").exists()


def test_an_incomplete_form_is_refused_as_a_list_of_errors_too(department: Department) -> None:
    receipt = receipt_of(submit(department))
    answer = requests.post(f"{department.base_url}{API}/requests/{receipt}/recall", timeout=10)
    assert answer.status_code == 400
    assert answer.json()[0]["code"] == 400 and "api_key" in answer.json()[0]["description"]
    updates = requests.get(f"{department.base_url}{API}/servicerequestupdates.json?start_date=yesterday", timeout=10)
    assert updates.status_code == 400


def test_a_key_stands_for_one_request_only(department: Department) -> None:
    first = receipt_of(submit(department, "k1", description="一"))
    assert receipt_of(submit(department, "k1", description="一")) == first
    assert submit(department, "k1", description="二").status_code == 409
    assert receipt_of(submit(department, "k2", description="一")) != first
    assert [fact["kind"] for fact in department.stored()] == ["request", "request"]


def test_the_sender_s_key_is_neither_stored_nor_shown(department: Department) -> None:
    submit(department)
    for file in department.folder.rglob("*"):
        if file.is_file() and file.name != "api_key":
            assert department.key.encode() not in file.read_bytes()
    assert stat.S_IMODE(os.stat(department.state_file).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(department.folder / "api_key").st_mode) == 0o600
    assert department.key not in requests.get(department.base_url, timeout=10).text


def test_what_was_acknowledged_survives_a_power_cut_and_a_half_written_line(department: Department) -> None:
    first = receipt_of(submit(department, "k1"))
    department.kill()
    with open(department.folder / "requests.jsonl", "ab") as file:
        file.write(b'{"kind": "request", "id": "2026')
    department.start()
    assert receipt_of(submit(department, "k1")) == first
    second = receipt_of(submit(department, "k2"))
    department.kill()
    department.start()
    found = requests.get(f"{department.base_url}{API}/requests.json", timeout=10).json()
    assert [request["service_request_id"] for request in found] == [second, first]


def test_a_person_reads_the_request_and_answers_it_with_a_photo(department: Department) -> None:
    deadline = {"attribute[case_number]": "20261122-0007", "attribute[deadline]": "2026-11-22T10:00:00+00:00"}
    receipt = receipt_of(submit(department, **deadline))
    attached = requests.post(
        f"{department.base_url}{API}/requests/{receipt}/media",
        data={"api_key": department.key},
        files={"media": ("still.jpg", JPEG, "image/jpeg")},
        timeout=10,
    )
    assert attached.status_code == 201
    page = requests.get(department.base_url, timeout=10).text
    assert "20261122-0007" in page and "处置完毕" in page and attached.json()["media"] in page
    assert "T10:00:00" not in page, "a deadline is shown as a wall clock shows it"
    assert "Not ours" in requests.get(f"{department.base_url}/?lang=en", timeout=10).text
    department.answer(receipt, "done", "已驶离", JPEG)
    updates = requests.get(f"{department.base_url}{API}/servicerequestupdates.json", timeout=10).json()
    assert [(update["status"], update["description"]) for update in updates] == [("closed", "已驶离")]
    assert requests.get(department.base_url + updates[0]["media_url"], timeout=10).content == JPEG
    assert "处置完毕" not in requests.get(department.base_url, timeout=10).text


def test_what_an_operator_writes_is_text_on_the_page_and_never_markup(department: Department) -> None:
    submit(department, description="<script>alert(1)</script>")
    page = requests.get(department.base_url, timeout=10).text
    assert "<script>" not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("form", "photo", "code"),
    [
        ({"says": "perhaps"}, None, 400),
        ({"says": "done"}, b"MZ this is a program", 415),
        ({"says": "done"}, b"\xff\xd8\xff" + bytes(8_000_001), 413),
    ],
)
def test_an_answer_that_is_none_leaves_the_request_open(
    department: Department, form: dict[str, str], photo: bytes | None, code: int
) -> None:
    receipt = receipt_of(submit(department))
    files: Any = {"photo": ("p.jpg", photo, "image/jpeg")} if photo else None
    url = f"{department.base_url}/answer/{receipt}"
    assert requests.post(url, data=form, files=files, timeout=10).status_code == code
    assert requests.get(f"{department.base_url}{API}/requests/{receipt}.json", timeout=10).json()[0]["status"] == "open"


def test_files_of_the_department_s_folder_are_not_served(department: Department) -> None:
    submit(department)
    for name in ("..%2Frequests.jsonl", "%2e%2e%2fapi_key", "requests.jsonl"):
        assert requests.get(f"{department.base_url}/media/{name}", timeout=10).status_code == 404


def test_it_leaves_when_its_input_closes(department: Department) -> None:
    assert department.stop() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
def test_it_does_not_outlive_a_parent_that_was_killed(department: Department, tmp_path: Any) -> None:
    state = tmp_path / "orphan.json"
    script = (
        "import subprocess, sys, time\n"
        "from console.infrastructure.supervisor import command_for, environment_for_child\n"
        f"options = ['--out', {str(tmp_path / 'orphan')!r}, '--state', {str(state)!r}]\n"
        "child = subprocess.Popen(command_for('demo-department', options), stdin=sys.stdin,\n"
        "                         stdout=subprocess.PIPE, env=environment_for_child({}))\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment_for_child({}),
    )
    assert parent.stdout is not None and parent.stdin is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait(10)
    child.wait(20)
    parent.stdin.close()
    parent.stdout.close()
