"""Claims about measuring the player: the right picture is waited for, and a restless limit gives no verdict."""

from pathlib import Path

import pytest

from console.bench import player
from console.bench.player import Measured, measure, recorded, summary


def test_there_is_no_verdict_when_the_limit_itself_varied() -> None:
    calm = Measured(seek_ms=[150.0, 160.0, 155.0], limit_ms=[100.0, 101.0, 102.0])
    slow = Measured(seek_ms=[250.0, 260.0, 255.0], limit_ms=calm.limit_ms)
    restless = Measured(seek_ms=calm.seek_ms, limit_ms=[100.0, 150.0, 102.0])
    assert [summary(one)["meets_target"] for one in (calm, slow, restless)] == [True, False, None]
    assert summary(calm, is_once=True)["meets_target"] is None
    assert summary(calm)["seek_p95_ms"] == 155.0


def test_a_round_asks_the_replay_and_pyav_for_the_same_moments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(player, "WIDTH", 320)
    monkeypatch.setattr(player, "HEIGHT", 176)
    monkeypatch.setattr(player, "SEEKS_A_ROUND", 5)
    files = recorded(tmp_path, 2)
    with capsys.disabled(), open(tmp_path / "told", "w", encoding="utf-8") as told:
        measured = measure(files, tmp_path / "slot", is_once=True, told=told)
    assert len(files) == 2
    assert len(measured.seek_ms) == len(measured.limit_ms) == 1
    assert measured.seek_ms[0] > 0
