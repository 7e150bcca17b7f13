"""Claims about the keys of devices that send to us: who gave one out or took one away stands in the audit."""

from pathlib import Path

import pytest

from console.domain.pushing import SRT_PASSPHRASE
from console.main import main
from console.site import Site


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYDESK_DATA", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C")


def kept() -> tuple[str | None, list[tuple[str, str, str]]]:
    """Return the key of the device in the vault, and the audit: seat, verb, subject."""
    site = Site.open("harbour")
    try:
        with site.units.read() as unit:
            facts = [line.facts for line in unit.audit.lines(0, 100)]
        assert all(line.who for line in facts)
        return site.vault.get("push-drone-1"), [(line.seat_id, line.verb, line.subject) for line in facts]
    finally:
        site.close()


def test_a_key_given_out_and_taken_away_stands_in_the_audit_and_the_key_does_not(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["push", "--device", "drone-1", "--new-key", "--site", "harbour"]) == 0
    key = capfd.readouterr().out.strip()
    found, lines = kept()
    assert found == key
    assert lines == [("machine", "push_key_issued", "drone-1")]
    assert main(["push", "--device", "drone-1", "--forget", "--site", "harbour"]) == 0
    found, lines = kept()
    assert found is None
    assert lines[1:] == [("machine", "push_key_forgotten", "drone-1")]
    assert key not in str(lines)


def test_the_passphrase_of_srt_is_given_out_and_taken_away_as_a_key_is(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["push", "--srt", "--new-key", "--site", "harbour"]) == 0
    passphrase = capfd.readouterr().out.strip()
    assert 10 <= len(passphrase) <= 79
    assert kept()[1] == [("machine", "push_key_issued", "SRT")]
    site = Site.open("harbour")
    assert site.vault.get(SRT_PASSPHRASE) == passphrase
    site.close()
    assert main(["push", "--srt", "--forget", "--site", "harbour"]) == 0
    assert kept()[1][1:] == [("machine", "push_key_forgotten", "SRT")]


def test_a_name_that_is_none_gets_no_key_and_no_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["push", "--device", "drone-1", "--new-key", "--site", "harbour"]) == 0
    assert main(["push", "--device", "../vault", "--new-key", "--site", "harbour"]) != 0
    assert len(kept()[1]) == 1
    assert "letters, digits" in capfd.readouterr().err
