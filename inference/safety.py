"""What a model file may not do to the machine that reads it: name other files, ask for all memory, take other input."""

import re
from pathlib import Path

from openvino import Model, PartialShape

from inference.errors import ModelRefused
from inference.manifest import Manifest

LARGEST_TENSOR_BYTES = 512 << 20
"""Of one tensor inside a model (judgement): the largest of a detector at 1280×1280 px is near 100 MB."""

# In ONNX's protocol buffers a tensor kept in another file has the entry key "location", value path (onnx.proto3,
# TensorProto.external_data); lengths may be written longer than needed.
_OUTSIDE = re.compile(rb"\x0a(?:\x08|\x88\x80*\x00)location\x12")


def refuse_outside_files(manifest: Manifest, model: Path) -> None:
    """Refuse a model that reads bytes its manifest holds no digest of.

    Raises:
        ModelRefused: it is ONNX with tensors in other files, or OpenVINO's format without a digest of its ``.bin``.
    """
    if model.suffix == ".xml" and ".bin" not in {file.suffix for file in manifest.files}:
        raise ModelRefused(f"the manifest of {manifest.name} holds no digest of its .bin file")
    if model.suffix == ".onnx" and _OUTSIDE.search(model.read_bytes()):
        raise ModelRefused(f"{manifest.name} keeps tensors in other files; join them into the model file first")


def refuse_other_input(graph: Model, manifest: Manifest) -> None:
    """Refuse a model that does not take one picture of the manifest's size.

    Raises:
        ModelRefused: it takes more than a picture, or one of another size.
    """
    wanted = manifest.input
    sides = (wanted.height, wanted.width)
    shape = [1, 3, *sides] if wanted.layout == "NCHW" else [1, *sides, 3]
    if len(graph.inputs) != 1:
        raise ModelRefused(f"{manifest.name} takes {len(graph.inputs)} inputs; only one picture can be given")
    found = graph.input(0).get_partial_shape()
    if not found.compatible(PartialShape(shape)):
        raise ModelRefused(f"{manifest.name} takes {found}, its manifest says {shape}")
    if found.is_dynamic:
        graph.reshape(shape)


def refuse_too_large(graph: Model, manifest: Manifest) -> None:
    """Refuse a model with a tensor that would take the machine's memory.

    Raises:
        ModelRefused: one tensor is above ``LARGEST_TENSOR_BYTES``.
    """
    for node in graph.get_ops():
        for port in node.outputs():
            shape = port.get_partial_shape()
            size = shape.get_min_shape()
            count = 1
            for length in size:
                count *= max(1, length)
            if count * port.get_element_type().size > LARGEST_TENSOR_BYTES:
                raise ModelRefused(f"{manifest.name} holds a tensor of {shape}, more than this machine should give")
