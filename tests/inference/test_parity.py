"""The detector against runtimes that others wrote, on the same pixels, in full precision."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
from ai_edge_litert.interpreter import Interpreter

from inference.decoders.efficientdet import EfficientDet
from inference.detections import Detections
from inference.detector import Detector
from inference.frames import Frame, Pixels
from inference.geometry import Box, ious
from inference.manifest import read_manifest
from inference.preprocessing import letterbox

pytestmark = pytest.mark.media

Floats = npt.NDArray[np.float32]
HERE = Path(__file__).resolve().parent
QUARTER: Box = (0.5, 0.0, 1.0, 0.5)
WITHIN = 1e-3
STEPS = 16
"""Most steps of 1/256 that the scores of a model in 8 bits may differ: rounding adds up over its layers (judgement)."""
EVERY = 130  # looks of the clip between two that are compared: four over 80 s


def bgr_of(frame: Frame) -> Floats:
    """Return ``(height, width, 3)`` 0–255 by the formula of BT.601 in limited range, rounded as a picture is."""
    width, height = frame.size_px
    chroma = frame.i420[height:].reshape(2, height // 2, width // 2).repeat(2, axis=1).repeat(2, axis=2)
    luma = 1.164 * (frame.i420[:height].astype(np.float32) - 16)
    u, v = (plane.astype(np.float32) - 128 for plane in chroma)
    mixed = np.stack([luma + 2.018 * u, luma - 0.391 * u - 0.813 * v, luma + 1.596 * v], axis=-1)
    return np.asarray(np.rint(np.clip(mixed, 0, 255)), np.float32)


def looks(detector: Detector, campus: tuple[Pixels, ...], region: Box) -> list[Frame]:
    wanted = detector.manifest.input
    return [
        letterbox(picture, (wanted.width, wanted.height), sequence=number, media_time_s=number / 5, region=region)
        for number, picture in enumerate(campus[::EVERY], start=1)
    ]


def yolox_by_the_book(answer: Floats, least: float) -> list[tuple[float, int, tuple[float, ...]]]:
    """Decode cell by cell as the project's paper writes it; score, label and box in pixels of the frame, best first."""
    found, row = [], 0
    for stride in (8, 16, 32):
        for y in range(416 // stride):
            for x in range(416 // stride):
                across, down, wide, high, objectness, *classes = answer[row].tolist()
                row += 1
                label = max(range(len(classes)), key=classes.__getitem__)
                if (score := objectness * classes[label]) >= least:
                    width, height = np.exp(wide) * stride, np.exp(high) * stride
                    left, top = (x + across) * stride - width / 2, (y + down) * stride - height / 2
                    found.append((score, label, (left, top, width, height)))
    return sorted(found, reverse=True)


def test_an_onnx_model_sees_within_a_thousandth_what_the_reference_runtime_sees(
    other_models: Path, campus: tuple[Pixels, ...]
) -> None:
    manifest = read_manifest(HERE / "manifests" / "yolox_nano.toml")
    detector = Detector(manifest, other_models / "yolox_nano.onnx", device="CPU", precision="f32")
    session = onnxruntime.InferenceSession(str(other_models / "yolox_nano.onnx"), providers=["CPUExecutionProvider"])
    groups, compared = manifest.group_numbers(), 0
    for frame in looks(detector, campus, QUARTER):
        picture = np.ascontiguousarray(bgr_of(frame).transpose(2, 0, 1)[None])
        raw = np.asarray(session.run(None, {session.get_inputs()[0].name: picture})[0], np.float32)
        reference = yolox_by_the_book(raw[0], manifest.minimum_score)
        kept = cv2.dnn.NMSBoxesBatched(
            [list(box) for _, _, box in reference],
            [score for score, _, _ in reference],
            [int(groups[label]) for _, label, _ in reference],
            manifest.minimum_score,
            manifest.suppress_iou,
        )
        ours = detector.look(frame)
        best = sorted((reference[int(row)] for row in kept), reverse=True)
        assert [int(label) for label in ours.labels] == [label for _, label, _ in best]
        assert ours.scores == pytest.approx([score for score, _, _ in best], abs=WITHIN)
        corners = np.array([(x, y, x + wide, y + high) for _, _, (x, y, wide, high) in best], np.float32)
        assert ours.boxes == pytest.approx(
            np.clip(frame.to_picture(np.asarray(corners / 416, np.float32)), 0, 1), abs=WITHIN
        )
        compared += len(ours)
    assert compared > 8


def test_the_default_model_sees_what_its_own_runtime_sees_but_for_rounding_to_eight_bits(
    default_model: Path, detector: Detector, campus: tuple[Pixels, ...]
) -> None:
    # The default model is in 8 bits. Its own runtime calculates in whole numbers, OpenVINO in f32 with the same steps
    # at each layer; a thousandth would be less than one step of the answer (1/256), so steps are what is compared.
    interpreter = Interpreter(str(default_model))
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]["index"]
    decoder = EfficientDet(320, 320, 90)
    seen = 0
    for frame in looks(detector, campus, QUARTER):
        interpreter.set_tensor(entry, bgr_of(frame)[None, :, :, ::-1].astype(np.uint8))
        interpreter.invoke()
        raw = decoder.decode([interpreter.get_tensor(row["index"]) for row in interpreter.get_output_details()], 0.5)
        reference = Detections.clipped(frame.to_picture(raw.boxes), raw.scores, raw.labels)
        ours = detector.look(frame)
        for row in range(len(reference)):
            same = (ours.labels == reference.labels[row]) & (ious(reference.boxes[row], ours.boxes) > 0.8)
            assert same.any()
            best = float(reference.scores[ious(reference.boxes[row], reference.boxes) > 0.8].max())
            assert float(ours.scores[same].max()) == pytest.approx(best, abs=STEPS / 256)
            seen += 1
    assert seen > 4
