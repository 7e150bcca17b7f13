"""The demo site: invented places, people and units around real footage, put into an ordinary database."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from console.application.live_wall import layout_named
from console.application.ports import PasswordHasher, UnitOfWork
from console.domain.accounts import Account, Role
from console.domain.cameras import Camera
from console.domain.categories import Category
from console.domain.deadlines import WorkingCalendar
from console.domain.ids import AccountId, CameraId, CategoryCode, RuleId, SeatId, SpeakerId, UnitId, new_id
from console.domain.places import Place
from console.domain.routing import RoutingRow, Unit
from console.domain.rules import CameraRule, Zone
from console.domain.speaking import Phrase, Speaker
from console.domain.walls import Wall
from console.site import SETTINGS_FILE, Site

SITE_NAME = "demo"
SEAT = SeatId("02")
PASSWORD = "demo"
TEAM = UnitId("team-2")
TEAM_KEY = "unit-team-2"
RULE = RuleId("van-bay")
WATCHED_CAMERA = CameraId("cam01")
LOCKED_CAMERA = CameraId("cam09")
OWN_NUMBERS = "00"  # sorts before the demo's 01 … 09

# Figures of the labelled clip: the van's bay in the whole picture, 10 s of dwell.
BAY = ((0.84, 0.05), (0.945, 0.05), (0.945, 0.19), (0.84, 0.19))
UPPER_RIGHT_QUARTER = (0.5, 0.0, 1.0, 0.5)
VEHICLES = ("car", "truck", "bus", "motorcycle")

# Nothing is quiet in the demo: whoever tries it at night wants to hear it. Equal times mean no quiet hours.
SETTINGS = """\
# Settings of the demo site. `resources/settings/citydesk.toml` explains every line there is.
[talk]
quiet_from = 00:00:00
quiet_to = 00:00:00
"""

_PLACES = (
    ("01", "学府路口·南", "学府路 12 号"),
    ("02", "学府路北门", "学府路 18 号"),
    ("03", "绿地步道", "滨河路 88 号"),
    ("04", "学府路东侧", "学府路 21 号"),
    ("05", "人民路口", "人民路 6 号"),
    ("06", "解放路桥头", "解放路 40 号"),
    ("07", "南市场停车区", "南市场路 3 号"),
    ("08", "滨河路西", "滨河路 96 号"),
    ("09", "政务大厅东", "政务路 1 号"),
)

ACCOUNTS = (
    ("op", "李文静", Role.OPERATOR),
    ("op2", "王磊", Role.OPERATOR),
    ("lead", "陈建国", Role.DISPATCHER),
    ("boss", "周敏", Role.SUPERVISOR),
    ("field", "赵强", Role.OFFICER),
    ("admin", "孙浩", Role.ADMINISTRATOR),
    ("audit", "吴芳", Role.AUDITOR),
)

PHRASES = (
    Phrase(
        phrase_id="1",
        zh="{place}的商户您好，请勿占道经营，谢谢配合。",
        en="Attention please, {place}: do not trade on the road. Thank you.",
    ),
    Phrase(
        phrase_id="2",
        zh="{place}的车主您好，此处禁止停车，请立即驶离，谢谢配合。",
        en="Attention please, {place}: no parking here. Please move your vehicle. Thank you.",
    ),
    Phrase(
        phrase_id="3",
        zh="{place}的市民您好，请不要在此停留，注意安全。",
        en="Attention please, {place}: do not stay here. Mind your safety.",
    ),
)


def write_settings(folder: Path) -> None:
    """Write the demo's settings file if there is none."""
    file = folder / SETTINGS_FILE
    if not file.exists():
        file.write_text(SETTINGS, encoding="utf-8")


def seed(
    site: Site,
    hasher: PasswordHasher,
    categories: tuple[Category, ...],
    *,
    cameras: Mapping[str, Any],
    speakers: list[Mapping[str, Any]],
    department: Mapping[str, Any],
) -> None:
    """Put the demo's directory into the database; what is there already is brought up to date.

    Args:
        cameras, speakers, department: what the demo's processes said when they were ready.
    """
    site.vault.put(TEAM_KEY, str(department["api_key"]))
    with site.units.write() as unit:
        directory = unit.directory
        for category in categories:
            directory.put_category(category)
        for item in speakers:
            directory.put_speaker(_speaker(item))
        names = tuple(SpeakerId(str(item["speaker_id"])) for item in speakers)
        for number, name, address in _PLACES:
            if number in cameras:
                directory.put_camera(_camera(number, name, address, cameras[number], names))
        directory.put_unit(
            Unit(
                unit_id=TEAM,
                zh="执法二中队",
                en="Enforcement Team 2",
                address=str(department["base_url"]),
                credentials_name=TEAM_KEY,
            )
        )
        directory.put_routing((RoutingRow(row=1, unit_id=TEAM), RoutingRow(row=2, unit_id=TEAM, category_prefix="09")))
        for phrase in PHRASES:
            directory.put_phrase(phrase)
        directory.put_calendar(WorkingCalendar(zone=ZoneInfo("Asia/Shanghai"), hours=((time(8), time(18)),)))
        _put_accounts(unit, hasher)
        unit.commit()


def remove_own_cameras(site: Site) -> None:
    """Take away what an earlier start put on the wall: its addresses may no longer be anybody's."""
    with site.units.write() as unit:
        own = [one.camera_id for one in unit.directory.cameras() if one.number.startswith(OWN_NUMBERS)]
        unit.directory.remove_cameras(own)
        _put_wall(unit)
        unit.commit()


def add_own_cameras(site: Site, addresses: list[str]) -> None:
    """Put a person's own streams on the wall, before the demo's. Credentials go to the vault."""
    with site.units.write() as unit:
        for position, address in enumerate(addresses, start=1):
            number = f"{OWN_NUMBERS}{position}"
            scheme, _, rest = address.partition("://")
            login, has_login, host = rest.rpartition("@")
            name = f"own-{number}"
            if has_login:
                site.vault.put(name, login)
            plain = f"{scheme}://{host}"
            unit.directory.put_camera(
                Camera(
                    camera_id=CameraId(f"cam{number}"),
                    number=number,
                    name=host.partition("/")[0],
                    place=Place(address=host.partition("/")[0]),
                    main_address=plain,
                    sub_address="",
                    credentials_name=name if has_login else "",
                )
            )
        _put_wall(unit)
        unit.commit()


def _put_wall(unit: UnitOfWork) -> None:
    """Show the first nine cameras, a person's own before the demo's."""
    cameras = sorted(unit.directory.cameras(), key=lambda camera: camera.number)
    layout = layout_named("3x3")
    names: list[CameraId | None] = [camera.camera_id for camera in cameras[: len(layout.places)]]
    names += [None] * (len(layout.places) - len(names))
    unit.directory.put_wall(SEAT, Wall(layout=layout, cameras=tuple(names)))


def _camera(
    number: str, name: str, address: str, streams: Mapping[str, Any], speakers: tuple[SpeakerId, ...]
) -> Camera:
    camera_id = CameraId(f"cam{number}")
    rules: tuple[CameraRule, ...] = ()
    if camera_id == WATCHED_CAMERA:
        rules = (
            CameraRule(
                rule_id=RULE,
                camera_id=camera_id,
                zone=Zone(name="禁停区 A", polygon=BAY),
                category=CategoryCode("09009"),
                labels=VEHICLES,
                dwell_s=10.0,
                minimum_score=0.3,
                region=UPPER_RIGHT_QUARTER,
                looks_per_s=4.0,
            ),
        )
    index = int(number) - 1
    return Camera(
        camera_id=camera_id,
        number=number,
        name=name,
        place=Place(
            address=address,
            district="临江区",
            street="学府街道" if index < 4 else "滨河街道",
            community="滨河社区",
            grid_cell=f"330199001003{int(number):03d}",
            longitude=round(120.10 + index * 0.0012, 6),
            latitude=round(30.25 + index * 0.0007, 6),
        ),
        main_address=str(streams["main"]),
        sub_address=str(streams["sub"]),
        speaker_ids=speakers[index % len(speakers) : index % len(speakers) + 1] if speakers else (),
        rules=rules,
    )


def _speaker(item: Mapping[str, Any]) -> Speaker:
    return Speaker(
        speaker_id=SpeakerId(str(item["speaker_id"])),
        name=str(item["speaker_id"]),
        driver="rtp",
        host=str(item["host"]),
        port=int(item["port"]),
    )


def _put_accounts(unit: UnitOfWork, hasher: PasswordHasher) -> None:
    for sign_in_name, display_name, role in ACCOUNTS:
        if unit.accounts.named(sign_in_name) is None:
            unit.accounts.add(
                Account(
                    account_id=AccountId(new_id()),
                    sign_in_name=sign_in_name,
                    display_name=display_name,
                    role=role,
                    password_hash=hasher.hash(PASSWORD),
                )
            )
