"""Models that would harm the machine or lie about the street, made small and real."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import openvino
import pytest
from openvino import opset13

from inference.detector import Detector
from inference.errors import ModelRefused
from inference.manifest import Manifest, ModelFile

from .small_model import an_answer, built


def resaved(manifest: Manifest, path: Path, model: openvino.Model) -> tuple[Manifest, Path]:
    """Put another graph in the place of the small model, with the digests it has."""
    openvino.save_model(model, str(path), compress_to_fp16=False)
    files = tuple(
        ModelFile(suffix=file.suffix, sha256=hashlib.sha256(path.with_suffix(file.suffix).read_bytes()).hexdigest())
        for file in manifest.files
    )
    return replace(manifest, files=files), path


def test_a_model_that_would_take_all_memory_is_refused_before_it_is_compiled(tmp_path: Path) -> None:
    picture = opset13.parameter([1, 3, 32, 32], np.float32)
    total = opset13.reduce_sum(picture, opset13.constant([0, 1, 2, 3]), keep_dims=True)
    huge = opset13.broadcast(total, opset13.constant([1, 1024, 1024, 1024]))
    small = opset13.reduce_max(huge, opset13.constant([1, 2, 3]), keep_dims=True)
    answer = opset13.broadcast(small, opset13.constant([1, 1, 200, 7]))
    papers = resaved(*built(tmp_path, an_answer()), openvino.Model([opset13.result(answer)], [picture], "huge"))
    with pytest.raises(ModelRefused, match="more than this machine should give"):
        Detector(*papers, device="CPU")


@pytest.mark.parametrize("shape", [[1, 3, 48, 32], [1, 32, 32, 3], [2, 3, 32, 32]])
def test_a_model_that_takes_another_picture_than_its_manifest_says_is_refused(tmp_path: Path, shape: list[int]) -> None:
    picture = opset13.parameter(shape, np.float32)
    total = opset13.reduce_sum(picture, opset13.constant([0, 1, 2, 3]), keep_dims=True)
    answer = opset13.broadcast(total, opset13.constant([1, 1, 200, 7]))
    papers = resaved(*built(tmp_path, an_answer()), openvino.Model([opset13.result(answer)], [picture], "other"))
    with pytest.raises(ModelRefused, match="its manifest says"):
        Detector(*papers, device="CPU")


def test_a_model_that_wants_more_than_a_picture_is_refused(tmp_path: Path) -> None:
    picture, size = opset13.parameter([1, 3, 32, 32], np.float32), opset13.parameter([1, 1, 200, 7], np.float32)
    total = opset13.reduce_sum(picture, opset13.constant([0, 1, 2, 3]), keep_dims=True)
    papers = resaved(
        *built(tmp_path, an_answer()),
        openvino.Model([opset13.result(opset13.add(size, total))], [picture, size], "two"),
    )
    with pytest.raises(ModelRefused, match="takes 2 inputs"):
        Detector(*papers, device="CPU")


def test_a_model_whose_weights_hold_no_digest_is_refused(tmp_path: Path) -> None:
    manifest, path = built(tmp_path, an_answer())
    with pytest.raises(ModelRefused, match=r"no digest of its \.bin"):
        Detector(replace(manifest, files=manifest.files[:1]), path, device="CPU")


def test_cut_off_weights_are_refused_even_with_the_right_digest(tmp_path: Path) -> None:
    manifest, path = built(tmp_path, an_answer())
    weights = path.with_suffix(".bin")
    weights.write_bytes(weights.read_bytes()[:64])
    files = (manifest.files[0], ModelFile(suffix=".bin", sha256=hashlib.sha256(weights.read_bytes()).hexdigest()))
    with pytest.raises(ModelRefused, match="OpenVINO cannot run"):
        Detector(replace(manifest, files=files), path, device="CPU")


def test_onnx_that_names_a_file_of_this_machine_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "small.onnx"
    # TensorProto.external_data of onnx.proto3: field 13, an entry of key and value.
    path.write_bytes(b"\x6a\x18\x0a\x08location\x12\x0c/etc/hosts..")
    manifest, _ = built(tmp_path, an_answer())
    files = (ModelFile(suffix=".onnx", sha256=hashlib.sha256(path.read_bytes()).hexdigest()),)
    with pytest.raises(ModelRefused, match="tensors in other files"):
        Detector(replace(manifest, files=files), path, device="CPU")
