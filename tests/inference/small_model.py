"""A small model of our own that answers the same to every picture."""

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import openvino
from openvino import opset13

from inference.manifest import Manifest, ModelFile, ModelInput


def built(folder: Path, answer: npt.NDArray[np.float32], *, by_light: bool = False) -> tuple[Manifest, Path]:
    """A small model of our own that answers the same to every picture, and its papers.

    Args:
        by_light: its one score grows with the mean of the values it is given, by as much.
    """
    picture = opset13.parameter([1, 3, 32, 32], np.float32, name="picture")
    # The picture is added as a sum that float32 loses, so that the graph cannot be folded into a constant.
    total = opset13.reduce_sum(picture, opset13.constant([0, 1, 2, 3]), keep_dims=True)
    added = _light(picture) if by_light else _nothing(total)
    model = openvino.Model([opset13.result(opset13.add(opset13.constant(answer), added))], [picture], "small")
    path = folder / "small.xml"
    openvino.save_model(model, str(path), compress_to_fp16=False)
    digests = {suffix: hashlib.sha256(path.with_suffix(suffix).read_bytes()).hexdigest() for suffix in (".xml", ".bin")}
    manifest = Manifest(
        name="small",
        files=tuple(ModelFile(suffix=suffix, sha256=digest) for suffix, digest in digests.items()),
        input=ModelInput(width=32, height=32, layout="NCHW", colour="BGR", element="f32", resize="stretch"),
        decoder="ssd",
        minimum_score=0.2,
        suppress_iou=0.5,
        labels=("car", "person"),
        groups={},
        licence="Apache-2.0",
        data="nothing",
        recall=(),
    )
    return manifest, path


def _nothing(total: openvino.Node) -> openvino.Node:
    return opset13.multiply(total, opset13.constant(np.zeros((1, 1, 1, 1), np.float32)))


def _light(picture: openvino.Node) -> openvino.Node:
    score = np.zeros((1, 1, 200, 7), np.float32)
    score[0, 0, 0, 2] = 1 / (3 * 32 * 32)
    return opset13.multiply(
        opset13.reduce_sum(picture, opset13.constant([0, 1, 2, 3]), keep_dims=True), opset13.constant(score)
    )


def an_answer() -> npt.NDArray[np.float32]:
    answer = np.zeros((1, 1, 200, 7), np.float32)
    answer[0, 0, 0] = (0, 0, 0.75, 0.25, 0.25, 0.5, 0.5)
    answer[0, 0, 1, 0] = -1
    return answer
