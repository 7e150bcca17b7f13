import hashlib
from pathlib import Path

import pytest

from inference.decoders import decoder_for
from inference.errors import ModelRefused
from inference.manifest import Manifest, read_manifest

SHIPPED = Path(__file__).resolve().parents[2] / "resources" / "models"
WEIGHTS = b"weights"

PAPERS = f"""
schema = 1
name = "small"
labels = ["car", "truck", "person"]
[[file]]
suffix = ".onnx"
sha256 = "{hashlib.sha256(WEIGHTS).hexdigest()}"
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
[groups]
vehicle = ["car", "truck"]
[licence]
spdx = "Apache-2.0"
[data]
trained_on = "nothing"
"""


def papers(folder: Path, text: str = PAPERS) -> Path:
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> str:
    with pytest.raises(ModelRefused) as caught:
        decoder_for(read_manifest(papers(folder, text)))
    return str(caught.value)


def test_a_model_without_a_manifest_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="no manifest"):
        read_manifest(tmp_path / "small.toml")


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("width = 32", "width = 33", "even numbers of pixels"),
        ('element = "f32"', 'element = "f32"\nscale = [255.0, 255.0]', "incomplete"),
        ('element = "f32"', 'element = "f32"\nscale = [0, 1, 1]', "scale is above 0"),
        ('element = "f32"', 'element = "u8"\nmean = [1, 1, 1]', "only f32 has a mean"),
        ('suffix = ".onnx"', 'suffix = "/../weights.onnx"', "suffix of its own"),
    ],
)
def test_an_input_no_model_takes_and_a_file_that_leads_elsewhere_are_refused(
    tmp_path: Path, was: str, becomes: str, why: str
) -> None:
    assert why in refused(tmp_path, PAPERS.replace(was, becomes))


def test_a_model_whose_bytes_were_changed_does_not_load(tmp_path: Path) -> None:
    model = tmp_path / "small.onnx"
    model.write_bytes(WEIGHTS)
    manifest = read_manifest(papers(tmp_path))
    manifest.verify(model)
    model.write_bytes(WEIGHTS + b"!")
    with pytest.raises(ModelRefused, match="digest"):
        manifest.verify(model)


def test_a_model_that_is_not_there_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="cannot be read"):
        read_manifest(papers(tmp_path)).verify(tmp_path / "small.onnx")


def test_the_second_file_of_a_model_is_checked_as_well(tmp_path: Path) -> None:
    other = hashlib.sha256(b"other").hexdigest()
    text = PAPERS.replace("[input]", f'[[file]]\nsuffix = ".bin"\nsha256 = "{other}"\n[input]')
    manifest = read_manifest(papers(tmp_path, text))
    (tmp_path / "small.onnx").write_bytes(WEIGHTS)
    (tmp_path / "small.bin").write_bytes(b"another")
    with pytest.raises(ModelRefused, match=r"small\.bin"):
        manifest.verify(tmp_path / "small.onnx")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('spdx = "Apache-2.0"', 'spdx = ""', "licence"),
        ('trained_on = "nothing"', "", "incomplete"),
        ('colour = "BGR"', 'colour = "GRB"', "GRB"),
        ('family = "ssd"', 'family = "oracle"', "oracle"),
        ('vehicle = ["car", "truck"]', 'vehicle = ["car", "lorry"]', "lorry"),
        ("minimum_score = 0.2", "minimum_score = 0.0", "between 0 and 1"),
        ("width = 32", "wide = 32", "incomplete"),
        ("schema = 1", "schema = ", "not TOML"),
    ],
)
def test_a_manifest_that_leaves_out_or_garbles_something_is_refused(
    tmp_path: Path, before: str, after: str, says: str
) -> None:
    assert before in PAPERS
    assert says in refused(tmp_path, PAPERS.replace(before, after))


def test_car_and_truck_share_a_number_and_a_person_has_another(tmp_path: Path) -> None:
    numbers = read_manifest(papers(tmp_path)).group_numbers().tolist()
    assert numbers[0] == numbers[1] != numbers[2]


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_manifest_says_what_was_measured(path: Path) -> None:
    manifest: Manifest = read_manifest(path)
    decoder_for(manifest)
    assert manifest.recall, f"{path.name} has no measured recall"
    assert all(row.clip and row.date and row.machine and row.events > 0 for row in manifest.recall)
