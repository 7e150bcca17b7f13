"""Claims about scoring by command: a clip goes the whole way; what cannot be scored is said, not counted."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from console.main import main
from tests.inference.small_model import an_answer, built
from tests.infrastructure.video.numbered_clips import make_clip

TRUTH = """schema = 1
[clip]
file = "street.mp4"
width = 320
height = 240
fps = 10.0
frames = {frames}
duration_s = 12.0
camera = "fixed"
hazards = ""
[[zone]]
name = "bay"
kind = "standing_vehicle"
polygon = [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6]]
dwell_s = 5.0
objects = ["car"]
labelled = [[0.0, 12.0]]
[[zone]]
name = "pavement"
kind = "standing_vehicle"
polygon = [[0.3, 0.3], [0.6, 0.3], [0.6, 0.6], [0.3, 0.6]]
dwell_s = 6.0
objects = ["car"]
labelled = [[0.0, 12.0]]
[[zone]]
name = "lawn"
kind = "giant_marrow"
polygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
labelled = [[0.0, 12.0]]
[[event]]
kind = "standing_vehicle"
zone = "bay"
due_s = 5.0
earliest_s = 3.0
latest_s = 12.0
[[event]]
kind = "giant_marrow"
zone = "lawn"
due_s = 5.0
earliest_s = 3.0
latest_s = 12.0
"""

MANIFEST = """schema = 1
name = "small"
labels = ["car", "person"]
[[file]]
suffix = ".xml"
sha256 = "{xml}"
[[file]]
suffix = ".bin"
sha256 = "{bin}"
[input]
width = 32
height = 32
layout = "NCHW"
colour = "BGR"
element = "f32"
resize = "stretch"
[decoder]
family = "ssd"
minimum_score = 0.2
suppress_iou = 0.5
[licence]
spdx = "Apache-2.0"
[data]
trained_on = "nothing"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clip of 12 s with its truth, and a model that sees one car standing in every picture."""
    monkeypatch.setenv("LC_ALL", "C")
    make_clip(tmp_path / "street.mp4", seconds=12.0)
    _, model = built(tmp_path, an_answer())
    digests = {part: hashlib.sha256(model.with_suffix(f".{part}").read_bytes()).hexdigest() for part in ("xml", "bin")}
    (tmp_path / "small.toml").write_text(MANIFEST.format(**digests), encoding="utf-8")
    (tmp_path / "truth").mkdir()
    write_truth(tmp_path, frames=120)
    return tmp_path


def write_truth(folder: Path, frames: int) -> None:
    (folder / "truth" / "street.toml").write_text(TRUTH.format(frames=frames), encoding="utf-8")


def evaluate(folder: Path, *more: str) -> int:
    model = ("--manifest", str(folder / "small.toml"), "--model", str(folder / "small.xml"))
    return main(["evaluate", str(folder / "street.mp4"), "--truth", str(folder / "truth"), *model, *more])


def test_the_car_that_stands_is_right_in_its_bay_and_false_where_nothing_was_labelled(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(folder, "--json") == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    found = answer["kinds"]["standing_vehicle"]
    assert (found["tp"], found["fp"], found["fn"]) == (1, 1, 0)
    assert found["delay_median_s"] == pytest.approx(0.0, abs=0.3)
    assert [alarm["zone"] for alarm in found["false"]] == ["pavement"]
    assert found["camera_hours"] == pytest.approx(12 / 3600)
    assert found["false_per_camera_hour"] == pytest.approx(300.0)
    assert found["false_per_camera_hour_upper95"] == pytest.approx(4.7439 * 300, rel=1e-3)


def test_a_kind_without_a_rule_is_called_not_built_and_never_missed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(folder, "--json") == 0
    assert json.loads(capsys.readouterr().out)["kinds"]["giant_marrow"] == "not built"
    assert evaluate(folder) == 0
    said = capsys.readouterr().out
    assert "giant_marrow: not built; nothing was scored" in said
    assert "standing_vehicle: 1 right, 1 false, 0 missed; precision 0.50, recall 1.00, F1 0.67" in said


def test_a_clip_that_ends_early_is_not_taken_for_a_quiet_street(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_truth(folder, frames=500)
    assert evaluate(folder) == 1
    assert "street.mp4: 120 of 500 pictures could be read" in capsys.readouterr().err


def test_a_clip_whose_halves_were_not_fixed_before_has_no_half_to_score(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(folder, "--half", "held") == 1
    assert "no halves were fixed for street" in capsys.readouterr().err


def test_a_clip_without_truth_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "truth" / "street.toml").unlink()
    assert evaluate(folder) == 1
    assert "street.mp4 has no truth" in capsys.readouterr().err
