"""Claims about a model's twin in int8: judged on pictures it was not made from, and refused where it sees less."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from console.domain.errors import DomainError
from console.infrastructure.paths import DATA_VARIABLE, Paths
from console.infrastructure.site_models import LookingModel, SiteModels
from console.int8_twins import LEAST_PICTURES, compared, halves, twin_of
from console.main import main
from console.models import main as models
from inference.detections import Detections
from inference.frames import Frame
from inference.manifest import read_manifest
from tests.inference.small_model import an_answer, built
from tests.infrastructure.video.numbered_clips import make_clip
from tests.test_models_command import written


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    written(tmp_path, built(tmp_path, an_answer())[0])
    return tmp_path


class _Clock:
    """Goes on by 5 ms each time it is asked."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def __call__(self) -> float:
        self._now_s += 0.005
        return self._now_s


class _Sees:
    def __init__(self, count: int) -> None:
        boxes = np.array([(0.1 * at, 0.1, 0.1 * at + 0.08, 0.3) for at in range(count)], np.float32)
        self._found = Detections(boxes, np.full(count, 0.9, np.float32), np.zeros(count, np.int32))

    def look(self, frame: Frame) -> Detections:
        del frame
        return self._found


def test_the_twin_is_judged_by_the_half_of_a_clip_that_it_was_not_made_from(folder: Path) -> None:
    make_clip(folder / "street.mp4", seconds=12.0)
    seen, held = halves(folder, read_manifest(folder / "small.toml"))
    assert len(seen) == len(held) == 12
    assert max(frame.media_time_s for frame in seen) < min(frame.media_time_s for frame in held)


def test_a_clip_of_a_few_seconds_is_no_street(folder: Path) -> None:
    make_clip(folder / "street.mp4", seconds=2.0)
    with pytest.raises(DomainError, match=f"{LEAST_PICTURES} are the least"):
        halves(folder / "street.mp4", read_manifest(folder / "small.toml"))


def test_what_the_twin_no_longer_sees_is_held_against_the_exact_model(folder: Path) -> None:
    make_clip(folder / "street.mp4", seconds=12.0)
    _, held = halves(folder, read_manifest(folder / "small.toml"))
    said = compared(_Sees(4), _Sees(4), _Sees(3), held, _Clock())
    assert said.agreement.drop == pytest.approx(0.25)
    assert said.model_ms == pytest.approx(5.0)
    assert said.twin_ms == pytest.approx(5.0)


def test_the_twins_papers_are_those_of_the_model_with_its_own_files_and_without_its_figures(folder: Path) -> None:
    (folder / "made").mkdir()
    papers, made = folder / "small.toml", folder / "made" / "model.xml"
    manifest = read_manifest(papers)
    made.write_bytes(b"graph")
    made.with_suffix(".bin").write_bytes(b"weights")
    text = papers.read_text(encoding="utf-8")
    papers.write_text(f'{text}\n[[recall]]\nclip = "a"\n[groups]\n"货车" = ["car"]\n', encoding="utf-8")
    twin, bundle = twin_of(manifest, LookingModel(name="small", manifest=papers, model=folder / "small.xml"), made)
    papers.write_bytes(bundle.papers)
    again = read_manifest(papers)
    again.verify(made)
    assert (again.name, again.files, again.recall, again.input) == ("small-int8", twin.files, (), manifest.input)
    assert again.groups == {"货车": ("car",)}


def test_without_nncf_it_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert models(["quantize", "small", "--clips", str(folder)]) == 1
    assert "pip install nncf" in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("nncf") is None, reason="NNCF, the extra `quantize`, is not installed")
def test_a_twin_that_sees_the_same_joins_and_one_of_which_more_is_asked_does_not(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make_clip(folder / "street.mp4", seconds=12.0)
    clip = str(folder / "street.mp4")
    assert main(["models", "add", str(folder / "small.toml"), "--clip", clip, "--device", "CPU"]) == 0
    assert main(["models", "quantize", "small", "--clips", clip, "--drop", "-1"]) == 1
    assert SiteModels(Paths.for_site("default").data).names() == ("small",)
    assert main(["models", "quantize", "small", "--clips", clip]) == 0
    assert SiteModels(Paths.for_site("default").data).names() == ("small", "small-int8")
    assert re.search(r"100.0 % of what small sees is found", capfd.readouterr().out)
