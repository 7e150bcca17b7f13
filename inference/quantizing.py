"""A model in int8, made with NNCF from the model and pictures of the streets it is to watch.

NNCF is no part of what runs: only who makes a model in int8 installs it (the extra ``quantize``).
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from openvino import Core, save_model

from inference.errors import ModelRefused
from inference.frames import Frame
from inference.manifest import Manifest, ModelInput

_OF_PICTURES = {"RGB": cv2.COLOR_YUV2RGB_I420, "BGR": cv2.COLOR_YUV2BGR_I420}


def quantize(manifest: Manifest, model: Path, pictures: Sequence[Frame], made: Path) -> None:
    """Write the model in int8 to ``made`` (an ``.xml``) and the ``.bin`` beside it.

    Args:
        pictures: what the model is to see later; the ranges of its values are taken from them.

    Raises:
        ModelRefused: the model is not what its manifest says, is in int8 already, or cannot be brought to it.
    """
    nncf = import_module("nncf")  # when it is wanted: the house is whole without it
    manifest.verify(model)
    wanted = manifest.input
    tensors = [tensor(frame, wanted) for frame in pictures]
    kind = nncf.ModelType.TRANSFORMER if manifest.decoder == "query" else None
    try:
        graph = Core().read_model(str(model))
        if wanted.element != "f32" or any(node.get_type_name() == "FakeQuantize" for node in graph.get_ops()):
            raise ModelRefused(f"{manifest.name} is in int8 already")
        if graph.inputs[0].get_partial_shape().is_dynamic:
            graph.reshape(list(tensors[0].shape))
        # Mixed: today's detectors have activations with few negative values, which a symmetric range wastes.
        mixed = nncf.QuantizationPreset.MIXED
        found = nncf.quantize(graph, nncf.Dataset(tensors), preset=mixed, subset_size=len(tensors), model_type=kind)
        save_model(found, str(made), compress_to_fp16=False)
    except RuntimeError as cause:
        raise ModelRefused(f"{manifest.name} cannot be brought to int8: {cause}") from cause


def tensor(frame: Frame, wanted: ModelInput) -> npt.NDArray[np.float32]:
    """Return a picture as the model's own first tensor: ``(1, 3, height, width)`` or ``(1, height, width, 3)``."""
    picture = np.asarray(cv2.cvtColor(frame.i420, _OF_PICTURES[wanted.colour]), np.float32)
    values = (picture - np.array(wanted.mean, np.float32)) / np.array(wanted.scale, np.float32)
    ordered = values.transpose(2, 0, 1) if wanted.layout == "NCHW" else values
    return np.ascontiguousarray(ordered[None])
