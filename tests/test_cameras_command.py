"""Claims about the directory as a table, by command: whole or not at all, each fault with its line, no secret out."""

from pathlib import Path

import pytest

from console.main import main
from console.site import Site

TABLE = """编号 number,名称 name,主码流 main stream,登录 login
C1,朝阳门桥北,rtsp://10.0.0.8/main,viewer:seven-lanterns
C2,东四北口,rtsp://10.0.0.9/main,
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYDESK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LC_ALL", "C")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "cameras.csv"
    file.write_text(TABLE, "utf-8")
    return file


def command(act: str, file: Path, *more: str) -> int:
    return main(["cameras", act, str(file), "--site", "harbour", *more])


def names() -> list[str]:
    """Return the names that the site's directory holds."""
    site = Site.open("harbour")
    try:
        with site.units.read() as unit:
            return sorted(camera.name for camera in unit.directory.cameras())
    finally:
        site.close()


def test_a_new_site_takes_its_cameras_from_a_table_and_writes_them_without_a_secret(
    table: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert command("import", table) == 0
    assert names() == ["东四北口", "朝阳门桥北"]

    written = tmp_path / "out.csv"
    assert command("export", written) == 0
    said = capfd.readouterr()
    exported = written.read_text("utf-8-sig")
    assert "朝阳门桥北" in exported
    assert "seven-lanterns" not in exported + said.out + said.err
    assert command("import", written) == 0
    assert "0 added, 0 changed, 0 removed, 2 stay" in capfd.readouterr().out


def test_a_table_with_a_fault_names_its_line_and_nothing_is_taken_in(
    table: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    table.write_text(TABLE + "C1,又一个,rtsp://10.0.0.10/main,\nC4,无地址,,\n", "utf-8")

    assert command("import", table) == 1

    said = capfd.readouterr().err
    assert "line 4:" in said and "line 5:" in said
    assert names() == []


def test_a_dry_run_says_what_it_would_do_and_does_not_do_it(table: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert command("import", table, "--dry-run") == 0

    assert "2 added" in capfd.readouterr().out
    assert names() == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert command("import", tmp_path / "gone.csv") == 1
    assert "gone.csv" in capfd.readouterr().err


@pytest.mark.parametrize(("name", "said"), [("no.csv", "没有 "), ("", "是文件夹")])
def test_a_table_that_cannot_be_had_is_told_in_the_language_of_the_desk(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert command("import", tmp_path / name) == 1

    told = capfd.readouterr().err
    assert said in told
    assert "No such" not in told and "Is a" not in told
