"""Claims about what a crop is turned into, and that a few verdicts on real pictures teach with it."""

from pathlib import Path

import numpy as np
import pytest

from console.infrastructure.paths import Paths, offline_folder
from inference.embedder import EMBEDDER, WIDTH, Embedder, crop_of
from inference.errors import ModelRefused
from inference.frames import Pixels
from inference.geometry import Box
from inference.learning.lesson import Example, Lesson, teach
from inference.replay import pictures


def asset(name: str) -> Path:
    for folder in (Paths.for_site("demo").assets, offline_folder()):
        if folder is not None and (folder / name).is_file():
            return folder / name
    pytest.skip(f"{name} is not here; run `citydesk assets fetch`")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(asset(EMBEDDER))


def test_a_crop_keeps_a_little_of_what_is_around_and_ends_at_the_picture() -> None:
    picture = np.zeros((100, 200, 3), np.uint8)

    assert crop_of(picture, (0.4, 0.4, 0.6, 0.6)).shape == (33, 53, 3)
    assert crop_of(picture, (0.0, 0.0, 0.2, 0.2)).shape == (27, 47, 3)
    assert crop_of(picture, (1.0, 1.0, 1.0, 1.0)).size > 0


def test_another_file_is_no_embedder(tmp_path: Path) -> None:
    (tmp_path / EMBEDDER).write_bytes(b"not the one")

    with pytest.raises(ModelRefused, match="digest"):
        Embedder(tmp_path / EMBEDDER)
    with pytest.raises(ModelRefused, match="cannot be read"):
        Embedder(tmp_path / "none.tflite")


@pytest.mark.media
def test_verdicts_on_real_pictures_tell_the_van_from_the_lawn(embedder: Embedder) -> None:
    found: list[Example] = []
    rng = np.random.default_rng(5)
    for picture in pictures(asset("campus-pedestrians.avi"), every=36):
        for box, is_real in ((_near((0.84, 0.05, 0.945, 0.19), rng), True), (_lawn(rng), False)):
            (row,) = embedder.embed([crop_of(picture, box)])
            found.append(Example(embedding=row, score=0.5, is_real=is_real))

    lesson = teach(found)

    assert isinstance(lesson, Lesson)
    assert lesson.before.auc == 0.5
    assert lesson.after.auc > 0.98


@pytest.mark.media
def test_the_same_crop_is_the_same_row_and_another_is_another(embedder: Embedder) -> None:
    rng = np.random.default_rng(1)
    noise: Pixels = rng.integers(0, 255, (60, 40, 3), np.uint8)

    rows = embedder.embed([noise, noise, np.zeros_like(noise)])

    assert rows.shape == (3, WIDTH)
    assert np.array_equal(rows[0], rows[1])
    assert np.abs(rows[0] - rows[2]).max() > 0.1


def _near(box: Box, rng: np.random.Generator) -> Box:
    right, down = rng.uniform(-0.01, 0.01, 2)
    return box[0] + right, box[1] + down, box[2] + right, box[3] + down


def _lawn(rng: np.random.Generator) -> Box:
    x, y = rng.uniform(0.05, 0.3), rng.uniform(0.75, 0.8)
    return x, y, x + 0.105, y + 0.14
