"""``citydesk evidence verify FILE`` in a process of its own: words for people, exit codes for scripts."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from console.infrastructure.evidence_check import verify
from console.infrastructure.secrets import FileVault
from console.infrastructure.signing import Signer


def run(
    *words: str, locale: str = "C.UTF-8", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "console", "evidence", *words]
    whole = {**os.environ, **(environment or {}), "LC_ALL": locale, "PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=whole)


def test_a_valid_file_is_valid_and_its_key_is_shown(pack: Path) -> None:
    said = run("verify", str(pack))
    assert said.returncode == 0, said.stderr
    assert "20261122-0007" in said.stdout and verify(pack).key_fingerprint in said.stdout


def test_a_changed_file_is_refused_by_name(pack: Path) -> None:
    raw = bytearray(pack.read_bytes())
    raw[-2000] ^= 1
    pack.write_bytes(raw)
    said = run("verify", str(pack))
    assert said.returncode == 1
    assert "Not valid" in said.stdout and "items/" in said.stdout and "was changed" in said.stdout


def test_a_script_reads_json_and_another_key_is_refused(pack: Path) -> None:
    said = run("verify", str(pack), "--json", "--key", "0000 0000")
    found = json.loads(said.stdout)
    assert said.returncode == 1 and found["valid"] is False and found["key_is_known"] is False
    assert found["findings"] == [f"It is signed by another key: {found['key']}."]
    said = run("verify", str(pack), "--json", "--key", found["key"])
    assert said.returncode == 0 and json.loads(said.stdout)["key_is_known"] is True


def test_a_file_that_is_not_there_is_said_to_be_unreadable(tmp_path: Path) -> None:
    said = run("verify", str(tmp_path / "none"))
    assert said.returncode == 2 and "cannot be read" in said.stderr


def test_a_chinese_terminal_reads_chinese(pack: Path) -> None:
    raw = bytearray(pack.read_bytes())
    raw[-2000] ^= 1
    pack.write_bytes(raw)
    said = run("verify", str(pack), locale="zh_CN.UTF-8")
    assert said.returncode == 1 and "不是原样" in said.stdout and "被改动" in said.stdout


def test_a_site_tells_its_key_and_its_machine_refuses_a_file_that_another_signed(pack: Path, tmp_path: Path) -> None:
    environment = {"CITYDESK_DATA": str(tmp_path / "data")}
    assert run("key", "--site", "east", environment=environment).returncode == 2, "it has signed nothing yet"
    folder = tmp_path / "data" / "east"
    Signer(FileVault(folder)).sign(b"its first file")
    key = Signer(FileVault(folder)).known_key()
    assert key in run("key", "--site", "east", environment=environment).stdout
    said = run("verify", str(pack), "--site", "east", environment=environment)
    assert said.returncode == 1 and "signed by another key" in said.stdout
