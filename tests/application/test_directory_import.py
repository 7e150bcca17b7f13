"""A table goes into the directory whole or not at all, and comes out as it went in, without a secret."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from console.application.directory_import import DirectoryImport
from console.application.directory_tables import HEAD
from console.application.errors import Stale, Unavailable
from console.domain.accounts import Scope
from console.domain.cameras import CameraKind
from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.domain.places import Place
from console.infrastructure.documents.directory_files import DirectoryFilesOnDisk
from tests.application.city import CAMERA, City
from tests.application.test_directory_desk import KEEPER, camera

LINE = ("B-1", "33019900001320000001", "滨江路口", "球机", "rtsp://10.0.0.1/main", "admin:Guang#mei", "重点；涉水")
FEW = ("编号", "国标编码", "Name", "类型", "main stream", "登录", "标签")


@pytest.fixture
def desk(city: City) -> DirectoryImport:
    return DirectoryImport(city.units, city.gate, city.vault, DirectoryFilesOnDisk())


def table(folder: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    path = folder / "cameras.csv"
    with open(path, "w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def directory(city: City) -> list[object]:
    with city.units.read() as unit:
        return list(unit.directory.cameras())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_table_is_taken_in_from_the_encodings_that_spreadsheets_write(
    desk: DirectoryImport, city: City, tmp_path: Path, encoding: str
) -> None:
    plan = desk.plan(KEEPER, table(tmp_path, [FEW, LINE], encoding))
    assert plan.complaints == () and len(plan.added) == 1 and plan.removed == ()
    assert len(directory(city)) == 1  # looking at it changed nothing

    desk.carry_out(KEEPER, plan, "cameras.csv")

    with city.units.read() as unit:
        taken = unit.directory.camera_numbered("B-1")
        head = unit.audit.head()
    assert taken is not None and head is not None
    assert (taken.name, taken.kind, taken.tags) == ("滨江路口", CameraKind.DOME, ("重点", "涉水"))
    assert city.vault.get(taken.credentials_name) == "admin:Guang#mei"
    assert (head.facts.verb, head.facts.detail["added"], head.facts.detail["secrets"]) == ("import_cameras", 1, 1)
    assert "Guang" not in repr(taken) + repr(head.facts) + repr(plan)


def test_every_complaint_is_told_with_its_line_and_nothing_is_taken_in(
    desk: DirectoryImport, city: City, tmp_path: Path
) -> None:
    rows = [
        FEW,
        LINE,
        ("B-1", "3.30199E+19", "", "炮筒", "10.0.0.2", "nocolon", ""),
        (),
        ("B-2", LINE[1], "x", "", "rtsp://admin:geheim@10.0.0.3/a", "", "", "too much"),
        ("B-3", "", "good", "", "rtsp://10.0.0.4/a", "", ""),
    ]
    path = table(tmp_path, rows)
    plan = desk.plan(KEEPER, path)

    told = [(one.line, one.sentence.format(**one.values)) for one in plan.complaints]
    assert {line for line, _ in told} == {3, 5}
    said = "\n".join(text for _, text in told)
    for fault in ("B-1 stands in line 2", "lost digits", "炮筒", "user:password", "more cells", "vault"):
        assert fault in said
    assert "geheim" not in said
    with pytest.raises(DomainError, match="nothing was taken in"):
        desk.carry_out(KEEPER, plan, "x")
    assert len(directory(city)) == 1 and city.vault.secrets == {}


@pytest.mark.parametrize(
    ("head", "says"),
    [(("编号", "名称", "云台"), "云台"), (("编号", "number", "name"), "twice"), (("名称",), "编号 number")],
)
def test_a_head_that_cannot_be_read_is_complained_of_in_line_1(
    desk: DirectoryImport, tmp_path: Path, head: Sequence[str], says: str
) -> None:
    plan = desk.plan(KEEPER, table(tmp_path, [head, ["x"] * len(head)]))
    first = [one for one in plan.complaints if one.line == 1]
    assert any(says in one.sentence.format(**one.values) for one in first)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_was_exported_and_taken_in_again_changes_nothing(
    desk: DirectoryImport, city: City, tmp_path: Path, suffix: str
) -> None:
    city.directory.add(KEEPER, camera(tags=("重点", "涉水")), "admin:Guang#mei")
    city.directory.add(
        KEEPER,
        camera(
            "cam78", "78", code="", name='=cmd|" /C calc"!A1', owner="@SUM(1)", kind=CameraKind.BULLET,
            place=Place(address="-1+2", longitude=-70.5, latitude=28.123456),
        ),
    )  # fmt: skip
    before, path = directory(city), tmp_path / f"out{suffix}"

    assert desk.export(KEEPER, path) == 3

    plan = desk.plan(KEEPER, path, is_whole=True)
    assert (plan.complaints, plan.added, plan.changed, plan.removed, plan.same) == ((), (), (), (), 3)
    assert directory(city) == before
    assert b"Guang" not in path.read_bytes()
    assert city.audit_verbs()[-1] == "export_cameras"


def test_no_cell_of_an_export_is_a_formula(desk: DirectoryImport, city: City, tmp_path: Path) -> None:
    city.directory.add(KEEPER, camera(name="=1+1", owner="@x", place=Place(address="+a", longitude=-70.5)))
    desk.export(KEEPER, tmp_path / "out.csv")
    desk.export(KEEPER, tmp_path / "out.xlsx")

    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
    assert {"'=1+1", "'@x", "'+a", "-70.5"} <= set(cells)
    sheet = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_a_table_of_the_whole_directory_removes_what_it_does_not_name_and_another_does_not(
    desk: DirectoryImport, city: City, tmp_path: Path
) -> None:
    path = table(tmp_path, [FEW, LINE])
    assert desk.plan(KEEPER, path).removed == ()
    plan = desk.plan(KEEPER, path, is_whole=True)
    assert [one.camera_id for one in plan.removed] == [CAMERA]
    desk.carry_out(KEEPER, plan, "x")
    with city.units.read() as unit:
        assert [one.number for one in unit.directory.cameras()] == ["B-1"]


def test_a_column_the_table_does_not_have_leaves_what_is_kept(
    desk: DirectoryImport, city: City, tmp_path: Path
) -> None:
    plan = desk.plan(KEEPER, table(tmp_path, [("编号", "名称", "主码流"), ("01", "新名", "rtsp://127.0.0.1:1/new")]))
    ((before, after),) = plan.changed
    assert after == replace(before, name="新名", main_address="rtsp://127.0.0.1:1/new")


def test_a_plan_of_a_directory_that_was_changed_meanwhile_is_not_carried_out(
    desk: DirectoryImport, city: City, tmp_path: Path
) -> None:
    plan = desk.plan(KEEPER, table(tmp_path, [FEW, LINE]))
    city.directory.add(KEEPER, camera())
    with pytest.raises(Stale, match="changed meanwhile"):
        desk.carry_out(KEEPER, plan, "x")
    assert [one for one in directory(city) if getattr(one, "number", "") == "B-1"] == []


def test_nobody_takes_in_cameras_of_places_that_are_not_theirs(
    desk: DirectoryImport, city: City, tmp_path: Path
) -> None:
    elsewhere = replace(KEEPER, scope=Scope(areas=frozenset({"330199002"})))
    plan = desk.plan(elsewhere, table(tmp_path, [FEW, LINE]), is_whole=True)
    assert [one.line for one in plan.complaints] == [2] and plan.removed == ()


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"PK\x03\x04 no book", b'"open', "一,二".encode("gb18030")])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".txt"])
def test_a_file_that_is_no_table_is_refused_in_words(
    desk: DirectoryImport, tmp_path: Path, raw: bytes, suffix: str
) -> None:
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(raw)
    try:
        plan = desk.plan(KEEPER, path)
    except DomainError:
        return
    assert plan.complaints


def test_a_file_that_is_not_there_is_the_worlds_fault(desk: DirectoryImport, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="There is no"):
        desk.plan(KEEPER, tmp_path / "none.csv")
    with pytest.raises(Unavailable, match=r"There is no .*/no folder\.$"):
        desk.export(KEEPER, tmp_path / "no folder" / "out.csv")


CELL = st.text(st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, max_size=18), max_size=6))
def test_no_table_however_odd_is_more_than_complained_of(
    desk: DirectoryImport, city: City, tmp_path: Path, rows: list[list[str]]
) -> None:
    path = tmp_path / "odd.csv"
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows])
    before = directory(city)
    try:
        plan = desk.plan(KEEPER, path)
    except DomainError:
        return
    assert all(one.sentence.format(**one.values) and one.line >= 1 for one in plan.complaints)
    assert directory(city) == before and CameraId("") not in plan.secrets
