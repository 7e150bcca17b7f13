"""A place with a code: the telephone in front of it and the city behind, for the tests of both."""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from console.application.citizen_desk import CitizenDesk
from console.application.dispatch import Answer
from console.application.errors import Unavailable
from console.application.intake_desk import IntakeDesk
from console.application.place_codes_desk import PlaceCodesDesk
from console.application.ports import UnitsOfWork
from console.application.sensor_desk import SensorDesk
from console.domain.accounts import Role
from console.domain.evidence import EvidenceItem
from console.domain.ids import AlarmId
from console.domain.intake import PlaceCode
from console.domain.places import Place
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.intake.app import build
from console.infrastructure.intake.citizen import CitizenPages
from console.infrastructure.intake.door import Door
from console.infrastructure.intake.limits import Limited, Pace
from console.infrastructure.intake.photos import SealedPhotos
from tests.application.city import CAMERA, PARKING, SHANGHAI, City, person
from tests.infrastructure.intake.test_intake_app import Client

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
    application = build(
        IntakeDesk(city.units, city.clock), SensorDesk(city.units, city.clock), {}, dict, pace, city.clock, pages
    )
    door = Door(Limited(application, pace, 1_000_000, pages.wide), "127.0.0.1", 0, city.clock, None)
    door.open()
    client = Client(door.wait_open(20))
    try:
        yield Corner(city, client, code, evidence)
    finally:
        client.close()
        door.close()


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
