"""Footage and models, where this machine has them."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from console.infrastructure.paths import Paths, offline_folder
from inference.detector import Detector
from inference.frames import Pixels
from inference.manifest import read_manifest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
MANIFESTS = ROOT / "resources" / "models"


@pytest.fixture(scope="session")
def default_model() -> Path:
    """The default detector's file, fetched before."""
    folders = (Paths.for_site("demo").assets, offline_folder())
    for folder in folders:
        if folder is not None and (folder / "efficientdet_lite0.tflite").is_file():
            return folder / "efficientdet_lite0.tflite"
    pytest.skip("efficientdet_lite0.tflite is not here; run `citydesk assets fetch`")


@pytest.fixture(scope="session")
def detector(default_model: Path) -> Detector:
    """The default detector on the CPU in full precision, so that scores do not depend on the processor."""
    manifest = read_manifest(MANIFESTS / "efficientdet_lite0.toml")
    return Detector(manifest, default_model, device="CPU", precision="f32")


@pytest.fixture(scope="session")
def footage() -> Path:
    """The folder of the labelled clips."""
    folder = SHARED / "media"
    if not folder.is_dir():
        pytest.skip("../shared/media is not here")
    return folder


@pytest.fixture(scope="session")
def other_models() -> Path:
    """The folder of the models that serve tests only."""
    folder = SHARED / "models"
    if not folder.is_dir():
        pytest.skip("../shared/models is not here")
    return folder


@pytest.fixture(scope="session")
def campus(footage: Path) -> tuple[Pixels, ...]:
    """Every second picture of the campus clip (5 a second): ``(576, 768, 3)`` uint8 BGR."""
    return tuple(_pictures(footage / "campus-pedestrians.avi", every=2))


def _pictures(path: Path, every: int) -> Iterator[Pixels]:
    clip = cv2.VideoCapture(str(path))
    try:
        number = 0
        while True:
            is_read, picture = clip.read()
            if not is_read:
                return
            if number % every == 0:
                yield np.asarray(picture, np.uint8)
            number += 1
    finally:
        clip.release()
