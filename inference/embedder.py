"""A crop of a picture as numbers that mean something: the trunk of an image classifier, its head left off."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from openvino import Core, Model

from inference.errors import InferenceFailed, ModelRefused
from inference.frames import Pixels
from inference.geometry import Box

Embeddings = npt.NDArray[np.float32]
"""``(N, 1280)``, rows in the order of the crops; not normalised."""

EMBEDDER = "efficientnet_lite0.tflite"
EMBEDDER_SHA256 = "6c7ab0a6e5dcbf38a8c33b960996a55a3b4300b36a018c4545801de3a3c8bde0"
WIDTH = 1280
_SIDE_PX = 224
_CENTRE, _SPREAD = 127.0, 128.0  # how EfficientNet-Lite was trained: (x − 127) / 128
_AROUND = 0.15  # of the box's longer side kept on each side: what it stands on and beside tells as well (judgement)
_POOL = "AvgPool"


class Embedder:
    """One compiled trunk. Used by one thread at a time.

    Args:
        model: the classifier's file, cut here behind its average pool.
        device: OpenVINO's name of it.
        cache: folder for the compiled model.

    Raises:
        ModelRefused: it is another file, or OpenVINO cannot run it.
    """

    def __init__(self, model: Path, *, device: str = "CPU", cache: Path | None = None) -> None:
        _verify(model)
        # f32 on purpose: what was learned on one machine must mean the same on the next.
        options = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": "1"}
        if cache is not None:
            options["CACHE_DIR"] = str(cache)
        core = Core()
        try:
            self._compiled = core.compile_model(_cut(core.read_model(str(model))), device, options)
        except RuntimeError as cause:
            raise ModelRefused(f"OpenVINO cannot run {model.name} on {device}: {cause}") from cause
        self._request = self._compiled.create_infer_request()

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        """Return one row for each crop.

        Args:
            crops: ``(height, width, 3)`` uint8 BGR each, of any size.

        Raises:
            InferenceFailed: there is no answer.
        """
        rows = np.empty((len(crops), WIDTH), np.float32)
        for number, crop in enumerate(crops):
            try:
                self._request.infer([_tensor(crop)])
            except RuntimeError as cause:
                raise InferenceFailed(EMBEDDER_SHA256, f"a crop was not embedded: {cause}") from cause
            rows[number] = self._request.get_output_tensor(0).data.reshape(-1)
        return rows


def crop_of(picture: Pixels, box: Box) -> Pixels:
    """Return the box with a little of what is around it, cut at the picture's edge.

    Args:
        picture: ``(height, width, 3)`` uint8.
        box: in fractions of the picture.
    """
    rows, columns = picture.shape[:2]
    x0, y0, x1, y1 = box[0] * columns, box[1] * rows, box[2] * columns, box[3] * rows
    around = _AROUND * max(x1 - x0, y1 - y0)
    left, top = (int(np.clip(edge - around, 0, most - 1)) for edge, most in ((x0, columns), (y0, rows)))
    right, bottom = min(columns, int(x1 + around) + 1), min(rows, int(y1 + around) + 1)
    return picture[top:bottom, left:right]


def _tensor(crop: Pixels) -> npt.NDArray[np.float32]:
    small = cv2.resize(crop, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_LINEAR)
    colours = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
    return ((np.asarray(colours, np.float32) - _CENTRE) / _SPREAD)[None]


def _cut(model: Model) -> Model:
    pools = [node for node in model.get_ordered_ops() if node.get_type_name() == _POOL]
    if len(pools) != 1:
        raise ModelRefused(f"the embedder has {len(pools)} average pools, not one")
    return Model([pools[0].output(0)], model.get_parameters(), "embedder")


def _verify(model: Path) -> None:
    try:
        digest = hashlib.sha256(model.read_bytes()).hexdigest()
    except OSError as cause:
        raise ModelRefused(f"{model.name} cannot be read: {cause.strerror}") from cause
    if digest != EMBEDDER_SHA256:
        raise ModelRefused(f"{model.name} has digest {digest[:12]}…, the embedder must have {EMBEDDER_SHA256[:12]}…")
