"""The doctor says what is wrong on this machine, and how to mend it."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.application.settings import Settings, StorageSettings, VisionSettings
from console.doctor import machine, site
from console.doctor.command import examine, report
from console.doctor.findings import Finding, Grade
from console.domain.cameras import Camera
from console.domain.ids import CameraId
from console.domain.places import Place
from console.infrastructure.assets.catalogue import Catalogue
from console.infrastructure.assets.store import AssetStore
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import address_of, open_database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.paths import Paths
from console.words import ENGLISH, Words
from inference.devices import Device, available_devices
from resources.locate import locate

SECRET = "hunter2-GREPPABLE"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="Linux keeps these in folders")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(data=tmp_path, logs=tmp_path, cache=tmp_path, assets=tmp_path, anchors=tmp_path).make()


@pytest.fixture
def open_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def said(finding: Finding) -> str:
    return Words(ENGLISH).say(finding.sentence, **finding.values)


@linux_only
@pytest.mark.parametrize(
    ("free_bytes", "grade"), [(64_000_000, Grade.WRONG), (200_000_000, Grade.NOTE), (2_000_000_000, Grade.FINE)]
)
def test_a_small_shared_memory_is_named_with_its_cure(free_bytes: int, grade: Grade, tmp_path: Path) -> None:
    finding = machine.shared_memory(tmp_path, lambda _: free_bytes)

    assert finding.grade is grade
    assert bool(finding.cure) is (grade is not Grade.FINE)


@linux_only
def test_a_machine_without_a_chinese_font_cannot_show_the_desk(tmp_path: Path) -> None:
    finding = machine.fonts((str(tmp_path),))

    assert finding.grade is Grade.WRONG
    assert "fonts-noto-cjk" in finding.cure


@linux_only
def test_the_missing_library_is_named_with_the_package_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_opens", lambda name: name != "libxcb-cursor.so.0")

    finding = machine.libraries()

    assert finding.grade is Grade.WRONG
    assert "libxcb-cursor.so.0" in said(finding)
    cure = Words(ENGLISH).say(finding.cure, **finding.values)
    assert cure == "sudo apt-get install -y --no-install-recommends libxcb-cursor0"


@linux_only
def test_without_a_screen_the_rest_still_works() -> None:
    assert machine.screen({}).grade is Grade.NOTE
    assert machine.screen({"DISPLAY": ":7"}).grade is Grade.FINE


@linux_only
def test_without_a_sound_card_phrases_can_still_be_spoken(tmp_path: Path) -> None:
    assert machine.sound(tmp_path / "cards", {}).grade is Grade.NOTE
    (tmp_path / "cards").write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n")
    assert "HDA Intel PCH" in said(machine.sound(tmp_path / "cards", {}))


@pytest.mark.parametrize(("kept", "grade"), [(True, Grade.FINE), (False, Grade.NOTE), (None, Grade.NOTE)])
def test_a_clock_that_nobody_keeps_is_said(kept: bool | None, grade: Grade) -> None:
    assert machine.clock(lambda: kept).grade is grade


def test_a_wrong_line_of_the_settings_is_shown(paths: Paths) -> None:
    (paths.data / "citydesk.toml").write_text("[alarm]\npre_rol_s = 3\n")

    settings, finding = site.settings(paths)

    assert settings == Settings()
    assert finding.grade is Grade.WRONG
    assert "citydesk.toml:2: alarm.pre_rol_s: unknown key" in said(finding)


@pytest.mark.parametrize(
    ("storage", "grade", "words"),
    [
        (StorageSettings(reserve_gb=0.001), Grade.FINE, "Recordings are kept 30 days"),
        (StorageSettings(reserve_gb=0.001, keep_days=7, least_days=7), Grade.NOTE, "the law asks for 30"),
        (StorageSettings(reserve_gb=1_000_000.0), Grade.NOTE, "nothing is recorded"),
    ],
)
def test_how_long_things_are_kept_and_whether_there_is_room_is_said(
    paths: Paths, storage: StorageSettings, grade: Grade, words: str
) -> None:
    finding = site.storage(Settings(storage=storage), paths)

    assert finding.grade is grade and words in said(finding)


def test_looking_makes_no_database(paths: Paths) -> None:
    assert site.database(Settings(), paths).grade is Grade.FINE
    assert site.streams(Settings(), paths).grade is Grade.FINE
    assert list(paths.data.glob("*.db*")) == []


def test_a_database_that_is_away_is_wrong_and_its_password_is_not_shown(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYDESK_DATABASE_URL", f"postgresql://desk:{SECRET}@127.0.0.1:{closed_port()}/city")
    settings, _ = site.settings(paths)

    finding = site.database(settings, paths)

    assert finding.grade is Grade.WRONG
    assert "127.0.0.1" in said(finding)
    assert SECRET not in said(finding) + repr(finding)


def test_the_cameras_that_do_not_answer_are_named(paths: Paths, open_port: int) -> None:
    database = open_database(address_of({}, paths.data), SystemClock())
    upgrade(database)
    with SqlUnitsOfWork(database).write() as unit:
        for name, port in (("east gate", open_port), ("west gate", closed_port())):
            unit.directory.put_camera(camera(name, f"rtsp://127.0.0.1:{port}/main"))
        unit.commit()
    database.close()

    finding = site.streams(Settings(), paths)

    assert said(finding) == "1 of 2 do not answer: west gate"
    assert finding.cure


def camera(name: str, address: str) -> Camera:
    place = Place(address=name)
    return Camera(
        camera_id=CameraId(name), number=name, name=name, place=place, main_address=address, sub_address=address
    )


def test_absent_assets_are_wrong_with_the_command_that_brings_them(tmp_path: Path) -> None:
    finding = site.assets(AssetStore(Catalogue.load(locate("assets")), tmp_path))

    assert finding.grade is Grade.WRONG
    assert "efficientdet_lite0.tflite" in said(finding)
    assert finding.cure.startswith("citydesk assets fetch")


def test_this_machine_infers_on_its_processor() -> None:
    assert "CPU" in {device.name for device in available_devices()}


@pytest.mark.parametrize(
    ("wanted", "devices", "grade"),
    [
        ("CPU", (Device("CPU", "x"),), Grade.FINE),
        ("AUTO", (Device("CPU", "x"),), Grade.FINE),
        ("GPU", (Device("CPU", "x"), Device("GPU.0", "y")), Grade.FINE),
        ("GPU", (Device("CPU", "x"),), Grade.WRONG),
        ("CPU", (), Grade.WRONG),
    ],
)
def test_a_device_that_is_not_there_is_wrong(wanted: str, devices: tuple[Device, ...], grade: Grade) -> None:
    assert site.device(Settings(vision=VisionSettings(device=wanted)), devices).grade is grade


def test_the_whole_examination_leaves_one_line_each_and_the_right_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    findings = examine("doctor-test")

    code = report(findings, Words(ENGLISH))

    printed = capsys.readouterr().out
    assert code == int(any(finding.grade is Grade.WRONG for finding in findings))
    assert [finding.subject for finding in findings if finding.subject not in printed] == []
    assert not Paths.for_site("doctor-test").data.exists() or not os.listdir(Paths.for_site("doctor-test").data)
    shutil.rmtree(Paths.for_site("doctor-test").data, ignore_errors=True)
