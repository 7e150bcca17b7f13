"""The page a citizen keeps follows the report to its end, and tells nobody else anything."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.application.alarm_review import Filing
from console.application.dispatch import Answer
from console.application.place_codes_desk import PlaceCodesDesk
from console.domain.alarms import DismissReason
from console.domain.places import Place
from tests.application.city import PARKING, TEAM, open_city
from tests.infrastructure.intake.corner import KEEPER, LI, Corner, TakesAll, corner_of


@pytest.fixture
def corner(tmp_path: Path) -> Iterator[Corner]:
    with open_city(tmp_path) as city, corner_of(city, tmp_path) as made:
        yield made


def test_a_code_that_is_forgotten_or_was_never_given_opens_nothing(corner: Corner) -> None:
    address = corner.send().headers["location"]
    codes = PlaceCodesDesk(corner.city.units, corner.city.gate, corner.city.clock)
    codes.forget(KEEPER, corner.code.code)
    assert corner.form().status_code == corner.send(key="k" * 20).status_code == 404
    assert corner.client.get("/r/23456789abcd").status_code == 404
    standing = corner.client.get(address)
    assert standing.status_code == 200 and f'href="/r/{corner.code.code}' not in standing.text


def test_the_page_follows_the_report_to_its_closing(corner: Corner) -> None:
    city = corner.city
    address = corner.send().headers["location"]

    def stands() -> tuple[str, str]:
        page = corner.client.get(address).text
        now = re.findall(r'<li class="(?:now|ended)".*?<b>(.*?)</b>', page, re.S)
        done = re.findall(r'<li class="done".*?<b>(.*?)</b>', page, re.S)
        return (now or [""])[0], (done or [""])[-1]

    assert stands() == ("收到", "")
    (alarm_id,) = corner.rows()
    filed = city.cases.confirm_and_file(LI, alarm_id, Filing(PARKING, "1"))
    assert stands() == ("审核确认", "收到")
    city.clock.wait(minutes=1)
    for order in city.dispatch.take_due():
        city.dispatch.deliver(order, TakesAll())
    assert stands() == ("处置中", "审核确认") and f"由{TEAM}办理" in corner.client.get(address).text
    done = Answer(answer_id="a1", receipt="R-1", says="done", text="已清", at=city.clock.now())
    city.dispatch.take_answer(TEAM, done)
    assert "正在核查" in corner.client.get(address).text
    city.cases.close(LI, filed.case_id, "1")
    page = corner.client.get(f"{address}&lang=en").text
    assert stands() == ("", "结案") and "2026-11-23 10:01" in page and "Closed" in page
    assert "车挡住盲道" not in page  # whoever gets hold of the address learns nothing about who wrote what


@pytest.mark.parametrize(("reason", "said"), [(DismissReason.ALREADY_GONE, "消失"), (DismissReason.OTHER, "不予立案")])
def test_a_dismissal_is_told_in_words_a_citizen_can_read(corner: Corner, reason: DismissReason, said: str) -> None:
    address = corner.send().headers["location"]
    (alarm_id,) = corner.rows()
    corner.city.review.dismiss(LI, alarm_id, reason, remark="内部备注")
    page = corner.client.get(address).text
    assert said in page and "内部备注" not in page and 'class="next"' not in page


def test_a_report_that_was_merged_stands_where_the_other_does(corner: Corner) -> None:
    address = corner.send().headers["location"]
    (alarm_id,) = corner.rows()
    seen = corner.city.hit()
    corner.city.review.merge(LI, alarm_id, seen)
    assert '<li class="now"' in corner.client.get(address).text
    corner.city.cases.confirm_and_file(LI, seen, Filing(PARKING, "1"))
    assert "审核确认" in corner.client.get(address).text and "并入" not in corner.client.get(address).text


def test_a_report_is_found_by_its_whole_address_only(corner: Corner) -> None:
    _, _, code, report_id = corner.send().headers["location"].partition("?")[0].split("/")
    codes = PlaceCodesDesk(corner.city.units, corner.city.gate, corner.city.clock)
    other = codes.make(KEEPER, "别处", place=Place(address="")).code
    wrong = [
        f"/r/{other}/{report_id}",
        f"/r/{code}/{report_id[:8]}",
        f"/r/{code}/{'0' * 32}",
        f"/r/{code}/{report_id}/",
    ]
    assert {corner.client.get(address).status_code for address in wrong} == {404}
    assert len(report_id) == 32
