"""Claims about ``citydesk sensors``: a table is registered whole or not at all, every fault with its line."""

from pathlib import Path

import pytest

from console.domain.alarms import Priority
from console.domain.ids import CategoryCode
from console.domain.sensors import Bound, Sensor
from console.main import main
from console.site import Site

HEAD = "编号,类型,名称,地址,经度,纬度,上限,恢复值,持续秒数,失联秒数"


@pytest.fixture(autouse=True)
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYDESK_DATA", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C")


def table(folder: Path, *lines: str, encoding: str = "utf-8-sig") -> str:
    file = folder / "sensors.csv"
    file.write_text("\n".join((HEAD, *lines)) + "\n", encoding=encoding)
    return str(file)


def registered() -> list[Sensor]:
    site = Site.open("harbour")
    try:
        with site.units.read() as unit:
            return [known.sensor for known in unit.sensors.all()]
    finally:
        site.close()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_spreadsheet_of_the_city_registers_its_sensors_with_what_their_kinds_are_bound_by(
    tmp_path: Path, encoding: str, capfd: pytest.CaptureFixture[str]
) -> None:
    file = table(
        tmp_path,
        "YY-31,油烟,老街火锅店,老街 31 号,120.1,30.2,,,,900",
        "JG-7,井盖,学府路雨水井,学府路 12 号,,,,,,",
        "SD-2,车棚电流,三号车棚,学府苑东门,,,20,18,30,",
        encoding=encoding,
    )
    assert main(["sensors", "import", file, "--site", "harbour"]) == 0
    shed, manhole, chimney = sorted(registered(), key=lambda sensor: ["SD-2", "JG-7", "YY-31"].index(sensor.number))
    assert chimney.bound == Bound(is_upper=True, at=2.0, back_at=1.6, for_s=60, hold_off_s=600)
    assert (chimney.category, chimney.closes_itself, chimney.silent_after_s) == (CategoryCode("06027"), True, 900)
    assert (manhole.priority, manhole.closes_itself) == (Priority.HIGH, False)
    assert (shed.bound.at, shed.bound.back_at, shed.bound.for_s) == (20, 18, 30)
    assert "3" in capfd.readouterr().out
    assert main(["sensors", "list", "--site", "harbour"]) == 0
    assert [line.split("\t")[:3] for line in capfd.readouterr().out.splitlines()] == [
        ["JG-7", "学府路雨水井", "—"],
        ["SD-2", "三号车棚", "—"],
        ["YY-31", "老街火锅店", "—"],
    ]


def test_a_table_with_faults_registers_nothing_and_says_each_with_its_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = table(
        tmp_path,
        "YY-31,油烟,老街火锅店,老街 31 号,,,,,,",
        "YY 32,油烟,号码有空格,老街 32 号,,,,,,",
        "YY-33,喷泉,没有这种,老街 33 号,,,,,,",
        "YY-34,油烟,没有地点,,,,,,,",
        "YY-35,油烟,恢复值错,老街 35 号,,,2,3,,",
        "YY-31,油烟,重复,老街 31 号,,,,,,",
        "YY-36,油烟,不是数,老街 36 号,,,很多,1,,",
    )
    assert main(["sensors", "import", file, "--site", "harbour"]) != 0
    said = capfd.readouterr().err
    assert [number for number in range(1, 10) if f"line {number}:" in said] == [3, 4, 5, 6, 7, 8]
    assert registered() == []


def test_a_column_nobody_knows_is_not_dropped_unsaid(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sensors.csv"
    file.write_text("编号,类型,名称,颜色\nA1,油烟,甲,红\n", encoding="utf-8")
    assert main(["sensors", "import", str(file), "--site", "harbour"]) != 0
    assert "颜色" in capfd.readouterr().err and registered() == []


def test_the_brokers_password_is_in_the_vault_and_in_no_line_of_the_audit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "in").write_text("geheim-4711\n")
    with (tmp_path / "in").open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        assert main(["sensors", "keep-password", "--site", "harbour"]) == 0
    site = Site.open("harbour")
    try:
        assert site.vault.get("mqtt-broker") == "geheim-4711"
        with site.units.read() as unit:
            lines = [line.facts for line in unit.audit.lines(0, 10)]
    finally:
        site.close()
    assert [line.verb for line in lines] == ["broker_password_kept"] and "geheim" not in str(lines)
