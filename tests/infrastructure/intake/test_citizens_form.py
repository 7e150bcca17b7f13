"""A citizen's report from a place's form: taken once and whole, or refused in words; read back from the desks."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.application.place_codes_desk import PlaceCodesDesk
from console.domain.alarms import Source
from console.domain.ids import AlarmId
from console.domain.intake import report_number
from console.domain.places import Place
from console.infrastructure.intake.citizen import A_MINUTE_OF_ADDRESS, MOST_FORM_BYTES
from console.infrastructure.intake.languages import language_for
from console.infrastructure.intake.photos import MOST_PHOTO_BYTES, NoPicture, TooLarge, photo_in
from console.words import LANGUAGES
from tests.application.city import CAMERA, open_city
from tests.infrastructure.intake.corner import (
    CORNER,
    KEEPER,
    LI,
    Corner,
    WritesFail,
    corner_of,
    key_in,
    png,
)
from tests.infrastructure.intake.test_intake_app import AwayUnits


@pytest.fixture
def corner(tmp_path: Path) -> Iterator[Corner]:
    with open_city(tmp_path) as city, corner_of(city, tmp_path) as made:
        yield made


# ---- what is sent ----------------------------------------------------------------------------------------------


def test_a_report_is_an_alarm_of_a_citizen_at_the_codes_place_before_its_camera(corner: Corner) -> None:
    thanks = corner.client.get(corner.send().headers["location"])
    (row,) = corner.city.review.queue(LI)
    (said,) = corner.city.review.card(LI, AlarmId(row.alarm_id)).said
    assert thanks.status_code == 200 and report_number(said.report_id) in thanks.text
    assert (row.source, row.address, row.camera_id) == (Source.CITIZEN, CORNER.address, CAMERA)
    assert said.text == "车挡住盲道"


def test_its_photos_are_sealed_and_are_the_pictures_of_its_alarm(corner: Corner) -> None:
    sent = (png(shade=1), png(4000, 3000, shade=2))
    corner.send(photos=sent)
    items = corner.pictures()
    assert {item.sha256 for item in items} == {hashlib.sha256(data).hexdigest() for data in sent}
    assert {(item.width, item.height) for item in items} == {(40, 30), (4000, 3000)}
    assert {(corner.evidence / item.path).read_bytes() for item in items} == set(sent)
    (row,) = corner.city.review.queue(LI)
    assert row.still_path in {item.path for item in items} and all(item.is_reported for item in items)
    assert corner.city.audit_verbs().count("seal_evidence") == 2


def test_the_same_form_sent_again_is_one_report(corner: Corner) -> None:
    key = key_in(corner.form().text)
    first, again = (corner.send(key=key, photos=(png(),)) for _ in range(2))
    assert first.headers["location"] == again.headers["location"]
    assert len(corner.pictures()) == len(corner.files()) == 1
    assert corner.city.audit_verbs().count("raise_alarm") == 1


def test_a_form_sent_by_a_thumb_that_trembles_is_one_report(corner: Corner) -> None:
    key = key_in(corner.form().text)
    with ThreadPoolExecutor(6) as hands:
        answers = list(hands.map(lambda _: corner.send(key=key, photos=(png(),)), range(6)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(corner.pictures()) == len(corner.files()) == 1


def test_a_form_that_was_sent_leads_to_its_report_when_other_words_are_put_into_it(corner: Corner) -> None:
    key = key_in(corner.form().text)
    first = corner.send(key=key)
    other = corner.send(key=key, text="另一件事")
    assert other.status_code == 409 and first.headers["location"].partition("?")[0] in other.text
    (alarm_id,) = corner.rows()
    assert [said.text for said in corner.city.review.card(LI, alarm_id).said] == ["车挡住盲道"]


def test_a_second_citizen_at_the_place_is_heard_by_the_same_alarm_with_a_photo_of_their_own(corner: Corner) -> None:
    corner.send(photos=(png(shade=1),))
    corner.send(photos=(png(shade=2),), text="还在")
    (alarm_id,) = corner.rows()
    assert len(corner.city.review.card(LI, alarm_id).said) == len(corner.pictures()) == 2


@pytest.mark.parametrize(
    ("changes", "photos", "said"),
    [
        ({"matter": ""}, (), "Choose what it is."),
        ({"matter": "06010"}, (), "Choose what it is."),
        ({"text": " "}, (), "in a few words"),
        ({"text": "长" * 1001}, (), "longer than 1000"),
        ({"text": "a\x01b"}, (), "cannot be kept"),
        ({"contact": "call me"}, (), "telephone number"),
        ({"key": "short"}, (), "incomplete"),
        ({}, (b"GIF89a" + b"\0" * 60,), "Photo 1 is neither"),
        ({}, (png(), b"\xff\xd8\xff" + b"\0" * 60), "Photo 2 is neither"),
        ({}, (b"\x89PNG\r\n\x1a\n" + b"\0" * MOST_PHOTO_BYTES,), "Photo 1 is too large"),
        ({}, (png(9000, 9000)[:60],), "Photo 1 is too large"),
    ],
)
def test_what_is_wrong_is_said_in_the_pages_language_and_nothing_is_kept(
    corner: Corner, changes: dict[str, str], photos: tuple[bytes, ...], said: str
) -> None:
    answer = corner.send(photos=photos, language="en", **changes)
    assert answer.status_code == 400 and said in answer.text and 'lang="en"' in answer.text
    assert not corner.rows() and not corner.files()


def test_what_was_written_comes_back_as_words_and_never_as_a_page(corner: Corner) -> None:
    answer = corner.send(matter="", text="</textarea><b onclick=x>", contact='1"2')
    assert "&lt;/textarea&gt;&lt;b onclick=x&gt;" in answer.text and "<b onclick" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_form_that_was_sent_empty_keeps_its_key_so_that_the_next_try_is_still_one_report(corner: Corner) -> None:
    key = key_in(corner.form().text)
    assert key_in(corner.send(key=key, matter="").text) == key
    assert corner.send(key=key).status_code == 303


def test_a_fourth_photo_and_a_broken_form_are_refused_in_words(corner: Corner) -> None:
    four = corner.send(photos=(png(),) * 4)
    broken = corner.client.post(
        f"/r/{corner.code.code}", data=b"--x\r\n", headers={"content-type": "multipart/form-data; boundary=edge"}
    )
    assert (four.status_code, broken.status_code) == (400, 400)
    assert "最多 3 张照片" in four.text and not corner.rows() and not corner.files()


def test_who_sends_too_much_is_heard_to_the_end_and_told_so(corner: Corner) -> None:
    body = b"a" * (MOST_FORM_BYTES + 1)
    answer = corner.client.post(f"/r/{corner.code.code}?lang=en", data=body)
    assert answer.status_code == 413 and "up to 3 photos" in answer.text


def test_while_the_records_are_away_the_form_comes_back_with_what_was_written(tmp_path: Path) -> None:
    with open_city(tmp_path) as city, corner_of(city, tmp_path, WritesFail(city.units)) as corner:
        key = key_in(corner.form().text)
        answer = corner.send(key=key, photos=(png(),))
        assert answer.status_code == 503 and "没有保存" in answer.text and answer.headers["retry-after"]
        assert "车挡住盲道" in answer.text and key_in(answer.text) == key
        assert not corner.files() and not corner.rows()


def test_while_nothing_can_be_read_either_the_page_says_so(tmp_path: Path) -> None:
    with open_city(tmp_path) as city, corner_of(city, tmp_path, AwayUnits()) as corner:
        answer = corner.form()
        assert answer.status_code == 503 and "暂时无法上报" in answer.text and "<html" in answer.text


def test_one_telephone_has_its_pace_and_keeps_what_it_wrote(corner: Corner) -> None:
    codes = [corner.send().status_code for _ in range(A_MINUTE_OF_ADDRESS)]
    late = corner.send(text="第十一条")
    assert set(codes) == {303} and late.status_code == 429
    assert "第十一条" in late.text and 0 < int(late.headers["retry-after"]) <= 61
    corner.city.clock.wait(minutes=1)
    assert corner.send(text="第十一条").status_code == 303


# ---- codes -----------------------------------------------------------------------------------------------------


def test_codes_are_not_alike(corner: Corner) -> None:
    codes = PlaceCodesDesk(corner.city.units, corner.city.gate, corner.city.clock)
    made = {codes.make(KEEPER, "街口", place=Place(address="")).code for _ in range(50)}
    assert len(made) == 50 and {len(code) for code in made} == {12}
    assert len({code[:4] for code in made}) > 45


def test_a_code_typed_in_capitals_is_the_code(corner: Corner) -> None:
    assert corner.client.get(f"/r/{corner.code.code.upper()}").status_code == 200


# ---- languages, pictures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh_CN"),
        ("", "en-GB,en;q=0.9,zh;q=0.5", "en"),
        ("", "de, en;q=0.3, zh;q=0.7", "zh_CN"),
        ("", "fr", "zh_CN"),
        ("", "", "zh_CN"),
        ("en", "zh-CN", "en"),
        ("xx", "en", "en"),
    ],
)
def test_a_page_speaks_what_its_reader_chose_or_the_browser_prefers(chosen: str, accepted: str, language: str) -> None:
    assert language_for(chosen, accepted) == language


@given(st.text(max_size=600), st.text(max_size=600))
def test_whatever_a_browser_says_it_gets_one_of_two_languages(chosen: str, accepted: str) -> None:
    assert language_for(chosen, accepted) in LANGUAGES


@settings(max_examples=300)
@given(
    st.sampled_from([b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x10", b"\x89PNG\r\n\x1a\n", png()]),
    st.binary(max_size=300),
)
def test_any_file_is_a_photo_with_a_size_or_refused(head: bytes, tail: bytes) -> None:
    try:
        photo = photo_in(head + tail)
    except (NoPicture, TooLarge):
        return
    assert photo.width > 0 and photo.height > 0 and photo.suffix in (".jpg", ".png")
