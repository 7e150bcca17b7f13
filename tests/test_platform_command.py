"""Claims about a sharing platform by command: its login is kept and never shown, and whether it answers is told."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.infrastructure.paths import Paths
from console.main import main
from tests.infrastructure.gateways.wvp_stand_in import DEVICE, PASSWORD, USER, StandInPlatform


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInPlatform]:
    monkeypatch.setenv("CITYDESK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LC_ALL", "C")
    running = StandInPlatform()
    running.add(3)
    running.channels[DEVICE][0].status = "OFF"
    settings = Paths.for_site("harbour").make().data / "citydesk.toml"
    settings.write_text(f'[sharing.city]\nurl = "{running.url}"\n', "utf-8")
    yield running
    running.close()


def keep(monkeypatch: pytest.MonkeyPatch, login: str, name: str = "city") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{login}\n"))
    return main(["platform", "--site", "harbour", "--name", name, "--keep-login"])


def check() -> int:
    return main(["platform", "--site", "harbour", "--name", "city", "--check"])


def test_a_login_is_kept_once_and_the_platform_is_asked_with_it(
    platform: StandInPlatform, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert check() == 1
    assert "No login of platform city" in capfd.readouterr().err and not platform.asked
    assert keep(monkeypatch, f"{USER}:{PASSWORD}") == 0
    assert check() == 0
    said = capfd.readouterr()
    assert "3 cameras, 2 of them online; 0 entries were not understood." in said.out
    assert PASSWORD not in said.out + said.err


def test_what_is_no_login_and_no_platform_is_refused(
    platform: StandInPlatform, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert keep(monkeypatch, "console") == 1
    assert keep(monkeypatch, f"{USER}:{PASSWORD}", name="west") == 1
    said = capfd.readouterr().err
    assert "A login is user:password" in said and "There is no platform west" in said
    assert keep(monkeypatch, f"{USER}:guess") == 0
    assert check() == 1
    assert "refuses our login" in capfd.readouterr().err
