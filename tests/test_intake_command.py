"""Claims about who reports: a partner's token works at the door's own process and stands in no record, and a place's
code can be read from its sheet."""

import re
import secrets
import socket
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
import requests

from console.infrastructure.channel.connection import Channel, Endpoint, listen
from console.infrastructure.channel.messages import Heartbeat, Hello, ShutDown
from console.infrastructure.paths import Paths
from console.infrastructure.supervisor import command_for, environment_for_child
from console.main import main
from console.site import Site


@pytest.fixture(autouse=True)
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Make a site whose hotline may report, and return the port of its intake."""
    monkeypatch.setenv("CITYDESK_DATA", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C")
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = int(line.getsockname()[1])
    folder = Paths.for_site("harbour").make().data
    text = f'[intake]\nport = {port}\n[intake.partners.hotline]\nsource = "hotline"\n'
    (folder / "citydesk.toml").write_text(text, encoding="utf-8")
    return port


def test_the_intake_is_a_process_that_takes_a_partner_by_its_token_and_ends_with_its_station(
    harbour: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["intake", "--partner", "hotline", "--new-token", "--site", "harbour"]) == 0
    token = capfd.readouterr().out.strip()
    key = secrets.token_bytes(32)
    with listen(key) as door:
        ours = environment_for_child(Endpoint(port=door.address[1], key=key).to_environment())
        process = subprocess.Popen(command_for("intake", ["--site", "harbour"]), env=ours | {"LC_ALL": "C"})
        channel = Channel(door.accept())
    try:
        assert isinstance(channel.receive(), Hello)
        while not is_open(harbour):  # it opens its door with the first beats
            assert isinstance(channel.receive(), Heartbeat)
        base = f"http://127.0.0.1:{harbour}"
        assert requests.get(f"{base}/health", timeout=20).json() == {"ready": True}
        listed = f"{base}/open311/v2/requests.json"
        shown = {"Authorization": f"Bearer {token}"}
        assert requests.get(listed, headers=shown, timeout=20).json() == []
        assert requests.get(listed, headers={"Authorization": "Bearer another"}, timeout=20).status_code == 403
    finally:
        channel.send(ShutDown(reason="the station ends"))
        assert process.wait(20) == 0
        channel.close()
    data = Paths.for_site("harbour").data
    said = "".join(file.read_text(errors="replace") for file in (data / "logs").rglob("*") if file.is_file())
    assert token not in said


def test_a_token_given_out_and_taken_away_stands_in_the_audit_and_the_token_does_not(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["intake", "--partner", "hotline", "--new-token", "--site", "harbour"]) == 0
    token = capfd.readouterr().out.strip()
    assert main(["intake", "--partner", "hotline", "--forget", "--site", "harbour"]) == 0
    site = Site.open("harbour")
    try:
        assert site.vault.get("intake-hotline") is None
        with site.units.read() as unit:
            facts = [line.facts for line in unit.audit.lines(0, 10)]
    finally:
        site.close()
    assert [(one.verb, one.subject) for one in facts] == [("token_issued", "hotline"), ("token_forgotten", "hotline")]
    assert token and token not in str(facts)


def test_a_partner_the_settings_do_not_name_gets_no_token() -> None:
    assert main(["intake", "--partner", "nobody", "--new-token", "--site", "harbour"]) != 0


def test_a_places_code_is_made_listed_printed_and_taken_away(
    harbour: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.svg"
    made = ["--place", "滨河路口", "--english", "Binhe Road corner", "--sheet", str(sheet), "--site", "harbour"]
    assert main(["intake", *made]) == 0
    address = capfd.readouterr().out.split("\t")[0]
    code = address.rpartition("/")[2]
    assert address == f"http://127.0.0.1:{harbour}/r/{code}" and read_from(sheet) == address
    assert "滨河路口" in sheet.read_text(encoding="utf-8") and "Binhe Road corner" in sheet.read_text(encoding="utf-8")
    assert main(["intake", "--code", code, "--sheet", str(tmp_path / "again.svg"), "--site", "harbour"]) == 0
    assert (tmp_path / "again.svg").read_bytes() == sheet.read_bytes()
    assert main(["intake", "--code", code, "--forget", "--site", "harbour"]) == 0
    assert main(["intake", "--code", code, "--sheet", str(sheet), "--site", "harbour"]) == 1
    capfd.readouterr()
    assert main(["intake", "--places", "--site", "harbour"]) == 0
    (line,) = capfd.readouterr().out.splitlines()
    assert line.startswith(address) and "forgotten on" in line


def test_a_code_leads_where_the_settings_say_telephones_reach_us(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYDESK_INTAKE__PUBLIC_URL", "https://12345.example/city/")
    sheet = tmp_path / "sheet.svg"
    assert main(["intake", "--place", "街口", "--sheet", str(sheet), "--site", "harbour"]) == 0
    assert read_from(sheet).startswith("https://12345.example/city/r/")
    assert read_from(sheet) in capfd.readouterr().out


def read_from(sheet: Path) -> str:
    """Read the sheet's QR code as a telephone does: by its picture."""
    text = sheet.read_text(encoding="utf-8")
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1", text)
    side = max(int(y) for _, y, _ in runs) + 5
    picture = np.full((side, side), 255, np.uint8)
    for x, y, width in runs:
        picture[int(y), int(x) : int(x) + int(width)] = 0
    large = cv2.resize(picture, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    return str(cv2.QRCodeDetector().detectAndDecode(large)[0])


def is_open(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0
