"""A citizen's report from a place's form: taken once and whole, or refused in words; read back from the desks."""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from console.application.alarm_review import Filing
from console.application.citizen_desk import CitizenDesk
from console.application.dispatch import Answer
from console.application.errors import Unavailable
from console.application.intake_desk import IntakeDesk
from console.application.place_codes_desk import PlaceCodesDesk
from console.application.ports import UnitsOfWork
from console.domain.accounts import Role
from console.domain.alarms import DismissReason, Source
from console.domain.evidence import EvidenceItem
from console.domain.ids import AlarmId
from console.domain.intake import PlaceCode, report_number
from console.domain.places import Place
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.intake.app import build
from console.infrastructure.intake.citizen import A_MINUTE_OF_ADDRESS, MOST_FORM_BYTES, CitizenPages
from console.infrastructure.intake.door import Door
from console.infrastructure.intake.languages import language_for
from console.infrastructure.intake.limits import Limited, Pace
from console.infrastructure.intake.photos import MOST_PHOTO_BYTES, NoPicture, SealedPhotos, TooLarge, photo_in
from console.words import LANGUAGES
from tests.application.city import CAMERA, PARKING, SHANGHAI, TEAM, City, open_city, person
from tests.infrastructure.intake.test_intake_app import AwayUnits, Client

LI, KEEPER = person("李文静"), person("孙浩", Role.ADMINISTRATOR)
CORNER = Place(address="滨河路 88 号", grid_cell="330199001003001", longitude=120.16, latitude=30.26)


def png(width: int = 40, height: int = 30, shade: int = 90) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + bytes([shade]) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class WritesFail:
    """A database that can be read and then goes away."""

    def __init__(self, units: UnitsOfWork) -> None:
        self.read = units.read

    def write(self) -> Any:
        raise Unavailable("The database is away.")


@dataclass
class Corner:
    """A place with a code, the telephone in front of it, and the city behind."""

    city: City
    client: Client
    code: PlaceCode
    evidence: Path

    def form(self, language: str = "zh") -> requests.Response:
        return self.client.get(f"/r/{self.code.code}?lang={language}")

    def send(
        self,
        *,
        key: str = "",
        photos: tuple[bytes, ...] = (),
        language: str = "zh",
        **changes: str,
    ) -> requests.Response:
        """Send the form as a browser does: a file field without a file is sent empty."""
        fields = {
            "key": key or key_in(self.form().text),
            "matter": PARKING,
            "text": "车挡住盲道",
            "contact": "",
        } | changes
        parts: list[tuple[str, tuple[str, Any]]] = [(name, ("", value)) for name, value in fields.items()]
        files = [("photo", (f"{n}.jpg", data)) for n, data in enumerate(photos)]
        files += [("photo", ("", b""))] * (3 - len(files))
        body, kind = multipart([(name, None, value) for name, (_, value) in parts], files)
        return self.client.post(
            f"/r/{self.code.code}?lang={language}",
            data=body,
            headers={"content-type": kind},
            allow_redirects=False,
        )

    def rows(self) -> list[AlarmId]:
        return [AlarmId(row.alarm_id) for row in self.city.review.queue(LI)]

    def pictures(self) -> list[EvidenceItem]:
        return [item for alarm_id in self.rows() for item in self.city.review.card(LI, alarm_id).evidence]

    def files(self) -> list[Path]:
        return [path for path in self.evidence.rglob("*") if path.is_file()]


def multipart(fields: list[tuple[str, None, str]], files: list[tuple[str, tuple[str, bytes]]]) -> tuple[bytes, str]:
    edge, body = "edge-of-a-part", bytearray()
    for name, _, value in fields:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        body += head.encode()
    for name, (file_name, data) in files:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        body += head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n"
    body += f"--{edge}--\r\n".encode()
    return bytes(body), f"multipart/form-data; boundary={edge}"


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@contextmanager
def corner_of(city: City, folder: Path, units: Any = None) -> Iterator[Corner]:
    with city.units.read() as unit:
        number = unit.directory.camera(CAMERA).number
    codes = PlaceCodesDesk(city.units, city.gate, city.clock)
    code = codes.make(KEEPER, "滨河路口", "Binhe Road corner", place=CORNER, camera_number=number)
    evidence, pace = folder / "evidence", Pace(city.clock)
    shelf = SealedPhotos(EvidenceStore(evidence, city.clock))
    desk = CitizenDesk(units or city.units, city.clock, shelf, [PARKING, "99999"])
    pages = CitizenPages(desk, pace, "市民服务", SHANGHAI)
    application = build(IntakeDesk(city.units, city.clock), {}, dict, pace, city.clock, pages)
    door = Door(Limited(application, pace, 1_000_000, pages.wide), "127.0.0.1", 0, city.clock, None)
    door.open()
    client = Client(door.wait_open(20))
    try:
        yield Corner(city, client, code, evidence)
    finally:
        client.close()
        door.close()


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


def test_a_code_that_is_forgotten_or_was_never_given_opens_nothing(corner: Corner) -> None:
    address = corner.send().headers["location"]
    codes = PlaceCodesDesk(corner.city.units, corner.city.gate, corner.city.clock)
    codes.forget(KEEPER, corner.code.code)
    assert corner.form().status_code == corner.send(key="k" * 20).status_code == 404
    assert corner.client.get("/r/23456789abcd").status_code == 404
    standing = corner.client.get(address)
    assert standing.status_code == 200 and f'href="/r/{corner.code.code}' not in standing.text


def test_codes_are_not_alike(corner: Corner) -> None:
    codes = PlaceCodesDesk(corner.city.units, corner.city.gate, corner.city.clock)
    made = {codes.make(KEEPER, "街口", place=Place(address="")).code for _ in range(50)}
    assert len(made) == 50 and {len(code) for code in made} == {12}
    assert len({code[:4] for code in made}) > 45


def test_a_code_typed_in_capitals_is_the_code(corner: Corner) -> None:
    assert corner.client.get(f"/r/{corner.code.code.upper()}").status_code == 200


# ---- where it stands -------------------------------------------------------------------------------------------


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


class TakesAll:
    """A unit's system that takes everything in."""

    def submit(self, body: dict[str, object], idempotency_key: str) -> str:
        del body, idempotency_key
        return "R-1"

    def recall(self, receipt: str, idempotency_key: str) -> None:
        del receipt, idempotency_key

    def answers(self, since: object) -> list[Answer]:
        del since
        return []
