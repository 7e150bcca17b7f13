"""``citydesk audit`` in a process of its own, on a site of its own: words for people, exit codes for scripts."""

import base64
import csv
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from console.infrastructure.audit_anchor import AnchorFolder
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.secrets import FileVault
from console.infrastructure.signing import Signer, is_signed_by
from console.infrastructure.watch.anchors import Anchoring
from tests.infrastructure.audit.trails import SITE, some_facts

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return the command, for a site in a folder with twelve audit lines, anchored."""
    data = tmp_path / SITE
    data.mkdir()
    vault = FileVault(data)
    folder = AnchorFolder(tmp_path / f"{SITE}-anchors", SITE, Signer(vault))
    database = open_database(f"sqlite:///{data / 'citydesk.db'}", SystemClock())
    upgrade(database)
    units = SqlUnitsOfWork(database)
    with units.write() as unit:
        for number in range(12):
            unit.audit.append(some_facts(Random(number), number))
        unit.commit()
    Anchoring(units, folder, SystemClock())()
    database.close()

    def command(*words: str, locale: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "console", "audit", *words, "--site", SITE],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, "CITYDESK_DATA": str(tmp_path), "LC_ALL": locale, "PYTHONUTF8": "1"},
        )

    return command


def spoil(tmp_path: Path, *statements: str) -> None:
    raw = sqlite3.connect(tmp_path / SITE / "citydesk.db")
    for act in ("update", "delete"):
        raw.execute(f"DROP TRIGGER audit_lines_refuse_{act}")
    for statement in statements:
        raw.execute(statement)
    raw.commit()
    raw.close()


def test_a_whole_audit_is_said_to_be_whole_and_a_changed_one_by_its_line(run: Run, tmp_path: Path) -> None:
    said = run("verify")
    assert said.returncode == 0, said.stderr
    assert "Whole: 13 lines" in said.stdout and "Anchored up to line 12" in said.stdout
    spoil(tmp_path, "UPDATE audit_lines SET reason = '无' WHERE position = 4")
    said = run("verify", locale="zh_CN.UTF-8")
    assert said.returncode == 1 and "第 4 行" in said.stdout and "reason" in said.stdout


def test_a_script_reads_json_and_a_cut_end_is_found_with_the_anchors_of_another_place(run: Run, tmp_path: Path) -> None:
    (anchors,) = (tmp_path / f"{SITE}-anchors").iterdir()
    copy = anchors.rename(tmp_path / "brought-from-elsewhere.anchors")
    spoil(tmp_path, "DELETE FROM audit_lines WHERE position > 9")
    assert run("verify").returncode == 0, "nothing here knows of the lines that were cut off"
    said = run("verify", "--anchors", str(copy), "--json")
    found = json.loads(said.stdout)
    assert said.returncode == 1 and found["whole"] is False
    assert (found["breaks"][0]["kind"], found["breaks"][0]["position"], found["breaks"][0]["until"]) == ("cut", 10, 12)


def test_a_register_is_taken_out_with_a_reason_signed_and_written_down(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "register.csv"
    assert run("export", "--out", str(out)).returncode == 2, "no reason"
    assert not out.exists()
    said = run("export", "--out", str(out), "--from", "2026-11-01", "--reason", "季度检查")
    assert said.returncode == 0, said.stderr
    raw = out.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "a spreadsheet needs the mark"
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert rows[0][:5] == ["序号 line", "时间 time", "人员 who", "席位 seat", "操作 act"]
    assert (rows[1][4], rows[1][9]) == ("export_audit", "季度检查"), "taking it out is in it"
    assert len(rows) == 1 + 14 and rows[-1][0] == "1"
    signed = json.loads((tmp_path / "register.csv.signed.json").read_text(encoding="utf-8"))
    assert signed["sha256"] == hashlib.sha256(raw).hexdigest() and signed["check"]["is_whole"] is True
    plain = {name: value for name, value in signed.items() if name not in ("key", "public_key", "signature")}
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    key, signature = base64.b64decode(signed["public_key"]), base64.b64decode(signed["signature"])
    assert is_signed_by(key, signature, canonical)
    assert not is_signed_by(key, signature, canonical.replace(b'"lines":14', b'"lines":13'))
