"""Delivery to a unit: exactly once whatever the network does, and every failure said in words without secrets."""

import socket
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.application.dispatch import DeliveryRefused
from console.application.errors import Unavailable
from console.infrastructure.gateways.open311 import LARGEST_PICTURE, Open311, PictureRefused

from .conftest import JPEG, Department, OddServer

Case = dict[str, Any]


def test_the_department_s_own_file_holds_what_we_handed_over(department: Department, case: Case) -> None:
    receipt = department.gateway().submit(case, "key-1")
    department.gateway().attach(receipt, JPEG)
    request, media = department.stored()
    assert request["id"] == receipt and request["key"] == "key-1"
    assert request["fields"] == {
        "service_code": "09012",
        "address_string": "学府路 12 号北门",
        "description": "消防通道被占用或堵塞 白色厢式货车",
        "attribute[case_number]": "20261122-0007",
        "attribute[service_name]": "占用消防通道",
        "attribute[grid_cell]": "310104-07-03",
        "attribute[deadline]": "2026-11-22T10:00:00+00:00",
        "lat": "31.19",
        "long": "121.43",
    }
    assert (department.folder / "media" / media["name"]).read_bytes() == JPEG


def test_a_case_arrives_once_when_the_answer_was_lost_on_the_way(department: Department, case: Case) -> None:
    gateway = department.gateway()
    department.fails_next("drop_after_store")
    with pytest.raises(Unavailable) as refusal:
        gateway.submit(case, "key-1")
    assert not isinstance(refusal.value, DeliveryRefused)
    receipt = gateway.submit(case, "key-1")
    assert [fact["id"] for fact in department.stored()] == [receipt]


def test_a_case_arrives_once_when_the_department_was_down_or_silent(department: Department, case: Case) -> None:
    gateway = department.gateway(read_within_s=0.5)
    for fault in ("503", "hang"):
        department.fails_next(fault)
        with pytest.raises(Unavailable) as refusal:
            gateway.submit(case, "key-1")
        assert not isinstance(refusal.value, DeliveryRefused)
        assert not (department.folder / "requests.jsonl").exists()
    gateway.submit(case, "key-1")
    assert len(department.stored()) == 1


def test_the_same_still_attached_again_is_kept_once(department: Department, case: Case) -> None:
    gateway = department.gateway()
    receipt = gateway.submit(case, "key-1")
    for _ in range(2):
        gateway.attach(receipt, JPEG)
    assert [fact["kind"] for fact in department.stored()] == ["request", "media"]


def test_a_recall_may_be_repeated_and_closes_the_request(department: Department, case: Case) -> None:
    gateway = department.gateway()
    receipt = gateway.submit(case, "key-1")
    for _ in range(2):
        gateway.recall(receipt, "key-2")
    assert [fact["kind"] for fact in department.stored()] == ["request", "recall"]
    assert gateway.all_requests()[0]["recalled"] is True


def test_a_wrong_key_is_refused_for_good_and_named_nowhere(
    department: Department, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DeliveryRefused) as refusal:
        Open311(department.base_url, "greppable-secret").submit(case, "key-1")
    assert "api_key invalid (403)" in str(refusal.value)
    assert "greppable-secret" not in f"{refusal.value}{refusal.value.values}{caplog.text}"


def test_a_description_beyond_the_limit_is_refused_for_good(department: Department, case: Case) -> None:
    with pytest.raises(DeliveryRefused, match="longer than 4000"):
        department.gateway().submit(case | {"remark": "长" * 4001}, "key-1")


def test_answers_come_with_their_words_oldest_first_and_from_a_moment_on(department: Department, case: Case) -> None:
    gateway = department.gateway()
    one, two = gateway.submit(case, "key-1"), gateway.submit(case, "key-2")
    department.answer(one, "note", "已派人")
    department.answer(two, "not_ours", "属交警支队")
    department.answer(one, "done", "已驶离", JPEG)
    found = gateway.updates(None)
    assert [(update.receipt, update.says, update.text) for update in found] == [
        (one, "note", "已派人"),
        (two, "not_ours", "属交警支队"),
        (one, "done", "已驶离"),
    ]
    assert gateway.picture(found[2].media_url) == JPEG
    assert [update.update_id for update in gateway.updates(found[2].at)] == [found[2].update_id]
    assert gateway.updates(datetime.now(UTC) + timedelta(hours=1)) == []


@pytest.mark.parametrize("said", [b"<html>Please log in</html>", b"", b"{}", b'["a"]', b"[" * 100_000, b"\xff\xfe"])
def test_an_answer_that_is_no_georeport_is_the_world_s_failure(odd_server: OddServer, case: Case, said: bytes) -> None:
    odd_server.says(200, said)
    gateway = Open311(odd_server.base_url, "k")
    for ask in (lambda: gateway.submit(case, "key-1"), lambda: gateway.updates(None)):
        with pytest.raises(Unavailable) as refusal:
            ask()
        assert not isinstance(refusal.value, DeliveryRefused)


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504])
def test_try_later_is_not_a_refusal(odd_server: OddServer, case: Case, code: int) -> None:
    odd_server.says(code, b"[]")
    with pytest.raises(Unavailable) as refusal:
        Open311(odd_server.base_url, "k").submit(case, "key-1")
    assert not isinstance(refusal.value, DeliveryRefused)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409, 410, 413, 422])
def test_a_refusal_is_final_whatever_its_body(odd_server: OddServer, case: Case, code: int) -> None:
    odd_server.says(code, b"no")
    with pytest.raises(DeliveryRefused):
        Open311(odd_server.base_url, "k").submit(case, "key-1")


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_the_key_is_not_carried_to_where_a_redirect_points(odd_server: OddServer, case: Case, code: int) -> None:
    odd_server.says(code, b"", {"Location": f"{odd_server.base_url}/elsewhere"})
    with pytest.raises(Unavailable, match="has moved"):
        Open311(odd_server.base_url, "k").submit(case, "key-1")
    assert [path for _, path, _ in odd_server.seen] == ["/open311/v2/requests.json"]


def test_a_server_of_another_make_is_understood_by_its_own_words(odd_server: OddServer) -> None:
    odd_server.says(
        200,
        b'[{"update_id": 7, "service_request_id": "a", "status": "FIXED", "updated_datetime": "2026-11-22T08:00:00Z"},'
        b'{"update_id": 8, "service_request_id": "a", "status": "NOT_COUNCILS_RESPONSIBILITY", "description": null,'
        b' "updated_datetime": "2026-11-22T16:30:00+08:00", "media_url": null},'
        b'{"update_id": 9, "service_request_id": "a", "status": "INVESTIGATING",'
        b' "updated_datetime": "2026-11-22T07:00:00Z"}]',
    )
    found = Open311(odd_server.base_url, "k").updates(None)
    assert [(update.update_id, update.says) for update in found] == [("9", "note"), ("7", "done"), ("8", "not_ours")]
    assert all(update.at.tzinfo is not None for update in found)


def test_one_update_that_makes_no_sense_does_not_hold_up_the_others(
    odd_server: OddServer, caplog: pytest.LogCaptureFixture
) -> None:
    odd_server.says(
        200,
        b'[{"update_id": "x", "updated_datetime": "soon"},'
        b'{"update_id": "y", "service_request_id": "a", "status": "closed",'
        b' "updated_datetime": "2026-11-22T08:00:00Z"}]',
    )
    gateway = Open311(odd_server.base_url, "k")
    for _ in range(3):
        assert [update.update_id for update in gateway.updates(None)] == ["y"]
    assert len([line for line in caplog.messages if "left out" in line]) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/p.jpg", "//example.org/p.jpg", "file:///etc/passwd", "gopher:x"])
def test_a_picture_elsewhere_is_not_fetched(odd_server: OddServer, url: str) -> None:
    with pytest.raises(PictureRefused, match="another server"):
        Open311(odd_server.base_url, "k").picture(url)
    assert odd_server.seen == []


@pytest.mark.parametrize("place", ["/media/p.jpg", "{base}/media/p.jpg", "media/p.jpg"])
def test_a_picture_on_the_unit_s_own_server_is_fetched_however_it_is_named(odd_server: OddServer, place: str) -> None:
    odd_server.says(200, JPEG)
    assert Open311(odd_server.base_url, "k").picture(place.format(base=odd_server.base_url)) == JPEG
    assert [path for _, path, _ in odd_server.seen] == ["/media/p.jpg"]


@pytest.mark.parametrize("content", [b"<svg onload=x>", b"\xff\xd8\xff" + bytes(LARGEST_PICTURE)])
def test_what_is_no_picture_or_too_large_is_refused(odd_server: OddServer, content: bytes) -> None:
    odd_server.says(200, content)
    with pytest.raises(PictureRefused):
        Open311(odd_server.base_url, "k").picture("/p.jpg")


def test_a_picture_cut_short_is_asked_for_again_later(odd_server: OddServer) -> None:
    odd_server.says(200, JPEG, {"Content-Length": str(len(JPEG) + 5), "Connection": "close"})
    with pytest.raises(Unavailable) as refusal:
        Open311(odd_server.base_url, "k").picture("/p.jpg")
    assert not isinstance(refusal.value, PictureRefused)


def test_nobody_listening_is_told_within_the_time_out_and_without_secrets(case: Case) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    began_s = time.monotonic()
    with pytest.raises(Unavailable) as refusal:
        Open311(f"http://user:greppable-password@127.0.0.1:{port}", "greppable-key").submit(case, "key-1")
    assert time.monotonic() - began_s < 5.0
    shown = f"{refusal.value}{refusal.value.values}{refusal.value.__cause__}"
    assert "greppable" not in shown and "does not answer" in shown


def test_a_silent_server_is_given_up_after_the_read_time_out(case: Case) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began_s = time.monotonic()
        with pytest.raises(Unavailable):
            Open311(f"http://127.0.0.1:{mute.getsockname()[1]}", "k", read_within_s=0.3).submit(case, "key-1")
        assert time.monotonic() - began_s < 3.0
