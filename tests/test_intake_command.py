"""Claims about partners that report: a token given out works at the door's own process, and stands in no record."""

import secrets
import socket
import subprocess
from pathlib import Path

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


def is_open(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0
