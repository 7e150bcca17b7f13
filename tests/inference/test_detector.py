import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.detector import Detector
from inference.errors import DeviceMissing, InferenceFailed, ModelRefused
from inference.frames import Frame, Pixels
from inference.manifest import ModelFile, read_manifest
from inference.preprocessing import letterbox

from .small_model import an_answer, built

ROOT = Path(__file__).resolve().parents[2]
QUARTER = (0.5, 0.0, 1.0, 0.5)


def a_frame(sequence: int = 1) -> Frame:
    picture: Pixels = np.full((64, 64, 3), 120, np.uint8)
    return letterbox(picture, (32, 32), sequence=sequence, media_time_s=float(sequence), region=QUARTER)


def test_what_a_model_sees_in_a_region_is_given_in_fractions_of_the_whole_picture(tmp_path: Path) -> None:
    found = Detector(*built(tmp_path, an_answer()), device="CPU").look(a_frame())
    assert found.box(0) == pytest.approx((0.625, 0.125, 0.75, 0.25))
    assert found.scores[0] == pytest.approx(0.75)


def test_a_model_that_answers_with_no_number_raises_and_is_never_an_empty_street(tmp_path: Path) -> None:
    detector = Detector(*built(tmp_path, np.full((1, 1, 200, 7), np.nan, np.float32)), device="CPU")
    with pytest.raises(InferenceFailed, match="not numbers"):
        detector.look(a_frame())
    with pytest.raises(InferenceFailed, match="not numbers"):
        detector.begin(a_frame()).answer()


def test_a_model_of_another_shape_than_its_decoder_reads_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="shapes"):
        Detector(*built(tmp_path, np.zeros((1, 1, 100, 7), np.float32)), device="CPU")


def test_a_model_with_a_wrong_digest_does_not_load(tmp_path: Path) -> None:
    manifest, path = built(tmp_path, an_answer())
    path.write_bytes(path.read_bytes() + b"<!-- -->")
    with pytest.raises(ModelRefused, match="digest"):
        Detector(manifest, path, device="CPU")


def test_a_file_that_is_no_model_is_refused_even_with_the_right_digest(tmp_path: Path) -> None:
    path = tmp_path / "broken.tflite"
    path.write_bytes(b"not a model")
    shipped = read_manifest(ROOT / "resources" / "models" / "efficientdet_lite0.toml")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = replace(shipped, files=(ModelFile(suffix=".tflite", sha256=digest),))
    with pytest.raises(ModelRefused, match="OpenVINO cannot run"):
        Detector(manifest, path, device="CPU")


def test_a_device_this_machine_does_not_have_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing, match="NPU is not here; this machine has CPU"):
        Detector(*built(tmp_path, an_answer()), device="NPU")


def test_it_says_the_device_and_precision_really_used(tmp_path: Path) -> None:
    detector = Detector(*built(tmp_path, an_answer()), device="AUTO", precision="f32")
    assert detector.running.device == "CPU"
    assert detector.running.precision.startswith("f32")


def test_a_compiled_model_is_kept_for_the_next_start(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    papers = built(tmp_path, an_answer())
    Detector(*papers, device="CPU", cache=cache)
    assert list(cache.iterdir())
    assert len(Detector(*papers, device="CPU", cache=cache).look(a_frame())) == 1


def test_a_frame_of_another_size_than_the_models_is_a_fault_of_ours(tmp_path: Path) -> None:
    detector = Detector(*built(tmp_path, an_answer()), device="CPU")
    frame = letterbox(np.zeros((64, 64, 3), np.uint8), (64, 64), sequence=1, media_time_s=0.0)
    with pytest.raises(ValueError, match="a frame of"):
        detector.look(frame)


@pytest.mark.parametrize(("mean", "scale", "score"), [(0.0, 255.0, 0.75), (127.5, 255.0, 0.25), (0.0, 510.0, 0.375)])
def test_a_model_that_wants_no_values_of_0_to_255_gets_what_its_papers_say(
    tmp_path: Path, mean: float, scale: float, score: float
) -> None:
    dark = an_answer()
    dark[0, 0, 0, 2] = 0
    manifest, path = built(tmp_path, dark, by_light=True)
    wanted = replace(manifest.input, mean=(mean, mean, mean), scale=(scale, scale, scale))
    detector = Detector(replace(manifest, input=wanted), path, device="CPU", precision="f32")
    grey = np.full((64, 64, 3), 191, np.uint8)  # three quarters of white
    found = detector.look(letterbox(grey, (32, 32), sequence=1, media_time_s=0.0, stretch=True))
    assert found.scores[0] == pytest.approx(score, abs=0.01)
